/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files of the caller's own driver, and files over memory of the caller.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "check.h"
#include "rustfits.h"

/* ---- a driver: a file in memory that the caller owns ---- */

typedef struct disk {
  uint8_t bytes[64 * 2880];
  size_t size;
  int opened, closed, synced;
  rf_mode mode;
  char name[64];
  rf_status read_fails, open_fails, close_fails;
} disk;

static rf_status disk_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                           void **state, rf_error *err) {
  disk *d = driver->user;
  CHECK(options != NULL && options->limits != NULL);
  if (d->open_fails != RF_OK) {
    if (err != NULL) {
      err->code = d->open_fails;
      snprintf(err->message, sizeof err->message, "the disk is away");
    }
    return d->open_fails;
  }
  d->opened++;
  d->mode = mode;
  snprintf(d->name, sizeof d->name, "%s", name);
  if (mode == RF_MODE_CREATE)
    d->size = 0;
  *state = d;
  return RF_OK;
}

static rf_status disk_close(void *state, rf_error *err) {
  disk *d = state;
  (void)err;
  d->closed++;
  return d->close_fails;
}

static rf_status disk_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  disk *d = state;
  (void)err;
  if (d->read_fails != RF_OK)
    return d->read_fails;
  size_t there = offset < d->size ? d->size - (size_t)offset : 0;
  *got = n < there ? n : there;
  memcpy(buffer, d->bytes + (there > 0 ? (size_t)offset : 0), *got);
  return RF_OK;
}

static rf_status disk_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((disk *)state)->size;
  return RF_OK;
}

static rf_status disk_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  disk *d = state;
  (void)err;
  if (offset > sizeof d->bytes || n > sizeof d->bytes - offset)
    return RF_ERR_NO_SPACE;
  if (offset > d->size)
    memset(d->bytes + d->size, 0, (size_t)offset - d->size);
  memcpy(d->bytes + offset, buffer, n);
  if (offset + n > d->size)
    d->size = (size_t)offset + n;
  return RF_OK;
}

static rf_status disk_truncate(void *state, uint64_t size, rf_error *err) {
  disk *d = state;
  (void)err;
  if (size > sizeof d->bytes)
    return RF_ERR_NO_SPACE;
  if (size > d->size)
    memset(d->bytes + d->size, 0, (size_t)size - d->size);
  d->size = (size_t)size;
  return RF_OK;
}

static rf_status disk_sync(void *state, rf_error *err) {
  (void)err;
  ((disk *)state)->synced++;
  return RF_OK;
}

static disk drive;
static rf_driver_ops ops;
static rf_driver row;

/* Starts with an empty disk and a complete row without a scheme. */
static void begin(void) {
  memset(&drive, 0, sizeof drive);
  ops = (rf_driver_ops){.size = sizeof ops,
                        .open = disk_open,
                        .close = disk_close,
                        .read_at = disk_read_at,
                        .get_size = disk_get_size,
                        .write_at = disk_write_at,
                        .truncate = disk_truncate,
                        .sync = disk_sync};
  row = (rf_driver){.size = sizeof row,
                    .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS | RF_DRIVER_VOLATILE,
                    .ops = &ops,
                    .user = &drive};
}

static rf_status open_disk(rf_mode mode, rf_file **file, rf_error *err) {
  return rf_file_open_driver(&row, "a disk", mode, NULL, file, err);
}

static const float pixels[2][3] = {{1, 2, 3}, {4, 5, 6}};

static rf_status write_pixels(rf_file *file, rf_error *err) {
  const uint64_t axes[2] = {2, 3};
  const rf_image_spec spec = {.size = sizeof spec, .dtype = RF_F32, .naxis = 2, .axes = axes, .extver = 1};
  const rf_image_request request = {
      .size = sizeof request, .dtype = RF_F32, .data = (void *)pixels, .data_bytes = sizeof pixels};
  size_t index;
  rf_status status = rf_image_create(file, &spec, &index, err);
  return status == RF_OK ? rf_image_write(file, index, &request, err) : status;
}

static rf_status read_pixels(rf_file *file, float found[2][3], rf_error *err) {
  const rf_image_request request = {
      .size = sizeof request, .dtype = RF_F32, .data = found, .data_bytes = sizeof pixels};
  return rf_image_read(file, 0, &request, err);
}

