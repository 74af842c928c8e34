/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading rows of a source into an ArrowArray. Columns of fixed width are read in one pass, straight into a block that
 * their arrays share. Bools and masks, which have a byte a value in memory, are packed afterwards, and strings move
 * together in place.
 */
#include "arrow/batch.h"

#include <inttypes.h>
#include <string.h>

#include "arrow/cells.h"
#include "base/memory.h"
#include "base/parallel.h"

/* The maximal bytes of the cells of variable length of one column in a batch of more than one row. */
#define HEAP_BYTES ((uint64_t)256 << 20)

typedef struct batch {
  const rf_arrow_source *source;
  rf_rows rows;
  rf_arrow_cells *cells; /* as many as the source has fields */
  rf_column_request *requests;
  uint64_t *descriptors; /* lengths and offsets of each variable column */
  uint8_t *stage;
  size_t stage_bytes;
} batch;

static rf_status no_memory(const batch *b, rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a batch of %" PRIu64 " rows", b->rows.count);
}

/* Returns the number of rows whose cells of this column fit into a batch. */
static uint64_t count_fitting(const rf_arrow_cells *cells, uint64_t rows, bool whole) {
  const rf_arrow_field *field = cells->field;
  uint64_t most = field->large ? INT64_MAX : field->text ? RF_ARROW_MAX_TEXT : RF_ARROW_MAX_ITEMS;
  size_t each = rf_dtype_bytes(field->type, 1);
  uint64_t first = cells->lengths[0] < most ? cells->lengths[0] : most, total = 0;
  if (!whole && HEAP_BYTES / each < most)
    most = HEAP_BYTES / each > first ? HEAP_BYTES / each : first;
  for (uint64_t i = 0; i < rows; i++) {
    if (cells->lengths[i] > most - total)
      return i;
    total += cells->lengths[i];
  }
  return rows;
}

/* Reads the descriptors, and keeps the rows whose cells fit. */
static rf_status read_descriptors(batch *b, bool whole, rf_error *err) {
  const rf_arrow_source *source = b->source;
  uint64_t most = b->rows.count, *next, size;
  size_t variable = 0, bytes;
  for (size_t i = 0; i < source->count; i++)
    variable += source->fields[i].variable;
  if (variable == 0)
    return RF_OK;
  if (!rf_mul_u64(most, 2 * sizeof(uint64_t) * variable, &size) || !rf_to_size(size, &bytes))
    return no_memory(b, err);
  b->descriptors = next = rf_alloc(bytes);
  if (next == NULL)
    return no_memory(b, err);
  for (size_t i = 0; i < source->count; i++) {
    rf_arrow_cells *cells = &b->cells[i];
    if (!cells->field->variable)
      continue;
    cells->lengths = next;
    cells->offsets = next + most;
    next += 2 * most;
    RF_TRY(rf_table_read_descriptors(source->file, source->index, cells->field->column, &b->rows, cells->lengths,
                                     cells->offsets, err));
    uint64_t fitting = count_fitting(cells, b->rows.count, whole);
    if (fitting == 0)
      return rf_fail(err, RF_ERR_LIMIT,
                     "a cell of column '%s' has %" PRIu64 " elements, too many for 32-bit offsets of Arrow",
                     cells->field->info.key, cells->lengths[0]);
    b->rows.count = fitting;
  }
  return RF_OK;
}

/* The buffers of a column of variable length, in a block of its own. */
static rf_status read_heap(const batch *b, rf_arrow_cells *cells, rf_error *err) {
  const rf_arrow_field *field = cells->field;
  uint64_t total = 0, block_bytes = 0, stage_bytes = 0, offsets = (b->rows.count + 1) * (field->large ? 8 : 4);
  size_t size;
  for (uint64_t i = 0; i < b->rows.count; i++)
    total += cells->lengths[i]; /* within 63 bits by count_fitting() */
  if (!rf_arrow_cells_reserve(cells, total, &block_bytes, &stage_bytes) ||
      !rf_arrow_reserve(&block_bytes, offsets, &cells->offsets_at) || !rf_to_size(stage_bytes, &size))
    return no_memory(b, err);
  rf_arrow_block *block = rf_arrow_block_new(block_bytes);
  uint8_t *stage = rf_alloc(size);
  rf_status status = RF_OK;
  if (block == NULL || stage == NULL) {
    status = no_memory(b, err);
  } else {
    rf_arrow_cells_place(cells, block, stage);
    rf_heap_request request = {.size = sizeof request,
                               .column = field->column,
                               .lengths = cells->lengths,
                               .offsets = cells->offsets,
                               .count = (size_t)b->rows.count,
                               .type = field->info.type,
                               .data = rf_arrow_cells_target(cells),
                               .data_bytes = total * cells->value_bytes,
                               .mask = cells->mask};
    if (total > 0)
      status = rf_table_read_heap(b->source->file, b->source->index, &request, err);
    if (field->text)
      cells->count = b->rows.count; /* strings, no longer characters */
    if (status == RF_OK)
      status = rf_arrow_cells_finish(cells, err);
  }
  rf_arrow_block_drop(block);
  rf_free(stage);
  cells->stage = cells->mask = NULL;
  return status;
}

