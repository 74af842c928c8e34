/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The gzip filter over stores in memory, over files, and over a driver of the test's own that counts and fails.
 * zlib makes the inputs and reads the outputs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "check.h"
#include "store/gzip/whole.h"
#include "store/local/memory.h"
#include "store/open.h"
#include "store/stream_codec.h"

/* What the options of these tests point at. */
static rf_limits ceilings;

/* ---------------------------------------------------------------- bytes to work with */

typedef struct bytes {
  uint8_t *data;
  size_t n;
} bytes;

static bytes new_bytes(size_t n) {
  return (bytes){.data = calloc(1, n + 1), .n = n};
}

/* Pixels-like content: every other byte is noise. The same for the same seed. */
static bytes noise(size_t n, uint32_t seed) {
  bytes b = new_bytes(n);
  for (size_t i = 0; i < n; i++) {
    seed = seed * 1664525u + 1013904223u;
    b.data[i] = i % 2 ? (uint8_t)(seed >> 24) : (uint8_t)(i >> 12);
  }
  return b;
}

static bytes zeros(size_t n) {
  return new_bytes(n);
}

static bytes join(bytes a, bytes b) {
  bytes joined = new_bytes(a.n + b.n);
  memcpy(joined.data, a.data, a.n);
  memcpy(joined.data + a.n, b.data, b.n);
  free(a.data);
  free(b.data);
  return joined;
}

/* One member, made by zlib and not by the code under test. */
static bytes gzipped(bytes plain) {
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
static bytes gunzipped(bytes packed, size_t most) {
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

/* ---------------------------------------------------------------- a driver that counts and fails */

typedef struct probe_file {
  bytes content;
  bytes temp;
  atomic_uint reads;
  atomic_ullong read_bytes;
  uint64_t highest;      /* end of the last byte read, but for the tail */
  uint64_t fail_read_at; /* reads that touch this offset fail while it is not 0 */
  uint64_t room;         /* a write past it says "no space"; 0: no end */
  int replaces, commits, aborts, writes, refuse_replace;
} probe_file;

static probe_file probe;

static void probe_reset(bytes content) {
  free(probe.content.data);
  free(probe.temp.data);
  memset(&probe, 0, sizeof probe);
  probe.content = content;
}

static rf_status probe_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                            void **state, rf_error *err) {
  (void)driver, (void)name, (void)options, (void)err;
  if (mode == RF_MODE_CREATE)
    probe.content.n = 0;
  *state = &probe.content;
  return RF_OK;
}

static rf_status probe_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
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

static rf_status probe_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = ((bytes *)state)->n;
  return RF_OK;
}

static rf_status probe_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
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

static rf_status probe_truncate(void *state, uint64_t size, rf_error *err) {
  (void)err;
  ((bytes *)state)->n = size;
  return RF_OK;
}

static rf_status probe_replace_open(void *state, void **temp, rf_error *err) {
  (void)state;
  if (probe.refuse_replace)
    return rf_fail(err, RF_ERR_PERMISSION, "probe: the folder is closed");
  probe.replaces++;
  free(probe.temp.data);
  probe.temp = new_bytes(0);
  *temp = &probe.temp;
  return RF_OK;
}

static rf_status probe_replace_commit(void *state, void *temp, rf_error *err) {
  (void)err, (void)temp;
  probe.commits++;
  free(((bytes *)state)->data);
  *(bytes *)state = probe.temp;
  probe.temp = (bytes){0};
  return RF_OK;
}

static void probe_replace_abort(void *state, void *temp) {
  (void)state, (void)temp;
  probe.aborts++;
}

