/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length (FITS 7.3.5) out of the heap after the rows.
 */
#include "table/heap/read.h"

#include <inttypes.h>

#include "base/memory.h"
#include "table/heap/descriptor.h"
#include "table/ops.h"
#include "table/read.h"
#include "table/request.h"
#include "table/rows/strings.h"
#include "file/call.h"

/* Bytes fetched at a time, and what a range of its own costs in bytes that could be read on instead. */
#define STAGE_BYTES ((size_t)1 << 20)
#define RANGE_COST ((uint64_t)4096)
#define MAX_RANGES ((size_t)1024)

/* Fetches the cells of a reader from the heap of a plain table. */
typedef struct fetcher {
  rf_heap_reader *reader;
  rf_store *store;
  uint64_t origin; /* of the heap, in the file */
  uint8_t *stage;
  size_t room;
  rf_read_range *ranges;
} fetcher;

void rf_heap_reader_deliver(rf_heap_reader *r, const uint8_t *stored, size_t elements) {
  if (r->mask != NULL) {
    rf_row_step step = r->step;
    step.count = step.mask_stride = elements;
    rf_row_step_mask(&step, stored, 0, 1, r->mask);
    r->mask += elements;
  }
  if (r->bits)
    rf_bits_unpack(r->out, stored, elements);
  else if (r->step.type == RF_TEXT)
    rf_text_widen(r->out, stored, elements);
  else
    rf_row_convert(&r->step, r->out, stored, elements);
  r->out += elements * r->element_bytes;
}

static uint64_t cell_bytes(const rf_heap_reader *r, size_t i) {
  uint64_t bytes = 0;
  (void)rf_heap_cell_bytes(r->column, r->lengths[i], &bytes); /* the check has been: it fits */
  return bytes;
}

uint64_t rf_heap_reader_elements(const rf_heap_reader *r, size_t i) {
  return r->column->info.letter == 'X' && !r->bits ? cell_bytes(r, i) : r->lengths[i];
}

/* A cell that is longer than the stage, in pieces. */
static rf_status read_long(fetcher *f, size_t i, rf_error *err) {
  rf_heap_reader *r = f->reader;
  uint64_t left = rf_heap_reader_elements(r, i), offset = f->origin + r->offsets[i];
  size_t unit = r->bits ? 8 : 1, unit_bytes = r->bits ? 1 : r->column->stored_bytes, most = f->room / unit_bytes;
  while (left > 0) {
    uint64_t units = (left + unit - 1) / unit;
    size_t n = units < most ? (size_t)units : most;
    size_t elements = left < (uint64_t)n * unit ? (size_t)left : n * unit;
    RF_TRY(rf_store_read(f->store, offset, f->stage, n * unit_bytes, err));
    rf_heap_reader_deliver(r, f->stage, elements);
    offset += n * unit_bytes;
    left -= elements;
  }
  return RF_OK;
}

/* Cells from `first` on that lie so close together, in any order, that all between them is read, too. */
static size_t close_cells(const fetcher *f, size_t first, uint64_t *low, uint64_t *high) {
  const rf_heap_reader *r = f->reader;
  uint64_t wanted = 0;
  size_t n = 0;
  *low = UINT64_MAX;
  *high = 0;
  for (; first + n < r->count; n++) {
    uint64_t bytes = cell_bytes(r, first + n), begin = r->offsets[first + n];
    if (bytes == 0)
      continue;
    uint64_t a = begin < *low ? begin : *low, b = begin + bytes > *high ? begin + bytes : *high;
    if (b - a > f->room || b - a > wanted + bytes + (n + 1) * RANGE_COST)
      break;
    *low = a;
    *high = b;
    wanted += bytes;
  }
  return n;
}

/* Cells that are far apart: a range each. At least one. */
static rf_status read_apart(fetcher *f, size_t first, size_t *count, rf_error *err) {
  rf_heap_reader *r = f->reader;
  size_t n = 0, used = 0, ranges = 0, at = 0;
  for (; first + n < r->count && ranges < MAX_RANGES; n++) {
    uint64_t bytes = cell_bytes(r, first + n);
    if (bytes > f->room - used)
      break;
    if (bytes == 0)
      continue;
    f->ranges[ranges++] = (rf_read_range){f->origin + r->offsets[first + n], (size_t)bytes, f->stage + used};
    used += (size_t)bytes;
  }
  RF_TRY(rf_store_read_many(f->store, f->ranges, ranges, err));
  for (size_t i = first; i < first + n; i++) {
    rf_heap_reader_deliver(r, f->stage + at, (size_t)rf_heap_reader_elements(r, i));
    at += (size_t)cell_bytes(r, i);
  }
  *count = n;
  return RF_OK;
}

