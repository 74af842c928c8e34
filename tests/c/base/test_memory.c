/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "scratch.h"
#include "store/store.h"
#include "store/open.h"

static void arithmetic(void) {
  uint64_t out = 7;
  CHECK(!rf_add_u64(UINT64_MAX, 1, &out) && out == 7);
  CHECK(rf_add_u64(UINT64_MAX - 1, 1, &out) && out == UINT64_MAX);
  CHECK(!rf_mul_u64(UINT64_C(1) << 32, UINT64_C(1) << 32, &out) && out == UINT64_MAX);
  CHECK(rf_mul_u64(0, UINT64_MAX, &out) && out == 0);
  CHECK(rf_mul_u64(UINT64_MAX, 0, &out) && out == 0);
  CHECK(rf_mul_u64(UINT64_C(0xFFFFFFFF), UINT64_C(0x100000001), &out) && out == UINT64_MAX);
  CHECK(rf_block_ceil(0, &out) && out == 0);
  CHECK(rf_block_ceil(1, &out) && out == 2880);
  CHECK(rf_block_ceil(2880, &out) && out == 2880);
  CHECK(!rf_block_ceil(UINT64_MAX - 5, &out));
  size_t small;
  CHECK(rf_to_size(12, &small) && small == 12);
#if SIZE_MAX < UINT64_MAX
  CHECK(!rf_to_size(UINT64_MAX, &small));
#endif
}

static void blocks(void) {
  void *block = rf_alloc(0);
  CHECK(block != NULL);
  rf_free(block);
  CHECK(rf_alloc_zero(SIZE_MAX / 2, 3) == NULL);
  uint8_t *zero = rf_alloc_zero(100, 10);
  for (int i = 0; zero && i < 1000; i++)
    CHECK(zero[i] == 0);
  rf_free(zero);
  rf_free(NULL);
  char *copy = rf_strndup("abcdef", 3);
  CHECK_STR(copy, "abc");
  rf_free(copy);
  copy = rf_strndup("ab", 30);
  CHECK_STR(copy, "ab");
  rf_free(copy);
  copy = rf_strdup("");
  CHECK_STR(copy, "");
  rf_free(copy);
}

static void pages(void) {
  uint8_t *p = rf_pages_alloc(100);
  CHECK(p != NULL && p[0] == 0 && p[99] == 0);
  memset(p, 7, 100);
  size_t big = (size_t)5 << 20;
  uint8_t *q = rf_pages_resize(p, 100, big);
  CHECK(q != NULL && q[0] == 7 && q[99] == 7 && q[100] == 0 && q[big - 1] == 0);
  q[big - 1] = 9;
  q = rf_pages_resize(q, big, 5000);
  CHECK(q != NULL && q[99] == 7 && q[4999] == 0);
  CHECK(rf_pages_resize(q, 5000, SIZE_MAX - 4096) == NULL);
  CHECK(q[99] == 7);
  rf_pages_free(q, 5000);
  CHECK(rf_pages_alloc(SIZE_MAX) == NULL);
  CHECK(rf_pages_alloc(SIZE_MAX - 1) == NULL);
  rf_pages_free(NULL, 0);
  p = rf_pages_alloc(0);
  CHECK(p != NULL);
  rf_pages_free(p, 0);
}

/* An allocator that fails from the n-th call on and counts what is out. */
typedef struct counting {
  long until_failure;
  long alive;
} counting;

static void *counting_realloc(void *user, void *block, size_t size) {
  counting *c = user;
  if (c->until_failure-- <= 0)
    return NULL;
  void *fresh = realloc(block, size);
  if (fresh && !block)
    c->alive++;
  return fresh;
}

static void counting_free(void *user, void *block) {
  counting *c = user;
  if (block)
    c->alive--;
  free(block);
}

/* Opens, writes, moves, reads and closes a store; gives the first failure. */
static rf_status use_store(const char *name, rf_error *err) {
  rf_options options;
  rf_store *store = NULL;
  uint8_t buffer[100] = {1, 2, 3};
  rf_options_init(&options);
  rf_status status = rf_store_open(name, RF_MODE_CREATE, &options, &store, err);
  if (status != RF_OK)
    return status;
  status = rf_store_write(store, 0, buffer, sizeof buffer, err);
  if (status == RF_OK)
    status = rf_store_move(store, 0, 50, 100, err);
  if (status == RF_OK)
    status = rf_store_read(store, 50, buffer, 3, err);
  CHECK(status != RF_OK || (buffer[0] == 1 && buffer[2] == 3));
  rf_error closing;
  rf_error_clear(&closing);
  rf_status closed = rf_store_close(store, &closing);
  return status != RF_OK ? status : closed;
}

static void every_allocation_can_fail(void) {
  const char *names[] = {"mem://", scratch_path("alloc.fits"), "x-unknown://name"};
  for (int k = 0; k < 3; k++) {
    rf_status status = RF_ERR_MEMORY;
    int failures = 0;
    for (long n = 0; status == RF_ERR_MEMORY && n < 100; n++) {
      counting c = {.until_failure = n};
      rf_allocator allocator = {counting_realloc, counting_free, &c};
      rf_error err;
      rf_error_clear(&err);
      rf_allocator_set(&allocator);
      status = use_store(names[k], &err);
      rf_allocator_set(NULL);
      CHECK(c.alive == 0);
      CHECK(err.code == status);
      CHECK(status == RF_OK || err.message[0] != '\0');
      failures += status == RF_ERR_MEMORY;
    }
    CHECK(status == (k == 2 ? RF_ERR_NO_DRIVER : RF_OK));
    CHECK(k == 2 || failures >= 3);
  }
}

int main(void) {
  scratch_begin("memory");
  RUN(arithmetic);
  RUN(blocks);
  RUN(pages);
  RUN(every_allocation_can_fail);
  scratch_end();
  return check_report();
}
