/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Beginning an HDU after the last one.
 *
 * A new HDU is unpublished: its data are written to their place, and its header stays in memory. Publishing writes the
 * header, its first bytes last. If the process ends before, the file has trailing bytes that are not an HDU. A failure
 * truncates them.
 */
#ifndef RF_FILE_APPEND_H
#define RF_FILE_APPEND_H

#include "file/file.h"

/* Begins an HDU with `header`, which has all structural cards. The stored header takes at least `least` bytes (whole
 * blocks), which leaves room for more cards. Data that are not written are 0. The entry is in the index, `unpublished`.
 * In an empty file, the header must be a primary one, and one more HDU can be begun after it. Exclusive lock held. On
 * failure the file is as it was before. */
rf_status rf_file_append_begin_locked(rf_file *file, const rf_header *header, uint64_t least, size_t *index,
                                      rf_error *err);

/* Returns RF_ERR_TRUNCATED if the file lacks bytes of the data unit: a write after the end of the file would add zeros
 * for them. An unpublished HDU lacks nothing. */
rf_status rf_file_check_whole_locked(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Makes the header of an empty primary HDU. The caller frees *header. */
rf_status rf_file_primary_header(rf_header **header, rf_error *err);

/* Begins an empty primary HDU in an empty file, before an extension. Both are published or removed together. Exclusive
 * lock held. */
rf_status rf_file_append_primary(rf_file *file, rf_error *err);

#endif
