/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files on servers: those that exist are read only, new ones are sent at close. rf_driver.user of a row with these
 * operations is its rf_transport.
 */
#ifndef RF_STORE_REMOTE_REMOTE_H
#define RF_STORE_REMOTE_REMOTE_H

#include "base/error.h"

extern const rf_driver_ops rf_remote_ops;

/* Gets the validators of the first response, for a file that was opened for reading. */
void rf_remote_identify(const void *state, rf_content_id *id);

#endif
