/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing pixels. Everything is checked before the first byte is written. Then each segment is converted in a buffer
 * and written from there.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/access.h"
#include "file/call.h"
#include "file/unpublished.h"
#include "file/layout.h"
#include "image/convert.h"
#include "image/extend.h"
#include "image/request.h"
#include "image/section.h"
#include "image/write.h"
#include "store/trailer/edit.h"

/* Large enough that system calls cost little, small enough to stay in the cache of the processor. */
#define BUFFER_BYTES ((size_t)512 << 10)
#define STACK_BYTES ((size_t)4096)
/* Within an edit, at least so many rows of at most this distance are written together. */
#define MANY_ROWS 256
#define CLOSE_BYTES ((uint64_t)64 << 10)
/* Elements scattered into a span at a time. */
#define PICK_ELEMENTS 512

typedef struct writer {
  rf_store *store;
  const rf_section *section;
  const rf_convert *convert;
  const uint8_t *in;
  const uint8_t *mask;
  uint64_t done; /* elements of `in` that are written */
  uint8_t *buffer;
  size_t room; /* elements that fit the buffer */
  bool *written;
} writer;

/* Converts the next `count` elements of the input to stored values at `dst`. */
static void take(writer *w, uint8_t *dst, size_t count) {
  rf_convert_write(w->convert, dst, w->in + w->done * w->convert->type_bytes,
                   w->mask != NULL ? w->mask + w->done : NULL, count);
  w->done += count;
}

static uint64_t file_offset(const writer *w, uint64_t element) {
  return w->section->origin + element * w->section->width;
}

static rf_status put_buffer(writer *w, uint64_t element, size_t count, rf_error *err) {
  *w->written = true;
  return rf_store_write(w->store, file_offset(w, element), w->buffer, count * w->section->width, err);
}

/* Writes a segment whose elements are adjacent in the file. */
static rf_status write_run(writer *w, uint64_t element, size_t count, rf_error *err) {
  take(w, w->buffer, count);
  return put_buffer(w, element, count, err);
}

/* Writes a segment whose elements are close together: the bytes between them are read and written back. */
static rf_status write_span(writer *w, const rf_section_segment *segment, rf_error *err) {
  uint8_t packed[PICK_ELEMENTS * 8];
  uint64_t low, high;
  rf_section_extent(w->section, segment, &low, &high);
  size_t span = (size_t)(high - low + 1);
  RF_TRY(rf_store_read(w->store, file_offset(w, low), w->buffer, span * w->section->width, err));
  for (uint64_t skip = 0; skip < segment->count; skip += PICK_ELEMENTS) {
    size_t n = segment->count - skip < PICK_ELEMENTS ? (size_t)(segment->count - skip) : PICK_ELEMENTS;
    take(w, packed, n);
    rf_section_scatter(w->section, segment, skip, n, low, packed, w->buffer);
  }
  return put_buffer(w, low, span, err);
}

/* Writes a segment whose elements are far apart. Ascending neighbours in an index list become one write. */
static rf_status write_singles(writer *w, const rf_section_segment *segment, rf_error *err) {
  for (uint64_t i = 0; i < segment->count;) {
    uint64_t element = rf_section_element(w->section, segment, i);
    size_t n = 1;
    while (n < w->room && i + n < segment->count && rf_section_element(w->section, segment, i + n) == element + n)
      n++;
    RF_TRY(write_run(w, element, n, err));
    i += n;
  }
  return RF_OK;
}

/* Returns the positions of a row that the buffer holds. A row of an index list that is a span always fits. */
static uint64_t max_positions(const writer *w) {
  const rf_section_dim *inner = &w->section->dims[0];
  if (w->section->mode == RF_SECTION_RUN)
    return w->room;
  if (w->section->mode == RF_SECTION_SINGLE || inner->indices != NULL)
    return UINT64_MAX;
  uint64_t stride = inner->stride < 0 ? 0 - (uint64_t)inner->stride : (uint64_t)inner->stride;
  return (w->room - 1) / stride + 1;
}

