/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in codec of RF_STREAM_ZSTD.
 */
#ifndef RF_STORE_FILTER_CODECS_ZSTD_H
#define RF_STORE_FILTER_CODECS_ZSTD_H

#include "store/filter/whole.h"

#if defined(RF_HAVE_ZSTD)
extern const rf_stream_codec rf_zstd_codec;

/* As rf_format.whole_inflate. `guess` is the most that it makes. */
rf_status rf_zstd_whole_inflate(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max,
                                rf_pages *out, size_t *used);
#endif

#endif
