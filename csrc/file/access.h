/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How calls begin and end: locks, changes by other handles and programs, taint.
 */
#ifndef RF_FILE_ACCESS_H
#define RF_FILE_ACCESS_H

#include "file/file.h"

/* Locked shared, and good for reading: RF_ERR_CLOSED, RF_ERR_TAINTED or RF_ERR_CHANGED (with nothing locked) otherwise.
 */
rf_status rf_file_begin_read(rf_file *file, rf_error *err);

/* Ends a call that gives facts of the index: they are compared with the file when data are read by them. */
void rf_file_end_read(rf_file *file);

/* Ends a call that has read of HDU `index` and gives its status, or RF_ERR_CHANGED when another program has changed the
 * HDU meanwhile. */
rf_status rf_file_end_read_of(rf_file *file, size_t index, rf_status status, rf_error *err);

/* Another edit that can have changed structure or headers. Exclusive lock held. */
void rf_file_count_edit(rf_file *file);

/* Does what HDUs have put off. Exclusive lock held. */
rf_status rf_file_flush_locked(rf_file *file, bool *written, rf_error *err);

/* Forgets the index. Exclusive lock held. */
void rf_file_drop_index(rf_file *file);

/* Confirms what a call has read of HDU `index`: RF_ERR_CHANGED when another program has changed the HDU meanwhile. Lock
 * held either way. */
rf_status rf_file_confirm_read(rf_file *file, size_t index, rf_error *err);

/* Begins the use of a store that was just opened: finds the first HDU, or with `create` empties the file. `alone`: no
 * other handle has it open. */
rf_status rf_file_begin_use(rf_file *file, bool create, bool alone, rf_error *err);

/* Is there an HDU that has put something off? `lock` held either way. */
bool rf_file_has_pending(rf_file *file);

/* Locked exclusively, and good for writing: RF_ERR_CLOSED, RF_ERR_READONLY, RF_ERR_TAINTED or RF_ERR_CHANGED (with
 * nothing locked) otherwise. */
rf_status rf_file_begin_write(rf_file *file, rf_error *err);

/* The same for the call that publishes an HDU: making_data stays in memory. */
rf_status rf_file_begin_publish(rf_file *file, rf_error *err);

/* May the handle write, in spite of what other programs have done? RF_ERR_CHANGED otherwise. Exclusive lock held. */
rf_status rf_file_may_write_locked(rf_file *file, rf_error *err);

/* The size of the file: as rf_file_begin_write found it, while the call has written nothing. Exclusive lock held. */
rf_status rf_file_size_locked(rf_file *file, uint64_t *size, rf_error *err);

/* Begins the part that another handle of the same file has in a call, whose rf_file_begin_write holds the lock. */
rf_status rf_file_begin_beside(rf_file *file, rf_error *err);

/* Unlocks. A `status` other than RF_OK with `written` true taints the file: what is on disk may be half done. Where
 * only HDUs that are being made were written, it takes them off instead. */
void rf_file_end_write(rf_file *file, rf_status status, bool written);

/* The file must not be used any more: `why` a write failed half way. The first reason counts. */
void rf_file_taint(rf_file *file, const char *why);

#endif
