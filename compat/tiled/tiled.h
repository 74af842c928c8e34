/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images, for the rooms that treat them as images. Positions of pixels are 1-based, in the order of NAXISn.
 */
#ifndef CF_TILED_TILED_H
#define CF_TILED_TILED_H

#include "base/status.h"

/* Fills in the members of FITSfile about compression. ffrhdu() calls it for each binary table, when the columns are
 * known; it does nothing where ZIMAGE is not T. */
int cf_tiled_describe(fitsfile *fptr, int *status);

/* Frees what the tiled room keeps of the current image. The code that closes a file calls it before
 * it frees FITSfile. */
void cf_tiled_forget(FITSfile *file);

/* Begins a compressed image in the empty HDU at the end of the file, as request_compress_type and so on want it.
 * ffcrimll() and ffiimgll() call it where request_compress_type is not 0. */
int cf_tiled_create(fitsfile *fptr, int bitpix, int naxis, const LONGLONG *naxes, int *status);

/* Reads the pixels first ... last, every step-th one, as values of `datatype` (TBYTE ...).
 * nullcheck  0: null pixels are not looked for; 1: they become *nulval; 2: nularray[i] becomes 1
 * anynul     receives 1 if there are null pixels, else 0; may be NULL */
int cf_tiled_read(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, const long *step,
                  int nullcheck, const void *nulval, void *array, char *nularray, int *anynul, int *status);

/* Writes the pixels first ... last. nullcheck 1: values that equal *nulval become null pixels. */
int cf_tiled_write(fitsfile *fptr, int datatype, const LONGLONG *first, const LONGLONG *last, int nullcheck,
                   const void *nulval, const void *array, int *status);

#endif
