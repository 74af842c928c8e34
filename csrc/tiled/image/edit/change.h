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

/* Where the bytes of a tile are now. */
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
  bool stale; /* the header has to be written anew */
  bool all;   /* every tile of the image was written anew */
  /* fetched again whenever the HDU has got another header or size */
  rf_hdu *hdu;
  rf_tiled_state *state; /* in the session of the HDU, which edits keep */
  rf_tiled_image *tiled_image;
  const rf_table *table;
  uint64_t gap; /* between rows and heap */
  /* rows that are put off */
  rf_tile_place *places;
  size_t place_count;
  rf_tile_hole *freed;
  size_t freed_count;
} rf_tile_change;

/* Exclusive lock held. RF_ERR_TYPE, RF_ERR_UNSUPPORTED, RF_ERR_FORMAT for what cannot be changed. Finds out how the
 * heap is used: RF_ERR_FORMAT for a descriptor that does not lie in it. */
rf_status rf_tile_change_begin(rf_tile_change *edit, rf_file *file, size_t index, bool *written, rf_error *err);

/* The same, but put off: the rows go to the file with the next rf_tile_change_apply, at one with what that does.
 * `freed` is free then. */
rf_status rf_tile_change_defer_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count,
                                    const rf_tile_hole *freed, size_t freed_count, rf_error *err);
void rf_tile_change_end(rf_tile_change *edit);

/* With durable writes: what was written so far is in the file before what comes. */
rf_status rf_tile_change_barrier(const rf_tile_change *edit, rf_error *err);

/* Fetches again what may have changed with the header: hdu, tiled_image, table and gap. */
rf_status rf_tile_change_refresh(rf_tile_change *edit, rf_error *err);

/* Gets the columns with the bytes of tiles, in the order of RF_ZFORM_DATA, _GZIP and _RAW; NULL where there is none. */
void rf_tile_change_columns(const rf_tile_change *edit, const rf_column *columns[3]);

#endif