/* One that gets a stage of its own when it goes beyond; two or more when they are close. */
static rf_status read_cells(fetcher *f, rf_error *err) {
  rf_heap_reader *r = f->reader;
  uint64_t low, high;
  for (size_t i = 0, n; i < r->count; i += n) {
    n = close_cells(f, i, &low, &high);
    if (n == 0) {
      n = 1;
      RF_TRY(read_long(f, i, err));
    } else if (n == 1 || (high > low && n < 8 && i + n < r->count)) {
      RF_TRY(read_apart(f, i, &n, err));
    } else {
      if (high > low)
        RF_TRY(rf_store_read(f->store, f->origin + low, f->stage, (size_t)(high - low), err));
      for (size_t k = i; k < i + n; k++)
        rf_heap_reader_deliver(r, f->stage + (r->lengths[k] > 0 ? (size_t)(r->offsets[k] - low) : 0),
                               (size_t)rf_heap_reader_elements(r, k));
    }
  }
  return RF_OK;
}

rf_status rf_heap_reader_check(const rf_heap_reader *r, const rf_table *table, const uint64_t *offsets, rf_error *err) {
  uint64_t total = 0;
  if (r->count > 0 && (r->lengths == NULL || r->offsets == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no places to read");
  for (size_t i = 0; i < r->count; i++) {
    uint64_t offset = r->lengths[i] > 0 && offsets != NULL ? offsets[i] : 0;
    if (!rf_heap_has_cell(table, r->column, r->lengths[i], offset))
      return rf_fail(err, RF_ERR_RANGE,
                     "cell %zu of %zu has %" PRIu64 " elements at offset %" PRIu64 " of the heap, which has %" PRIu64
                     " bytes",
                     i, r->count, r->lengths[i], offset, table->info.heap_bytes);
    if (!rf_add_u64(total, rf_heap_reader_elements(r, i), &total))
      return rf_fail(err, RF_ERR_LIMIT, "%zu cells have more elements than can be counted", r->count);
  }
  uint64_t need;
  size_t size;
  if (!rf_mul_u64(total, r->element_bytes, &need) || need != r->out_bytes || !rf_to_size(need, &size))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " elements of %zu bytes are to be read and the output has %" PRIu64,
                   total, r->element_bytes, r->out_bytes);
  if (need > 0 && r->out == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "data = NULL, expected memory for cells");
  return RF_OK;
}

/* ---- the call ---- */

static rf_status fetch_cells(rf_file *file, const rf_table *table, rf_heap_reader *r, rf_error *err) {
  fetcher f = {.reader = r, .store = file->store, .origin = table->info.data_offset + table->info.heap_offset};
  f.room = table->info.heap_bytes < STAGE_BYTES ? (size_t)table->info.heap_bytes : STAGE_BYTES;
  f.stage = rf_alloc(f.room);
  f.ranges = rf_alloc(MAX_RANGES * sizeof *f.ranges);
  rf_status status;
  if (f.stage == NULL || f.ranges == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer for the heap");
  else
    status = read_cells(&f, err);
  rf_free(f.stage);
  rf_free(f.ranges);
  return status;
}

rf_status rf_plain_table_read_heap(rf_file *file, const rf_hdu *hdu, const rf_table *table, rf_heap_reader *r,
                                   rf_error *err) {
  rf_status status = rf_heap_reader_check(r, table, r->offsets, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, r->column, r->number, -1);
  if (r->out_bytes == 0)
    return RF_OK;
  status = fetch_cells(file, table, r, err);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, table, hdu, err) : status;
}

typedef struct heap_call {
  rf_heap_reader reader;
  rf_dtype type;
  uint32_t flags;
} heap_call;

static rf_status read_any(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  heap_call *call = request;
  rf_heap_reader *r = &call->reader;
  const rf_table *table;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  RF_TRY(rf_heap_column(table, r->number, &r->column, err));
  rf_status status = rf_row_type_check(r->column, call->type, call->flags, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, r->column, r->number, -1);
  rf_row_step_elements(&r->step, r->column, call->type, (call->flags & RF_CELL_RAW) != 0);
  r->element_bytes = rf_dtype_bytes(call->type, 1);
  r->bits = call->type == RF_BIT;
  return hdu->ops->table->read_heap(file, hdu, table, r, err);
}

rf_status rf_table_read_heap(rf_file *file, size_t index, const rf_heap_request *request, rf_error *err) {
  rf_heap_request own;
  rf_error_clear(err);
  RF_TRY(rf_request_take(&own, sizeof own, request, "an rf_heap_request", err));
  heap_call call = {.reader = {.number = own.column,
                               .lengths = own.lengths,
                               .offsets = own.offsets,
                               .count = own.count,
                               .out = own.data,
                               .out_bytes = own.data_bytes,
                               .mask = own.mask},
                    .type = own.type,
                    .flags = own.flags};
  return rf_call_read(file, index, read_any, &call, err);
}
