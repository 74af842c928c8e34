/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A file with a trailer made by hand: sizes, record, slots and footer from the input, with right CRCs. Opening it for
 * reading and for writing ends, writes nothing outside the file, and nothing at all where it refuses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/open.h"
#include "store/trailer/trailer.h"
#include "store/trailer/check.h"
#include "store/trailer/lines.h"
#include "store/trailer/load.h"
#include "store/trailer/record.h"
#include "store/trailer/run.h"

#define MAX_NUMBERS 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
  const uint8_t *at, *end;
} input;

static void expect(int condition) {
  if (!condition)
    abort();
}

static uint8_t byte_of(input *in) {
  return in->at < in->end ? *in->at++ : 0;
}

/* Small numbers, multiples of a block, places around `near`, and any other. */
static uint64_t number_of(input *in, uint64_t near) {
  uint8_t tag = byte_of(in);
  uint64_t value = 0;
  if (tag < 128)
    return tag;
  if (tag < 192)
    return (uint64_t)(tag - 128) * RF_BLOCK_BYTES;
  for (int i = 0; i < (tag & 7) + 1; i++)
    value = value << 8 | byte_of(in);
  return tag < 224 ? near + value : value;
}

static void make_file(input *in, disk *d) {
  static uint8_t numbers[MAX_NUMBERS * 8];
  rf_trailer t = {.old_size = (uint64_t)(byte_of(in) % 24) * 1000, .new_size = (uint64_t)(byte_of(in) % 24) * 1000};
  uint8_t line[RF_LINE];
  size_t count = 0, pool = (size_t)byte_of(in) * 16;
  rf_edit_state state = byte_of(in) == 1 ? RF_EDIT_PREPARING : RF_EDIT_COMMITTED;
  rf_edit_progress slots[2];
  expect(rf_trailer_start(t.old_size, t.new_size, &t.start));
  for (int i = 0; i < 2; i++)
    slots[i] = (rf_edit_progress){byte_of(in),
                                  (uint32_t)number_of(in, 0),
                                  byte_of(in),
                                  byte_of(in),
                                  number_of(in, 0),
                                  (uint32_t)number_of(in, 0),
                                  (uint32_t)number_of(in, 0)};
  uint8_t odd = byte_of(in);
  uint64_t near = t.start + RF_POOL_SKEW;
  while (in->at < in->end && count < MAX_NUMBERS)
    rf_put_le64(numbers + 8 * count++, number_of(in, near));
  t.record = near + rf_lines(pool);
  t.record_bytes = 8 * count;
  /* Halves as the record says, where that is not absurd. */
  uint64_t half = count > 0 ? rf_get_le64(numbers) : 0, body = rf_lines(t.record + t.record_bytes);
  body += half < 100000 ? 2 * half : 2 * RF_MIN_HALF_BYTES;
  t.end = t.start + (body - t.start + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  t.size = t.end + RF_TRAILER_TAIL;
  disk_reserve(d, (size_t)t.size);
  d->size = (size_t)t.size;
  for (size_t i = 0; i < d->size; i++)
    d->data[i] = i < t.end ? (uint8_t)(i * 7 + (i >> 8)) : 0;
  if (count > 0)
    memcpy(d->data + t.record, numbers, 8 * count);
  uint64_t from = t.start + RF_BLOCK_BYTES;
  uint32_t crc = rf_crc32c(d->data + from, (size_t)(t.record + t.record_bytes - from), 0);
  for (uint64_t i = 0; i < 2; i++) {
    rf_line_encode_slot(&slots[i], line);
    if (slots[i].sequence != 0)
      memcpy(d->data + t.end + i * RF_LINE, line, sizeof line);
  }
  if (odd & 1)
    t.record += (uint64_t)odd;
  if (odd & 2)
    t.record_bytes = UINT64_MAX - odd;
  rf_line_encode_footer(&t, state, crc, line);
  memcpy(d->data + d->size - RF_LINE, line, sizeof line);
  d->limit = d->size;
}

static void open_for(disk *d, rf_mode mode) {
  rf_options options;
  rf_error err;
  rf_options_init(&options);
  rf_error_clear(&err);
  rf_store store = disk_store(d);
  rf_status status = rf_trailer_open(&store, mode, &options, true, &err);
  expect(!d->outside);
  expect(status == RF_OK || (d->events == 0 && err.code != RF_OK));
  if (mode == RF_MODE_READ) {
    expect(d->events == 0);
    uint8_t piece[1000];
    uint64_t size;
    size_t got = 1;
    expect(rf_store_size(&store, &size, NULL) == RF_OK);
    for (uint64_t at = 0; status == RF_OK && got > 0; at += got)
      expect(rf_store_read_at(&store, at, piece, sizeof piece, &got, NULL) == RF_OK && at + got <= size);
  }
  rf_free(store.notice);
  expect(store.ops->close(store.state, NULL) == RF_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, data + size};
  disk d = {.page = 4096, .fail_at = -1};
  make_file(&in, &d);
  open_for(&d, RF_MODE_READ);
  open_for(&d, RF_MODE_READ_WRITE);
  disk_free(&d);
  return 0;
}
