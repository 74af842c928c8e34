/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encoding RICE_1.
 */
#ifndef RF_CODEC_RICE_ENCODE_H
#define RF_CODEC_RICE_ENCODE_H

#include "codec/codec.h"

/* Encodes; the arguments were checked, `out` has the room that the row's bound() said. Gives the bytes of the stream.
 */
size_t rf_rice_encode(const rf_tile_params *params, const rf_tile_shape *shape, const void *values, uint8_t *out);

#endif
