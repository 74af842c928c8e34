/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading .gz files through an index, over a driver of the test's own that counts and fails. zlib makes the inputs; the
 * filter without an index says what damaged files contain.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "index_probe.h"
#include "store/filter/index/chunks.h"

/* ---------------------------------------------------------------- whole files */

static uint32_t next_random(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return *seed >> 8;
}

/* Reads here and there, then everything, then here and there again. */
static void check_reads(bytes plain, bytes packed, uint64_t index_bytes) {
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_indexed(index_bytes, NULL, 0, &err);
  CHECK(store != NULL);
  uint32_t seed = 7;
  for (int round = 0; round < 2; round++) {
    check_range(store, plain, 0, 2880);
    for (int i = 0; i < 30; i++) {
      uint64_t offset = plain.n == 0 ? 0 : next_random(&seed) % (plain.n + 10);
      check_range(store, plain, offset, next_random(&seed) % (i % 3 == 0 ? 900000 : 5000) + 1);
    }
    check_whole(store, plain);
  }
  CHECK_OK(rf_store_close(store, &err), err);
}

/* Runs of different kinds: noise, pixels, zeros, text. */
static bytes mixture(size_t n, uint32_t seed) {
  bytes b = noise(n, seed);
  for (size_t at = 0; at < n;) {
    size_t length = next_random(&seed) % 200000 + 1;
    unsigned kind = next_random(&seed) % 4;
    for (size_t i = at; i < n && i < at + length; i++) {
      if (kind == 0)
        b.data[i] = (uint8_t)next_random(&seed);
      else if (kind == 1)
        b.data[i] = 0;
      else if (kind == 2)
        b.data[i] = "SIMPLE  =                    T "[i % 31];
    }
    at += length;
  }
  return b;
}

static void every_level_and_strategy(void) {
  static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
  bytes plain = mixture(2500000, 3);
  for (int level = 0; level <= 9; level++)
    check_reads(plain, member(plain, level, strategies[level % 5], 0), level % 2 ? 20000 : 400000);
  check_reads(plain, member(plain, 6, Z_FIXED, 0), 5000);
  check_reads(plain, member(plain, 1, Z_DEFAULT_STRATEGY, 30000), 1);
  free(plain.data);
}

static void large_blocks(void) {
  /* Zeros: zlib makes blocks whose content is far longer than the distance of marks. */
  bytes plain = join(zeros(20 << 20), noise(300000, 5));
  check_reads(plain, member(plain, 9, Z_DEFAULT_STRATEGY, 0), 100000);
  free(plain.data);
}

static void small_and_empty_content(void) {
  for (size_t n = 0; n < 4; n++) {
    bytes plain = noise(n, 9);
    check_reads(plain, member(plain, 6, Z_DEFAULT_STRATEGY, 0), 1);
    check_reads(plain, bgzf(plain, 3), 1);
    free(plain.data);
  }
}

static void members_are_one_content(void) {
  bytes plain = new_bytes(0), packed = new_bytes(0);
  for (uint32_t i = 0; i < 60; i++) {
    bytes part = i % 7 == 3 ? zeros(0) : mixture(i % 5 == 0 ? 700000 : 500 + 37 * i, i);
    packed = join(packed, i % 4 == 2 ? bgzf(part, 20000) : member(part, 6, Z_DEFAULT_STRATEGY, 0));
    plain = join(plain, part);
  }
  check_reads(plain, copy_of(packed), 50000);
  check_reads(plain, copy_of(packed), 1);
  check_reads(plain, copy_of(packed), 1 << 20);
  check_reads(plain, join(packed, zeros(5000)), 300000);
  free(plain.data);
}

static void members_that_say_their_length(void) {
  static const size_t sizes[] = {65280, 65536, 1000, 262144 / 5};
  bytes plain = mixture(3000000, 12);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    check_reads(plain, bgzf(plain, sizes[i] <= 65280 ? sizes[i] : 65000), 4 << 20);
  free(plain.data);
}

