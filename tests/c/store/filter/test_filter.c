/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filter of compressed files with every format that this build can write: in any order, in several units, damaged
 * at each place, through codecs that fail, and written back. Tools of other people read and write the same formats in
 * tests/unit/filters/test_filters.py.
 */
#include <pthread.h>
#include <stdlib.h>

#include "check.h"
#include "store/gzip_probe.h"
#include "store/filter/format.h"
#include "store/filter/stream_codec.h"

typedef struct packed_kind {
  rf_stream_format number;
  const char *name; /* of a file */
} packed_kind;

static const packed_kind kinds[] = {
    {RF_STREAM_GZIP, "probe://test/x.fits.gz"},
    {RF_STREAM_BZIP2, "probe://test/x.fits.bz2"},
    {RF_STREAM_XZ, "probe://test/x.fits.xz"},
    {RF_STREAM_ZSTD, "probe://test/x.fits.zst"},
};

static const packed_kind *kind; /* of the current round */

static rf_status append(void *context, const void *data, size_t n, rf_error *err) {
  (void)err;
  bytes *b = context;
  b->data = realloc(b->data, b->n + n + 1);
  memcpy(b->data + b->n, data, n);
  b->n += n;
  return RF_OK;
}

/* Content of `n` bytes for bzip2, which decodes in blocks of 900,000 bytes, and of a third of it for other formats. */
static bytes pixels(size_t n, uint32_t seed) {
  return noise(kind->number == RF_STREAM_BZIP2 ? n : n / 3, seed);
}

/* One unit of the current format. */
static bytes packed(bytes plain) {
  const rf_stream_codec *codec = rf_stream_codec_current(kind->number);
  rf_error err;
  rf_error_clear(&err);
  void *stream = NULL;
  bytes made = new_bytes(0);
  CHECK_OK(codec->deflate_open(codec->user, 0, plain.n, &stream, &err), err);
  CHECK_OK(codec->deflate(stream, plain.data, plain.n, 1, append, &made, &err), err);
  codec->deflate_close(stream);
  return made;
}

static bytes joined(bytes a, bytes b) {
  CHECK_OK(append(&a, b.data, b.n, NULL), (rf_error){0});
  free(b.data);
  return a;
}

static bytes copy_of(bytes b) {
  return joined(new_bytes(0), (bytes){memcpy(malloc(b.n + 1), b.data, b.n), b.n});
}

static rf_store *open_packed(bytes content, rf_error *err) {
  probe_reset(content);
  return open_probe("probe://test/no-suffix", RF_MODE_READ, 0, err);
}

/* ---------------------------------------------------------------- reading */

