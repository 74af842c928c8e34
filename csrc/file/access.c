/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How calls begin and end: they take the lock, notice changes by other handles and programs, and refuse a file with an
 * incomplete write.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "file/layout.h"
#include "store/trailer/open.h"
#include "file/access.h"
#include "file/compare.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

/* Fails if the file can no longer be used. Lock held. */
static rf_status check_usable(const rf_file *file, rf_error *err) {
  if (file->closed)
    return rf_fail(err, RF_ERR_CLOSED, "the file is closed");
  if (rf_file_is_abandoned(file))
    return rf_fail(err, RF_ERR_TAINTED,
                   "the process was forked while another thread used this handle to write; open the file again");
  if (file->tainted)
    return rf_fail(err, RF_ERR_TAINTED, "an earlier write failed halfway; close the file and open it again (%s)",
                   file->taint);
  if (file->taints != file->shared->taints)
    return rf_fail(err, RF_ERR_TAINTED,
                   "a write through another handle of the file failed halfway; close the file and open it again");
  return RF_OK;
}

/* ---- pending work ---- */

rf_status rf_file_flush_hdu_locked(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err) {
  bool begun = false;
  rf_status status = hdu->pending ? hdu->ops->flush(file, hdu, &begun, err) : RF_OK;
  if (status != RF_OK && begun)
    *written = true;
  return status;
}

rf_status rf_file_flush_locked(rf_file *file, bool *written, rf_error *err) {
  for (size_t i = 0; i < file->hdu_count && !file->tainted && file->store->writable; i++)
    if (!file->hdus[i]->unpublished)
      RF_TRY(rf_file_flush_hdu_locked(file, file->hdus[i], written, err));
  return RF_OK;
}

bool rf_file_has_pending(rf_file *file) {
  bool found = false;
  rf_mutex_lock(&file->scan_lock);
  for (size_t i = 0; i < file->hdu_count && !found; i++)
    found = file->hdus[i]->pending && !file->hdus[i]->unpublished;
  rf_mutex_unlock(&file->scan_lock);
  return found;
}

/* ---- forgetting ---- */

/* Without memory, the sessions are lost and the defaults hold. */
static void keep_sessions(rf_file *file) {
  size_t count = file->session_count;
  for (size_t i = 0; i < file->hdu_count; i++)
    count += file->hdus[i]->session != NULL;
  if (count == file->session_count)
    return;
  rf_kept_session *sessions = rf_realloc(file->sessions, count * sizeof *sessions);
  if (sessions == NULL)
    return;
  file->sessions = sessions;
  for (size_t i = 0; i < file->hdu_count; i++) {
    rf_hdu *hdu = file->hdus[i];
    if (hdu->session == NULL)
      continue;
    hdu->ops->reset_session(hdu->session, true);
    sessions[file->session_count++] = (rf_kept_session){.index = i, .ops = hdu->ops, .session = hdu->session};
    hdu->session = NULL;
  }
}

void rf_file_drop_index(rf_file *file) {
  bool same;
  keep_sessions(file);
  rf_file_append_forget_locked(file);
  for (size_t i = 0; i < file->hdu_count; i++) {
    rf_hdu_clear(file->hdus[i]);
    rf_free(file->hdus[i]);
  }
  file->hdu_count = 0;
  file->known = 0;
  file->ahead_until = 0;
  file->scanned = false;
  file->scan_status = RF_OK;
  rf_error_clear(&file->scan_error);
  file->scan_offset = 0;
  file->block_unsure = false;
  (void)rf_store_forget_head(file->store, 0, &same, NULL);
}

/* Another program has changed the file. rf_file_hdu_locked() compares headers when they are next used; the rest of the
 * state is dropped. */
static rf_status adopt_foreign(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  bool same = true, only_suspected = shared->rewrites <= file->foreign;
  if (file->foreign == shared->foreign)
    return RF_OK;
  uint64_t first = file->hdu_count > 0 ? file->hdus[0]->header_bytes : 0;
  RF_TRY(rf_store_forget_head(file->store, first, &same, err));
  if (!same)
    file->hdus[0]->has_changed = true;
  for (size_t i = 0; i < file->hdu_count && !only_suspected; i++)
    rf_hdu_forget(file->hdus[i]);
  /* The end of the scan stays: only rf_file_refresh() looks for new HDUs. */
  file->foreign = shared->foreign;
  return RF_OK;
}

/* ---- catching up ---- */

