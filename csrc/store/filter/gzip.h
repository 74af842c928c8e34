/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The gzip filter (RFC 1952) over another store.
 */
#ifndef RF_STORE_FILTER_GZIP_H
#define RF_STORE_FILTER_GZIP_H

#include "store/store.h"

/* As rf_filter.wrap. */
rf_status rf_gzip_wrap(rf_store **store, rf_mode mode, const rf_options *options, rf_error *err);

#endif
