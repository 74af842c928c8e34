/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in codec of RF_STREAM_XZ.
 */
#ifndef RF_STORE_FILTER_CODECS_XZ_H
#define RF_STORE_FILTER_CODECS_XZ_H

#include "base/error.h"

#if defined(RF_HAVE_LZMA)
extern const rf_stream_codec rf_xz_codec;
#endif

#endif
