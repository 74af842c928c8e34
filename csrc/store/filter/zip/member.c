/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A stored member is a section of the zip file. A deflated one is decoded as a gzip file is: its section gets the
 * header of a gzip member and a trailer with CRC and size from the directory, which the decoder then checks.
 *
 * The directory also has the sizes of members that were written in one pass, whose local header has none (4.4.4).
 */
#include "store/filter/zip/member.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/filter/codecs/zlib.h"
#include "store/filter/compressed.h"
#include "store/filter/index/store.h"
#include "store/filter/zip/choice.h"
#include "store/filter/zip/section.h"

#define LOCAL_SIGNATURE UINT32_C(0x04034b50)
#define LOCAL_BYTES 30

#define METHOD_STORED 0
#define METHOD_DEFLATED 8

/* Bits of the flags (4.4.4). */
#define FLAG_ENCRYPTED 0x0001
#define FLAG_DESCRIPTOR 0x0008
#define FLAG_PATCH 0x0020
#define FLAG_HIDDEN 0x2000 /* the local header is masked */

/* Deflate turns one byte into at most this many. */
#define DEFLATE_MAX_RATIO 1032

/* ---- deflated members ---- */

static bool member_begins(const uint8_t *bytes, size_t n) {
  return rf_gzip_format.begins(bytes, n);
}

static uint64_t member_size_hint(rf_store *store, uint64_t packed, const uint8_t *begin, size_t n) {
  return rf_gzip_format.size_hint(store, packed, begin, n);
}

/* Deflated members, framed as gzip members. */
static const rf_format member_format = {
    .number = RF_STREAM_GZIP,
    .name = "zip",
    .unit = "member",
    .begins = member_begins,
    .magic = "the frame is missing",
    .start_bytes = RF_SECTION_FRAME_BYTES,
    .single = true,
    .builtin = &rf_zlib_codec,
    .exact = true,
    .size_hint = member_size_hint,
    .max_ratio = DEFLATE_MAX_RATIO,
    .whole_inflate = rf_whole_inflate,
};
static const rf_filter member_filter = {
    .name = "zip", .format = &member_format, .wrap = rf_compressed_wrap, .wrap_index = rf_index_wrap};

