/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Free bytes of the heap of a compressed image.
 */
#ifndef RF_TILED_IMAGE_EDIT_SPACE_H
#define RF_TILED_IMAGE_EDIT_SPACE_H

#include "tiled/session.h"

/* Forgets all holes in the heap. */
void rf_tile_space_clear(rf_tiled_state *state);

/* Appends a hole after those that are known. */
void rf_tile_space_append(rf_tiled_state *state, uint64_t begin, uint64_t end);
/* Takes `bytes` bytes out of a hole. Returns false where no hole is found. */
bool rf_tile_space_take(rf_tiled_state *state, uint64_t bytes, uint64_t *offset);
/* Frees these parts, and lowers state->used where they are the last. Sorts `freed`. */
void rf_tile_space_give(rf_tiled_state *state, rf_tile_hole *freed, size_t count);

#endif
