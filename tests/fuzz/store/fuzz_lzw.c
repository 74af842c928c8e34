/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The LZW decoder on any bytes. The first byte says how long the pieces are in which the decoder gets its input and
 * makes its output. The content, the failure and its offset must be those of decoding at once.
 */
#include <stdint.h>
#include <string.h>

#include "require.h"
#include "store/filter/codecs/lzw.h"

#define LIMIT ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct outcome {
  rf_status status;
  int done;
  size_t used;
  size_t made;
} outcome;

/* Decodes until there is no progress, in pieces of at most `in_bytes` and `out_bytes`. */
static outcome decode(const uint8_t *data, size_t size, size_t in_bytes, size_t out_bytes, uint8_t *content) {
  void *stream = NULL;
  outcome all = {0};
  require(rf_lzw_codec.inflate_open(NULL, UINT64_MAX, &stream, NULL) == RF_OK);
  while (all.status == RF_OK && !all.done && all.made < LIMIT) {
    size_t n_in = size - all.used < in_bytes ? size - all.used : in_bytes;
    size_t n_out = LIMIT - all.made < out_bytes ? LIMIT - all.made : out_bytes;
    uint8_t *in = room(n_in), *out = room(n_out);
    memcpy(in, data + all.used, n_in);
    size_t used = SIZE_MAX, made = SIZE_MAX;
    all.status = rf_lzw_codec.inflate(stream, in, n_in, &used, out, n_out, &made, &all.done, NULL);
    require(used <= n_in && made <= n_out);
    memcpy(content + all.made, out, made);
    free(in);
    free(out);
    all.used += used;
    all.made += made;
    if (n_in == 0 && made == 0)
      break;
  }
  rf_lzw_codec.inflate_close(stream);
  return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  size_t in_bytes = 1 + data[0] % 16, out_bytes = 1 + (size_t)(data[0] / 16) * 400;
  uint8_t *whole = room(LIMIT), *pieces = room(LIMIT);
  outcome a = decode(data + 1, size - 1, SIZE_MAX, LIMIT, whole);
  outcome b = decode(data + 1, size - 1, in_bytes, out_bytes, pieces);
  require(a.status == b.status && a.done == b.done && a.made == b.made);
  require(a.made == LIMIT || a.used == b.used);
  require(memcmp(whole, pieces, a.made) == 0);
  free(whole);
  free(pieces);
  return 0;
}
