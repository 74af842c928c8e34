/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Gzip members as CFITSIO writes them.
 */
#ifndef RF_CODEC_ZLIB_GZIP_H
#define RF_CODEC_ZLIB_GZIP_H

#include "base/error.h"

/* Deflates n bytes into one gzip member by zlib, level 1. RF_ERR_ARGUMENT for too little room; RF_ERR_MEMORY. */
rf_status rf_zlib_gzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used, rf_error *err);

#endif
