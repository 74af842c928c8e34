/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Descriptors that are open when the library gets them: standard input and output, and those of the application. The
 * library never closes them. Bytes are binary on every system.
 */
#ifndef RF_BASE_SYSTEM_DESCRIPTOR_H
#define RF_BASE_SYSTEM_DESCRIPTOR_H

#include "base/system/platform.h"

typedef enum rf_descriptor_kind {
  RF_DESCRIPTOR_FILE = 0,    /* a regular file: rf_fd_read() reads it at offsets */
  RF_DESCRIPTOR_STREAM = 1,  /* a pipe, a socket or a device: its bytes come in order, once */
  RF_DESCRIPTOR_TERMINAL = 2 /* a stream that a person types or reads */
} rf_descriptor_kind;

typedef struct rf_descriptor {
  rf_fd fd;
  rf_descriptor_kind kind;
  uint64_t position; /* of a file: its current offset */
} rf_descriptor;

/* Gets the open descriptor `number`. RF_ERR_NO_FILE if it is not open; fails if it is not for this direction, or of a
 * directory; RF_ERR_UNSUPPORTED on Windows if it is none of 0, 1 and 2. */
rf_status rf_descriptor_find(int number, bool writing, rf_descriptor *descriptor, rf_error *err);

/* Reads up to n bytes, as many as are there, and waits for the first. *got is 0 at the end. Calls rf_interrupt_check()
 * while it waits. */
rf_status rf_descriptor_read(rf_fd fd, void *buffer, size_t n, size_t *got, rf_error *err);

/* Writes n bytes behind those of earlier calls. A closed pipe is an error with the errno EPIPE and no signal. Calls
 * rf_interrupt_check() while it waits. */
rf_status rf_descriptor_write(rf_fd fd, const void *buffer, size_t n, rf_error *err);

/* Writes what the C library holds back for this descriptor, if it is standard output. */
void rf_descriptor_flush(int number);

#endif