static bool is_current(rf_file *file) {
  const rf_shared *shared = file->shared;
  return file->seen_writes == shared->writes && file->foreign == shared->foreign &&
         rf_shared_is_probably_as_seen(file->shared, file->store) && !rf_unpublished_holds(file);
}

static void count_taint(rf_file *file) {
  if (file->taints == file->shared->taints) {
    file->shared->taints++;
    file->taints = file->shared->taints;
  }
}

void rf_file_taint(rf_file *file, const char *why) {
  if (file->tainted)
    return;
  file->tainted = true;
  (void)snprintf(file->taint, sizeof file->taint, "%.*s", (int)sizeof file->taint - 1, why);
}

static void taint_by(rf_file *file, rf_status status, const rf_error *cause) {
  rf_file_taint(file, cause != NULL && cause->code != RF_OK ? cause->message : rf_status_get_name(status));
}

/* Flushes pending work of another handle. If that handle must not write, it fails when it is next used. */
static rf_status flush_other(rf_file *file, rf_error *err) {
  rf_file *writer = file->shared->writer;
  bool written = false;
  if (writer == NULL || writer == file || writer->tainted || !rf_file_has_pending(writer) ||
      rf_file_may_write_locked(writer, NULL) != RF_OK)
    return RF_OK;
  writer->write_error = err;
  rf_status status = rf_file_flush_locked(writer, &written, err);
  if (status != RF_OK && written)
    taint_by(writer, status, err);
  if (writer->tainted)
    count_taint(writer);
  writer->write_error = NULL;
  rf_shared_wrote(file->shared, writer, writer->store);
  writer->seen_writes = file->shared->writes;
  return status;
}

/* Drops state of the handle that other handles or programs made invalid. Exclusive lock held, file usable. */
static rf_status bring_up(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  if (file->seen_writes != shared->writes) {
    RF_TRY(flush_other(file, err));
    rf_file_drop_index(file);
    file->seen_writes = shared->writes;
  }
  return adopt_foreign(file, err);
}

static rf_status catch_up(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  RF_TRY(check_usable(file, err));
  file->changing = rf_fork_count() + 1;
  rf_status status = rf_shared_look(shared, file->store, err);
  if (status == RF_OK)
    status = bring_up(file, err);
  if (status == RF_OK && rf_unpublished_holds(file)) {
    status = rf_unpublished_flush(file, err);
    rf_shared_wrote(shared, file, file->store);
    file->seen_writes = shared->writes;
  }
  file->changing = 0;
  return status;
}

rf_status rf_file_begin_beside(rf_file *file, rf_error *err) {
  return catch_up(file, err);
}

/* ---- opening ---- */

/* Marks the state of a new handle, which has none yet, as valid. */
static void know_present(rf_file *file) {
  const rf_shared *shared = file->shared;
  file->seen_writes = shared->writes;
  file->foreign = shared->foreign;
  file->accepted = shared->foreign;
  file->taints = shared->taints;
  file->named_changed = shared->stamp.changed;
  file->named_links = shared->stamp.links;
}

static rf_status begin_empty(rf_file *file, rf_error *err) {
  uint64_t size = 0;
  rf_status status = RF_OK;
  rf_rwlock_write(&file->shared->lock);
  if (file->shared->identified)
    status = rf_store_size(file->store, &size, err);
  if (status == RF_OK && size > 0) {
    status = rf_store_truncate(file->store, 0, err);
    rf_shared_wrote(file->shared, file, file->store);
    rf_file_count_edit(file);
  }
  file->scanned = true;
  know_present(file);
  rf_rwlock_write_unlock(&file->shared->lock);
  return status;
}

rf_status rf_file_begin_use(rf_file *file, bool create, bool alone, rf_error *err) {
  rf_shared *shared = file->shared;
  rf_hdu *first;
  bool same;
  if (create)
    return begin_empty(file, err);
  if (!alone) { /* another handle may have written since the first bytes were read */
    RF_TRY(rf_store_forget_head(file->store, 0, &same, err));
    rf_rwlock_write(&shared->lock);
    rf_status flushed = flush_other(file, err);
    rf_rwlock_write_unlock(&shared->lock);
    RF_TRY(flushed);
  } else if (file->store->writable && shared->identified && shared->stamp.size % RF_BLOCK_BYTES != 0)
    RF_TRY(rf_store_stamp(file->store, &shared->stamp, err)); /* opening may have completed an edit */
  rf_rwlock_read(&shared->lock);
  know_present(file);
  rf_status status = rf_file_hdu_locked(file, 0, &first, err);
  rf_rwlock_read_unlock(&shared->lock);
  return status;
}

