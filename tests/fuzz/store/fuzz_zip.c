/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Zip files of any bytes. The first byte tells whether the member "a" is meant or the only one, and whether it is read
 * through an index. The content is read twice.
 */
#include <stdint.h>
#include <string.h>

#include "base/memory.h"
#include "require.h"
#include "store/filter/layers.h"
#include "store/filter/zip/directory.h"
#include "store/local/memory.h"
#include "store/options.h"

#define LIMIT ((uint64_t)1 << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rf_store *new_store(const uint8_t *data, size_t size) {
  void *state = NULL;
  rf_store *store = NULL;
  uint8_t *pages = size > 0 ? rf_pages_alloc(size) : NULL;
  if (size > 0)
    memcpy(pages, data, size);
  require(rf_memory_adopt(pages, size, size, &state, NULL) == RF_OK);
  require(rf_store_new(&rf_memory_ops, state, RF_DRIVER_MEMORY, false, "<bytes>", &store, NULL) == RF_OK);
  return store;
}

/* Entries of a directory that opens lie before it, and their names in it. */
static void check_directory(rf_store *store, uint64_t size) {
  rf_zip_directory d;
  rf_zip_entry entry;
  if (rf_zip_directory_open(store, LIMIT, &d, NULL) != RF_OK)
    return;
  require(rf_zip_is(store) && d.offset + d.length <= size && d.prefix <= d.offset);
  size_t at = 0;
  while (rf_zip_directory_next(&d, &at, &entry)) {
    require(entry.header < entry.min_end && entry.min_end <= d.offset && entry.packed <= size);
    require((const uint8_t *)entry.name >= d.bytes &&
            (const uint8_t *)entry.name + entry.name_length <= d.bytes + d.length);
  }
  require(at == d.length);
  rf_zip_directory_close(&d);
}

static void read_twice(rf_store *store, uint8_t *content) {
  size_t total = 0, got = 1, again;
  rf_error err;
  rf_error_clear(&err);
  while (got > 0 && total < LIMIT && rf_store_read_at(store, total, content + total, 1000, &got, &err) == RF_OK)
    total += got;
  uint8_t piece[777];
  for (size_t at = 0; at < total; at += sizeof piece) {
    size_t n = total - at < sizeof piece ? total - at : sizeof piece;
    require(rf_store_read_at(store, at, piece, n, &again, NULL) == RF_OK && again == n);
    require(memcmp(piece, content + at, n) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  rf_settings own;
  rf_settings_take(&own, NULL);
  own.limits.inflate_bytes = LIMIT;
  own.limits.header_bytes = LIMIT;
  if (data[0] % 4 > 1)
    own.options.flags |= RF_OPEN_INDEX;
  rf_store *store = new_store(data + 1, size - 1);
  check_directory(store, size - 1);
  rf_layer_names names = {.member = data[0] % 2 == 0 ? "a" : NULL};
  rf_error err;
  rf_error_clear(&err);
  bool found = true;
  if (rf_layers_add(&store, &names, RF_MODE_READ, &own.options, &found, &err) == RF_OK) {
    uint8_t *content = room(LIMIT + 1000);
    read_twice(store, content);
    free(content);
  } else {
    require(err.message[0] != '\0');
  }
  require(rf_store_close(store, NULL) == RF_OK);
  return 0;
}
