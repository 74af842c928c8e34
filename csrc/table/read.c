/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading rows: the extents of the file that a selection needs are fetched a stage at a time, and run through the plan
 * while they are in the cache. One pass serves all columns.
 */
#include "table/read.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "table/ops.h"
#include "table/request.h"
#include "file/call.h"

#define MAX_RANGES ((size_t)4096)
/* What reading a range of its own costs, in bytes that could be read on instead. */
#define RANGE_COST ((uint64_t)4096)
/* Rows of an index list are put side by side in a buffer of this size. */
#define PACK_BYTES ((size_t)32 << 10)
/* Rows of no more bytes than this can come from a mapping of the file. */
#define SMALL_BYTES ((size_t)64 << 10)

typedef struct reader {
  rf_store *store;
  const rf_table *table;
  const rf_row_plan *plan;
  const rf_row_selection *selection;
  uint64_t begin; /* the positions of the selection that this reader reads */
  uint64_t end;
  uint64_t origin;      /* offset in the file of byte plan->low of row 0 */
  size_t window;        /* bytes of a row that are needed */
  const uint8_t *bytes; /* of row selection->low, when all rows are in memory */
  size_t room;          /* of the stage */
  bool long_rows;       /* longer than the stage */
  size_t max_ranges;
  uint8_t *stage;
  rf_read_range *ranges;
} reader;

static uint64_t row_offset(const reader *r, uint64_t row) {
  return r->origin + row * r->table->info.row_bytes; /* inside the data, so within 63 bits */
}

/* ---- from memory ---- */

/* Listed rows, of which `bytes` has all from row `base` on. */
static rf_status serve_list(const reader *r, uint64_t first, uint64_t count, const uint8_t *bytes, uint64_t base,
                            rf_error *err) {
  uint8_t packed[PACK_BYTES];
  size_t row_bytes = (size_t)r->table->info.row_bytes, most = r->window > 0 ? PACK_BYTES / r->window : PACK_BYTES;
  while (count > 0) {
    size_t n = count < most ? (size_t)count : most;
    if (most == 0) { /* a row is longer than the buffer */
      n = 1;
      RF_TRY(rf_row_plan_run(r->plan, r->selection, first,
                             bytes + (size_t)(rf_row_at(r->selection, first) - base) * row_bytes, 0, 1, err));
    } else {
      for (size_t i = 0; i < n; i++)
        memcpy(packed + i * r->window, bytes + (size_t)(rf_row_at(r->selection, first + i) - base) * row_bytes,
               r->window);
      RF_TRY(rf_row_plan_run(r->plan, r->selection, first, packed, (ptrdiff_t)r->window, n, err));
    }
    first += n;
    count -= n;
  }
  return RF_OK;
}

static rf_status serve(const reader *r, uint64_t first, uint64_t count, const uint8_t *bytes, uint64_t base,
                       rf_error *err) {
  if (r->selection->indices != NULL)
    return serve_list(r, first, count, bytes, base, err);
  size_t row_bytes = (size_t)r->table->info.row_bytes;
  /* Of a single row the step does not matter and may not fit. */
  ptrdiff_t stride = count > 1 ? (ptrdiff_t)(r->selection->step * (int64_t)row_bytes) : (ptrdiff_t)row_bytes;
  return rf_row_plan_run(r->plan, r->selection, first,
                         bytes + (size_t)(rf_row_at(r->selection, first) - base) * row_bytes, stride, (size_t)count,
                         err);
}

/* ---- by ranges ---- */

/* How many rows from `first` on lie so close together that all between them is read, too; *low and *high are the
 * outermost. 0: each is to be fetched by itself. */
