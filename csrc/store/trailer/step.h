/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The steps of an edit: their sources, their bytes, and where these go.
 */
#ifndef RF_STORE_TRAILER_STEP_H
#define RF_STORE_TRAILER_STEP_H

#include <stdbool.h>

#include "store/store.h"

typedef enum rf_step_kind {
  RF_STEP_COPY = 1, /* runs of bytes */
  RF_STEP_ROWS = 2, /* rows laid out in another way */
  RF_STEP_KEEP = 3, /* the rows whose bit is set */
  RF_STEP_FILL = 4  /* one byte, repeated */
} rf_step_kind;

typedef struct rf_run {
  uint64_t src;
  uint64_t dst;
  uint64_t n;
  uint64_t first; /* units of the step before this run */
} rf_run;

/* The source of a part of a row. */
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

/* Units ascend. A step goes from the last unit to the first (`up`), or from the first to the last. */
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
  uint8_t blank;   /* ROWS: for bytes that no part covers; FILL */
  rf_part *parts;  /* ROWS */
  uint64_t rows;   /* KEEP: bits */
  uint64_t bitmap; /* place in the pool; bit r % 8 of byte r / 8 */
  uint64_t first;  /* KEEP: number of the first row among the kept ones */
  uint8_t *bits;   /* KEEP: the bitmap, once it is loaded */
  uint64_t *ranks; /* number of bits set before each 4096th */
} rf_step;

void rf_step_clear(rf_step *step);

/* COPY: adds a run. */
rf_status rf_step_add_run(rf_step *step, uint64_t src, uint64_t dst, uint64_t n, rf_error *err);

/* Returns the old row that is number `kept` among the kept ones. */
uint64_t rf_step_kept_row(const rf_step *step, uint64_t kept);

/* KEEP: reads the bitmap, or takes over one of rf_alloc(). RF_ERR_FORMAT if it has too few bits set. */
rf_status rf_step_load_bits(rf_step *step, rf_store *store, rf_error *err);
rf_status rf_step_take_bits(rf_step *step, uint8_t *bits, rf_error *err);

/* Iterates over the extents of units low .. high-1 in the new file. */
typedef struct rf_step_iterator {
  const rf_step *step;
  uint64_t low, high;
  size_t run;
} rf_step_iterator;
rf_step_iterator rf_step_iterate(const rf_step *step, uint64_t low, uint64_t high);
bool rf_step_next(rf_step_iterator *iterator, uint64_t *src, uint64_t *dst, uint64_t *n);

/* Returns the place of a unit; and of its source, or the end of that. */
uint64_t rf_step_begin(const rf_step *step, uint64_t unit);
uint64_t rf_step_source(const rf_step *step, uint64_t unit, bool end);

/* Reads bytes of the old file and of the pool. */
typedef struct rf_source {
  rf_status (*read)(void *context, uint64_t place, void *buffer, size_t n, rf_error *err);
  void *context;
} rf_source;

/* Makes units low .. high-1: (high - low) * width bytes. */
rf_status rf_step_make(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                       rf_error *err);

#endif
