/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Unpublished HDUs: begun by a thread, and without a header in the file.
 */
#ifndef RF_FILE_UNPUBLISHED_H
#define RF_FILE_UNPUBLISHED_H

#include "file/file.h"
#include "file/layout.h"

/* Does what rf_file_begin_write() does, for a call that appends: waits until no other thread has an unpublished HDU.
 * Returns RF_ERR_ARGUMENT if this thread has one. */
rf_status rf_file_begin_append(rf_file *file, rf_error *err);

/* Ends such a call. After RF_OK it publishes the begun HDUs if `publish` is set; after a failure it removes them.
 * Returns `status`, or the status of publishing. */
rf_status rf_file_end_append(rf_file *file, rf_status status, bool publish, rf_error *err);

/* Reserves space for the data of the last begun HDU, if they are large. The caller is about to write all of them. */
rf_status rf_file_append_reserve_locked(rf_file *file, rf_error *err);

/* Sets the bytes of the header of the last begun HDU (from rf_alloc(), taken over). They have the same cards and size.
 * A change of the header drops them. */
void rf_file_append_header_bytes_locked(rf_file *file, char *bytes);

/* Completes the data with zeros and padding, and writes the headers of the begun HDUs, the last one first. On failure
 * it removes all of them. */
rf_status rf_file_append_commit_locked(rf_file *file, rf_error *err);

/* Forgets the begun HDUs, which another handle has overwritten. */
void rf_file_append_forget_locked(rf_file *file);

/* Removes the begun HDUs: the file is as long as before. Taints the file if that fails. */
void rf_file_append_abort_locked(rf_file *file);

/* Extends the file to all data of an unpublished HDU; data that were not written are 0. The second function does so
 * only for kinds with RF_KIND_FILLED. */
rf_status rf_unpublished_fill(rf_file *file, const rf_hdu *hdu, rf_error *err);
rf_status rf_unpublished_fill_tiles(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Returns whether the data unit can stay in memory (rf_file.making_data) until the HDU is published: all of its bytes,
 * as the file will have them. Exclusive lock held, here and below. */
bool rf_unpublished_can_hold(const rf_file *file, const rf_hdu *hdu);

/* Returns whether this thread has begun an HDU whose data unit is in memory. */
bool rf_unpublished_holds(const rf_file *file);

/* Writes that data unit to the file. On failure it removes the HDU. */
rf_status rf_unpublished_flush(rf_file *file, rf_error *err);

/* Does what rf_file_rearrange_locked() does, for an unpublished HDU, the last one. *fresh has the properties and a copy
 * of the new header, and receives its offsets. Data move directly, `run` is always called after that, and no header is
 * written. */
rf_status rf_unpublished_rearrange(rf_file *file, const rf_hdu *hdu, rf_hdu *fresh, const rf_rearrange *rearrange,
                                   rf_error *err);

#endif