/* Without an index, such a file is decoded as a whole, too, by several threads. */
static void members_are_decoded_at_once(void) {
  bytes plain = mixture(5000000, 13);
  for (int which = 0; which < 4; which++) {
    bytes packed = bgzf(plain, 65280);
    if (which == 1)
      packed = join(packed, gzipped(plain));
    else if (which == 2)
      packed = join(packed, zeros(1000));
    else if (which == 3)
      packed.data[packed.n / 2] ^= 1;
    probe_reset(packed);
    rf_error err;
    uint64_t size;
    rf_store *store = open_probe("probe://test/x.fits.gz", RF_MODE_READ, 0, &err);
    check_range(store, plain, 0, 2880);
    if (which == 3) {
      CHECK(rf_store_size(store, &size, &err) == RF_ERR_CODEC);
    } else if (which == 1) {
      bytes twice = join(copy_of(plain), copy_of(plain));
      check_whole(store, twice);
      free(twice.data);
    } else {
      uint8_t *out = malloc(plain.n);
      CHECK_OK(rf_store_read(store, 0, out, plain.n, &err), err);
      CHECK(memcmp(out, plain.data, plain.n) == 0);
      check_whole(store, plain);
      free(out);
    }
    CHECK_OK(rf_store_close(store, NULL), err);
  }
  free(plain.data);
}

/* ---------------------------------------------------------------- costs */

static void far_reads_cost_the_distance_to_a_mark(void) {
  bytes plain = noise(16 << 20, 21), packed = member(plain, 0, Z_DEFAULT_STRATEGY, 0);
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_indexed(1 << 20, NULL, 0, &err);
  check_range(store, plain, 0, 2880);
  CHECK(probe.read_bytes <= 400 * 1024);
  check_range(store, plain, plain.n - 100, 100);
  uint64_t all = probe.read_bytes;
  CHECK(all < packed.n + packed.n / 4);
  check_range(store, plain, 100, 2000);
  check_range(store, plain, 12 << 20, 2000);
  CHECK(probe.read_bytes - all < 4 << 20);
  /* Reads in order continue, and cached chunks are not decoded again. */
  uint64_t before = probe.read_bytes;
  for (uint64_t at = 5 << 20; at < 15 << 20; at += 64 << 10)
    check_range(store, plain, at, 64 << 10);
  CHECK(probe.read_bytes - before < 12 << 20);
  before = probe.read_bytes;
  check_range(store, plain, 12 << 20, 3 << 20);
  CHECK(probe.read_bytes == before);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

static void members_are_found_without_decoding(void) {
  bytes plain = noise(8 << 20, 22), packed = bgzf(plain, 65280);
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_indexed(0, NULL, 0, &err);
  check_range(store, plain, 7 << 20, 5000);
  CHECK(probe.read_bytes < 1 << 20);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

/* Memory in use, as the allocator of the test sees it; it fails when `until` allocations have passed (-1: never). */
static atomic_llong in_use, most_in_use, until;

static void count_free(void *user, void *block) {
  (void)user;
  if (block == NULL)
    return;
  size_t *start = (size_t *)((uint8_t *)block - 16);
  atomic_fetch_sub(&in_use, (long long)*start);
  free(start);
}

static void *count_realloc(void *user, void *block, size_t size) {
  if (atomic_load(&until) >= 0 && atomic_fetch_sub(&until, 1) == 0)
    return NULL;
  size_t *start = malloc(size + 16);
  if (start == NULL)
    return NULL;
  *start = size;
  long long now = atomic_fetch_add(&in_use, (long long)size) + (long long)size;
  if (now > atomic_load(&most_in_use))
    atomic_store(&most_in_use, now);
  void *made = (uint8_t *)start + 16;
  if (block != NULL) {
    size_t old = *(size_t *)((uint8_t *)block - 16);
    memcpy(made, block, old < size ? old : size);
    count_free(user, block);
  }
  return made;
}

static const rf_allocator counted = {count_realloc, count_free, NULL};

static void content_is_never_in_memory_as_a_whole(void) {
  bytes plain = zeros(80 << 20), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 0);
  probe_reset(packed);
  rf_allocator_set(&counted);
  rf_error err;
  rf_store *store = open_indexed(0, NULL, 0, &err);
  atomic_store(&most_in_use, 0);
  uint64_t size;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == plain.n);
  uint32_t seed = 4;
  for (int i = 0; i < 200; i++)
    check_range(store, plain, next_random(&seed) * 8ull % plain.n, 100000);
  CHECK(atomic_load(&most_in_use) < (long long)(RF_CACHED_CHUNKS * RF_CHUNK_BYTES + (4 << 20)));
  CHECK_OK(rf_store_close(store, &err), err);
  rf_allocator_set(NULL);
  CHECK(atomic_load(&in_use) == 0);
  free(plain.data);
}

