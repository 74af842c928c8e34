/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The registry of open files by device and inode, and the check of size and time of a file.
 */
#include "file/shared.h"

#include "base/memory.h"
#include "store/trailer/open.h"

#define BUCKETS 256

/* Resolution of the clock of a file system, in nanoseconds: two changes within it can have the same time. */
#define CLOCK_STEP INT64_C(20000000)

static rf_mutex registry_lock = RF_MUTEX_INIT;
static rf_shared *registry[BUCKETS];

/* ---- the registry ---- */

static rf_shared **bucket_of(uint64_t device, uint64_t number) {
  uint64_t mixed = (number ^ device * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0x9E3779B97F4A7C15);
  return &registry[mixed >> 56];
}

static bool is_recent(const rf_file_stamp *stamp) {
  int64_t now = rf_time_of_day();
  return stamp->modified > now - CLOCK_STEP && stamp->modified < now + CLOCK_STEP;
}

/* Creates all locks, or none. */
static bool init_locks(rf_shared *shared) {
  if (!rf_rwlock_init(&shared->lock))
    return false;
  if (rf_mutex_init(&shared->made_lock)) {
    if (rf_cond_init(&shared->made))
      return true;
    rf_mutex_destroy(&shared->made_lock);
  }
  rf_rwlock_destroy(&shared->lock);
  return false;
}

static rf_status make_shared(const rf_file_stamp *opened, rf_shared **shared, rf_error *err) {
  rf_shared *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a file handle");
  if (!init_locks(made)) {
    rf_free(made);
    return rf_fail(err, RF_ERR_MEMORY, "cannot create a lock");
  }
  made->open = 1;
  atomic_init(&made->generation, 1); /* 0: no generation */
  made->users = 1;
  if (opened != NULL) {
    made->identified = true;
    made->device = opened->device;
    made->number = opened->number;
    made->stamp = *opened;
    made->recent = is_recent(opened);
    atomic_store_explicit(&made->tick, rf_time_coarse(), memory_order_relaxed);
  }
  *shared = made;
  return RF_OK;
}

rf_status rf_shared_join(const rf_file_stamp *opened, rf_shared **shared, bool *alone, rf_error *err) {
  *alone = true;
  if (opened == NULL)
    return make_shared(NULL, shared, err);
  rf_status status = RF_OK;
  rf_shared **bucket = bucket_of(opened->device, opened->number), *found;
  rf_mutex_lock(&registry_lock);
  /* While a descriptor is open, no other file gets its inode: an equal entry is this file. */
  for (found = *bucket; found != NULL && (found->number != opened->number || found->device != opened->device);)
    found = found->next;
  if (found != NULL) {
    found->open++;
    found->users++;
    *alone = false;
  } else {
    status = make_shared(opened, &found, err);
    if (status == RF_OK) {
      found->next = *bucket;
      *bucket = found;
    }
  }
  rf_mutex_unlock(&registry_lock);
  *shared = found;
  return status;
}

void rf_shared_leave(rf_shared *shared) {
  rf_mutex_lock(&registry_lock);
  if (--shared->open == 0 && shared->identified) {
    rf_shared **place = bucket_of(shared->device, shared->number);
    while (*place != NULL && *place != shared)
      place = &(*place)->next;
    if (*place != NULL)
      *place = shared->next;
  }
  rf_mutex_unlock(&registry_lock);
}

void rf_shared_release(rf_shared *shared) {
  rf_mutex_lock(&registry_lock);
  bool last = --shared->users == 0;
  rf_mutex_unlock(&registry_lock);
  if (!last)
    return;
  rf_cond_destroy(&shared->made);
  rf_mutex_destroy(&shared->made_lock);
  rf_rwlock_destroy(&shared->lock);
  rf_free(shared);
}

/* ---- unpublished HDUs ---- */

void rf_shared_wait_for_made(rf_shared *shared) {
  rf_mutex_lock(&shared->made_lock);
  uint64_t seen = shared->made_count;
  rf_mutex_unlock(&shared->made_lock);
  rf_rwlock_write_unlock(&shared->lock);
  rf_mutex_lock(&shared->made_lock);
  while (shared->made_count == seen)
    rf_cond_wait(&shared->made, &shared->made_lock);
  rf_mutex_unlock(&shared->made_lock);
}

void rf_shared_tell_made(rf_shared *shared) {
  rf_mutex_lock(&shared->made_lock);
  shared->made_count++;
  rf_mutex_unlock(&shared->made_lock);
  rf_cond_broadcast(&shared->made);
}

/* ---- size and time ---- */

static bool is_same_content(const rf_file_stamp *a, const rf_file_stamp *b) {
  return a->size == b->size && a->modified == b->modified;
}

bool rf_shared_is_as_seen(rf_shared *shared, rf_store *store) {
  rf_file_stamp now;
  if (!shared->identified)
    return true;
  atomic_store_explicit(&shared->tick, rf_time_coarse(), memory_order_relaxed);
  return !shared->recent && rf_store_stamp(store, &now, NULL) == RF_OK && is_same_content(&now, &shared->stamp);
}

bool rf_shared_was_just_seen(rf_shared *shared) {
  return !shared->identified ||
         (!shared->recent && atomic_load_explicit(&shared->tick, memory_order_relaxed) == rf_time_coarse());
}

bool rf_shared_was_as_seen(rf_shared *shared, rf_store *store) {
  rf_file_stamp then;
  if (!shared->identified)
    return true;
  return rf_store_stamp_behind(store, &then) && !shared->recent && is_same_content(&then, &shared->stamp);
}

bool rf_shared_is_probably_as_seen(rf_shared *shared, rf_store *store) {
  if (!shared->identified || atomic_load_explicit(&shared->tick, memory_order_relaxed) == rf_time_coarse())
    return true;
  return rf_shared_is_as_seen(shared, store);
}

rf_status rf_shared_look(rf_shared *shared, rf_store *store, rf_error *err) {
  rf_file_stamp now;
  if (!shared->identified)
    return RF_OK;
  RF_TRY(rf_store_stamp(store, &now, err));
  bool same = is_same_content(&now, &shared->stamp);
  if (!same) {
    RF_TRY(rf_trailer_stamp_whole(store, &now, err));
    same = is_same_content(&now, &shared->stamp);
  }
  atomic_store_explicit(&shared->tick, rf_time_coarse(), memory_order_relaxed);
  if (!same || shared->recent) {
    shared->foreign++;
    if (!same)
      shared->rewrites = shared->foreign;
    if (now.size != shared->stamp.size)
      shared->resized = shared->foreign;
    shared->recent = is_recent(&now);
  }
  shared->stamp = now;
  return RF_OK;
}

void rf_shared_wrote(rf_shared *shared, struct rf_file *writer, rf_store *store) {
  rf_file_stamp now;
  shared->writes++;
  shared->writer = writer;
  if (!shared->identified || !store->touched)
    return;
  shared->recent = false;
  if (rf_store_stamp(store, &now, NULL) == RF_OK)
    shared->stamp = now;
  atomic_store_explicit(&shared->tick, rf_time_coarse(), memory_order_relaxed);
}
