/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading pixels: plan, then read. A section becomes byte ranges. The store reads a batch of them in one call. Then the
 * stored values are converted while they are still in the cache of the processor.
 */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "file/call.h"
#include "image/convert.h"
#include "image/read.h"
#include "image/request.h"
#include "image/section.h"

/* Ranges of one call. STACK_RANGES and STACK_STAGE_BYTES need no allocation. */
#define BATCH_RANGES ((size_t)16384)
#define STACK_RANGES ((size_t)128)
#define STACK_STAGE_BYTES ((size_t)4096)
/* A single range of at least this size is read by rf_store_read(). */
#define STREAM_BYTES ((size_t)64 << 10)
/* Elements picked from a span at a time. */
#define PICK_ELEMENTS 512

typedef struct reader {
  rf_store *store;
  const rf_section *section;
  const rf_convert *convert;
  uint8_t *out;
  uint8_t *mask;
  uint64_t done; /* elements already in `out` */
  rf_section_iter iter;

  /* the batch */
  rf_section_iter batch_begin;
  bool direct;       /* the store reads into the output, where values are converted in place */
  uint8_t *stage;    /* buffer that the store reads into otherwise */
  uint64_t room;     /* most stored elements of a batch, with those between the wanted ones */
  uint64_t staged;   /* stored elements in it so far */
  uint64_t elements; /* of the output that it gives */
  rf_read_range *ranges;
  size_t range_capacity;
  size_t range_count;
} reader;

static uint8_t *mask_at(const reader *r, uint64_t element) {
  return r->mask != NULL ? r->mask + element : NULL;
}

/* Converts `count` adjacent stored elements to the output, from element `first` on. */
static void deliver(const reader *r, uint64_t first, const uint8_t *stored, size_t count) {
  if (r->mask != NULL)
    rf_convert_mask(r->convert, mask_at(r, first), stored, count);
  rf_convert_read(r->convert, r->out + first * r->convert->type_bytes, stored, count);
}

/* Converts the elements of a segment, picked from `bytes`, which begins with element `low`. */
static void deliver_picked(const reader *r, uint64_t first, const rf_section_segment *segment, uint64_t low,
                           const uint8_t *bytes) {
  uint8_t packed[PICK_ELEMENTS * 8];
  for (uint64_t skip = 0; skip < segment->count; skip += PICK_ELEMENTS) {
    size_t n = segment->count - skip < PICK_ELEMENTS ? (size_t)(segment->count - skip) : PICK_ELEMENTS;
    rf_section_gather(r->section, segment, skip, n, low, bytes, packed);
    deliver(r, first + skip, packed, n);
  }
}

/* ---- from memory ---- */

static void read_peeked(reader *r, const uint8_t *bytes) {
  const rf_section *section = r->section;
  rf_section_segment segment;
  rf_section_begin(&r->iter, section);
  while (rf_section_next(&r->iter, UINT64_MAX, &segment)) {
    if (section->mode == RF_SECTION_RUN)
      deliver(r, r->done, bytes + (size_t)(rf_section_element(section, &segment, 0) - section->low) * section->width,
              (size_t)segment.count);
    else
      deliver_picked(r, r->done, &segment, section->low, bytes);
    r->done += segment.count;
  }
}

/* ---- by ranges ---- */

/* Adds a range. A range that continues the last one, in the file and in memory, extends it. */
static void add_range(reader *r, uint64_t element, uint64_t count) {
  size_t width = r->section->width, bytes = (size_t)count * width;
  uint64_t offset = r->section->origin + element * width;
  uint8_t *dest = r->stage + (size_t)r->staged * width;
  rf_read_range *last = r->range_count > 0 ? &r->ranges[r->range_count - 1] : NULL;
  r->staged += count;
  if (last != NULL && last->offset + last->length == offset && (uint8_t *)last->dest + last->length == dest)
    last->length += bytes;
  else
    r->ranges[r->range_count++] = (rf_read_range){offset, bytes, dest};
}

/* Returns the positions of the current row that still fit into the batch. */
static uint64_t max_positions(const reader *r) {
  const rf_section *section = r->section;
  const rf_section_dim *inner = &section->dims[0];
  uint64_t room = r->room - r->staged, ranges = r->range_capacity - r->range_count;
  if (ranges == 0)
    return 0;
  if (section->mode == RF_SECTION_RUN)
    return room;
  if (section->mode == RF_SECTION_SINGLE)
    return room < ranges ? room : ranges;
  if (inner->indices != NULL) /* a whole row or none: the list has no order */
    return (section->index_high - section->index_low) * (uint64_t)inner->stride < room ? inner->count : 0;
  uint64_t stride = inner->stride < 0 ? 0 - (uint64_t)inner->stride : (uint64_t)inner->stride;
  return room == 0 ? 0 : (room - 1) / stride + 1;
}

