/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A file that is built in a spool and written to a descriptor, in order, when it is closed.
 */
#ifndef RF_STORE_STREAM_OUTPUT_H
#define RF_STORE_STREAM_OUTPUT_H

#include "base/system/platform.h"

/* Operations on an output (the state). `open` fails: rf_output_new() makes them. `close` writes nothing after `discard`
 * and in a forked child. */
extern const rf_driver_ops rf_output_ops;

/* Makes an empty output for an open descriptor, which it never closes. `memory_bytes` as for rf_spool_new().
 * rf_output_ops.close() frees it. */
rf_status rf_output_new(int number, rf_fd fd, uint64_t memory_bytes, void **output, rf_error *err);

#endif
