/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of other lengths, in place.
 */
#ifndef RF_FILE_REWRITE_H
#define RF_FILE_REWRITE_H

#include "store/store.h"

/* What becomes of the bytes of a row. */
typedef enum rf_row_mode {
  RF_ROW_COPY,
  RF_ROW_BLANK, /* `blank` of the rewriting */
  RF_ROW_WIDEN  /* P descriptor to Q */
} rf_row_mode;

typedef struct rf_row_part {
  rf_row_mode mode;
  uint64_t from;  /* in the old row */
  uint64_t to;    /* in the new one */
  uint64_t bytes; /* in the new one */
} rf_row_part;

/* Rows of other lengths, in place: in pieces, from the back when they grow. */
rf_status rf_rows_rewrite(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                          const rf_row_part *parts, size_t count, int blank, rf_error *err);

#endif
