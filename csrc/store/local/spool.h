/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Spools: bytes that are kept until they are used, in memory up to a limit and in a temporary file without a name
 * beyond it.
 */
#ifndef RF_STORE_LOCAL_SPOOL_H
#define RF_STORE_LOCAL_SPOOL_H

#include "base/error.h"

/* Operations on a spool (the state) but `open`: rf_spool_new() makes spools. `peek` works while the content is in
 * memory. A write may move the content, so that it excludes reads. */
extern const rf_driver_ops rf_spool_ops;

/* Makes an empty spool that holds up to `memory_bytes` in memory (rf_options.spool_bytes; 0: the default).
 * rf_spool_ops.close() frees it. */
rf_status rf_spool_new(uint64_t memory_bytes, void **spool, rf_error *err);

#endif
