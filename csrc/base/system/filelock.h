/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Advisory locks on files between processes. Each lock is on a description of its own: it goes when the process ends,
 * it does not go when another descriptor of the file is closed, and it keeps out other handles of this process too. A
 * child that is forked while a lock is held keeps it until it ends.
 */
#ifndef RF_BASE_SYSTEM_FILELOCK_H
#define RF_BASE_SYSTEM_FILELOCK_H

#include "base/system/platform.h"

/* Bytes far beyond the end of any file, one per purpose. */
#define RF_LOCK_EDIT (UINT64_C(0x7FFFFFFFFFFFFF00))      /* an edit that moves bytes, or what is left of one */
#define RF_LOCK_WHOLE (UINT64_C(0x7FFFFFFFFFFFFF40))     /* a handle that keeps other writers out */
#define RF_LOCK_TEMPORARY (UINT64_C(0x7FFFFFFFFFFFFF80)) /* the writer of a temporary file is alive */
#define RF_LOCK_NAME (UINT64_C(0x7FFFFFFFFFFFFFC0))      /* the name of the file is taken away */

typedef enum rf_lock_answer {
  RF_LOCK_GOT,    /* held until rf_filelock_release */
  RF_LOCK_HELD,   /* another description holds it */
  RF_LOCK_NOWHERE /* locks do not work here (some network file systems): the holder, if any, is unknown */
} rf_lock_answer;

typedef struct rf_filelock {
  rf_fd fd;
  uint64_t place;
  unsigned forks; /* rf_fork_count() when it was taken */
  bool held;
} rf_filelock;

/* Locks `place` of the file behind `fd`, opened once more. `path` (NULL: unknown) leads to it where the system cannot
 * open a descriptor again; a path that leads to another file by now is not followed. An exclusive lock needs the
 * permission to write. Waits up to `seconds` for other holders. Where the system has no locks of byte ranges on a
 * description, the lock is on the whole file, whatever `place` says. */
rf_lock_answer rf_filelock_take(rf_fd fd, const char *path, uint64_t place, bool exclusive, double seconds,
                                rf_filelock *lock);

/* In a forked child, the lock of the parent stays. NULL, and a lock that is not held, are allowed. */
void rf_filelock_release(rf_filelock *lock);

#endif
