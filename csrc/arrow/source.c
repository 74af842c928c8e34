/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a request reads: a file, an HDU, rows, and columns with their Arrow types.
 */
#include "arrow/source.h"

#include <inttypes.h>
#include <string.h>

#include "arrow/requested.h"
#include "base/memory.h"
#include "file/call.h"
#include "table/request.h"
#include "table/rows/selection.h"

/* Bytes in the file of the rows of a batch whose size the caller leaves to the library. */
#define BATCH_BYTES ((uint64_t)16 << 20)

rf_status rf_arrow_request_take(const rf_arrow_request *from, rf_arrow_request *request, rf_error *err) {
  if (from == NULL) {
    *request = (rf_arrow_request){.size = sizeof *request};
    return RF_OK;
  }
  RF_TRY(rf_request_take(request, sizeof *request, from, "an rf_arrow_request", err));
  if (request->nulls < RF_ARROW_NULLS_TNULL || request->nulls > RF_ARROW_NULLS_NONE)
    return rf_fail(err, RF_ERR_ARGUMENT, "%d is no rf_arrow_nulls", (int)request->nulls);
  if (request->strings < RF_ARROW_UTF8 || request->strings > RF_ARROW_BINARY)
    return rf_fail(err, RF_ERR_ARGUMENT, "%d is no rf_arrow_strings", (int)request->strings);
  return RF_OK;
}

/* Checks the rows against the table, and copies a list of them once. */
static rf_status check_rows(const rf_table_info *info, const rf_rows *rows, rf_rows *checked, rf_error *err) {
  rf_table table = {.info = *info};
  rf_row_selection selection;
  RF_TRY(rf_row_selection_init(&selection, &table, rows, err));
  *checked = (rf_rows){.start = (int64_t)selection.start, .step = selection.step, .count = selection.count};
  if (selection.indices == NULL || selection.count == 0)
    return RF_OK;
  size_t bytes;
  if (!rf_to_size(selection.count, &bytes) || bytes > SIZE_MAX / sizeof(uint64_t))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %" PRIu64 " rows", selection.count);
  bytes *= sizeof(uint64_t);
  uint64_t *indices = rf_alloc(bytes);
  if (indices == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %" PRIu64 " rows", selection.count);
  memcpy(indices, selection.indices, bytes);
  checked->indices = indices;
  return RF_OK;
}

static rf_status find_fields(rf_arrow_source *source, const rf_arrow_request *request, size_t ncols, rf_error *err) {
  source->count = request->columns != NULL ? request->ncolumns : ncols;
  source->fields = rf_alloc_zero(source->count, sizeof *source->fields);
  if (source->fields == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the descriptions of %zu columns", source->count);
  for (size_t i = 0; i < source->count; i++) {
    rf_arrow_field *field = &source->fields[i];
    field->column = request->columns != NULL ? request->columns[i] : i;
    field->info.size = sizeof field->info;
    RF_TRY(rf_table_get_column(source->file, source->index, field->column, &field->info, err));
    RF_TRY(rf_arrow_field_init(field, source->nulls, source->strings, err));
  }
  if (request->types != NULL)
    return rf_arrow_requested_apply(request->types, source->fields, source->count, err);
  return RF_OK;
}

uint64_t rf_arrow_source_most(const rf_arrow_source *source) {
  uint64_t most = INT32_MAX;
  for (size_t i = 0; i < source->count; i++) {
    const rf_arrow_field *field = &source->fields[i];
    uint64_t bytes = field->info.count * field->info.width; /* of a row: no more than the row has */
    if (field->text && !field->variable && !field->large && bytes > 0 && RF_ARROW_MAX_TEXT / bytes < most)
      most = RF_ARROW_MAX_TEXT / bytes;
  }
  return most > 0 ? most : 1;
}

static rf_status init_source(rf_arrow_source *source, const rf_arrow_request *given, rf_error *err) {
  rf_arrow_request request;
  rf_table_info info = {.size = sizeof info};
  RF_TRY(rf_arrow_request_take(given, &request, err));
  source->nulls = request.nulls;
  source->strings = request.strings;
  source->threads = request.threads != 0 ? request.threads : source->file->options.threads;
  source->generation = rf_file_get_generation(source->file);
  RF_TRY(rf_table_get_info(source->file, source->index, &info, err));
  RF_TRY(find_fields(source, &request, info.ncols, err));
  RF_TRY(check_rows(&info, request.rows, &source->rows, err));
  source->row_bytes = info.row_bytes;
  source->batch_rows = request.batch_rows;
  if (source->batch_rows == 0)
    source->batch_rows = info.row_bytes > 0 ? BATCH_BYTES / info.row_bytes : BATCH_BYTES;
  if (source->batch_rows == 0) /* a row is longer */
    source->batch_rows = 1;
  uint64_t most = rf_arrow_source_most(source);
  if (source->batch_rows > most)
    source->batch_rows = most;
  return RF_OK;
}

rf_status rf_arrow_source_init(rf_arrow_source *source, rf_file *file, size_t index, const rf_arrow_request *request,
                               rf_error *err) {
  memset(source, 0, sizeof *source);
  source->file = file;
  source->index = index;
  rf_status status = init_source(source, request, err);
  if (status == RF_OK)
    return RF_OK;
  rf_arrow_source_free(source);
  return rf_call_locate(file, index, status, err);
}

rf_status rf_arrow_source_check(rf_arrow_source *source, rf_error *err) {
  uint64_t generation = rf_file_get_generation(source->file);
  if (generation == source->generation)
    return RF_OK;
  rf_table_info info = {.size = sizeof info};
  RF_TRY(rf_table_get_info(source->file, source->index, &info, err));
  for (size_t i = 0; i < source->count; i++) {
    rf_column_info found = {.size = sizeof found};
    rf_status status = rf_table_get_column(source->file, source->index, source->fields[i].column, &found, err);
    if (status != RF_OK && status != RF_ERR_RANGE)
      return status;
    if (status == RF_ERR_RANGE || memcmp(&found, &source->fields[i].info, sizeof found) != 0) {
      rf_error_clear(err);
      return rf_fail(err, RF_ERR_CHANGED, "column '%s' has changed since the stream was opened",
                     source->fields[i].info.key);
    }
  }
  rf_table table = {.info = info};
  rf_row_selection selection;
  RF_TRY(rf_row_selection_init(&selection, &table, &source->rows, err));
  source->generation = generation;
  return RF_OK;
}

void rf_arrow_source_free(rf_arrow_source *source) {
  rf_free(source->fields);
  rf_free((void *)(uintptr_t)source->rows.indices);
  source->fields = NULL;
  source->rows.indices = NULL;
}

rf_rows rf_arrow_source_rows(const rf_arrow_source *source, uint64_t start, uint64_t count) {
  rf_rows part = source->rows;
  part.count = count;
  if (part.indices != NULL)
    part.indices += start;
  else
    part.start += (int64_t)start * part.step;
  return part;
}
