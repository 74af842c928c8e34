/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Gzip members of whole buffers: libdeflate where it is in the build, zlib otherwise. Both check the CRC and the length
 * that a member ends with.
 */
#include <limits.h>
#include <string.h>

#include "codec/deflate.h"

#include "base/memory.h"
#include "codec/codec.h"

#if defined(RF_HAVE_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

#define LEAST_LEVEL 1
#define MAX_LEVEL 12
/* Members are smaller than those of zlib's level 1, which cfitsio uses, at more than twice the speed. */
#define DEFAULT_LEVEL 1

/* RFC 1952 2.3.1, RFC 1950 2.2 */
#define GZIP_ID1 0x1F
#define GZIP_ID2 0x8B
#define ZLIB_METHOD 8

struct rf_deflater {
#if defined(RF_HAVE_LIBDEFLATE)
  struct libdeflate_compressor *compressor;
#else
  z_stream stream;
#endif
  uint8_t *room;
  size_t room_bytes;
};

typedef enum container { CONTAINER_GZIP, CONTAINER_ZLIB, CONTAINER_UNKNOWN } container;

static container container_of(const uint8_t *in, size_t n) {
  if (n >= 2 && in[0] == GZIP_ID1 && in[1] == GZIP_ID2)
    return CONTAINER_GZIP;
  if (n >= 2 && (in[0] & 0x0F) == ZLIB_METHOD && (in[0] * 256u + in[1]) % 31 == 0)
    return CONTAINER_ZLIB;
  return CONTAINER_UNKNOWN;
}

static rf_status fail_corrupt(rf_error *err, size_t n) {
  return rf_fail(err, RF_ERR_CODEC, "gzip: the %zu compressed bytes are corrupt or end early", n);
}

static rf_status fail_long(rf_error *err, size_t room) {
  return rf_fail(err, RF_ERR_CODEC, "gzip: the content is longer than the %zu bytes that were expected at most", room);
}

static rf_status fail_room(rf_error *err, size_t room) {
  return rf_fail(err, RF_ERR_ARGUMENT, "gzip: the compressed bytes do not fit into %zu", room);
}

static rf_status fail_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "gzip: no memory");
}

#if defined(RF_HAVE_LIBDEFLATE)

rf_status rf_gunzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *made, rf_error *err) {
  container kind = container_of(in, n);
  if (kind == CONTAINER_UNKNOWN)
    return fail_corrupt(err, n);
  struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
  if (d == NULL)
    return fail_memory(err);
  size_t used;
  enum libdeflate_result result = kind == CONTAINER_GZIP
                                      ? libdeflate_gzip_decompress_ex(d, in, n, out, room, &used, made)
                                      : libdeflate_zlib_decompress_ex(d, in, n, out, room, &used, made);
  libdeflate_free_decompressor(d);
  if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
    return fail_long(err, room);
  return result == LIBDEFLATE_SUCCESS ? RF_OK : fail_corrupt(err, n);
}

static bool open_compressor(rf_deflater *deflater, int level) {
  deflater->compressor = libdeflate_alloc_compressor(level);
  return deflater->compressor != NULL;
}

static void close_compressor(rf_deflater *deflater) {
  libdeflate_free_compressor(deflater->compressor);
}

rf_status rf_deflater_gzip(rf_deflater *deflater, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used,
                           rf_error *err) {
  *used = libdeflate_gzip_compress(deflater->compressor, in, n, out, room);
  return *used > 0 ? RF_OK : fail_room(err, room);
}

#else

/* Window bits of the formats in zlib's numbering. */
#define WINDOW_ZLIB 15
#define WINDOW_GZIP (15 + 16)
#define MEMORY_LEVEL 8

static void *zlib_alloc(void *user, unsigned items, unsigned size) {
  (void)user;
  return rf_alloc_zero(items, size);
}

static void zlib_free(void *user, void *block) {
  (void)user;
  rf_free(block);
}

/* zlib counts in unsigned ints: hands over what fits one. */
static uInt piece(size_t left) {
  return left < UINT_MAX ? (uInt)left : UINT_MAX;
}

static void feed(z_stream *stream, size_t *in_left, size_t *out_left) {
  if (stream->avail_in == 0) {
    stream->avail_in = piece(*in_left);
    *in_left -= stream->avail_in;
  }
  if (stream->avail_out == 0) {
    stream->avail_out = piece(*out_left);
    *out_left -= stream->avail_out;
  }
}

