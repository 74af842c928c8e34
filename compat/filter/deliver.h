/* SPDX-License-Identifier: BSD-3-Clause
 *
 * deliver.c: values of an expression as values of a type of C.
 */
#ifndef CF_FILTER_DELIVER_H
#define CF_FILTER_DELIVER_H

#include "filter/expression.h"

/* Converts n values. Values beyond the type are clipped, and NUM_OVERFLOW at the end.
 * from      RF_FORMULA_LOGICAL, INTEGER or REAL
 * nulls     flags of the values
 * datatype  TBYTE, TSHORT, TINT, TLONG, TLONGLONG, TFLOAT, TDOUBLE or TLOGICAL; BAD_DATATYPE for others
 * nulval    of that type: what undefined values become; NULL: 0 */
int cf_deliver(rf_formula_type from, const void *values, const uint8_t *nulls, size_t n, int datatype,
               const void *nulval, void *array, int *status);

/* Returns the bytes of one value of such a type. */
size_t cf_deliver_size(int datatype);

#endif
