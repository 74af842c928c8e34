/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads the trailer at the end of a file.
 */
#ifndef RF_STORE_TRAILER_LOAD_H
#define RF_STORE_TRAILER_LOAD_H

#include "store/trailer/trailer.h"

/* Tells whether a file of `size` bytes ends with the footer of a trailer. Reads only if the size is possible. */
rf_status rf_trailer_probe(rf_store *store, uint64_t size, bool *found, rf_error *err);

/* Loads the trailer at the end of a file of `size` bytes. RF_EDIT_NONE: there is none. PREPARING: only the sizes and
 * `start` are set. COMMITTED: everything is checked, except against the content of the file. Returns RF_ERR_INTERRUPTED
 * if the file must not be touched. */
rf_status rf_trailer_load(rf_store *store, uint64_t size, rf_trailer *trailer, rf_edit_state *state, rf_error *err);

/* Computes the CRC of bytes [at, at + n) of the store. */
rf_status rf_trailer_crc(rf_store *store, uint64_t at, uint64_t n, uint32_t *crc, rf_error *err);

#endif
