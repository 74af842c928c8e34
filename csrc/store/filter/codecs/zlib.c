/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream codec for gzip over zlib.
 */
#include "store/filter/codecs/zlib.h"

#include <zlib.h>

#include "base/memory.h"

/* 15 bits of window; +16: a gzip header and trailer around the deflate stream. */
#define GZIP_WINDOW_BITS (15 + 16)
#define ZLIB_MEMORY_LEVEL 8
#define FAST_LEVEL 1

/* zlib counts in unsigned int. */
#define MAX_ZLIB_BYTES ((size_t)1 << 30)

#define DEFLATE_BYTES ((size_t)64 * 1024)

typedef struct zlib_deflater {
  z_stream z;
  uint8_t out[DEFLATE_BYTES];
} zlib_deflater;

static void *zlib_alloc(void *user, unsigned items, unsigned size) {
  (void)user;
  return rf_alloc_zero(items, size);
}

static void zlib_free(void *user, void *block) {
  (void)user;
  rf_free(block);
}

static rf_status zlib_fail(const z_stream *z, int code, rf_error *err) {
  if (code == Z_MEM_ERROR)
    return rf_fail(err, RF_ERR_MEMORY, "zlib: out of memory");
  if (code == Z_NEED_DICT)
    return rf_fail(err, RF_ERR_CODEC, "corrupt gzip data: a preset dictionary is required");
  return rf_fail(err, RF_ERR_CODEC, "corrupt gzip data: %s", z->msg != NULL ? z->msg : "zlib gives no reason");
}

/* zlib needs about 40 KiB, which no limit excludes. */
static rf_status zlib_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user, (void)memory;
  z_stream *z = rf_alloc_zero(1, sizeof *z);
  if (z == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a gzip decoder");
  z->zalloc = zlib_alloc;
  z->zfree = zlib_free;
  int code = inflateInit2(z, GZIP_WINDOW_BITS);
  if (code != Z_OK) {
    rf_status status = zlib_fail(z, code, err);
    rf_free(z);
    return status;
  }
  *stream = z;
  return RF_OK;
}

static rf_status zlib_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                              size_t *made, int *done, rf_error *err) {
  z_stream *z = stream;
  n_in = n_in < MAX_ZLIB_BYTES ? n_in : MAX_ZLIB_BYTES;
  n_out = n_out < MAX_ZLIB_BYTES ? n_out : MAX_ZLIB_BYTES;
  z->next_in = (Bytef *)(uintptr_t)in; /* zlib does not write there */
  z->avail_in = (unsigned)n_in;
  z->next_out = out;
  z->avail_out = (unsigned)n_out;
  int code = inflate(z, Z_NO_FLUSH);
  *used = n_in - z->avail_in;
  *made = n_out - z->avail_out;
  *done = code == Z_STREAM_END;
  /* Z_BUF_ERROR means that no progress was possible. */
  if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
    return RF_OK;
  return zlib_fail(z, code, err);
}

static void zlib_inflate_close(void *stream) {
  inflateEnd(stream);
  rf_free(stream);
}

static rf_status zlib_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user, (void)content;
  zlib_deflater *d = rf_alloc_zero(1, sizeof *d);
  if (d == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a gzip encoder");
  d->z.zalloc = zlib_alloc;
  d->z.zfree = zlib_free;
  int code = deflateInit2(&d->z, level == 0 ? FAST_LEVEL : level, Z_DEFLATED, GZIP_WINDOW_BITS, ZLIB_MEMORY_LEVEL,
                          Z_DEFAULT_STRATEGY);
  if (code != Z_OK) {
    rf_status status = code == Z_MEM_ERROR ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a gzip encoder")
                                           : rf_fail(err, RF_ERR_ARGUMENT, "gzip level %d is not in 1..9", level);
    rf_free(d);
    return status;
  }
  *stream = d;
  return RF_OK;
}

static rf_status zlib_deflate_chunk(zlib_deflater *d, int flush, rf_sink sink, void *context, rf_error *err) {
  for (;;) {
    d->z.next_out = d->out;
    d->z.avail_out = DEFLATE_BYTES;
    int code = deflate(&d->z, flush);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return zlib_fail(&d->z, code, err);
    size_t made = DEFLATE_BYTES - d->z.avail_out;
    if (made > 0)
      RF_TRY(sink(context, d->out, made, err));
    if (flush == Z_FINISH ? code == Z_STREAM_END : d->z.avail_out > 0)
      return RF_OK;
  }
}

static rf_status zlib_deflate(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                              rf_error *err) {
  zlib_deflater *d = stream;
  while (n_in > 0) {
    size_t chunk = n_in < MAX_ZLIB_BYTES ? n_in : MAX_ZLIB_BYTES;
    d->z.next_in = (Bytef *)(uintptr_t)in;
    d->z.avail_in = (unsigned)chunk;
    RF_TRY(zlib_deflate_chunk(d, Z_NO_FLUSH, sink, context, err));
    in += chunk;
    n_in -= chunk;
  }
  return finish ? zlib_deflate_chunk(d, Z_FINISH, sink, context, err) : RF_OK;
}

static void zlib_deflate_close(void *stream) {
  zlib_deflater *d = stream;
  deflateEnd(&d->z);
  rf_free(d);
}

const rf_stream_codec rf_zlib_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "zlib",
    .inflate_open = zlib_inflate_open,
    .inflate = zlib_inflate,
    .inflate_close = zlib_inflate_close,
    .deflate_open = zlib_deflate_open,
    .deflate = zlib_deflate,
    .deflate_close = zlib_deflate_close,
};
