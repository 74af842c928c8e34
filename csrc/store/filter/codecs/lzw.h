/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoder for .Z files (compress), as a stream codec that cannot encode.
 */
#ifndef RF_STORE_FILTER_CODECS_LZW_H
#define RF_STORE_FILTER_CODECS_LZW_H

#include "base/error.h"

/* A .Z file has no end mark, no size and no checksum. So inflate() is called with n_in = 0 at the end of the file and
 * only there. It sets *done if no part of a code is left over. The deflate functions are NULL. */
extern const rf_stream_codec rf_lzw_codec;

#endif
