/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The pool of an edit, which has every byte that the edit brings, and the space behind the file for it.
 */
#ifndef RF_STORE_TRAILER_POOL_H
#define RF_STORE_TRAILER_POOL_H

#include "store/trailer/internal.h"

/* Places in the pool count from here until its place in the file is known. */
#define RF_POOL_BASE (UINT64_C(1) << 62)

/* Locks the file against other edits, and checks that it has the size that the edit knows. */
rf_status rf_pool_take_file(rf_edit *edit, rf_error *err);

/* Writes the footer of a trailer. */
rf_status rf_pool_write_footer(rf_edit *edit, const rf_trailer *trailer, rf_edit_state state, uint32_t crc,
                               rf_error *err);

/* Makes the file `size` bytes long, with a PREPARING footer. Reserves the space first. */
rf_status rf_pool_prepare(rf_edit *edit, uint64_t size, rf_error *err);

/* Chooses the places of the trailer and of its pool, for the sizes of the edit. */
rf_status rf_pool_place(rf_edit *edit, rf_error *err);

/* Appends n bytes; *place is where they are. */
rf_status rf_pool_append(rf_edit *edit, const void *bytes, size_t n, uint64_t *place, rf_error *err);

/* Appends room for n bytes, which rf_pool_write() fills. */
rf_status rf_pool_reserve(rf_edit *edit, uint64_t n, uint64_t *place, rf_error *err);
rf_status rf_pool_write(rf_edit *edit, uint64_t place, const void *bytes, size_t n, rf_error *err);

/* Reads n bytes at `place`: of the pool from RF_POOL_BASE on, else of the old file. */
rf_status rf_pool_read(rf_edit *edit, uint64_t place, void *buffer, size_t n, rf_error *err);

/* CRC of the pool behind the line of zeros before it. */
rf_status rf_pool_crc(rf_edit *edit, uint32_t *crc, rf_error *err);

#endif
