/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Work on several processors. Threads live as long as one call: nothing is left behind that a fork or an exit could
 * trip over, and starting one costs far less than the least work that is shared.
 */
#ifndef RF_BASE_PARALLEL_H
#define RF_BASE_PARALLEL_H

#include "base/error.h"

/* Most threads of one call. */
#define RF_MAX_THREADS 256

/* One piece of the work: called with every i below `count` exactly once, by `worker` 0 to threads - 1 (each of which
 * does one piece at a time, so that it can have a buffer of its own). */
typedef rf_status (*rf_work)(void *context, size_t i, unsigned worker, rf_error *err);

/* Threads to use when a caller does not say: RUSTFITS_NUM_THREADS when that is 1 to RF_MAX_THREADS, else the
 * processors that this process may run on. */
unsigned rf_default_threads(void);

/* Parts for each thread of a read that is shared: enough that none waits long for the slowest. */
#define RF_READER_PARTS 4

/* How many threads are worth it: at most `wanted` (0: rf_default_threads()), at most `count`, one for each MiB or so of
 * `bytes` that are made. At least 1. */
unsigned rf_worth_threads(unsigned wanted, size_t count, uint64_t bytes);

/* The same for reading what is stored as it is: one for each 8 MiB or so that are read and made; two at most unless
 * `wanted` or RUSTFITS_NUM_THREADS says more. */
unsigned rf_worth_readers(unsigned wanted, size_t count, uint64_t bytes);

/* Runs the pieces, in order with one thread, in no order with more. After a failure no new piece is begun; the failure
 * of the lowest i among those that failed is reported. A thread that cannot be started is done without. */
rf_status rf_parallel(unsigned threads, size_t count, rf_work work, void *context, rf_error *err);

#endif
