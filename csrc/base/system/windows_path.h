/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Definitions that the Windows sources share. Included after windows.h.
 */
#ifndef RF_BASE_SYSTEM_WINDOWS_PATH_H
#define RF_BASE_SYSTEM_WINDOWS_PATH_H

#include <stdbool.h>
#include <wchar.h>

#include "base/error.h"

/* Every handle lets others read, write, rename and delete, as on POSIX; renaming over an open file needs that. */
#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* The errno that a Windows error number comes closest to. */
int rf_windows_errno_of(DWORD code);

/* UTF-8 as wide text and back, freed with rf_free; a long path gets the prefix that lifts the limit of its length.
 * NULL: no memory. */
rf_status rf_windows_widen(const char *path, wchar_t **wide, rf_error *err);
char *rf_windows_narrow(const wchar_t *wide);

bool rf_windows_is_directory(const wchar_t *wide);

#endif