static void add_segment(reader *r, const rf_section_segment *segment) {
  const rf_section *section = r->section;
  if (section->mode == RF_SECTION_RUN) {
    add_range(r, rf_section_element(section, segment, 0), segment->count);
  } else if (section->mode == RF_SECTION_SPAN) {
    uint64_t low, high;
    rf_section_extent(section, segment, &low, &high);
    add_range(r, low, high - low + 1);
  } else {
    for (uint64_t i = 0; i < segment->count; i++)
      add_range(r, rf_section_element(section, segment, i), 1);
  }
  r->elements += segment->count;
}

/* Adds all of a rectangle that fits into the batch. It gives the same ranges as add_segment() by a shorter loop:
 * planning takes most of the time of a small cutout. */
static bool add_rectangle(reader *r) {
  const rf_section *section = r->section;
  const rf_section_dim *row = &section->dims[0], *down = &section->dims[1];
  if (section->mode != RF_SECTION_RUN || section->ndim != 2 || down->indices != NULL || section->count > r->room ||
      section->rows > r->range_capacity)
    return false;
  size_t bytes = (size_t)row->count * section->width;
  uint64_t step = (uint64_t)down->stride * section->width, offset = section->origin + section->start * section->width;
  uint8_t *dest = r->stage;
  for (size_t i = 0; i < section->rows; i++, offset += step, dest += bytes)
    r->ranges[i] = (rf_read_range){offset, bytes, dest};
  r->range_count = (size_t)section->rows;
  r->elements = section->count;
  return true;
}

static void fill_batch(reader *r) {
  rf_section_segment segment;
  uint64_t most;
  if (r->section->mode == RF_SECTION_SPAN)
    r->batch_begin = r->iter;
  r->staged = 0;
  r->elements = 0;
  r->range_count = 0;
  if (r->direct)
    r->stage = r->out + r->done * r->convert->type_bytes;
  if (r->done == 0 && add_rectangle(r))
    return;
  while ((most = max_positions(r)) > 0 && rf_section_next(&r->iter, most, &segment))
    add_segment(r, &segment);
}

/* Walks the section once more, as planning did, to find each span in the stage. */
static void deliver_spans(reader *r) {
  rf_section_iter end = r->iter;
  uint64_t target = r->done + r->elements, done = r->done;
  const uint8_t *bytes = r->stage;
  r->iter = r->batch_begin;
  r->staged = 0;
  r->range_count = 0; /* the ranges are read; from here on `staged` limits max_positions() */
  while (done < target) {
    rf_section_segment segment;
    uint64_t low, high;
    if (!rf_section_next(&r->iter, max_positions(r), &segment))
      break;
    rf_section_extent(r->section, &segment, &low, &high);
    deliver_picked(r, done, &segment, low, bytes);
    bytes += (size_t)(high - low + 1) * r->section->width;
    r->staged += high - low + 1;
    done += segment.count;
  }
  r->iter = end;
}

static rf_status fetch(const reader *r, rf_error *err) {
  if (r->range_count == 1 && r->ranges[0].length >= STREAM_BYTES)
    return rf_store_read(r->store, r->ranges[0].offset, r->ranges[0].dest, r->ranges[0].length, err);
  return rf_store_read_many(r->store, r->ranges, r->range_count, err);
}

static rf_status read_batches(reader *r, rf_error *err) {
  rf_section_begin(&r->iter, r->section);
  while (r->done < r->section->count) {
    fill_batch(r);
    RF_TRY(fetch(r, err));
    if (r->section->mode == RF_SECTION_SPAN)
      deliver_spans(r);
    else
      deliver(r, r->done, r->stage, (size_t)r->elements);
    r->done += r->elements;
  }
  return RF_OK;
}

/* Returns the elements of a stage for the whole section, limited to `most` bytes. A row of an index list always fits:
 * image/section.c limits its span. */
static uint64_t stage_need(const rf_section *section, size_t most) {
  const rf_section_dim *inner = &section->dims[0];
  uint64_t row = inner->count;
  if (section->mode == RF_SECTION_SPAN) {
    uint64_t stride = inner->stride < 0 ? 0 - (uint64_t)inner->stride : (uint64_t)inner->stride;
    row = (inner->indices != NULL ? section->index_high - section->index_low : inner->count - 1) * stride + 1;
  }
  uint64_t limit = most / section->width;
  return row > limit || section->rows > limit / row ? limit : row * section->rows;
}