static uint64_t close_rows(const reader *r, uint64_t first, uint64_t *low, uint64_t *high) {
  const rf_row_selection *selection = r->selection;
  uint64_t row_bytes = r->table->info.row_bytes, left = r->end - first, n = 1;
  *low = *high = rf_row_at(selection, first);
  if (selection->indices != NULL) {
    for (; n < left; n++) {
      uint64_t row = selection->indices[first + n], a = row < *low ? row : *low, b = row > *high ? row : *high;
      if ((b - a) * row_bytes + r->window > r->room)
        break;
      *low = a;
      *high = b;
    }
    /* A few rows are fetched together with the next ones: one call is one round trip to a remote store. */
    return (n >= 4 || n == left) && (*high - *low) * row_bytes <= n * RANGE_COST ? n : 0;
  }
  uint64_t step = selection->step < 0 ? 0 - (uint64_t)selection->step : (uint64_t)selection->step;
  if (left > 1 && step * row_bytes > r->window + RANGE_COST)
    return 0;
  if (left > 1) {
    n = (r->room - r->window) / (step * row_bytes) + 1;
    n = n < left ? n : left;
  }
  if (selection->step < 0)
    *low -= (n - 1) * step;
  else
    *high += (n - 1) * step;
  return n;
}

/* Reads rows that are far apart: a range each, adjacent ones merged. */
static rf_status read_apart(const reader *r, uint64_t first, uint64_t *count, rf_error *err) {
  size_t n = 0, used = 0, ranges = 0;
  while (n < r->end - first && used + r->window <= r->room && ranges < r->max_ranges) {
    uint64_t offset = row_offset(r, rf_row_at(r->selection, first + n));
    rf_read_range *last = ranges > 0 ? &r->ranges[ranges - 1] : NULL;
    if (last != NULL && last->offset + last->length == offset)
      last->length += r->window;
    else
      r->ranges[ranges++] = (rf_read_range){offset, r->window, r->stage + used};
    used += r->window;
    n++;
  }
  RF_TRY(rf_store_read_many(r->store, r->ranges, ranges, err));
  *count = n;
  return rf_row_plan_run(r->plan, r->selection, first, r->stage, (ptrdiff_t)r->window, n, err);
}

/* Rows from `low` on that lie close together. Few bytes may come from a mapping. */
static rf_status read_close(const reader *r, uint64_t low, size_t bytes, rf_error *err) {
  const rf_read_range range = {row_offset(r, low), bytes, r->stage};
  if (bytes > SMALL_BYTES)
    return rf_store_read(r->store, range.offset, range.dest, bytes, err);
  return rf_store_read_many(r->store, &range, 1, err);
}

static rf_status read_batches(const reader *r, rf_error *err) {
  uint64_t n = 0, low, high;
  for (uint64_t first = r->begin; first < r->end; first += n) {
    n = close_rows(r, first, &low, &high);
    if (n == 0) {
      RF_TRY(read_apart(r, first, &n, err));
    } else {
      size_t bytes = (size_t)((high - low) * r->table->info.row_bytes) + r->window;
      RF_TRY(read_close(r, low, bytes, err));
      RF_TRY(serve(r, first, n, r->stage, low, err));
    }
  }
  return RF_OK;
}

/* ---- as they arrive ---- */

/* An rf_stream_sink.put of whole rows. */
static rf_status put_rows(void *context, uint64_t at, const uint8_t *data, size_t n, rf_error *err) {
  const reader *r = context;
  size_t row_bytes = (size_t)r->table->info.row_bytes;
  return rf_row_plan_run(r->plan, r->selection, at / row_bytes, data + r->plan->low, (ptrdiff_t)row_bytes,
                         n / row_bytes, err);
}

/* Rows one behind the other, of which so much is needed that all is fetched. *streamed false: they are to be read. */
static rf_status stream_rows(reader *r, bool *streamed, rf_error *err) {
  const rf_row_selection *selection = r->selection;
  uint64_t row_bytes = r->table->info.row_bytes;
  rf_stream_sink sink = {.size = sizeof sink, .put = put_rows, .user = r, .wanted_bytes = selection->count * row_bytes};
  *streamed = false;
  if (selection->indices != NULL || selection->step != 1 || row_bytes > r->window + RANGE_COST ||
      !rf_to_size(row_bytes, &sink.unit_bytes))
    return RF_OK;
  const rf_range range = {r->table->info.data_offset + selection->start * row_bytes, selection->count * row_bytes};
  return rf_store_stream(r->store, range, &sink, streamed, err);
}

/* ---- rows that no stage holds ---- */

