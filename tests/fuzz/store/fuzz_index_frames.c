/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Any bytes as a .zst with a seek table: the table is parsed, and what it says is read through.
 */
#include <stdint.h>

#include "indexed.h"
#include "store/filter/index/frames.h"
#include "store/filter/stream_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_through(indexed_bytes *opened) {
  static uint8_t out[70000];
  uint64_t content = 0;
  size_t got;
  require(rf_indexed_size(opened->reader, &content, NULL) == RF_OK && content <= LIMIT);
  for (uint64_t at = 0; at < content; at += 150000) {
    rf_status status = rf_indexed_read(opened->reader, at, out, sizeof out, &got, NULL);
    require(status != RF_OK || got == (content - at < sizeof out ? content - at : sizeof out));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  indexed_bytes opened;
  rf_marks empty = {0}, marks;
  rf_error err;
  rf_error_clear(&err);
  open_indexed(&opened, data, size, 1, &empty);
  rf_status status = rf_frames_load(opened.inner, LIMIT, &marks, &err);
  require((status == RF_OK) == (marks.count > 0));
  if (status == RF_OK && rf_stream_codec_current(RF_STREAM_ZSTD) != NULL) {
    rf_indexed_close(opened.reader);
    const rf_indexed_options options = {.limit = LIMIT,
                                        .index_bytes = 1,
                                        .threads = 1,
                                        .format = &rf_zstd_format,
                                        .codec = rf_stream_codec_current(RF_STREAM_ZSTD),
                                        .stray = &opened.stray};
    require(rf_indexed_open(opened.inner, &options, &marks, &opened.reader, &err) == RF_OK);
    read_through(&opened);
  }
  rf_marks_free(&marks);
  close_indexed(&opened);
  return 0;
}
