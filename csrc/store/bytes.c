/* SPDX-License-Identifier: BSD-3-Clause */
#include "rustfits/lowlevel/bytes.h"

#include "base/memory.h"
#include "store/open.h"
#include "store/options.h"
#include "store/store.h"

struct rf_bytes {
  rf_store *store;
};

rf_status rf_bytes_open(const char *name, rf_mode mode, const rf_options *options, rf_bytes **bytes, rf_error *err) {
  rf_settings settings;
  rf_error_clear(err);
  if (name == NULL || *name == '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a file name, found none");
  if (mode != RF_MODE_READ && mode != RF_MODE_READ_WRITE && mode != RF_MODE_CREATE)
    return rf_fail(err, RF_ERR_ARGUMENT, "invalid rf_mode %d", (int)mode);
  rf_settings_take(&settings, options);
  rf_bytes *opened = rf_alloc_zero(1, sizeof *opened);
  if (opened == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to open a file");
  rf_status status = rf_store_open(name, mode, &settings.options, &opened->store, err);
  if (status != RF_OK) {
    rf_free(opened);
    return rf_error_locate(err, status, name, -1);
  }
  *bytes = opened;
  return RF_OK;
}

rf_status rf_bytes_close(rf_bytes *bytes, rf_error *err) {
  rf_error_clear(err);
  if (bytes == NULL)
    return RF_OK;
  rf_status status = rf_store_close(bytes->store, err);
  rf_free(bytes);
  return status;
}

void rf_bytes_discard(rf_bytes *bytes) {
  rf_store_discard(bytes->store);
}

int rf_bytes_is_writable(const rf_bytes *bytes) {
  return bytes->store->writable;
}

rf_status rf_bytes_get_size(rf_bytes *bytes, uint64_t *size, rf_error *err) {
  rf_error_clear(err);
  return rf_store_size(bytes->store, size, err);
}

rf_status rf_bytes_read(rf_bytes *bytes, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  rf_error_clear(err);
  return rf_store_read_at(bytes->store, offset, buffer, n, got, err);
}

rf_status rf_bytes_peek(rf_bytes *bytes, uint64_t offset, size_t n, const uint8_t **content, rf_error *err) {
  rf_error_clear(err);
  return rf_store_peek(bytes->store, offset, n, content, err);
}

rf_status rf_bytes_write(rf_bytes *bytes, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  rf_error_clear(err);
  return rf_store_write(bytes->store, offset, buffer, n, err);
}

rf_status rf_bytes_set_size(rf_bytes *bytes, uint64_t size, rf_error *err) {
  rf_error_clear(err);
  return rf_store_truncate(bytes->store, size, err);
}

rf_status rf_bytes_move(rf_bytes *bytes, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  rf_error_clear(err);
  return rf_store_move(bytes->store, from, to, n, err);
}

rf_status rf_bytes_sync(rf_bytes *bytes, rf_error *err) {
  rf_error_clear(err);
  return rf_store_sync(bytes->store, err);
}
