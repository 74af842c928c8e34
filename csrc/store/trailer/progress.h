/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How far an edit is, and what comes next: functions of the record and the progress alone.
 */
#ifndef RF_STORE_TRAILER_PROGRESS_H
#define RF_STORE_TRAILER_PROGRESS_H

#include "store/trailer/trailer.h"

/* How far an edit is: what a slot says. */
typedef struct rf_edit_progress {
  uint32_t sequence;
  uint32_t sum; /* of all that is placed */
  uint32_t step;
  uint32_t half; /* that holds the batch, 1 or 2; 0: none */
  uint64_t done; /* units of the step */
  uint32_t staged;
  uint32_t staged_sum;
} rf_edit_progress;

typedef struct rf_batch {
  uint64_t low, high; /* units of the step */
  bool staged;
} rf_batch;

/* What comes next: a function of the record and the progress alone. */
rf_batch rf_progress_next(const rf_trailer *trailer, const rf_edit_progress *at);

/* Those of the batch that a half holds. */
rf_batch rf_progress_staged(const rf_trailer *trailer, const rf_edit_progress *at);

/* Progress once the batch is placed; `sum` is that of its content. */
void rf_progress_advance(rf_edit_progress *at, const rf_trailer *trailer, const rf_batch *batch, uint32_t sum);

#endif
