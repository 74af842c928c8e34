/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The content of a compressed stream that is read forward (RF_OPEN_FORWARD): it is decoded as reads go on, and never
 * kept.
 */
#ifndef RF_STORE_FILTER_PASSING_H
#define RF_STORE_FILTER_PASSING_H

#include "store/filter/filter.h"

/* Wraps *store, a forward stream, for reading. As rf_filter.wrap; the filter has a format. */
rf_status rf_passing_wrap(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err);

#endif
