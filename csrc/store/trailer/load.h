/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads the trailer at the end of a file.
 */
#ifndef RF_STORE_TRAILER_LOAD_H
#define RF_STORE_TRAILER_LOAD_H

#include "store/trailer/trailer.h"

/* Does a file of `size` bytes end with the footer of a trailer? Only where the size is that of one is anything read. */
rf_status rf_trailer_probe(rf_store *store, uint64_t size, bool *found, rf_error *err);

/* Looks for a trailer at the end of a file of `size` bytes. RF_EDIT_NONE: there is none. PREPARING: only the sizes and
 * `start` are filled in. COMMITTED: all of it was checked, but for what the file's bytes say. Failure:
 * RF_ERR_INTERRUPTED, and the file is not to be touched. */
rf_status rf_trailer_load(rf_store *store, uint64_t size, rf_trailer *trailer, rf_edit_state *state, rf_error *err);

/* CRC of bytes [at, at + n) of the store. */
rf_status rf_trailer_crc(rf_store *store, uint64_t at, uint64_t n, uint32_t *crc, rf_error *err);

#endif
