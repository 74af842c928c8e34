/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/memory.h"
#include "base/sort.h"
#include "check.h"

typedef struct item {
  uint64_t key;
  uint32_t origin;
} item;

static void sort(size_t count, uint64_t range) {
  item *items = calloc(count + 1, sizeof *items);
  uint64_t *keys = calloc(count + 1, sizeof *keys), seed = count * 77 + range, sum = 0;
  for (size_t i = 0; i < count; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    keys[i] = range > 0 ? (seed >> 33) % range : i;
    items[i] = (item){keys[i], (uint32_t)i};
  }
  uint64_t *before = malloc((count + 1) * sizeof *before);
  memcpy(before, keys, (count + 1) * sizeof *before);
  rf_sort_by_u64(items, count, sizeof *items);
  rf_sort_by_u64(keys, count, sizeof *keys);
  for (size_t i = 0; i < count; i++) {
    CHECK(i == 0 || keys[i - 1] <= keys[i]);
    CHECK(items[i].key == keys[i] && before[items[i].origin] == keys[i]);
    sum += items[i].origin;
  }
  CHECK(sum == (uint64_t)count * (count - (count > 0)) / 2);
  free(before);
  free(items);
  free(keys);
}

static void arrays(void) {
  uint16_t *list = NULL;
  size_t capacity = 0, steps = 0;
  rf_error err;
  rf_error_clear(&err);
  for (size_t i = 0; i < 5000; i++) {
    size_t before = capacity;
    CHECK_OK(RF_ARRAY_GROW(list, capacity, i + 1, "a test", &err), err);
    steps += capacity != before;
    list[i] = (uint16_t)i;
  }
  CHECK(steps < 12 && capacity >= 5000 && list[0] == 0 && list[4999] == 4999);
  const uint16_t *old = list;
  size_t before = capacity;
  CHECK(RF_ARRAY_GROW(list, capacity, SIZE_MAX / 2 + 1, "a test", &err) == RF_ERR_MEMORY);
  CHECK(list == old && capacity == before && strstr(err.message, "for a test") != NULL);
  rf_free(list);
}

static void ascii(void) {
  CHECK(rf_same_name("Naxis1", "NAXIS1") && !rf_same_name("NAXIS", "NAXIS1") && !rf_same_name("NAXIS1", "NAXIS"));
  CHECK(!rf_same_name("a\xE9", "A\xC9") && rf_same_name("", ""));
  CHECK(rf_is_name("gzip_1 ", 6, "GZIP_1") && !rf_is_name("gzip_1", 5, "GZIP_1"));
  CHECK(!rf_equal_any_case("[", "{", 1) && !rf_equal_any_case("@", "`", 1));
  const char *text = " \t x y \0";
  size_t n = 8;
  rf_trim_blanks(&text, &n);
  CHECK(n == 3 && memcmp(text, "x y", 3) == 0);
  text = " \t x ";
  n = 5;
  rf_trim_spaces(&text, &n);
  CHECK(n == 3 && memcmp(text, "\t x", 3) == 0);
  text = "   ";
  n = 3;
  rf_trim_spaces(&text, &n);
  CHECK(n == 0);
  CHECK(rf_hex_value('f') == 15 && rf_hex_value('A') == 10 && rf_hex_value('9') == 9 && rf_hex_value('g') == -1);
  CHECK(rf_is_blank('\0') && rf_is_blank(' ') && !rf_is_blank('!') && !rf_is_blank('\x80'));
}

int main(void) {
  static const size_t counts[] = {0, 1, 2, 3, 10, 1000, 4097};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    for (uint64_t range = 0; range < 5000; range = 13 * range + 1)
      sort(counts[i], range);
  arrays();
  ascii();
  return check_report();
}
