/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/members.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "codec/deflate.h"

/* Header, an empty deflate stream, CRC and length. */
#define MIN_MEMBER_BYTES 28
#define LENGTH_BYTES 4

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