/* ---- reading ---- */

rf_status rf_file_begin_read(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  for (;;) {
    rf_rwlock_read(&shared->lock);
    rf_status status = check_usable(file, err);
    if (status == RF_OK && is_current(file))
      return RF_OK;
    rf_rwlock_read_unlock(&shared->lock);
    RF_TRY(status);
    rf_rwlock_write(&shared->lock);
    status = catch_up(file, err);
    rf_rwlock_write_unlock(&shared->lock);
    RF_TRY(status);
  }
}

void rf_file_end_read(rf_file *file) {
  rf_rwlock_read_unlock(&file->shared->lock);
}

rf_status rf_file_confirm_read(rf_file *file, size_t index, rf_error *err) {
  rf_file_stamp now;
  rf_hdu *hdu;
  if (rf_shared_was_as_seen(file->shared, file->store) || index == RF_NOT_READ ||
      rf_shared_is_as_seen(file->shared, file->store))
    return RF_OK;
  RF_TRY(rf_trailer_stamp_whole(file->store, &now, err));
  if (index == RF_NO_HDU)
    return RF_OK;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  return rf_file_compare_hdu(file, index, hdu, err);
}

rf_status rf_file_end_read_of(rf_file *file, size_t index, rf_status status, rf_error *err) {
  rf_error why;
  rf_error_clear(&why);
  rf_status confirmed = rf_file_confirm_read(file, index, &why);
  rf_rwlock_read_unlock(&file->shared->lock);
  if (confirmed == RF_OK)
    return status;
  if (err != NULL)
    *err = why;
  return confirmed;
}

/* ---- writing ---- */

void rf_file_count_edit(rf_file *file) {
  (void)atomic_fetch_add(&file->shared->generation, 1);
}

static rf_status changed(const char *how, rf_error *err) {
  return rf_fail(err, RF_ERR_CHANGED, "%s since it was opened; nothing was written: close the file and open it again",
                 how);
}

/* Fails if the name leads to another file: writes to a file without a name would be lost. */
static rf_status check_name(rf_file *file, rf_error *err) {
  const rf_file_stamp *now = &file->shared->stamp;
  if (!file->shared->identified || (now->changed == file->named_changed && now->links == file->named_links))
    return RF_OK;
  if (rf_store_is_replaced(file->store, now))
    return changed(now->links == 0 ? "the file was deleted, or replaced by another one under its name,"
                                   : "another file has taken the name of this one",
                   err);
  file->named_changed = now->changed;
  file->named_links = now->links;
  return RF_OK;
}

/* Fails if another program has changed the size or a header, and thus may have moved data. */
static rf_status check_foreign(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  if (file->accepted == shared->foreign)
    return RF_OK;
  if (shared->resized > file->accepted)
    return changed("another program has changed the size of the file", err);
  RF_TRY(adopt_foreign(file, err));
  for (size_t i = 0; i < file->hdu_count; i++)
    RF_TRY(rf_file_compare_hdu(file, i, file->hdus[i], err));
  file->accepted = shared->foreign;
  return RF_OK;
}

rf_status rf_file_may_write_locked(rf_file *file, rf_error *err) {
  RF_TRY(rf_shared_look(file->shared, file->store, err));
  RF_TRY(check_name(file, err));
  return check_foreign(file, err);
}

/* Takes the exclusive lock while no other handle has an unpublished HDU. */
static rf_status lock_to_write(rf_file *file, rf_error *err) {
  rf_shared *shared = file->shared;
  for (;;) {
    rf_rwlock_write(&shared->lock);
    const rf_file *other = shared->writer; /* the handle that makes an HDU is the last writer */
    if (other == NULL || other == file || other->making == 0 || other->maker_forks != rf_fork_count())
      return RF_OK;
    if (other->maker == rf_thread_mark()) {
      rf_rwlock_write_unlock(&shared->lock);
      return rf_fail(err, RF_ERR_ARGUMENT,
                     "another handle of the file has an unpublished HDU: publish or discard it first");
    }
    rf_shared_wait_for_made(shared);
  }
}

static rf_status begin_write_locked(rf_file *file, rf_error *err) {
  RF_TRY(check_usable(file, err));
  if (!file->store->writable)
    return rf_fail(err, RF_ERR_READONLY, "the file was opened for reading only");
  /* Calls in quick succession that make one HDU count as one write. */
  bool goes_on = file->making > 0 && file->maker == rf_thread_mark() && rf_shared_was_just_seen(file->shared);
  if (!goes_on)
    RF_TRY(rf_file_may_write_locked(file, err));
  return bring_up(file, err);
}

