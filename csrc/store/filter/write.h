/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes decoded content back as a compressed file.
 */
#ifndef RF_STORE_FILTER_WRITE_H
#define RF_STORE_FILTER_WRITE_H

#include "store/filter/format.h"

/* Writes `content` (the state of a memory store; borrowed) to `inner` as one unit. All or nothing if the driver
 * can replace files and `in_place` is false; else it overwrites the file. */
rf_status rf_compressed_write_back(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, int level,
                                   bool in_place, void *content, rf_error *err);

/* Fails as a write-back would if no file can be made beside the old one. */
rf_status rf_compressed_try_replace(rf_store *inner, rf_error *err);

#endif
