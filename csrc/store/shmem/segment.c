/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/shmem/segment.h"

#include <string.h>

#include "base/system/replace.h"

/* How often to start again because another process has replaced the segment meanwhile. */
#define TRIES 100

/* Seconds to wait for another process that takes a name away, which takes microseconds. */
#define NAME_SECONDS 1.0

static rf_status replaced_again(rf_error *err) {
  return rf_fail(err, RF_ERR_LOCKED, "other processes replace the segment again and again");
}

/* Names the process that builds or edits a segment, whose lock is held. */
static rf_status locked(rf_fd fd, rf_error *err) {
  rf_shmem_header header;
  if (rf_shmem_header_read(fd, &header, NULL) != RF_OK || header.state == RF_SHMEM_WHOLE)
    return rf_fail(err, RF_ERR_LOCKED, "another handle, of this or another process, has the segment open");
  return rf_fail(err, RF_ERR_LOCKED, "process %llu is %s the file in the segment",
                 (unsigned long long)header.writer.number, header.state == RF_SHMEM_BUILDING ? "building" : "editing");
}

static rf_status take(rf_fd fd, uint64_t place, bool exclusive, double seconds, rf_filelock *lock, rf_error *err) {
  switch (rf_filelock_take(fd, NULL, place, exclusive, seconds, lock)) {
  case RF_LOCK_GOT:
    return RF_OK;
  case RF_LOCK_HELD:
    return locked(fd, err);
  default:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "this system cannot lock a segment of shared memory");
  }
}

static rf_status check_whole(const rf_shmem_header *header, rf_error *err) {
  if (header->state == RF_SHMEM_WHOLE)
    return RF_OK;
  return rf_fail(err, RF_ERR_INTERRUPTED,
                 "process %llu ended before it had %s the file in the segment: replace it (\"w+\") or remove it "
                 "(rustfits.shmem.unlink, rf_shmem_unlink())",
                 (unsigned long long)header->writer.number, header->state == RF_SHMEM_BUILDING ? "built" : "edited");
}

rf_status rf_shmem_segment_open(const char *name, bool writing, rf_fd *fd, rf_shmem_header *header, rf_filelock *lock,
                                rf_error *err) {
  for (int i = 0; i < TRIES; i++) {
    RF_TRY(rf_shmem_fd_open(name, writing, fd, err));
    lock->held = false;
    rf_status status = rf_shmem_header_read(*fd, header, err);
    if (status == RF_OK)
      status = take(*fd, RF_LOCK_WHOLE, writing, 0, lock, err);
    bool named = status != RF_OK || rf_shmem_fd_has_name(*fd, name);
    if (status == RF_OK && named)
      status = rf_shmem_header_read(*fd, header, err);
    if (status == RF_OK && named)
      status = check_whole(header, err);
    if (status == RF_OK && named)
      return RF_OK;
    rf_filelock_release(lock);
    (void)rf_fd_close(*fd, NULL);
    if (status != RF_OK)
      return status;
  }
  return replaced_again(err);
}

rf_status rf_shmem_segment_create(rf_fd *fd, rf_shmem_header *header, rf_filelock *lock, rf_error *err) {
  RF_TRY(rf_shmem_fd_create(fd, err));
  *header = (rf_shmem_header){.state = RF_SHMEM_BUILDING, .writer = rf_shmem_this_process()};
  lock->held = false;
  rf_status status = rf_fd_reserve(*fd, 0, RF_SHMEM_FILE_OFFSET, err);
  if (status == RF_OK)
    status = rf_fd_truncate(*fd, RF_SHMEM_FILE_OFFSET, err);
  if (status == RF_OK)
    status = rf_shmem_header_write(*fd, header, err);
  if (status == RF_OK)
    status = take(*fd, RF_LOCK_WHOLE, true, 0, lock, err);
  if (status != RF_OK)
    (void)rf_fd_close(*fd, NULL);
  return status;
}

/* ---- names ---- */

/* A segment that has a name, which only the holder of this may take away. */
typedef struct holder {
  rf_fd fd;
  rf_filelock name;
  rf_filelock use; /* keeps writers out */
} holder;

