/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decoding one tile of a compressed image.
 */
#ifndef RF_TILED_IMAGE_TILE_H
#define RF_TILED_IMAGE_TILE_H

#include "tiled/image/image.h"
#include "tiled/image/rows.h"

/* Decodes the bytes of a tile to its stored values in the byte order of the machine (type
 * rf_convert_stored_type(image.bitpix)), one for each pixel of the tile. `integers` not NULL: quantized values stay
 * integers (int32_t), and *integers says whether they did. `room` is scratch for a tile, rf_tiled_image_room() bytes.
 * Errors name tile and codec. */
rf_status rf_tiled_image_decode(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                const uint8_t *bytes, void *values, void *room, bool *integers, rf_error *err);

/* Returns the bytes that rf_tiled_image_decode() needs at `room` for a tile of `pixels` pixels. */
size_t rf_tiled_image_room(const rf_tiled_image *tiled_image, const rf_tile_row *row, size_t pixels);

/* Returns all memory that decoding a tile takes: its values, `room`, and the memory of the codec. */
uint64_t rf_tiled_image_peak(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row);

/* Checks a tile before memory for it is reserved: RF_ERR_CODEC where so few bytes cannot hold so many pixels,
 * RF_ERR_LIMIT where decoding takes more than `limit` bytes and the caller reads fewer bytes (`wanted`) than the tile
 * has. */
rf_status rf_tiled_image_check_size(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                    uint64_t wanted, uint64_t limit, rf_error *err);

#endif
