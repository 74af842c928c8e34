/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The layout of rows and heap of a compressed image, and the header that describes it.
 */
#ifndef RF_TILED_IMAGE_EDIT_LAYOUT_H
#define RF_TILED_IMAGE_EDIT_LAYOUT_H

#include "tiled/image/edit/change.h"
#include "tiled/session.h"

/* How rows and heap are to lie. */
typedef struct rf_tile_layout {
  uint64_t nrows;
  uint64_t length; /* of the slowest axis */
  uint64_t gap;
  uint64_t heap; /* bytes, room included */
  bool wide;     /* P descriptors become Q */
  bool fallback; /* a GZIP_COMPRESSED_DATA column comes in */
} rf_tile_layout;

/* As they lie. */
rf_tile_layout rf_tile_change_layout(const rf_tile_change *edit);

/* Makes it so, and writes the header with all that it has to say by now (TFORMn, ZBLANK, ZDITHER0). */
rf_status rf_tile_change_apply(rf_tile_change *edit, const rf_tile_layout *layout, rf_error *err);

/* Makes the heap at least `need` bytes long, `likely` where that is more, with descriptors that reach so far, and with
 * a column for tiles that cannot be quantized where `fallback` asks for one. */
rf_status rf_tile_change_reserve(rf_tile_change *edit, uint64_t need, uint64_t likely, bool fallback, rf_error *err);

/* How long a heap P descriptors can have (FITS 7.3.5): their numbers are signed to most readers. */
static inline uint64_t rf_tile_change_reach(const rf_tiled_state *state) {
  return state->reach != 0 ? state->reach : INT32_MAX;
}

/* At the end of a change. Where every tile was written no room is left; else what can be put off until the file is
 * closed is. */
rf_status rf_tile_change_finish(rf_tile_change *edit, rf_error *err);

#endif
