/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of the system. The functions take the state of a store with rf_local_ops.
 */
#ifndef RF_STORE_LOCAL_FILE_H
#define RF_STORE_LOCAL_FILE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/system/filelock.h"
#include "base/system/replace.h"

extern const rf_driver_ops rf_local_ops; /* file:// and paths */

/* Locks the file for an edit (RF_LOCK_EDIT). */
rf_lock_answer rf_local_lock_edit(void *state, bool exclusive, double seconds, rf_filelock *lock);

/* Tells whether the file takes its name only when it is closed. */
bool rf_local_is_private(void *state);

/* As rf_store_opened, rf_store_stamp, rf_store_stamp_behind, rf_store_size_then, rf_store_is_replaced. */
bool rf_local_opened(const void *state, rf_file_stamp *stamp);
rf_status rf_local_stamp(void *state, rf_file_stamp *stamp, rf_error *err);
bool rf_local_stamp_behind(const void *state, rf_file_stamp *stamp);
bool rf_local_size_then(const void *state, const rf_file_stamp *stamp, uint64_t *size);
bool rf_local_is_replaced(void *state, const rf_file_stamp *stamp);

/* Maps bytes of the file for writing; rf_map_close() ends the mapping. */
rf_status rf_local_map_part(void *state, uint64_t offset, size_t length, uint8_t **base, rf_error *err);

#endif