static rf_status read_ranges(reader *r, rf_error *err) {
  const rf_section *section = r->section;
  const rf_store_profile *profile = &r->store->profile;
  rf_read_range stack_ranges[STACK_RANGES];
  uint8_t stack_stage[STACK_STAGE_BYTES];
  uint64_t ranges = section->mode == RF_SECTION_SINGLE ? section->count : section->rows;
  rf_status status = RF_ERR_MEMORY;
  r->direct = section->mode != RF_SECTION_SPAN && r->convert->type_bytes == section->width;
  r->stage = stack_stage;
  r->ranges = stack_ranges;
  r->range_capacity = STACK_RANGES;
  r->room = profile->batch_bytes / section->width;
  if (!r->direct)
    r->room = stage_need(section, profile->stage_bytes);
  uint8_t *stage = NULL;
  if (!r->direct && r->room * section->width > STACK_STAGE_BYTES)
    r->stage = stage = rf_alloc((size_t)r->room * section->width);
  if (ranges > STACK_RANGES) {
    r->range_capacity = ranges < BATCH_RANGES ? (size_t)ranges : BATCH_RANGES;
    r->ranges = rf_alloc(r->range_capacity * sizeof *r->ranges);
  }
  if (r->ranges == NULL || r->stage == NULL)
    rf_fail(err, RF_ERR_MEMORY, "cannot allocate a plan of %zu ranges and %" PRIu64 " pixels", r->range_capacity,
            r->room);
  else
    status = read_batches(r, err);
  rf_free(stage);
  if (r->ranges != stack_ranges)
    rf_free(r->ranges);
  return status;
}

/* ---- by a stream ---- */

/* Returns the element at which row `number` of a section begins. */
static uint64_t row_base(const rf_section *section, uint64_t number) {
  uint64_t base = section->start;
  for (int i = 1; i < section->ndim; i++) {
    const rf_section_dim *dim = &section->dims[i];
    base += number % dim->count * (uint64_t)dim->stride;
    number /= dim->count;
  }
  return base;
}

/* Returns whether the file has the elements in the order of the output. */
static bool ascends(const rf_section *section) {
  for (int i = 0; i < section->ndim; i++)
    if (section->dims[i].indices != NULL || section->dims[i].stride <= 0)
      return false;
  return true;
}

/* Returns the first row that ends at element `low` or after it. The section ascends. */
static uint64_t first_row(const rf_section *section, uint64_t low) {
  uint64_t row = 0, end = section->rows, extent = (section->dims[0].count - 1) * (uint64_t)section->dims[0].stride;
  while (row < end) {
    uint64_t middle = row + (end - row) / 2;
    if (row_base(section, middle) + extent < low)
      row = middle + 1;
    else
      end = middle;
  }
  return row;
}

/* An rf_stream_sink.put: converts those of the elements that the section has. */
static rf_status put_elements(void *context, uint64_t at, const uint8_t *data, size_t n, rf_error *err) {
  const reader *r = context;
  const rf_section *section = r->section;
  const rf_section_dim *inner = &section->dims[0];
  uint64_t low = section->low + at / section->width, end = low + n / section->width, step = (uint64_t)inner->stride;
  (void)err;
  for (uint64_t row = first_row(section, low); row < section->rows; row++) {
    uint64_t base = row_base(section, row);
    if (base >= end)
      break;
    uint64_t first = base < low ? (low - base + step - 1) / step : 0, last = (end - base + step - 1) / step;
    last = last < inner->count ? last : inner->count;
    if (first >= last)
      continue;
    rf_section_segment segment = {base, first, last - first};
    uint64_t to = row * inner->count + first;
    if (section->mode == RF_SECTION_RUN)
      deliver(r, to, data + (size_t)(base + first - low) * section->width, (size_t)segment.count);
    else
      deliver_picked(r, to, &segment, low, data);
  }
  return RF_OK;
}

/* Reads everything from the first to the last element where the store finds that quicker than separate ranges. */
static rf_status read_streamed(reader *r, rf_error *err) {
  const rf_section *section = r->section;
  const rf_section_dim *inner = &section->dims[0];
  uint64_t row = section->mode == RF_SECTION_SPAN ? (inner->count - 1) * (uint64_t)inner->stride + 1 : inner->count;
  const rf_stream_sink sink = {.size = sizeof sink,
                               .put = put_elements,
                               .user = r,
                               .unit_bytes = section->width,
                               .wanted_bytes = section->rows * row * section->width};
  const rf_range range = {section->origin + section->low * section->width,
                          (section->high - section->low + 1) * section->width};
  bool streamed = false;
  if (ascends(section))
    RF_TRY(rf_store_stream(r->store, range, &sink, &streamed, err));
  return streamed ? RF_OK : read_ranges(r, err);
}

/* ---- checks and messages ---- */