static void reads_any_order(void) {
  bytes plain = noise(1500000, 1);
  rf_error err;
  rf_store *store = open_packed(packed(plain), &err);
  static const uint64_t offsets[] = {0, 100, 70000, 69999, 900000, 0, 299, 1499999, 1500000, 5000000, 1400000};
  for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
    check_range(store, plain, offsets[i], 5000);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void header_touches_only_the_beginning(void) {
  bytes plain = pixels(3000000, 2);
  rf_error err;
  rf_store *store = open_packed(packed(plain), &err);
  check_range(store, plain, 0, 2880);
  /* A block of bzip2 has 900,000 bytes. */
  CHECK(probe.read_bytes <= (kind->number == RF_STREAM_BZIP2 ? 1000 : 200) * 1024);
  unsigned reads = probe.reads;
  check_range(store, plain, 10, 2000);
  CHECK(probe.reads == reads);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void units_are_one_content(void) {
  bytes plain = new_bytes(0), content = new_bytes(0);
  for (uint32_t i = 0; i < 12; i++) {
    bytes part = i % 4 == 3 ? zeros(0) : noise(30000 + 37 * i, i);
    content = joined(content, packed(part));
    plain = joined(plain, part);
  }
  rf_error err;
  rf_store *store = open_packed(content, &err);
  check_range(store, plain, 100000, 1000);
  check_whole(store, plain);
  CHECK(atomic_load(store->stray) == 0);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void padding_of_xz_is_no_stray_byte(void) {
  if (kind->number != RF_STREAM_XZ)
    return;
  for (size_t n = 1; n <= 8; n++) {
    bytes plain = noise(50000, 3), part = noise(3000, 4);
    bytes content = packed(plain);
    size_t end = content.n;
    content = joined(joined(content, zeros(n)), packed(part));
    rf_error err;
    rf_store *store = open_packed(content, &err);
    bytes whole = n % 4 == 0 ? joined(plain, part) : plain;
    check_whole(store, whole);
    CHECK(atomic_load(store->stray) == (n % 4 == 0 ? 0 : end));
    CHECK_OK(rf_store_close(store, &err), err);
    free(whole.data);
    if (n % 4 != 0)
      free(part.data);
  }
}

static void skippable_frames_of_zstd_have_no_content(void) {
  if (kind->number != RF_STREAM_ZSTD)
    return;
  bytes plain = noise(50000, 5), skipped = {(uint8_t *)"\x5a\x2a\x4d\x18\7\0\0\0ignored", 15};
  bytes content = joined(copy_of(skipped), packed(plain));
  content = joined(joined(content, copy_of(skipped)), copy_of(skipped));
  rf_error err;
  rf_store *store = open_packed(content, &err);
  CHECK(store != NULL);
  check_whole(store, plain);
  CHECK(atomic_load(store->stray) == 0);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void stray_bytes_behind_the_last_unit(void) {
  bytes plain = noise(50000, 12), content = packed(plain);
  for (int padded = 0; padded < 2; padded++) {
    bytes tail = new_bytes(6);
    memcpy(tail.data, padded ? "\0\0\0xyz" : "xyz\0\0\0", 6);
    rf_error err;
    rf_store *store = open_packed(joined(copy_of(content), tail), &err);
    check_range(store, plain, 0, plain.n);
    CHECK(store->stray != NULL && atomic_load(store->stray) == content.n);
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(plain.data);
  free(content.data);
}

/* ---------------------------------------------------------------- bad input */

/* Reads everything. If all of it can be read, or `prefix` is set, the bytes must be those of `plain`. */
static rf_status read_bad(bytes content, bytes plain, bool prefix, rf_error *err) {
  rf_store *store = open_packed(content, err);
  if (store == NULL)
    return err->code;
  uint8_t buffer[1000];
  bool same = true;
  rf_status status = RF_OK;
  size_t got = sizeof buffer;
  uint64_t at = 0;
  for (; status == RF_OK && got > 0; at += got) {
    status = rf_store_read_at(store, at, buffer, sizeof buffer, &got, err);
    if (status == RF_OK)
      same = same && at + got <= plain.n && memcmp(buffer, plain.data + (got ? at : 0), got) == 0;
  }
  CHECK(same || (!prefix && status != RF_OK));
  uint64_t size;
  rf_error again;
  rf_error_clear(&again);
  CHECK(rf_store_size(store, &size, &again) == status);
  CHECK_STR(again.message, err->message);
  CHECK_OK(rf_store_close(store, NULL), *err);
  return status;
}

static void truncated_at_every_byte(void) {
  bytes plain = noise(3000, 8), content = packed(plain);
  const rf_format *format = rf_format_find(kind->number);
  for (size_t n = 1; n < content.n; n += check_turns(1, 41)) {
    bytes cut = copy_of(content);
    cut.n = n;
    rf_error err;
    rf_status status;
    if (!format->begins(content.data, n)) { /* too short to be known by its content */
      probe_reset(cut);
      CHECK(open_probe(kind->name, RF_MODE_READ, 0, &err) == NULL);
      CHECK(err.code == RF_ERR_CODEC && err.offset == 0 && strstr(err.message, "not ") != NULL);
      continue;
    }
    status = read_bad(cut, plain, true, &err);
    CHECK(status == RF_ERR_TRUNCATED && err.offset == (int64_t)n);
    CHECK(strstr(err.message, format->unit) != NULL && strstr(err.message, "in the middle of the") != NULL);
  }
  free(plain.data);
  free(content.data);
}

/* Checksums cover the content in all four formats: a flipped bit is an error, or in a header that does not matter. */
static void every_bit_flipped(void) {
  bytes plain = noise(600, 9), content = packed(plain);
  for (size_t i = 0; i < content.n * 8; i += check_turns(1, 67)) {
    bytes bad = copy_of(content);
    bad.data[i / 8] ^= (uint8_t)(1u << (i % 8));
    rf_error err;
    if (!rf_format_find(kind->number)->begins(bad.data, bad.n)) {
      free(bad.data);
      continue;
    }
    rf_status status = read_bad(bad, plain, false, &err);
    CHECK(status == RF_OK || err.message[0] != '\0');
    if (status == RF_ERR_CODEC)
      CHECK(err.offset >= 0 && err.offset <= (int64_t)content.n && strstr(err.message, "of the compressed file"));
  }
  free(plain.data);
  free(content.data);
}

static void damage_has_its_offset(void) {
  bytes plain = pixels(3000000, 10), content = packed(plain);
  size_t middle = content.n / 4 * 3;
  content.data[middle] ^= 0x55;
  content.data[middle + 1] ^= 0x55;
  rf_error err;
  rf_store *store = open_packed(content, &err);
  check_range(store, plain, 0, 2880);
  uint64_t size;
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "corrupt") != NULL && strstr(err.message, "that begins at byte 0") != NULL);
  /* Formats with blocks notice it in the block, gzip and xz at the latest by the checksum of the end. */
  CHECK(err.offset >= (int64_t)middle && err.offset <= (int64_t)content.n);
  check_range(store, plain, 0, 2880);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

/* One wrong bit changes all content of a block. Nothing of it may be given out before its checksum is compared. */
static void damaged_block_of_bzip2_has_no_content(void) {
  if (kind->number != RF_STREAM_BZIP2)
    return;
  bytes plain = noise(200000, 40), content = packed(plain);
  for (size_t at = 20; at < content.n; at += content.n / 40) {
    bytes bad = copy_of(content);
    bad.data[at] ^= 0x10;
    rf_error err;
    rf_store *store = open_packed(bad, &err);
    uint8_t first[100];
    size_t got;
    CHECK(rf_store_read_at(store, 0, first, sizeof first, &got, &err) == RF_ERR_CODEC);
    CHECK_OK(rf_store_close(store, NULL), err);
  }
  free(plain.data);
  free(content.data);
}

static void bomb_stops_at_the_limit(void) {
  bytes plain = zeros(20 << 20), content = packed(plain);
  probe_reset(content);
  rf_error err;
  rf_store *store = open_probe(kind->name, RF_MODE_READ, 1 << 20, &err);
  check_range(store, plain, 0, 2880);
  uint64_t size;
  CHECK(rf_store_size(store, &size, &err) == RF_ERR_LIMIT);
  CHECK(strstr(err.message, "1048576") != NULL && strstr(err.message, "inflate_bytes") != NULL);
  check_range(store, plain, 1000000, 40000);
  CHECK_OK(rf_store_close(store, NULL), err);
  store = open_probe(kind->name, RF_MODE_READ, plain.n, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

/* A header that asks for 1.5 GiB and more of memory. */
static void greedy_headers(void) {
  static const uint8_t zstd[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA8, 0x01, 0x00, 0x00}; /* window of 2^31 bytes */
  static const uint8_t xz[] = {0xFD, '7', 'z', 'X', 'Z', 0, 0, 1, 0x69, 0x22, 0xDE, 0x36,
                               /* a block of LZMA2 with a dictionary of 3 GiB */
                               2, 0, 0x21, 1, 39, 0, 0, 0, 0, 0, 0, 0};
  bytes content = {0};
  if (kind->number == RF_STREAM_ZSTD)
    content = copy_of((bytes){(uint8_t *)(uintptr_t)zstd, sizeof zstd});
  else if (kind->number == RF_STREAM_XZ)
    content = copy_of((bytes){(uint8_t *)(uintptr_t)xz, sizeof xz});
  else
    return;
  if (kind->number == RF_STREAM_XZ) { /* CRC-32 of the header of the block */
    uLong crc = crc32(0, content.data + 12, 8);
    for (int i = 0; i < 4; i++)
      content.data[20 + i] = (uint8_t)(crc >> (8 * i));
  }
  rf_error err;
  bytes nothing = zeros(0);
  CHECK(read_bad(content, nothing, true, &err) == RF_ERR_LIMIT);
  CHECK(strstr(err.message, "memory to decompress") != NULL);
  free(nothing.data);
}

static void read_error_is_not_for_ever(void) {
  bytes plain = pixels(3000000, 14);
  rf_error err;
  rf_store *store = open_packed(packed(plain), &err);
  check_range(store, plain, 0, 2880);
  probe.fail_read_at = probe.content.n - 3000;
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
  for (int i = 0; i < 100; i++) {
    job->seed = job->seed * 1664525u + 1013904223u;
    uint64_t offset = job->seed % (job->plain.n - 9000);
    check_range(job->store, job->plain, offset * (uint64_t)(i < 80 ? i : 100) / 100, 9000);
  }
  return NULL;
}

static void many_threads_read(void) {
  bytes plain = noise(1 << 20, 24);
  rf_error err;
  rf_store *store = open_packed(packed(plain), &err);
  pthread_t threads[4];
  reader_job jobs[4];
  for (uint32_t i = 0; i < 4; i++) {
    jobs[i] = (reader_job){.store = store, .plain = plain, .seed = i};
    CHECK(pthread_create(&threads[i], NULL, read_here_and_there, &jobs[i]) == 0);
  }
  for (int i = 0; i < 4; i++)
    pthread_join(threads[i], NULL);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

/* ---------------------------------------------------------------- codecs of a caller */

static const rf_stream_codec *real;
static int interrupted_after;

/* Tells nothing about its errors, and is interrupted. */
static rf_status other_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                               size_t *made, int *done, rf_error *err) {
  rf_status status =
      real->inflate(stream, in, n_in < 1000 ? n_in : 1000, used, out, n_out < 3000 ? n_out : 3000, made, done, NULL);
  if (interrupted_after > 0 && --interrupted_after == 0)
    return rf_fail(err, RF_ERR_CALLBACK, "interrupted");
  return status;
}

static void interrupted_reads_can_be_repeated(void) {
  bytes plain = pixels(2000000, 27);
  rf_error err;
  rf_store *store = open_packed(packed(plain), &err);
  uint64_t size;
  static const int after[] = {3, 20, 1, 90};
  for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
    rf_error_clear(&err);
    interrupted_after = after[i];
    CHECK(rf_store_size(store, &size, &err) == RF_ERR_CALLBACK);
    CHECK(strstr(err.message, "interrupted") != NULL);
    check_range(store, plain, 0, 2880);
  }
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void a_codec_that_only_reads(rf_stream_codec other) {
  bytes plain = noise(5000, 30), content = packed(plain);
  rf_error err;
  other.deflate_open = NULL;
  CHECK(rf_stream_codec_register(kind->number, &other, &err) == RF_ERR_ARGUMENT);
  CHECK(strstr(err.message, "1 of the 3") != NULL);
  other.deflate = NULL;
  other.deflate_close = NULL;
  CHECK_OK(rf_stream_codec_register(kind->number, &other, &err), err);
  probe_reset(copy_of(content));
  CHECK(open_probe(kind->name, RF_MODE_CREATE, 0, &err) == NULL && err.code == RF_ERR_READONLY);
  CHECK(open_probe(kind->name, RF_MODE_READ_WRITE, 0, &err) == NULL && err.code == RF_ERR_READONLY);
  CHECK(probe.content.n == content.n && strstr(err.message, "can only read") != NULL);
  rf_store *store = open_packed(content, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void a_registered_codec_is_used(void) {
  real = rf_stream_codec_current(kind->number);
  rf_stream_codec other = *real, without = *real;
  rf_error err;
  other.name = "other";
  other.inflate = other_inflate;
  int was = rf_whole_set_enabled(0); /* gzip */
  CHECK(was == 0);
  CHECK_OK(rf_stream_codec_register(kind->number, &other, &err), err);
  CHECK_STR(rf_stream_codec_name(kind->number), "other");
  reads_any_order();
  units_are_one_content();
  damage_has_its_offset();
  interrupted_reads_can_be_repeated();
  rf_whole_set_enabled(1);
  CHECK_OK(rf_stream_codec_register(kind->number, NULL, &err), err);
  a_codec_that_only_reads(*real);
  without.size--;
  CHECK(rf_stream_codec_register(kind->number, &without, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_stream_codec_register((rf_stream_format)0, real, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_stream_codec_register((rf_stream_format)99, real, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_stream_codec_name((rf_stream_format)99) == NULL);
  CHECK_OK(rf_stream_codec_register(kind->number, NULL, &err), err);
  CHECK(rf_stream_codec_current(kind->number) == real);
}

/* ---------------------------------------------------------------- writing */

static void check_written(bytes plain) {
  rf_error err;
  bytes content = copy_of(probe.content);
  CHECK(rf_format_find(kind->number)->begins(content.data, content.n));
  rf_store *store = open_probe("probe://test/no-suffix", RF_MODE_READ, 0, &err);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(content.data);
}

static void created_changed_and_written_back(void) {
  bytes plain = noise(1200000, 15);
  for (int level = 0; level <= 9; level += 9) {
    probe_reset(new_bytes(0));
    rf_options options;
    rf_error err;
    rf_error_clear(&err);
    rf_options_init(&options);
    options.gzip_level = level;
    rf_store *store = NULL;
    CHECK_OK(rf_store_open(kind->name, RF_MODE_CREATE, &options, &store, &err), err);
    CHECK_OK(rf_store_write(store, 1000000, plain.data + 1000000, plain.n - 1000000, &err), err);
    CHECK_OK(rf_store_write(store, 0, plain.data, 1000000, &err), err);
    CHECK(probe.content.n == 0);
    CHECK_OK(rf_store_close(store, &err), err);
    CHECK(probe.commits == 1 && probe.replaces == probe.commits + probe.aborts);
    check_written(plain);
  }
  rf_error err;
  rf_store *store = open_probe(kind->name, RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 350000, "changed", 7, &err), err);
  memcpy(plain.data + 350000, "changed", 7);
  CHECK_OK(rf_store_truncate(store, 400000, &err), err);
  plain.n = 400000;
  CHECK_OK(rf_store_close(store, &err), err);
  check_written(plain);
  free(plain.data);
}

static void full_disk_keeps_the_old_file(void) {
  bytes plain = noise(700000, 19), content = packed(plain);
  rf_error err;
  probe_reset(copy_of(content));
  rf_store *store = open_probe(kind->name, RF_MODE_READ_WRITE, 0, &err);
  CHECK_OK(rf_store_write(store, 0, "other", 5, &err), err);
  probe.room = 1000;
  CHECK(rf_store_sync(store, &err) == RF_ERR_NO_SPACE);
  CHECK_STR(err.message, "probe: the disk is full");
  CHECK(rf_store_close(store, NULL) == RF_ERR_NO_SPACE);
  CHECK(probe.commits == 0 && probe.aborts == probe.replaces);
  CHECK(probe.content.n == content.n && memcmp(probe.content.data, content.data, content.n) == 0);
  free(plain.data);
  free(content.data);
}

static void damaged_file_is_not_changed(void) {
  bytes plain = noise(700000, 31), content = packed(plain);
  content.data[content.n / 2] ^= 0xFF;
  rf_error err;
  probe_reset(copy_of(content));
  rf_store *store = open_probe(kind->name, RF_MODE_READ_WRITE, 0, &err);
  CHECK(store != NULL);
  CHECK(rf_store_write(store, 0, "other", 5, &err) == RF_ERR_CODEC);
  CHECK_OK(rf_store_close(store, NULL), err);
  CHECK(probe.writes == 0 && probe.commits == 0);
  free(plain.data);
  free(content.data);
}

/* ---------------------------------------------------------------- all */

static void every_format(void) {
  RUN(reads_any_order);
  RUN(header_touches_only_the_beginning);
  RUN(units_are_one_content);
  RUN(padding_of_xz_is_no_stray_byte);
  RUN(skippable_frames_of_zstd_have_no_content);
  RUN(stray_bytes_behind_the_last_unit);
  RUN(truncated_at_every_byte);
  RUN(every_bit_flipped);
  RUN(damage_has_its_offset);
  RUN(damaged_block_of_bzip2_has_no_content);
  RUN(bomb_stops_at_the_limit);
  RUN(greedy_headers);
  RUN(read_error_is_not_for_ever);
  RUN(many_threads_read);
  RUN(a_registered_codec_is_used);
  RUN(created_changed_and_written_back);
  RUN(full_disk_keeps_the_old_file);
  RUN(damaged_file_is_not_changed);
}

int main(void) {
  rf_error err;
  CHECK_OK(rf_driver_register(&probe_row, &err), err);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    kind = &kinds[i];
    if (rf_stream_codec_current(kind->number) != NULL)
      every_format();
  }
  CHECK_STR(rf_stream_codec_name(RF_STREAM_GZIP), "zlib");
  probe_reset((bytes){0});
  return check_report();
}
