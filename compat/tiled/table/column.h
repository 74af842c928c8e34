/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The columns of a binary table, and their streams in a compressed one (FITS 10.3).
 */
#ifndef CF_TILED_TABLE_COLUMN_H
#define CF_TILED_TABLE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct cf_zfield {
  char letter;      /* of TFORMn: of the elements where a descriptor points at them */
  char descriptor;  /* 'P', 'Q', or 0 */
  LONGLONG offset;  /* in the row */
  LONGLONG bytes;   /* in the row */
  rf_zcmptype type; /* how it is compressed; RF_Z_AUTO: not at all, the column is empty */
} cf_zfield;

/* Bytes that grow. */
typedef struct cf_pile {
  unsigned char *bytes;
  size_t used;
  size_t room;
} cf_pile;

/* Appends n bytes. False: no memory. */
bool cf_zpile_add(cf_pile *pile, const void *bytes, size_t n);

/* Parses the TFORMn of a column with its repeat count. False: no column of a binary table. */
bool cf_zfield_parse(cf_zfield *field, const char *tform);

/* Returns the bytes of n elements in the heap; -1: they cannot be counted. */
LONGLONG cf_zfield_heap_bytes(const cf_zfield *field, LONGLONG n);

/* Compresses `bytes` bytes of a column: a column of the rows, or one cell of the heap. */
rf_status cf_zfield_encode(const cf_zfield *field, rf_zcmptype type, bool cell, const void *in, size_t bytes,
                           cf_pile *out, rf_error *err);

/* The opposite: `out` receives `bytes` bytes. */
rf_status cf_zfield_decode(const cf_zfield *field, rf_zcmptype type, bool cell, const void *in, size_t n, void *out,
                           size_t bytes, rf_error *err);

#endif
