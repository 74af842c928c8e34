/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver table: which row serves a scheme.
 */
#ifndef RF_STORE_REGISTRY_H
#define RF_STORE_REGISTRY_H

#include "base/error.h"

/* Returns the row of a scheme of `length` letters, NULL where there is none. Any thread. */
const rf_driver *rf_driver_find(const char *scheme, size_t length);

/* Checks size and MUST members of a row, not its scheme. Any thread. */
rf_status rf_driver_check(const rf_driver *driver, rf_error *err);

#endif
