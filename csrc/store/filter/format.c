/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/format.h"

#include "store/filter/codecs/lzw.h"
#include "store/filter/codecs/zlib.h"

/* Deflate turns one byte into at most this many: one bit makes a match of 258 bytes. */
#define DEFLATE_MAX_RATIO 1032

/* ---- gzip (RFC 1952) ---- */

static bool gzip_begins(const uint8_t *bytes, size_t n) {
  return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* The last four bytes of the compressed file are the size of its last member modulo 2^32 (RFC 1952, ISIZE). They count
 * only if the compressed size makes them plausible. */
static uint64_t gzip_size_hint(rf_store *store, uint64_t packed, const uint8_t *begin, size_t n) {
  (void)begin, (void)n;
  uint8_t tail[4];
  if (packed < 18 || rf_store_read(store, packed - 4, tail, 4, NULL) != RF_OK)
    return 0;
  uint64_t hint = (uint64_t)tail[3] << 24 | (uint64_t)tail[2] << 16 | (uint64_t)tail[1] << 8 | tail[0];
  uint64_t min = packed - packed / 512 - 18; /* stored blocks cost 5 bytes in 65,535 and the frame 18 or more */
  if (packed > UINT32_MAX / 2)
    while (hint < min)
      hint += (uint64_t)1 << 32;
  if (hint < min && hint + 64 < packed) /* several members: a guess */
    hint = packed * 2;
  return hint;
}

const rf_format rf_gzip_format = {
    .number = RF_STREAM_GZIP,
    .name = "gzip",
    .unit = "member",
    .begins = gzip_begins,
    .magic = "the first two bytes are not 0x1f 0x8b",
    .start_bytes = 10, /* magic number, method, flags, time, extra flags, system */
    .builtin = &rf_zlib_codec,
    .exact = true,
    .size_hint = gzip_size_hint,
    .max_ratio = DEFLATE_MAX_RATIO,
    .whole_inflate = rf_whole_inflate,
    .whole_deflate = rf_whole_deflate,
};

/* ---- LZW ---- */

static bool lzw_begins(const uint8_t *bytes, size_t n) {
  return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x9d;
}

const rf_format rf_lzw_format = {
    .number = RF_STREAM_LZW,
    .name = "LZW",
    .unit = "stream",
    .begins = lzw_begins,
    .magic = "the first two bytes are not 0x1f 0x9d",
    .start_bytes = 2,
    .single = true, /* all bytes up to the end of the file */
    .builtin = &rf_lzw_codec,
    .exact = true,
};

/* ---- deflate without a frame (RFC 1951) ---- */

static bool anything_begins(const uint8_t *bytes, size_t n) {
  (void)bytes;
  return n > 0;
}

const rf_format rf_deflate_format = {
    .number = RF_STREAM_DEFLATE,
    .name = "deflate",
    .unit = "stream",
    .begins = anything_begins,
    .magic = "there is no byte",
    .start_bytes = 1,
    .single = true,
    .builtin = &rf_zlib_raw_codec,
    .exact = true,
    .max_ratio = DEFLATE_MAX_RATIO,
};

/* ---- all ---- */

static const rf_format *const formats[] = {
    &rf_gzip_format,
    &rf_lzw_format,
    &rf_deflate_format,
};

const rf_format *rf_format_find(rf_stream_format number) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i]->number == number)
      return formats[i];
  return NULL;
}