/* Bytes that cannot be cut within a field, and the elements of a cell in them. */
static void field_unit(const rf_row_step *step, uint64_t *bytes, size_t *elements) {
  *elements = 1;
  *bytes = step->stored_bytes;
  if (!step->mask_apart) { /* no field of a binary table */
    *elements = step->count > 0 ? step->count : 1;
    *bytes = step->bytes;
  } else if (step->type == RF_BIT) {
    *elements = 8;
  } else if (step->type == RF_BYTES || step->type == RF_TEXT) {
    *bytes = step->column->info.width;
  }
}

/* One field in pieces: a step with fewer elements does a part of the cell. */
static rf_status read_long_field(const reader *r, const rf_row_step *whole, uint64_t first, rf_error *err) {
  rf_row_plan plan = {0};
  rf_row_step step = *whole;
  uint64_t unit, row = rf_row_at(r->selection, first), offset = whole->offset;
  size_t elements, done = 0, element_bytes = whole->count > 0 ? whole->cell_bytes / whole->count : 0;
  field_unit(whole, &unit, &elements);
  plan.steps = &step;
  plan.count = 1;
  plan.low = plan.high = whole->offset;
  while (done < whole->count) {
    size_t units = unit > 0 ? (size_t)(r->room / unit) : whole->count;
    if (units * elements > whole->count - done)
      units = (whole->count - done + elements - 1) / elements;
    step.count = units * elements < whole->count - done ? units * elements : whole->count - done;
    step.data = whole->data + (ptrdiff_t)first * whole->stride + done * element_bytes;
    step.mask = whole->mask != NULL ? whole->mask + (size_t)first * whole->mask_stride + done : NULL;
    step.mask_stride = step.count;
    step.cell_bytes = step.count * element_bytes;
    RF_TRY(rf_store_read(r->store, row_offset(r, row) - r->plan->low + offset, r->stage, (size_t)(units * unit), err));
    /* As row 0 of a selection that begins here. */
    rf_row_selection selection = {.count = 1, .start = row, .step = 1, .low = row, .high = row};
    RF_TRY(rf_row_plan_run(&plan, &selection, 0, r->stage, 0, 1, err));
    offset += units * unit;
    done += step.count;
  }
  return RF_OK;
}

static rf_status read_long_rows(const reader *r, rf_error *err) {
  for (uint64_t first = r->begin; first < r->end; first++)
    for (size_t i = 0; i < r->plan->count; i++)
      RF_TRY(read_long_field(r, &r->plan->steps[i], first, err));
  return RF_OK;
}

/* The stage must hold the longest piece that cannot be cut. A length that no file backs reserves nothing. */
static rf_status longest_unit(const reader *r, size_t *room, rf_error *err) {
  uint64_t longest = 0, unit, size;
  size_t elements;
  for (size_t i = 0; i < r->plan->count; i++) {
    field_unit(&r->plan->steps[i], &unit, &elements);
    longest = unit > longest ? unit : longest;
  }
  if (longest <= *room)
    return RF_OK;
  RF_TRY(rf_store_size_past(r->store, longest - 1, &size, err));
  if (longest > size)
    return RF_ERR_TRUNCATED;
  if (!rf_to_size(longest, room))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a string of %" PRIu64 " bytes", longest);
  return RF_OK;
}

/* ---- a call ---- */

/* A read in parts side by side: a stage and ranges for each thread. */
typedef struct sharing {
  const reader *whole;
  uint64_t part; /* rows of one */
} sharing;

static rf_status read_rows(const reader *r, rf_error *err) {
  if (r->bytes != NULL)
    return serve(r, r->begin, r->end - r->begin, r->bytes, r->selection->low, err);
  return r->long_rows ? read_long_rows(r, err) : read_batches(r, err);
}

static rf_status read_part(void *context, size_t i, unsigned worker, rf_error *err) {
  const sharing *s = context;
  reader r = *s->whole;
  r.begin = i * s->part;
  r.end = r.end - r.begin > s->part ? r.begin + s->part : r.end;
  if (r.bytes == NULL) {
    r.stage += worker * r.room;
    r.ranges += worker * r.max_ranges;
  }
  return read_rows(&r, err);
}