rf_status rf_gunzip(const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *made, rf_error *err) {
  container kind = container_of(in, n);
  if (kind == CONTAINER_UNKNOWN)
    return fail_corrupt(err, n);
  /* zlib wants somewhere to write, even when nothing is to be written. */
  uint8_t nothing;
  z_stream stream = {.next_in = (z_const Bytef *)(uintptr_t)in,
                     .next_out = room > 0 ? out : &nothing,
                     .zalloc = zlib_alloc,
                     .zfree = zlib_free};
  if (inflateInit2(&stream, kind == CONTAINER_GZIP ? WINDOW_GZIP : WINDOW_ZLIB) != Z_OK)
    return fail_memory(err);
  size_t in_left = n, out_left = room;
  int result;
  do {
    feed(&stream, &in_left, &out_left);
    result = inflate(&stream, in_left == 0 && out_left == 0 ? Z_FINISH : Z_NO_FLUSH);
  } while (result == Z_OK && (stream.avail_in > 0 || in_left > 0) && (stream.avail_out > 0 || out_left > 0));
  *made = room - out_left - stream.avail_out;
  bool full = stream.avail_out == 0 && out_left == 0 && (stream.avail_in > 0 || in_left > 0);
  inflateEnd(&stream);
  if (result == Z_STREAM_END)
    return RF_OK;
  if (result == Z_MEM_ERROR)
    return fail_memory(err);
  return full && (result == Z_OK || result == Z_BUF_ERROR) ? fail_long(err, room) : fail_corrupt(err, n);
}

static bool open_compressor(rf_deflater *deflater, int level) {
  deflater->stream.zalloc = zlib_alloc;
  deflater->stream.zfree = zlib_free;
  return deflateInit2(&deflater->stream, level < 9 ? level : 9, Z_DEFLATED, WINDOW_GZIP, MEMORY_LEVEL,
                      Z_DEFAULT_STRATEGY) == Z_OK;
}

static void close_compressor(rf_deflater *deflater) {
  deflateEnd(&deflater->stream);
}

rf_status rf_deflater_gzip(rf_deflater *deflater, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used,
                           rf_error *err) {
  z_stream *stream = &deflater->stream;
  if (deflateReset(stream) != Z_OK)
    return fail_memory(err);
  stream->next_in = (z_const Bytef *)(uintptr_t)in;
  stream->next_out = out;
  stream->avail_in = 0;
  stream->avail_out = 0;
  size_t in_left = n, out_left = room;
  int result;
  do {
    feed(stream, &in_left, &out_left);
    result = deflate(stream, in_left == 0 ? Z_FINISH : Z_NO_FLUSH);
  } while (result == Z_OK && (stream->avail_out > 0 || out_left > 0));
  *used = room - out_left - stream->avail_out;
  return result == Z_STREAM_END ? RF_OK : fail_room(err, room);
}

#endif

/* Stored blocks at the worst: five bytes for each 16 KiB and fewer. The bounds of both libraries lie below this. */
bool rf_gzip_bound(size_t n, size_t *bytes) {
  uint64_t room;
  return rf_add_u64(n, n / 8 + 128, &room) && rf_to_size(room, bytes);
}

rf_status rf_deflater_new(int level, rf_deflater **deflater, rf_error *err) {
  *deflater = NULL;
  if (level != 0 && (level < LEAST_LEVEL || level > MAX_LEVEL))
    return rf_fail(err, RF_ERR_ARGUMENT, "gzip: level %d is not within %d to %d", level, LEAST_LEVEL, MAX_LEVEL);
  rf_deflater *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return fail_memory(err);
  if (!open_compressor(made, level == 0 ? DEFAULT_LEVEL : level)) {
    rf_free(made);
    return fail_memory(err);
  }
  *deflater = made;
  return RF_OK;
}

void rf_deflater_free(rf_deflater *deflater) {
  if (deflater == NULL)
    return;
  close_compressor(deflater);
  rf_free(deflater->room);
  rf_free(deflater);
}

uint8_t *rf_deflater_room(rf_deflater *deflater, size_t bytes) {
  if (deflater->room == NULL || deflater->room_bytes < bytes) {
    rf_free(deflater->room);
    deflater->room = rf_alloc(bytes);
    deflater->room_bytes = bytes;
  }
  return deflater->room;
}

rf_status rf_gzip(int level, const uint8_t *in, size_t n, uint8_t *out, size_t room, size_t *used, rf_error *err) {
  rf_deflater *deflater;
  RF_TRY(rf_deflater_new(level, &deflater, err));
  rf_status status = rf_deflater_gzip(deflater, in, n, out, room, used, err);
  rf_deflater_free(deflater);
  return status;
}