static void each_failing_allocation_is_an_error(void) {
  bytes plain = mixture(1500000, 31), packed = join(member(plain, 6, Z_DEFAULT_STRATEGY, 0), bgzf(plain, 60000));
  bytes all = join(copy_of(plain), copy_of(plain));
  rf_allocator_set(&counted);
  probe_reset(packed);
  for (long long n = 0, failed = 1; failed; n++) {
    rf_error err;
    atomic_store(&until, n);
    rf_store *store = open_indexed(100000, NULL, 0, &err);
    uint8_t out[3000];
    rf_status status = store == NULL ? err.code : RF_OK;
    static const uint64_t offsets[] = {0, 2999000, 700000, 10, 2000000};
    for (size_t i = 0; i < 5 && status == RF_OK; i++) {
      status = rf_store_read(store, offsets[i], out, i == 1 ? 1000 : sizeof out, &err);
      CHECK(status != RF_OK || memcmp(out, all.data + offsets[i], 1000) == 0);
    }
    failed = atomic_load(&until) < 0;
    CHECK(status == RF_OK || (failed && status == RF_ERR_MEMORY));
    atomic_store(&until, -1);
    if (store != NULL) { /* works when there is memory again */
      check_range(store, all, 1400000, 200000);
      CHECK_OK(rf_store_close(store, &err), err);
    }
    CHECK(atomic_load(&in_use) == 0);
  }
  rf_allocator_set(NULL);
  free(plain.data);
  free(all.data);
}

/* ---------------------------------------------------------------- bad input */

/* Reads some ranges from both stores, which must agree. `same`: also in the message. */
static void compare(bytes packed, size_t about, bool same) {
  rf_error err, other;
  probe_reset(packed);
  rf_store *plain = open_probe("probe://test/x.fits.gz", RF_MODE_READ, 0, &err);
  rf_store *store = open_indexed(3000, NULL, 0, &other);
  CHECK((plain != NULL) == (store != NULL) && err.code == other.code);
  static uint8_t expected[400000], found[400000];
  for (int i = 0; store != NULL && i < 8; i++) {
    size_t offset = i < 4 ? about / 4 * (size_t)i : about / 8 * (size_t)(7 - i), n = about / 4 + 10, a, b;
    rf_error_clear(&err);
    rf_error_clear(&other);
    rf_status first = rf_store_read_at(plain, offset, expected, n, &a, &err);
    rf_status second = rf_store_read_at(store, offset, found, n, &b, &other);
    CHECK(first == second);
    CHECK(first != RF_OK || (a == b && memcmp(expected, found, a) == 0));
    CHECK(first == RF_OK || other.message[0] != '\0');
    if (same && first != RF_OK) {
      CHECK_STR(other.message, err.message);
      CHECK(other.offset == err.offset);
    }
  }
  (void)rf_store_close(plain, NULL);
  (void)rf_store_close(store, NULL);
}

static void truncated_at_every_byte(void) {
  bytes plain = noise(5000, 8), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 2000);
  for (size_t n = 0; n < packed.n; n += check_turns(1, 41)) {
    bytes cut = copy_of(packed);
    cut.n = n;
    compare(cut, plain.n, n > 1);
  }
  free(plain.data);
  free(packed.data);
}

