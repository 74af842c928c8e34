/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream codecs in use, one a format.
 */
#ifndef RF_STORE_FILTER_STREAM_CODEC_H
#define RF_STORE_FILTER_STREAM_CODEC_H

#include "base/error.h"

/* Most memory that the decoder of one unit may need (rf_stream_codec.inflate_open): the largest dictionary of
 * `xz -9` and `zstd --ultra` is 1/8 of it. */
#define RF_STREAM_MEMORY_BYTES ((uint64_t)1 << 30)

/* Returns the codec in use, NULL if there is none. Any thread. */
const rf_stream_codec *rf_stream_codec_current(rf_stream_format format);

#endif
