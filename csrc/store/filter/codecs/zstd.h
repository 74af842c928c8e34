/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in codec of RF_STREAM_ZSTD.
 */
#ifndef RF_STORE_FILTER_CODECS_ZSTD_H
#define RF_STORE_FILTER_CODECS_ZSTD_H

#include "base/error.h"

#if defined(RF_HAVE_ZSTD)
extern const rf_stream_codec rf_zstd_codec;
#endif

#endif
