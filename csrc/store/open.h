/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening a store by name or over bytes.
 */
#ifndef RF_STORE_OPEN_H
#define RF_STORE_OPEN_H

#include "store/store.h"

/* A flag of rf_options for RF_MODE_CREATE that no caller gives: the content of an existing local file stays, so that it
 * can be cut when no other handle is reading it. Clear of the bits of RF_OPEN_... */
#define RF_OPEN_UNCUT (UINT32_C(1) << 31)

/* Opens by name: picks the row, opens it, and puts a codec over it where the row has RF_DRIVER_CODECS and the suffix
 * or the first bytes ask for one. options must not be NULL. */
rf_status rf_store_open(const char *name, rf_mode mode, const rf_options *options, rf_store **store, rf_error *err);

/* A memory store over a copy of n bytes, writable in every mode; compressed content gets its codec. */
rf_status rf_store_open_bytes(const void *bytes, size_t n, const rf_options *options, rf_store **store, rf_error *err);

#endif