/* What reading and making the rows takes, counted in bytes; UINT64_MAX when it cannot be counted. */
static uint64_t work_of(const reader *r) {
  uint64_t each = r->plan->high - r->plan->low, all;
  for (size_t i = 0; i < r->plan->count; i++) {
    const rf_row_step *step = &r->plan->steps[i];
    if (!rf_add_u64(each, step->cell_bytes, &each) ||
        !rf_add_u64(each, step->mask != NULL ? step->mask_stride : 0, &each))
      return UINT64_MAX;
  }
  if (r->bytes == NULL &&
      (r->selection->high - r->selection->low) * r->table->info.row_bytes / r->selection->count > RANGE_COST)
    each += each < UINT64_MAX - RANGE_COST ? RANGE_COST : 0;
  return rf_mul_u64(r->selection->count, each, &all) ? all : UINT64_MAX;
}

/* Cells of different rows in the same place are for one thread. */
static bool rows_are_apart(const rf_row_plan *plan) {
  for (size_t i = 0; i < plan->count; i++) {
    const rf_row_step *step = &plan->steps[i];
    size_t stride = step->stride < 0 ? 0 - (size_t)step->stride : (size_t)step->stride;
    if (stride < step->cell_bytes)
      return false;
  }
  return true;
}

/* Several threads for large tables and for many rows far apart. Rows that go through the stage in pieces would need a
 * large one for each thread. */
static unsigned count_readers(const reader *r, unsigned wanted) {
  size_t most = r->selection->count < RF_MAX_THREADS ? (size_t)r->selection->count : RF_MAX_THREADS;
  if (most < 2) /* a single row is not worth a look at all of its columns */
    return 1;
  if (r->bytes == NULL &&
      (!r->store->profile.shared_reads || r->plan->high - r->plan->low > r->store->profile.stage_bytes))
    return 1;
  return rows_are_apart(r->plan) ? rf_worth_readers(wanted, most, work_of(r)) : 1;
}

static rf_status read_shared(const reader *r, unsigned threads, rf_error *err) {
  sharing s = {.whole = r, .part = r->selection->count / (threads * RF_READER_PARTS) + 1};
  if (threads == 1)
    return read_rows(r, err);
  return rf_parallel(threads, (size_t)((r->selection->count - 1) / s.part) + 1, read_part, &s, err);
}

