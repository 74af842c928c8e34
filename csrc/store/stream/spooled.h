/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A stream whose bytes are all kept, for any access of any number of threads.
 */
#ifndef RF_STORE_STREAM_SPOOLED_H
#define RF_STORE_STREAM_SPOOLED_H

#include "store/stream/source.h"

/* Operations on a spooled stream (the state), for reading. `open` fails: rf_spooled_new() makes them. `get_size` reads
 * the stream to its end. `peek` works behind the end, while the bytes are in memory. A forked child reads what the
 * parent had read before, and nothing else. */
extern const rf_driver_ops rf_spooled_ops;

/* Makes a spooled stream. It reads nothing yet. `source` is copied, `memory_bytes` as for rf_spool_new().
 * rf_spooled_ops.close() frees it. */
rf_status rf_spooled_new(const rf_source *source, uint64_t memory_bytes, void **spooled, rf_error *err);

#endif