/* ---- columns of fixed width ---- */

static rf_column_request request_of(const rf_arrow_cells *cells) {
  const rf_arrow_field *field = cells->field;
  size_t cell = (size_t)field->info.count * cells->value_bytes; /* the cells of all rows are in memory */
  return (rf_column_request){.size = sizeof(rf_column_request),
                             .column = field->column,
                             .type = field->info.type,
                             .width = (size_t)field->info.width,
                             .data = rf_arrow_cells_target(cells),
                             .stride = (ptrdiff_t)cell,
                             .mask = cells->mask,
                             .cell_bytes = cell};
}

static rf_status finish_column(void *context, size_t i, unsigned worker, rf_error *err) {
  const batch *b = context;
  (void)worker;
  return b->cells[i].field->variable ? RF_OK : rf_arrow_cells_finish(&b->cells[i], err);
}

static rf_status read_fixed(batch *b, rf_error *err) {
  const rf_arrow_source *source = b->source;
  uint64_t block_bytes = 0, stage_bytes = 0, values;
  size_t n = 0;
  for (size_t i = 0; i < source->count; i++)
    if (!source->fields[i].variable &&
        (!rf_mul_u64(b->rows.count, source->fields[i].info.count, &values) ||
         !rf_arrow_cells_reserve(&b->cells[i], values, &block_bytes, &stage_bytes) ||
         (source->fields[i].list &&
          !rf_arrow_reserve(&block_bytes, (b->rows.count + 1) * (source->fields[i].large ? 8 : 4),
                            &b->cells[i].offsets_at))))
      return no_memory(b, err);
  if (!rf_to_size(stage_bytes, &b->stage_bytes))
    return no_memory(b, err);
  rf_arrow_block *block = rf_arrow_block_new(block_bytes);
  b->stage = block != NULL && b->stage_bytes > 0 ? rf_pages_alloc(b->stage_bytes) : NULL;
  if (block == NULL || (b->stage_bytes > 0 && b->stage == NULL)) {
    rf_arrow_block_drop(block);
    return no_memory(b, err);
  }
  for (size_t i = 0; i < source->count; i++) {
    if (source->fields[i].variable)
      continue;
    rf_arrow_cells_place(&b->cells[i], block, b->stage);
    if (b->cells[i].count * b->cells[i].value_bytes > 0)
      b->requests[n++] = request_of(&b->cells[i]);
  }
  rf_arrow_block_drop(block);
  rf_table_request request = {
      .size = sizeof request, .rows = &b->rows, .columns = b->requests, .ncolumns = n, .threads = source->threads};
  if (n > 0)
    RF_TRY(rf_table_read(source->file, source->index, &request, err));
  unsigned threads = rf_worth_readers(source->threads, source->count, block_bytes);
  return rf_parallel(threads, source->count, finish_column, b, err);
}

static rf_status export_batch(const batch *b, struct ArrowArray *array, rf_error *err) {
  struct ArrowArray made;
  rf_status status = rf_arrow_array_init(&made, b->rows.count, 1, b->source->count, err);
  if (status != RF_OK)
    return status;
  for (size_t i = 0; i < b->source->count && status == RF_OK; i++)
    status = rf_arrow_cells_export(&b->cells[i], b->rows.count, made.children[i], err);
  if (status == RF_OK)
    *array = made;
  else
    rf_arrow_array_release(&made);
  return status;
}

static rf_status read_batch(batch *b, bool whole, struct ArrowArray *array, rf_error *err) {
  const rf_arrow_source *source = b->source;
  b->cells = rf_alloc_zero(source->count, sizeof *b->cells);
  b->requests = rf_alloc_zero(source->count, sizeof *b->requests);
  if (b->cells == NULL || b->requests == NULL)
    return no_memory(b, err);
  for (size_t i = 0; i < source->count; i++)
    b->cells[i].field = &source->fields[i];
  if (b->rows.count > 0)
    RF_TRY(read_descriptors(b, whole, err));
  for (size_t i = 0; i < source->count; i++)
    if (source->fields[i].variable)
      RF_TRY(read_heap(b, &b->cells[i], err));
  RF_TRY(read_fixed(b, err));
  return export_batch(b, array, err);
}

rf_status rf_arrow_batch_read(const rf_arrow_source *source, uint64_t start, uint64_t most, bool whole,
                              struct ArrowArray *array, uint64_t *count, rf_error *err) {
  batch b = {.source = source, .rows = rf_arrow_source_rows(source, start, most)};
  rf_status status = read_batch(&b, whole, array, err);
  *count = b.rows.count;
  if (b.cells != NULL)
    for (size_t i = 0; i < source->count; i++)
      rf_arrow_cells_free(&b.cells[i]);
  rf_free(b.cells);
  rf_free(b.requests);
  rf_free(b.descriptors);
  if (b.stage != NULL)
    rf_pages_free(b.stage, b.stage_bytes);
  return status;
}
