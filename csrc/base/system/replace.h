/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Replacing a file as a whole: the new content is built in a temporary file beside the old one, which is renamed over
 * it when all of it is there. Until then the old file is not touched.
 *
 * base/system/posix_replace.c and base/system/windows_replace.c implement this.
 */
#ifndef RF_BASE_SYSTEM_REPLACE_H
#define RF_BASE_SYSTEM_REPLACE_H

#include "base/system/platform.h"

/* Which file a name led to, and in which state: equal stamps mean that neither another file was put there nor a byte
 * changed. */
typedef struct rf_file_stamp {
  uint64_t device;
  uint64_t number; /* inode */
  uint64_t size;
  int64_t modified; /* nanoseconds since 1970: last change of the content */
  int64_t changed;  /* the same of content, name or permissions; 0 where the system does not tell. Does not count in
                       rf_file_stamp_equal, nor does what follows */
  uint64_t links;   /* names that the file has */
  bool plain;       /* a regular file: no device */
} rf_file_stamp;

rf_status rf_fd_stamp(rf_fd fd, rf_file_stamp *stamp, rf_error *err);
bool rf_file_stamp_equal(const rf_file_stamp *a, const rf_file_stamp *b);

/* Does `path` name another file than that of the stamp? RF_ERR_NO_FILE: it names none. */
rf_status rf_path_differs(const char *path, const rf_file_stamp *stamp, bool *differs, rf_error *err);

/* Where `path` is at this moment: absolute, all symbolic links followed, also those of folders and a last one that
 * points at nothing yet. Freed with rf_free. */
rf_status rf_path_resolve(const char *path, char **real, rf_error *err);

/* The same for a file that is open, by asking the system what it has opened: NULL where it cannot say. */
char *rf_fd_path(rf_fd fd);

/* Reserves space for `length` bytes from `offset` on without changing the size. RF_OK where the file system cannot
 * reserve; RF_ERR_NO_SPACE where there is not enough. */
rf_status rf_fd_reserve(rf_fd fd, uint64_t offset, uint64_t length, rf_error *err);

/* Makes `to` share the content of `from`, where the file system can. */
bool rf_fd_clone(rf_fd from, rf_fd to);

/* Is there anything under this name, also a symbolic link that leads nowhere? */
bool rf_path_exists(const char *path);

/* Makes the entries of the folder of `path` durable, as far as the system can. */
void rf_path_sync_folder(const char *path);

typedef struct rf_replacement rf_replacement;

/* Creates the temporary file for `real` (from rf_path_resolve), and first removes those that killed writers of the same
 * file have left: theirs are no longer locked. *replacement NULL with RF_OK: `real` is a device and has to be written
 * where it is. RF_ERR_PERMISSION when the old file may not be written, RF_ERR_DIRECTORY when it is a folder. When only
 * the folder refuses new files, *in_place (may be NULL: not wanted) becomes true with the error. */
rf_status rf_replace_open(const char *real, rf_replacement **replacement, bool *in_place, rf_error *err);

/* The temporary file: belongs to the replacement until the commit. */
rf_fd rf_replace_fd(const rf_replacement *replacement);

/* Puts the temporary file in the place of the old one, which gives it its mode, owner, access list and extended
 * attributes. A file that has several hard links, or whose owner or access list the new one cannot get, or that cannot
 * be renamed over, is overwritten instead, after space for all of the new content was reserved. */
typedef struct rf_replace_how {
  bool durable;                  /* sync the file before, its folder afterwards */
  bool only_new;                 /* RF_ERR_EXISTS if there is a file by now */
  const rf_file_stamp *expected; /* NULL, or what the old file must still be. RF_ERR_CHANGED otherwise: the new content
                                    stays beside it under a name that the message gives */
} rf_replace_how;

/* Ends the replacement whatever it returns. *fd is of the file that is in place now. */
rf_status rf_replace_commit(rf_replacement *replacement, const rf_replace_how *how, rf_fd *fd, rf_error *err);

/* Removes the temporary file. NULL is allowed. */
void rf_replace_abort(rf_replacement *replacement);

#endif
