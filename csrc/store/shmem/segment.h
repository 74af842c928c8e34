/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens, names and removes segments under their locks. Names are checked by the caller (rf_shmem_check_name()).
 */
#ifndef RF_STORE_SHMEM_SEGMENT_H
#define RF_STORE_SHMEM_SEGMENT_H

#include "base/system/filelock.h"
#include "store/shmem/header.h"

/* Opens a segment with a whole file, and locks it: for reading with other readers, for writing alone. RF_ERR_LOCKED if
 * another handle has a conflicting lock; RF_ERR_INTERRUPTED if its writer ended before the file was complete. */
rf_status rf_shmem_segment_open(const char *name, bool writing, rf_fd *fd, rf_shmem_header *header, rf_filelock *lock,
                                rf_error *err);

/* Creates a segment with an empty file that this process builds, without a name, locked. */
rf_status rf_shmem_segment_create(rf_fd *fd, rf_shmem_header *header, rf_filelock *lock, rf_error *err);

/* Tells whether rf_shmem_segment_publish() could succeed now: RF_OK, or its error. */
rf_status rf_shmem_segment_may_publish(const char *name, bool only_new, rf_error *err);

/* Gives a segment its name, which it takes away from an old segment. RF_ERR_EXISTS: there is a segment of another
 * program, or any with `only_new`. RF_ERR_LOCKED: a handle has the old segment open for writing. */
rf_status rf_shmem_segment_publish(rf_fd fd, const char *name, bool only_new, rf_error *err);

/* Removes the segment `name` (RF_SHMEM_DRAFT...) if a killed process left it. Returns false if it is no such name. */
bool rf_shmem_segment_clear_draft(const char *name);

/* Removes the name. RF_ERR_NO_FILE, RF_ERR_NOT_FITS (a segment of another program), RF_ERR_LOCKED (open for writing).
 * `own` (may be NULL): removes nothing if the name leads to another segment. */
rf_status rf_shmem_segment_remove(const char *name, const rf_fd *own, rf_error *err);

#endif
