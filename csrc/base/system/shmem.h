/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Segments of POSIX shared memory. Linux keeps them as files of /dev/shm, which shm_open() opens by name. The library
 * opens the same files itself, because it also creates segments without a name and lists names. Other systems are
 * RF_ERR_NOT_BUILT: macOS sets the size of a segment only once, and has no locks on it.
 */
#ifndef RF_BASE_SYSTEM_SHMEM_H
#define RF_BASE_SYSTEM_SHMEM_H

#include "base/system/platform.h"

#if defined(__linux__)
#define RF_HAVE_SHMEM 1
#endif

/* Longest name, in bytes: the limit of shm_open(). */
#define RF_SHMEM_MAX_NAME 253

/* Begins the names that segments have for the moment before rf_shmem_fd_link() replaces another one. A killed process
 * can leave such a segment. */
#define RF_SHMEM_DRAFT ".rustfits-"

/* RF_ERR_ARGUMENT if `name` is empty, too long, "." or "..", contains '/', or begins with RF_SHMEM_DRAFT. */
rf_status rf_shmem_check_name(const char *name, rf_error *err);

/* Opens the segment `name`. RF_ERR_NO_FILE, RF_ERR_PERMISSION; RF_ERR_UNSUPPORTED if it is no regular file. */
rf_status rf_shmem_fd_open(const char *name, bool writing, rf_fd *fd, rf_error *err);

/* Creates an empty segment without a name, for its owner alone. The system frees it with its last descriptor or
 * mapping. */
rf_status rf_shmem_fd_create(rf_fd *fd, rf_error *err);

/* Gives the segment a name. RF_ERR_EXISTS without a message if there is one of this name, unless `replace` is set: the
 * name then leads from the old segment to this one at one moment. */
rf_status rf_shmem_fd_link(rf_fd fd, const char *name, bool replace, rf_error *err);

rf_status rf_shmem_unlink_name(const char *name, rf_error *err);

/* Tells whether `name` leads to the segment. */
bool rf_shmem_fd_has_name(rf_fd fd, const char *name);

/* Calls `visit` with each name in the folder of segments, in no order, until it returns another status than RF_OK. */
rf_status rf_shmem_visit_names(rf_status (*visit)(void *user, const char *name, rf_error *err), void *user,
                               rf_error *err);

/* A process, and when it started, in units of the system: another process with the same number started later. */
typedef struct rf_shmem_process {
  uint64_t number;
  uint64_t start;
} rf_shmem_process;

/* Gets this process. */
rf_shmem_process rf_shmem_this_process(void);

/* Tells whether the process runs. */
bool rf_shmem_process_runs(rf_shmem_process process);

#endif
