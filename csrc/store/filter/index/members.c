/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/members.h"

#include <string.h>

#include "base/array.h"
#include "base/bytes.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "codec/deflate.h"

/* Header, an empty deflate stream, CRC and length. */
#define MIN_MEMBER_BYTES 28
#define LENGTH_BYTES 4

/* Content that a thread decodes at a time. */
#define PART_BYTES ((size_t)512 * 1024)

size_t rf_member_length(const uint8_t *header, size_t n) {
  static const uint8_t magic[4] = {0x1f, 0x8b, 8, 4}; /* gzip, deflate, extra field */
  static const uint8_t extra[6] = {6, 0, 'B', 'C', 2, 0};
  if (n < RF_MEMBER_HEADER_BYTES || memcmp(header, magic, sizeof magic) != 0 ||
      memcmp(header + 10, extra, sizeof extra) != 0)
    return 0;
  size_t length = (size_t)(header[16] | header[17] << 8) + 1;
  return length >= MIN_MEMBER_BYTES ? length : 0;
}

rf_status rf_members_find(rf_store *inner, uint64_t packed, uint64_t max, uint64_t *end, uint64_t *content,
                          rf_error *err) {
  uint8_t seam[LENGTH_BYTES + RF_MEMBER_HEADER_BYTES]; /* the end of one member, the header of the next */
  size_t got;
  *end = packed;
  *content = 0;
  RF_TRY(rf_store_read_at(inner, packed, seam, RF_MEMBER_HEADER_BYTES, &got, err));
  size_t length = rf_member_length(seam, got);
  while (length > 0) {
    RF_TRY(rf_store_read_at(inner, *end + length - LENGTH_BYTES, seam, sizeof seam, &got, err));
    uint64_t plain = rf_get_le32(seam);
    if (got < LENGTH_BYTES || plain > RF_MEMBER_BYTES || *content + plain > max)
      return RF_OK;
    *end += length;
    *content += plain;
    length = rf_member_length(seam + LENGTH_BYTES, got - LENGTH_BYTES);
  }
  return RF_OK;
}

static bool inflate_all(const uint8_t *in, size_t n, uint8_t *out, size_t room) {
  while (n > 0) {
    size_t made = 0, length = rf_member_length(in, n);
    if (length == 0 || length > n || rf_gunzip(in, length, out, room, &made, NULL) != RF_OK ||
        made != rf_get_le32(in + length - LENGTH_BYTES))
      return false;
    in += length;
    n -= length;
    out += made;
    room -= made;
  }
  return room == 0;
}

rf_status rf_members_inflate(rf_store *inner, uint64_t packed, uint64_t end, uint8_t *out, size_t n, bool *good,
                             rf_error *err) {
  size_t size;
  const uint8_t *in;
  uint8_t *copy = NULL;
  *good = false;
  if (!rf_to_size(end - packed, &size))
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for reading compressed data");
  rf_status status = rf_store_peek(inner, packed, size, &in, NULL);
  if (status != RF_OK) {
    in = copy = rf_alloc(size);
    if (copy == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for reading compressed data");
    status = rf_store_read(inner, packed, copy, size, err);
  }
  if (status == RF_OK)
    *good = inflate_all(in, size, out, n);
  rf_free(copy);
  return status;
}

/* ---- whole files ---- */

typedef struct part {
  size_t in;  /* offset of the first member */
  size_t out; /* offset of its content */
} part;

typedef struct parts {
  const uint8_t *in;
  uint8_t *out;
  part *list; /* and one behind the last */
  size_t count;
  size_t capacity;
} parts;

/* Divides the members into parts. Returns false if there is anything else, or more content than `max`. */
static bool divide(parts *p, size_t n, uint64_t max) {
  part at = {0};
  for (;;) {
    const part *last = p->count > 0 ? &p->list[p->count - 1] : NULL;
    if (last == NULL || at.in == n || at.out - last->out >= PART_BYTES) {
      if (RF_ARRAY_GROW(p->list, p->capacity, p->count + 1, "a plan of gzip members", NULL) != RF_OK)
        return false;
      p->list[p->count++] = at;
    }
    if (at.in == n)
      return true;
    size_t length = rf_member_length(p->in + at.in, n - at.in);
    if (length == 0 || length > n - at.in)
      return false;
    at.in += length;
    uint32_t plain = rf_get_le32(p->in + at.in - LENGTH_BYTES);
    if (plain > RF_MEMBER_BYTES || plain > max - at.out)
      return false;
    at.out += plain;
  }
}

static rf_status inflate_part(void *context, size_t i, unsigned worker, rf_error *err) {
  const parts *p = context;
  const part *from = &p->list[i], *to = from + 1;
  (void)worker, (void)err;
  return inflate_all(p->in + from->in, to->in - from->in, p->out + from->out, to->out - from->out) ? RF_OK
                                                                                                   : RF_ERR_UNSUPPORTED;
}

rf_status rf_members_inflate_all(const uint8_t *in, size_t n, unsigned threads, uint64_t max, rf_pages *out) {
  parts p = {.in = in};
  rf_status status = RF_ERR_UNSUPPORTED;
  if (rf_member_length(in, n) > 0 && divide(&p, n, max < SIZE_MAX ? max : SIZE_MAX)) {
    size_t size = p.list[p.count - 1].out;
    p.out = size > 0 ? rf_pages_alloc(size) : NULL;
    if (p.out != NULL)
      status = rf_parallel(rf_worth_threads(threads, p.count - 1, size), p.count - 1, inflate_part, &p, NULL);
    if (status == RF_OK)
      *out = (rf_pages){.bytes = p.out, .capacity = size, .size = size};
    else if (p.out != NULL)
      rf_pages_free(p.out, size);
  }
  rf_free(p.list);
  return status == RF_OK ? RF_OK : RF_ERR_UNSUPPORTED;
}
