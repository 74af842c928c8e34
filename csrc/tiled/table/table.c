/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The facts that the header of a compressed table states (FITS 10.3.1), parsed when first needed.
 */
#include "tiled/table/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "codec/codec.h"
#include "file/access.h"
#include "file/hdu.h"
#include "file/header.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/parsed.h"
#include "tiled/session.h"
#include "tiled/table/header.h"

void rf_tiled_table_free(rf_tiled_table *tiled_table) {
  if (tiled_table == NULL)
    return;
  rf_free(tiled_table->plain);
  rf_free(tiled_table->types);
  rf_tile_cache_free(tiled_table->cache);
  rf_free(tiled_table);
}

rf_status rf_tiled_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number,
                                     rf_zcmptype type, uint64_t tile) {
  char text[sizeof err->message];
  const char *name = rf_zcmptype_get_name(type);
  if (err == NULL || err->code == RF_OK)
    return status;
  int n = snprintf(text, sizeof text, "tile %" PRIu64 ", column %zu '%.80s', %s: %s", tile, number + 1,
                   column->info.name, name != NULL ? name : "no codec", err->message);
  if (n > 0)
    memcpy(err->message, text, sizeof text);
  return err->code;
}

/* ---- parsing ---- */

/* Gets an optional keyword; *found says whether it exists. Without memory, this is unknown. */
static rf_status take_value(rf_header *header, const char *keyword, rf_value *value, bool *found, rf_error *err) {
  rf_error why;
  rf_status status = rf_header_get(header, keyword, value, &why);
  *found = status == RF_OK;
  return status == RF_ERR_MEMORY ? rf_fail(err, status, "%s", why.message) : RF_OK;
}

static rf_status take_tiles(rf_tiled_table *z, const rf_table *raw, rf_header *header, rf_error *err) {
  rf_value value;
  uint64_t nrows = z->plain->info.nrows;
  bool found;
  RF_TRY(take_value(header, "ZTILELEN", &value, &found, err));
  if (!found || value.kind != RF_VALUE_INTEGER || value.integer < 1) {
    rf_error_keyword(err, "ZTILELEN");
    return rf_fail(err, RF_ERR_FORMAT, "expected a ZTILELEN of 1 or more (the rows of a tile)");
  }
  z->tile_rows = (uint64_t)value.integer;
  z->ntiles = rf_tiled_table_tiles(nrows, z->tile_rows);
  if (z->ntiles == raw->info.nrows)
    return RF_OK;
  rf_error_keyword(err, "NAXIS2");
  return rf_fail(err, RF_ERR_FORMAT,
                 "%" PRIu64 " rows (ZNAXIS2) in tiles of %" PRIu64 " (ZTILELEN) are %" PRIu64
                 " tiles, and the table has %" PRIu64 " (NAXIS2)",
                 nrows, z->tile_rows, z->ntiles, raw->info.nrows);
}