static void truncated_large_files(void) {
  bytes plain = mixture(1300000, 17), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 0);
  for (size_t part = 1; part < 10; part++) {
    bytes cut = copy_of(packed);
    cut.n = packed.n * part / 10;
    compare(cut, plain.n, true);
  }
  free(plain.data);
  free(packed.data);
}

static void flipped_bits_at_every_byte(void) {
  bytes plain = noise(4000, 14), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 2000);
  for (size_t i = 0; i < packed.n; i += check_turns(1, 41)) {
    bytes bad = copy_of(packed);
    bad.data[i] ^= (uint8_t)(1u << i % 8);
    compare(bad, plain.n, false);
  }
  free(plain.data);
  free(packed.data);
}

static void damaged_members_that_say_their_length(void) {
  bytes plain = noise(600000, 15), packed = bgzf(plain, 60000);
  size_t begin[12] = {0};
  for (size_t i = 1, at = 0; i < 11; i++)
    begin[i] = at += (size_t)(packed.data[at + 16] | packed.data[at + 17] << 8) + 1;
  for (size_t i = 0; i < 10; i++) {
    const size_t places[] = {begin[i] + 16,    begin[i] + 17,    begin[i] + 12,    begin[i] + 1000,
                             begin[i + 1] - 8, begin[i + 1] - 4, begin[i + 1] - 3, begin[i] + 3};
    for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
      bytes bad = copy_of(packed);
      bad.data[places[j]] ^= 1;
      compare(bad, plain.n, false);
    }
  }
  for (size_t n = begin[3] + 1; n < begin[3] + 40; n++) {
    bytes cut = copy_of(packed);
    cut.n = n;
    compare(cut, 180000, false);
  }
  free(plain.data);
  free(packed.data);
}

/* A length that is wrong for the library, and of no interest for a decoder. */
static void members_that_lie_about_their_length(void) {
  bytes plain = noise(600000, 15);
  for (int which = 0; which < 3; which++) {
    bytes packed = bgzf(plain, 60000);
    for (int i = 0; i < which * 4; i++)
      packed.data[16 + i / 4] ^= (uint8_t)(1 << i);
    check_reads(plain, packed, 100000);
  }
  free(plain.data);
}

static void limit_of_the_content(void) {
  bytes plain = zeros(5 << 20);
  for (int which = 0; which < 2; which++) {
    probe_reset(which ? bgzf(plain, 65280) : member(plain, 6, Z_DEFAULT_STRATEGY, 0));
    rf_error err;
    uint64_t size;
    rf_store *store = open_indexed(0, NULL, plain.n - 1, &err);
    CHECK(rf_store_size(store, &size, &err) == RF_ERR_LIMIT);
    CHECK(strstr(err.message, "inflate_bytes") != NULL);
    check_range(store, plain, 100, 4 << 20);
    CHECK_OK(rf_store_close(store, NULL), err);
    store = open_indexed(0, NULL, plain.n, &err);
    check_whole(store, plain);
    CHECK_OK(rf_store_close(store, NULL), err);
  }
  free(plain.data);
}

static void read_errors_are_not_for_ever(void) {
  bytes plain = noise(3000000, 16), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 0);
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_indexed(200000, NULL, 0, &err);
  check_range(store, plain, 0, 100000);
  uint8_t out[1000];
  probe.fail_read_at = packed.n / 2;
  CHECK(rf_store_read(store, plain.n - 1000, out, 1000, &err) == RF_ERR_IO);
  check_range(store, plain, 200000, 1000);
  probe.fail_read_at = 0;
  check_whole(store, plain);
  probe.fail_read_at = packed.n / 2;
  uint8_t *all = malloc(plain.n);
  rf_error_clear(&err);
  CHECK(rf_store_size(store, &(uint64_t){0}, &err) == RF_OK);
  probe.fail_read_at = 0;
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(all);
  free(plain.data);
}

