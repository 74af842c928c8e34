/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finds the marks of a .gz store, from its beginning to its end. One thread at a time.
 */
#ifndef RF_STORE_FILTER_INDEX_SCAN_H
#define RF_STORE_FILTER_INDEX_SCAN_H

#include "store/filter/index/cursor.h"

typedef struct rf_scan {
  rf_store *inner;      /* borrowed */
  uint64_t limit;       /* largest size of the content */
  uint64_t index_bytes; /* distance of the marks in the content */
  bool plain;           /* decode all members */
  rf_cursor *cursor;    /* NULL: none yet */
} rf_scan;

/* Content that a step adds behind the content that is known. */
typedef struct rf_scan_step {
  size_t made;      /* bytes of content that are decoded: a chunk of the last mark */
  uint64_t members; /* or bytes of content in whole members, which make up the last mark, not decoded */
  rf_mark *next;    /* NULL, or a mark behind it, which the caller owns */
  bool complete;    /* the content ends there */
  uint64_t stray;   /* as of rf_store.stray, if `complete` */
} rf_scan_step;

/* Adds content behind the `content` bytes that are known, of which `last` is the last mark. `buffer` has room for
 * RF_CHUNK_BYTES and receives what was decoded. *step is always set. RF_ERR_CODEC, RF_ERR_TRUNCATED and RF_ERR_LIMIT
 * end the content behind it; after another failure, *step is empty. */
rf_status rf_scan_next(rf_scan *scan, const rf_mark *last, uint64_t content, uint8_t *buffer, rf_scan_step *step,
                       rf_error *err);

#endif