static void let_go(holder *h) {
  rf_filelock_release(&h->use);
  rf_filelock_release(&h->name);
  (void)rf_fd_close(h->fd, NULL);
}

/* `foreign` is the status if the segment is of another program. */
static rf_status hold(const char *name, rf_status foreign, holder *h, rf_error *err) {
  for (int i = 0; i < TRIES; i++) {
    RF_TRY(rf_shmem_fd_open(name, true, &h->fd, err));
    h->name.held = h->use.held = false;
    rf_status status = RF_OK;
    if (!rf_shmem_is_ours(h->fd))
      status = rf_fail(err, foreign, "is a segment of another program: it has no header of rustfits");
    if (status == RF_OK)
      status = take(h->fd, RF_LOCK_NAME, true, NAME_SECONDS, &h->name, err);
    if (status == RF_OK)
      status = take(h->fd, RF_LOCK_WHOLE, false, 0, &h->use, err);
    if (status == RF_OK && rf_shmem_fd_has_name(h->fd, name))
      return RF_OK;
    let_go(h);
    if (status != RF_OK)
      return status;
  }
  return replaced_again(err);
}

/* Keeps an error to itself that the caller does not report. */
static rf_status report(rf_status status, const rf_error *local, rf_error *err) {
  if (status != RF_OK && err != NULL && err->code == RF_OK)
    *err = *local;
  return status;
}

static rf_status exists(rf_error *err) {
  return rf_fail(err, RF_ERR_EXISTS, "the segment already exists");
}

rf_status rf_shmem_segment_may_publish(const char *name, bool only_new, rf_error *err) {
  holder h;
  rf_error local;
  rf_error_clear(&local);
  rf_status status = hold(name, RF_ERR_EXISTS, &h, &local);
  if (status == RF_ERR_NO_FILE)
    return RF_OK;
  if (status == RF_OK)
    let_go(&h);
  if (status == RF_OK && only_new)
    return exists(err);
  return report(status, &local, err);
}

bool rf_shmem_segment_clear_draft(const char *name) {
  rf_fd fd;
  rf_filelock lock;
  if (strncmp(name, RF_SHMEM_DRAFT, strlen(RF_SHMEM_DRAFT)) != 0)
    return false;
  if (rf_shmem_fd_open(name, true, &fd, NULL) != RF_OK)
    return true;
  /* A live process holds the lock of its draft. */
  bool left = rf_shmem_is_ours(fd) && take(fd, RF_LOCK_WHOLE, true, 0, &lock, NULL) == RF_OK;
  if (left && rf_shmem_fd_has_name(fd, name))
    (void)rf_shmem_unlink_name(name, NULL);
  if (left)
    rf_filelock_release(&lock);
  (void)rf_fd_close(fd, NULL);
  return true;
}

static rf_status clear_draft(void *user, const char *name, rf_error *err) {
  (void)user, (void)err;
  (void)rf_shmem_segment_clear_draft(name);
  return RF_OK;
}

rf_status rf_shmem_segment_publish(rf_fd fd, const char *name, bool only_new, rf_error *err) {
  for (int i = 0; i < TRIES; i++) {
    holder h;
    rf_error local;
    rf_status status = rf_shmem_fd_link(fd, name, false, err);
    if (status != RF_ERR_EXISTS)
      return status;
    if (only_new)
      return exists(err);
    rf_error_clear(&local);
    status = hold(name, RF_ERR_EXISTS, &h, &local);
    if (status == RF_ERR_NO_FILE)
      continue;
    if (status != RF_OK)
      return report(status, &local, err);
    (void)rf_shmem_visit_names(clear_draft, NULL, NULL);
    status = rf_shmem_fd_link(fd, name, true, err);
    let_go(&h);
    return status;
  }
  return replaced_again(err);
}

rf_status rf_shmem_segment_remove(const char *name, const rf_fd *own, rf_error *err) {
  holder h;
  RF_TRY(hold(name, RF_ERR_NOT_FITS, &h, err));
  rf_status status = own == NULL || rf_shmem_fd_has_name(*own, name) ? rf_shmem_unlink_name(name, err) : RF_OK;
  let_go(&h);
  return status;
}
