/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The index of a compressed file, kept in another file: used, grown, damaged, foreign.
 */
#include "scratch.h"

#include "base/bytes.h"
#include "base/crc32c.h"
#include "index_probe.h"
#include "store/filter/index/saved.h"

static const char *index_path(void) {
  return scratch_path("x.idx");
}

static bool there_is_an_index(void) {
  FILE *file = fopen(index_path(), "rb");
  if (file != NULL)
    fclose(file);
  return file != NULL;
}

/* Reads up to `end` through the index and closes, which keeps the index. */
static void build(bytes plain, uint64_t index_bytes, uint64_t end) {
  rf_error err;
  rf_store *store = open_indexed(index_bytes, index_path(), 0, &err);
  CHECK(store != NULL && store->notice == NULL);
  if (end >= plain.n)
    check_whole(store, plain);
  else
    check_range(store, plain, end - 10, 10);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void a_kept_index_saves_decoding(void) {
  bytes plain = noise(12 << 20, 1);
  for (int which = 0; which < 2; which++) {
    probe_reset(which ? bgzf(plain, 65280) : member(plain, 1, Z_DEFAULT_STRATEGY, 0));
    remove(index_path());
    build(plain, 1 << 20, plain.n);
    CHECK(there_is_an_index());
    uint64_t before = probe.read_bytes;
    rf_error err;
    rf_store *store = open_indexed(1 << 20, index_path(), 0, &err);
    uint64_t size;
    CHECK_OK(rf_store_size(store, &size, &err), err);
    CHECK(size == plain.n && !store->sequential);
    check_range(store, plain, 9 << 20, 5000);
    CHECK(probe.read_bytes - before < 3 << 19);
    check_whole(store, plain);
    CHECK_OK(rf_store_close(store, &err), err);
  }
  free(plain.data);
}

static void an_index_grows(void) {
  bytes plain = join(noise(4 << 20, 2), zeros(1 << 20)), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 0);
  packed = join(join(packed, bgzf(plain, 60000)), member(plain, 1, Z_DEFAULT_STRATEGY, 0));
  bytes all = join(join(copy_of(plain), copy_of(plain)), copy_of(plain));
  probe_reset(packed);
  remove(index_path());
  size_t before = 0, n = 0;
  for (uint64_t end = 1 << 20; end < all.n + (3 << 20); end += 3 << 20) {
    build(all, 200000, end < all.n ? end : all.n);
    free(scratch_read(index_path(), &n));
    CHECK(n > before);
    before = n;
  }
  /* A complete index stays as it is. */
  build(all, 100000, all.n);
  free(scratch_read(index_path(), &n));
  CHECK(n == before);
  free(plain.data);
  free(all.data);
}

static void the_crc_is_checked_behind_a_kept_mark(void) {
  bytes plain = noise(3 << 20, 3), packed = member(plain, 6, Z_DEFAULT_STRATEGY, 0);
  for (int which = 0; which < 3; which++) {
    bytes bad = copy_of(packed);
    if (which < 2)
      bad.data[bad.n - (which ? 4 : 8)] ^= 1;
    probe_reset(bad);
    remove(index_path());
    build(plain, 100000, 2 << 20);
    rf_error err;
    rf_store *store = open_indexed(100000, index_path(), 0, &err);
    uint64_t size;
    CHECK(rf_store_size(store, &size, &err) == (which < 2 ? RF_ERR_CODEC : RF_OK));
    CHECK(which == 2 || strstr(err.message, which ? "length check" : "data check") != NULL);
    check_range(store, plain, 1 << 20, 1000);
    CHECK_OK(rf_store_close(store, NULL), err);
  }
  free(plain.data);
  free(packed.data);
}

/* ---------------------------------------------------------------- damage */

/* The content is right, whatever the index is. */
static void check_content(bytes plain) {
  rf_error err;
  rf_store *store = open_indexed(20000, index_path(), 0, &err);
  CHECK(store != NULL);
  check_range(store, plain, plain.n / 2, 1000);
  check_range(store, plain, 0, plain.n);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, NULL), err);
}

