/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio2.h: functions of CFITSIO outside its documented interface that programs use.
 */
#ifndef RF_FITSIO_FITSIO2_H
#define RF_FITSIO_FITSIO2_H
#ifndef _FITSIO2_H
#define _FITSIO2_H
#endif

#include "fitsio.h"

#define REPORT_EOF 0
#define IGNORE_EOF 1
#define DATA_UNDEFINED -1
#define NULL_UNDEFINED 1234554321 /* tcolumn.tnull: no TNULLn, no BLANK */
#define ASCII_NULL_UNDEFINED 1    /* tcolumn.strnull[0]: no TNULLn */

#ifdef __cplusplus
extern "C" {
#endif

/* Texts of values to values. */
int ffc2s(const char *instr, char *outstr, int *status);
int ffc2i(const char *cval, long *ival, int *status);
int ffc2j(const char *cval, LONGLONG *ival, int *status);
int ffc2uj(const char *cval, ULONGLONG *ival, int *status);
int ffc2r(const char *cval, float *fval, int *status);
int ffc2d(const char *cval, double *dval, int *status);
int ffc2l(const char *cval, int *lval, int *status);
int ffc2ii(const char *cval, long *ival, int *status);
int ffc2jj(const char *cval, LONGLONG *ival, int *status);
int ffc2ujj(const char *cval, ULONGLONG *ival, int *status);
int ffc2ll(const char *cval, int *lval, int *status);
int ffc2rr(const char *cval, float *fval, int *status);
int ffc2dd(const char *cval, double *dval, int *status);
int ffc2x(const char *cval, char *dtype, long *ival, int *lval, char *sval, double *dval, int *status);
int ffc2xx(const char *cval, char *dtype, LONGLONG *ival, int *lval, char *sval, double *dval, int *status);
int ffc2uxx(const char *cval, char *dtype, ULONGLONG *ival, int *lval, char *sval, double *dval, int *status);

/* Values to texts of FLEN_VALUE bytes: f: fixed, e: with an exponent. */
int ffi2c(LONGLONG ival, char *cval, int *status);
int ffu2c(ULONGLONG ival, char *cval, int *status);
int ffl2c(int lval, char *cval, int *status);
int ffs2c(const char *instr, char *outstr, int *status);
int ffr2f(float fval, int decim, char *cval, int *status);
int ffr2e(float fval, int decim, char *cval, int *status);
int ffd2f(double dval, int decim, char *cval, int *status);
int ffd2e(double dval, int decim, char *cval, int *status);

/* Cards of the current header. */
int ffgnky(fitsfile *fptr, char *card, int *status);
int ffgcnt(fitsfile *fptr, char *value, char *comm, int *status);

/* Bytes of the file. */
int ffgbyt(fitsfile *fptr, LONGLONG nbytes, void *buffer, int *status);
int ffpbyt(fitsfile *fptr, LONGLONG nbytes, void *buffer, int *status);
int ffgbytoff(fitsfile *fptr, long gsize, long ngroups, long offset, void *buffer, int *status);
int ffpbytoff(fitsfile *fptr, long gsize, long ngroups, long offset, void *buffer, int *status);
int ffread(FITSfile *fptr, long nbytes, void *buffer, int *status);
int ffseek(FITSfile *fptr, LONGLONG position);
int ffiblk(fitsfile *fptr, long nblock, int headdata, int *status);
int ffdblk(fitsfile *fptr, long nblocks, int *status);

/* HDUs and files. */
int ffchdu(fitsfile *fptr, int *status);
int ffgext(fitsfile *fptr, int hdunum, int *exttype, int *status);
int fits_clear_Fptr(FITSfile *Fptr, int *status);
int file_close(int handle);

/* Bytes that a compressed tile of nx pixels takes at most. */
int imcomp_calc_max_elem(int comptype, int nx, int zbitpix, int blocksize);

/* Columns. Reading: every elemincre-th element; nultyp 1: null values become nulval (if it is not 0), 2: nularray. */
int ffgtbc(fitsfile *fptr, LONGLONG *totalwidth, int *status);
int ffgcll(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int nultyp, char nulval,
           char *array, char *nularray, int *anynul, int *status);
int ffgcls(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int nultyp, char *nulval,
           char **array, char *nularray, int *anynul, int *status);
int ffgclb(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, unsigned char nulval, unsigned char *array, char *nularray, int *anynul, int *status);
int ffgclsb(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
            int nultyp, signed char nulval, signed char *array, char *nularray, int *anynul, int *status);
int ffgclui(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
            int nultyp, unsigned short nulval, unsigned short *array, char *nularray, int *anynul, int *status);
int ffgcli(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, short nulval, short *array, char *nularray, int *anynul, int *status);
int ffgcluj(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
            int nultyp, unsigned long nulval, unsigned long *array, char *nularray, int *anynul, int *status);
int ffgclujj(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
             int nultyp, ULONGLONG nulval, ULONGLONG *array, char *nularray, int *anynul, int *status);
int ffgcljj(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
            int nultyp, LONGLONG nulval, LONGLONG *array, char *nularray, int *anynul, int *status);
int ffgclj(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, long nulval, long *array, char *nularray, int *anynul, int *status);
int ffgcluk(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
            int nultyp, unsigned int nulval, unsigned int *array, char *nularray, int *anynul, int *status);
int ffgclk(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, int nulval, int *array, char *nularray, int *anynul, int *status);
int ffgcle(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, float nulval, float *array, char *nularray, int *anynul, int *status);
int ffgcld(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, long elemincre,
           int nultyp, double nulval, double *array, char *nularray, int *anynul, int *status);

#ifdef __cplusplus
}
#endif

#endif
