/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading columns, for the families of all types.
 */
#ifndef CF_COLUMN_READ_H
#define CF_COLUMN_READ_H

#include "column/cells.h"

/* What happens to null values. */
enum { CF_NULLS_KEPT, CF_NULLS_REPLACED, CF_NULLS_FLAGGED };

/* Where values go, and what happens to null values. */
typedef struct cf_target {
  int datatype; /* TBYTE ... TDOUBLE */
  int nullcheck;
  const void *nulval;
  void *array;
  char *flags;
  int *anynul;
} cf_target;

/* Reads numbers, every step-th element. The caller has called cf_use_data(). */
int cf_read_numbers(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, LONGLONG step,
                    const cf_target *to, int *status);

#endif
