/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/keyword_write.h: Keywords: dates, writing, required keywords. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_KEYWORD_WRITE_H
#define RF_FITSIO_KEYWORD_WRITE_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif
