/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of a segment, which RF_SHMEM_FILE_OFFSET describes.
 */
#ifndef RF_STORE_SHMEM_HEADER_H
#define RF_STORE_SHMEM_HEADER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/system/shmem.h"

typedef struct rf_shmem_header {
  uint64_t bytes; /* of the file */
  rf_shmem_state state;
  rf_shmem_process writer;
  uint64_t generation;
} rf_shmem_header;

/* Tells whether a segment has a header of this library, of any version. */
bool rf_shmem_is_ours(rf_fd fd);

/* RF_ERR_NOT_FITS: a segment of another program. RF_ERR_UNSUPPORTED: another version. RF_ERR_FORMAT, RF_ERR_TRUNCATED:
 * the header contradicts itself or the size of the segment. */
rf_status rf_shmem_header_read(rf_fd fd, rf_shmem_header *header, rf_error *err);

/* Writes all of it at once: a kill leaves the old one or this one. */
rf_status rf_shmem_header_write(rf_fd fd, const rf_shmem_header *header, rf_error *err);

#endif
