/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The trailer: what stands behind a file while an edit moves its bytes, so that the edit can be finished after the
 * process was killed. docs/internals.md has the layout and the reasons; all numbers are little-endian, all places
 * absolute.
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

#include "base/system/filelock.h"
#include "store/store.h"

#define RF_LINE 64                    /* divides 2880, 4096 and 512: a line at a multiple of it is never torn */
#define RF_TRAILER_TAIL (3 * RF_LINE) /* slots and footer */
#define RF_POOL_SKEW                                                                                                   \
  ((uint64_t)RF_BLOCK_BYTES + RF_LINE) /* from start to pool: no header in it is on a block border                     \
                                        */
#define RF_HALF_BYTES ((uint64_t)512 << 10)
#define RF_HALF_DURABLE ((uint64_t)16 << 20)
#define RF_HALF_LEAST 512
#define RF_HALF_MOST ((uint64_t)64 << 20)
#define RF_RECORD_MOST ((uint64_t)1 << 30)

/* Flags of a record. */
#define RF_RECORD_DURABLE 1 /* synced at each slot */
#define RF_RECORD_SAMPLED 2 /* sums are of samples */

/* ---- steps ---- */

typedef enum rf_step_kind {
  RF_STEP_COPY = 1, /* runs of bytes */
  RF_STEP_ROWS = 2, /* rows laid out in another way */
  RF_STEP_KEEP = 3, /* the rows whose bit is set */
  RF_STEP_FILL = 4  /* one byte over and over */
} rf_step_kind;

typedef struct rf_run {
  uint64_t src;
  uint64_t dst;
  uint64_t n;
  uint64_t first; /* units of the step before this run */
} rf_run;

/* What a part of a row is. */
typedef enum rf_part_kind {
  RF_PART_COPIED = 0, /* n bytes from byte `from` of the old row on */
  RF_PART_VALUES = 1, /* n bytes a row, from place `from` of the pool on */
  RF_PART_WIDENED = 2 /* n = 16: the P descriptor at byte `from` of the old row as a Q descriptor */
} rf_part_kind;

typedef struct rf_part {
  uint64_t kind;
  uint64_t from;
  uint64_t to;
  uint64_t n;
} rf_part;

/* Units stand in ascending order and are done from the back (`up`) or from the front. */
typedef struct rf_step {
  rf_step_kind kind;
  bool up;
  uint64_t units; /* bytes, or rows of the new file */
  uint64_t width; /* bytes of a unit in the new file */
  rf_run *runs;   /* COPY */
  size_t count;   /* of runs, or of parts */
  size_t capacity;
  uint64_t src; /* ROWS, KEEP: the first old row */
  uint64_t dst;
  uint64_t old;    /* bytes of an old row */
  uint8_t blank;   /* ROWS: what no part covers; FILL */
  rf_part *parts;  /* ROWS */
  uint64_t rows;   /* KEEP: bits */
  uint64_t bitmap; /* place in the pool; bit r % 8 of byte r / 8 */
  uint64_t first;  /* KEEP: the number of the first row among those that are kept */
  uint8_t *bits;   /* KEEP: the bitmap, once it was read */
  uint64_t *ranks; /* bits that are set before each 4096th */
} rf_step;

void rf_step_clear(rf_step *step);

/* COPY: one more run. */
rf_status rf_step_add_run(rf_step *step, uint64_t src, uint64_t dst, uint64_t n, rf_error *err);

/* The old row that is number `kept` among those that are kept. */
uint64_t rf_step_kept_row(const rf_step *step, uint64_t kept);

/* KEEP: reads the bitmap, or takes over one from rf_alloc; RF_ERR_FORMAT when it has too few bits set. */
rf_status rf_step_load_bits(rf_step *step, rf_store *store, rf_error *err);
rf_status rf_step_take_bits(rf_step *step, uint8_t *bits, rf_error *err);

/* Goes through the stretches that units low .. high-1 take in the new file. */
typedef struct rf_extents {
  const rf_step *step;
  uint64_t low, high;
  size_t run;
} rf_extents;
rf_extents rf_step_extents(const rf_step *step, uint64_t low, uint64_t high);
bool rf_extents_next(rf_extents *extents, uint64_t *src, uint64_t *dst, uint64_t *n);

