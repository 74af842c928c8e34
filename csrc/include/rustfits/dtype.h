/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/dtype.h: Element types of images and columns in memory. Part of <rustfits.h>, which has the rules for every
 * function.
 */
#ifndef RUSTFITS_DTYPE_H
#define RUSTFITS_DTYPE_H

#include "rustfits/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Element types ============================== */

/* Numbers have the byte order of the machine. Images have the types from RF_U8 to RF_F64, columns have all. */
typedef enum rf_dtype {
  RF_U8 = 1,
  RF_I8 = 2,
  RF_I16 = 3,
  RF_U16 = 4,
  RF_I32 = 5,
  RF_U32 = 6,
  RF_I64 = 7,
  RF_U64 = 8,
  RF_F32 = 20,
  RF_F64 = 21,
  RF_C64 = 30,     /* complex: two floats */
  RF_C128 = 31,    /* complex: two doubles */
  RF_LOGICAL = 40, /* one byte: 1 true, 0 false */
  RF_BIT = 41,     /* one byte per bit: 1 or 0 */
  RF_BYTES = 50,   /* a string of `width` bytes, filled with NUL (numpy's S) */
  RF_TEXT = 51     /* the same string as `width` 32-bit characters (numpy's U) */
} rf_dtype;

/* rf_dtype_bytes() returns the size of one element of type `dtype` in memory, in bytes. `width` is the length of a
 * string; it counts for RF_BYTES and RF_TEXT only. Returns 0 for a value that is no rf_dtype. Threads: any. */
RF_API size_t rf_dtype_bytes(rf_dtype dtype, size_t width);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