static void make_disk(void) {
  rf_error err;
  rf_file *file = NULL;
  begin();
  CHECK_OK(open_disk(RF_MODE_CREATE, &file, &err), err);
  CHECK_OK(write_pixels(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- tests ---- */

static void a_row_without_a_scheme_writes_and_reads(void) {
  rf_error err;
  rf_file *file = NULL;
  float found[2][3];
  make_disk();
  CHECK(drive.opened == 1 && drive.closed == 1 && drive.size == 2 * 2880 && drive.mode == RF_MODE_CREATE);
  CHECK_OK(open_disk(RF_MODE_READ, &file, &err), err);
  CHECK(strcmp(drive.name, "a disk") == 0 && strcmp(rf_file_get_name(file), "a disk") == 0);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK(memcmp(found, pixels, sizeof pixels) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(drive.opened == 2 && drive.closed == 2);
}

static void the_row_may_end_when_the_call_returns(void) {
  rf_error err;
  rf_file *file = NULL;
  float found[2][3];
  make_disk();
  CHECK_OK(open_disk(RF_MODE_READ_WRITE, &file, &err), err);
  memset(&row, 0xA5, sizeof row);
  memset(&ops, 0xA5, sizeof ops);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK_OK(rf_file_sync(file, &err), err);
  CHECK(drive.synced == 1);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(drive.closed == 2);
}

static void smaller_structs_of_older_callers_are_taken(void) {
  rf_error err;
  rf_file *file = NULL;
  float found[2][3];
  make_disk();
  drive.synced = 0;
  row.size = offsetof(rf_driver, user) + sizeof row.user;
  ops.size = offsetof(rf_driver_ops, read_many); /* `sync` is beyond it */
  CHECK_OK(open_disk(RF_MODE_READ_WRITE, &file, &err), err);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK_OK(rf_file_sync(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(drive.synced == 0);
}

static void refuse(rf_status expected, const char *part, rf_mode mode) {
  rf_error err;
  rf_file *file = NULL;
  rf_status status = open_disk(mode, &file, &err);
  CHECK(status == expected && err.code == expected && file == NULL);
  CHECK(strstr(err.message, part) != NULL);
  if (strstr(err.message, part) == NULL)
    fprintf(stderr, "  message: %s\n", err.message);
}

static void incomplete_rows_are_refused(void) {
  rf_error err;
  rf_file *file = NULL;
  begin();
  ops.size = 8;
  refuse(RF_ERR_ARGUMENT, "ops->size", RF_MODE_READ);
  begin();
  row.size = 8;
  refuse(RF_ERR_ARGUMENT, "sizeof(rf_driver)", RF_MODE_READ);
  begin();
  row.ops = NULL;
  refuse(RF_ERR_ARGUMENT, "operations", RF_MODE_READ);
  begin();
  ops.read_at = NULL;
  refuse(RF_ERR_ARGUMENT, "read_at", RF_MODE_READ);
  begin();
  ops.truncate = NULL;
  refuse(RF_ERR_ARGUMENT, "truncate", RF_MODE_READ);
  begin();
  row.flags &= ~(uint32_t)RF_DRIVER_WRITE;
  refuse(RF_ERR_READONLY, "only be read", RF_MODE_READ_WRITE);
  CHECK(drive.opened == 0);
  CHECK(rf_file_open_driver(NULL, "x", RF_MODE_READ, NULL, &file, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_open_driver(&row, "", RF_MODE_READ, NULL, &file, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_open_driver(&row, "x", (rf_mode)77, NULL, &file, &err) == RF_ERR_ARGUMENT);
}

static void failures_of_the_driver_name_the_file(void) {
  begin();
  drive.open_fails = RF_ERR_PERMISSION;
  refuse(RF_ERR_PERMISSION, "a disk: the disk is away", RF_MODE_READ);
  CHECK(drive.closed == 0);
  begin();
  refuse(RF_ERR_NOT_FITS, "a disk", RF_MODE_READ); /* it is empty */
  CHECK(drive.opened == 1 && drive.closed == 1);
  make_disk();
  drive.read_fails = RF_ERR_TIMEOUT; /* without a message */
  refuse(RF_ERR_TIMEOUT, "a disk", RF_MODE_READ);
  CHECK(drive.opened == 2 && drive.closed == 2);
}

static void failures_while_the_file_is_open_reach_the_caller(void) {
  rf_error err;
  rf_file *file = NULL;
  const uint64_t axes[2] = {2000, 3000};
  const rf_image_spec spec = {.size = sizeof spec, .dtype = RF_F32, .naxis = 2, .axes = axes, .extver = 1};
  size_t index;
  begin();
  CHECK_OK(open_disk(RF_MODE_CREATE, &file, &err), err);
  CHECK(rf_image_create(file, &spec, &index, &err) == RF_ERR_NO_SPACE);
  CHECK(strstr(err.message, "a disk") != NULL);
  drive.close_fails = RF_ERR_IO;
  CHECK(rf_file_free(file, &err) != RF_OK && drive.closed == 1);
}

static void compressed_content_is_found_and_written_back(void) {
  static const uint8_t magic[2] = {0x1F, 0x8B};
  rf_error err;
  rf_file *file = NULL;
  float found[2][3];
  begin();
  CHECK_OK(rf_file_open_driver(&row, "a disk.gz", RF_MODE_CREATE, NULL, &file, &err), err);
  CHECK_OK(write_pixels(file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(memcmp(drive.bytes, magic, sizeof magic) == 0);
  CHECK_OK(open_disk(RF_MODE_READ, &file, &err), err);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK(memcmp(found, pixels, sizeof pixels) == 0);
  CHECK_OK(rf_file_free(file, &err), err);
  row.flags &= ~(uint32_t)RF_DRIVER_CODECS;
  refuse(RF_ERR_NOT_FITS, "a disk", RF_MODE_READ);
}

/* ---- memory of the caller ---- */

static void bytes_are_viewed_without_a_copy(void) {
  rf_error err;
  rf_file *file = NULL;
  rf_map *map = NULL;
  const void *mapped = NULL;
  float found[2][3];
  make_disk();
  CHECK_OK(rf_file_open_view(drive.bytes, drive.size, NULL, &file, &err), err);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK(memcmp(found, pixels, sizeof pixels) == 0);
  CHECK_OK(rf_hdu_map(file, 0, sizeof pixels, &map, &mapped, &err), err);
  CHECK(mapped == drive.bytes + 2880);
  CHECK(rf_hdu_add_checksum(file, 0, 0, &err) == RF_ERR_READONLY);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(((const uint8_t *)mapped)[0] == 0x3F); /* 1.0F, big-endian */
  rf_map_free(map);
}

static void short_and_invalid_bytes_are_refused(void) {
  rf_error err;
  rf_file *file = NULL;
  rf_map *map = NULL;
  const void *mapped = NULL;
  make_disk();
  CHECK(rf_file_open_view(NULL, 5, NULL, &file, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_file_open_view(NULL, 0, NULL, &file, &err) == RF_ERR_NOT_FITS);
  CHECK(rf_file_open_view(drive.bytes, 100, NULL, &file, &err) == RF_ERR_TRUNCATED);
  CHECK_OK(rf_file_open_view(drive.bytes, 2880 + 10, NULL, &file, &err), err);
  CHECK(rf_hdu_map(file, 0, sizeof pixels, &map, &mapped, &err) == RF_ERR_TRUNCATED && map == NULL);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- a transport of the caller ---- */

static rf_status disk_fetch(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                            rf_error *err) {
  disk *d = user;
  uint64_t first = 0, n = d->size;
  snprintf(d->name, sizeof d->name, "%s", request->url);
  response->status = request->ranges != NULL ? 206 : 200;
  response->total_size = (int64_t)d->size;
  response->requests = 1;
  for (size_t i = 0; i < (request->ranges != NULL ? request->range_count : 1); i++) {
    if (request->ranges != NULL) {
      first = request->ranges[i].offset;
      n = first < d->size ? d->size - first : 0;
      if (n > request->ranges[i].length)
        n = request->ranges[i].length;
    }
    RF_TRY(receiver->begin(receiver->user, i, response, err));
    RF_TRY(receiver->take(receiver->user, i, d->bytes + first, (size_t)n, err));
  }
  return RF_OK;
}

static void a_transport_needs_no_scheme(void) {
  rf_error err;
  rf_file *file = NULL;
  rf_options options;
  float found[2][3];
  rf_transport transport = {
      .size = sizeof transport, .name = "disk", .user = &drive, .flags = RF_TRANSPORT_RAW_NAMES, .fetch = disk_fetch};
  const char *chain = "cache::vault://a b.fits";
  make_disk();
  CHECK_OK(rf_file_open_transport(&transport, chain, RF_MODE_READ, NULL, &file, &err), err);
  CHECK(strcmp(drive.name, chain) == 0 && strcmp(rf_file_get_name(file), chain) == 0);
  CHECK_OK(read_pixels(file, found, &err), err);
  CHECK(memcmp(found, pixels, sizeof pixels) == 0);
  CHECK_OK(rf_file_free(file, &err), err);

  rf_options_init(&options);
  options.schemes = "cache vault";
  CHECK_OK(rf_file_open_transport(&transport, chain, RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  options.schemes = "cache";
  CHECK(rf_file_open_transport(&transport, chain, RF_MODE_READ, &options, &file, &err) == RF_ERR_SCHEME);
  options.schemes = "vault";
  CHECK(rf_file_open_transport(&transport, chain, RF_MODE_READ, &options, &file, &err) == RF_ERR_SCHEME);
  CHECK_OK(rf_file_open_transport(&transport, "vault://x", RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);

  CHECK(rf_file_open_transport(&transport, chain, RF_MODE_READ_WRITE, NULL, &file, &err) != RF_OK);
  CHECK(rf_file_open_transport(NULL, chain, RF_MODE_READ, NULL, &file, &err) == RF_ERR_ARGUMENT);
  transport.fetch = NULL;
  CHECK(rf_file_open_transport(&transport, chain, RF_MODE_READ, NULL, &file, &err) == RF_ERR_ARGUMENT);
}

/* ---- formats ---- */

static void formats_are_described(void) {
  rf_error err;
  rf_filter_info info = {.size = sizeof info};
  int readable = 0;
  size_t count = 0;
  while (rf_filter_get_info(count, &info, &err) == RF_OK) {
    CHECK(info.name != NULL && (info.can_read || info.hint != NULL) && (info.can_read || !info.can_write));
    readable += info.can_read;
    count++;
  }
  CHECK(err.code == RF_ERR_RANGE && count >= 6 && readable >= 2);
  CHECK_OK(rf_filter_get_info(0, &info, &err), err);
  CHECK(strcmp(info.name, "gzip") == 0 && strcmp(info.suffix, ".gz") == 0 && info.can_write && info.codec != NULL);
  info.can_write = 77;
  info.size = offsetof(rf_filter_info, can_write); /* of an older caller */
  CHECK_OK(rf_filter_get_info(0, &info, &err), err);
  CHECK(info.can_write == 77);
  CHECK(rf_filter_get_info(0, NULL, &err) == RF_ERR_ARGUMENT);
}

/* ---- rows that come and go ---- */

static void rows_can_be_removed(void) {
  rf_error err;
  rf_file *file = NULL;
  const rf_driver *rows[128];
  size_t before, count;
  make_disk();
  row.scheme = "test-disk";
  CHECK_OK(rf_driver_list(rows, 128, &before, &err), err);
  CHECK_OK(rf_driver_register(&row, &err), err);
  CHECK_OK(rf_driver_list(rows, 128, &count, &err), err);
  CHECK(count == before + 1);
  CHECK_OK(rf_file_open("test-disk://x", RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(rf_driver_unregister("test-disk", &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  CHECK(rf_file_open("test-disk://x", RF_MODE_READ, NULL, &file, &err) == RF_ERR_NO_DRIVER);
  CHECK(rf_driver_unregister("test-disk", &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_driver_unregister("file", &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_driver_unregister(NULL, &err) == RF_ERR_NOT_FOUND);
  CHECK_OK(rf_driver_list(rows, 128, &count, &err), err);
  CHECK(count == before);
}

int main(void) {
  RUN(a_row_without_a_scheme_writes_and_reads);
  RUN(the_row_may_end_when_the_call_returns);
  RUN(smaller_structs_of_older_callers_are_taken);
  RUN(incomplete_rows_are_refused);
  RUN(failures_of_the_driver_name_the_file);
  RUN(failures_while_the_file_is_open_reach_the_caller);
  RUN(compressed_content_is_found_and_written_back);
  RUN(bytes_are_viewed_without_a_copy);
  RUN(short_and_invalid_bytes_are_refused);
  RUN(a_transport_needs_no_scheme);
  RUN(formats_are_described);
  RUN(rows_can_be_removed);
  return check_report();
}