/* Where a unit goes, and where it is taken from, or the end of that. */
uint64_t rf_step_begin(const rf_step *step, uint64_t unit);
uint64_t rf_step_source(const rf_step *step, uint64_t unit, bool end);

/* How bytes of the old file and of the pool are read. */
typedef struct rf_source {
  rf_status (*read)(void *context, uint64_t place, void *buffer, size_t n, rf_error *err);
  void *context;
} rf_source;

/* Units low .. high-1 as they will be: (high - low) * width bytes. */
rf_status rf_step_make(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                       rf_error *err);

/* ---- the whole ---- */

typedef struct rf_pair {
  uint64_t at, old, fresh, n; /* n bytes of a header at `at`; as they were and will be, in the pool */
} rf_pair;

typedef struct rf_guard {
  uint64_t at, n, crc; /* a stretch that stays */
} rf_guard;

typedef struct rf_trailer {
  uint64_t old_size, new_size;
  uint64_t start;  /* of the trailer */
  uint64_t record; /* place */
  uint64_t record_bytes;
  uint64_t half_at;
  uint64_t half_bytes;
  uint64_t end;  /* where slot 0 is */
  uint64_t size; /* of the file while the edit is under way */
  uint64_t flags;
  rf_step *steps;
  size_t step_count;
  rf_pair *pairs;
  size_t pair_count;
  rf_guard *guards;
  size_t guard_count;
} rf_trailer;

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

typedef enum rf_edit_state { RF_EDIT_NONE, RF_EDIT_PREPARING, RF_EDIT_COMMITTED } rf_edit_state;

void rf_trailer_clear(rf_trailer *trailer);

static inline uint64_t rf_lines(uint64_t n) {
  return (n + RF_LINE - 1) / RF_LINE * RF_LINE;
}

/* Where the trailer begins: behind the longer of both files. false: too long. */
bool rf_trailer_start(uint64_t old_size, uint64_t new_size, uint64_t *start);

/* ---- store/trailer/record.c ---- */

/* Numbers of the record; *bytes is freed with rf_free. */
rf_status rf_record_encode(const rf_trailer *trailer, uint8_t **bytes, size_t *n, rf_error *err);

void rf_footer_encode(const rf_trailer *trailer, rf_edit_state state, uint32_t crc, uint8_t line[RF_LINE]);
void rf_slot_encode(const rf_edit_progress *progress, uint8_t line[RF_LINE]);
void rf_trailer_header(uint64_t data_bytes, char block[RF_BLOCK_BYTES]);

/* Does a file of `size` bytes end with the footer of a trailer? Only where the size is that of one is anything read. */
rf_status rf_trailer_probe(rf_store *store, uint64_t size, bool *found, rf_error *err);

/* Looks for a trailer at the end of a file of `size` bytes. RF_EDIT_NONE: there is none. PREPARING: only the sizes and
 * `start` are filled in. COMMITTED: all of it was checked, but for what the file's bytes say. Failure:
 * RF_ERR_INTERRUPTED, and the file is not to be touched. */
rf_status rf_trailer_load(rf_store *store, uint64_t size, rf_trailer *trailer, rf_edit_state *state, rf_error *err);

/* Compares the file with what the trailer says of it, and tells how far the edit is. Writes nothing. */
rf_status rf_trailer_check(rf_store *store, const rf_trailer *trailer, rf_edit_progress *progress, rf_error *err);

/* ---- store/trailer/run.c ---- */

typedef struct rf_batch {
  uint64_t low, high; /* units of the step */
  bool staged;
} rf_batch;

/* What comes next: a function of the record and the progress alone. */
rf_batch rf_trailer_batch(const rf_trailer *trailer, const rf_edit_progress *at);

/* Those of the batch that a half holds. */
rf_batch rf_trailer_staged(const rf_trailer *trailer, const rf_edit_progress *at);

/* Progress once the batch is placed; `sum` is that of its content. */
void rf_progress_advance(rf_edit_progress *at, const rf_trailer *trailer, const rf_batch *batch, uint32_t sum);

uint64_t rf_trailer_half(const rf_trailer *trailer, uint32_t half);

/* Does what is left to do from progress `at` on, and cuts the trailer off. */
rf_status rf_trailer_finish(rf_store *store, const rf_trailer *trailer, rf_edit_progress at, rf_error *err);

#endif
