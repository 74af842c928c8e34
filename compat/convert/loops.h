/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The loops over blocks of values: change of the order of bytes, scaling, and one type to another.
 */
#ifndef CF_CONVERT_LOOPS_H
#define CF_CONVERT_LOOPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define CF_BLOCK 1024 /* values of a block, at most */

/* The types of values in memory. CF_ULONG differs from CF_U64 in the smallest double that does not overflow. */
typedef enum cf_type {
  CF_U8,
  CF_I8,
  CF_I16,
  CF_U16,
  CF_I32,
  CF_U32,
  CF_I64,
  CF_U64,
  CF_ULONG,
  CF_F32,
  CF_F64,
  CF_TYPES,
  CF_NO_TYPE = CF_TYPES
} cf_type;

/* Room for a block of any type. */
typedef union cf_block {
  unsigned char bytes[CF_BLOCK * 8];
  LONGLONG integers[CF_BLOCK];
  double doubles[CF_BLOCK];
} cf_block;

static inline bool cf_type_is_integer(cf_type type) {
  return type < CF_F32;
}

/* Types by code, plus 1; 0: none. */
extern const unsigned char cf_type_codes[TDOUBLE + 1], cf_stored_codes[TDOUBLE + 1];
extern const unsigned char cf_type_sizes[CF_TYPES];

static inline cf_type cf_type_by_code(const unsigned char *codes, int datatype) {
  return datatype > 0 && datatype <= TDOUBLE && codes[datatype] > 0 ? (cf_type)(codes[datatype] - 1) : CF_NO_TYPE;
}

/* Returns the type in memory of a datatype of C. */
static inline cf_type cf_type_of(int datatype) {
  return cf_type_by_code(cf_type_codes, datatype);
}

/* Returns the type in memory of a datatype of a file, where TLONG has 32 bits. */
static inline cf_type cf_type_stored(int datatype) {
  return cf_type_by_code(cf_stored_codes, datatype);
}

static inline size_t cf_type_size(cf_type type) {
  return cf_type_sizes[type];
}

/* Tells whether the values of a file are of the type of the other sign, stored with the offset that FITS gives it. */
bool cf_offset_is_usual(cf_type stored, double scale, double zero);

/* Returns the unsigned or signed type of the same size. */
cf_type cf_type_flipped(cf_type type);

/* Changes the sign bit of each value. */
void cf_block_flip(cf_type type, void *values, size_t n);

/* Copies n values of `size` bytes from big-endian to the machine's order, or back. The memory may be the same. */
void cf_block_swap(void *to, const void *from, size_t n, size_t size);

/* Converts a block of values without scaling: integers clip, doubles are cut to integers. The memory does not overlap.
 * Returns true if a value overflows. */
bool cf_block_convert(cf_type from, const void *in, cf_type to, void *out, size_t n);

/* As cf_block_convert(), doubles to integers of a file, rounded to the nearest one, halves away from 0. */
bool cf_block_round(const double *in, cf_type to, void *out, size_t n);

/* out = in * scale + zero, and out = (in - zero) / scale. */
void cf_block_scale(cf_type from, const void *in, double *out, size_t n, double scale, double zero);
void cf_block_unscale(cf_type from, const void *in, double *out, size_t n, double scale, double zero);

#endif
