/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opens and creates files of the system.
 */
#ifndef RF_STORE_LOCAL_CREATE_H
#define RF_STORE_LOCAL_CREATE_H

#include "store/local/internal.h"

/* Makes a state without a descriptor. */
rf_status rf_local_file_new(rf_local_file **file, rf_error *err);

void rf_local_file_free(rf_local_file *file);

/* As rf_driver_ops.open. */
rf_status rf_local_file_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err);

#endif
