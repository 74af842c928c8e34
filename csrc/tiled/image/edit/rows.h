/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of the table of a compressed image, as a change writes them.
 */
#ifndef RF_TILED_IMAGE_EDIT_ROWS_H
#define RF_TILED_IMAGE_EDIT_ROWS_H

#include "store/store.h"
#include "tiled/image/edit/change.h"

/* Writes the rows of `count` tiles, in ascending order. Each row is switched at once. `blank`: the rows hold nothing
 * that must stay. */
rf_status rf_tile_change_put_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count, bool blank,
                                  rf_error *err);

/* Writes the rows that were deferred. The rows of the table begin at `data` in `store`, in the layout of edit->table.
 */
rf_status rf_tile_change_put_deferred(rf_tile_change *edit, rf_store *store, uint64_t data, rf_error *err);

#endif