static rf_status write_segments(writer *w, rf_error *err) {
  rf_section_iter iter;
  rf_section_segment segment;
  uint64_t most = max_positions(w);
  rf_section_begin(&iter, w->section);
  while (rf_section_next(&iter, most, &segment)) {
    if (w->section->mode == RF_SECTION_RUN)
      RF_TRY(write_run(w, rf_section_element(w->section, &segment, 0), (size_t)segment.count, err));
    else if (w->section->mode == RF_SECTION_SPAN)
      RF_TRY(write_span(w, &segment, err));
    else
      RF_TRY(write_singles(w, &segment, err));
  }
  return RF_OK;
}

/* Keeps all pixels of a small unpublished image in memory: rf_hdu_publish() writes header and data at once. */
static rf_status hold_all(writer *w, rf_file *file, const rf_hdu *hdu, uint32_t flags, bool *held, rf_error *err) {
  const rf_section *section = w->section;
  uint64_t bytes = section->count * section->width;
  rf_section_iter iter;
  rf_section_segment segment;
  *held = false;
  if ((flags & RF_IMAGE_HELD) == 0 || section->mode != RF_SECTION_RUN || bytes != hdu->data_bytes ||
      !rf_unpublished_can_hold(file, hdu))
    return RF_OK;
  rf_section_begin(&iter, section);
  if (!rf_section_next(&iter, section->count, &segment) || segment.count != section->count ||
      rf_section_element(section, &segment, 0) != 0)
    return RF_OK;
  uint8_t *data = rf_alloc((size_t)bytes);
  if (data == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes for pixels", bytes);
  take(w, data, (size_t)section->count);
  file->making_data = data;
  *held = true;
  return RF_OK;
}

static rf_status write_section(writer *w, rf_error *err) {
  uint8_t stack[STACK_BYTES];
  uint64_t bytes = w->section->count * w->section->width;
  uint8_t *heap = NULL;
  if (w->section->mode != RF_SECTION_SPAN && bytes <= STACK_BYTES) {
    w->buffer = stack;
    w->room = STACK_BYTES / w->section->width;
  } else {
    size_t size = w->section->mode == RF_SECTION_SPAN || bytes > BUFFER_BYTES ? BUFFER_BYTES : (size_t)bytes;
    w->buffer = heap = rf_alloc(size);
    w->room = size / w->section->width;
  }
  if (w->buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer to write from");
  rf_status status = write_segments(w, err);
  rf_free(heap);
  return status;
}

static rf_status check_in(const rf_section *section, const rf_convert *convert, const void *in, uint64_t in_bytes,
                          rf_error *err) {
  uint64_t need = section->count * convert->type_bytes; /* the count is below 2^60 */
  if (in_bytes != need)
    return rf_fail(err, RF_ERR_ARGUMENT, "data_bytes = %" PRIu64 ", expected %" PRIu64 " for this section", in_bytes,
                   need);
  if (need > 0 && in == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %" PRIu64 " bytes of data, found NULL", need);
  return RF_OK;
}

/* Checks that the file has all bytes of the section: the data unit may be cut short after it. */
static rf_status check_extent(rf_file *file, const rf_hdu *hdu, const rf_section *section, rf_error *err) {
  uint64_t size, end = section->origin + (section->high + 1) * section->width; /* within the data unit: 63 bits */
  if (hdu->unpublished)
    return RF_OK;
  RF_TRY(rf_file_size_locked(file, &size, err));
  if (end <= size)
    return RF_OK;
  rf_error_at(err, (int64_t)size);
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "the data unit is cut short: the file has %" PRIu64 " bytes, expected %" PRIu64 " for these pixels",
                 size, end);
}

rf_status rf_plain_image_prepare(const rf_hdu *image, const rf_image_request *request, rf_section *section,
                                 rf_convert *convert, rf_error *err) {
  uint32_t flags = request->flags & ~(uint32_t)(RF_IMAGE_HELD | RF_IMAGE_GROW);
  RF_TRY(rf_image_convert_init(convert, image, request->dtype, flags, err));
  RF_TRY(rf_section_init(section, image, request->section, err));
  RF_TRY(check_in(section, convert, request->data, request->data_bytes, err));
  return rf_convert_check(convert, request->data, request->mask, section->count, err);
}

/* ---- within an edit ---- */

/* Returns whether a section has so many short rows, close to each other, that an edit records longer parts faster. */
static bool has_many_rows(const rf_section *section) {
  uint64_t row_bytes = section->dims[0].count * section->width;
  if (section->mode != RF_SECTION_RUN || section->rows < MANY_ROWS || row_bytes > BUFFER_BYTES)
    return false;
  for (int i = 1; i < section->ndim; i++)
    if (section->dims[i].indices != NULL || section->dims[i].stride <= 0)
      return false;
  return (section->high - section->low) / section->rows < CLOSE_BYTES / section->width;
}

/* Writes many rows, which ascend: a part of the file is read, gets all rows in it, and is written. */
static rf_status write_parts(writer *w, rf_error *err) {
  const rf_section *section = w->section;
  rf_section_iter iter;
  rf_section_segment row;
  uint64_t first = 0;
  size_t count = 0; /* elements of the part in the buffer, which begins with element `first` */
  rf_section_begin(&iter, section);
  while (rf_section_next(&iter, w->room, &row)) {
    uint64_t element = rf_section_element(section, &row, 0);
    if (count == 0 || element + row.count > first + count) {
      if (count > 0)
        RF_TRY(put_buffer(w, first, count, err));
      first = element;
      count = section->high + 1 - first < w->room ? (size_t)(section->high + 1 - first) : w->room;
      RF_TRY(rf_store_read(w->store, file_offset(w, first), w->buffer, count * section->width, err));
    }
    take(w, w->buffer + (size_t)(element - first) * section->width, (size_t)row.count);
  }
  return put_buffer(w, first, count, err);
}

rf_status rf_plain_image_put(rf_store *store, const rf_section *section, const rf_convert *convert,
                             const rf_image_request *request, bool *written, rf_error *err) {
  writer w = {store, section, convert, request->data, request->mask, 0, NULL, 0, written};
  if (rf_edit_of(store) == NULL || !has_many_rows(section))
    return write_section(&w, err);
  w.room = BUFFER_BYTES / section->width;
  w.buffer = rf_alloc(BUFFER_BYTES);
  if (w.buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer to write from");
  rf_status status = write_parts(&w, err);
  rf_free(w.buffer);
  return status;
}

rf_status rf_plain_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err) {
  rf_section section;
  rf_convert convert;
  RF_TRY(rf_plain_image_prepare(hdu, request, &section, &convert, err));
  if (section.count == 0)
    return RF_OK;
  RF_TRY(check_extent(file, hdu, &section, err));
  writer w = {file->store, &section, &convert, request->data, request->mask, 0, NULL, 0, written};
  bool held;
  RF_TRY(hold_all(&w, file, hdu, request->flags, &held, err));
  return held ? RF_OK : write_section(&w, err);
}

rf_status rf_plain_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err) {
  rf_convert convert;
  (void)file;
  RF_TRY(rf_image_convert_init(&convert, hdu, request->dtype, request->flags, err));
  return rf_convert_check(&convert, request->data, request->mask, request->data_bytes / convert.type_bytes, err);
}

/* ---- the public calls ---- */

static rf_status write_image(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  if (ops->write == NULL)
    return rf_image_refuse(hdu, "written", err);
  RF_TRY(rf_image_request_check(file, hdu, request, err));
  if ((((const rf_image_request *)request)->flags & RF_IMAGE_GROW) != 0)
    return rf_image_write_growing(file, hdu, request, written, err);
  return ops->write(file, hdu, request, written, err);
}

rf_status rf_image_write(rf_file *file, size_t index, const rf_image_request *request, rf_error *err) {
  rf_image_request copy = rf_image_request_copy(request);
  return rf_call_write(file, index, write_image, &copy, err);
}

static rf_status check_image(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const rf_image_request *r = request;
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  if (ops->check == NULL)
    return rf_image_refuse(hdu, "written", err);
  RF_TRY(rf_image_request_check(file, hdu, r, err));
  if (r->data_bytes > 0 && r->data == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %" PRIu64 " bytes of data to check, found NULL", r->data_bytes);
  return ops->check(file, hdu, r, err);
}

rf_status rf_image_check(rf_file *file, size_t index, const rf_image_request *request, rf_error *err) {
  rf_image_request copy = rf_image_request_copy(request);
  copy.section = NULL;
  return rf_call_read(file, index, check_image, &copy, err);
}