/* Makes the frame of a gzip member (RFC 1952): deflate, no flags, no time, unknown system; CRC and size modulo 2^32. */
static void make_frame(const rf_zip_entry *entry, rf_section_frame *frame) {
  static const uint8_t front[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
  *frame = (rf_section_frame){.front_length = sizeof front, .back_length = 8};
  memcpy(frame->front, front, sizeof front);
  rf_put_le32(frame->back, entry->crc);
  rf_put_le32(frame->back + 4, (uint32_t)entry->size);
}

/* ---- checks ---- */

static const char *method_name(unsigned method) {
  switch (method) {
  case 1:
    return "shrink";
  case 6:
    return "implode";
  case 9:
    return "deflate64";
  case 12:
    return "bzip2";
  case 14:
    return "LZMA";
  case 20:
  case 93:
    return "zstd";
  case 95:
    return "xz";
  case 98:
    return "PPMd";
  default:
    return "an unknown method";
  }
}

static rf_status check_method(const rf_zip_entry *entry, rf_error *err) {
  if ((entry->flags & (FLAG_ENCRYPTED | FLAG_HIDDEN)) != 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the member of the zip file is encrypted; unpack it first");
  if ((entry->flags & FLAG_PATCH) != 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the member of the zip file is a patch of another file");
  if (entry->method != METHOD_STORED && entry->method != METHOD_DEFLATED)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "the member of the zip file is compressed with %s (method %u), expected deflate or none; unpack it "
                   "first, for example with 'unzip'",
                   method_name(entry->method), entry->method);
  bool possible =
      entry->method == METHOD_STORED ? entry->size == entry->packed : entry->size / DEFLATE_MAX_RATIO <= entry->packed;
  if (!possible)
    return rf_fail(err, RF_ERR_CODEC, "corrupt zip file: a member of %llu bytes cannot be %llu bytes of content",
                   (unsigned long long)entry->packed, (unsigned long long)entry->size);
  return RF_OK;
}

/* Checks that no other member has bytes of the range from `begin` to `end`. */
static rf_status check_overlap(const rf_zip_directory *d, const rf_zip_entry *entry, uint64_t end, rf_error *err) {
  rf_zip_entry other;
  for (size_t at = 0; rf_zip_directory_next(d, &at, &other);)
    if (other.name != entry->name && other.header < end && other.min_end > entry->header) {
      uint64_t at_byte = other.header > entry->header ? other.header : entry->header;
      return rf_fail(err, RF_ERR_CODEC, "corrupt zip file: two members overlap at byte %llu",
                     (unsigned long long)at_byte);
    }
  return RF_OK;
}

static rf_status fail_local(const rf_zip_entry *entry, const char *what, rf_error *err) {
  rf_status status =
      rf_fail(err, RF_ERR_CODEC, "corrupt zip file: directory and local header at byte %llu disagree: %s",
              (unsigned long long)entry->header, what);
  rf_error_at(err, (int64_t)entry->header);
  return status;
}

/* A number of the local header: as in the directory, or all ones where a ZIP64 field has it. */
static bool same_number(const uint8_t *bytes, uint64_t expected) {
  uint32_t value = rf_get_le32(bytes);
  return value == expected || value == UINT32_MAX;
}

/* Compares the local header (4.3.7) with the directory. */
static rf_status check_local(const rf_zip_entry *entry, const uint8_t *local, rf_error *err) {
  if (rf_get_le32(local) != LOCAL_SIGNATURE)
    return fail_local(entry, "it does not begin with PK\\3\\4", err);
  if (rf_get_le16(local + 26) != entry->name_length ||
      memcmp(local + LOCAL_BYTES, entry->name, entry->name_length) != 0)
    return fail_local(entry, "the names", err);
  unsigned flags = rf_get_le16(local + 6), changed = flags ^ entry->flags;
  if (rf_get_le16(local + 8) != entry->method || (changed & (FLAG_ENCRYPTED | FLAG_PATCH | FLAG_HIDDEN)) != 0)
    return fail_local(entry, "the methods", err);
  if ((flags & FLAG_DESCRIPTOR) != 0)
    return RF_OK; /* CRC and sizes come behind the data, too late */
  if (rf_get_le32(local + 14) != entry->crc)
    return fail_local(entry, "the CRCs", err);
  if (!same_number(local + 18, entry->packed) || !same_number(local + 22, entry->size))
    return fail_local(entry, "the sizes", err);
  return RF_OK;
}

/* Finds the data of a member. */
static rf_status find_data(rf_store *store, const rf_zip_directory *d, const rf_zip_entry *entry, rf_range *range,
                           rf_error *err) {
  size_t n = LOCAL_BYTES + entry->name_length;
  uint8_t *local = rf_alloc_zero(1, n);
  if (local == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a header of a zip file");
  rf_status status = rf_store_read(store, entry->header, local, n, err);
  if (status == RF_OK)
    status = check_local(entry, local, err);
  uint64_t end = entry->min_end + rf_get_le16(local + 28); /* no overflow: min_end is an offset in the file */
  *range = (rf_range){end - entry->packed, entry->packed};
  rf_free(local);
  if (status == RF_OK && end > d->offset)
    status = fail_local(entry, "the data run into the directory", err);
  return status == RF_OK ? check_overlap(d, entry, end, err) : status;
}

/* ---- opening ---- */

static rf_status open_data(rf_store **store, const rf_zip_entry *entry, rf_range range, const rf_options *options,
                           rf_error *err) {
  if (entry->method == METHOD_STORED)
    return rf_section_wrap(store, range, NULL, err);
  rf_section_frame frame;
  make_frame(entry, &frame);
  RF_TRY(rf_section_wrap(store, range, &frame, err));
  if ((options->flags & RF_OPEN_INDEX) != 0)
    return member_filter.wrap_index(&member_filter, store, options, err);
  return member_filter.wrap(&member_filter, store, RF_MODE_READ, options, err);
}

rf_status rf_zip_open(rf_store **store, const char *name, const rf_options *options, rf_error *err) {
  rf_zip_directory d;
  rf_zip_entry entry;
  rf_range range;
  RF_TRY(rf_zip_directory_open(*store, options->limits->header_bytes, &d, err));
  rf_status status = rf_zip_choose(&d, name, &entry, err);
  if (status == RF_OK)
    status = check_method(&entry, err);
  if (status == RF_OK)
    status = find_data(*store, &d, &entry, &range, err);
  if (status == RF_OK)
    status = open_data(store, &entry, range, options, err);
  rf_zip_directory_close(&d);
  return status;
}

rf_status rf_zip_wrap(const rf_filter *filter, rf_store **store, rf_mode mode, const rf_options *options,
                      rf_error *err) {
  (void)filter, (void)mode;
  return rf_zip_open(store, NULL, options, err);
}

rf_status rf_zip_wrap_index(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err) {
  (void)filter;
  return rf_zip_open(store, NULL, options, err);
}
