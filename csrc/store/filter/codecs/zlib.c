/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Stream codecs over zlib.
 */
#include "store/filter/codecs/zlib.h"

#include <zlib.h>

#include "base/memory.h"

/* 15 bits of window; +16: a gzip header and trailer around the deflate stream; negative: nothing around it. */
#define GZIP_WINDOW_BITS (15 + 16)
#define RAW_WINDOW_BITS (-15)
#define ZLIB_MEMORY_LEVEL 8
#define FAST_LEVEL 1

/* zlib counts in unsigned int. */
#define MAX_ZLIB_BYTES ((size_t)1 << 30)

#define DEFLATE_BYTES ((size_t)64 * 1024)

typedef struct zlib_inflater {
  z_stream z;
  const char *format; /* for messages */
} zlib_inflater;

typedef struct zlib_deflater {
  z_stream z;
  const char *format;
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

static rf_status zlib_fail(const z_stream *z, const char *format, int code, rf_error *err) {
  if (code == Z_MEM_ERROR)
    return rf_fail(err, RF_ERR_MEMORY, "zlib: out of memory");
  if (code == Z_NEED_DICT)
    return rf_fail(err, RF_ERR_CODEC, "corrupt %s data: a preset dictionary is required", format);
  return rf_fail(err, RF_ERR_CODEC, "corrupt %s data: %s", format, z->msg != NULL ? z->msg : "zlib gives no reason");
}

static rf_status open_inflater(const char *format, int window_bits, void **stream, rf_error *err) {
  zlib_inflater *f = rf_alloc_zero(1, sizeof *f);
  if (f == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a %s decoder", format);
  f->format = format;
  f->z.zalloc = zlib_alloc;
  f->z.zfree = zlib_free;
  int code = inflateInit2(&f->z, window_bits);
  if (code != Z_OK) {
    rf_status status = zlib_fail(&f->z, format, code, err);
    rf_free(f);
    return status;
  }
  *stream = f;
  return RF_OK;
}

/* zlib needs about 40 KiB, which no limit excludes. */
static rf_status gzip_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user, (void)memory;
  return open_inflater("gzip", GZIP_WINDOW_BITS, stream, err);
}

static rf_status raw_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user, (void)memory;
  return open_inflater("deflate", RAW_WINDOW_BITS, stream, err);
}

static rf_status zlib_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                              size_t *made, int *done, rf_error *err) {
  zlib_inflater *f = stream;
  z_stream *z = &f->z;
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
  return zlib_fail(z, f->format, code, err);
}

static void zlib_inflate_close(void *stream) {
  zlib_inflater *f = stream;
  inflateEnd(&f->z);
  rf_free(f);
}

static rf_status open_deflater(const char *format, int window_bits, int level, void **stream, rf_error *err) {
  zlib_deflater *d = rf_alloc_zero(1, sizeof *d);
  if (d == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a %s encoder", format);
  d->format = format;
  d->z.zalloc = zlib_alloc;
  d->z.zfree = zlib_free;
  int code = deflateInit2(&d->z, level == 0 ? FAST_LEVEL : level, Z_DEFLATED, window_bits, ZLIB_MEMORY_LEVEL,
                          Z_DEFAULT_STRATEGY);
  if (code != Z_OK) {
    rf_status status = code == Z_MEM_ERROR
                           ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a %s encoder", format)
                           : rf_fail(err, RF_ERR_ARGUMENT, "%s level %d is not in 1..9", format, level);
    rf_free(d);
    return status;
  }
  *stream = d;
  return RF_OK;
}

static rf_status gzip_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user, (void)content;
  return open_deflater("gzip", GZIP_WINDOW_BITS, level, stream, err);
}

static rf_status raw_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user, (void)content;
  return open_deflater("deflate", RAW_WINDOW_BITS, level, stream, err);
}

static rf_status zlib_deflate_chunk(zlib_deflater *d, int flush, rf_sink sink, void *context, rf_error *err) {
  for (;;) {
    d->z.next_out = d->out;
    d->z.avail_out = DEFLATE_BYTES;
    int code = deflate(&d->z, flush);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      return zlib_fail(&d->z, d->format, code, err);
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
    .inflate_open = gzip_inflate_open,
    .inflate = zlib_inflate,
    .inflate_close = zlib_inflate_close,
    .deflate_open = gzip_deflate_open,
    .deflate = zlib_deflate,
    .deflate_close = zlib_deflate_close,
};

const rf_stream_codec rf_zlib_raw_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "zlib",
    .inflate_open = raw_inflate_open,
    .inflate = zlib_inflate,
    .inflate_close = zlib_inflate_close,
    .deflate_open = raw_deflate_open,
    .deflate = zlib_deflate,
    .deflate_close = zlib_deflate_close,
};
