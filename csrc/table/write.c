/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing columns of some rows: everything is checked before the first byte is written, then the rows go through one
 * buffer, a piece of the file at a time. Only what is not written is read.
 */
#include "table/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "store/trailer/edit.h"
#include "table/edit.h"
#include "table/ops.h"
#include "table/request.h"
#include "table/rows/binary.h"
#include "table/rows/pack.h"
#include "file/call.h"
#include "file/append.h"
#include "file/access.h"
#include "file/scan/scan.h"

/* Bytes of rows that all columns see before the next ones come. */
#define BLOCK_BYTES ((uint64_t)32 << 10)
/* Rows that are no farther apart are read and written together. */
#define NEAR_BYTES ((uint64_t)8 << 10)

struct rf_write_plan {
  rf_row_plan rows;
  const rf_row_format *format;
  bool whole; /* the requests make up the whole row */
  rf_pack_simd *simd;
};

/* ---- the plan ---- */

static const uint8_t *mask_at(const rf_row_step *step, uint64_t i) {
  return step->mask != NULL ? step->mask + (size_t)i * step->mask_stride : NULL;
}

static const uint8_t *cell_at(const rf_row_step *step, uint64_t i) {
  return step->data + (ptrdiff_t)i * step->stride;
}

static rf_status check_step(const rf_write_plan *plan, const rf_row_step *step, const rf_row_selection *selection,
                            rf_error *err) {
  size_t bad = 0, count;
  rf_status status;
  if (selection->count > 0 && step->cell_bytes > 0 && step->data == NULL)
    return rf_table_add_context(err, rf_fail(err, RF_ERR_ARGUMENT, "there is no data to write"), step->column,
                                step->number, -1);
  if (!rf_to_size(selection->count, &count))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " rows do not fit memory", selection->count);
  status = plan->format->write_step(step, NULL, 0, count, step->data, step->mask, &bad, err);
  if (status == RF_OK)
    return RF_OK;
  return rf_table_add_context(err, status, step->column, step->number, (int64_t)rf_row_at(selection, bad));
}

/* Do these columns make up the whole row? */
static bool is_whole(const rf_write_plan *plan, const rf_table *table) {
  bool seen[RF_MAX_COLUMNS] = {false};
  uint64_t bytes = 0;
  for (size_t i = 0; i < plan->rows.count; i++) {
    const rf_row_step *step = &plan->rows.steps[i];
    if (step->number < RF_MAX_COLUMNS && !seen[step->number])
      bytes += step->bytes;
    if (step->number < RF_MAX_COLUMNS)
      seen[step->number] = true;
  }
  return !plan->format->has_starts && bytes == table->info.row_bytes;
}

