/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length (FITS 7.3.5) into memory.
 */
#ifndef RF_TABLE_HEAP_READ_H
#define RF_TABLE_HEAP_READ_H

#include "table/rows/step.h"

typedef struct rf_heap_reader {
  const rf_column *column;
  size_t number;
  rf_row_step step; /* converts runs of elements */
  size_t element_bytes;
  bool bits;
  const uint64_t *lengths;
  const uint64_t *offsets;
  size_t count;
  uint8_t *out; /* the next element, and its mask */
  uint64_t out_bytes;
  uint8_t *mask;
} rf_heap_reader;

/* Checks all cells against the heap and the output, before anything is read. `offsets`: in the heap; NULL: the cells
 * have no places in a heap. */
rf_status rf_heap_reader_check(const rf_heap_reader *reader, const rf_table *table, const uint64_t *offsets,
                               rf_error *err);

/* Returns the number of elements of cell i in the output; raw bits count as bytes. */
uint64_t rf_heap_reader_elements(const rf_heap_reader *reader, size_t i);

/* Converts stored elements of (a part of) one cell to the next elements of the output. */
void rf_heap_reader_deliver(rf_heap_reader *reader, const uint8_t *stored, size_t elements);

/* rf_table_ops.read_heap. */
rf_status rf_plain_table_read_heap(rf_file *file, const rf_hdu *hdu, const rf_table *table, rf_heap_reader *reader,
                                   rf_error *err);

#endif
