/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filter of compressed files, over another store.
 */
#ifndef RF_STORE_FILTER_COMPRESSED_H
#define RF_STORE_FILTER_COMPRESSED_H

#include "store/filter/filter.h"

/* As rf_filter.wrap, for filters with a format. */
rf_status rf_compressed_wrap(const rf_filter *filter, rf_store **store, rf_mode mode, const rf_options *options,
                             rf_error *err);

#endif
