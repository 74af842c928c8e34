/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The layout of rows and heap of a compressed image, and the header that describes it.
 */
#ifndef RF_TILED_IMAGE_EDIT_LAYOUT_H
#define RF_TILED_IMAGE_EDIT_LAYOUT_H

#include "tiled/image/edit/change.h"
#include "tiled/session.h"

/* The layout of rows and heap. */
typedef struct rf_tile_layout {
  uint64_t nrows;
  uint64_t length; /* of the slowest axis */
  uint64_t gap;
  uint64_t heap; /* bytes, with spare room */
  bool wide;     /* P descriptors become Q */
  bool fallback; /* a column GZIP_COMPRESSED_DATA is added */
} rf_tile_layout;

/* Returns the present layout. */
rf_tile_layout rf_tile_change_layout(const rf_tile_change *edit);

/* Changes to `layout`, and writes the header with all pending facts (TFORMn, ZBLANK, ZDITHER0). */
rf_status rf_tile_change_apply(rf_tile_change *edit, const rf_tile_layout *layout, rf_error *err);

/* Makes the heap at least `need` bytes long, or `likely` where that is more. Widens descriptors where they do not reach
 * so far. `fallback`: adds a column for tiles that cannot be quantized. */
rf_status rf_tile_change_reserve(rf_tile_change *edit, uint64_t need, uint64_t likely, bool fallback, rf_error *err);

/* Returns the largest heap of P descriptors (FITS 7.3.5): most readers take their numbers as signed. */
static inline uint64_t rf_tile_change_reach(const rf_tiled_state *state) {
  return state->reach != 0 ? state->reach : INT32_MAX;
}

/* Ends a change. Where every tile was written, it removes the spare room; otherwise it leaves to the flush what can
 * wait. */
rf_status rf_tile_change_finish(rf_tile_change *edit, rf_error *err);

#endif
