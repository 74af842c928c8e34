/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The inside of an edit, for the files of this room.
 */
#ifndef RF_STORE_TRAILER_INTERNAL_H
#define RF_STORE_TRAILER_INTERNAL_H

#include "base/system/filelock.h"
#include "store/trailer/edit.h"
#include "store/trailer/segments.h"
#include "store/trailer/trailer.h"

/* Rows in another layout: a step that has no place yet, and byte 0 of a piece is the first of its first row. */
typedef struct rf_laid {
  rf_step step;
  bool planned; /* KEEP: one step has its bitmap already */
} rf_laid;

struct rf_edit {
  rf_store store; /* what callers see */
  rf_store *inner;
  uint64_t old_size;
  uint64_t new_size;
  uint64_t start;   /* of the trailer */
  uint64_t pool_at; /* in the file */
  bool any_size;
  uint64_t lowest; /* byte that changes, once it is planned */
  rf_segments view;
  uint64_t short_rows; /* fewer bytes of rows are put into the pool */
  rf_laid *laid;
  size_t laid_count;
  rf_pair *pairs;
  size_t pair_count;
  /* The pool: in memory as long as it is small, then where the trailer will have it. */
  uint8_t *pool;
  size_t pool_room;
  uint64_t pool_used;
  bool spilled;
  uint32_t pool_crc; /* of what was appended, for as long as nothing else was written */
  bool pool_patched;
  /* The file while the edit is prepared. */
  bool begun; /* something stands behind the old end */
  bool committed;
  uint64_t size;
  rf_filelock lock;
  uint64_t tuned_half; /* rf_edit_tune */
  bool whole_sums;
};

#endif
