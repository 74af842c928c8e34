/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any bytes as a kept index of a compressed file. Magic number, version, file and CRC are made right, so that the rest
 * is parsed; what the parser takes is read through. The input begins with the number of the compressed file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "indexed.h"
#include "store/filter/index/saved.h"

#define CONTENT_BYTES 600000
#define MAX_INDEX_BYTES 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A gzip file of one member, or two. */
static size_t make_packed(uint8_t *packed, size_t room, int count) {
  static uint8_t content[CONTENT_BYTES];
  size_t used = 0;
  for (size_t i = 0; i < sizeof content; i += 50)
    content[i] = (uint8_t)(i * 2654435761u >> 13);
  for (int i = 0; i < count; i++) {
    z_stream z = {0};
    require(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = content;
    z.avail_in = sizeof content / (unsigned)count;
    z.next_out = packed + used;
    z.avail_out = (unsigned)(room - used);
    require(deflate(&z, Z_FINISH) == Z_STREAM_END);
    used += z.total_out;
    deflateEnd(&z);
  }
  return used;
}

static void read_through(const uint8_t *packed, size_t n, rf_marks *marks) {
  static uint8_t out[70000];
  indexed_bytes opened;
  uint64_t size = 0;
  size_t got;
  open_indexed(&opened, packed, n, 100000, marks);
  for (uint64_t at = 0; at < CONTENT_BYTES + 100000; at += 230000) {
    rf_status status = rf_indexed_read(opened.reader, at, out, sizeof out, &got, NULL);
    require(status != RF_OK || got <= sizeof out);
  }
  require(rf_indexed_size(opened.reader, &size, NULL) != RF_OK || size <= LIMIT);
  close_indexed(&opened);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static uint8_t packed[2][CONTENT_BYTES], index[MAX_INDEX_BYTES];
  static size_t lengths[2];
  if (lengths[0] == 0)
    for (int i = 0; i < 2; i++)
      lengths[i] = make_packed(packed[i], sizeof packed[i], i + 1);
  if (size < 1 + 68 || size > sizeof index)
    return 0;
  int which = data[0] & 1;
  size_t n = size - 1;
  memcpy(index, data + 1, n);
  memcpy(index, "RFINDEX", 8);
  rf_put_le32(index + 8, 1);
  rf_put_le32(index + 12, (uint32_t)RF_CHUNK_BYTES);
  rf_put_le64(index + 16, lengths[which]);
  rf_put_le64(index + 24, 0);
  rf_put_le32(index + 32, 0);
  rf_put_le32(index + n - 4, rf_crc32c(index, n - 4, 0));
  const rf_saved_source source = {.bytes = lengths[which]};
  rf_marks marks;
  rf_error err;
  rf_error_clear(&err);
  rf_status status = rf_saved_parse(index, n, &source, LIMIT, &marks, &err);
  require((status == RF_OK) == (marks.count > 0));
  if (status == RF_OK)
    read_through(packed[which], lengths[which], &marks);
  return 0;
}
