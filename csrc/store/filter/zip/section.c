/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads go to the store beneath, at another offset. A section with a frame is read in order by a decoder, so only
 * read_at knows the frame.
 */
#include "store/filter/zip/section.h"

#include <string.h>

#include "base/memory.h"

typedef struct section {
  rf_store *inner;
  rf_range range; /* of the inner store */
  rf_section_frame frame;
} section;

static bool framed(const section *s) {
  return s->frame.front_length + s->frame.back_length > 0;
}

/* Limits n bytes from `offset` on to a part of `length` bytes. */
static size_t limited(uint64_t offset, size_t n, uint64_t length) {
  uint64_t left = offset < length ? length - offset : 0;
  return n < left ? n : (size_t)left;
}

/* ---- reading ---- */

static rf_status section_get_size(void *state, uint64_t *size, rf_error *err) {
  const section *s = state;
  (void)err;
  *size = s->frame.front_length + s->range.length + s->frame.back_length;
  return RF_OK;
}

/* Copies what lies in the bytes around the section. Returns the number of bytes copied. */
static size_t copy_frame(const uint8_t *bytes, size_t length, uint64_t offset, uint8_t *out, size_t n) {
  n = limited(offset, n, length);
  if (n > 0)
    memcpy(out, bytes + offset, n);
  return n;
}

static rf_status section_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  const section *s = state;
  uint8_t *out = buffer;
  uint64_t behind = s->frame.front_length + s->range.length;
  *got = copy_frame(s->frame.front, s->frame.front_length, offset, out, n);
  offset += *got;
  if (offset >= s->frame.front_length && offset < behind && *got < n) {
    uint64_t start = offset - s->frame.front_length;
    size_t part = limited(start, n - *got, s->range.length), there;
    RF_TRY(rf_store_read_at(s->inner, s->range.offset + start, out + *got, part, &there, err));
    *got += there;
    offset += there;
    if (there < part)
      return RF_OK;
  }
  if (offset >= behind && *got < n)
    *got += copy_frame(s->frame.back, s->frame.back_length, offset - behind, out + *got, n - *got);
  return RF_OK;
}

/* Checks that n bytes lie in a section without a frame. */
static bool has(const section *s, uint64_t offset, uint64_t n) {
  return !framed(s) && offset <= s->range.length && n <= s->range.length - offset;
}

static rf_status fail_truncated(const section *s, uint64_t offset, uint64_t n, rf_error *err) {
  return rf_fail(err, RF_ERR_TRUNCATED, "expected %llu bytes at offset %llu, found the end at %llu",
                 (unsigned long long)n, (unsigned long long)offset, (unsigned long long)s->range.length);
}

static rf_status section_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  const section *s = state;
  return has(s, offset, n) ? rf_store_peek(s->inner, s->range.offset + offset, n, bytes, err) : RF_ERR_UNSUPPORTED;
}

static rf_status section_read_many(void *state, const rf_read_range *ranges, size_t count, rf_error *err) {
  const section *s = state;
  rf_read_range *moved = rf_alloc_zero(count, sizeof *moved);
  if (moved == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu ranges", count);
  rf_status status = RF_OK;
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    moved[i] = ranges[i];
    moved[i].offset += s->range.offset;
    if (!has(s, ranges[i].offset, ranges[i].length))
      status = fail_truncated(s, ranges[i].offset, ranges[i].length, err);
  }
  if (status == RF_OK)
    status = rf_store_read_many(s->inner, moved, count, err);
  rf_free(moved);
  return status;
}

static rf_status section_prefetch(void *state, const rf_range *ranges, size_t count, rf_error *err) {
  const section *s = state;
  rf_range *moved = rf_alloc_zero(count, sizeof *moved);
  if (moved == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu ranges", count);
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (has(s, ranges[i].offset, 0))
      moved[n++] = (rf_range){s->range.offset + ranges[i].offset, ranges[i].length < s->range.length - ranges[i].offset
                                                                      ? ranges[i].length
                                                                      : s->range.length - ranges[i].offset};
  rf_status status = rf_store_prefetch(s->inner, moved, n, err);
  rf_free(moved);
  return status;
}

static rf_status section_stream(void *state, rf_range range, const rf_stream_sink *sink, int *streamed, rf_error *err) {
  const section *s = state;
  bool done = false;
  rf_status status = RF_OK;
  if (has(s, range.offset, range.length))
    status = rf_store_stream(s->inner, (rf_range){s->range.offset + range.offset, range.length}, sink, &done, err);
  *streamed = done;
  return status;
}

static rf_status section_map(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err) {
  const section *s = state;
  if (!has(s, offset, n))
    return fail_truncated(s, offset, n, err);
  return rf_store_map(s->inner, s->range.offset + offset, n, mapping, err);
}

/* ---- opening and closing ---- */

static rf_status section_close(void *state, rf_error *err) {
  section *s = state;
  rf_status status = rf_store_close(s->inner, err);
  rf_free(s);
  return status;
}

static const rf_driver_ops section_ops = {
    .size = sizeof(rf_driver_ops),
    .close = section_close,
    .read_at = section_read_at,
    .get_size = section_get_size,
    .read_many = section_read_many,
    .peek = section_peek,
    .prefetch = section_prefetch,
    .stream = section_stream,
    .map = section_map,
};

static const rf_driver_ops framed_ops = {
    .size = sizeof(rf_driver_ops),
    .close = section_close,
    .read_at = section_read_at,
    .get_size = section_get_size,
};

rf_status rf_section_wrap(rf_store **store, rf_range range, const rf_section_frame *frame, rf_error *err) {
  rf_store *inner = *store;
  section *s = rf_alloc_zero(1, sizeof *s);
  rf_store *outer = rf_alloc_zero(1, sizeof *outer);
  char *name = rf_strdup(inner->name);
  if (s == NULL || outer == NULL || name == NULL) {
    rf_free(s);
    rf_free(outer);
    rf_free(name);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a member of a file");
  }
  s->inner = inner;
  s->range = range;
  if (frame != NULL)
    s->frame = *frame;
  *outer = (rf_store){.ops = framed(s) ? &framed_ops : &section_ops,
                      .state = s,
                      .flags = (inner->flags & ~(uint32_t)RF_DRIVER_CODECS) | RF_DRIVER_VOLATILE,
                      .profile = inner->profile,
                      .sequential = inner->sequential,
                      .beneath = inner,
                      .origin = inner->origin + range.offset - s->frame.front_length,
                      .name = name};
  *store = outer;
  return RF_OK;
}
