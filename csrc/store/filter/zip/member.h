/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The content of a member of a zip file, as a store.
 */
#ifndef RF_STORE_FILTER_ZIP_MEMBER_H
#define RF_STORE_FILTER_ZIP_MEMBER_H

#include "store/filter/filter.h"

/* Makes *store, a zip file, the content of its member `name` (NULL: see rf_zip_choose()). The new store owns the old
 * one. On failure *store is open and belongs to the caller. */
rf_status rf_zip_open(rf_store **store, const char *name, const rf_options *options, rf_error *err);

/* As the functions of rf_filter: the only member, or the only one that is a FITS file. */
rf_status rf_zip_wrap(const rf_filter *filter, rf_store **store, rf_mode mode, const rf_options *options,
                      rf_error *err);
rf_status rf_zip_wrap_index(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err);

#endif