rf_status rf_write_plan_new(const rf_table *table, const rf_row_selection *selection, const rf_column_request *requests,
                            size_t count, rf_write_plan **out, rf_error *err) {
  rf_write_plan *plan = rf_alloc_zero(1, sizeof *plan);
  if (plan == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu columns", count);
  plan->format = table->format;
  rf_status status = rf_row_plan_init(&plan->rows, table, requests, count, err);
  for (size_t i = 0; i < plan->rows.count && status == RF_OK; i++) {
    plan->rows.steps[i].shuffled = false; /* that was for reading */
    status = check_step(plan, &plan->rows.steps[i], selection, err);
  }
  if (status != RF_OK) {
    rf_write_plan_free(plan);
    return status;
  }
  plan->whole = is_whole(plan, table);
  if (plan->whole && plan->rows.count > 0)
    plan->simd = rf_pack_simd_make(&plan->rows, selection->count);
  *out = plan;
  return RF_OK;
}

rf_status rf_write_plan_add(rf_write_plan *plan, const rf_table *table, const rf_row_step *steps, size_t count,
                            rf_error *err) {
  rf_row_plan *rows = &plan->rows;
  rf_row_step *grown = rf_realloc(rows->steps, (rows->count + count) * sizeof *grown);
  if (grown == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu columns", rows->count + count);
  rows->steps = grown;
  for (size_t i = 0; i < count; i++) {
    uint64_t end = steps[i].offset + steps[i].bytes;
    rows->low = rows->count == 0 || steps[i].offset < rows->low ? steps[i].offset : rows->low;
    rows->high = end > rows->high ? end : rows->high;
    grown[rows->count++] = steps[i];
  }
  plan->whole = is_whole(plan, table);
  return RF_OK;
}

void rf_write_plan_free(rf_write_plan *plan) {
  if (plan == NULL)
    return;
  rf_row_plan_free(&plan->rows);
  rf_pack_simd_free(plan->simd);
  rf_free(plan);
}

/* ---- into the buffer ---- */

static rf_status put_step(const rf_write_plan *plan, const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride,
                          uint64_t first, size_t count, rf_error *err) {
  size_t bad;
  if (count == 0)
    return RF_OK;
  return plan->format->write_step(step, dst, dst_stride, count, cell_at(step, first), mask_at(step, first), &bad, err);
}

/* Rows first .. first+count-1 of the selection; byte `low` of the first one is at dst. `freely`: what is behind them in
 * the buffer comes later, so that the shuffle may write too far. */
static rf_status put_rows(const rf_write_plan *plan, uint64_t low, uint64_t row_bytes, uint8_t *dst,
                          ptrdiff_t dst_stride, uint64_t first, size_t count, bool freely, rf_error *err) {
  uint64_t most = BLOCK_BYTES / (row_bytes + 1) + 1;
  while (count > 0) {
    size_t n = count < most ? count : (size_t)most, shuffled = 0;
    if (freely && plan->simd != NULL && dst_stride == (ptrdiff_t)row_bytes)
      shuffled = rf_pack_simd_run(plan->simd, first, dst, (size_t)row_bytes, n);
    for (size_t i = 0; i < plan->rows.count; i++) {
      const rf_row_step *step = &plan->rows.steps[i];
      size_t skip = step->shuffled ? shuffled : 0;
      uint8_t *field = dst + (size_t)(step->offset - low) + (ptrdiff_t)skip * dst_stride;
      RF_TRY(put_step(plan, step, field, dst_stride, first + skip, n - skip, err));
    }
    dst += (ptrdiff_t)n * dst_stride;
    first += n;
    count -= n;
  }
  return RF_OK;
}

/* ---- pieces of the file ---- */

/* Rows that are written together. */
typedef struct window {
  uint64_t first; /* of the selection */
  uint64_t count;
  uint64_t low; /* of the table */
  uint64_t high;
  bool dense; /* each row once, in order */
} window;

static void take_window(const rf_row_selection *selection, uint64_t first, uint64_t most, uint64_t row_bytes,
                        window *w) {
  uint64_t step_rows = row_bytes < NEAR_BYTES ? NEAR_BYTES / (row_bytes + 1) : 0;
  uint64_t last = rf_row_at(selection, first);
  *w = (window){first, 1, last, last, true};
  if (selection->indices == NULL && selection->step == 1) {
    w->count = selection->count - first < most ? selection->count - first : most;
    w->high = w->low + (w->count - 1);
    return;
  }
  for (uint64_t i = first + 1; i < selection->count; i++) {
    uint64_t row = rf_row_at(selection, i);
    uint64_t low = row < w->low ? row : w->low, high = row > w->high ? row : w->high;
    uint64_t apart = row > last ? row - last : last - row;
    if ((apart > 1 && apart > step_rows) || high - low >= most)
      break;
    w->dense = w->dense && row == last + 1;
    w->low = low;
    w->high = high;
    w->count++;
    last = row;
  }
}

/* Rows that are equally far apart go together. */
static rf_status put_window(const rf_write_plan *plan, const rf_row_selection *selection, const window *w, uint64_t low,
                            uint64_t row_bytes, uint8_t *buffer, rf_error *err) {
  for (uint64_t i = w->first, end = w->first + w->count, n; i < end; i += n) {
    uint64_t row = rf_row_at(selection, i);
    int64_t step = i + 1 < end ? (int64_t)(rf_row_at(selection, i + 1) - row) : 0;
    n = w->dense ? w->count : 1;
    while (i + n < end && (int64_t)(rf_row_at(selection, i + n) - rf_row_at(selection, i + n - 1)) == step)
      n++;
    RF_TRY(put_rows(plan, low, row_bytes, buffer + (size_t)((row - w->low) * row_bytes),
                    (ptrdiff_t)step * (ptrdiff_t)row_bytes, i, (size_t)n, w->dense, err));
  }
  return RF_OK;
}

/* ---- rows longer than a piece ---- */

/* One field, some elements at a time: those of bits in whole bytes. */
static rf_status write_long_field(const rf_row_sink *sink, const rf_row_step *step, uint64_t first, uint64_t offset,
                                  uint8_t *buffer, rf_error *err) {
  bool bits = step->type == RF_BIT, text = step->type == RF_BYTES || step->type == RF_TEXT;
  size_t in = rf_dtype_bytes(step->type, step->width),
         out = text ? (size_t)step->column->info.width : step->stored_bytes;
  size_t most = bits ? 8 * RF_TABLE_PIECE : RF_TABLE_PIECE / (out > 0 ? out : 1);
  const uint8_t *cell = cell_at(step, first), *mask = mask_at(step, first);
  if (most == 0)
    most = 1;
  for (size_t done = 0, n; done < step->count && step->bytes > 0; done += n) {
    rf_row_step part = *step;
    n = step->count - done < most ? step->count - done : most;
    part.count = part.mask_stride = n;
    part.cell_bytes = n * in;
    size_t bytes = bits ? (n + 7) / 8 : n * out;
    rf_row_put(&part, buffer, 0, cell + done * in, mask != NULL ? mask + done : NULL, 1);
    *sink->written = true;
    RF_TRY(rf_store_write(sink->store, offset + (bits ? done / 8 : (uint64_t)done * out), buffer, bytes, err));
  }
  return RF_OK;
}

static rf_status write_long_rows(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                                 rf_error *err) {
  size_t room = RF_TABLE_PIECE;
  for (size_t i = 0; i < plan->rows.count; i++) {
    uint64_t width = plan->rows.steps[i].column->info.width; /* a string is written in one piece */
    if (width > room && !rf_to_size(width, &room))
      return rf_fail(err, RF_ERR_MEMORY, "a string of %" PRIu64 " bytes does not fit memory", width);
  }
  uint8_t *buffer = rf_alloc(room);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a string of %zu bytes", room);
  rf_status status = RF_OK;
  for (uint64_t i = 0; i < selection->count && status == RF_OK; i++) {
    uint64_t row = sink->data + rf_row_at(selection, i) * sink->row_bytes;
    if (sink->fresh && !plan->whole)
      status = rf_store_fill(sink->store, row, sink->row_bytes, sink->blank, err);
    for (size_t k = 0; k < plan->rows.count && status == RF_OK; k++)
      status = write_long_field(sink, &plan->rows.steps[k], i, row + plan->rows.steps[k].offset, buffer, err);
  }
  rf_free(buffer);
  return status;
}

/* ---- windows ---- */

static rf_status write_window(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                              const window *w, uint8_t *buffer, rf_error *err) {
  bool full = sink->fresh || (plan->whole && w->dense);
  uint64_t low = full ? 0 : plan->rows.low, high = full ? sink->row_bytes : plan->rows.high;
  uint64_t offset = sink->data + w->low * sink->row_bytes + low;
  size_t bytes = (size_t)((w->high - w->low) * sink->row_bytes + (high - low));
  if (!full)
    RF_TRY(rf_store_read(sink->store, offset, buffer, bytes, err));
  else if (!plan->whole)
    memset(buffer, sink->blank, bytes);
  RF_TRY(put_window(plan, selection, w, low, sink->row_bytes, buffer, err));
  *sink->written = true;
  return rf_store_write(sink->store, offset, buffer, bytes, err);
}

/* Rows that are written together. Where rows are long and little of them changes, each goes alone. */
static uint64_t max_rows(const rf_write_plan *plan, const rf_row_sink *sink) {
  uint64_t row = sink->row_bytes, part = plan->rows.high - plan->rows.low;
  if (row == 0 || (!sink->fresh && row - part > 2 * NEAR_BYTES))
    return 1;
  return row < RF_TABLE_PIECE ? RF_TABLE_PIECE / row : 1;
}

/* A column that is new in an edit that is recorded: its values wait in the pool, and the rows are made once. */
static rf_status record_values(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                               bool *done, rf_error *err) {
  rf_edit *edit = rf_edit_of(sink->store);
  uint64_t low = plan->rows.low, bytes = plan->rows.high - low, place = 0;
  *done = false;
  if (edit == NULL || sink->fresh || plan->rows.count != 1 || selection->indices != NULL || selection->start != 0 ||
      (selection->count > 1 && selection->step != 1) || bytes == 0 || bytes > RF_TABLE_PIECE)
    return RF_OK;
  RF_TRY(rf_edit_field(edit, sink->data, selection->count, sink->row_bytes, low, bytes, &place, done, err));
  if (!*done)
    return RF_OK;
  uint64_t most = RF_TABLE_PIECE / bytes;
  most = most < selection->count ? most : selection->count;
  uint8_t *buffer = rf_alloc((size_t)(most * bytes) + RF_PUT_SLACK);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate values of a column");
  rf_status status = RF_OK;
  *sink->written = true;
  for (uint64_t i = 0, n; i < selection->count && status == RF_OK; i += n) {
    n = selection->count - i < most ? selection->count - i : most;
    status = put_rows(plan, low, bytes, buffer, (ptrdiff_t)bytes, i, (size_t)n, false, err);
    if (status == RF_OK)
      status = rf_edit_put_values(edit, place + i * bytes, buffer, (size_t)(n * bytes), err);
  }
  rf_free(buffer);
  return status;
}

rf_status rf_write_plan_run(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                            rf_error *err) {
  uint64_t most = max_rows(plan, sink), room, rows, row = sink->row_bytes;
  size_t size;
  if (selection->count == 0 || row == 0 || (plan->rows.count == 0 && !sink->fresh))
    return RF_OK;
  bool done;
  RF_TRY(record_values(plan, selection, sink, &done, err));
  if (done)
    return RF_OK;
  if (row > RF_TABLE_PIECE && !plan->format->has_starts)
    return write_long_rows(plan, selection, sink, err);
  rows = selection->high - selection->low < most ? selection->high - selection->low + 1 : most;
  if (rows == 1 && !sink->fresh)
    row = plan->rows.high - plan->rows.low;
  if (!rf_mul_u64(rows, row, &room) || !rf_add_u64(room, RF_PUT_SLACK, &room) || !rf_to_size(room, &size))
    return rf_fail(err, RF_ERR_MEMORY, "a row of %" PRIu64 " bytes does not fit memory", sink->row_bytes);
  uint8_t *buffer = rf_alloc(size);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a row of %" PRIu64 " bytes", sink->row_bytes);
  rf_status status = RF_OK;
  window w;
  for (uint64_t i = 0; i < selection->count && status == RF_OK; i += w.count) {
    take_window(selection, i, most, sink->row_bytes, &w);
    status = write_window(plan, selection, sink, &w, buffer, err);
  }
  rf_free(buffer);
  return status;
}

rf_status rf_write_field(const rf_row_step *step, const rf_row_selection *selection, const rf_row_sink *sink,
                         rf_error *err) {
  rf_row_step own = *step;
  rf_write_plan plan = {.format = &rf_binary_row_format,
                        .rows = {.steps = &own, .count = 1, .low = step->offset, .high = step->offset + step->bytes},
                        .whole = step->bytes == sink->row_bytes};
  return rf_write_plan_run(&plan, selection, sink, err);
}

/* ---- the call ---- */

rf_status rf_plain_table_write(rf_file *file, rf_hdu *hdu, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err) {
  const rf_table *table;
  rf_row_selection selection;
  rf_write_plan *plan = NULL;
  uint64_t size;
  RF_TRY(hdu->ops->table->info(file, hdu, &table, err));
  RF_TRY(rf_row_selection_init(&selection, table, rows, err));
  RF_TRY(rf_write_plan_new(table, &selection, requests, count, &plan, err));
  rf_row_sink sink = {file->store, hdu->data_offset, table->info.row_bytes, 0, false, written};
  rf_status status = rf_file_size_locked(file, &size, err);
  /* Within 63 bits, as all of the data unit is. */
  if (status == RF_OK && selection.count > 0 && hdu->data_offset + (selection.high + 1) * table->info.row_bytes > size)
    status =
        rf_fail(err, RF_ERR_TRUNCATED, "the data unit is cut short before the end of row %" PRIu64, selection.high);
  if (status == RF_OK)
    status = rf_write_plan_run(plan, &selection, &sink, err);
  rf_write_plan_free(plan);
  return status;
}

static rf_status write_any(rf_file *file, rf_hdu *hdu, void *context, bool *written, rf_error *err) {
  const rf_table_request *request = context;
  if (hdu->ops->table == NULL || hdu->ops->table->write == NULL)
    return rf_fail(err, RF_ERR_TYPE, "cannot write rows of %s", hdu->ops->name);
  return hdu->ops->table->write(file, hdu, request->rows, request->columns, request->ncolumns, written, err);
}

rf_status rf_table_write(rf_file *file, size_t index, const rf_table_request *request, rf_error *err) {
  rf_table_request own;
  rf_error_clear(err);
  RF_TRY(rf_table_request_take(request, &own, err));
  return rf_call_write(file, index, write_any, &own, err);
}
