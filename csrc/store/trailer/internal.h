/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What edit.c records and store/trailer/plan.c turns into steps.
 */
#ifndef RF_STORE_TRAILER_INTERNAL_H
#define RF_STORE_TRAILER_INTERNAL_H

#include "store/trailer/edit.h"
#include "store/trailer/segments.h"
#include "store/trailer/trailer.h"

/* While an edit is recorded, places in the pool are counted from here: where it will be is not known yet. */
#define RF_POOL_BASE (UINT64_C(1) << 62)

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
  rf_pieces view;
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
};

/* Bytes of the old file, or of the pool. */
rf_status rf_edit_read_place(rf_edit *edit, uint64_t place, void *buffer, size_t n, rf_error *err);

/* Appends to the pool. */
rf_status rf_edit_pool(rf_edit *edit, const void *bytes, size_t n, uint64_t *place, rf_error *err);

/* store/trailer/plan.c: steps and pairs for the view, in `trailer`, which has its sizes already. The pool may grow. */
rf_status rf_edit_plan(rf_edit *edit, rf_trailer *trailer, rf_error *err);

/* The guards of a trailer that is planned; nothing of the old file is written yet. */
rf_status rf_edit_guard(rf_edit *edit, rf_trailer *trailer, rf_error *err);

#endif
