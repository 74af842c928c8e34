/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files over bytes of the caller, which are not copied and not written.
 */
#ifndef RF_STORE_LOCAL_BORROWED_H
#define RF_STORE_LOCAL_BORROWED_H

#include "base/error.h"

extern const rf_driver_ops rf_borrowed_ops; /* `open` fails: rf_borrowed_new() makes states */

/* Makes a state of rf_borrowed_ops over n bytes, which must stay valid and unchanged until it is closed. */
rf_status rf_borrowed_new(const void *bytes, size_t n, void **state, rf_error *err);

#endif
