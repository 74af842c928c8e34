/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fitsio/iterator.h: The iterator. Part of <fitsio.h>.
 */
#ifndef RF_FITSIO_ITERATOR_H
#define RF_FITSIO_ITERATOR_H

#include "fitsio/types.h"

#ifdef __cplusplus
extern "C" {
#endif

int fits_iter_set_by_name(iteratorCol *col, fitsfile *fptr, char *colname, int datatype, int iotype);
int fits_iter_set_by_num(iteratorCol *col, fitsfile *fptr, int colnum, int datatype, int iotype);
int fits_iter_set_file(iteratorCol *col, fitsfile *fptr);
int fits_iter_set_colname(iteratorCol *col, char *colname);
int fits_iter_set_colnum(iteratorCol *col, int colnum);
int fits_iter_set_datatype(iteratorCol *col, int datatype);
int fits_iter_set_iotype(iteratorCol *col, int iotype);
fitsfile *fits_iter_get_file(iteratorCol *col);
char *fits_iter_get_colname(iteratorCol *col);
int fits_iter_get_colnum(iteratorCol *col);
int fits_iter_get_datatype(iteratorCol *col);
int fits_iter_get_iotype(iteratorCol *col);
void *fits_iter_get_array(iteratorCol *col);
long fits_iter_get_tlmin(iteratorCol *col);
long fits_iter_get_tlmax(iteratorCol *col);
long fits_iter_get_repeat(iteratorCol *col);
char *fits_iter_get_tunit(iteratorCol *col);
char *fits_iter_get_tdisp(iteratorCol *col);
int ffiter(int ncols, iteratorCol *data, long offset, long nPerLoop,
           int (*workFn)(long totaln, long offset, long firstn, long nvalues, int narrays, iteratorCol *data,
                         void *userPointer),
           void *userPointer, int *status);

#ifdef __cplusplus
}
#endif

#endif
