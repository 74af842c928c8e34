/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/core.h"

#include "file/bytes.h"
#include "file/source.h"

static rf_status open_content(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                              void **state, rf_error *err) {
  (void)name, (void)mode, (void)options, (void)err;
  *state = driver->user;
  return RF_OK;
}

static rf_status close_content(void *state, rf_error *err) {
  (void)state, (void)err;
  return RF_OK;
}

/* Copies what `status` and the stack say into an rf_error. */
static rf_status failed(rf_error *err) {
  if (err != NULL) {
    err->code = RF_ERR_IO;
    (void)ffgmsg(err->message);
  }
  return RF_ERR_IO;
}

static rf_status read_content(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  int status = 0;
  if (cf_source_read(state, (LONGLONG)offset, n, buffer, got, &status) > 0)
    return failed(err);
  return RF_OK;
}

static rf_status get_content_size(void *state, uint64_t *size, rf_error *err) {
  LONGLONG bytes = 0;
  int status = 0;
  if (cf_source_size(state, &bytes, &status) > 0)
    return failed(err);
  *size = (uint64_t)bytes;
  return RF_OK;
}

static rf_status peek_content(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  (void)err;
  *bytes = cf_source_peek(state, (LONGLONG)offset, n);
  return *bytes != NULL ? RF_OK : RF_ERR_UNSUPPORTED;
}

static const rf_driver_ops content_ops = {
    .size = sizeof content_ops,
    .open = open_content,
    .close = close_content,
    .read_at = read_content,
    .get_size = get_content_size,
    .peek = peek_content,
};

rf_file *cf_core(fitsfile *fptr, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  rf_error err;
  if (cf_flush(fptr, status) > 0)
    return NULL;
  if (file->core != NULL && file->core_writes == file->writes)
    return file->core;
  (void)rf_file_free(file->core, NULL);
  file->core = NULL;
  const rf_driver driver = {.size = sizeof driver, .scheme = "cfitsio", .ops = &content_ops, .user = file};
  if (rf_file_open_driver(&driver, fptr->Fptr->filename, RF_MODE_READ, NULL, &file->core, &err) != RF_OK)
    (void)cf_fail_core(status, READ_ERROR, &err);
  file->core_writes = file->writes;
  return file->core;
}
