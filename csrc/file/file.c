/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening and closing of files, and the file as bytes.
 */
#include "file/file.h"

#include <string.h>

#include "base/memory.h"
#include "base/versioned.h"
#include "file/warning.h"
#include "store/options.h"
#include "store/open.h"
#include "file/access.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

/* --- opening and closing --- */

static void free_file(rf_file *file) {
  for (size_t i = 0; i < file->hdu_count; i++) {
    rf_hdu_clear(file->hdus[i]);
    rf_free(file->hdus[i]);
  }
  rf_free(file->hdus);
  rf_free(file->name);
  rf_free(file->warnings);
  rf_free(file->making_header);
  rf_free(file->making_data);
  for (size_t i = 0; i < file->session_count; i++)
    file->sessions[i].ops->free_session(file->sessions[i].session);
  rf_free(file->sessions);
  rf_mutex_destroy(&file->index_lock);
  rf_mutex_destroy(&file->scan_lock);
  if (file->shared != NULL)
    rf_shared_release(file->shared);
  rf_free(file);
}

/* Creates both locks, or none. */
static bool init_locks(rf_file *file) {
  if (!rf_mutex_init(&file->scan_lock))
    return false;
  if (rf_mutex_init(&file->index_lock))
    return true;
  rf_mutex_destroy(&file->scan_lock);
  return false;
}

