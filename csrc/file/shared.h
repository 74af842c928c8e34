/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the handles of one file have in common. All handles of this process that have the same file of the system open
 * (device and inode) have one rf_shared, with one lock; a file in memory, a remote file and a decoded one have each
 * their own.
 */
#ifndef RF_FILE_SHARED_H
#define RF_FILE_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/system/platform.h"
#include "store/store.h"

struct rf_file;

typedef struct rf_shared {
  rf_rwlock lock; /* file/file.h says who holds it how */
  atomic_uint_least64_t generation;
  uint64_t device, number; /* never change */
  bool identified;         /* a file of the system, which other programs can change: `stamp` counts. Never changes */
  /* All up to the next comment change only under the exclusive lock. */
  uint64_t writes;        /* calls that may have written, by any handle */
  uint64_t foreign;       /* changes by other programs that were noticed */
  uint64_t rewrites;      /* the last of those, by number, that has not only been suspected (see `recent`) */
  uint64_t resized;       /* the last of those that changed the size */
  uint64_t taints;        /* writes that failed half way */
  struct rf_file *writer; /* the handle of the last write, while it is open: the only one that can have put work off */
  bool recent;            /* the file had changed so shortly before `stamp` that another change may look the same */
  rf_file_stamp stamp;    /* as last seen */
  atomic_uint_least64_t tick; /* rf_time_coarse of the last look */
  rf_mutex made_lock;         /* guards made_count; taken with or without `lock` */
  rf_cond made;               /* made_count has changed */
  uint64_t made_count;        /* times that the making of HDUs has ended */
  /* These change under the lock of the registry. */
  size_t open;  /* handles that are open */
  size_t users; /* and those that were not freed */
  struct rf_shared *next;
} rf_shared;

/* The object of the file with this stamp, or one that no other handle finds when `opened` is NULL. *alone: it is new.
 */
rf_status rf_shared_join(const rf_file_stamp *opened, rf_shared **shared, bool *alone, rf_error *err);

/* A handle is closed: what opens the file after the last one begins with a new object. Exclusive lock held. */
void rf_shared_leave(rf_shared *shared);

/* Lets go of the exclusive lock and waits until the making of HDUs, by another thread, has ended once more. */
void rf_shared_wait_for_made(rf_shared *shared);

/* Ends such waiting. */
void rf_shared_tell_made(rf_shared *shared);

/* The handle is freed. */
void rf_shared_release(rf_shared *shared);

/* Is the file as last seen? One question to the system. Lock held either way. */
bool rf_shared_is_as_seen(rf_shared *shared, rf_store *store);

/* The same of a look that the last read of this thread has taken behind it. false: there was none, or it found another
 * file. Lock held either way. */
bool rf_shared_was_as_seen(rf_shared *shared, rf_store *store);

/* As rf_shared_is_as_seen, without a question within some milliseconds of the last. */
bool rf_shared_is_probably_as_seen(rf_shared *shared, rf_store *store);

/* Was it as last seen within some milliseconds, by a look that can be relied on? */
bool rf_shared_was_just_seen(rf_shared *shared);

/* Updates the stamp, and counts a change by another program if there was one. RF_ERR_CHANGED: it is under way or was
 * interrupted. Exclusive lock held. */
rf_status rf_shared_look(rf_shared *shared, rf_store *store, rf_error *err);

/* Takes the file as it is now for what this process has made of it (store->touched: it may have made something).
 * Exclusive lock held. */
void rf_shared_wrote(rf_shared *shared, struct rf_file *writer, rf_store *store);

#endif
