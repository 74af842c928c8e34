/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encodes and decodes tiles for tests/interop/test_interop_tile_streams.py, one request after another:
 *
 *   encode ZCMPTYPE WIDTH COUNT BLOCKSIZE BYTES\n  and the values, machine order
 *   decode ZCMPTYPE BYTEPIX COUNT BLOCKSIZE BYTES\n  and the stream
 *
 * The answer is "ok WIDTH BYTES\n" and the stream or the values, or "failed BYTES\n" and the message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/codec.h"

static const rf_tile_codec *codec_named(const char *name) {
  const rf_tile_codec *const codecs[] = {&rf_tile_rice_1, &rf_tile_plio_1};
  for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
    if (strcmp(codecs[i]->name, name) == 0)
      return codecs[i];
  return NULL;
}

static void answer(const char *word, unsigned width, const void *bytes, size_t n) {
  if (width > 0)
    printf("%s %u %zu\n", word, width, n);
  else
    printf("%s %zu\n", word, n);
  (void)fwrite(bytes, 1, n, stdout);
  (void)fflush(stdout);
}

static int serve(const char *verb, const rf_tile_codec *codec, unsigned width, size_t count, unsigned blocksize,
                 const uint8_t *in, size_t n) {
  rf_tile_params params = {.blocksize = blocksize, .bytepix = width};
  rf_tile_shape shape = {count, count, 1, width};
  rf_error err;
  memset(&err, 0, sizeof err);
  size_t most = 8 * count, used = 0;
  int encodes = strcmp(verb, "encode") == 0;
  if (encodes && !codec->bound(&params, &shape, &most))
    return 1;
  uint8_t *out = malloc(most > 0 ? most : 1);
  if (out == NULL)
    return 1;
  rf_status status = encodes ? codec->encode(&params, &shape, in, out, &used, &err)
                             : codec->decode(&params, &shape, in, n, out, &width, &err);
  if (status != RF_OK)
    answer("failed", 0, err.message, strlen(err.message));
  else
    answer("ok", width, out, encodes ? used : count * width);
  free(out);
  return 0;
}

int main(void) {
  char verb[16], name[32];
  unsigned width, blocksize;
  size_t count, n;
  while (scanf("%15s %31s %u %zu %u %zu", verb, name, &width, &count, &blocksize, &n) == 6) {
    const rf_tile_codec *codec = codec_named(name);
    /* Exactly n bytes, for sanitizers. */
    uint8_t *in = malloc(n > 0 ? n : 1);
    if (codec == NULL || in == NULL || getchar() != '\n' || fread(in, 1, n, stdin) != n ||
        serve(verb, codec, width, count, blocksize, in, n) != 0)
      return 1;
    free(in);
  }
  return 0;
}
