/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading rows of a source into an ArrowArray.
 */
#ifndef RF_ARROW_BATCH_H
#define RF_ARROW_BATCH_H

#include "arrow/source.h"

/* Reads at most `most` rows from position `start` of the selection on, at least one if `most` is not 0, and sets *count
 * to their number. Cells of variable length may end a batch early; `whole`: only where their offsets would overflow. On
 * failure *array is unchanged. */
rf_status rf_arrow_batch_read(const rf_arrow_source *source, uint64_t start, uint64_t most, bool whole,
                              struct ArrowArray *array, uint64_t *count, rf_error *err);

#endif
