/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The places of the bytes of tiles: reads the rows of the table for many tiles at once and checks them against the
 * heap (FITS 10.1.3, 7.3.5).
 */
#include "tiled/image/rows.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/hdu.h"
#include "store/store.h"
#include "table/column/column.h"
#include "table/heap/descriptor.h"
#include "table/table.h"
#include "tiled/image/image.h"
#include "tiled/parsed.h"

/* Size of the stage for rows that are not kept. */
#define STAGE_BYTES ((size_t)1 << 20)
#define STACK_BYTES ((size_t)2048)
#define STACK_RANGES ((size_t)16)
/* Rows this close together are read with the bytes between them. */
#define GAP_BYTES ((uint64_t)512)

/* ---- one row ---- */

typedef struct row_reader {
  const rf_hdu *hdu;
  const rf_tiled_image *tiled_image;
  const rf_table *table;
} row_reader;

/* Gets the place and size of a cell; *bytes is 0 for an empty cell. `fields` is byte row_low of the row. */
static rf_status take_cell(const row_reader *r, uint64_t tile, int number, const uint8_t *fields, uint64_t *offset,
                           uint64_t *bytes, rf_error *err) {
  const rf_column *column = &r->table->columns[number];
  uint64_t length;
  if (column->info.descriptor == 0) {
    *offset = r->hdu->data_offset + tile * r->table->info.row_bytes + column->info.offset;
    *bytes = column->info.bytes;
    return RF_OK;
  }
  if (!rf_descriptor_get(r->table, column, fields + (column->info.offset - r->tiled_image->row_low), &length, offset))
    return rf_fail(err, RF_ERR_FORMAT,
                   "the descriptor of column %s says %" PRIu64 " elements (form %c) at offset %" PRIu64
                   " of the heap, which has %" PRIu64 " bytes",
                   column->info.name, length, column->info.letter, *offset, r->table->info.heap_bytes);
  (void)rf_heap_cell_bytes(column, length, bytes); /* within the heap: no overflow */
  *offset += r->hdu->data_offset + r->table->info.heap_offset;
  return RF_OK;
}

static double real_field(const row_reader *r, int number, const uint8_t *fields) {
  const rf_column_info *info = &r->table->columns[number].info;
  const uint8_t *field = fields + (info->offset - r->tiled_image->row_low);
  double wide;
  float narrow;
  uint64_t bits;
  uint32_t half;
  switch (info->descriptor != 0 ? 0 : info->letter) {
  case 'D':
    bits = rf_get_be64(field);
    memcpy(&wide, &bits, sizeof wide);
    return wide;
  case 'E':
    half = rf_get_be32(field);
    memcpy(&narrow, &half, sizeof narrow);
    return (double)narrow;
  case 'K':
    return (double)(int64_t)rf_get_be64(field);
  case 'J':
    return (double)(int32_t)rf_get_be32(field);
  case 'I':
    return (double)(int16_t)rf_get_be16(field);
  default:
    return 0.0;
  }
}

/* Returns false where the column is not one of integers. */
static bool integer_field(const row_reader *r, int number, const uint8_t *fields, int64_t *value) {
  const rf_column_info *info = &r->table->columns[number].info;
  const uint8_t *field = fields + (info->offset - r->tiled_image->row_low);
  switch (info->descriptor != 0 ? 0 : info->letter) {
  case 'K':
    *value = (int64_t)rf_get_be64(field);
    return true;
  case 'J':
    *value = (int32_t)rf_get_be32(field);
    return true;
  case 'I':
    *value = (int16_t)rf_get_be16(field);
    return true;
  case 'B':
    *value = field[0];
    return true;
  default:
    return false;
  }
}

