/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of one type to values of another one, with scaling, null values and the check for overflow. Pure functions.
 * They work with any *status, and one above 0 stays, so that calls for parts of an array may share it.
 */
#ifndef CF_CONVERT_CONVERT_H
#define CF_CONVERT_CONVERT_H

#include <stddef.h>

#include "base/status.h"

/* How values are stored, and what programs get. Values in files are big-endian. */
typedef struct cf_conversion {
  int stored;   /* TBYTE, TSHORT (16 bits), TLONG (32 bits), TLONGLONG, TFLOAT, TDOUBLE */
  int wanted;   /* TBYTE, TSBYTE, TSHORT, TUSHORT, TINT, TUINT, TLONG, TULONG, TLONGLONG, TULONGLONG, TFLOAT, TDOUBLE;
                   long is the C type */
  double scale; /* value = scale * stored + zero */
  double zero;
  int has_tnull; /* 1: integers that equal `tnull` are null */
  LONGLONG tnull;
  int nullcheck;      /* 0: none; 1: null values become *nulval (reading), *nulval becomes null (writing); 2: flags */
  const void *nulval; /* of the type `wanted` */
} cf_conversion;

/* Converts n values of a file. Overflow clips, goes on, and is NUM_OVERFLOW at the end. NaN and infinities are null
 * values where nullcheck is not 0; floats with exponent 0 become 0 then.
 * stored  n big-endian values; may be `values`, where the types have the same size
 * flags   with nullcheck 2: receives 1 for each null value, else 0
 * anynul  becomes 1 if there is a null value; else unchanged; may be NULL */
int cf_from_stored(const cf_conversion *how, const void *stored, size_t n, void *values, char *flags, int *anynul,
                   int *status);

/* Converts n values for a file. `stored` receives n big-endian values, and may be `values` where its type is not wider.
 * Null values become `tnull`, or NaN with all bits set. Without has_tnull they are NO_NULL at the end, which goes
 * before NUM_OVERFLOW; their integers in `stored` have no meaning. */
int cf_to_stored(const cf_conversion *how, const void *values, size_t n, void *stored, int *status);

/* Returns the index of the first value that equals *nulval, or n. */
size_t cf_find_null(const cf_conversion *how, const void *values, size_t n);

/* Returns the type of C that holds the values of an image of this BITPIX. */
int cf_image_type(int bitpix);

/* Returns the bytes of one value of a type of C (TBYTE ... TDBLCOMPLEX), 0: no such type. */
size_t cf_size_of(int datatype);

#endif
