/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the POSIX files that replace files share.
 */
#ifndef RF_BASE_SYSTEM_POSIX_PATH_H
#define RF_BASE_SYSTEM_POSIX_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/error.h"

/* Length of the folder part of a path with its last slash; 0 when there is none. */
size_t rf_path_folder_length(const char *path);

/* That part, "./" when there is none; freed with rf_free. NULL: no memory. */
char *rf_path_folder(const char *path);

/* base/system/posix_attributes.c: gives the file `to` mode, owner, group, access list and extended attributes of
 * `from`. *all false: it cannot get the owner, the group, the access list or an attribute of the user's. RF_ERR_MEMORY.
 */
rf_status rf_attributes_copy(int from, int to, bool *all, rf_error *err);

/* base/system/posix_leftover.c: a new file beside `real` under a name that no other process can foresee, locked as long
 * as `lock` is held; one that replaces a file (`private`) can be read by its owner only. Freed with rf_free. */
struct rf_filelock;
rf_status rf_temporary_create(const char *real, bool private, int *number, char **path, struct rf_filelock *lock,
                              rf_error *err);

/* Removes what killed writers of `real` have left. In a folder with very many entries only now and then. */
void rf_temporary_sweep(const char *real);

/* A name beside `real` for content that is to be kept, with the same random part as the temporary file's. NULL: no
 * memory. */
char *rf_temporary_kept_name(const char *real, const char *temporary);

#endif
