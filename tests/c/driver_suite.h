/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What every writable driver must do, checked against a plain array in memory. A driver that passes
 * driver_suite() can carry FITS files.
 */
#ifndef RF_TESTS_DRIVER_SUITE_H
#define RF_TESTS_DRIVER_SUITE_H

#include <stdbool.h>
#include <stdlib.h>

#include "check.h"
#include "store/store.h"
#include "store/open.h"

#define SUITE_MOST ((size_t)3 << 20)

typedef struct suite {
  const char *name;
  bool persistent; /* what is closed can be opened again */
  rf_store *store;
  rf_options options;
  rf_error err;
  uint8_t *model; /* what the store should hold; zero behind `size` */
  size_t size;
  uint8_t *buffer;
  uint64_t seed;
} suite;

static inline uint32_t suite_random(suite *s, uint32_t below) {
  s->seed = s->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)((s->seed >> 33) % below);
}

static inline void suite_open(suite *s, rf_mode mode) {
  rf_error_clear(&s->err);
  CHECK_OK(rf_store_open(s->name, mode, &s->options, &s->store, &s->err), s->err);
  if (!s->store)
    exit(2);
  CHECK(s->store->writable == (mode != RF_MODE_READ));
}

static inline void suite_close(suite *s) {
  CHECK_OK(rf_store_close(s->store, &s->err), s->err);
  s->store = NULL;
}

static inline void suite_write(suite *s, size_t offset, size_t n) {
  for (size_t i = 0; i < n; i++)
    s->model[offset + i] = (uint8_t)suite_random(s, 256);
  CHECK_OK(rf_store_write(s->store, offset, s->model + offset, n, &s->err), s->err);
  if (n > 0 && s->size < offset + n)
    s->size = offset + n;
}

static inline void suite_truncate(suite *s, size_t size) {
  if (size < s->size)
    memset(s->model + size, 0, s->size - size);
  CHECK_OK(rf_store_truncate(s->store, size, &s->err), s->err);
  s->size = size;
}

static inline void suite_move(suite *s, size_t from, size_t to, size_t n) {
  memmove(s->model + to, s->model + from, n);
  CHECK_OK(rf_store_move(s->store, from, to, n, &s->err), s->err);
  if (n > 0 && s->size < to + n)
    s->size = to + n;
}

static inline void suite_read(suite *s, size_t offset, size_t n) {
  size_t got, have = offset < s->size ? s->size - offset : 0;
  memset(s->buffer, 0xEE, n);
  CHECK_OK(rf_store_read_at(s->store, offset, s->buffer, n, &got, &s->err), s->err);
  CHECK(got == (n < have ? n : have));
  CHECK(memcmp(s->buffer, s->model + offset, got) == 0);
  for (size_t i = got; i < n && i < got + 8; i++)
    CHECK(s->buffer[i] == 0xEE);
}

static inline void suite_compare(suite *s) {
  uint64_t size = 1;
  CHECK_OK(rf_store_size(s->store, &size, &s->err), s->err);
  CHECK(size == s->size);
  suite_read(s, 0, s->size + 10);
  const uint8_t *bytes;
  rf_status status = rf_store_peek(s->store, 0, s->size, &bytes, &s->err);
  CHECK(status == RF_ERR_UNSUPPORTED || (status == RF_OK && memcmp(bytes, s->model, s->size) == 0));
  CHECK(!s->store->profile.in_memory || s->size == 0 || status == RF_OK);
  CHECK(rf_store_peek(s->store, s->size, 1, &bytes, &s->err) == RF_ERR_UNSUPPORTED);
  CHECK(rf_store_peek(s->store, UINT64_MAX - 3, 8, &bytes, &s->err) == RF_ERR_UNSUPPORTED);
  CHECK(s->err.code == RF_OK);
}

/* Unordered, overlapping, empty and large ranges in one call. */
static inline void suite_read_many(suite *s) {
  rf_read_range ranges[40];
  size_t used = 0;
  for (int i = 0; i < 40; i++) {
    size_t n = i == 7 ? 0 : i == 20 ? s->size / 2 : suite_random(s, 3000);
    if (n > s->size)
      n = s->size;
    ranges[i] = (rf_read_range){suite_random(s, (uint32_t)(s->size - n + 1)), n, s->buffer + used};
    used += n;
  }
  memset(s->buffer, 0xEE, used + 1);
  CHECK_OK(rf_store_read_many(s->store, ranges, 40, &s->err), s->err);
  for (int i = 0; i < 40; i++)
    CHECK(memcmp(ranges[i].dest, s->model + ranges[i].offset, ranges[i].length) == 0);
  CHECK(s->buffer[used] == 0xEE);
  CHECK_OK(rf_store_read_many(s->store, NULL, 0, &s->err), s->err);
}

