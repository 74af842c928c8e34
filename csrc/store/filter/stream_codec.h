/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The codec that inflates and deflates .gz files.
 */
#ifndef RF_STORE_FILTER_STREAM_CODEC_H
#define RF_STORE_FILTER_STREAM_CODEC_H

#include "base/error.h"

/* The built-in codec, used until another one is registered. */
extern const rf_stream_codec rf_zlib_codec;

/* Returns the codec in use, never NULL. Any thread. */
const rf_stream_codec *rf_stream_codec_current(void);

#endif
