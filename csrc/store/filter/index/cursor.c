/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes a .gz store from a mark on. A member that is decoded from its beginning is in zlib's hands, header and CRC
 * included. Of any other member zlib decodes the bare deflate stream, with the window of the mark; this file reads what
 * follows it. A mark inside a deflate block has a prefix, the header of the block, which zlib gets first.
 */
#include "store/filter/index/cursor.h"

#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/filter/decoder.h"

#define IN_BYTES ((size_t)128 * 1024)

/* 15 bits of window; +16: a gzip header and trailer around the deflate stream; negative: a bare deflate stream. */
#define GZIP_BITS (15 + 16)
#define DEFLATE_BITS (-15)

#define TRAILER_BYTES 8
#define MEMBER_HEADER_BYTES 10

/* z_stream.data_type after inflate(): bits of the input that are left, and where the decoder is. */
#define LEFT_BITS 63
#define LAST_BLOCK 64
#define BETWEEN_BLOCKS 128
#define BEHIND_HEADER 256

typedef enum cursor_state {
  AT_MEMBER,     /* a member begins */
  BEHIND_MEMBER, /* a member may begin */
  IN_GZIP,       /* zlib reads the member */
  IN_DEFLATE,    /* zlib reads the deflate stream of the member */
  AT_TRAILER,    /* behind such a stream */
  AT_END,
  BROKEN
} cursor_state;

struct rf_cursor {
  rf_store *inner; /* borrowed */
  const rf_format *format;
  const rf_stream_codec *codec; /* NULL: gzip, by what follows `units` */
  rf_decoder units;             /* by the codec */
  z_stream z;
  cursor_state state;
  bool between_blocks;
  bool scan; /* note blocks; in IN_DEFLATE, compute crc and length */
  uint32_t crc;
  uint32_t length;
  uint64_t block;     /* with `scan`: where the block begins in the store, in bits */
  uint64_t block_end; /* where its header ends; 0: the prefix is that header */
  uint8_t prefix[RF_PREFIX_BYTES];
  unsigned prefix_bits;
  uint64_t content;
  uint64_t member;
  uint64_t stray;
  uint8_t in[IN_BYTES];
  size_t in_start;
  size_t in_end;
  uint64_t in_offset; /* offset in the store of in[in_end] */
  bool in_finished;   /* the end of the store was reached */
};

/* ---- input ---- */

static rf_status fill(rf_cursor *c, rf_error *err) {
  if (c->in_finished)
    return RF_OK;
  if (c->in_start > 0) {
    memmove(c->in, c->in + c->in_start, c->in_end - c->in_start);
    c->in_end -= c->in_start;
    c->in_start = 0;
  }
  size_t got = 0, wanted = IN_BYTES - c->in_end;
  RF_TRY(rf_store_read_at(c->inner, c->in_offset, c->in + c->in_end, wanted, &got, err));
  c->in_end += got;
  c->in_offset += got;
  c->in_finished = got < wanted;
  return RF_OK;
}

/* Returns the offset in the store of the next byte to decode. */
static uint64_t position(const rf_cursor *c) {
  return c->in_offset - (c->in_end - c->in_start);
}

/* The same of the next bit. */
static uint64_t bit_position(const rf_cursor *c) {
  return position(c) * 8 - (unsigned)(c->z.data_type & LEFT_BITS);
}

/* ---- failures ---- */

static rf_status fail_truncated(const rf_cursor *c, rf_error *err) {
  rf_status status = rf_fail(err, RF_ERR_TRUNCATED,
                             "the compressed file ends at byte %llu in the middle of the gzip member that begins at "
                             "byte %llu",
                             (unsigned long long)c->in_offset, (unsigned long long)c->member);
  rf_error_at(err, (int64_t)c->in_offset);
  return status;
}

