/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The state of an edit, for the files of this room.
 */
#ifndef RF_STORE_TRAILER_INTERNAL_H
#define RF_STORE_TRAILER_INTERNAL_H

#include "base/system/filelock.h"
#include "store/trailer/edit.h"
#include "store/trailer/segments.h"
#include "store/trailer/trailer.h"

/* Rows in another layout: a step without a place. Byte 0 of a segment is the first byte of its first row. */
typedef struct rf_laid {
  rf_step step;
  bool planned; /* KEEP: a step has its bitmap */
} rf_laid;

struct rf_edit {
  rf_store store; /* what callers see */
  rf_store *inner;
  uint64_t old_size;
  uint64_t new_size;
  uint64_t start;   /* of the trailer */
  uint64_t pool_at; /* in the file */
  bool any_size;
  uint64_t lowest; /* byte that changes; set by the plan */
  rf_segments view;
  uint64_t short_rows; /* shorter runs of rows go to the pool */
  rf_laid *laid;
  size_t laid_count;
  rf_pair *pairs;
  size_t pair_count;
  /* The pool: in memory while it is small, then in its place in the file. */
  uint8_t *pool;
  size_t pool_room;
  uint64_t pool_used;
  bool spilled;
  uint32_t pool_crc; /* of appended bytes; valid while !pool_patched */
  bool pool_patched;
  /* The file during preparation. */
  bool begun; /* bytes were written behind the old end */
  bool committed;
  uint64_t size;
  rf_filelock lock;
  uint64_t tuned_half; /* rf_edit_tune */
  bool whole_sums;
};

#endif
