/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/keyword_read.h: Keywords: position, reading. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_KEYWORD_READ_H
#define RF_FITSIO_KEYWORD_READ_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int ffghsp(fitsfile *fptr, int *nexist, int *nmore, int *status);
int ffghps(fitsfile *fptr, int *nexist, int *position, int *status);
int ffmaky(fitsfile *fptr, int nrec, int *status);
int ffmrky(fitsfile *fptr, int nrec, int *status);
int ffgnxk(fitsfile *fptr, char **inclist, int ninc, char **exclist, int nexc, char *card, int *status);
int ffgrec(fitsfile *fptr, int nrec, char *card, int *status);
int ffgcrd(fitsfile *fptr, const char *keyname, char *card, int *status);
int ffgstr(fitsfile *fptr, const char *string, char *card, int *status);
int ffgunt(fitsfile *fptr, const char *keyname, char *unit, int *status);
int ffgkyn(fitsfile *fptr, int nkey, char *keyname, char *keyval, char *comm, int *status);
int ffgkey(fitsfile *fptr, const char *keyname, char *keyval, char *comm, int *status);
int ffgky(fitsfile *fptr, int datatype, const char *keyname, void *value, char *comm, int *status);
int ffgkys(fitsfile *fptr, const char *keyname, char *value, char *comm, int *status);
int ffgksl(fitsfile *fptr, const char *keyname, int *length, int *status);
int ffgkls(fitsfile *fptr, const char *keyname, char **value, char *comm, int *status);
int ffgsky(fitsfile *fptr, const char *keyname, int firstchar, int maxchar, char *value, int *valuelen, char *comm,
           int *status);
int fffree(void *value, int *status);
int fffkls(char *value, int *status);
int ffgkyl(fitsfile *fptr, const char *keyname, int *value, char *comm, int *status);
int ffgkyj(fitsfile *fptr, const char *keyname, long *value, char *comm, int *status);
int ffgkyjj(fitsfile *fptr, const char *keyname, LONGLONG *value, char *comm, int *status);
int ffgkyujj(fitsfile *fptr, const char *keyname, ULONGLONG *value, char *comm, int *status);
int ffgkye(fitsfile *fptr, const char *keyname, float *value, char *comm, int *status);
int ffgkyd(fitsfile *fptr, const char *keyname, double *value, char *comm, int *status);
int ffgkyc(fitsfile *fptr, const char *keyname, float *value, char *comm, int *status);
int ffgkym(fitsfile *fptr, const char *keyname, double *value, char *comm, int *status);
int ffgkyt(fitsfile *fptr, const char *keyname, long *ivalue, double *dvalue, char *comm, int *status);
int ffgtdm(fitsfile *fptr, int colnum, int maxdim, int *naxis, long naxes[], int *status);
int ffgtdmll(fitsfile *fptr, int colnum, int maxdim, int *naxis, LONGLONG naxes[], int *status);
int ffdtdm(fitsfile *fptr, char *tdimstr, int colnum, int maxdim, int *naxis, long naxes[], int *status);
int ffdtdmll(fitsfile *fptr, char *tdimstr, int colnum, int maxdim, int *naxis, LONGLONG naxes[], int *status);
int ffgkns(fitsfile *fptr, const char *keyname, int nstart, int nmax, char *value[], int *nfound, int *status);
int ffgknl(fitsfile *fptr, const char *keyname, int nstart, int nmax, int *value, int *nfound, int *status);
int ffgknj(fitsfile *fptr, const char *keyname, int nstart, int nmax, long *value, int *nfound, int *status);
int ffgknjj(fitsfile *fptr, const char *keyname, int nstart, int nmax, LONGLONG *value, int *nfound, int *status);
int ffgkne(fitsfile *fptr, const char *keyname, int nstart, int nmax, float *value, int *nfound, int *status);
int ffgknd(fitsfile *fptr, const char *keyname, int nstart, int nmax, double *value, int *nfound, int *status);
int ffh2st(fitsfile *fptr, char **header, int *status);
int ffhdr2str(fitsfile *fptr, int exclude_comm, char **exclist, int nexc, char **header, int *nkeys, int *status);
int ffcnvthdr2str(fitsfile *fptr, int exclude_comm, char **exclist, int nexc, char **header, int *nkeys, int *status);
int ffghpr(fitsfile *fptr, int maxdim, int *simple, int *bitpix, int *naxis, long naxes[], long *pcount, long *gcount,
           int *extend, int *status);
int ffghprll(fitsfile *fptr, int maxdim, int *simple, int *bitpix, int *naxis, LONGLONG naxes[], long *pcount,
             long *gcount, int *extend, int *status);
int ffghtb(fitsfile *fptr, int maxfield, long *naxis1, long *naxis2, int *tfields, char **ttype, long *tbcol,
           char **tform, char **tunit, char *extname, int *status);
int ffghtbll(fitsfile *fptr, int maxfield, LONGLONG *naxis1, LONGLONG *naxis2, int *tfields, char **ttype,
             LONGLONG *tbcol, char **tform, char **tunit, char *extname, int *status);
int ffghbn(fitsfile *fptr, int maxfield, long *naxis2, int *tfields, char **ttype, char **tform, char **tunit,
           char *extname, long *pcount, int *status);
int ffghbnll(fitsfile *fptr, int maxfield, LONGLONG *naxis2, int *tfields, char **ttype, char **tform, char **tunit,
             char *extname, LONGLONG *pcount, int *status);

#ifdef __cplusplus
}
#endif

#endif
