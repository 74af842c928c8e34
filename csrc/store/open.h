/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens a store by name or over bytes.
 */
#ifndef RF_STORE_OPEN_H
#define RF_STORE_OPEN_H

#include "store/store.h"

/* Internal flag of rf_options for RF_MODE_CREATE: an existing local file keeps its content, so that the caller
 * truncates it when no other handle reads it. It is none of the public RF_OPEN_ flags. */
#define RF_OPEN_UNCUT (UINT32_C(1) << 31)

/* Opens the file `name` with the driver of its scheme, and adds a filter if the row has RF_DRIVER_CODECS and the suffix
 * or the first bytes require one. `options` is not NULL. */
rf_status rf_store_open(const char *name, rf_mode mode, const rf_options *options, rf_store **store, rf_error *err);

/* Opens `name` with a driver that need not be in the table (rf_file_open_driver). The store borrows `driver`. */
rf_status rf_store_open_driver(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                               rf_store **store, rf_error *err);

/* Opens `name` through a transport that need not be registered (rf_file_open_transport). */
rf_status rf_store_open_transport(const rf_transport *transport, const char *name, rf_mode mode,
                                  const rf_options *options, rf_store **store, rf_error *err);

/* Opens a memory store over a copy of n bytes, writable in every mode, with a filter if the content requires one. */
rf_status rf_store_open_bytes(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err);

/* Opens a memory store over n bytes of the caller, for reading only, with a filter if the content requires one. */
rf_status rf_store_open_view(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err);

/* Gets what identifies the content of the driver beneath all filters. RF_ERR_UNSUPPORTED for a stream. */
rf_status rf_store_identify(rf_store *store, rf_content_id *id, rf_error *err);

#endif
