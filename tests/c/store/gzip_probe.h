/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A driver in memory that counts and fails, the bytes that it holds, and checks of a store over it. zlib makes the
 * inputs and reads the outputs.
 */
#ifndef RF_TESTS_GZIP_PROBE_H
#define RF_TESTS_GZIP_PROBE_H

#include <stdatomic.h>
#include <stdlib.h>
#include <zlib.h>

#include "check.h"
#include "store/open.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

typedef struct bytes {
  uint8_t *data;
  size_t n;
} bytes;

static inline bytes new_bytes(size_t n) {
  return (bytes){.data = calloc(1, n + 1), .n = n};
}

/* Pixels-like content: every other byte is noise. The same for the same seed. */
static inline bytes noise(size_t n, uint32_t seed) {
  bytes b = new_bytes(n);
  for (size_t i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    b.data[i] = i % 2 ? (uint8_t)(seed >> 24) : (uint8_t)(i >> 12);
  }
  return b;
}

static inline bytes zeros(size_t n) {
  return new_bytes(n);
}

/* One member, made by zlib and not by the code under test. */
static inline bytes gzipped(bytes plain) {
  z_stream z = {0};
  deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  bytes packed = new_bytes(deflateBound(&z, (uLong)plain.n) + 64);
  z.next_in = plain.data;
  z.avail_in = (unsigned)plain.n;
  z.next_out = packed.data;
  z.avail_out = (unsigned)packed.n;
  CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
  packed.n = z.total_out;
  deflateEnd(&z);
  return packed;
}

/* All of one member; n is 0 and data NULL when zlib does not like it or it is not alone. */
static inline bytes gunzipped(bytes packed, size_t most) {
  z_stream z = {0};
  inflateInit2(&z, 31);
  bytes plain = new_bytes(most);
  z.next_in = packed.data;
  z.avail_in = (unsigned)packed.n;
  z.next_out = plain.data;
  z.avail_out = (unsigned)most;
  int code = inflate(&z, Z_FINISH);
  CHECK(code == Z_STREAM_END && z.avail_in == 0);
  plain.n = z.total_out;
  inflateEnd(&z);
  return plain;
}

typedef struct probe_file {
  bytes content;
  bytes temp;
  atomic_uint reads;
  atomic_ullong read_bytes;
  atomic_ullong highest; /* end of the last byte read, but for the tail */
  uint64_t fail_read_at; /* reads that touch this offset fail while it is not 0 */
  uint64_t room;         /* a write past it says "no space"; 0: no end */
  int replaces, commits, aborts, writes, refuse_replace;
} probe_file;

static probe_file probe;

static inline void probe_reset(bytes content) {
  free(probe.content.data);
  free(probe.temp.data);
  memset(&probe, 0, sizeof probe);
  probe.content = content;
}

static inline rf_status probe_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                                   void **state, rf_error *err) {
  (void)driver, (void)name, (void)options, (void)err;
  if (mode == RF_MODE_CREATE)
    probe.content.n = 0;
  *state = &probe.content;
  return RF_OK;
}

static inline rf_status probe_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got,
                                      rf_error *err) {
  bytes *b = state;
  if (probe.fail_read_at != 0 && offset <= probe.fail_read_at && probe.fail_read_at < offset + n)
    return rf_fail(err, RF_ERR_IO, "probe: the disk is bad");
  *got = offset >= b->n ? 0 : b->n - offset < n ? b->n - offset : n;
  memcpy(buffer, b->data + (*got ? offset : 0), *got);
  probe.reads++;
  probe.read_bytes += *got;
  if (n > 4 && offset + *got > probe.highest)
    probe.highest = offset + *got;
  return RF_OK;
}

static inline rf_status probe_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((bytes *)state)->n;
  return RF_OK;
}

static inline rf_status probe_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  bytes *b = state;
  probe.writes++;
  if (probe.room != 0 && offset + n > probe.room)
    return rf_fail(err, RF_ERR_NO_SPACE, "probe: the disk is full");
  if (offset + n > b->n) {
    b->data = realloc(b->data, offset + n + 1);
    b->n = offset + n;
  }
  memcpy(b->data + offset, buffer, n);
  return RF_OK;
}

static inline rf_status probe_truncate(void *state, uint64_t size, rf_error *err) {
  (void)err;
  ((bytes *)state)->n = size;
  return RF_OK;
}

