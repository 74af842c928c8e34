/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New headers.
 */
#ifndef CF_HEADER_REQUIRED_H
#define CF_HEADER_REQUIRED_H

#include <stdbool.h>

#include "base/status.h"

/* Returns true if the file may be written and the current header has no card; else *status is above 0. */
bool cf_header_is_new(fitsfile *fptr, int *status);

/* Computes the bytes of a column of a binary table. */
int cf_column_bytes(char *tform, LONGLONG *bytes, int *status);

/* Appends TTYPEn, TFORMn, TUNITn of a column of a binary table, and TZEROn and TSCALn of one with an offset. NULL and
 * empty strings are left out. */
int cf_column_write(fitsfile *fptr, int number, const char *ttype, const char *tform, const char *tunit, int *status);

#endif
