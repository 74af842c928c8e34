/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in codec of RF_STREAM_GZIP.
 */
#ifndef RF_STORE_FILTER_CODECS_ZLIB_H
#define RF_STORE_FILTER_CODECS_ZLIB_H

#include "base/error.h"

extern const rf_stream_codec rf_zlib_codec;

#endif
