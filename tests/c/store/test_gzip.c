/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The gzip filter over stores in memory, over files, and over a driver of the test's own that counts and fails.
 * zlib makes the inputs and reads the outputs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <zlib.h>

#include "check.h"
#include "gzip_probe.h"
#include "store/filter/whole.h"
#include "store/filter/codecs/zlib.h"

/* ---------------------------------------------------------------- bytes to work with */

static bytes join(bytes a, bytes b) {
  bytes joined = new_bytes(a.n + b.n);
  memcpy(joined.data, a.data, a.n);
  memcpy(joined.data + a.n, b.data, b.n);
  free(a.data);
  free(b.data);
  return joined;
}

/* ---------------------------------------------------------------- a driver that counts and fails */

static rf_store *open_packed(bytes packed, rf_error *err) {
  probe_reset(packed);
  return open_probe("probe://test/x.fits.gz", RF_MODE_READ, 0, err);
}

/* ---------------------------------------------------------------- reading */

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
  for (size_t n = 1; n < packed.n; n += check_turns(1, 41)) {
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

static rf_status other_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  other_opened++;
  return rf_zlib_codec.inflate_open(user, memory, stream, err);
}

static rf_status other_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  other_opened++;
  return rf_zlib_codec.deflate_open(user, level, content, stream, err);
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
  CHECK_STR(rf_stream_codec_name(RF_STREAM_GZIP), "zlib");
  CHECK_OK(rf_stream_codec_register(RF_STREAM_GZIP, &other, &err), err);
  CHECK_STR(rf_stream_codec_name(RF_STREAM_GZIP), "other");
  int was = rf_whole_set_enabled(0);
  CHECK(was == 0);
  reads_any_order();
  CHECK(other_opened == 1);
  created_and_written_back_at_close();
  CHECK(other_opened == 9); /* creating a file tries an encoder */
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
  CHECK(rf_stream_codec_register(RF_STREAM_GZIP, &other, &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_stream_codec_register(RF_STREAM_GZIP, NULL, &err), err);
  CHECK_STR(rf_stream_codec_name(RF_STREAM_GZIP), "zlib");
  rf_whole_set_enabled(1);
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
  probe_reset((bytes){0});
  return check_report();
}
