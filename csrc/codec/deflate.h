/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole buffers in gzip format, by libdeflate or zlib.
 */
#ifndef RF_CODEC_DEFLATE_H
#define RF_CODEC_DEFLATE_H

#include <stdbool.h>

#include "base/error.h"

/* Inflates a gzip member (RFC 1952; a bare zlib stream too, which old files have) into out[0..room). *made is what
 * came; RF_ERR_CODEC for a corrupt stream and for one whose content is longer than `room`. Bytes behind the end are
 * ignored. */
rf_status rf_gunzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *made, rf_error *err);

/* Room that rf_gzip may take at most; false beyond size_t. */
bool rf_gzip_bound(size_t n, size_t *bytes);

/* One gzip member; level 1 to 12, 0: the default. RF_ERR_ARGUMENT for other levels and too little room. */
rf_status rf_gzip(int level, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used, rf_error *err);

/* A compressor that is kept from tile to tile, with the memory it works in: making one each time costs a good part of
 * what a small tile does. One thread at a time; whoever encodes many tiles has one for each of its threads and hands it
 * over in rf_tile_params. */
typedef struct rf_deflater rf_deflater;

rf_status rf_deflater_new(int level, rf_deflater **deflater, rf_error *err);
void rf_deflater_free(rf_deflater *deflater);

/* As rf_gzip, with the deflater's level. */
rf_status rf_deflater_gzip(rf_deflater *deflater, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used,
                           rf_error *err);

/* `bytes` bytes of the deflater's own to prepare input in, valid until the next call; NULL: no memory. */
uint8_t *rf_deflater_room(rf_deflater *deflater, size_t bytes);

#endif