static rf_status take_row(const row_reader *r, uint64_t tile, const uint8_t *fields, rf_tile_row *row, rf_error *err) {
  const rf_tiled_image *tiled_image = r->tiled_image;
  const int cells[] = {tiled_image->columns.data, tiled_image->columns.gzip, tiled_image->columns.raw};
  static const rf_tile_form forms[] = {RF_TILE_FORM_DATA, RF_TILE_FORM_GZIP, RF_TILE_FORM_RAW};
  *row = (rf_tile_row){.form = RF_TILE_FORM_EMPTY,
                       .scale = tiled_image->scale,
                       .zero = tiled_image->zero,
                       .has_null = tiled_image->has_null,
                       .null = tiled_image->null};
  for (size_t i = 0; i < 3 && row->bytes == 0; i++) {
    if (cells[i] < 0)
      continue;
    RF_TRY(take_cell(r, tile, cells[i], fields, &row->offset, &row->bytes, err));
    if (row->bytes > 0)
      row->form = forms[i];
  }
  if (tiled_image->columns.scale >= 0)
    row->scale = real_field(r, tiled_image->columns.scale, fields);
  if (tiled_image->columns.zero >= 0)
    row->zero = real_field(r, tiled_image->columns.zero, fields);
  if (tiled_image->columns.null >= 0 && integer_field(r, tiled_image->columns.null, fields, &row->null))
    row->has_null = true;
  return RF_OK;
}

static rf_status take_rows(const row_reader *r, const uint64_t *tiles, size_t count, const uint8_t *rows,
                           rf_tile_row *out, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t *fields = rows + (size_t)(tiles[i] * r->table->info.row_bytes + r->tiled_image->row_low);
    rf_status status = take_row(r, tiles[i], fields, &out[i], err);
    if (status != RF_OK)
      return rf_tiled_image_add_context(r->tiled_image, tiles[i], err, status);
  }
  return RF_OK;
}

/* ---- all rows ---- */

/* Gets all rows where they are mapped or few: every cutout needs some of them. NULL: they are read one by one. */
static const uint8_t *all_rows(rf_file *file, const row_reader *r) {
  rf_tiled_image *tiled_image = (rf_tiled_image *)r->tiled_image;   /* the kept rows are not a fact of the header */
  uint64_t bytes = r->table->info.nrows * r->table->info.row_bytes; /* within the data unit */
  uint8_t *rows = atomic_load_explicit(&tiled_image->kept_rows, memory_order_acquire), *other = NULL;
  size_t size;
  if (rows != NULL)
    return rows;
  if (rf_to_size(bytes, &size)) {
    const uint8_t *at_hand = rf_store_at_hand(file->store, r->hdu->data_offset, size);
    if (at_hand != NULL)
      return at_hand;
  }
  if (bytes > file->store->profile.keep_bytes || (rows = rf_alloc((size_t)bytes)) == NULL)
    return NULL;
  if (rf_store_read(file->store, r->hdu->data_offset, rows, (size_t)bytes, NULL) != RF_OK) {
    rf_free(rows); /* some may be there nevertheless */
    return NULL;
  }
  if (atomic_compare_exchange_strong(&tiled_image->kept_rows, &other, rows))
    return rows;
  rf_free(rows);
  return other;
}

/* ---- some rows ---- */

typedef struct stage {
  uint8_t *bytes;
  size_t room;
  rf_read_range *ranges;
  size_t max_ranges;
} stage;

/* Returns how many of the tiles fit the stage, with their ranges. The first tile always fits. */
static size_t plan_rows(const row_reader *r, const uint64_t *tiles, size_t count, stage *s, size_t *range_count) {
  uint64_t row_bytes = r->table->info.row_bytes, span = r->tiled_image->row_span;
  size_t used = 0, ranges = 0, i;
  for (i = 0; i < count; i++) {
    uint64_t offset = r->hdu->data_offset + tiles[i] * row_bytes + r->tiled_image->row_low;
    rf_read_range *last = ranges > 0 ? &s->ranges[ranges - 1] : NULL;
    uint64_t end = last != NULL ? last->offset + last->length : 0;
    if (last != NULL && offset >= end && offset - end <= GAP_BYTES) {
      if (offset + span - end > s->room - used)
        break;
      last->length += (size_t)(offset + span - end);
      used += (size_t)(offset + span - end);
      continue;
    }
    if (ranges == s->max_ranges || span > s->room - used)
      break;
    s->ranges[ranges++] = (rf_read_range){offset, (size_t)span, s->bytes + used};
    used += (size_t)span;
  }
  *range_count = ranges;
  return i;
}