static void damaged_at_every_byte(void) {
  bytes plain = zeros(330000);
  for (size_t i = 0; i < plain.n; i += 4999)
    plain.data[i] = (uint8_t)(i >> 8);
  for (int which = 0; which < 2; which++) {
    probe_reset(which ? bgzf(plain, 60000) : member(plain, 6, Z_DEFAULT_STRATEGY, 20000));
    remove(index_path());
    build(plain, 100000, plain.n);
    size_t n;
    uint8_t *good = scratch_read(index_path(), &n), *bad = malloc(n);
    CHECK(n > 100 && n < 1200);
    for (size_t i = 0; i < n; i += check_turns(1, 31)) {
      for (int sealed = 0; sealed < 2; sealed++) { /* with the CRC of the damaged index */
        memcpy(bad, good, n);
        bad[i] ^= (uint8_t)(1u << i % 8);
        if (sealed)
          rf_put_le32(bad + n - 4, rf_crc32c(bad, n - 4, 0));
        if (i < 8 || (!sealed && i % 16 != 0)) /* it is no index any more, or its CRC tells */
          continue;
        scratch_write(index_path(), bad, n);
        check_content(plain);
      }
      if (i == 0 || (i >= 8 && i % 3 == 0)) {
        scratch_write(index_path(), good, i);
        check_content(plain);
      }
    }
    scratch_write(index_path(), good, n);
    check_content(plain);
    free(good);
    free(bad);
  }
  free(plain.data);
}

static void of_another_file(void) {
  bytes plain = noise(400000, 5), other = noise(400000, 6);
  probe_reset(member(plain, 0, Z_DEFAULT_STRATEGY, 0));
  remove(index_path());
  build(plain, 100000, plain.n);
  /* The same size: the sums of the chunks tell. */
  probe_reset(member(other, 0, Z_DEFAULT_STRATEGY, 0));
  check_content(other);
  check_content(other);
  probe_reset(member(plain, 6, Z_DEFAULT_STRATEGY, 0));
  check_content(plain);
  free(plain.data);
  free(other.data);
}

static void foreign_files_are_refused(void) {
  bytes plain = noise(400000, 7);
  probe_reset(member(plain, 6, Z_DEFAULT_STRATEGY, 0));
  static const char *const contents[] = {"SIMPLE  =                    T", "RFINDE", "x"};
  for (size_t i = 0; i < 3; i++) {
    scratch_write(index_path(), contents[i], strlen(contents[i]));
    rf_error err;
    CHECK(open_indexed(0, index_path(), 0, &err) == NULL);
    CHECK(err.code == RF_ERR_EXISTS && strstr(err.message, "x.idx") != NULL);
    size_t n;
    uint8_t *now = scratch_read(index_path(), &n);
    CHECK(n == strlen(contents[i]) && memcmp(now, contents[i], n) == 0);
    free(now);
  }
  free(plain.data);
}

static void an_index_that_cannot_be_kept(void) {
  bytes plain = noise(400000, 7);
  probe_reset(member(plain, 6, Z_DEFAULT_STRATEGY, 0));
  rf_error err;
  rf_store *store = open_indexed(0, scratch_path("missing/x.idx"), 0, &err);
  CHECK(store != NULL && store->notice != NULL && strstr(store->notice->message, "cannot be kept") != NULL);
  check_whole(store, plain);
  CHECK_OK(rf_store_close(store, &err), err);
  free(plain.data);
}

int main(void) {
  rf_error err;
  CHECK_OK(rf_driver_register(&probe_row, &err), err);
  scratch_begin("index");
  RUN(a_kept_index_saves_decoding);
  RUN(an_index_grows);
  RUN(the_crc_is_checked_behind_a_kept_mark);
  RUN(damaged_at_every_byte);
  RUN(of_another_file);
  RUN(foreign_files_are_refused);
  RUN(an_index_that_cannot_be_kept);
  scratch_end();
  probe_reset((bytes){0});
  return check_report();
}
