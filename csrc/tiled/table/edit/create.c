/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creates a compressed table: its HDU with descriptors of empty tiles, then zeros for all of them.
 */
#include "tiled/table/edit/create.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/append.h"
#include "file/hdu.h"
#include "file/scan/scan.h"
#include "table/column/column.h"
#include "table/edit.h"
#include "table/table.h"
#include "tiled/session.h"
#include "tiled/table/edit/edit.h"
#include "tiled/table/edit/write.h"
#include "tiled/table/header.h"

/* Makes the compressed header of a table by the caller's choice. */
static rf_status pack_header(const rf_hdu_ops *const *kinds, const rf_header *plain,
                             const rf_table_compression *compression, int *level, rf_header **header, rf_error *err) {
  rf_hdu hdu;
  rf_table *table = NULL;
  rf_header *own;
  uint64_t tile_rows;
  rf_zcmptype types[RF_MAX_COLUMNS];
  RF_TRY(rf_tiled_table_check_plain(plain, err));
  RF_TRY(rf_hdu_parse(kinds, rf_header_get_cards(plain), rf_header_get_count(plain), false, &hdu, err));
  rf_status status = rf_header_copy(plain, &own, err);
  if (status == RF_OK) {
    status = rf_table_make(&hdu, own, &table, err);
    rf_header_free(own);
  }
  rf_hdu_clear(&hdu);
  if (status == RF_OK)
    status = rf_tiled_table_choose(compression, table, &tile_rows, types, level, err);
  if (status == RF_OK)
    status = rf_tiled_table_packed_header(plain, table, tile_rows, types, header, err);
  rf_free(table);
  return status;
}

rf_status rf_tiled_table_append_hdu(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                    uint64_t spare, size_t *index, rf_error *err) {
  rf_tiled_session *session = NULL;
  rf_header *header;
  int level = 0;
  rf_hdu *first;
  rf_error why;
  rf_error_clear(&why);
  rf_status status = rf_file_hdu_locked(file, 0, &first, &why);
  bool empty = status == RF_ERR_NOT_FOUND;
  if (!empty && status != RF_OK)
    return rf_file_hdu_locked(file, 0, &first, err);
  RF_TRY(pack_header(file->kinds, plain, compression, &level, &header, err));
  status = empty ? rf_file_append_primary(file, err) : RF_OK;
  if (status == RF_OK)
    status = rf_file_append_begin_locked(file, header, rf_header_get_file_bytes(header, 0) + spare, index, err);
  if (status == RF_OK)
    status = rf_tiled_session_get(file, file->hdus[*index], &session, err);
  if (status == RF_OK) /* headers do not keep it */
    session->state.level = level;
  rf_header_free(header);
  return status;
}

static rf_status fill_zeros(rf_file *file, size_t index, rf_error *err) {
  rf_tiled_table_edit e;
  bool written = false;
  rf_status status = rf_tiled_table_edit_begin(&e, file, index, err);
  if (status == RF_OK && e.ntiles > 0) {
    status = rf_tiled_table_edit_zeros(&e, 0, e.ntiles, NULL, err);
    if (status == RF_OK)
      status = rf_tiled_table_edit_commit(&e, &written, err);
  }
  rf_tiled_table_edit_end(&e);
  return status;
}

rf_status rf_tiled_table_create(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                uint32_t reserve, size_t *index, rf_error *err) {
  /* Whole blocks, regardless of the room in the last one. */
  uint64_t spare = ((uint64_t)reserve * RF_CARD_BYTES + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  RF_TRY(rf_tiled_table_append_hdu(file, plain, compression, spare, index, err));
  return fill_zeros(file, *index, err);
}
