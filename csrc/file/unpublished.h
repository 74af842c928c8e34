/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs that are being made.
 */
#ifndef RF_FILE_UNPUBLISHED_H
#define RF_FILE_UNPUBLISHED_H

#include "file/file.h"
#include "file/layout.h"

/* rf_file_begin_write for a call that appends: waits until no other thread is making an HDU. RF_ERR_ARGUMENT when this
 * thread is. */
rf_status rf_file_begin_append(rf_file *file, rf_error *err);

/* The end of such a call: after RF_OK publishes what was begun, if `publish` says so; else takes it off again. Gives
 * `status`, or what publishing came to. */
rf_status rf_file_end_append(rf_file *file, rf_status status, bool publish, rf_error *err);

/* All data of the last HDU that was begun are going to be written: takes space for them, where they are many. */
rf_status rf_file_append_reserve_locked(rf_file *file, rf_error *err);

/* The header of the last HDU that was begun is to have these bytes (rf_alloc, taken over), which must say the same, and
 * be as many. Forgotten when the header changes. */
void rf_file_append_header_bytes_locked(rf_file *file, char *bytes);

/* Completes the data with zeros and padding and writes the headers of what was begun, the last HDU first. On failure
 * takes all of it off again. */
rf_status rf_file_append_commit_locked(rf_file *file, rf_error *err);

/* Forgets what was begun, which another handle has overwritten. */
void rf_file_append_forget_locked(rf_file *file);

/* Takes off what was begun: the file is as long as it was. Taints the file where that fails. */
void rf_file_append_abort_locked(rf_file *file);

/* Does this thread see the HDU? One that is being made is there for the thread that makes it only. */
bool rf_file_is_visible(const rf_file *file, const rf_hdu *hdu);

/* file/unpublished.c: makes the file have all data of an HDU that is being made: zeros where nothing was written. The
 * second one only where the HDU is compressed. */
rf_status rf_unpublished_fill(rf_file *file, const rf_hdu *hdu, rf_error *err);
rf_status rf_unpublished_fill_tiles(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Can the data unit stay in memory (rf_file.making_data) until the HDU is published? Its bytes are then to be all of
 * the data unit as they are to stand in the file. Exclusive lock held, here and below. */
bool rf_unpublished_can_hold(const rf_file *file, const rf_hdu *hdu);

/* Has this thread made an HDU whose data unit is in memory? */
bool rf_unpublished_holds(const rf_file *file);

/* Writes that data unit to the file. When that fails the HDU is taken off. */
rf_status rf_unpublished_flush(rf_file *file, rf_error *err);

/* rf_file_rearrange_locked of an HDU that is being made, the last one. *fresh has the facts and a copy
 * of its new header, and gets its offsets. Nothing has to stay readable meanwhile: data move plainly, `run` is called
 * when they are in their place whether they grow or not, and no header is written. */
rf_status rf_unpublished_rearrange(rf_file *file, const rf_hdu *hdu, rf_hdu *fresh, const rf_rearrange *rearrange,
                                   rf_error *err);

#endif