static inline rf_status probe_replace_open(void *state, void **temp, rf_error *err) {
  (void)state;
  if (probe.refuse_replace)
    return rf_fail(err, RF_ERR_PERMISSION, "probe: the folder is closed");
  probe.replaces++;
  free(probe.temp.data);
  probe.temp = new_bytes(0);
  *temp = &probe.temp;
  return RF_OK;
}

static inline rf_status probe_replace_commit(void *state, void *temp, rf_error *err) {
  (void)err, (void)temp;
  probe.commits++;
  free(((bytes *)state)->data);
  *(bytes *)state = probe.temp;
  probe.temp = (bytes){0};
  return RF_OK;
}

static inline void probe_replace_abort(void *state, void *temp) {
  (void)state, (void)temp;
  probe.aborts++;
}

static inline rf_status probe_close(void *state, rf_error *err) {
  (void)state, (void)err;
  return RF_OK;
}

static const rf_driver_ops probe_ops = {
    .size = sizeof(rf_driver_ops),
    .open = probe_open,
    .read_at = probe_read_at,
    .get_size = probe_size,
    .write_at = probe_write_at,
    .truncate = probe_truncate,
    .replace_open = probe_replace_open,
    .replace_commit = probe_replace_commit,
    .replace_abort = probe_replace_abort,
    .close = probe_close,
};

/* The same without the means to replace a file. */
static const rf_driver_ops flat_ops = {
    .size = sizeof(rf_driver_ops),
    .open = probe_open,
    .read_at = probe_read_at,
    .get_size = probe_size,
    .write_at = probe_write_at,
    .truncate = probe_truncate,
    .close = probe_close,
};

static const rf_driver probe_row = {
    .size = sizeof(rf_driver), .scheme = "probe", .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS, .ops = &probe_ops};
static const rf_driver flat_row = {
    .size = sizeof(rf_driver), .scheme = "flat", .flags = RF_DRIVER_WRITE | RF_DRIVER_CODECS, .ops = &flat_ops};

static inline rf_store *open_probe(const char *name, rf_mode mode, uint64_t limit, rf_error *err) {
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  if (limit != 0)
    ceilings.inflate_bytes = limit;
  rf_store *store = NULL;
  rf_error_clear(err);
  (void)rf_store_open(name, mode, &options, &store, err);
  return store;
}

static inline void check_range(rf_store *store, bytes plain, uint64_t offset, size_t n) {
  rf_error err;
  rf_error_clear(&err);
  uint8_t *out = malloc(n + 1);
  size_t got = 0;
  CHECK_OK(rf_store_read_at(store, offset, out, n, &got, &err), err);
  size_t expected = offset >= plain.n ? 0 : plain.n - offset < n ? plain.n - offset : n;
  CHECK(got == expected);
  CHECK(got == 0 || memcmp(out, plain.data + offset, got) == 0);
  free(out);
}

static inline void check_whole(rf_store *store, bytes plain) {
  rf_error err;
  rf_error_clear(&err);
  uint64_t size = 0;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == plain.n);
  check_range(store, plain, 0, plain.n + 100);
}

static inline void check_file(bytes plain) {
  bytes found = gunzipped(probe.content, plain.n + 100);
  CHECK(found.n == plain.n && memcmp(found.data, plain.data, plain.n) == 0);
  /* No name, no time: the same content makes the same file. */
  CHECK(probe.content.n >= 18 && memcmp(probe.content.data, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0);
  free(found.data);
}

static inline void created_and_written_back_at_close(void) {
  bytes plain = noise(2500000, 15);
  rf_error err;
  for (int level = 0; level <= 9; level += 3) {
    probe_reset(new_bytes(0));
    rf_options options;
    rf_options_init(&options);
    rf_limits_init(&ceilings);
    options.limits = &ceilings;
    options.gzip_level = level;
    rf_store *store = NULL;
    CHECK_OK(rf_store_open("probe://test/x.gz", RF_MODE_CREATE, &options, &store, &err), err);
    CHECK_OK(rf_store_write(store, 1000000, plain.data + 1000000, plain.n - 1000000, &err), err);
    CHECK_OK(rf_store_write(store, 0, plain.data, 1000000, &err), err);
    CHECK(probe.content.n == 0);
    check_whole(store, plain);
    CHECK_OK(rf_store_close(store, &err), err);
    CHECK(probe.commits == 1 && probe.replaces == probe.commits + probe.aborts);
    check_file(plain);
  }
  free(plain.data);
}

#endif
