/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The seek table of a .zst in the seekable format (contrib/seekable_format of zstd, version 0.1.0): a skippable frame
 * at the end, with the sizes of all frames.
 */
#ifndef RF_STORE_FILTER_INDEX_FRAMES_H
#define RF_STORE_FILTER_INDEX_FRAMES_H

#include "store/filter/index/mark.h"
#include "store/store.h"

/* Reads the seek table and makes a mark for each run of frames with at least RF_CHUNK_BYTES of content.
 * RF_ERR_UNSUPPORTED if there is no table, RF_ERR_CODEC if it does not fit the file, RF_ERR_LIMIT if the content is
 * larger than `limit`. */
rf_status rf_frames_load(rf_store *inner, uint64_t limit, rf_marks *marks, rf_error *err);

#endif
