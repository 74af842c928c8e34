/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Spools, against a plain array: in memory, beyond the limit, and across it.
 */
#include <stdlib.h>

#include "check.h"
#include "store/local/spool.h"

#define MOST ((size_t)300000)

static void compare(void *spool, const uint8_t *model, size_t size) {
  static uint8_t got_bytes[MOST + 8];
  rf_error err;
  uint64_t n = 1;
  size_t got = 1;
  CHECK_OK(rf_spool_ops.get_size(spool, &n, &err), err);
  CHECK(n == size);
  CHECK_OK(rf_spool_ops.read_at(spool, 0, got_bytes, size + 8, &got, &err), err);
  CHECK(got == size && memcmp(got_bytes, model, size) == 0);
  CHECK_OK(rf_spool_ops.read_at(spool, size + 100, got_bytes, 1, &got, &err), err);
  CHECK(got == 0);
}

/* Writes, gaps and cuts in a random order. `limit` decides when the content moves to a file. */
static void test_model(uint64_t limit) {
  static uint8_t model[MOST];
  rf_error err;
  rf_error_clear(&err);
  void *spool = NULL;
  size_t size = 0;
  unsigned seed = 7;
  memset(model, 0, sizeof model);
  CHECK_OK(rf_spool_new(limit, &spool, &err), err);
  for (int i = 0; i < 60; i++) {
    seed = seed * 1103515245u + 12345u;
    size_t at = (seed >> 8) % (MOST - 9000), n = (seed >> 4) % 9000;
    if (i % 7 == 6) {
      CHECK_OK(rf_spool_ops.truncate(spool, at, &err), err);
      if (at < size)
        memset(model + at, 0, size - at);
      size = at;
    } else {
      for (size_t k = 0; k < n; k++)
        model[at + k] = (uint8_t)(seed >> (k % 24));
      CHECK_OK(rf_spool_ops.write_at(spool, at, model + at, n, &err), err);
      size = n > 0 && at + n > size ? at + n : size;
    }
    compare(spool, model, size);
  }
  CHECK_OK(rf_spool_ops.close(spool, &err), err);
}

static void test_peek_ends_with_memory(void) {
  rf_error err;
  rf_error_clear(&err);
  void *spool = NULL;
  const uint8_t *bytes = NULL;
  CHECK_OK(rf_spool_new(10, &spool, &err), err);
  CHECK_OK(rf_spool_ops.write_at(spool, 0, "0123456789", 10, &err), err);
  CHECK(rf_spool_ops.peek(spool, 2, 3, &bytes, &err) == RF_OK && memcmp(bytes, "234", 3) == 0);
  CHECK_OK(rf_spool_ops.write_at(spool, 10, "x", 1, &err), err);
  CHECK(rf_spool_ops.peek(spool, 2, 3, &bytes, &err) == RF_ERR_UNSUPPORTED);
  CHECK(rf_spool_ops.write_at(spool, UINT64_MAX, "xy", 2, &err) == RF_ERR_LIMIT);
  rf_error_clear(&err);
  CHECK_OK(rf_spool_ops.close(spool, &err), err);
}

static void test_folder_is_named(void) {
#if !defined(_WIN32)
  rf_error err;
  rf_error_clear(&err);
  void *spool = NULL;
  CHECK(setenv("TMPDIR", "/nowhere/at/all", 1) == 0);
  CHECK_OK(rf_spool_new(1, &spool, &err), err);
  CHECK(rf_spool_ops.write_at(spool, 0, "xy", 2, &err) == RF_ERR_NO_FILE);
  CHECK(strstr(err.message, "/nowhere/at/all (TMPDIR)") != NULL);
  rf_error_clear(&err);
  CHECK_OK(rf_spool_ops.close(spool, &err), err);
  CHECK(unsetenv("TMPDIR") == 0);
#endif
}

int main(void) {
  test_model(UINT64_C(1) << 40);
  test_model(100000);
  test_model(1);
  test_peek_ends_with_memory();
  test_folder_is_named();
  return check_report();
}