static rf_status read_staged(reader *r, uint64_t window, unsigned threads, rf_error *err) {
  size_t most = r->store->profile.stage_bytes;
  uint64_t span = (r->selection->high - r->selection->low) * r->table->info.row_bytes + window, all;
  r->room = most;
  r->long_rows = window > most;
  if (r->long_rows) {
    RF_TRY(longest_unit(r, &r->room, err));
  } else {
    /* No more than all the rows, side by side or with what is between them. */
    if (!rf_mul_u64(r->selection->count, window, &all) || all < span)
      all = span;
    r->room = all < most ? (size_t)all : most;
  }
  r->max_ranges = MAX_RANGES < r->selection->count ? MAX_RANGES : (size_t)r->selection->count;
  r->stage = rf_alloc(threads * r->room); /* of long rows there is one thread */
  r->ranges = rf_alloc(threads * r->max_ranges * sizeof *r->ranges);
  rf_status status;
  if (r->stage == NULL || r->ranges == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer for rows");
  else
    status = read_shared(r, threads, err);
  rf_free(r->stage);
  rf_free(r->ranges);
  return status;
}

/* Is there nothing to be done for any row? Of such rows a header can promise any number. */
static bool makes_nothing(const rf_row_plan *plan) {
  for (size_t i = 0; i < plan->count; i++)
    if (plan->steps[i].cell_bytes > 0 || (plan->steps[i].mask != NULL && plan->steps[i].mask_stride > 0))
      return false;
  return true;
}

static rf_status read_plan(rf_file *file, const rf_table *table, const rf_row_plan *plan,
                           const rf_row_selection *selection, rf_error *err) {
  uint64_t window = plan->high - plan->low, span;
  reader r = {.store = file->store, .table = table, .plan = plan, .selection = selection, .end = selection->count};
  const uint8_t *bytes;
  size_t size;
  RF_TRY(rf_row_plan_check_memory(plan, selection, err));
  if (makes_nothing(plan))
    return RF_OK;
  if (window == 0) { /* cells without elements, or strings without characters */
    static const uint8_t nothing[1];
    return rf_row_plan_run(plan, selection, 0, nothing, 0, (size_t)selection->count, err);
  }
  r.origin = table->info.data_offset + plan->low;
  r.window = rf_to_size(window, &size) ? size : 0; /* 0: long rows, which do not go by windows */
  span = (selection->high - selection->low) * table->info.row_bytes + window;
  rf_status status = RF_ERR_UNSUPPORTED;
  if (rf_to_size(span, &size) && size <= PTRDIFF_MAX)
    status = rf_store_peek(file->store, row_offset(&r, selection->low), size, &bytes, err);
  if (status == RF_OK)
    r.bytes = bytes;
  else if (status != RF_ERR_UNSUPPORTED)
    return status;
  unsigned threads = count_readers(&r, plan->threads != 0 ? plan->threads : file->options.threads);
  if (r.bytes != NULL)
    return read_shared(&r, threads, err);
  bool streamed;
  RF_TRY(stream_rows(&r, &streamed, err));
  return streamed ? RF_OK : read_staged(&r, window, threads, err);
}

rf_status rf_table_add_truncation(rf_file *file, const rf_table *table, const rf_hdu *hdu, rf_error *err) {
  rf_error ignored;
  uint64_t size, end = hdu->data_offset + hdu->data_bytes; /* within 63 bits since the scan */
  rf_error_clear(&ignored);
  if (rf_store_size(file->store, &size, &ignored) != RF_OK || size >= end)
    return rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short");
  uint64_t there = size > hdu->data_offset ? size - hdu->data_offset : 0;
  uint64_t rows = table->info.row_bytes > 0 ? there / table->info.row_bytes : table->info.nrows;
  rf_error_clear(err);
  rf_fail(err, RF_ERR_TRUNCATED,
          "the data unit is cut short: the header promises %" PRIu64 " bytes from offset %" PRIu64 " on, and %" PRIu64
          " bytes of them are missing; %" PRIu64 " of %" PRIu64 " rows are whole",
          hdu->data_bytes, hdu->data_offset, hdu->data_bytes - there,
          rows < table->info.nrows ? rows : table->info.nrows, table->info.nrows);
  rf_error_at(err, size <= INT64_MAX ? (int64_t)size : -1);
  return RF_ERR_TRUNCATED;
}

rf_status rf_plain_table_read(rf_file *file, const rf_hdu *hdu, const rf_table *table, const rf_row_plan *plan,
                              const rf_row_selection *selection, rf_error *err) {
  rf_status status = read_plan(file, table, plan, selection, err);
  return status == RF_ERR_TRUNCATED ? rf_table_add_truncation(file, table, hdu, err) : status;
}

/* ---- any table ---- */

static rf_status read_any(rf_file *file, rf_hdu *hdu, void *context, rf_error *err) {
  const rf_table_request *request = context;
  const rf_table *table;
  rf_row_selection selection;
  rf_row_plan plan;
  RF_TRY(rf_table_of(file, hdu, &table, err));
  RF_TRY(rf_row_selection_init(&selection, table, request->rows, err));
  RF_TRY(rf_row_plan_init(&plan, table, request->columns, request->ncolumns, err));
  plan.threads = request->threads;
  rf_status status = RF_OK;
  if (selection.count > 0 && plan.count > 0)
    status = hdu->ops->table->read(file, hdu, table, &plan, &selection, err);
  rf_row_plan_free(&plan);
  return status;
}

rf_status rf_table_read(rf_file *file, size_t index, const rf_table_request *request, rf_error *err) {
  rf_table_request own;
  rf_error_clear(err);
  RF_TRY(rf_table_request_take(request, &own, err));
  return rf_call_read(file, index, read_any, &own, err);
}