/* The same loop finds each row in the stage. */
static rf_status take_planned(const row_reader *r, const uint64_t *tiles, size_t count, const stage *s,
                              rf_tile_row *rows, rf_error *err) {
  const rf_read_range *range = s->ranges;
  for (size_t i = 0; i < count; i++) {
    uint64_t offset = r->hdu->data_offset + tiles[i] * r->table->info.row_bytes + r->tiled_image->row_low;
    bool inside = offset >= range->offset && offset + r->tiled_image->row_span <= range->offset + range->length &&
                  (i == 0 || tiles[i] > tiles[i - 1]);
    if (!inside)
      range++;
    const uint8_t *fields = (const uint8_t *)range->dest + (size_t)(offset - range->offset);
    rf_status status = take_row(r, tiles[i], fields, &rows[i], err);
    if (status != RF_OK)
      return rf_tiled_image_add_context(r->tiled_image, tiles[i], err, status);
  }
  return RF_OK;
}

static rf_status read_rows(rf_file *file, const row_reader *r, const uint64_t *tiles, size_t count, stage *s,
                           rf_tile_row *rows, rf_error *err) {
  while (count > 0) {
    size_t ranges, n = plan_rows(r, tiles, count, s, &ranges);
    RF_TRY(rf_store_read_many(file->store, s->ranges, ranges, err));
    RF_TRY(take_planned(r, tiles, n, s, rows, err));
    tiles += n;
    rows += n;
    count -= n;
  }
  return RF_OK;
}

static rf_status read_staged(rf_file *file, const row_reader *r, const uint64_t *tiles, size_t count, rf_tile_row *rows,
                             rf_error *err) {
  uint8_t stack_bytes[STACK_BYTES];
  rf_read_range stack_ranges[STACK_RANGES];
  uint64_t each = r->tiled_image->row_span + GAP_BYTES;
  stage s = {stack_bytes, STACK_BYTES, stack_ranges, STACK_RANGES};
  bool large = count > STACK_RANGES || r->tiled_image->row_span > STACK_BYTES;
  if (large) {
    uint64_t most = r->tiled_image->row_span > STAGE_BYTES ? r->tiled_image->row_span : STAGE_BYTES;
    s.room = (size_t)(count < most / each ? count * each : most);
    s.max_ranges = count < STAGE_BYTES / sizeof *s.ranges ? count : STAGE_BYTES / sizeof *s.ranges;
    s.bytes = rf_alloc(s.room);
    s.ranges = rf_alloc(s.max_ranges * sizeof *s.ranges);
  }
  rf_status status;
  if (s.bytes == NULL || s.ranges == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate the rows of %zu tiles", count);
  else
    status = read_rows(file, r, tiles, count, &s, rows, err);
  if (large) {
    rf_free(s.bytes);
    rf_free(s.ranges);
  }
  return status;
}

rf_status rf_tiled_image_rows(rf_file *file, const rf_hdu *hdu, const rf_tiled_image *tiled_image,
                              const uint64_t *tiles, size_t count, rf_tile_row *rows, rf_error *err) {
  row_reader r = {hdu, tiled_image, rf_tiled_rows(hdu)};
  if (count == 0)
    return RF_OK;
  const uint8_t *all = all_rows(file, &r);
  if (all != NULL)
    return take_rows(&r, tiles, count, all, rows, err);
  return read_staged(file, &r, tiles, count, rows, err);
}