static rf_status probe_close(void *state, rf_error *err) {
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

static rf_store *open_probe(const char *name, rf_mode mode, uint64_t limit, rf_error *err) {
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

static rf_store *open_packed(bytes packed, rf_error *err) {
  probe_reset(packed);
  return open_probe("probe://test/x.fits.gz", RF_MODE_READ, 0, err);
}

/* ---------------------------------------------------------------- reading */

static void check_range(rf_store *store, bytes plain, uint64_t offset, size_t n) {
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

static void check_whole(rf_store *store, bytes plain) {
  rf_error err;
  rf_error_clear(&err);
  uint64_t size = 0;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == plain.n);
  check_range(store, plain, 0, plain.n + 100);
}

static void reads_any_order(void) {
  bytes plain = noise(3000000, 1);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  static const uint64_t offsets[] = {0, 100, 70000, 69999, 1500000, 0, 299, 2999999, 3000000, 5000000, 1400000};
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    check_range(store, plain, offsets[i], 5000);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void header_touches_only_the_beginning(void) {
  bytes plain = noise(16 << 20, 2);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  check_range(store, plain, 0, 2880);
  CHECK(probe.read_bytes <= 200 * 1024);
  CHECK(probe.highest <= 200 * 1024);
  /* The filter does not decode cached bytes again. */
  unsigned reads = probe.reads;
  check_range(store, plain, 10, 2000);
  CHECK(probe.reads == reads);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void peek_stays_where_it_is(void) {
  bytes plain = noise(4 << 20, 3);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  const uint8_t *first, *middle, *all;
  CHECK_OK(rf_store_peek(store, 0, 2880, &first, &err), err);
  CHECK_OK(rf_store_peek(store, 500000, 600000, &middle, &err), err);
  CHECK_OK(rf_store_peek(store, 0, plain.n, &all, &err), err);
  CHECK(memcmp(first, plain.data, 2880) == 0);
  CHECK(memcmp(middle, plain.data + 500000, 600000) == 0);
  CHECK(memcmp(all, plain.data, plain.n) == 0);
  CHECK(rf_store_peek(store, plain.n - 10, 11, &all, &err) == RF_ERR_UNSUPPORTED);
  CHECK(err.code == RF_OK);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void members_are_one_content(void) {
  bytes plain = new_bytes(0), packed = new_bytes(0);
  for (uint32_t i = 0; i < 12; i++) {
    bytes part = i % 4 == 3 ? zeros(0) : noise(100000 + 37 * i, i);
    packed = join(packed, gzipped(part));
    plain = join(plain, part);
  }
  rf_error err;
  rf_store *store = open_packed(packed, &err);
  check_range(store, plain, 300000, 1000);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  /* Whole at once. */
  store = open_probe("probe://test/x.gz", RF_MODE_READ, 0, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void one_large_member_and_a_small_one(void) {
  /* The size at the end of the file is that of the small one. */
  bytes plain = join(noise(5 << 20, 4), noise(1000, 5));
  bytes large = noise(5 << 20, 4), small = noise(1000, 5);
  rf_error err;
  rf_store *store = open_packed(join(gzipped(large), gzipped(small)), &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
  free(large.data);
  free(small.data);
}

static void zero_padding_is_ignored(void) {
  bytes plain = noise(400000, 6);
  for (int whole = 0; whole < 2; whole++) {
    rf_error err;
    rf_store *store = open_packed(join(gzipped(plain), zeros(5000)), &err);
    if (!whole)
      check_range(store, plain, plain.n - 10, 10);
    check_whole(store, plain);
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(plain.data);
}

static void empty_member_is_empty_content(void) {
  rf_error err;
  bytes nothing = zeros(0);
  rf_store *store = open_packed(gzipped(nothing), &err);
  check_whole(store, nothing);
  CHECK_OK(rf_store_close(store, &err), err);
  free(nothing.data);
}

static void suffix_in_any_case(void) {
  bytes plain = noise(10000, 7);
  static const char *const names[] = {"probe://test/a.GZ", "probe://test/a.Gz", "probe://test/a.fits.gZ",
                                      "probe://test/no-suffix"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    probe_reset(gzipped(plain));
    rf_error err;
    rf_store *store = open_probe(names[i], RF_MODE_READ, 0, &err);
    CHECK(store != NULL);
    if (store != NULL)
      check_whole(store, plain);
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(plain.data);
}

/* ---------------------------------------------------------------- bad input */

/* Reads all of it in every way; gives the status, which must be the same. */
static rf_status read_bad(bytes packed, rf_error *err) {
  rf_store *store = open_packed(packed, err);
  if (store == NULL)
    return err->code;
  uint8_t buffer[4096];
  rf_status status = RF_OK;
  size_t got = sizeof buffer;
  for (uint64_t at = 0; status == RF_OK && got > 0; at += got)
    status = rf_store_read_at(store, at, buffer, sizeof buffer, &got, err);
  uint64_t size;
  CHECK(rf_store_size(store, &size, NULL) == status);
  CHECK(rf_store_size(store, &size, NULL) == status);
  CHECK_OK(rf_store_close(store, NULL), *err);
  rf_error other;
  store = open_probe("probe://test/x.fits.gz", RF_MODE_READ, 0, &other);
  CHECK(store != NULL && rf_store_size(store, &size, &other) == status);
  if (status != RF_OK) {
    CHECK_STR(other.message, err->message);
    CHECK(other.offset == err->offset);
  }
  CHECK_OK(rf_store_close(store, NULL), *err);
  return status;
}

static void truncated_at_every_byte(void) {
  bytes plain = noise(3000, 8), packed = gzipped(plain);
  for (size_t n = 1; n < packed.n; n++) {
    bytes cut = new_bytes(n);
    memcpy(cut.data, packed.data, n);
    rf_error err;
    rf_status status = read_bad(cut, &err);
    CHECK(status == (n == 1 ? RF_ERR_CODEC : RF_ERR_TRUNCATED));
    CHECK(err.offset == (n == 1 ? 0 : (int64_t)n));
    CHECK(n == 1 || strstr(err.message, "middle of the gzip member") != NULL);
  }
  free(plain.data);
  free(packed.data);
}

static void truncated_keeps_what_was_decoded(void) {
  bytes plain = noise(2000000, 9), packed = gzipped(plain);
  packed.n /= 2;
  rf_error err;
  rf_store *store = open_packed(packed, &err);
  check_range(store, plain, 0, 2880);
  uint8_t byte;
  CHECK(rf_store_read(store, plain.n - 1, &byte, 1, &err) == RF_ERR_TRUNCATED);
  CHECK(err.offset == (int64_t)packed.n);
  check_range(store, plain, 100000, 2880);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void corruption_has_its_offset(void) {
  /* Stored blocks: corruption at a known place changes a known byte. */
  bytes plain = noise(200000, 10), packed = gzipped(plain);
  size_t crc = packed.n - 8, length = packed.n - 4;
  static const char *const expected[] = {"incorrect data check", "incorrect length check"};
  for (int which = 0; which < 2; which++) {
    bytes bad = new_bytes(packed.n);
    memcpy(bad.data, packed.data, packed.n);
    bad.data[which ? length : crc] ^= 1;
    rf_error err;
    CHECK(read_bad(bad, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, expected[which]) != NULL);
    CHECK(err.offset > (int64_t)crc - 8 && err.offset <= (int64_t)packed.n);
  }
  free(plain.data);
  free(packed.data);
}

static void wrong_crc_spoils_the_last_read(void) {
  /* What pads a data unit is less than a block, so the read of the last data meets the CRC. */
  bytes plain = noise(2880 * 40, 11), packed = gzipped(plain);
  packed.data[packed.n - 8] ^= 1;
  rf_error err;
  rf_store *store = open_packed(packed, &err);
  check_range(store, plain, 0, 2880);
  uint8_t *out = malloc(plain.n);
  CHECK(rf_store_read(store, 2880, out, plain.n - 2880 - 2879, &err) == RF_ERR_CODEC);
  const uint8_t *peeked;
  CHECK(rf_store_peek(store, 2880, plain.n - 2880 - 2879, &peeked, NULL) == RF_ERR_UNSUPPORTED);
  check_range(store, plain, 0, 2880);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(out);
  free(plain.data);
}

static void stray_bytes_behind_the_last_member(void) {
  bytes plain = noise(50000, 12), packed = gzipped(plain);
  for (int padded = 0; padded < 2; padded++) {
    bytes copy = new_bytes(packed.n), tail = new_bytes(6);
    memcpy(copy.data, packed.data, packed.n);
    memcpy(tail.data, padded ? "\0\0\0xyz" : "xyz\0\0\0", 6);
    rf_error err;
    rf_store *store = open_packed(join(copy, tail), &err);
    check_range(store, plain, 0, plain.n);
    CHECK(store->stray != NULL && atomic_load(store->stray) == packed.n);
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(plain.data);
  free(packed.data);
}

static void not_gzip_at_all(void) {
  rf_error err;
  bytes text = new_bytes(100);
  memset(text.data, 'x', 100);
  CHECK(open_packed(text, &err) == NULL);
  CHECK(err.code == RF_ERR_CODEC && err.offset == 0);
  CHECK(open_packed(new_bytes(0), &err) == NULL);
  CHECK(err.code == RF_ERR_NOT_FITS);
}

static void plain_fits_under_a_gz_name(void) {
  bytes plain = new_bytes(2880);
  memset(plain.data, ' ', 2880);
  memcpy(plain.data, "SIMPLE  =", 9);
  bytes copy = new_bytes(2880);
  memcpy(copy.data, plain.data, 2880);
  rf_error err;
  rf_store *store = open_packed(copy, &err);
  CHECK(store != NULL);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void bomb_stops_at_the_limit(void) {
  bytes plain = zeros(20 << 20), packed = gzipped(plain);
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ, 1 << 20, &err);
  check_range(store, plain, 0, 2880);
  uint64_t size;
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_LIMIT);
  CHECK(strstr(err.message, "1048576") != NULL && strstr(err.message, "inflate_bytes") != NULL);
  check_range(store, plain, 1000000, 40000);
  CHECK_OK(rf_store_close(store, NULL), err);
  /* Exactly at the limit is not above it. */
  store = open_probe("probe://test/x.gz", RF_MODE_READ, plain.n, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  store = open_probe("probe://test/x.gz", RF_MODE_READ, plain.n - 1, &err);
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_LIMIT);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void lying_size_at_the_end(void) {
  /* A file that says it holds 4 GB, and one that says 1 byte: both only fail the length check, at their end. */
  bytes plain = noise(300000, 13), packed = gzipped(plain);
  for (int which = 0; which < 2; which++) {
    bytes bad = new_bytes(packed.n);
    memcpy(bad.data, packed.data, packed.n);
    memcpy(bad.data + bad.n - 4, which ? "\1\0\0\0" : "\377\377\377\377", 4);
    rf_error err;
    CHECK(read_bad(bad, &err) == RF_ERR_CODEC);
    CHECK(strstr(err.message, "incorrect length check") != NULL);
  }
  free(plain.data);
  free(packed.data);
}

static void read_error_is_not_for_ever(void) {
  bytes plain = noise(1000000, 14);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  check_range(store, plain, 0, 2880);
  probe.fail_read_at = 300000;
  uint64_t size;
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_IO);
  CHECK_STR(err.message, "probe: the disk is bad");
  probe.fail_read_at = 0;
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

/* ---------------------------------------------------------------- writing */

static void check_file(bytes plain) {
  bytes found = gunzipped(probe.content, plain.n + 100);
  CHECK(found.n == plain.n && memcmp(found.data, plain.data, plain.n) == 0);
  /* No name, no time: the same content makes the same file. */
  CHECK(probe.content.n >= 18 && memcmp(probe.content.data, "\x1f\x8b\x08\0\0\0\0\0", 8) == 0);
  free(found.data);
}

static void created_and_written_back_at_close(void) {
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

static void nothing_written_is_an_empty_member(void) {
  probe_reset(new_bytes(0));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  CHECK_OK(rf_store_close(store, &err), err);
  bytes nothing = zeros(0);
  check_file(nothing);
  free(nothing.data);
}

static void sync_writes_back_and_goes_on(void) {
  probe_reset(new_bytes(0));
  bytes plain = noise(100000, 16);
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  CHECK_OK(rf_store_write(store, 0, plain.data, 50000, &err), err);
  CHECK_OK(rf_store_sync(store, &err), err);
  bytes half = plain;
  half.n = 50000;
  check_file(half);
  CHECK_OK(rf_store_sync(store, &err), err);
  CHECK(probe.commits == 1);
  CHECK_OK(rf_store_write(store, 50000, plain.data + 50000, 50000, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.commits == 2);
  check_file(plain);
  free(plain.data);
}

static void discarded_is_not_written_back(void) {
  bytes plain = noise(100000, 21);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 5, "half done", 9, &err), err);
  rf_store_discard(store);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0 && probe.commits == 0);
  check_file(plain);
  free(plain.data);
}

static void created_over_an_old_file_leaves_it_until_the_end(void) {
  bytes plain = noise(100000, 22);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err);
  uint64_t size = 1;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == 0);
  CHECK_OK(rf_store_write(store, 0, "new", 3, &err), err);
  check_file(plain);
  CHECK_OK(rf_store_close(store, &err), err);
  bytes fresh = {(uint8_t *)"new", 3};
  check_file(fresh);
  free(plain.data);
}

static void unchanged_is_not_rewritten(void) {
  bytes plain = noise(100000, 17);
  probe_reset(gzipped(plain));
  rf_error err;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_sync(store, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0 && probe.replaces == 0);
  free(plain.data);
}

static void changed_in_the_middle_cut_and_grown(void) {
  bytes plain = noise(700000, 18);
  rf_error err;
  probe_reset(gzipped(plain));
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_range(store, plain, 0, 100);
  CHECK_OK(rf_store_write(store, 350000, "changed", 7, &err), err);
  memcpy(plain.data + 350000, "changed", 7);
  check_whole(store, plain);
  CHECK_OK(rf_store_truncate(store, 400000, &err), err);
  CHECK_OK(rf_store_truncate(store, 700000, &err), err);
  memset(plain.data + 400000, 0, 300000);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  check_file(plain);
  free(plain.data);
}

static void full_disk_keeps_the_old_file(void) {
  bytes plain = noise(700000, 19), packed = gzipped(plain);
  bytes copy = new_bytes(packed.n);
  memcpy(copy.data, packed.data, packed.n);
  rf_error err;
  probe_reset(copy);
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 0, "other", 5, &err), err);
  probe.room = 1000;
  CHECK(rf_store_sync(store, &err) == RF_ERR_NO_SPACE);
  CHECK_STR(err.message, "probe: the disk is full");
  CHECK(probe.commits == 0 && probe.aborts == probe.replaces);
  rf_error_clear(&err);
  CHECK(rf_store_close(store, &err) == RF_ERR_NO_SPACE);
  CHECK(probe.commits == 0 && probe.aborts == probe.replaces);
  CHECK(probe.content.n == packed.n && memcmp(probe.content.data, packed.data, packed.n) == 0);
  free(plain.data);
  free(packed.data);
}

static void closed_folder_is_an_error_at_once(void) {
  rf_error err;
  probe_reset(new_bytes(0));
  probe.refuse_replace = 1;
  CHECK(open_probe("probe://test/x.gz", RF_MODE_CREATE, 0, &err) == NULL);
  CHECK(err.code == RF_ERR_PERMISSION);
  bytes plain = noise(1000, 20);
  probe_reset(gzipped(plain));
  probe.refuse_replace = 1;
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  check_whole(store, plain);
  CHECK(rf_store_write(store, 0, "x", 1, &err) == RF_ERR_PERMISSION);
  check_whole(store, plain);
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void written_in_place_where_nothing_can_be_replaced(void) {
  bytes plain = noise(700000, 21), shorter = plain;
  shorter.n = 1000;
  rf_error err;
  probe_reset(gzipped(plain));
  rf_store *store = open_probe("flat://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_truncate(store, 1000, &err), err);
  CHECK_OK(rf_store_close(store, &err), err);
  check_file(shorter);
  free(plain.data);
}

static void corrupt_file_refuses_changes(void) {
  bytes plain = noise(300000, 22), packed = gzipped(plain);
  packed.data[packed.n - 8] ^= 1;
  rf_error err;
  probe_reset(packed);
  rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
  CHECK(rf_store_write(store, 0, "x", 1, &err) == RF_ERR_CODEC);
  rf_error_clear(&err);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(probe.writes == 0);
  free(plain.data);
}

static void bytes_in_memory(void) {
  bytes plain = noise(300000, 23), packed = gzipped(plain);
  rf_options options;
  rf_options_init(&options);
  rf_limits_init(&ceilings);
  options.limits = &ceilings;
  rf_error err;
  rf_error_clear(&err);
  rf_store *store = NULL;
  CHECK_OK(rf_store_open_bytes(packed.data, packed.n, &options, &store, &err), err);
  check_whole(store, plain);
  CHECK_OK(rf_store_write(store, 5, "x", 1, &err), err);
  plain.data[5] = 'x';
  check_whole(store, plain);
  CHECK_OK(rf_store_sync(store, &err), err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
  free(packed.data);
}

/* ---------------------------------------------------------------- threads */

typedef struct reader_job {
  rf_store *store;
  bytes plain;
  uint32_t seed;
} reader_job;

static void *read_here_and_there(void *context) {
  reader_job *job = context;
  const uint8_t *peeked;
  for (int i = 0; i < 200; i++) {
    job->seed = job->seed * 1664525u + 1013904223u;
    uint64_t offset = job->seed % (job->plain.n - 9000);
    if (i < 150)
      offset = offset * (uint64_t)i / 200;
    check_range(job->store, job->plain, offset, 9000);
    if (i % 3 == 0 && rf_store_peek(job->store, offset, 9000, &peeked, NULL) == RF_OK)
      CHECK(memcmp(peeked, job->plain.data + offset, 9000) == 0);
  }
  return NULL;
}

static void many_threads_read(void) {
  bytes plain = noise(6 << 20, 24);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  pthread_t threads[8];
  reader_job jobs[8];
  for (uint32_t i = 0; i < 8; i++) {
    jobs[i] = (reader_job){.store = store, .plain = plain, .seed = i};
    CHECK(pthread_create(&threads[i], NULL, read_here_and_there, &jobs[i]) == 0);
  }
  for (int i = 0; i < 8; i++)
    pthread_join(threads[i], NULL);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

/* ---------------------------------------------------------------- codecs brought at run time */

static int other_opened, other_lies, other_interrupted;

static rf_status other_inflate_open(void *user, void **stream, rf_error *err) {
  other_opened++;
  return rf_zlib_codec.inflate_open(user, stream, err);
}

static rf_status other_deflate_open(void *user, int level, void **stream, rf_error *err) {
  other_opened++;
  return rf_zlib_codec.deflate_open(user, level, stream, err);
}

/* Gives little at a time, and tells nothing about errors. */
static rf_status other_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                               size_t *made, int *done, rf_error *err) {
  rf_status status = rf_zlib_codec.inflate(stream, in, n_in < 1000 ? n_in : 1000, used, out,
                                           n_out < 3000 ? n_out : 3000, made, done, NULL);
  if (other_lies)
    *used = n_in + 1;
  if (other_interrupted > 0 && --other_interrupted == 0)
    return rf_fail(err, RF_ERR_CALLBACK, "interrupted");
  return status;
}

static void interrupted_reads_can_be_repeated(void) {
  bytes plain = noise(900000, 27);
  rf_error err;
  rf_store *store = open_packed(gzipped(plain), &err);
  uint64_t size;
  static const int after[] = {3, 40, 1, 150, 90};
  for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
    rf_error_clear(&err);
    other_interrupted = after[i];
    CHECK(rf_store_size(store, &size, &err) == RF_ERR_CALLBACK);
    CHECK(strstr(err.message, "interrupted") != NULL);
    CHECK(other_interrupted == 0);
    check_range(store, plain, 0, 2880);
    check_range(store, plain, 10000 * i * i, 5000);
  }
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void a_registered_codec_is_used(void) {
  rf_stream_codec other = rf_zlib_codec;
  rf_error err;
  other.name = "other";
  other.inflate_open = other_inflate_open;
  other.deflate_open = other_deflate_open;
  other.inflate = other_inflate;
  CHECK_STR(rf_stream_codec_name(), "zlib");
  CHECK_OK(rf_stream_codec_register(&other, &err), err);
  CHECK_STR(rf_stream_codec_name(), "other");
  int was = rf_whole_set_enabled(0);
  CHECK(was == 0);
  reads_any_order();
  CHECK(other_opened == 1);
  created_and_written_back_at_close();
  CHECK(other_opened == 5);
  /* What is wrong with a file does not depend on the codec. */
  corruption_has_its_offset();
  truncated_at_every_byte();
  stray_bytes_behind_the_last_member();
  interrupted_reads_can_be_repeated();
  bytes plain = noise(1000, 25);
  other_lies = 1;
  CHECK(read_bad(gzipped(plain), &err) == RF_ERR_CALLBACK);
  other_lies = 0;
  free(plain.data);
  other.deflate = NULL;
  CHECK(rf_stream_codec_register(&other, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_stream_codec_register(NULL, &err), err);
  CHECK_STR(rf_stream_codec_name(), "zlib");
  rf_whole_set_enabled(1);
}

/* ---------------------------------------------------------------- memory */

typedef struct failing_allocator {
  long countdown; /* allocations until one fails; < 0: none does */
  long live;
} failing_allocator;

static void *failing_realloc(void *user, void *block, size_t size) {
  failing_allocator *a = user;
  if (a->countdown == 0)
    return NULL;
  if (a->countdown > 0)
    a->countdown--;
  void *grown = realloc(block, size);
  if (grown != NULL && block == NULL)
    a->live++;
  return grown;
}

static void failing_free(void *user, void *block) {
  failing_allocator *a = user;
  if (block != NULL)
    a->live--;
  free(block);
}

static void every_allocation_may_fail(void) {
  bytes plain = noise(600000, 26), packed = gzipped(plain);
  failing_allocator state = {0};
  rf_allocator allocator = {.realloc_ = failing_realloc, .free_ = failing_free, .user = &state};
  rf_allocator_set(&allocator);
  int finished = 0;
  for (long n = 0; n < 200 && !finished; n++) {
    bytes copy = new_bytes(packed.n);
    memcpy(copy.data, packed.data, packed.n);
    probe_reset(copy);
    rf_error err;
    state.countdown = n;
    rf_store *store = open_probe("probe://test/x.gz", RF_MODE_READ_WRITE, 0, &err);
    rf_status status = store != NULL ? RF_OK : err.code;
    uint8_t byte;
    if (status == RF_OK)
      status = rf_store_read(store, 100000, &byte, 1, &err);
    if (status == RF_OK)
      status = rf_store_read(store, plain.n - 1, &byte, 1, &err);
    if (status == RF_OK)
      status = rf_store_write(store, 0, "x", 1, &err);
    if (store != NULL) {
      rf_status closed = rf_store_close(store, status == RF_OK ? &err : NULL);
      status = status != RF_OK ? status : closed;
    }
    CHECK(status == RF_OK || status == RF_ERR_MEMORY);
    CHECK(state.live == 0);
    finished = state.countdown != 0;
    CHECK(!finished || status == RF_OK);
  }
  CHECK(finished);
  rf_allocator_set(NULL);
  free(plain.data);
  free(packed.data);
}

static void the_filter(void) {
  RUN(reads_any_order);
  RUN(header_touches_only_the_beginning);
  RUN(peek_stays_where_it_is);
  RUN(members_are_one_content);
  RUN(one_large_member_and_a_small_one);
  RUN(zero_padding_is_ignored);
  RUN(empty_member_is_empty_content);
  RUN(suffix_in_any_case);
  RUN(truncated_at_every_byte);
  RUN(truncated_keeps_what_was_decoded);
  RUN(corruption_has_its_offset);
  RUN(wrong_crc_spoils_the_last_read);
  RUN(stray_bytes_behind_the_last_member);
  RUN(not_gzip_at_all);
  RUN(plain_fits_under_a_gz_name);
  RUN(bomb_stops_at_the_limit);
  RUN(lying_size_at_the_end);
  RUN(read_error_is_not_for_ever);
  RUN(created_and_written_back_at_close);
  RUN(nothing_written_is_an_empty_member);
  RUN(sync_writes_back_and_goes_on);
  RUN(discarded_is_not_written_back);
  RUN(created_over_an_old_file_leaves_it_until_the_end);
  RUN(unchanged_is_not_rewritten);
  RUN(changed_in_the_middle_cut_and_grown);
  RUN(full_disk_keeps_the_old_file);
  RUN(closed_folder_is_an_error_at_once);
  RUN(written_in_place_where_nothing_can_be_replaced);
  RUN(corrupt_file_refuses_changes);
  RUN(bytes_in_memory);
  RUN(many_threads_read);
}

int main(void) {
  rf_error err;
  CHECK_OK(rf_driver_register(&probe_row, &err), err);
  CHECK_OK(rf_driver_register(&flat_row, &err), err);
  the_filter();
  rf_whole_set_enabled(0);
  the_filter();
  rf_whole_set_enabled(1);
  RUN(a_registered_codec_is_used);
  RUN(every_allocation_may_fail);
  probe_reset((bytes){0});
  return check_report();
}
