/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/keyword.h: Keywords. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_KEYWORD_H
#define RF_FITSIO_KEYWORD_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Keywords: dates, writing, required keywords. */
int ffpky(fitsfile *fptr, int datatype, const char *keyname, void *value, const char *comm, int *status);
int ffprec(fitsfile *fptr, const char *card, int *status);
int ffpcom(fitsfile *fptr, const char *comm, int *status);
int ffpunt(fitsfile *fptr, const char *keyname, const char *unit, int *status);
int ffphis(fitsfile *fptr, const char *history, int *status);
int ffpdat(fitsfile *fptr, int *status);
int ffverifydate(int year, int month, int day, int *status);
int ffgstm(char *timestr, int *timeref, int *status);
int ffgsdt(int *day, int *month, int *year, int *status);
int ffdt2s(int year, int month, int day, char *datestr, int *status);
int fftm2s(int year, int month, int day, int hour, int minute, double second, int decimals, char *datestr, int *status);
int ffs2dt(char *datestr, int *year, int *month, int *day, int *status);
int ffs2tm(char *datestr, int *year, int *month, int *day, int *hour, int *minute, double *second, int *status);
int ffpkyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffpkys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffpkls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffplsw(fitsfile *fptr, int *status);
int ffpkyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffpkyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffpkyuj(fitsfile *fptr, const char *keyname, ULONGLONG value, const char *comm, int *status);
int ffpkyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffpkye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffpkyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffpkyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffpkyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffpkym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffpkfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffpkfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffpkyt(fitsfile *fptr, const char *keyname, long intval, double frac, const char *comm, int *status);
int ffptdm(fitsfile *fptr, int colnum, int naxis, long naxes[], int *status);
int ffptdmll(fitsfile *fptr, int colnum, int naxis, LONGLONG naxes[], int *status);
int ffpkns(fitsfile *fptr, const char *keyroot, int nstart, int nkey, char *value[], char *comm[], int *status);
int ffpknl(fitsfile *fptr, const char *keyroot, int nstart, int nkey, int *value, char *comm[], int *status);
int ffpknj(fitsfile *fptr, const char *keyroot, int nstart, int nkey, long *value, char *comm[], int *status);
int ffpknjj(fitsfile *fptr, const char *keyroot, int nstart, int nkey, LONGLONG *value, char *comm[], int *status);
int ffpknf(fitsfile *fptr, const char *keyroot, int nstart, int nkey, float *value, int decim, char *comm[],
           int *status);
int ffpkne(fitsfile *fptr, const char *keyroot, int nstart, int nkey, float *value, int decim, char *comm[],
           int *status);
int ffpkng(fitsfile *fptr, const char *keyroot, int nstart, int nkey, double *value, int decim, char *comm[],
           int *status);
int ffpknd(fitsfile *fptr, const char *keyroot, int nstart, int nkey, double *value, int decim, char *comm[],
           int *status);
int ffcpky(fitsfile *infptr, fitsfile *outfptr, int incol, int outcol, char *rootname, int *status);
int ffphps(fitsfile *fptr, int bitpix, int naxis, long naxes[], int *status);
int ffphpsll(fitsfile *fptr, int bitpix, int naxis, LONGLONG naxes[], int *status);
int ffphpr(fitsfile *fptr, int simple, int bitpix, int naxis, long naxes[], LONGLONG pcount, LONGLONG gcount,
           int extend, int *status);
int ffphprll(fitsfile *fptr, int simple, int bitpix, int naxis, LONGLONG naxes[], LONGLONG pcount, LONGLONG gcount,
             int extend, int *status);
int ffphtb(fitsfile *fptr, LONGLONG naxis1, LONGLONG naxis2, int tfields, char **ttype, long *tbcol, char **tform,
           char **tunit, const char *extname, int *status);
int ffphbn(fitsfile *fptr, LONGLONG naxis2, int tfields, char **ttype, char **tform, char **tunit, const char *extname,
           LONGLONG pcount, int *status);
int ffphext(fitsfile *fptr, const char *xtension, int bitpix, int naxis, long naxes[], LONGLONG pcount, LONGLONG gcount,
            int *status);
int ffpktp(fitsfile *fptr, const char *filename, int *status);

/* Keywords: position, reading. */
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

/* Keywords: updating, modifying, inserting, deleting. */
int ffuky(fitsfile *fptr, int datatype, const char *keyname, void *value, const char *comm, int *status);
int ffucrd(fitsfile *fptr, const char *keyname, const char *card, int *status);
int ffukyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffukys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffukls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffukyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffukyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffukyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffukye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffukyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffukyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffukyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffukym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffukfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffukfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffmrec(fitsfile *fptr, int nkey, const char *card, int *status);
int ffmcrd(fitsfile *fptr, const char *keyname, const char *card, int *status);
int ffmnam(fitsfile *fptr, const char *oldname, const char *newname, int *status);
int ffmcom(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffmkyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffmkys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffmkls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffmkyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffmkyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffmkyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffmkye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffmkyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffmkyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffmkyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffmkym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffmkfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffmkfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffirec(fitsfile *fptr, int nkey, const char *card, int *status);
int ffikey(fitsfile *fptr, const char *card, int *status);
int ffikyu(fitsfile *fptr, const char *keyname, const char *comm, int *status);
int ffikys(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffikls(fitsfile *fptr, const char *keyname, const char *value, const char *comm, int *status);
int ffikyl(fitsfile *fptr, const char *keyname, int value, const char *comm, int *status);
int ffikyj(fitsfile *fptr, const char *keyname, LONGLONG value, const char *comm, int *status);
int ffikyf(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffikye(fitsfile *fptr, const char *keyname, float value, int decim, const char *comm, int *status);
int ffikyg(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffikyd(fitsfile *fptr, const char *keyname, double value, int decim, const char *comm, int *status);
int ffikyc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffikym(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffikfc(fitsfile *fptr, const char *keyname, float *value, int decim, const char *comm, int *status);
int ffikfm(fitsfile *fptr, const char *keyname, double *value, int decim, const char *comm, int *status);
int ffdkey(fitsfile *fptr, const char *keyname, int *status);
int ffdstr(fitsfile *fptr, const char *string, int *status);
int ffdrec(fitsfile *fptr, int keypos, int *status);

#ifdef __cplusplus
}
#endif

#endif
