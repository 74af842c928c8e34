/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Repacks the heap of a compressed image: removes the bytes that rewritten tiles left.
 */
#include "file/call.h"
#include "file/hdu.h"
#include "table/heap/repack.h"
#include "tiled/image/edit/change.h"
#include "tiled/session.h"

static rf_status repack(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  rf_tile_change edit;
  RF_TRY(rf_tile_change_begin(&edit, file, hdu->index, written, err));
  RF_TRY(rf_heap_repack_locked(file, hdu->index, edit.hdu, edit.table, request, written, err));
  rf_tiled_state *state = edit.state;
  if (*written) { /* tiles have moved */
    state->known = false;
    state->grown = false;
  }
  return RF_OK;
}

rf_status rf_image_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err) {
  uint64_t bytes = 0;
  RF_TRY(rf_call_write(file, index, repack, &bytes, err));
  if (freed != NULL)
    *freed = bytes;
  return RF_OK;
}
