/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Transports as rows of the driver table.
 */
#ifndef RF_STORE_REMOTE_TRANSPORT_H
#define RF_STORE_REMOTE_TRANSPORT_H

#include <stdbool.h>

#include "base/error.h"

/* Tells whether the transport of a row takes names as the user wrote them (RF_TRANSPORT_RAW_NAMES). */
bool rf_transport_takes_raw_names(const rf_driver *row);

/* Makes a row that is not in the table: of files through `transport`, which it refers to. */
rf_status rf_transport_make_row(const rf_transport *transport, rf_driver *row, rf_error *err);

#endif
