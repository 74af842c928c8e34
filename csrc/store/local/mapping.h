/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads ranges. Many small ranges of a file that is open for reading are copied from a mapping, ten times as fast as a
 * system call for each.
 */
#ifndef RF_STORE_LOCAL_MAPPING_H
#define RF_STORE_LOCAL_MAPPING_H

#include "store/local/internal.h"

/* Reads from the descriptor; *got < n only at the end of the file. */
rf_status rf_local_file_read(rf_local_file *file, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

/* As rf_driver_ops.read_many. */
rf_status rf_local_file_read_many(void *state, const rf_read_range *ranges, size_t count, rf_error *err);

/* As rf_driver_ops.map. */
rf_status rf_local_file_map(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err);

/* Fails with RF_ERR_TRUNCATED: a range ends behind the content of `size` bytes. */
rf_status rf_local_file_truncated(const rf_read_range *range, uint64_t size, rf_error *err);

/* As rf_store_stamp_behind. */
bool rf_local_file_stamp_behind(const rf_local_file *file, rf_file_stamp *stamp);

#endif
