/* SPDX-License-Identifier: BSD-3-Clause
 *
 * deflate.c: whole buffers in gzip format, by libdeflate or zlib.
 */
#ifndef RF_CODEC_DEFLATE_H
#define RF_CODEC_DEFLATE_H

#include <stdbool.h>

#include "base/error.h"

/* Inflates a gzip member (RFC 1952) or a bare zlib stream, which old files have, into out[0..room). *made receives the
 * number of bytes. RF_ERR_CODEC for a corrupt stream and for one whose content is longer than `room`. Ignores bytes
 * after the end. */
rf_status rf_gunzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *made, rf_error *err);

/* Sets *bytes to the maximal size of a member of n bytes. Returns false beyond size_t. */
bool rf_gzip_bound(size_t n, size_t *bytes);

/* Deflates n bytes into one gzip member. `level` is 1 to 12, or 0 for the default. RF_ERR_ARGUMENT for other levels and
 * for too little room. */
rf_status rf_gzip(int level, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used, rf_error *err);

/* A compressor for many tiles, with its memory. Creating one takes almost as long as deflating a small tile. One thread
 * at a time uses it: a caller that encodes many tiles has one per thread, in rf_tile_params. */
typedef struct rf_deflater rf_deflater;

rf_status rf_deflater_new(int level, rf_deflater **deflater, rf_error *err);
void rf_deflater_free(rf_deflater *deflater);

/* Like rf_gzip(), with the level of the deflater. */
rf_status rf_deflater_gzip(rf_deflater *deflater, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used,
                           rf_error *err);

/* Returns `bytes` bytes of the deflater to prepare input in, valid until the next call, or NULL without memory. */
uint8_t *rf_deflater_room(rf_deflater *deflater, size_t bytes);

#endif
