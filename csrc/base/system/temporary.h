/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Temporary files without a name: the system removes them when they are closed, also if the process is killed.
 */
#ifndef RF_BASE_SYSTEM_TEMPORARY_H
#define RF_BASE_SYSTEM_TEMPORARY_H

#include "base/system/platform.h"

/* Opens an empty file for reading and writing in TMPDIR or /tmp (Windows: the folder of GetTempPath). Messages name the
 * folder. */
rf_status rf_fd_open_temporary(rf_fd *fd, rf_error *err);

#endif
