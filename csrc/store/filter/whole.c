/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole gzip buffers with libdeflate, which needs all input and room for all output, and is about twice as fast as a
 * stream decoder. If it is not in the build, or fails, callers use the stream codec, which alone judges the file.
 */
#include "store/filter/whole.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "store/filter/index/members.h"

#if defined(RF_HAVE_LIBDEFLATE)
#include <libdeflate.h>

/* Level 1 of libdeflate makes smaller files than level 1 of zlib, which cfitsio uses, several times as fast. */
#define FAST_LEVEL 1

/* Smallest first room, and how often it may be too small before the function gives up. */
#define MIN_ROOM_BYTES ((size_t)64 * 1024)
#define ROOM_TRIES 6

static atomic_int enabled = 1;

int rf_whole_set_enabled(int on) {
  atomic_store(&enabled, on != 0);
  return on != 0;
}

static bool only_zeros(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0)
      return false;
  return true;
}

/* Grows the room, by the ratio of the members that are decoded already. */
static bool make_room(rf_pages *out, size_t used, size_t n, uint64_t max) {
  uint64_t room = (uint64_t)out->capacity * 2;
  if (out->size > 0) {
    double expected = (double)out->size / (double)used * (double)n * 1.05;
    if (expected > (double)room && expected < (double)max)
      room = (uint64_t)expected;
  }
  room = room < max ? room : max;
  size_t size;
  if (room <= out->capacity || !rf_to_size(room, &size))
    return false;
  uint8_t *pages = rf_pages_resize(out->bytes, out->capacity, size);
  if (pages == NULL)
    return false;
  out->bytes = pages;
  out->capacity = size;
  return true;
}

static bool inflate_members(struct libdeflate_decompressor *d, const uint8_t *in, size_t n, uint64_t max, rf_pages *out,
                            size_t *end) {
  size_t used = 0;
  int tries = 0;
  do {
    size_t in_one = 0, out_one = 0;
    enum libdeflate_result result = libdeflate_gzip_decompress_ex(d, in + used, n - used, out->bytes + out->size,
                                                                  out->capacity - out->size, &in_one, &out_one);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE && tries < ROOM_TRIES && make_room(out, used, n, max)) {
      tries++;
      continue;
    }
    if (result != LIBDEFLATE_SUCCESS || in_one == 0)
      return false;
    used += in_one;
    out->size += out_one;
  } while (used < n && in[used] != 0);
  *end = used;
  return out->size <= max && only_zeros(in + used, n - used);
}

rf_status rf_whole_inflate(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max, rf_pages *out,
                           size_t *used) {
  if (!atomic_load(&enabled) || max == 0)
    return RF_ERR_UNSUPPORTED;
  if (rf_members_inflate_all(in, n, threads, max, out) == RF_OK) {
    *used = n;
    return RF_OK;
  }
  size_t room = guess > MIN_ROOM_BYTES ? guess : MIN_ROOM_BYTES;
  rf_pages made = {.bytes = rf_pages_alloc(room), .capacity = room};
  struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
  bool good = made.bytes != NULL && d != NULL && inflate_members(d, in, n, max, &made, used);
  if (d != NULL)
    libdeflate_free_decompressor(d);
  if (!good) {
    if (made.bytes != NULL)
      rf_pages_free(made.bytes, made.capacity);
    return RF_ERR_UNSUPPORTED;
  }
  *out = made;
  return RF_OK;
}

rf_status rf_whole_deflate(const uint8_t *in, size_t n, int level, rf_pages *out) {
  if (!atomic_load(&enabled))
    return RF_ERR_UNSUPPORTED;
  struct libdeflate_compressor *c = libdeflate_alloc_compressor(level == 0 ? FAST_LEVEL : level);
  if (c == NULL)
    return RF_ERR_UNSUPPORTED;
  rf_pages made = {.capacity = libdeflate_gzip_compress_bound(c, n)};
  made.bytes = rf_pages_alloc(made.capacity);
  if (made.bytes != NULL)
    made.size = libdeflate_gzip_compress(c, in, n, made.bytes, made.capacity);
  libdeflate_free_compressor(c);
  if (made.size == 0) {
    if (made.bytes != NULL)
      rf_pages_free(made.bytes, made.capacity);
    return RF_ERR_UNSUPPORTED;
  }
  *out = made;
  return RF_OK;
}

#else

int rf_whole_set_enabled(int on) {
  (void)on;
  return 0;
}

rf_status rf_whole_inflate(const uint8_t *in, size_t n, size_t guess, unsigned threads, uint64_t max, rf_pages *out,
                           size_t *used) {
  (void)in, (void)n, (void)guess, (void)threads, (void)max, (void)out, (void)used;
  return RF_ERR_UNSUPPORTED;
}

rf_status rf_whole_deflate(const uint8_t *in, size_t n, int level, rf_pages *out) {
  (void)in, (void)n, (void)level, (void)out;
  return RF_ERR_UNSUPPORTED;
}

#endif
