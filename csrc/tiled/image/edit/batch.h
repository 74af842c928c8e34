/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding and writing many tiles.
 */
#ifndef RF_TILED_IMAGE_EDIT_BATCH_H
#define RF_TILED_IMAGE_EDIT_BATCH_H

#include "tiled/image/edit/change.h"
#include "tiled/image/edit/worker.h"

/* Encodes and writes the tiles. The caller calls rf_tile_change_finish() afterwards. */
rf_status rf_tile_change_write(rf_tile_change *edit, const rf_tile_source *source, rf_error *err);

#endif
