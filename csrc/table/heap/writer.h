/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of one column with descriptors (FITS 7.3.5) on their way to the heap: what the calls that write them share.
 */
#ifndef RF_TABLE_HEAP_WRITER_H
#define RF_TABLE_HEAP_WRITER_H

#include "table/rows/selection.h"
#include "table/rows/step.h"

typedef struct rf_heap_writer {
  const rf_table *table;
  const rf_column *column;
  size_t number;
  rf_row_step step; /* converts runs of elements */
  rf_row_selection selection;
  const uint64_t *lengths;
  const uint8_t *in;
  const uint8_t *mask;
  size_t element_bytes; /* in memory */
  uint64_t elements;    /* all of them; of raw bits: bytes */
  uint64_t total;       /* bytes in the heap */
  uint64_t longest;     /* of the new cells */
  bool widen;           /* P becomes Q */
  uint64_t heap_bytes;  /* of the heap before: where new cells go */
} rf_heap_writer;

/* Checks the cells and adds them up, before anything is written. Table, number, selection, lengths, in, mask and
 * heap_bytes are set; the rest is 0. */
rf_status rf_heap_writer_check(rf_heap_writer *w, rf_dtype type, uint32_t flags, uint64_t in_bytes, rf_error *err);

/* rf_heap_writer_check() for these cells of some rows of an existing table; table and number are set. */
rf_status rf_heap_writer_prepare(rf_heap_writer *w, const rf_rows *rows, const rf_heap_cells *cells, rf_error *err);

/* Bits that come as bytes, eight in each. */
static inline bool rf_heap_writer_has_raw_bits(const rf_heap_writer *w) {
  return w->column->info.letter == 'X' && w->step.type != RF_BIT;
}

/* n elements from number `first` on, in file order; not those of RF_BIT. */
void rf_heap_writer_put(const rf_heap_writer *w, uint8_t *dst, uint64_t first, size_t n);

/* All elements, one cell behind the other. */
rf_status rf_heap_writer_elements(const rf_heap_writer *w, rf_store *store, uint64_t offset, rf_error *err);

/* A step that writes descriptors from what rf_heap_writer_describe makes of them; its data is not set. */
void rf_heap_writer_step(const rf_heap_writer *w, rf_row_step *step);

/* Descriptors of cells first .. first+n-1 in values of the machine. *offset is where the first one is in the heap, and
 * then where the next one goes. */
void rf_heap_writer_describe(const rf_heap_writer *w, uint64_t first, size_t n, uint64_t *offset, uint8_t *out);

/* TFORMn with the longest cell, and with Q where the column becomes one. */
rf_status rf_heap_writer_form(const rf_heap_writer *w, rf_header *header, rf_error *err);

#endif
