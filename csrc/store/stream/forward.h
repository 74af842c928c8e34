/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A stream that is read forward (RF_OPEN_FORWARD): it keeps a window of the last bytes and nothing else.
 */
#ifndef RF_STORE_STREAM_FORWARD_H
#define RF_STORE_STREAM_FORWARD_H

#include "store/stream/source.h"

/* Bytes behind the position that reads of less than RF_SOURCE_DIRECT_BYTES leave in the window. Headers are read twice,
 * so a longer one cannot be read. */
#define RF_FORWARD_KEPT_BYTES ((size_t)2 << 20)

/* Operations on a forward stream (the state), for reading. `open` fails: rf_forward_new() makes them. A read of bytes
 * that were passed over is RF_ERR_UNSUPPORTED, and so is `get_size` before the end. A forked child reads nothing. */
extern const rf_driver_ops rf_forward_ops;

/* Makes a forward stream. It reads nothing yet. `source` is copied. rf_forward_ops.close() frees it. */
rf_status rf_forward_new(const rf_source *source, void **forward, rf_error *err);

#endif
