/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filter for reading through an index (RF_OPEN_INDEX).
 */
#ifndef RF_STORE_FILTER_INDEX_STORE_H
#define RF_STORE_FILTER_INDEX_STORE_H

#include "store/filter/filter.h"

/* As rf_filter.wrap_index. */
rf_status rf_index_wrap(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err);

#endif
