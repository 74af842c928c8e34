/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How calls begin and end: locks, changes by other handles and programs, taint.
 */
#ifndef RF_FILE_ACCESS_H
#define RF_FILE_ACCESS_H

#include "file/file.h"

/* Takes the lock shared. Returns RF_ERR_CLOSED, RF_ERR_TAINTED or RF_ERR_CHANGED, without the lock, if the file cannot
 * be read. */
rf_status rf_file_begin_read(rf_file *file, rf_error *err);

/* Ends a call that returns properties of the index. They are compared with the file when a call reads data by them. */
void rf_file_end_read(rf_file *file);

/* Ends a call that has read from HDU `index`. Returns `status`, or RF_ERR_CHANGED if another program has changed the
 * HDU meanwhile. */
rf_status rf_file_end_read_of(rf_file *file, size_t index, rf_status status, rf_error *err);

/* Counts an edit that can have changed structure or headers. Exclusive lock held. */
void rf_file_count_edit(rf_file *file);

/* Flushes the pending work of one HDU. *written becomes true only if it fails halfway: flushed work is complete, and a
 * call that fails later must not taint the file. Exclusive lock held. */
rf_status rf_file_flush_hdu_locked(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

/* Flushes the pending work of all published HDUs in the same way. Exclusive lock held. */
rf_status rf_file_flush_locked(rf_file *file, bool *written, rf_error *err);

/* Drops the index. Exclusive lock held. */
void rf_file_drop_index(rf_file *file);

/* Returns RF_ERR_CHANGED if another program has changed HDU `index` since the call began. Lock held, shared or
 * exclusively. */
rf_status rf_file_confirm_read(rf_file *file, size_t index, rf_error *err);

/* Begins the use of a newly opened store: finds the first HDU, or with `create` truncates the file. `alone`: no other
 * handle has the file open. */
rf_status rf_file_begin_use(rf_file *file, bool create, bool alone, rf_error *err);

/* Returns whether an HDU has pending work. Lock held, shared or exclusively. */
bool rf_file_has_pending(rf_file *file);

/* Takes the lock exclusively. Returns RF_ERR_CLOSED, RF_ERR_READONLY, RF_ERR_TAINTED or RF_ERR_CHANGED, without the
 * lock, if the file cannot be written. */
rf_status rf_file_begin_write(rf_file *file, rf_error *err);

/* Does the same for the call that publishes an HDU: making_data stays in memory. */
rf_status rf_file_begin_publish(rf_file *file, rf_error *err);

/* Returns RF_ERR_CHANGED if a change by another program forbids writing. Exclusive lock held. */
rf_status rf_file_may_write_locked(rf_file *file, rf_error *err);

/* Gets the size of the file: until the call writes, the size that rf_file_begin_write() found. Exclusive lock held. */
rf_status rf_file_size_locked(rf_file *file, uint64_t *size, rf_error *err);

/* Begins the use of another handle of the same file in a call that holds the lock by rf_file_begin_write(). */
rf_status rf_file_begin_beside(rf_file *file, rf_error *err);

/* Releases the lock. A `status` other than RF_OK with `written` taints the file, which may contain half of an edit. If
 * only unpublished HDUs were written, it removes them instead. */
void rf_file_end_write(rf_file *file, rf_status status, bool written);

/* Forbids the use of the file, because a write failed halfway. The message `why` of the first call is kept. */
void rf_file_taint(rf_file *file, const char *why);

#endif
