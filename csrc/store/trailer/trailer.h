/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The trailer behind a file while an edit moves its bytes, so that the edit can be finished after the process was
 * killed. docs/internals.md has the layout and the reasons. All numbers are little-endian, all places absolute.
 *
 *     0 .. old size     the file as it was, and what it grows into
 *     start             a header block, XTENSION= 'RFMOVE  ', then its data:
 *       pool            every byte that the edit brings, never overwritten
 *       record          the steps
 *       halves          two buffers that batches go through in turn
 *     end               slot 0, slot 1, footer: 64 bytes each
 */
#ifndef RF_STORE_TRAILER_TRAILER_H
#define RF_STORE_TRAILER_TRAILER_H

#include <stdbool.h>

#include "store/trailer/step.h"

#define RF_LINE 64                    /* divides 2880, 4096 and 512: a line at a multiple of it is never torn */
#define RF_TRAILER_TAIL (3 * RF_LINE) /* slots and footer */
#define RF_POOL_SKEW                                                                                                   \
  ((uint64_t)RF_BLOCK_BYTES + RF_LINE) /* from start to pool: no header in it is on a block border                     \
                                        */
#define RF_HALF_BYTES ((uint64_t)512 << 10)
#define RF_HALF_DURABLE ((uint64_t)16 << 20)
#define RF_MIN_HALF_BYTES 512
#define RF_MAX_HALF_BYTES ((uint64_t)64 << 20)
#define RF_MAX_RECORD_BYTES ((uint64_t)1 << 30)

/* Flags of a record. */
#define RF_RECORD_DURABLE 1 /* synced at each slot */
#define RF_RECORD_SAMPLED 2 /* sums are of samples */

typedef struct rf_pair {
  uint64_t at, old, fresh, n; /* n bytes of a header at `at`; their old and new bytes are in the pool */
} rf_pair;

typedef struct rf_guard {
  uint64_t at, n, crc; /* bytes that stay */
} rf_guard;

typedef struct rf_trailer {
  uint64_t old_size, new_size;
  uint64_t start;  /* of the trailer */
  uint64_t record; /* place */
  uint64_t record_bytes;
  uint64_t half_at;
  uint64_t half_bytes;
  uint64_t end;  /* where slot 0 is */
  uint64_t size; /* of the file during the edit */
  uint64_t flags;
  rf_step *steps;
  size_t step_count;
  rf_pair *pairs;
  size_t pair_count;
  rf_guard *guards;
  size_t guard_count;
} rf_trailer;

typedef enum rf_edit_state { RF_EDIT_NONE, RF_EDIT_PREPARING, RF_EDIT_COMMITTED } rf_edit_state;

void rf_trailer_clear(rf_trailer *trailer);

static inline uint64_t rf_lines(uint64_t n) {
  return (n + RF_LINE - 1) / RF_LINE * RF_LINE;
}

/* Gets the start of the trailer: behind the longer of both files. Returns false if that is too long. */
bool rf_trailer_start(uint64_t old_size, uint64_t new_size, uint64_t *start);

/* Returns the start of a half, 1 or 2; halves alternate. */
uint64_t rf_trailer_half(const rf_trailer *trailer, uint32_t half);

/* Tells whether a step brings new bytes, from the pool or by filling, so that it can be repeated at any time. */
bool rf_trailer_is_fresh(const rf_trailer *trailer, const rf_step *step);

/* Makes the header block of the trailer. */
void rf_trailer_header(uint64_t data_bytes, char block[RF_BLOCK_BYTES]);

/* Fails with RF_ERR_INTERRUPTED: an interrupted edit does not fit the file because of `what`. */
rf_status rf_trailer_fail(rf_error *err, const char *what);

#endif
