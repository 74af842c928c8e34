/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes chunks of known content, from the mark before them.
 */
#ifndef RF_STORE_FILTER_INDEX_DECODE_H
#define RF_STORE_FILTER_INDEX_DECODE_H

#include "store/filter/index/state.h"

/* Gets the chunk with the byte at `offset`, pinned, from the cache or by decoding it. *chunk is NULL if that byte is
 * not known any more, because the marks were dropped. Mutex held, but not all the time. */
rf_status rf_indexed_get_chunk(rf_indexed *indexed, uint64_t offset, rf_chunk **chunk, rf_error *err);

#endif
