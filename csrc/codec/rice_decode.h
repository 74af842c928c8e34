/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decoding RICE_1.
 */
#ifndef RF_CODEC_RICE_DECODE_H
#define RF_CODEC_RICE_DECODE_H

#include "codec/codec.h"

/* Decodes with checked `params` into values of params->bytepix bytes. */
rf_status rf_rice_decode(const rf_tile_params *params, size_t count, const uint8_t *in, size_t n, void *values,
                         rf_error *err);

#endif
