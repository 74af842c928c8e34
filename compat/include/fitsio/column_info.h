/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/column_info.h: Columns: names, types, numbers of rows. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_COLUMN_INFO_H
#define RF_FITSIO_COLUMN_INFO_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int ffgcno(fitsfile *fptr, int casesen, char *templt, int *colnum, int *status);
int ffgcnn(fitsfile *fptr, int casesen, char *templt, char *colname, int *colnum, int *status);
int ffgtcl(fitsfile *fptr, int colnum, int *typecode, long *repeat, long *width, int *status);
int ffgtclll(fitsfile *fptr, int colnum, int *typecode, LONGLONG *repeat, LONGLONG *width, int *status);
int ffeqty(fitsfile *fptr, int colnum, int *typecode, long *repeat, long *width, int *status);
int ffeqtyll(fitsfile *fptr, int colnum, int *typecode, LONGLONG *repeat, LONGLONG *width, int *status);
int ffgncl(fitsfile *fptr, int *ncols, int *status);
int ffgnrw(fitsfile *fptr, long *nrows, int *status);
int ffgnrwll(fitsfile *fptr, LONGLONG *nrows, int *status);
int ffgacl(fitsfile *fptr, int colnum, char *ttype, long *tbcol, char *tunit, char *tform, double *tscal, double *tzero,
           char *tnull, char *tdisp, int *status);
int ffgbcl(fitsfile *fptr, int colnum, char *ttype, char *tunit, char *dtype, long *repeat, double *tscal,
           double *tzero, long *tnull, char *tdisp, int *status);
int ffgbclll(fitsfile *fptr, int colnum, char *ttype, char *tunit, char *dtype, LONGLONG *repeat, double *tscal,
             double *tzero, LONGLONG *tnull, char *tdisp, int *status);
int ffgrsz(fitsfile *fptr, long *nrows, int *status);
int ffgcdw(fitsfile *fptr, int colnum, int *width, int *status);

#ifdef __cplusplus
}
#endif

#endif
