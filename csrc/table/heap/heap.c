/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of variable length (FITS 7.3.5): a descriptor in the row, the elements in the heap behind the rows. No
 * descriptor is believed before it was held against the heap.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "tiled/table/heap.h"
#include "file/access.h"

/* Bytes fetched at a time, and what a range of its own costs in bytes that could be read on instead. */
#define STAGE_BYTES ((size_t)1 << 20)
#define RANGE_COST ((uint64_t)4096)
#define MAX_RANGES ((size_t)1024)

bool rf_heap_cell_bytes(const rf_column *column, uint64_t length, uint64_t *bytes) {
  if (column->info.letter == 'X') {
    *bytes = length / 8 + (length % 8 != 0);
    return true;
  }
  return rf_mul_u64(length, column->stored_bytes, bytes);
}

/* Does a cell lie in the heap? */
static bool in_heap(const rf_table *table, const rf_column *column, uint64_t length, uint64_t offset) {
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
  return in_heap(table, column, *length, *offset);
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

static rf_status heap_column(const rf_table *table, size_t number, const rf_column **column, rf_error *err) {
  RF_TRY(rf_table_column(table, number, column, err));
  if ((*column)->info.descriptor != 0)
    return RF_OK;
  return rf_table_add_context(err, rf_fail(err, RF_ERR_TYPE, "its cells are in the rows, not in the heap"), *column,
                              number, -1);
}

/* A compressed table has no heap to point into: the place of a cell is its row. */
static rf_status read_packed(rf_file *file, const rf_hdu *hdu, const rf_tiled_table *z, size_t number,
                             const rf_row_selection *selection, uint64_t *lengths, uint64_t *offsets, rf_error *err) {
  size_t count;
  rf_tile_cell *cells = NULL;
  if (rf_to_size(selection->count, &count) && count <= SIZE_MAX / sizeof *cells)
    cells = rf_alloc(count * sizeof *cells);
  if (cells == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %" PRIu64 " descriptors", selection->count);
  rf_status status = rf_tiled_table_read_cells(file, hdu, rf_tiled_rows(hdu), z, number, selection, cells, err);
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    lengths[i] = cells[i].length;
    offsets[i] = cells[i].length > 0 ? rf_row_at(selection, i) : 0;
  }
  rf_free(cells);
  return status == RF_ERR_TRUNCATED ? rf_table_explain_truncation(file, rf_tiled_rows(hdu), hdu, err) : status;
}

static rf_status read_descriptors(rf_file *file, size_t index, size_t number, const rf_rows *rows, uint64_t *lengths,
                                  uint64_t *offsets, rf_error *err) {
  rf_hdu *hdu = NULL;
  const rf_table *table;
  const rf_tiled_table *z;
  const rf_column *column = NULL;
  rf_row_selection selection;
  RF_TRY(rf_table_logical_locked(file, index, &hdu, &table, &z, err));
  RF_TRY(heap_column(table, number, &column, err));
  RF_TRY(rf_row_selection_init(&selection, table, rows, err));
  if (selection.count == 0)
    return RF_OK;
  if (lengths == NULL || offsets == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no memory to read descriptors into");
  if (z != NULL)
    return read_packed(file, hdu, z, number, &selection, lengths, offsets, err);
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
  rf_status status = rf_table_read_plan(file, table, &plan, &selection, err);
  return status == RF_ERR_TRUNCATED ? rf_table_explain_truncation(file, table, hdu, err) : status;
}

rf_status rf_table_read_descriptors(rf_file *file, size_t index, size_t column, const rf_rows *rows, uint64_t *lengths,
                                    uint64_t *offsets, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = read_descriptors(file, index, column, rows, lengths, offsets, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* ---- elements ---- */

typedef struct heap_reader {
  rf_store *store;
  const rf_tiled_table *z; /* of a compressed table */
  const rf_column *column;
  rf_row_step step; /* converts runs of elements */
  uint64_t origin;  /* of the heap, in the file */
  size_t element_bytes;
  bool bits;
  const uint64_t *lengths;
  const uint64_t *offsets;
  size_t count;
  uint8_t *out;
  uint8_t *mask;
  uint8_t *stage;
  size_t room;
  rf_read_range *ranges;
} heap_reader;

/* Stored elements of (a part of) one cell become elements of the output. */
static void deliver(heap_reader *r, const uint8_t *stored, size_t elements) {
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

static uint64_t cell_bytes(const heap_reader *r, size_t i) {
  uint64_t bytes = 0;
  (void)rf_heap_cell_bytes(r->column, r->lengths[i], &bytes); /* the check has been: it fits */
  return bytes;
}

/* Elements of cell i in the output: of raw bits it is bytes that count. */
static uint64_t cell_elements(const heap_reader *r, size_t i) {
  return r->column->info.letter == 'X' && !r->bits ? cell_bytes(r, i) : r->lengths[i];
}

/* A cell that is longer than the stage, in pieces. */
static rf_status read_long(heap_reader *r, size_t i, rf_error *err) {
  uint64_t left = cell_elements(r, i), offset = r->origin + r->offsets[i];
  size_t unit = r->bits ? 8 : 1, unit_bytes = r->bits ? 1 : r->column->stored_bytes, most = r->room / unit_bytes;
  while (left > 0) {
    uint64_t units = (left + unit - 1) / unit;
    size_t n = units < most ? (size_t)units : most;
    size_t elements = left < (uint64_t)n * unit ? (size_t)left : n * unit;
    RF_TRY(rf_store_read(r->store, offset, r->stage, n * unit_bytes, err));
    deliver(r, r->stage, elements);
    offset += n * unit_bytes;
    left -= elements;
  }
  return RF_OK;
}

/* Cells from `first` on that lie so close together, in any order, that all between them is read, too. */
static size_t close_cells(const heap_reader *r, size_t first, uint64_t *low, uint64_t *high) {
  uint64_t wanted = 0;
  size_t n = 0;
  *low = UINT64_MAX;
  *high = 0;
  for (; first + n < r->count; n++) {
    uint64_t bytes = cell_bytes(r, first + n), begin = r->offsets[first + n];
    if (bytes == 0)
      continue;
    uint64_t a = begin < *low ? begin : *low, b = begin + bytes > *high ? begin + bytes : *high;
    if (b - a > r->room || b - a > wanted + bytes + (n + 1) * RANGE_COST)
      break;
    *low = a;
    *high = b;
    wanted += bytes;
  }
  return n;
}

/* Cells that are far apart: a range each. At least one. */
static rf_status read_apart(heap_reader *r, size_t first, size_t *count, rf_error *err) {
  size_t n = 0, used = 0, ranges = 0, at = 0;
  for (; first + n < r->count && ranges < MAX_RANGES; n++) {
    uint64_t bytes = cell_bytes(r, first + n);
    if (bytes > r->room - used)
      break;
    if (bytes == 0)
      continue;
    r->ranges[ranges++] = (rf_read_range){r->origin + r->offsets[first + n], (size_t)bytes, r->stage + used};
    used += (size_t)bytes;
  }
  RF_TRY(rf_store_read_many(r->store, r->ranges, ranges, err));
  for (size_t i = first; i < first + n; i++) {
    deliver(r, r->stage + at, (size_t)cell_elements(r, i));
    at += (size_t)cell_bytes(r, i);
  }
  *count = n;
  return RF_OK;
}

/* One that gets a stage of its own when it goes beyond; two or more when they are close. */
static rf_status read_cells(heap_reader *r, rf_error *err) {
  uint64_t low, high;
  for (size_t i = 0, n; i < r->count; i += n) {
    n = close_cells(r, i, &low, &high);
    if (n == 0) {
      n = 1;
      RF_TRY(read_long(r, i, err));
    } else if (n == 1 || (high > low && n < 8 && i + n < r->count)) {
      RF_TRY(read_apart(r, i, &n, err));
    } else {
      if (high > low)
        RF_TRY(rf_store_read(r->store, r->origin + low, r->stage, (size_t)(high - low), err));
      for (size_t k = i; k < i + n; k++)
        deliver(r, r->stage + (r->lengths[k] > 0 ? (size_t)(r->offsets[k] - low) : 0), (size_t)cell_elements(r, k));
    }
  }
  return RF_OK;
}

/* Nothing is read before all cells were held against the heap and the output. */
static rf_status check_cells(const heap_reader *r, const rf_table *table, uint64_t out_bytes, rf_error *err) {
  uint64_t total = 0;
  if (r->count > 0 && (r->lengths == NULL || r->offsets == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "there are no places to read");
  for (size_t i = 0; i < r->count; i++) {
    uint64_t offset = r->lengths[i] > 0 && r->z == NULL ? r->offsets[i] : 0;
    if (!in_heap(table, r->column, r->lengths[i], offset))
      return rf_fail(err, RF_ERR_RANGE,
                     "cell %zu of %zu has %" PRIu64 " elements at offset %" PRIu64 " of the heap, which has %" PRIu64
                     " bytes",
                     i, r->count, r->lengths[i], offset, table->info.heap_bytes);
    if (!rf_add_u64(total, cell_elements(r, i), &total))
      return rf_fail(err, RF_ERR_LIMIT, "%zu cells have more elements than can be counted", r->count);
  }
  uint64_t need;
  size_t size;
  if (!rf_mul_u64(total, r->element_bytes, &need) || need != out_bytes || !rf_to_size(need, &size))
    return rf_fail(err, RF_ERR_ARGUMENT, "%" PRIu64 " elements of %zu bytes are to be read and the output has %" PRIu64,
                   total, r->element_bytes, out_bytes);
  if (need > 0 && r->out == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "there is no memory to read cells into");
  return RF_OK;
}

/* ---- out of compressed tables ---- */

typedef struct packed_reader {
  const heap_reader *r;
  const uint64_t *begins; /* elements of the output before each cell */
} packed_reader;

static rf_status take_packed(void *context, size_t i, const uint8_t *bytes, size_t n, rf_error *err) {
  const packed_reader *p = context;
  heap_reader own = *p->r;
  (void)n, (void)err;
  own.out += (size_t)p->begins[i] * own.element_bytes;
  own.mask = own.mask != NULL ? own.mask + (size_t)p->begins[i] : NULL;
  deliver(&own, bytes, (size_t)cell_elements(&own, i));
  return RF_OK;
}

static rf_status read_packed_cells(rf_file *file, const rf_hdu *hdu, const heap_reader *r, size_t number,
                                   rf_tile_cell *cells, uint64_t *begins, rf_error *err) {
  packed_reader p = {r, begins};
  rf_tiled_heap heap = {.file = file,
                        .hdu = hdu,
                        .raw = rf_tiled_rows(hdu),
                        .z = r->z,
                        .column = r->column,
                        .number = number,
                        .type = r->z->types[number],
                        .cells = cells,
                        .rows = r->offsets,
                        .count = r->count,
                        .take = take_packed,
                        .context = &p};
  uint64_t total = 0;
  RF_TRY(rf_tiled_table_find_cells(file, hdu, rf_tiled_rows(hdu), r->z, number, r->lengths, r->offsets, r->count, cells,
                                   err));
  for (size_t i = 0; i < r->count; i++) {
    begins[i] = total;
    total += cell_elements(r, i);
  }
  return rf_tiled_heap_run(&heap, err);
}

static rf_status read_packed_heap(rf_file *file, const rf_hdu *hdu, const heap_reader *r, size_t number,
                                  rf_error *err) {
  rf_tile_cell *cells = rf_alloc_zero(r->count, sizeof *cells);
  uint64_t *begins = rf_alloc_zero(r->count, sizeof *begins);
  rf_status status;
  if (cells == NULL || begins == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "no memory for %zu cells", r->count);
  else
    status = read_packed_cells(file, hdu, r, number, cells, begins, err);
  rf_free(cells);
  rf_free(begins);
  return status;
}

/* ---- the call ---- */

static rf_status read_heap(rf_file *file, const rf_hdu *hdu, const rf_table *table, heap_reader *r, size_t number,
                           rf_dtype type, uint32_t flags, uint64_t out_bytes, rf_error *err) {
  RF_TRY(heap_column(table, number, &r->column, err));
  rf_status status = rf_row_type_check(r->column, type, flags, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, r->column, number, -1);
  rf_row_step_elements(&r->step, r->column, type, (flags & RF_CELL_RAW) != 0);
  r->store = file->store;
  r->origin = table->info.data_offset + table->info.heap_offset;
  r->element_bytes = rf_dtype_bytes(type, 1);
  r->bits = type == RF_BIT;
  status = check_cells(r, table, out_bytes, err);
  if (status != RF_OK)
    return rf_table_add_context(err, status, r->column, number, -1);
  if (out_bytes == 0)
    return RF_OK;
  if (r->z != NULL)
    return read_packed_heap(file, hdu, r, number, err);
  r->room = table->info.heap_bytes < STAGE_BYTES ? (size_t)table->info.heap_bytes : STAGE_BYTES;
  r->stage = rf_alloc(r->room);
  r->ranges = rf_alloc(MAX_RANGES * sizeof *r->ranges);
  if (r->stage == NULL || r->ranges == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "no memory to read the heap into");
  else
    status = read_cells(r, err);
  rf_free(r->stage);
  rf_free(r->ranges);
  return status;
}

static rf_status read_heap_locked(rf_file *file, size_t index, heap_reader *r, size_t column, rf_dtype type,
                                  uint32_t flags, uint64_t out_bytes, rf_error *err) {
  rf_hdu *hdu = NULL;
  const rf_table *table;
  RF_TRY(rf_table_logical_locked(file, index, &hdu, &table, &r->z, err));
  rf_status status = read_heap(file, hdu, table, r, column, type, flags, out_bytes, err);
  return status == RF_ERR_TRUNCATED
             ? rf_table_explain_truncation(file, r->z != NULL ? rf_tiled_rows(hdu) : table, hdu, err)
             : status;
}

rf_status rf_table_read_heap(rf_file *file, size_t index, size_t column, const uint64_t *lengths,
                             const uint64_t *offsets, size_t count, rf_dtype type, uint32_t flags, void *out,
                             uint64_t out_bytes, uint8_t *mask, rf_error *err) {
  heap_reader r = {.lengths = lengths, .offsets = offsets, .count = count, .out = out, .mask = mask};
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = read_heap_locked(file, index, &r, column, type, flags, out_bytes, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