static rf_status new_file(const rf_hdu_ops *const *kinds, const rf_settings *settings, rf_file **out, rf_error *err) {
  rf_file *file = rf_alloc_zero(1, sizeof *file);
  if (file == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a file handle");
  atomic_init(&file->holders, 1);
  file->kinds = kinds;
  file->options = settings->options;
  file->limits = settings->limits;
  file->options.limits = &file->limits;
  file->options.remote = NULL;
  file->options.schemes = NULL;
  file->options.index_path = NULL;
  rf_error_clear(&file->scan_error);
  if (!init_locks(file)) {
    rf_free(file);
    return rf_fail(err, RF_ERR_MEMORY, "cannot create a lock");
  }
  *out = file;
  return RF_OK;
}

/* Takes over the store and reads the first header. Frees the file on failure. */
static rf_status begin_file(rf_file *file, rf_store *store, rf_mode mode, rf_file **out, rf_error *err) {
  rf_status status = RF_OK;
  rf_file_stamp opened;
  bool alone = true;
  file->store = store;
  file->in_order = store->profile.in_order;
  file->atomic = store->profile.at_close || (file->options.flags & RF_OPEN_ATOMIC) != 0;
  file->name = rf_strdup(store->name);
  if (file->name == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate a file name");
  else
    status = rf_shared_join(rf_store_opened(store, &opened) ? &opened : NULL, &file->shared, &alone, err);
  if (status == RF_OK) {
    status = rf_file_begin_use(file, mode == RF_MODE_CREATE, alone, err);
    if (status != RF_OK)
      rf_shared_leave(file->shared);
  }
  if (status == RF_OK && store->notice != NULL) {
    rf_error finished = *store->notice;
    rf_file_add_warning(file, RF_WARNING_FINISHED, SIZE_MAX, &finished);
  }
  if (status != RF_OK) {
    rf_store_discard(store);
    (void)rf_store_close(store, NULL);
    free_file(file);
    return status;
  }
  *out = file;
  return RF_OK;
}

static bool is_mode(rf_mode mode) {
  return mode == RF_MODE_READ || mode == RF_MODE_READ_WRITE || mode == RF_MODE_CREATE;
}

/* What opens a file: at most one is not NULL. Both NULL: the driver of the scheme. */
typedef struct opener {
  const rf_driver *driver;
  const rf_transport *transport;
} opener;

static rf_status open_store(const opener *by, const char *name, rf_mode mode, const rf_options *options,
                            rf_store **store, rf_error *err) {
  if (by->driver != NULL)
    return rf_store_open_driver(by->driver, name, mode, options, store, err);
  if (by->transport != NULL)
    return rf_store_open_transport(by->transport, name, mode, options, store, err);
  return rf_store_open(name, mode, options, store, err);
}

static rf_status open_file(const rf_hdu_ops *const *kinds, const opener *by, const char *name, rf_mode mode,
                           const rf_options *options, rf_file **file, rf_error *err) {
  rf_file *opened;
  rf_store *store = NULL;
  rf_settings settings;
  if (!is_mode(mode))
    return rf_fail(err, RF_ERR_ARGUMENT, "invalid rf_mode %d", (int)mode);
  rf_settings_take(&settings, options);
  RF_TRY(new_file(kinds, &settings, &opened, err));
  if (mode == RF_MODE_CREATE)
    settings.options.flags |= RF_OPEN_UNCUT;
  rf_status status = open_store(by, name, mode, &settings.options, &store, err);
  if (status != RF_OK) {
    free_file(opened);
    return status;
  }
  return begin_file(opened, store, mode, file, err);
}

rf_status rf_file_open_with(const rf_hdu_ops *const *kinds, const char *name, rf_mode mode, const rf_options *options,
                            rf_file **file, rf_error *err) {
  rf_error_clear(err);
  const opener by = {.driver = NULL};
  return open_file(kinds, &by, name, mode, options, file, err);
}

rf_status rf_file_open_driver_with(const rf_hdu_ops *const *kinds, const rf_driver *driver, const char *name,
                                   rf_mode mode, const rf_options *options, rf_file **file, rf_error *err) {
  rf_error_clear(err);
  if (driver == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a driver, found NULL");
  const opener by = {.driver = driver};
  return open_file(kinds, &by, name, mode, options, file, err);
}

rf_status rf_file_open_transport_with(const rf_hdu_ops *const *kinds, const rf_transport *transport, const char *name,
                                      rf_mode mode, const rf_options *options, rf_file **file, rf_error *err) {
  rf_error_clear(err);
  if (transport == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a transport, found NULL");
  const opener by = {.transport = transport};
  return open_file(kinds, &by, name, mode, options, file, err);
}

/* Opens bytes in memory, as a copy or as they are. */
static rf_status open_memory(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, rf_mode mode, bool copied,
                             const rf_options *options, rf_file **file, rf_error *err) {
  rf_file *opened;
  rf_store *store = NULL;
  rf_settings settings;
  rf_settings_take(&settings, options);
  RF_TRY(new_file(kinds, &settings, &opened, err));
  rf_status status = copied ? rf_store_open_bytes(bytes, n, &settings.options, &store, err)
                            : rf_store_open_view(bytes, n, &settings.options, &store, err);
  if (status != RF_OK) {
    free_file(opened);
    return status;
  }
  return begin_file(opened, store, mode, file, err);
}

rf_status rf_file_open_bytes_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, rf_mode mode,
                                  const rf_options *options, rf_file **file, rf_error *err) {
  rf_error_clear(err);
  if (mode != RF_MODE_READ && mode != RF_MODE_READ_WRITE)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected RF_MODE_READ or RF_MODE_READ_WRITE, found rf_mode %d", (int)mode);
  return open_memory(kinds, bytes, n, mode, true, options, file, err);
}

rf_status rf_file_open_view_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, const rf_options *options,
                                 rf_file **file, rf_error *err) {
  rf_error_clear(err);
  return open_memory(kinds, bytes, n, RF_MODE_READ, false, options, file, err);
}

/* Closes the store, after everything was written. Exclusive lock held. */
static rf_status close_store(rf_file *file, rf_status status, rf_error *err) {
  file->closed = true;
  if (file->tainted || file->discarded || status != RF_OK) /* an incomplete edit must not replace a complete file */
    rf_store_discard(file->store);
  rf_file_append_forget_locked(file);
  rf_status closed = rf_store_close(file->store, err);
  file->store = NULL;
  if (file->shared->writer == file)
    file->shared->writer = NULL;
  rf_shared_leave(file->shared);
  return status == RF_OK ? closed : status;
}

/* Flushes pending work. If another handle has written since, it has flushed it. */
static rf_status flush_pending(rf_file *file, rf_error *err) {
  bool written = false;
  if (!file->tainted)
    rf_file_append_abort_locked(file);
  if (file->tainted && !file->discarded)
    return rf_fail(err, RF_ERR_TAINTED, "the file is closed, but an earlier write failed halfway, so that %s: %s",
                   file->shared->identified ? "it may contain half of an edit"
                                            : "it contains nothing that was written since",
                   file->taint);
  if (file->discarded || !file->store->writable || file->seen_writes != file->shared->writes ||
      !rf_file_has_pending(file))
    return RF_OK;
  RF_TRY(rf_file_may_write_locked(file, err));
  rf_status status = rf_file_flush_locked(file, &written, err);
  rf_shared_wrote(file->shared, file, file->store);
  file->seen_writes = file->shared->writes;
  return status;
}

rf_status rf_file_close(rf_file *file, rf_error *err) {
  rf_status status = RF_OK;
  rf_error_clear(err);
  rf_rwlock_write(&file->shared->lock);
  if (!file->closed && rf_file_is_abandoned(file)) {
    /* The state of the other thread's write is unknown. The descriptor is closed when the process ends. */
    file->closed = true;
    file->store = NULL;
    if (file->shared->writer == file)
      file->shared->writer = NULL;
    rf_shared_leave(file->shared);
  }
  if (!file->closed) {
    file->changing = rf_fork_count() + 1;
    status = close_store(file, flush_pending(file, err), err);
    file->changing = 0;
  }
  rf_rwlock_write_unlock(&file->shared->lock);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

rf_status rf_file_discard(rf_file *file, rf_error *err) {
  rf_error_clear(err);
  rf_rwlock_write(&file->shared->lock);
  rf_status status = file->closed ? rf_fail(err, RF_ERR_CLOSED, "the file is closed") : RF_OK;
  file->discarded = true;
  rf_rwlock_write_unlock(&file->shared->lock);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

void rf_file_hold(rf_file *file) {
  atomic_fetch_add_explicit(&file->holders, 1, memory_order_relaxed);
}

void rf_file_drop(rf_file *file) {
  if (atomic_fetch_sub_explicit(&file->holders, 1, memory_order_acq_rel) == 1)
    free_file(file);
}

rf_status rf_file_free(rf_file *file, rf_error *err) {
  if (file == NULL) {
    rf_error_clear(err);
    return RF_OK;
  }
  rf_status status = rf_file_close(file, err);
  rf_file_drop(file);
  return status;
}

/* --- the file as bytes --- */

/* Finds out whether the file is writable and has pending work. Takes the lock only meanwhile. */
static rf_status find_pending(rf_file *file, bool *writable, bool *pending, rf_error *err) {
  RF_TRY(rf_file_begin_read(file, err));
  *writable = file->store->writable;
  *pending = *writable && rf_file_has_pending(file);
  rf_file_end_read(file);
  return RF_OK;
}

static rf_status sync_file(rf_file *file, rf_error *err) {
  bool written = false, flushed = false;
  RF_TRY(rf_file_begin_append(file, err)); /* an incomplete HDU must not become durable */
  rf_status status = rf_file_flush_locked(file, &written, err);
  flushed = status == RF_OK;
  if (flushed)
    status = rf_store_sync(file->store, err);
  rf_file_end_write(file, status, written && !flushed); /* a failed sync loses nothing */
  return status;
}

rf_status rf_file_sync(rf_file *file, rf_error *err) {
  bool writable, pending;
  rf_error_clear(err);
  rf_status status = find_pending(file, &writable, &pending, err);
  if (status == RF_OK && writable)
    status = sync_file(file, err);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

static rf_status flush_file(rf_file *file, rf_error *err) {
  bool written = false;
  RF_TRY(rf_file_begin_write(file, err));
  rf_status status = rf_file_flush_locked(file, &written, err);
  rf_file_end_write(file, status, written);
  return status;
}

rf_status rf_file_flush(rf_file *file, rf_error *err) {
  bool writable, pending;
  rf_error_clear(err);
  rf_status status = find_pending(file, &writable, &pending, err);
  if (status == RF_OK && pending)
    status = flush_file(file, err);
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

const char *rf_file_get_name(const rf_file *file) {
  return file->name;
}

uint64_t rf_file_get_generation(const rf_file *file) {
  return atomic_load(&file->shared->generation);
}

uintptr_t rf_file_get_identity(const rf_file *file) {
  return (uintptr_t)file->shared;
}

int rf_file_is_atomic(const rf_file *file) {
  return file->atomic;
}

int rf_file_is_stream(const rf_file *file) {
  return file->in_order;
}

int rf_file_can_change(const rf_file *file) {
  return file->shared->identified;
}

rf_status rf_file_get_remote_stats(rf_file *file, rf_remote_stats *stats, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    if (!rf_store_stats(file->store, stats))
      status = rf_fail(err, RF_ERR_TYPE, "the file is not remote");
    rf_file_end_read(file);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

rf_status rf_file_get_content_id(rf_file *file, rf_content_id *id, rf_error *err) {
  rf_content_id all = {0};
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK)
    status = rf_file_end_read_of(file, RF_NO_HDU, rf_store_identify(file->store, &all, err), err);
  if (status != RF_OK)
    return rf_error_locate(err, status, file->name, -1);
  rf_struct_give(id, &all, sizeof all);
  return RF_OK;
}

rf_status rf_file_get_size(rf_file *file, uint64_t *size, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_store_size(file->store, size, err);
    /* Unpublished HDUs do not count. */
    if (status == RF_OK && file->making > 0) {
      uint64_t end = file->hdus[file->hdu_count - file->making]->header_offset - file->making_missing;
      *size = *size < end ? *size : end;
    }
    status = rf_file_end_read_of(file, RF_NO_HDU, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

rf_status rf_file_read_bytes(rf_file *file, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_store_read(file->store, offset, buffer, n, err);
    status = rf_file_end_read_of(file, RF_NO_HDU, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}

/* --- mappings --- */

struct rf_map {
  rf_mapping mapping;
};

static rf_status map_locked(rf_file *file, size_t index, size_t n, rf_mapping *mapping, rf_error *err) {
  rf_hdu *hdu;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (n > hdu->data_bytes)
    return rf_fail(err, RF_ERR_RANGE, "expected at most %llu bytes, the size of the data unit, found %zu",
                   (unsigned long long)hdu->data_bytes, n);
  return rf_store_map(file->store, hdu->data_offset, n, mapping, err);
}

rf_status rf_hdu_map(rf_file *file, size_t index, size_t n, rf_map **map, const void **bytes, rf_error *err) {
  rf_map *made = rf_alloc_zero(1, sizeof *made);
  rf_error_clear(err);
  rf_status status = made != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate a mapping");
  if (status == RF_OK && n == 0)
    status = rf_fail(err, RF_ERR_ARGUMENT, "expected at least 1 byte to map, found 0");
  if (status == RF_OK)
    status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = map_locked(file, index, n, &made->mapping, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  if (status != RF_OK) {
    rf_map_free(made);
    return rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
  }
  *map = made;
  *bytes = made->mapping.bytes;
  return RF_OK;
}

void rf_map_free(rf_map *map) {
  if (map == NULL)
    return;
  if (map->mapping.end != NULL)
    map->mapping.end(&map->mapping);
  rf_free(map);
}
