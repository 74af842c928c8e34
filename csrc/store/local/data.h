/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver for data: URLs (RFC 2397), whose name is their content. Read only.
 */
#ifndef RF_STORE_LOCAL_DATA_H
#define RF_STORE_LOCAL_DATA_H

#include "base/error.h"

extern const rf_driver_ops rf_data_ops;

#endif
