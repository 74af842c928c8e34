/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stream codec over libzstd.
 */
#include "store/filter/codecs/zstd.h"

#if defined(RF_HAVE_ZSTD)
#include <zstd.h>
#include <zstd_errors.h>

#include "base/memory.h"

#define FAST_LEVEL 3

#define DEFLATE_BYTES ((size_t)128 * 1024)

typedef struct zstd_deflater {
  ZSTD_CCtx *z;
  uint8_t out[DEFLATE_BYTES];
} zstd_deflater;

static rf_status zstd_fail(size_t code, rf_error *err) {
  switch (ZSTD_getErrorCode(code)) {
  case ZSTD_error_memory_allocation:
    return rf_fail(err, RF_ERR_MEMORY, "libzstd: out of memory");
  case ZSTD_error_frameParameter_windowTooLarge:
    return rf_fail(err, RF_ERR_LIMIT, "zstd data that takes more memory to decompress than the limit");
  case ZSTD_error_dictionary_wrong:
    return rf_fail(err, RF_ERR_UNSUPPORTED, "zstd data that needs a dictionary, which the library does not have");
  default:
    return rf_fail(err, RF_ERR_CODEC, "corrupt zstd data: %s", ZSTD_getErrorName(code));
  }
}

/* Returns the logarithm of the largest window that fits into `memory`, within what the library of this machine can. */
static int window_log(uint64_t memory) {
  ZSTD_bounds bounds = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax);
  int log = bounds.lowerBound;
  while (log < bounds.upperBound && (uint64_t)1 << (log + 1) <= memory)
    log++;
  return log;
}

static rf_status zstd_inflate_open(void *user, uint64_t memory, void **stream, rf_error *err) {
  (void)user;
  ZSTD_DCtx *z = ZSTD_createDCtx();
  if (z == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a zstd decoder");
  size_t code = ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, window_log(memory));
  if (ZSTD_isError(code)) {
    (void)ZSTD_freeDCtx(z);
    return zstd_fail(code, err);
  }
  *stream = z;
  return RF_OK;
}

static rf_status zstd_inflate(void *stream, const uint8_t *in, size_t n_in, size_t *used, uint8_t *out, size_t n_out,
                              size_t *made, int *done, rf_error *err) {
  ZSTD_inBuffer from = {.src = in, .size = n_in};
  ZSTD_outBuffer to = {.dst = out, .size = n_out};
  *used = *made = 0;
  *done = 0;
  size_t code = ZSTD_decompressStream(stream, &to, &from);
  if (ZSTD_isError(code))
    return zstd_fail(code, err);
  *used = from.pos;
  *made = to.pos;
  *done = code == 0 && (from.pos > 0 || to.pos > 0);
  return RF_OK;
}

static void zstd_inflate_close(void *stream) {
  (void)ZSTD_freeDCtx(stream);
}

static rf_status zstd_deflate_open(void *user, int level, uint64_t content, void **stream, rf_error *err) {
  (void)user;
  if (level < 0 || level > 9)
    return rf_fail(err, RF_ERR_ARGUMENT, "zstd level %d is not in 1..9", level);
  zstd_deflater *d = rf_alloc(sizeof *d);
  if (d == NULL || (d->z = ZSTD_createCCtx()) == NULL) {
    rf_free(d);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a zstd encoder");
  }
  size_t code = ZSTD_CCtx_setParameter(d->z, ZSTD_c_compressionLevel, level == 0 ? FAST_LEVEL : level);
  if (!ZSTD_isError(code))
    code = ZSTD_CCtx_setParameter(d->z, ZSTD_c_checksumFlag, 1);
  if (!ZSTD_isError(code))
    code = ZSTD_CCtx_setPledgedSrcSize(d->z, content);
  if (ZSTD_isError(code)) {
    (void)ZSTD_freeCCtx(d->z);
    rf_free(d);
    return zstd_fail(code, err);
  }
  *stream = d;
  return RF_OK;
}

static rf_status zstd_deflate(void *stream, const uint8_t *in, size_t n_in, int finish, rf_sink sink, void *context,
                              rf_error *err) {
  zstd_deflater *d = stream;
  ZSTD_inBuffer from = {.src = in, .size = n_in};
  size_t left = 1;
  while (from.pos < from.size || (finish && left > 0)) {
    ZSTD_outBuffer to = {.dst = d->out, .size = DEFLATE_BYTES};
    left = ZSTD_compressStream2(d->z, &to, &from, finish ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left))
      return rf_fail(err, RF_ERR_CODEC, "libzstd: %s", ZSTD_getErrorName(left));
    if (to.pos > 0)
      RF_TRY(sink(context, d->out, to.pos, err));
  }
  return RF_OK;
}

static void zstd_deflate_close(void *stream) {
  zstd_deflater *d = stream;
  (void)ZSTD_freeCCtx(d->z);
  rf_free(d);
}

rf_status rf_zstd_whole_inflate(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max,
                                rf_pages *out, size_t *used) {
  (void)threads;
  if (guess == 0 || guess > max)
    return RF_ERR_UNSUPPORTED;
  uint8_t *pages = rf_pages_alloc(guess);
  if (pages == NULL)
    return RF_ERR_UNSUPPORTED;
  size_t size = ZSTD_decompress(pages, guess, in, n);
  if (ZSTD_isError(size)) {
    rf_pages_free(pages, guess);
    return RF_ERR_UNSUPPORTED;
  }
  *out = (rf_pages){.bytes = pages, .capacity = guess, .size = size};
  *used = n;
  return RF_OK;
}

const rf_stream_codec rf_zstd_codec = {
    .size = sizeof(rf_stream_codec),
    .name = "libzstd",
    .inflate_open = zstd_inflate_open,
    .inflate = zstd_inflate,
    .inflate_close = zstd_inflate_close,
    .deflate_open = zstd_deflate_open,
    .deflate = zstd_deflate,
    .deflate_close = zstd_deflate_close,
};
#endif
