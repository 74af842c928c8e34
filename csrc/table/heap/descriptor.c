/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Descriptors of cells of variable length (FITS 7.3.5): number of elements, and place in the heap. No descriptor is
 * used before it was checked against the heap.
 */
#include "table/heap/descriptor.h"

#include <inttypes.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "table/ops.h"
#include "table/read.h"
#include "file/call.h"

bool rf_heap_cell_bytes(const rf_column *column, uint64_t length, uint64_t *bytes) {
  if (column->info.letter == 'X') {
    *bytes = length / 8 + (length % 8 != 0);
    return true;
  }
  return rf_mul_u64(length, column->stored_bytes, bytes);
}

bool rf_heap_has_cell(const rf_table *table, const rf_column *column, uint64_t length, uint64_t offset) {
  uint64_t bytes, end;
  return rf_heap_cell_bytes(column, length, &bytes) && rf_add_u64(offset, bytes, &end) && end <= table->info.heap_bytes;
}

bool rf_descriptor_get(const rf_table *table, const rf_column *column, const uint8_t *field, uint64_t *length,
                       uint64_t *offset) {
  if (column->info.repeat == 0) {
    *length = *offset = 0;
    return true;
  }
  bool wide = column->info.descriptor == 'Q';
  *length = wide ? rf_get_be64(field) : rf_get_be32(field);
  *offset = wide ? rf_get_be64(field + 8) : rf_get_be32(field + 4);
  if (*length == 0) {
    *offset = 0; /* whatever stands there means nothing */
    return true;
  }
  return rf_heap_has_cell(table, column, *length, *offset);
}

/* ---- descriptors ---- */

typedef struct descriptor_step {
  rf_row_step step; /* first: what the run gets is a pointer to it */
  const rf_table *table;
  uint64_t *lengths;
  uint64_t *offsets;
} descriptor_step;

static rf_status run_descriptors(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                                 uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  const descriptor_step *d = (const descriptor_step *)(const void *)step;
  size_t first = (size_t)(dest - step->data) / sizeof *d->lengths;
  (void)mask;
  for (size_t i = 0; i < count; i++, src += src_stride) {
    uint64_t *length = &d->lengths[first + i], *offset = &d->offsets[first + i];
    if (rf_descriptor_get(d->table, step->column, src, length, offset))
      continue;
    *bad = i;
    return rf_fail(err, RF_ERR_FORMAT,
                   "the descriptor says %" PRIu64 " elements (form %c) at offset %" PRIu64
                   " of the heap, which has %" PRIu64 " bytes",
                   *length, step->column->info.letter, *offset, d->table->info.heap_bytes);
  }
  return RF_OK;
}

rf_status rf_heap_column(const rf_table *table, size_t number, const rf_column **column, rf_error *err) {
  RF_TRY(rf_table_column(table, number, column, err));
  if ((*column)->info.descriptor != 0)
    return RF_OK;
  return rf_table_add_context(err, rf_fail(err, RF_ERR_TYPE, "its cells are in the rows, not in the heap"), *column,
                              number, -1);
}

rf_status rf_plain_table_read_descriptors(rf_file *file, const rf_hdu *hdu, const rf_table *table, size_t number,
                                          const rf_row_selection *selection, uint64_t *lengths, uint64_t *offsets,
                                          rf_error *err) {
  const rf_column *column = &table->columns[number];
  descriptor_step d = {.table = table, .lengths = lengths, .offsets = offsets};
  d.step = (rf_row_step){.column = column,
                         .number = number,
                         .run = run_descriptors,
                         .offset = column->info.offset,
                         .bytes = column->info.bytes,
                         .count = 1,
                         .stored_bytes = (unsigned)column->info.bytes,
                         .type = RF_U64,
                         .cell_bytes = sizeof *lengths,
                         .data = (uint8_t *)(void *)lengths,
                         .stride = sizeof *lengths};
  rf_row_plan plan = {
      .steps = &d.step, .count = 1, .low = column->info.offset, .high = column->info.offset + column->info.bytes};
  return rf_plain_table_read(file, hdu, table, &plan, selection, err);
}

typedef struct descriptor_call {
  size_t column;
  const rf_rows *rows;
  uint64_t *lengths;
  uint64_t *offsets;
} descriptor_call;

static rf_status read_any(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const descriptor_call *call = request;
  const rf_table *table;
  const rf_column *column;
  rf_row_selection selection;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  RF_TRY(rf_heap_column(table, call->column, &column, err));
  RF_TRY(rf_row_selection_init(&selection, table, call->rows, err));
  if (selection.count == 0)
    return RF_OK;
  if (call->lengths == NULL || call->offsets == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "lengths or offsets = NULL, expected memory for descriptors");
  return hdu->ops->table->read_descriptors(file, hdu, table, call->column, &selection, call->lengths, call->offsets,
                                           err);
}

rf_status rf_table_read_descriptors(rf_file *file, size_t index, size_t column, const rf_rows *rows, uint64_t *lengths,
                                    uint64_t *offsets, rf_error *err) {
  descriptor_call call = {column, rows, lengths, offsets};
  return rf_call_read(file, index, read_any, &call, err);
}
