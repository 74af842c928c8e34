/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The built-in codec of RF_STREAM_BZIP2.
 */
#ifndef RF_STORE_FILTER_CODECS_BZIP2_H
#define RF_STORE_FILTER_CODECS_BZIP2_H

#include "base/error.h"

#if defined(RF_HAVE_BZIP2)
extern const rf_stream_codec rf_bzip2_codec;
#endif

#endif
