/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/filter/index/store.h"

#include <string.h>

#include "base/memory.h"
#include "base/system/platform.h"
#include "store/filter/format.h"
#include "store/filter/index/frames.h"
#include "store/filter/index/prefetch.h"
#include "store/filter/index/reader.h"
#include "store/filter/index/saved.h"
#include "store/filter/stream_codec.h"

#define DEFAULT_INDEX_BYTES ((uint64_t)4 << 20)

/* First bytes that tell a format. */
#define FIRST_BYTES 16

/* A read of many marks decodes from several of them at the same time. */
#define BATCH_BYTES ((size_t)64 << 20)
#define STAGE_BYTES ((size_t)16 << 20)

typedef struct index_state {
  rf_store *inner;
  rf_indexed *indexed;
  char *path; /* of the file that keeps the index; NULL: none */
  rf_saved_source source;
  size_t saved_count; /* marks in that file, 0: none */
  bool saved_complete;
  atomic_uint_least64_t stray; /* rf_store.stray */
} index_state;

static rf_status index_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_indexed_read(((index_state *)state)->indexed, offset, buffer, n, got, err);
}

static rf_status index_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_indexed_size(((index_state *)state)->indexed, size, err);
}

static rf_status index_prefetch(void *state, const rf_range *ranges, size_t count, rf_error *err) {
  return rf_indexed_prefetch(((index_state *)state)->indexed, ranges, count, err);
}

static void free_state(index_state *s) {
  rf_indexed_close(s->indexed);
  rf_free(s->path);
  rf_free(s);
}

/* Keeps the index if it has grown. A failure costs the next open time, nothing else. */
static void save(const index_state *s) {
  const rf_marks *marks = rf_indexed_marks(s->indexed);
  bool grown = marks->count > s->saved_count || marks->complete != s->saved_complete;
  if (s->path != NULL && grown && (marks->count > 1 || marks->complete))
    (void)rf_saved_store(s->path, &s->source, marks, NULL);
}

static rf_status index_close(void *state, rf_error *err) {
  index_state *s = state;
  rf_store *inner = s->inner;
  save(s);
  free_state(s);
  return rf_store_close(inner, err);
}

static const rf_driver_ops index_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = index_read_at,
    .get_size = index_get_size,
    .prefetch = index_prefetch,
    .close = index_close,
};

/* ---- opening ---- */

static rf_status identify(index_state *s, rf_error *err) {
  rf_file_stamp stamp;
  RF_TRY(rf_store_size(s->inner, &s->source.bytes, err));
  if (rf_store_opened(s->inner, &stamp))
    s->source.modified = stamp.modified;
  return RF_OK;
}

/* Notes that the index cannot be written. */
static rf_status try_saving(const index_state *s, rf_store *outer, rf_error *err) {
  rf_error own;
  rf_error_clear(&own);
  if (s->path == NULL || s->saved_complete || rf_saved_try(s->path, &own) == RF_OK)
    return RF_OK;
  outer->notice = rf_alloc(sizeof *outer->notice);
  if (outer->notice == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for opening a compressed file");
  rf_error_clear(outer->notice);
  (void)rf_fail(outer->notice, own.code, "the index of the file cannot be kept: %s", own.message);
  return RF_OK;
}

static rf_status start(index_state *s, const rf_format *format, const rf_options *options, rf_error *err) {
  rf_marks marks = {0};
  const rf_stream_codec *codec = NULL;
  if (format->number != RF_STREAM_GZIP) { /* the index is in the file */
    codec = rf_stream_codec_current(format->number);
    RF_TRY(rf_frames_load(s->inner, options->limits->inflate_bytes, &marks, err));
  } else if (options->index_path != NULL) {
    RF_TRY(rf_path_absolute(options->index_path, &s->path, err));
    RF_TRY(identify(s, err));
    RF_TRY(rf_saved_load(s->path, &s->source, options->limits->inflate_bytes, &marks, err));
  }
  s->saved_count = marks.count;
  s->saved_complete = marks.complete;
  const rf_indexed_options own = {.limit = options->limits->inflate_bytes,
                                  .index_bytes = options->index_bytes != 0 ? options->index_bytes : DEFAULT_INDEX_BYTES,
                                  .threads = options->threads,
                                  .format = format,
                                  .codec = codec,
                                  .stray = &s->stray};
  rf_status status = rf_indexed_open(s->inner, &own, &marks, &s->indexed, err);
  rf_marks_free(&marks);
  return status;
}

/* Refuses other data, as the filter without an index does. */
static rf_status expect_format(rf_store *inner, const rf_format *format, rf_error *err) {
  uint8_t first[FIRST_BYTES];
  size_t got;
  RF_TRY(rf_store_read_at(inner, 0, first, sizeof first, &got, err));
  if (got == 0)
    return rf_fail(err, RF_ERR_NOT_FITS, "expected a %s file, found an empty file", format->name);
  if (format->begins(first, got))
    return RF_OK;
  rf_status status = rf_fail(err, RF_ERR_CODEC, "not %s data: %s", format->name, format->magic);
  rf_error_at(err, 0);
  return status;
}

static void describe(rf_store *outer, const index_state *s) {
  rf_store_describe(outer);
  outer->sequential = !s->saved_complete;
  outer->profile.shared_reads = false; /* a read of much uses threads of its own */
  if (outer->profile.batch_bytes < BATCH_BYTES)
    outer->profile.batch_bytes = BATCH_BYTES;
  if (outer->profile.stage_bytes < STAGE_BYTES)
    outer->profile.stage_bytes = STAGE_BYTES;
}

rf_status rf_index_wrap(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err) {
  rf_store *inner = *store;
  RF_TRY(expect_format(inner, filter->format, err));
  index_state *s = rf_alloc_zero(1, sizeof *s);
  rf_store *outer = rf_alloc_zero(1, sizeof *outer);
  char *name = rf_strdup(inner->name);
  rf_status status = RF_ERR_MEMORY;
  if (s == NULL || outer == NULL || name == NULL) {
    rf_fail(err, status, "cannot allocate memory for opening a compressed file");
  } else {
    s->inner = inner;
    status = start(s, filter->format, options, err);
    if (status == RF_OK)
      status = try_saving(s, outer, err);
  }
  if (status != RF_OK) {
    if (s != NULL)
      free_state(s);
    rf_free(outer);
    rf_free(name);
    return status;
  }
  *outer = (rf_store){.ops = &index_ops,
                      .state = s,
                      .flags = (inner->flags & ~(uint32_t)(RF_DRIVER_CODECS | RF_DRIVER_MEMORY)) | RF_DRIVER_VOLATILE,
                      .stray = &s->stray,
                      .beneath = inner,
                      .notice = outer->notice,
                      .name = name};
  describe(outer, s);
  *store = outer;
  return RF_OK;
}
