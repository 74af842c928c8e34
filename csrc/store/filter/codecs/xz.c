/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream codec over liblzma.
 */
#include "store/filter/codecs/xz.h"

#if defined(RF_HAVE_LZMA)
#include <lzma.h>

#include "base/memory.h"

#define FAST_LEVEL 1

#define DEFLATE_BYTES ((size_t)64 * 1024)

/* The decoder, or the encoder with its output. */
typedef struct xz_coder {
  lzma_stream z;
  lzma_allocator allocator;
  uint64_t memory;
  uint8_t out[];
} xz_coder;

static void *xz_alloc(void *user, size_t items, size_t size) {
  (void)user;
  return rf_alloc_zero(items, size);
}

static void xz_free(void *user, void *block) {
  (void)user;
  rf_free(block);
}

static xz_coder *new_coder(size_t room) {
  xz_coder *c = rf_alloc_zero(1, sizeof *c + room);
  if (c == NULL)
    return NULL;
  c->z = (lzma_stream)LZMA_STREAM_INIT;
  c->allocator = (lzma_allocator){.alloc = xz_alloc, .free = xz_free};
  c->z.allocator = &c->allocator;
  return c;
}

static rf_status xz_fail(const xz_coder *c, lzma_ret code, rf_error *err) {
  switch (code) {
  case LZMA_MEM_ERROR:
    return rf_fail(err, RF_ERR_MEMORY, "liblzma: out of memory");
  case LZMA_MEMLIMIT_ERROR:
    return rf_fail(err, RF_ERR_LIMIT, "xz data that takes %llu bytes of memory to decompress, over the limit of %llu",
                   (unsigned long long)lzma_memusage(&c->z), (unsigned long long)c->memory);
  case LZMA_UNSUPPORTED_CHECK:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "xz data with a checksum that this build of liblzma cannot verify");
  case LZMA_OPTIONS_ERROR:
    return rf_fail(err, RF_ERR_CODEC, "corrupt xz data: unknown or unsupported options in a header");
  case LZMA_FORMAT_ERROR:
    return rf_fail(err, RF_ERR_CODEC, "corrupt xz data: wrong header");
  case LZMA_DATA_ERROR:
    return rf_fail(err, RF_ERR_CODEC, "corrupt xz data: invalid data or wrong checksum");
  default:
    return rf_fail(err, RF_ERR_CODEC, "corrupt xz data: liblzma error %d", (int)code);
  }
}

static void xz_close(void *stream) {
  xz_coder *c = stream;
  lzma_end(&c->z);
  rf_free(c);
}

static rf_status xz_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user;
  xz_coder *c = new_coder(0);
  if (c == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an xz decoder");
  c->memory = memory;
  lzma_ret code = lzma_stream_decoder(&c->z, memory, LZMA_TELL_UNSUPPORTED_CHECK);
  if (code != LZMA_OK) {
    rf_status status = xz_fail(c, code, err);
    xz_close(c);
    return status;
  }
  *stream = c;
  return RF_OK;
}

static rf_status xz_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                            size_t *made, int *done, rf_error *err) {
  xz_coder *c = stream;
  c->z.next_in = in;
  c->z.avail_in = n_in;
  c->z.next_out = out;
  c->z.avail_out = n_out;
  lzma_ret code = lzma_code(&c->z, LZMA_RUN);
  *used = n_in - c->z.avail_in;
  *made = n_out - c->z.avail_out;
  *done = code == LZMA_STREAM_END;
  /* LZMA_BUF_ERROR means that no progress was possible. */
  if (code == LZMA_OK || code == LZMA_STREAM_END || code == LZMA_BUF_ERROR)
    return RF_OK;
  return xz_fail(c, code, err);
}

static rf_status xz_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user, (void)content;
  xz_coder *c = new_coder(DEFLATE_BYTES);
  if (c == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an xz encoder");
  lzma_ret code = level < 0 ? LZMA_OPTIONS_ERROR
                            : lzma_easy_encoder(&c->z, level == 0 ? FAST_LEVEL : (uint32_t)level, LZMA_CHECK_CRC64);
  if (code != LZMA_OK) {
    xz_close(c);
    return code == LZMA_MEM_ERROR ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an xz encoder")
                                  : rf_fail(err, RF_ERR_ARGUMENT, "xz level %d is not in 1..9", level);
  }
  *stream = c;
  return RF_OK;
}

static rf_status xz_deflate(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                            rf_error *err) {
  xz_coder *c = stream;
  c->z.next_in = in;
  c->z.avail_in = n_in;
  lzma_ret code = LZMA_OK;
  while (c->z.avail_in > 0 || (finish && code != LZMA_STREAM_END)) {
    c->z.next_out = c->out;
    c->z.avail_out = DEFLATE_BYTES;
    code = lzma_code(&c->z, finish ? LZMA_FINISH : LZMA_RUN);
    if (code != LZMA_OK && code != LZMA_STREAM_END)
      return xz_fail(c, code, err);
    size_t made = DEFLATE_BYTES - c->z.avail_out;
    if (made > 0)
      RF_TRY(sink(context, c->out, made, err));
  }
  return RF_OK;
}

const rf_stream_codec rf_xz_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "liblzma",
    .inflate_open = xz_inflate_open,
    .inflate = xz_inflate,
    .inflate_close = xz_close,
    .deflate_open = xz_deflate_open,
    .deflate = xz_deflate,
    .deflate_close = xz_close,
};
#endif
