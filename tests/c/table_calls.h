/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Calls about tables with their requests as arguments.
 */
#ifndef RF_TESTS_TABLE_CALLS_H
#define RF_TESTS_TABLE_CALLS_H

#include "rustfits.h"

static inline rf_table_request call_request(const rf_rows *rows, const rf_column_request *columns, size_t ncolumns) {
  return (rf_table_request){.size = sizeof(rf_table_request), .rows = rows, .columns = columns, .ncolumns = ncolumns};
}

static inline rf_status call_read(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *columns,
                                  size_t ncolumns, rf_error *err) {
  rf_table_request request = call_request(rows, columns, ncolumns);
  return rf_table_read(file, index, &request, err);
}

static inline rf_status call_read_by(unsigned threads, rf_file *file, size_t index, const rf_rows *rows,
                                     const rf_column_request *columns, size_t ncolumns, rf_error *err) {
  rf_table_request request = call_request(rows, columns, ncolumns);
  request.threads = threads;
  return rf_table_read(file, index, &request, err);
}

static inline rf_status call_write(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *columns,
                                   size_t ncolumns, rf_error *err) {
  rf_table_request request = call_request(rows, columns, ncolumns);
  return rf_table_write(file, index, &request, err);
}

static inline rf_status call_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *columns,
                                    size_t ncolumns, rf_error *err) {
  rf_table_request request = call_request(NULL, columns, ncolumns);
  return rf_table_append(file, index, nrows, &request, err);
}

static inline rf_status call_append_heap(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *columns,
                                         size_t ncolumns, const rf_heap_cells *heaps, size_t nheaps, rf_error *err) {
  rf_table_request request = call_request(NULL, columns, ncolumns);
  request.heaps = heaps;
  request.nheaps = nheaps;
  return rf_table_append(file, index, nrows, &request, err);
}

static inline rf_status call_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns,
                                  size_t ncolumns, rf_range *ranges, size_t capacity, size_t *count, uint64_t *bytes,
                                  rf_error *err) {
  rf_range_plan plan = {.size = sizeof plan, .ranges = ranges, .capacity = capacity};
  rf_status status = rf_table_plan(file, index, rows, columns, ncolumns, &plan, err);
  *count = plan.count;
  *bytes = plan.bytes;
  return status;
}

static inline rf_status call_read_heap(rf_file *file, size_t index, size_t column, const uint64_t *lengths,
                                       const uint64_t *offsets, size_t count, rf_dtype type, uint32_t flags, void *data,
                                       uint64_t data_bytes, uint8_t *mask, rf_error *err) {
  rf_heap_request request = {.size = sizeof request,
                             .column = column,
                             .lengths = lengths,
                             .offsets = offsets,
                             .count = count,
                             .type = type,
                             .flags = flags,
                             .data = data,
                             .data_bytes = data_bytes,
                             .mask = mask};
  return rf_table_read_heap(file, index, &request, err);
}

static inline rf_status call_write_heap(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                        const uint64_t *lengths, rf_dtype type, uint32_t flags, const void *data,
                                        uint64_t data_bytes, const uint8_t *mask, rf_error *err) {
  rf_heap_cells cells = {.size = sizeof cells,
                         .column = column,
                         .lengths = lengths,
                         .type = type,
                         .flags = flags,
                         .data = data,
                         .data_bytes = data_bytes,
                         .mask = mask};
  return rf_table_write_heap(file, index, rows, &cells, err);
}

static inline rf_status call_insert(rf_file *file, size_t index, size_t position, const rf_column_spec *spec,
                                    rf_error *err) {
  return rf_table_insert_column(file, index, position, spec, NULL, NULL, err);
}

#endif
