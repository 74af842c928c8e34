/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Work on several processors. Threads live as long as one call, so that a fork or an exit meets none. Starting a thread
 * costs far less than the smallest work that is shared.
 */
#ifndef RF_BASE_PARALLEL_H
#define RF_BASE_PARALLEL_H

#include "base/error.h"

/* Maximal number of threads of one call. */
#define RF_MAX_THREADS 256

/* Does part `i` of the work. rf_parallel() calls it exactly once for each i below `count`. `worker` is 0 to threads -
 * 1; a worker does one part at a time, so it can have its own buffer. */
typedef rf_status (*rf_work)(void *context, size_t i, unsigned worker, rf_error *err);

/* Returns the default number of threads: RUSTFITS_NUM_THREADS when that is 1 to RF_MAX_THREADS, else the number of
 * processors that this process may use. */
unsigned rf_default_threads(void);

/* Parts per thread of a shared read: enough that no thread waits long for the slowest. */
#define RF_READER_PARTS 4

/* Returns the number of threads for work that produces `bytes` bytes: at most `wanted` (0: rf_default_threads()), at
 * most `count`, about one per MiB, at least 1. */
unsigned rf_worth_threads(unsigned wanted, size_t count, uint64_t bytes);

/* Returns the number of threads for reading bytes that are stored uncompressed: about one per 8 MiB, at most two unless
 * `wanted` or RUSTFITS_NUM_THREADS is larger. */
unsigned rf_worth_readers(unsigned wanted, size_t count, uint64_t bytes);

/* Runs all parts: in order with one thread, in any order with more. After a failure, no further part starts. Reports
 * the failure with the lowest i. Where a thread cannot be started, the others do its work. */
rf_status rf_parallel(unsigned threads, size_t count, rf_work work, void *context, rf_error *err);

#endif
