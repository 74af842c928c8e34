/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The state that all handles of one file share. All handles of this process on the same local file (device and inode)
 * have one rf_shared, with one lock. Each file in memory, remote file and decoded file has its own.
 */
#ifndef RF_FILE_SHARED_H
#define RF_FILE_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/system/platform.h"
#include "store/store.h"

struct rf_file;

typedef struct rf_shared {
  rf_rwlock lock; /* see file/file.h */
  atomic_uint_least64_t generation;
  uint64_t device, number; /* never change */
  bool identified;         /* a local file, which other programs can change: `stamp` is used. Never changes */
  /* All up to the next comment change only under the exclusive lock. */
  uint64_t writes;        /* calls of any handle that may have written */
  uint64_t foreign;       /* noticed changes by other programs */
  uint64_t rewrites;      /* number of the last of those that is certain (see `recent`) */
  uint64_t resized;       /* number of the last of those that changed the size */
  uint64_t taints;        /* writes that failed halfway */
  struct rf_file *writer; /* the handle of the last write, while it is open: only it can have pending work */
  bool recent;            /* the file changed so shortly before `stamp` that another change may have the same time */
  rf_file_stamp stamp;    /* size and time when last checked */
  atomic_uint_least64_t tick; /* rf_time_coarse() of the last check */
  rf_mutex made_lock;         /* guards made_count; taken with or without `lock` */
  rf_cond made;               /* made_count has changed */
  uint64_t made_count;        /* number of times that unpublished HDUs were published or removed */
  /* These change under the lock of the registry. */
  size_t open;  /* open handles */
  size_t users; /* handles that were not freed */
  struct rf_shared *next;
} rf_shared;

/* Gets the object of the file with this stamp. If `opened` is NULL, it is one that no other handle finds. *alone
 * becomes true if it is new. */
rf_status rf_shared_join(const rf_file_stamp *opened, rf_shared **shared, bool *alone, rf_error *err);

/* Closes a handle. After the last one, a new handle of the file gets a new object. Exclusive lock held. */
void rf_shared_leave(rf_shared *shared);

/* Releases the exclusive lock and waits until another thread has published or removed its HDUs. */
void rf_shared_wait_for_made(rf_shared *shared);

/* Wakes the threads that wait so. */
void rf_shared_tell_made(rf_shared *shared);

/* Frees a handle, and the object with the last one. */
void rf_shared_release(rf_shared *shared);

/* Returns whether size and time of the file are those of the last check. One system call. Lock held, shared or
 * exclusively. */
bool rf_shared_is_as_seen(rf_shared *shared, rf_store *store);

/* Does the same with the result that the last read of this thread has got. Returns false if there is none, or it
 * differs. Lock held, shared or exclusively. */
bool rf_shared_was_as_seen(rf_shared *shared, rf_store *store);

/* Does the same as rf_shared_is_as_seen(), without a system call for some milliseconds after the last check. */
bool rf_shared_is_probably_as_seen(rf_shared *shared, rf_store *store);

/* Returns whether a reliable check took place within some milliseconds. */
bool rf_shared_was_just_seen(rf_shared *shared);

/* Updates the stamp, and counts a change by another program. Returns RF_ERR_CHANGED if that change is running or was
 * interrupted. Exclusive lock held. */
rf_status rf_shared_look(rf_shared *shared, rf_store *store, rf_error *err);

/* Updates the stamp after a write of this process (store->touched: it may have written). Exclusive lock held. */
void rf_shared_wrote(rf_shared *shared, struct rf_file *writer, rf_store *store);

#endif
