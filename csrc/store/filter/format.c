/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/format.h"

#include <string.h>

#include "store/filter/codecs/bzip2.h"
#include "store/filter/codecs/lzw.h"
#include "store/filter/codecs/xz.h"
#include "store/filter/codecs/zlib.h"
#include "store/filter/codecs/zstd.h"

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

/* ---- bzip2 ---- */

/* The header has the size of blocks; then the magic number of a block, or of the end, follows. */
static bool bzip2_begins(const uint8_t *bytes, size_t n) {
  static const uint8_t block[] = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59}, end[] = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};
  if (n < 3 || memcmp(bytes, "BZh", 3) != 0 || (n > 3 && (bytes[3] < '1' || bytes[3] > '9')))
    return false;
  size_t rest = n < 4 ? 0 : n - 4 < sizeof block ? n - 4 : sizeof block;
  return rest == 0 || memcmp(bytes + 4, block, rest) == 0 || memcmp(bytes + 4, end, rest) == 0;
}

const rf_format rf_bzip2_format = {
    .number = RF_STREAM_BZIP2,
    .name = "bzip2",
    .unit = "stream",
    .begins = bzip2_begins,
    .magic = "it does not begin with 'BZh', the size of blocks and a block",
    .start_bytes = 10,
#if defined(RF_HAVE_BZIP2)
    .builtin = &rf_bzip2_codec,
#endif
    .exact = true,
    .hint = "build it with libbz2, or decompress the file first, for example with 'bunzip2'",
};

/* ---- xz ---- */

static bool xz_begins(const uint8_t *bytes, size_t n) {
  static const uint8_t magic[] = {0xFD, '7', 'z', 'X', 'Z', 0};
  return n >= sizeof magic && memcmp(bytes, magic, sizeof magic) == 0;
}

const rf_format rf_xz_format = {
    .number = RF_STREAM_XZ,
    .name = "xz",
    .unit = "stream",
    .begins = xz_begins,
    .magic = "the first six bytes are not 0xfd '7zXZ' 0x00",
    .start_bytes = 6,
    .padding = 4, /* "stream padding" of the .xz file format, section 2.2 */
#if defined(RF_HAVE_LZMA)
    .builtin = &rf_xz_codec,
#endif
    .exact = true,
    .hint = "build it with liblzma, or decompress the file first, for example with 'unxz'",
};

/* ---- zstd (RFC 8878) ---- */

/* A skippable frame may come before other ones; pzstd and the seekable format write such frames. */
static bool zstd_begins(const uint8_t *bytes, size_t n) {
  static const uint8_t frame[] = {0x28, 0xB5, 0x2F, 0xFD}, skippable[] = {0x2A, 0x4D, 0x18};
  return n >= 4 &&
         (memcmp(bytes, frame, 4) == 0 || ((bytes[0] & 0xF0) == 0x50 && memcmp(bytes + 1, skippable, 3) == 0));
}

/* The header of the first frame may have its size (RFC 8878, 3.1.1.1). Other frames may follow. */
static uint64_t zstd_size_hint(rf_store *store, uint64_t packed, const uint8_t *begin, size_t n) {
  static const uint8_t dictionary_bytes[] = {0, 1, 2, 4}, size_bytes[] = {0, 2, 4, 8};
  (void)store, (void)packed;
  if (n < 6 || begin[0] != 0x28)
    return 0;
  bool single_segment = (begin[4] & 0x20) != 0;
  size_t at = 5 + (single_segment ? 0 : 1) + dictionary_bytes[begin[4] & 3];
  size_t width = size_bytes[begin[4] >> 6];
  if (width == 0 && single_segment)
    width = 1;
  if (at + width > n)
    return 0;
  uint64_t size = width == 2 ? 256 : 0;
  for (size_t i = 0; i < width; i++)
    size += (uint64_t)begin[at + i] << (8 * i);
  return size;
}

const rf_format rf_zstd_format = {
    .number = RF_STREAM_ZSTD,
    .name = "zstd",
    .unit = "frame",
    .begins = zstd_begins,
    .magic = "the first four bytes are not 0x28 0xb5 0x2f 0xfd",
    .start_bytes = 4,
#if defined(RF_HAVE_ZSTD)
    .builtin = &rf_zstd_codec,
    .whole_inflate = rf_zstd_whole_inflate,
    .whole_codec = &rf_zstd_codec,
#endif
    .hint = "build it with libzstd, or decompress the file first, for example with 'unzstd'",
    .size_hint = zstd_size_hint,
    .max_ratio = 1000, /* of data that is no bomb */
};

/* ---- all ---- */

static const rf_format *const formats[] = {
    &rf_gzip_format, &rf_bzip2_format, &rf_xz_format, &rf_zstd_format, &rf_lzw_format,
};

const rf_format *rf_format_find(rf_stream_format number) {
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (formats[i]->number == number)
      return formats[i];
  return NULL;
}