/* Replaces the message about one range by one about the whole data unit. */
static rf_status explain_truncation(rf_store *store, const rf_hdu *hdu, rf_error *err) {
  uint64_t size = 0, end = hdu->data_offset + hdu->data_bytes;
  rf_error ignored;
  rf_error_clear(&ignored);
  if (rf_store_size(store, &size, &ignored) != RF_OK || size >= end)
    return RF_ERR_TRUNCATED;
  rf_error_clear(err);
  rf_fail(err, RF_ERR_TRUNCATED,
          "the data unit is cut short: the header promises %" PRIu64 " bytes from offset %" PRIu64 " on, and %" PRIu64
          " bytes of them are missing",
          hdu->data_bytes, hdu->data_offset, end - (size > hdu->data_offset ? size : hdu->data_offset));
  rf_error_at(err, size <= INT64_MAX ? (int64_t)size : -1);
  return RF_ERR_TRUNCATED;
}

static rf_status check_out(const rf_section *section, const rf_convert *convert, const void *out, uint64_t out_bytes,
                           rf_error *err) {
  uint64_t need = section->count * convert->type_bytes; /* the count is below 2^60 */
  size_t size;
  if (out_bytes != need)
    return rf_fail(err, RF_ERR_ARGUMENT, "data_bytes = %" PRIu64 ", expected %" PRIu64 " for this section", out_bytes,
                   need);
  if (!rf_to_size(need, &size) || (need > 0 && out == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected memory of %" PRIu64 " bytes for the output, found NULL", need);
  return RF_OK;
}

/* ---- parts on several threads ---- */

typedef struct sharing {
  rf_store *store;
  const rf_section *section;
  const rf_convert *convert;
  uint8_t *out;
  uint8_t *mask;
  const uint8_t *bytes; /* the section in memory, from rf_store_peek(); NULL: read it */
  size_t parts;
} sharing;

/* Reads a part of the section. `first` is the number of its first element. */
static rf_status read_section(const sharing *s, const rf_section *part, uint64_t first, rf_error *err) {
  reader r;
  r.store = s->store;
  r.section = part;
  r.convert = s->convert;
  r.out = s->out + first * s->convert->type_bytes;
  r.mask = s->mask != NULL ? s->mask + first : NULL;
  r.done = 0;
  if (s->bytes == NULL)
    return part == s->section ? read_streamed(&r, err) : read_ranges(&r, err);
  read_peeked(&r, s->bytes);
  return RF_OK;
}

static rf_status read_part(void *context, size_t i, unsigned worker, rf_error *err) {
  const sharing *s = context;
  rf_section part;
  (void)worker;
  uint64_t first = rf_section_part(s->section, i, s->parts, &part);
  return read_section(s, &part, first, err);
}

static unsigned count_readers(const sharing *s, unsigned wanted) {
  uint64_t each = s->section->width + s->convert->type_bytes + (s->mask != NULL);
  if (s->bytes == NULL && !s->store->profile.shared_reads)
    return 1;
  return rf_worth_readers(wanted, rf_section_parts(s->section, RF_MAX_THREADS), s->section->count * each);
}

static rf_status read_shared(sharing *s, unsigned wanted, rf_error *err) {
  unsigned threads = count_readers(s, wanted);
  if (threads == 1)
    return read_section(s, s->section, 0, err);
  s->parts = rf_section_parts(s->section, (size_t)threads * RF_READER_PARTS);
  return rf_parallel(threads, s->parts, read_part, s, err);
}

rf_status rf_plain_image_read(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err) {
  rf_section section;
  rf_convert convert;
  RF_TRY(rf_image_convert_init(&convert, hdu, request->dtype, request->flags, err));
  RF_TRY(rf_section_init(&section, hdu, request->section, err));
  RF_TRY(check_out(&section, &convert, request->data, request->data_bytes, err));
  if (section.count == 0)
    return RF_OK;

  sharing s = {
      .store = file->store, .section = &section, .convert = &convert, .out = request->data, .mask = request->mask};
  const uint8_t *bytes;
  size_t span;
  rf_status status = RF_ERR_UNSUPPORTED;
  if (rf_to_size(section.high - section.low, &span) && span < SIZE_MAX / section.width)
    status = rf_store_peek(file->store, section.origin + section.low * section.width, (span + 1) * section.width,
                           &bytes, err);
  if (status == RF_OK)
    s.bytes = bytes;
  if (status == RF_OK || status == RF_ERR_UNSUPPORTED)
    status = read_shared(&s, request->threads != 0 ? request->threads : file->options.threads, err);
  return status == RF_ERR_TRUNCATED ? explain_truncation(file->store, hdu, err) : status;
}

/* ---- the public call ---- */

static rf_status read_image(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const rf_image_ops *ops = NULL;
  RF_TRY(rf_image_get_ops(hdu, &ops, err));
  RF_TRY(rf_image_request_check(file, hdu, request, err));
  return ops->read(file, hdu, request, err);
}

rf_status rf_image_read(rf_file *file, size_t index, const rf_image_request *request, rf_error *err) {
  rf_image_request copy = rf_image_request_copy(request);
  return rf_call_read(file, index, read_image, &copy, err);
}
