/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A change of a compressed image: how it begins and ends.
 */
#ifndef RF_TILED_IMAGE_EDIT_CHANGE_H
#define RF_TILED_IMAGE_EDIT_CHANGE_H

#include "file/hdu.h"
#include "table/column/column.h"
#include "table/table.h"
#include "tiled/image/edit/encode.h"
#include "tiled/image/image.h"
#include "tiled/session.h"

/* The place of the bytes of a tile. */
typedef struct rf_tile_place {
  uint64_t tile;
  uint64_t offset; /* from the beginning of the heap */
  rf_encoded_tile cell;
} rf_tile_place;

/* A compressed image that is being changed. */
typedef struct rf_tile_change {
  rf_file *file;
  size_t index;
  bool *written;
  bool stale; /* the header must be written again */
  bool all;   /* every tile of the image was replaced */
  /* fetched again after each change of header or size */
  rf_hdu *hdu;
  rf_tiled_state *state; /* in the session of the HDU, which outlives edits */
  rf_tiled_image *tiled_image;
  const rf_table *table;
  uint64_t gap; /* between rows and heap */
  /* deferred rows */
  rf_tile_place *places;
  size_t place_count;
  rf_tile_hole *freed;
  size_t freed_count;
} rf_tile_change;

/* Begins a change. Surveys the heap. Exclusive lock held. RF_ERR_TYPE, RF_ERR_UNSUPPORTED where the image cannot be
 * changed; RF_ERR_FORMAT where a descriptor lies outside the heap. */
rf_status rf_tile_change_begin(rf_tile_change *edit, rf_file *file, size_t index, bool *written, rf_error *err);

/* Defers rows: the next rf_tile_change_apply() writes them with its own changes in one step. `freed` is free after it.
 */
rf_status rf_tile_change_defer_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count,
                                    const rf_tile_hole *freed, size_t freed_count, rf_error *err);
void rf_tile_change_end(rf_tile_change *edit);

/* With durable writes, waits until everything written so far is on the disk. */
rf_status rf_tile_change_barrier(const rf_tile_change *edit, rf_error *err);

/* Fetches again what may have changed with the header: hdu, tiled_image, table and gap. */
rf_status rf_tile_change_refresh(rf_tile_change *edit, rf_error *err);

/* Gets the columns with the bytes of tiles, in the order of RF_TILE_FORM_DATA, _GZIP and _RAW; NULL where there is
 * none. */
void rf_tile_change_columns(const rf_tile_change *edit, const rf_column *columns[3]);

#endif