/* A range that leaves the file is an error, alone and among others. */
static inline void suite_past_the_end(suite *s) {
  struct {
    uint64_t offset;
    size_t length;
  } wrong[] = {{s->size, 1}, {s->size - 1, 2}, {s->size + 5000, 10}, {UINT64_MAX - 4, 10}, {0, s->size + 1}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    rf_read_range ranges[3] = {{0, 1, s->buffer}, {wrong[i].offset, wrong[i].length, s->buffer + 1}, {0, 0, s->buffer}};
    rf_error_clear(&s->err);
    CHECK(rf_store_read_many(s->store, ranges, 3, &s->err) == RF_ERR_TRUNCATED);
    CHECK(s->err.code == RF_ERR_TRUNCATED && strstr(s->err.message, "missing") != NULL);
    rf_error_clear(&s->err);
    CHECK(rf_store_read(s->store, wrong[i].offset, s->buffer, wrong[i].length, &s->err) == RF_ERR_TRUNCATED);
    CHECK(strstr(s->err.message, "missing") != NULL);
  }
  rf_error_clear(&s->err);
}

static inline void suite_random_changes(suite *s, int count) {
  for (int i = 0; i < count; i++) {
    size_t a = suite_random(s, SUITE_MOST / 8), b = suite_random(s, SUITE_MOST / 8), n = suite_random(s, 40000);
    switch (suite_random(s, 6)) {
    case 0:
      suite_truncate(s, a);
      break;
    case 1:
      if (a + n <= s->size)
        suite_move(s, a, b, n);
      break;
    case 2:
      suite_read(s, a, n);
      break;
    default:
      suite_write(s, a, n);
    }
  }
  if (s->size == 0)
    suite_write(s, 0, 100);
}

static inline void suite_create(suite *s) {
  suite_open(s, RF_MODE_CREATE);
  suite_compare(s); /* empty */
  suite_write(s, 0, 0);
  suite_compare(s);
  suite_write(s, 0, 5000);
  suite_compare(s);
  suite_write(s, 20000, 10); /* zeros between */
  suite_compare(s);
  suite_truncate(s, 7000); /* cut, and grown again: nothing old comes back */
  suite_truncate(s, 25000);
  suite_compare(s);
  suite_truncate(s, 3000);
  suite_write(s, 30000, 1);
  suite_compare(s);
  suite_write(s, 100, SUITE_MOST - 200); /* longer than any piece */
  suite_compare(s);
  suite_read_many(s);
  suite_past_the_end(s);
  suite_move(s, 0, 1000, SUITE_MOST - 1200); /* up and down by less than a piece, longer than one */
  suite_move(s, 3000, 10, SUITE_MOST - 3200);
  suite_move(s, 0, 0, 100);
  suite_compare(s);
  suite_truncate(s, 0);
  suite_compare(s);
  suite_random_changes(s, 150);
  suite_compare(s);
  CHECK(rf_store_write(s->store, UINT64_MAX - 1, "abc", 3, &s->err) == RF_ERR_LIMIT);
  rf_error_clear(&s->err);
  suite_compare(s);
  CHECK_OK(rf_store_sync(s->store, &s->err), s->err);
  suite_write(s, s->size, 100); /* after a sync */
  /* The first bytes pick a codec when the file is opened again: these pick none. */
  memcpy(s->model, "SIMPLE  =", 9);
  CHECK_OK(rf_store_write(s->store, 0, s->model, 9, &s->err), s->err);
  suite_compare(s);
  suite_close(s);
}

static inline void suite_reopen(suite *s) {
  suite_open(s, RF_MODE_READ);
  suite_read_many(s);
  suite_compare(s);
  suite_read_many(s);
  suite_past_the_end(s);
  CHECK(rf_store_write(s->store, 0, "x", 1, &s->err) == RF_ERR_READONLY);
  rf_error_clear(&s->err);
  CHECK(rf_store_truncate(s->store, 0, &s->err) == RF_ERR_READONLY);
  rf_error_clear(&s->err);
  CHECK(rf_store_move(s->store, 0, 1, 1, &s->err) == RF_ERR_READONLY);
  rf_error_clear(&s->err);
  CHECK_OK(rf_store_sync(s->store, &s->err), s->err);
  suite_close(s);

  suite_open(s, RF_MODE_READ_WRITE);
  suite_read_many(s);
  suite_write(s, 50, 60);
  suite_write(s, s->size, 70);
  suite_move(s, 0, 5, 1000);
  suite_compare(s);
  suite_close(s);
  suite_open(s, RF_MODE_READ);
  suite_compare(s);
  suite_close(s);

  suite_open(s, RF_MODE_CREATE); /* nothing of the old content is left */
  s->size = 0;
  memset(s->model, 0, SUITE_MOST);
  suite_compare(s);
  suite_close(s);
}

static inline void driver_suite(const char *name, bool persistent) {
  suite s = {.name = name, .persistent = persistent, .seed = 7};
  rf_options_init(&s.options);
  s.model = calloc(1, 2 * SUITE_MOST);
  s.buffer = malloc(2 * SUITE_MOST);
  if (!s.model || !s.buffer)
    exit(2);
  suite_create(&s);
  if (persistent)
    suite_reopen(&s);
  free(s.model);
  free(s.buffer);
}

#endif
