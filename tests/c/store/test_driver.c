/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver suite on each writable driver that is built in, on the codec that writes, and on a row brought at run time
 * that has no more than it must.
 */
#include <fcntl.h>

#include "driver_suite.h"
#include "scratch.h"
#include "store/local/memory.h"

static void file_by_path(void) {
  driver_suite(scratch_path("suite.fits"), true);
}

/* Windows has no question marks in names. */
#if defined(_WIN32)
#define ODD_NAME "a [b]+(c)!%41#de;f.fits"
#else
#define ODD_NAME "a [b]+(c)!%41#d?e;f.fits"
#endif

static void file_by_odd_path(void) {
  driver_suite(scratch_path(ODD_NAME), true);
}

static void file_gzip(void) {
  driver_suite(scratch_path("suite.fits.Gz"), true);
}

#if !defined(_WIN32)
static void file_by_url(void) {
  char here[256], url[1024];
  CHECK(getcwd(here, sizeof here) != NULL);
  snprintf(url, sizeof url, "file://%s/%s", here, scratch_path("by%20url%5b.fits"));
  driver_suite(url, true);
  size_t n;
  free(scratch_read(scratch_path("by url[.fits"), &n));
}

/* The file is built in a spool, and close writes it behind what the descriptor has. */
static void descriptor(void) {
  char name[32];
  int fd = open(scratch_path("by-descriptor"), O_RDWR | O_CREAT, 0600);
  CHECK(fd >= 0 && write(fd, "before", 6) == 6);
  snprintf(name, sizeof name, "fd://%d", fd);
  driver_suite(name, false);
  CHECK(close(fd) == 0);
  size_t n;
  uint8_t *bytes = scratch_read(scratch_path("by-descriptor"), &n);
  CHECK(n > 3000 && memcmp(bytes, "beforeSIMPLE  =", 15) == 0);
  free(bytes);
}
#endif

static void memory(void) {
  driver_suite("mem://", false);
  driver_suite("memkeep://", false);
  driver_suite("MEM://any name", false);
}

/* ---- a row brought at run time ---- */

static rf_driver_ops least_ops;
static rf_driver least = {.size = sizeof(rf_driver), .scheme = "test-least", .flags = RF_DRIVER_WRITE};

static void least_row(void) {
  rf_error err;
  /* Borrowed behaviour, but none of the members that MAY be there. */
  least_ops = (rf_driver_ops){.size = sizeof least_ops,
                              .open = rf_memory_ops.open,
                              .read_at = rf_memory_ops.read_at,
                              .get_size = rf_memory_ops.get_size,
                              .write_at = rf_memory_ops.write_at,
                              .truncate = rf_memory_ops.truncate,
                              .close = rf_memory_ops.close};
  least.ops = &least_ops;
  CHECK_OK(rf_driver_register(&least, &err), err);
  driver_suite("test-least://x", false);
}

/* ---- operations that only some drivers have ---- */

static unsigned moves, fills, streams;

static rf_status own_move(void *state, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  uint8_t bytes[100];
  size_t got;
  moves++;
  CHECK(n <= sizeof bytes);
  RF_TRY(rf_memory_ops.read_at(state, from, bytes, (size_t)n, &got, err));
  return rf_memory_ops.write_at(state, to, bytes, got, err);
}

static rf_status own_fill(void *state, rf_range range, int byte, rf_error *err) {
  uint8_t bytes[100];
  fills++;
  if (range.length > sizeof bytes)
    return RF_ERR_IO; /* without a message */
  memset(bytes, byte, (size_t)range.length);
  return rf_memory_ops.write_at(state, range.offset, bytes, (size_t)range.length, err);
}

static rf_status own_stream(void *state, rf_range range, const rf_stream_sink *sink, int *streamed, rf_error *err) {
  const uint8_t *bytes;
  streams++;
  RF_TRY(rf_memory_ops.peek(state, range.offset, (size_t)range.length, &bytes, err));
  *streamed = 1;
  return sink->put(sink->user, 0, bytes, (size_t)range.length, err);
}

static rf_status sum_bytes(void *user, uint64_t start, const uint8_t *bytes, size_t n, rf_error *err) {
  uint64_t *sum = user;
  (void)start, (void)err;
  for (size_t i = 0; i < n; i++)
    *sum += bytes[i];
  return RF_OK;
}

static void operations_of_the_row_are_used(void) {
  static rf_driver_ops ops;
  static rf_driver row = {.size = sizeof(rf_driver), .scheme = "test-able", .flags = RF_DRIVER_WRITE, .ops = &ops};
  rf_error err;
  rf_store *store = NULL;
  rf_options options;
  uint64_t sum = 0;
  bool streamed = false;
  const rf_stream_sink sink = {.size = sizeof sink, .user = &sum, .put = sum_bytes, .unit_bytes = 1};
  ops = least_ops;
  ops.move = own_move;
  ops.fill = own_fill;
  rf_options_init(&options);
  rf_error_clear(&err);
  CHECK_OK(rf_driver_register(&row, &err), err);
  CHECK_OK(rf_store_open("test-able://x", RF_MODE_CREATE, &options, &store, &err), err);
  CHECK(!store->profile.in_memory && !store->profile.prefetch && store->profile.shared_reads);
  CHECK_OK(rf_store_fill(store, 0, 100, 3, &err), err);
  CHECK_OK(rf_store_move(store, 0, 50, 100, &err), err);
  CHECK(fills == 1 && moves == 1);
  CHECK_OK(rf_store_stream(store, (rf_range){0, 150}, &sink, &streamed, &err), err);
  CHECK(!streamed && streams == 0 && sum == 0); /* the row has none: the caller reads */
  ops.stream = own_stream;
  CHECK_OK(rf_store_stream(store, (rf_range){0, 150}, &sink, &streamed, &err), err);
  CHECK(streamed && streams == 1 && sum == 450);
  CHECK(rf_store_fill(store, 0, 101, 3, &err) == RF_ERR_IO && strstr(err.message, "without a message") != NULL);
  CHECK_OK(rf_store_close(store, NULL), err);
}

/* All writable built-in rows are in this file, but for shmem (shmem/test_shmem.c) and those that send a file when it is
 * closed (tests/unit/upload): a new one must be added here. */
static void all_are_covered(void) {
  const rf_driver *rows[64];
  size_t count;
  rf_error err;
  CHECK_OK(rf_driver_list(rows, 64, &count, &err), err);
  int writable = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t flags = rows[i]->flags & (RF_DRIVER_WRITE | RF_DRIVER_AT_CLOSE);
    bool other = strncmp(rows[i]->scheme, "test-", 5) == 0 || strcmp(rows[i]->scheme, "shmem") == 0;
    writable += rows[i]->ops != NULL && flags == RF_DRIVER_WRITE && !other;
  }
  CHECK(writable == 6); /* file, mem, memkeep; stream, stdout and fd, which are one driver */
}

int main(void) {
  scratch_begin("driver");
  RUN(file_by_path);
  RUN(file_by_odd_path);
#if !defined(_WIN32)
  RUN(file_by_url);
  RUN(descriptor);
#endif
  RUN(file_gzip);
  RUN(memory);
  RUN(least_row);
  RUN(operations_of_the_row_are_used);
  RUN(all_are_covered);
  scratch_end();
  return check_report();
}
