/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The progress of an edit, and its next batch: functions of record and progress alone.
 */
#ifndef RF_STORE_TRAILER_PROGRESS_H
#define RF_STORE_TRAILER_PROGRESS_H

#include "store/trailer/trailer.h"

/* The progress of an edit: the content of a slot. */
typedef struct rf_edit_progress {
  uint32_t sequence;
  uint32_t sum; /* of everything placed so far */
  uint32_t step;
  uint32_t half; /* half that has the batch, 1 or 2; 0: none */
  uint64_t done; /* units of the step */
  uint32_t staged;
  uint32_t staged_sum;
} rf_edit_progress;

typedef struct rf_batch {
  uint64_t low, high; /* units of the step */
  bool staged;
} rf_batch;

/* Returns the next batch. */
rf_batch rf_progress_next(const rf_trailer *trailer, const rf_edit_progress *at);

/* Returns the batch in the half. */
rf_batch rf_progress_staged(const rf_trailer *trailer, const rf_edit_progress *at);

/* Advances the progress past a placed batch; `sum` is that of its content. */
void rf_progress_advance(rf_edit_progress *at, const rf_trailer *trailer, const rf_batch *batch, uint32_t sum);

#endif