static rf_status fail_codec(const rf_cursor *c, const char *cause, rf_error *err) {
  rf_status status =
      rf_fail(err, RF_ERR_CODEC,
              "corrupt gzip data: %s at byte %llu of the compressed file, in the gzip member that begins at byte %llu",
              cause, (unsigned long long)position(c), (unsigned long long)c->member);
  rf_error_at(err, (int64_t)position(c));
  return status;
}

static rf_status fail_zlib(const rf_cursor *c, int code, rf_error *err) {
  if (code == Z_MEM_ERROR)
    return rf_fail(err, RF_ERR_MEMORY, "zlib: out of memory");
  return fail_codec(c, c->z.msg != NULL ? c->z.msg : "zlib gives no reason", err);
}

/* ---- opening ---- */

static void *zlib_alloc(void *user, unsigned items, unsigned size) {
  (void)user;
  return rf_alloc_zero(items, size);
}

static void zlib_free(void *user, void *block) {
  (void)user;
  rf_free(block);
}

rf_status rf_cursor_new(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, rf_cursor **cursor,
                        rf_error *err) {
  rf_cursor *c = rf_alloc(sizeof *c);
  if (c == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a gzip decoder");
  c->inner = inner;
  c->format = format;
  c->codec = codec;
  c->units = (rf_decoder){0};
  c->z = (z_stream){.zalloc = zlib_alloc, .zfree = zlib_free};
  c->state = BROKEN;
  c->content = UINT64_MAX;
  if (inflateInit2(&c->z, GZIP_BITS) != Z_OK) {
    rf_free(c);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a gzip decoder");
  }
  *cursor = c;
  return RF_OK;
}

static void close_units(rf_cursor *c) {
  if (c->units.codec != NULL)
    rf_decoder_close(&c->units);
}

void rf_cursor_free(rf_cursor *c) {
  if (c == NULL)
    return;
  inflateEnd(&c->z);
  close_units(c);
  rf_free(c);
}

rf_cursor_place rf_cursor_get_place(const rf_cursor *c) {
  if (c->state == AT_END)
    return RF_CURSOR_END;
  if (c->state == AT_MEMBER)
    return RF_CURSOR_MEMBER;
  return c->between_blocks ? RF_CURSOR_BLOCK : RF_CURSOR_DATA;
}

uint64_t rf_cursor_get_content(const rf_cursor *c) {
  return c->content;
}

uint64_t rf_cursor_get_stray(const rf_cursor *c) {
  return c->stray;
}

/* ---- marks ---- */

/* Gives zlib the header of the block that the mark is in. */
static int feed_prefix(rf_cursor *c, const rf_mark *mark) {
  uint8_t nothing;
  unsigned bytes = mark->prefix_bits / 8, bits = mark->prefix_bits % 8;
  c->z.next_in = mark->prefix;
  c->z.avail_in = bytes;
  c->z.next_out = &nothing;
  c->z.avail_out = 1;
  int code = bytes > 0 ? inflate(&c->z, Z_NO_FLUSH) : Z_OK;
  if (code == Z_OK && c->z.avail_out == 0)
    code = Z_DATA_ERROR;
  return code == Z_OK && bits > 0 ? inflatePrime(&c->z, (int)bits, mark->prefix[bytes] & ((1 << bits) - 1)) : code;
}

/* Prepares zlib for the deflate stream behind a mark inside a member. */
static rf_status resume(rf_cursor *c, const rf_mark *mark, rf_error *err) {
  uint8_t window[RF_WINDOW_BYTES];
  size_t n;
  RF_TRY(rf_mark_unpack_window(mark, window, &n, err));
  int code = inflateReset2(&c->z, DEFLATE_BITS);
  if (code == Z_OK && n > 0)
    code = inflateSetDictionary(&c->z, window, (unsigned)n);
  if (code == Z_OK && mark->prefix_bits > 0)
    code = feed_prefix(c, mark);
  if (code == Z_OK && mark->bits > 0) {
    RF_TRY(fill(c, err));
    if (c->in_start == c->in_end)
      return fail_truncated(c, err);
    code = inflatePrime(&c->z, mark->bits, c->in[c->in_start++] >> (8 - mark->bits));
  }
  memcpy(c->prefix, mark->prefix != NULL ? mark->prefix : c->prefix, (mark->prefix_bits + 7) / 8);
  c->prefix_bits = mark->prefix_bits;
  c->block = mark->packed * 8 - mark->bits;
  return code == Z_OK ? RF_OK : fail_zlib(c, code, err);
}

static rf_status seek_unit(rf_cursor *c, const rf_mark *mark, rf_error *err) {
  close_units(c);
  c->content = UINT64_MAX;
  RF_TRY(rf_decoder_open_at(&c->units, c->inner, c->format, c->codec, mark->packed, err));
  c->content = mark->content;
  return RF_OK;
}

rf_status rf_cursor_seek(rf_cursor *c, const rf_mark *mark, bool scan, rf_error *err) {
  if (c->codec != NULL)
    return seek_unit(c, mark, err);
  c->in_start = c->in_end = 0;
  c->in_offset = mark->packed - (mark->bits > 0);
  c->in_finished = false;
  c->member = mark->member;
  c->stray = 0;
  c->between_blocks = false;
  c->scan = scan;
  c->crc = mark->crc;
  c->length = mark->length;
  c->prefix_bits = 0;
  c->block = c->block_end = 0;
  c->content = UINT64_MAX;
  c->state = BROKEN;
  if (mark->inside)
    RF_TRY(resume(c, mark, err));
  c->state = mark->inside ? IN_DEFLATE : mark->packed == 0 ? AT_MEMBER : BEHIND_MEMBER;
  c->content = mark->content;
  return RF_OK;
}

static bool in_member(const rf_cursor *c) {
  return c->state == IN_GZIP || c->state == IN_DEFLATE;
}

bool rf_cursor_can_mark(rf_cursor *c) {
  if (!in_member(c) || !c->scan)
    return false;
  long where = inflateMark(&c->z), back = where >> 16, done = where & 0xffff;
  if (back < 0) /* outside a block, or in a stored one, which is short */
    return false;
  return done == 0 && (c->prefix_bits > 0 || c->block_end > c->block);
}

/* Reads the bits [c->block, c->block_end) from the store again. */
static rf_status read_header(rf_cursor *c, rf_error *err) {
  uint8_t bytes[RF_PREFIX_BYTES + 2] = {0};
  uint64_t bits = c->block_end - c->block;
  unsigned shift = (unsigned)(c->block % 8);
  if (bits > RF_PREFIX_BYTES * 8)
    return rf_fail(err, RF_ERR_CODEC, "zlib read a deflate header of %llu bits", (unsigned long long)bits);
  RF_TRY(rf_store_read(c->inner, c->block / 8, bytes, (size_t)((shift + bits + 7) / 8), err));
  for (size_t i = 0; i < (bits + 7) / 8; i++)
    c->prefix[i] = (uint8_t)((bytes[i] | bytes[i + 1] << 8) >> shift);
  c->prefix_bits = (unsigned)bits;
  return RF_OK;
}

/* Fills in a mark inside a deflate block. */
static rf_status mark_code(rf_cursor *c, rf_mark *mark, rf_error *err) {
  long back = inflateMark(&c->z) >> 16;
  if (c->prefix_bits == 0)
    RF_TRY(read_header(c, err));
  uint64_t bit = bit_position(c) - (uint64_t)back;
  mark->packed = (bit + 7) / 8;
  mark->bits = (uint8_t)(mark->packed * 8 - bit);
  return rf_mark_set_prefix(mark, c->prefix, c->prefix_bits, err);
}

/* Fills in a mark inside a member. */
static rf_status mark_inside(rf_cursor *c, rf_mark *mark, rf_error *err) {
  uint8_t window[RF_WINDOW_BYTES];
  unsigned n = 0;
  mark->inside = true;
  mark->member = c->member;
  mark->crc = c->state == IN_GZIP ? (uint32_t)c->z.adler : c->crc;
  mark->length = c->state == IN_GZIP ? (uint32_t)c->z.total_out : c->length;
  if (inflateGetDictionary(&c->z, window, &n) != Z_OK)
    return rf_fail(err, RF_ERR_CODEC, "zlib has no window");
  if (n > 0)
    RF_TRY(rf_mark_pack_window(mark, window, n, err));
  if (!c->between_blocks)
    return mark_code(c, mark, err);
  mark->bits = (uint8_t)(c->z.data_type & LEFT_BITS);
  return RF_OK;
}

rf_status rf_cursor_mark(rf_cursor *c, rf_mark **mark, rf_error *err) {
  rf_mark *made;
  RF_TRY(rf_mark_new(&made, err));
  made->content = c->content;
  made->packed = made->member = position(c);
  rf_status status = in_member(c) ? mark_inside(c, made, err) : RF_OK;
  if (status != RF_OK) {
    rf_mark_free(made);
    return status;
  }
  *mark = made;
  return RF_OK;
}

/* ---- decoding ---- */

/* Looks for another member behind a finished one. Other bytes end the content. */
static rf_status find_member(rf_cursor *c, rf_error *err) {
  uint64_t begin = position(c);
  bool padded = false;
  for (;;) {
    while (c->in_start < c->in_end && c->in[c->in_start] == 0) {
      c->in_start++;
      padded = true;
    }
    if (c->in_finished || c->in_end - c->in_start >= (padded ? 1 : MEMBER_HEADER_BYTES))
      break;
    RF_TRY(fill(c, err));
  }
  size_t left = c->in_end - c->in_start;
  bool more = !padded && left >= 2 && c->in[c->in_start] == 0x1f && c->in[c->in_start + 1] == 0x8b;
  if (!more && (padded || left > 0))
    c->stray = begin;
  c->state = more ? AT_MEMBER : AT_END;
  return RF_OK;
}

/* Reads the CRC and the length behind a deflate stream. */
static rf_status read_trailer(rf_cursor *c, rf_error *err) {
  while (c->in_end - c->in_start < TRAILER_BYTES) {
    if (c->in_finished)
      return fail_truncated(c, err);
    RF_TRY(fill(c, err));
  }
  const uint8_t *trailer = c->in + c->in_start;
  if (c->scan && rf_get_le32(trailer) != c->crc)
    return fail_codec(c, "incorrect data check", err);
  if (c->scan && rf_get_le32(trailer + 4) != c->length)
    return fail_codec(c, "incorrect length check", err);
  c->in_start += TRAILER_BYTES;
  c->state = BEHIND_MEMBER;
  return RF_OK;
}

static rf_status begin_member(rf_cursor *c, rf_error *err) {
  int code = inflateReset2(&c->z, GZIP_BITS);
  if (code != Z_OK)
    return fail_zlib(c, code, err);
  c->member = position(c);
  c->state = IN_GZIP;
  return RF_OK;
}

/* Notes where blocks and their headers end. */
static void note_block(rf_cursor *c) {
  c->between_blocks = (c->z.data_type & BETWEEN_BLOCKS) != 0 && (c->z.data_type & LAST_BLOCK) == 0;
  if ((c->z.data_type & BETWEEN_BLOCKS) != 0) {
    c->block = bit_position(c);
    c->block_end = 0;
    c->prefix_bits = 0;
  } else if ((c->z.data_type & BEHIND_HEADER) != 0) {
    c->block_end = bit_position(c);
  }
}

/* Calls zlib once: it makes *made bytes, needs more input, comes to the end of a block, or ends a stream. */
static rf_status inflate_some(rf_cursor *c, uint8_t *out, size_t n, size_t *made, rf_error *err) {
  if (c->in_start == c->in_end)
    RF_TRY(fill(c, err));
  size_t left = c->in_end - c->in_start;
  c->z.next_in = c->in + c->in_start;
  c->z.avail_in = (unsigned)left;
  c->z.next_out = out;
  c->z.avail_out = (unsigned)n;
  int code = inflate(&c->z, c->scan ? Z_TREES : Z_NO_FLUSH);
  size_t used = left - c->z.avail_in;
  *made = n - c->z.avail_out;
  c->in_start += used;
  if (c->scan && c->state == IN_DEFLATE) {
    c->crc = (uint32_t)crc32(c->crc, out, (unsigned)*made);
    c->length += (uint32_t)*made;
  }
  note_block(c);
  if (code == Z_STREAM_END) {
    c->between_blocks = false;
    c->state = c->state == IN_GZIP ? BEHIND_MEMBER : AT_TRAILER;
    return RF_OK;
  }
  if (code != Z_OK && code != Z_BUF_ERROR)
    return fail_zlib(c, code, err);
  if (used > 0 || *made > 0 || (c->z.data_type & (BETWEEN_BLOCKS | BEHIND_HEADER)) != 0)
    return RF_OK;
  if (left == 0) /* fill() found the end of the store */
    return fail_truncated(c, err);
  return fail_codec(c, "zlib makes no progress", err);
}

static rf_status decode(rf_cursor *c, uint8_t *out, size_t n, bool stop, size_t *made, rf_error *err) {
  while (*made < n && c->state != AT_END) {
    size_t got = 0;
    rf_status status = RF_OK;
    c->between_blocks = false;
    if (c->state == AT_MEMBER)
      RF_TRY(begin_member(c, err));
    if (c->state == AT_TRAILER)
      status = read_trailer(c, err);
    else if (c->state != BEHIND_MEMBER)
      status = inflate_some(c, out + *made, n - *made, &got, err);
    *made += got;
    c->content += got;
    if (status == RF_OK && c->state == BEHIND_MEMBER)
      status = find_member(c, err);
    RF_TRY(status);
    if (stop && (c->state == AT_MEMBER || c->between_blocks))
      break;
  }
  return RF_OK;
}

static rf_status read_units(rf_cursor *c, uint8_t *out, size_t n, size_t *made, rf_error *err) {
  bool done;
  rf_status status = rf_decoder_read(&c->units, out, n, made, &done, err);
  c->content = status == RF_OK ? c->content + *made : UINT64_MAX;
  return status;
}

rf_status rf_cursor_expect_end(rf_cursor *c, uint64_t packed, rf_error *err) {
  uint8_t beyond;
  size_t made;
  bool before = c->units.unit_offset < packed;
  RF_TRY(read_units(c, &beyond, 1, &made, err));
  c->content = UINT64_MAX;
  if (before && (made == 0 ? packed == UINT64_MAX : c->units.unit_offset >= packed))
    return RF_OK;
  rf_error_at(err, (int64_t)c->units.unit_offset);
  return rf_fail(err, RF_ERR_CODEC, "corrupt %s data: the %s at byte %llu has another length than the seek table says",
                 c->format->name, c->format->unit, (unsigned long long)c->units.unit_offset);
}

rf_status rf_cursor_read(rf_cursor *c, uint8_t *out, size_t n, bool stop, size_t *made, rf_error *err) {
  *made = 0;
  if (c->codec != NULL)
    return read_units(c, out, n, made, err);
  if (c->state == BROKEN)
    return rf_fail(err, RF_ERR_ARGUMENT, "a gzip decoder without a place was read");
  n = n < (size_t)1 << 30 ? n : (size_t)1 << 30; /* zlib counts in unsigned int */
  rf_status status = decode(c, out, n, stop, made, err);
  if (status != RF_OK) {
    c->state = BROKEN;
    c->content = UINT64_MAX;
  }
  return status;
}
