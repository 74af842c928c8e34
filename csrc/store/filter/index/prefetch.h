/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Announces reads of content to the store beneath.
 */
#ifndef RF_STORE_FILTER_INDEX_PREFETCH_H
#define RF_STORE_FILTER_INDEX_PREFETCH_H

#include "store/filter/index/reader.h"

/* Announces the packed bytes of these ranges of the content, as far as the marks are known. Any thread. */
rf_status rf_indexed_prefetch(rf_indexed *indexed, const rf_range *ranges, size_t count, rf_error *err);

#endif
