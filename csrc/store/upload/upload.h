/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New files on servers: a spool takes what is written, and closing sends it, all or nothing.
 */
#ifndef RF_STORE_UPLOAD_UPLOAD_H
#define RF_STORE_UPLOAD_UPLOAD_H

#include "base/error.h"

/* Operations on an upload (the state). `open` fails: rf_upload_open() opens. `close` sends the file, unless `discard`
 * dropped it. */
extern const rf_driver_ops rf_upload_ops;

/* Opens an upload to `name`. Sends no request. RF_ERR_READONLY if the transport cannot send, or if the caller did not
 * allow PUT (rf_remote_options.put). */
rf_status rf_upload_open(const rf_transport *transport, const char *name, const rf_options *options, void **upload,
                         rf_error *err);

#endif
