/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What gives the bytes of a stream.
 */
#ifndef RF_STORE_STREAM_SOURCE_H
#define RF_STORE_STREAM_SOURCE_H

#include "base/system/platform.h"

/* Size of the buffer for reads of a source. */
#define RF_SOURCE_BYTES ((size_t)1 << 20)

/* A read of at least this many bytes goes to the memory of the caller. */
#define RF_SOURCE_DIRECT_BYTES ((size_t)64 << 10)

typedef struct rf_source {
  void *user;
  /* Reads up to n bytes and waits for the first. *got is 0 at the end. One thread at a time calls it, without a lock.
   * After RF_ERR_CALLBACK, such as an interrupt, it can be called again; any other failure is final. */
  rf_status (*read)(void *user, void *buffer, size_t n, size_t *got, rf_error *err);
} rf_source;

/* Reads as rf_source.read. Checks *got. */
rf_status rf_source_read(const rf_source *source, void *buffer, size_t n, size_t *got, rf_error *err);

/* Returns a source over an open descriptor. *fd is borrowed. */
rf_source rf_source_of_descriptor(rf_fd *fd);

#endif