static void a_file_that_changes_is_noticed(void) {
  bytes plain = zeros(36 << 20), packed = member(plain, 0, Z_DEFAULT_STRATEGY, 0);
  probe_reset(packed);
  rf_error err;
  rf_store *store = open_indexed(1 << 20, NULL, 0, &err);
  check_range(store, plain, plain.n - 100, 100);
  memset(probe.content.data + (5 << 20), 1, 1 << 20);
  uint8_t out[1000];
  CHECK(rf_store_read(store, 5 << 20, out, sizeof out, &err) == RF_ERR_CODEC);
  CHECK_OK(rf_store_close(store, NULL), err);
  free(plain.data);
}

static void not_gzip_at_all(void) {
  rf_error err;
  bytes text = new_bytes(100);
  memset(text.data, 'x', 100);
  probe_reset(text);
  CHECK(open_indexed(0, NULL, 0, &err) == NULL);
  CHECK(err.code == RF_ERR_CODEC && err.offset == 0);
  probe_reset(new_bytes(0));
  CHECK(open_indexed(0, NULL, 0, &err) == NULL);
  CHECK(err.code == RF_ERR_NOT_FITS);
  bytes other = new_bytes(100);
  memcpy(other.data, "BZh91AY", 7);
  probe_reset(other);
  CHECK(open_indexed(0, NULL, 0, &err) == NULL);
}

/* ---------------------------------------------------------------- threads */

typedef struct reader_job {
  rf_store *store;
  bytes plain;
  uint32_t seed;
} reader_job;

static void *read_here_and_there(void *context) {
  reader_job *job = context;
  for (int i = 0; i < 25; i++) {
    uint64_t offset = next_random(&job->seed) % job->plain.n;
    check_range(job->store, job->plain, offset, i % 5 == 0 ? 3000000 : 20000);
  }
  return NULL;
}

static void many_threads_read(void) {
  bytes plain = join(noise(7000000, 23), mixture(3000000, 24)), half = copy_of(plain);
  half.n = 5000000;
  bytes rest = copy_of(plain);
  memmove(rest.data, rest.data + half.n, rest.n -= half.n);
  probe_reset(join(member(half, 6, Z_DEFAULT_STRATEGY, 0), bgzf(rest, 65280)));
  rf_error err;
  rf_store *store = open_indexed(150000, NULL, 0, &err);
  pthread_t threads[6];
  reader_job jobs[6];
  for (uint32_t i = 0; i < 6; i++) {
    jobs[i] = (reader_job){.store = store, .plain = plain, .seed = i};
    CHECK(pthread_create(&threads[i], NULL, read_here_and_there, &jobs[i]) == 0);
  }
  for (int i = 0; i < 6; i++)
    pthread_join(threads[i], NULL);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
  free(half.data);
  free(rest.data);
}

int main(void) {
  rf_error err;
  CHECK_OK(rf_driver_register(&probe_row, &err), err);
  atomic_store(&until, -1);
  RUN(every_level_and_strategy);
  RUN(large_blocks);
  RUN(small_and_empty_content);
  RUN(members_are_one_content);
  RUN(members_that_say_their_length);
  RUN(members_are_decoded_at_once);
  RUN(far_reads_cost_the_distance_to_a_mark);
  RUN(members_are_found_without_decoding);
  RUN(content_is_never_in_memory_as_a_whole);
  RUN(each_failing_allocation_is_an_error);
  RUN(truncated_at_every_byte);
  RUN(truncated_large_files);
  RUN(flipped_bits_at_every_byte);
  RUN(damaged_members_that_say_their_length);
  RUN(members_that_lie_about_their_length);
  RUN(limit_of_the_content);
  RUN(read_errors_are_not_for_ever);
  RUN(a_file_that_changes_is_noticed);
  RUN(not_gzip_at_all);
  RUN(many_threads_read);
  probe_reset((bytes){0});
  return check_report();
}
