/* SPDX-License-Identifier: BSD-3-Clause
 *
 * PLIO_1: two bytes for the number of values, one for their width, then a list; then the same bytes as values, which
 * must come back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const rf_tile_params no_params;

static uint8_t *encode(const rf_tile_shape *shape, const void *values, size_t *used, rf_status *status) {
  size_t most;
  require(rf_tile_plio_1.bound(&no_params, shape, &most));
  uint8_t *list = room(most);
  *status = rf_tile_plio_1.encode(&no_params, shape, values, list, used, NULL);
  require(*status == RF_ERR_RANGE || (*status == RF_OK && *used <= most));
  return list;
}

/* What was read is written and read again. */
static void check_decoding(size_t count, const uint8_t *list, size_t n) {
  rf_tile_shape shape = {count, count, 1, 4};
  int32_t *values = room(count * 8), *again = room(count * 8);
  unsigned width = 0;
  rf_error err;
  memset(&err, 0, sizeof err);
  if (rf_tile_plio_1.decode(&no_params, &shape, list, n, values, &width, &err) == RF_OK) {
    size_t used;
    rf_status status;
    require(width == 4);
    uint8_t *written = encode(&shape, values, &used, &status);
    if (status == RF_OK && count > 0) {
      require(rf_tile_plio_1.decode(&no_params, &shape, written, used, again, &width, NULL) == RF_OK);
      require(memcmp(values, again, count * 4) == 0);
    }
    free(written);
  } else {
    require(err.message[0] != '\0');
  }
  free(values);
  free(again);
}

static int32_t value_at(const uint8_t *values, size_t i, unsigned width) {
  int16_t v16;
  int32_t v32;
  if (width == 1)
    return values[i];
  if (width == 2) {
    memcpy(&v16, values + 2 * i, 2);
    return v16;
  }
  memcpy(&v32, values + 4 * i, 4);
  return v32;
}

static void check_encoding(const uint8_t *values, size_t count, unsigned width) {
  rf_tile_shape shape = {count, count, 1, width};
  size_t used;
  rf_status status;
  unsigned made = 0;
  uint8_t *list = encode(&shape, values, &used, &status);
  if (status == RF_OK) {
    int32_t *back = room(count * 8);
    require(rf_tile_plio_1.decode(&no_params, &shape, list, used, back, &made, NULL) == RF_OK);
    for (size_t i = 0; i < count; i++)
      require(back[i] == value_at(values, i, width));
    free(back);
  }
  free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3)
    return 0;
  unsigned width = data[2] % 3 == 0 ? 1 : data[2] % 3 == 1 ? 2 : 4;
  size_t count = (size_t)data[0] << 8 | data[1], n = size - 3;
  uint8_t *copy = room(n);
  memcpy(copy, data + 3, n);
  check_decoding(count, copy, n);
  /* No values: no list, not even an empty one. */
  if (n >= width)
    check_encoding(copy, n / width, width);
  free(copy);
  return 0;
}
