/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver of standard input and output, and of descriptors of the application.
 */
#ifndef RF_STORE_STREAM_STREAM_H
#define RF_STORE_STREAM_STREAM_H

#include "base/error.h"

extern const rf_driver_ops rf_stream_ops;

#endif
