/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/frames.h"

#include "base/bytes.h"
#include "base/memory.h"

/* The footer: number of frames, descriptor, magic number. The header of the skippable frame: magic number, size. */
#define FOOTER_BYTES 9
#define FOOTER_MAGIC 0x8F92EAB1u
#define HEADER_BYTES 8
#define HEADER_MAGIC 0x184D2A5Eu

#define WITH_CHECKSUMS 0x80
#define RESERVED_BITS 0x7C

/* Entries read at a time. */
#define BATCH 4096

typedef struct table {
  rf_store *inner;
  uint64_t start; /* of the skippable frame */
  uint64_t count;
  size_t entry_bytes;
} table;

static rf_status fail_table(rf_error *err) {
  return rf_fail(err, RF_ERR_CODEC, "corrupt zstd data: the seek table at the end does not fit the file");
}

static rf_status find_table(rf_store *inner, table *t, rf_error *err) {
  uint64_t size;
  uint8_t footer[FOOTER_BYTES] = {0}, header[HEADER_BYTES];
  RF_TRY(rf_store_size(inner, &size, err));
  if (size >= HEADER_BYTES + FOOTER_BYTES)
    RF_TRY(rf_store_read(inner, size - FOOTER_BYTES, footer, sizeof footer, err));
  if (rf_get_le32(footer + 5) != FOOTER_MAGIC)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "is compressed with zstd and has no seek table at its end, so that it cannot be read through an "
                   "index; open it without one");
  *t = (table){.inner = inner, .count = rf_get_le32(footer), .entry_bytes = footer[4] & WITH_CHECKSUMS ? 12 : 8};
  uint64_t body = t->count * t->entry_bytes + FOOTER_BYTES;
  if ((footer[4] & RESERVED_BITS) != 0 || body > size - HEADER_BYTES)
    return fail_table(err);
  t->start = size - HEADER_BYTES - body;
  RF_TRY(rf_store_read(inner, t->start, header, sizeof header, err));
  return rf_get_le32(header) == HEADER_MAGIC && rf_get_le32(header + 4) == body ? RF_OK : fail_table(err);
}

static rf_status add_mark(rf_marks *marks, uint64_t packed, rf_error *err) {
  rf_mark *mark;
  RF_TRY(rf_mark_new(&mark, err));
  mark->content = marks->content;
  mark->packed = mark->member = packed;
  rf_status status = rf_marks_add(marks, mark, err);
  if (status != RF_OK)
    rf_mark_free(mark);
  return status;
}

/* Adds a frame at *packed, and moves that behind the frame. */
static rf_status add_frame(rf_marks *marks, const uint8_t *entry, uint64_t *packed, uint64_t limit, rf_error *err) {
  uint64_t length = rf_get_le32(entry), content = rf_get_le32(entry + 4);
  const rf_mark *last = marks->count > 0 ? marks->list[marks->count - 1] : NULL;
  if (content > 0 && (last == NULL || marks->content - last->content >= RF_CHUNK_BYTES))
    RF_TRY(add_mark(marks, *packed, err));
  if (content > limit - marks->content)
    return rf_fail(err, RF_ERR_LIMIT,
                   "the file decompresses to more than the limit of %llu bytes; if it can be trusted, raise the limit "
                   "(rf_limits.inflate_bytes, from Python max_inflate_bytes)",
                   (unsigned long long)limit);
  marks->content += content;
  *packed += length;
  return RF_OK;
}

static rf_status read_entries(const table *t, uint8_t *entries, uint64_t limit, rf_marks *marks, rf_error *err) {
  uint64_t packed = 0;
  for (uint64_t first = 0; first < t->count; first += BATCH) {
    size_t n = (size_t)(t->count - first < BATCH ? t->count - first : BATCH);
    RF_TRY(rf_store_read(t->inner, t->start + HEADER_BYTES + first * t->entry_bytes, entries, n * t->entry_bytes, err));
    for (size_t i = 0; i < n; i++)
      RF_TRY(add_frame(marks, entries + i * t->entry_bytes, &packed, limit, err));
  }
  if (packed != t->start)
    return fail_table(err);
  return marks->count > 0 ? RF_OK : add_mark(marks, 0, err);
}

rf_status rf_frames_load(rf_store *inner, uint64_t limit, rf_marks *marks, rf_error *err) {
  table t = {0};
  *marks = (rf_marks){0};
  RF_TRY(find_table(inner, &t, err));
  uint8_t *entries = rf_alloc(BATCH * t.entry_bytes);
  if (entries == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the index of a file");
  rf_status status = read_entries(&t, entries, limit, marks, err);
  rf_free(entries);
  marks->complete = true;
  if (status != RF_OK)
    rf_marks_free(marks);
  return status;
}
