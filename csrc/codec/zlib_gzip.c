/* SPDX-License-Identifier: BSD-3-Clause
 *
 * CFITSIO deflates tiles with zlib's level 1. Where the same zlib does it here, the bytes are the same.
 */
#include "codec/zlib_gzip.h"

#include <limits.h>
#include <zlib.h>

#define LEVEL 1
#define WINDOW_GZIP (15 + 16)
#define MEMORY_LEVEL 8

/* zlib counts in unsigned ints: takes what fits one. */
static uInt take(size_t *left) {
  uInt part = *left < UINT_MAX ? (uInt)*left : UINT_MAX;
  *left -= part;
  return part;
}

rf_status rf_zlib_gzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used, rf_error *err) {
  z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)in, .next_out = out};
  if (deflateInit2(&stream, LEVEL, Z_DEFLATED, WINDOW_GZIP, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
    return rf_fail(err, RF_ERR_MEMORY, "gzip: no memory");
  size_t in_left = n, out_left = room;
  int result;
  do {
    if (stream.avail_in == 0)
      stream.avail_in = take(&in_left);
    if (stream.avail_out == 0)
      stream.avail_out = take(&out_left);
    result = deflate(&stream, in_left == 0 ? Z_FINISH : Z_NO_FLUSH);
  } while (result == Z_OK && (stream.avail_out > 0 || out_left > 0));
  *used = room - out_left - stream.avail_out;
  deflateEnd(&stream);
  return result == Z_STREAM_END ? RF_OK
                                : rf_fail(err, RF_ERR_ARGUMENT, "gzip: the compressed bytes do not fit into %zu", room);
}