/* A column without ZCTYPn is GZIP_2, as in cfitsio. */
static rf_status take_types(rf_tiled_table *z, rf_header *header, rf_error *err) {
  z->types = rf_alloc_zero(z->plain->info.ncols + 1, sizeof *z->types);
  if (z->types == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu columns", z->plain->info.ncols);
  for (size_t i = 0; i < z->plain->info.ncols; i++) {
    char keyword[32], name[RF_CARD_BYTES];
    rf_value value;
    bool found;
    (void)snprintf(keyword, sizeof keyword, "ZCTYP%zu", i + 1);
    z->types[i] = RF_Z_GZIP_2;
    RF_TRY(take_value(header, keyword, &value, &found, err));
    if (!found)
      continue;
    z->types[i] = RF_Z_AUTO;
    if (value.kind != RF_VALUE_STRING || value.text_length >= sizeof name)
      continue;
    memcpy(name, value.text, value.text_length);
    name[value.text_length] = '\0';
    const rf_tile_codec *codec = rf_tile_codec_named(name);
    if (codec != NULL)
      z->types[i] = codec->type;
  }
  return RF_OK;
}

/* Checks that every column of the binary table holds streams of bytes. */
static rf_status check_columns(const rf_tiled_table *z, const rf_table *raw, rf_error *err) {
  if (raw->info.ncols != z->plain->info.ncols)
    return rf_fail(err, RF_ERR_FORMAT, "expected as many columns as in the table in the tiles (%zu), found %zu",
                   z->plain->info.ncols, raw->info.ncols);
  for (size_t i = 0; i < raw->info.ncols; i++) {
    const rf_column_info *info = &raw->columns[i].info;
    if (info->descriptor != 0 && info->letter == 'B')
      continue;
    char keyword[32];
    (void)snprintf(keyword, sizeof keyword, "TFORM%zu", i + 1);
    rf_error_keyword(err, keyword);
    return rf_fail(err, RF_ERR_FORMAT,
                   "column %zu '%.80s' of a compressed table: expected TFORM 1QB or 1PB, found '%.40s'", i + 1,
                   info->name, info->form);
  }
  return RF_OK;
}

static rf_status make_plain(const rf_hdu_ops *const *kinds, rf_header *header, rf_table **plain, rf_error *err) {
  rf_header *logical;
  rf_hdu hdu;
  RF_TRY(rf_tiled_table_plain_header(header, &logical, err));
  rf_status status = rf_hdu_parse(kinds, rf_header_get_cards(logical), rf_header_get_count(logical), false, &hdu, err);
  if (status == RF_OK) {
    if (hdu.ops->kind != RF_HDU_TABLE)
      status = rf_fail(err, RF_ERR_FORMAT, "expected a binary table in the tiles, found %s", hdu.ops->name);
    else
      status = rf_table_make(&hdu, logical, plain, err);
    rf_hdu_clear(&hdu);
  }
  rf_header_free(logical);
  return status;
}

static rf_status fill(rf_tiled_table *z, const rf_hdu_ops *const *kinds, const rf_hdu *hdu, const rf_table *raw,
                      rf_header *header, rf_error *err) {
  RF_TRY(make_plain(kinds, header, &z->plain, err));
  RF_TRY(take_tiles(z, raw, header, err));
  RF_TRY(take_types(z, header, err));
  RF_TRY(check_columns(z, raw, err));
  return rf_tile_cache_new(rf_tiled_session_cache_limit(hdu), &z->cache, err);
}

static rf_status make_tiled_table(const rf_hdu_ops *const *kinds, const rf_hdu *hdu, const rf_header *header,
                                  const rf_table *raw, rf_tiled_table **out, rf_error *err) {
  rf_header *own;
  rf_tiled_table *z = rf_alloc_zero(1, sizeof *z);
  if (z == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a compressed table");
  /* Reading a value changes the memory of a header, and many threads may use the file's one: this is a copy. */
  rf_status status = rf_header_copy(header, &own, err);
  if (status == RF_OK) {
    status = fill(z, kinds, hdu, raw, own, err);
    rf_header_free(own);
  }
  if (status != RF_OK)
    rf_tiled_table_free(z);
  else
    *out = z;
  return status;
}

rf_status rf_tiled_table_get(rf_file *file, rf_hdu *hdu, const rf_table **raw, const rf_tiled_table **tiled_table,
                             rf_error *err) {
  const rf_header *header;
  const rf_table *tiles = NULL;
  if (hdu->ops->kind != RF_HDU_COMPRESSED_TABLE)
    return rf_fail(err, RF_ERR_TYPE, "expected a compressed table, found %s", hdu->ops->name);
  RF_TRY(rf_tiled_get_rows(file, hdu, &tiles, err));
  RF_TRY(rf_file_header_locked(file, hdu, &header, err));
  rf_status status = RF_OK;
  rf_mutex_lock(&file->scan_lock);
  rf_tiled_parsed *parsed = hdu->parsed; /* by rf_tiled_get_rows() */
  if (parsed->table == NULL)
    status = make_tiled_table(file->kinds, hdu, header, tiles, &parsed->table, err);
  /* An edit of an earlier HDU may have moved it. */
  if (status == RF_OK && parsed->table->plain->info.data_offset != hdu->data_offset)
    parsed->table->plain->info.data_offset = hdu->data_offset;
  *tiled_table = parsed->table;
  rf_mutex_unlock(&file->scan_lock);
  if (status == RF_OK && raw != NULL)
    *raw = tiles;
  return status;
}
