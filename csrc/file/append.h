/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Beginning an HDU behind the last one.
 *
 * An HDU is made behind the last one without its header: data go where they will stand, the header is kept in memory
 * and written at the end, its first bytes last. Until then nothing in the file says that there is an HDU: a process
 * that dies leaves bytes that are no HDU, a failure cuts them off again.
 */
#ifndef RF_FILE_APPEND_H
#define RF_FILE_APPEND_H

#include "file/file.h"

/* Begins an HDU: `header` complete (structural cards included) and at least `least` bytes long (whole blocks: room for
 * cards to come). Bytes of the data that nothing is written to are zero. The entry is in the index, `unpublished`. When
 * the file is empty, the header must be a primary one; one more HDU can be begun behind that. Exclusive lock held; on
 * failure the file is as it was. */
rf_status rf_file_append_begin_locked(rf_file *file, const rf_header *header, uint64_t least, size_t *index,
                                      rf_error *err);

/* RF_ERR_TRUNCATED where the file does not have the whole data unit of an HDU, which is then not to be changed: writing
 * behind the end of the file would complete it with zeros. Of an HDU that is being made nothing is missing. */
rf_status rf_file_check_whole_locked(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Begins an empty primary HDU in an empty file, for an extension that is begun next: both are published or taken off
 * together. Exclusive lock held. */
rf_status rf_file_append_primary(rf_file *file, rf_error *err);

#endif