rf_status rf_file_begin_publish(rf_file *file, rf_error *err) {
  RF_TRY(lock_to_write(file, err));
  if (file->store != NULL)
    file->store->touched = false;
  rf_status status = begin_write_locked(file, err);
  if (status != RF_OK) {
    rf_rwlock_write_unlock(&file->shared->lock);
    return status;
  }
  file->write_error = err;
  file->changing = rf_fork_count() + 1;
  file->store->lowest_change = UINT64_MAX;
  return RF_OK;
}

rf_status rf_file_begin_write(rf_file *file, rf_error *err) {
  RF_TRY(rf_file_begin_publish(file, err));
  rf_status status = rf_unpublished_flush(file, err);
  if (status != RF_OK)
    rf_file_end_write(file, status, false);
  return status;
}

rf_status rf_file_size_locked(rf_file *file, uint64_t *size, rf_error *err) {
  const rf_shared *shared = file->shared;
  bool is_known =
      shared->identified && file->changing != 0 && file->making == 0 && file->store->lowest_change == UINT64_MAX;
  return is_known && rf_store_size_then(file->store, &shared->stamp, size) ? RF_OK
                                                                           : rf_store_size(file->store, size, err);
}

/* Returns whether only unpublished HDUs changed, which can be removed. */
static bool only_unpublished(const rf_file *file) {
  return file->making > 0 && file->store->lowest_change >= file->hdus[file->hdu_count - file->making]->header_offset;
}

void rf_file_end_write(rf_file *file, rf_status status, bool written) {
  if (status != RF_OK && written && !file->tainted) {
    if (only_unpublished(file))
      rf_file_append_abort_locked(file);
    else
      taint_by(file, status, file->write_error);
  }
  if (file->tainted)
    count_taint(file);
  file->write_error = NULL;
  file->changing = 0;
  rf_shared_wrote(file->shared, file, file->store);
  file->seen_writes = file->shared->writes;
  file->named_changed = file->shared->stamp.changed;
  file->named_links = file->shared->stamp.links;
  rf_rwlock_write_unlock(&file->shared->lock);
}

/* ---- HDUs that other programs appended ---- */

/* Drops the last entry, whose HDU may have changed. The next scan finds it again. */
static void forget_last(rf_file *file) {
  size_t last = file->hdu_count - 1;
  rf_hdu *hdu = file->hdus[last];
  file->scan_offset = hdu->header_offset;
  rf_hdu_clear(hdu);
  rf_free(hdu);
  file->hdu_count = last;
  file->known = file->known < last ? file->known : last;
  file->ahead_until = 0;
  file->block_unsure = false;
  file->scanned = false;
  file->scan_status = RF_OK;
  rf_error_clear(&file->scan_error);
}

static rf_status refresh_locked(rf_file *file, size_t *count, rf_error *err) {
  rf_shared *shared = file->shared;
  bool same;
  RF_TRY(catch_up(file, err));
  if (!shared->identified)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "only plain local files can be refreshed");
  if (file->making > 0 || rf_file_has_pending(file)) {
    RF_TRY(check_foreign(file, err)); /* this handle made the last HDU */
    return rf_file_scan_locked(file, count, err);
  }
  size_t before = file->hdu_count;
  for (size_t i = 0; i + 1 < before; i++)
    RF_TRY(rf_file_compare_hdu(file, i, file->hdus[i], err));
  if (before == 1)
    RF_TRY(rf_store_forget_head(file->store, 0, &same, err));
  if (before > 0)
    forget_last(file);
  rf_status status = rf_file_scan_locked(file, count, err);
  if (*count != before || file->accepted != shared->foreign)
    rf_file_count_edit(file);
  /* An incomplete header after the known HDUs is reported when a call needs it. */
  RF_TRY(*count < before ? status : RF_OK);
  file->accepted = shared->foreign;
  return RF_OK;
}

rf_status rf_file_refresh(rf_file *file, size_t *count, rf_error *err) {
  size_t found = 0;
  rf_error_clear(err);
  rf_rwlock_write(&file->shared->lock);
  rf_status status = refresh_locked(file, &found, err);
  rf_rwlock_write_unlock(&file->shared->lock);
  if (status != RF_OK)
    return rf_error_locate(err, status, file->name, -1);
  rf_error_clear(err);
  if (count != NULL)
    *count = found;
  return RF_OK;
}
