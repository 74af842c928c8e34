/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files on servers. New ones are uploads (store/upload). Of others, which are read only, the first request is for the
 * first bytes. Small files, and those of servers that send only whole files, are downloaded into memory and become
 * memory files. Larger ones are read by ranges (store/remote/range_reader.c). The transport in row->user moves the
 * bytes.
 */
#include "store/remote/remote.h"

#include <string.h>

#include "base/memory.h"
#include "store/remote/range_reader.h"
#include "store/local/memory.h"
#include "store/upload/upload.h"

/* Most memory that an announced size reserves at once; for more, bytes must arrive first. */
#define RESERVE_BYTES ((uint64_t)1 << 30)
#define FIRST_BYTES ((uint64_t)1 << 20)

/* Smaller blocks would cost more in requests than in bytes. */
#define MIN_BLOCK ((uint64_t)512)

typedef struct {
  const rf_driver_ops *ops; /* of `whole`: rf_memory_ops or rf_upload_ops */
  void *whole;              /* the state of a downloaded file, or of a new one */
  rf_range_reader *reader;  /* any other file */
  rf_fetcher *fetcher;
  rf_remote_stats download; /* of a download; final */
  rf_content_id id;         /* with etag and last_modified */
} remote_state;

/* ---- bodies as they arrive ---- */

typedef struct {
  uint8_t *pages;
  size_t capacity;
  size_t size;
  uint64_t limit;
  int64_t announced; /* -1: unknown */
  bool whole;        /* the body is the whole file */
  bool only_ranges;  /* refuse a download */
} remote_body;

static rf_status too_large(const remote_body *body, uint64_t size, rf_error *err) {
  return rf_fail(err, RF_ERR_LIMIT, "the file has at least %llu bytes; the limit for a remote file is %llu",
                 (unsigned long long)size, (unsigned long long)body->limit);
}

static rf_status reserve(remote_body *body, uint64_t wanted, rf_error *err) {
  size_t capacity;
  if (wanted <= body->capacity)
    return RF_OK;
  if (!rf_to_size(wanted, &capacity))
    return rf_fail(err, RF_ERR_MEMORY, "the file's %llu bytes are more than this machine can address",
                   (unsigned long long)wanted);
  uint8_t *pages =
      body->pages == NULL ? rf_pages_alloc(capacity) : rf_pages_resize(body->pages, body->capacity, capacity);
  if (pages == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %llu bytes for the file", (unsigned long long)wanted);
  body->pages = pages;
  body->capacity = capacity;
  return RF_OK;
}

static rf_status reserve_announced(remote_body *body, rf_error *err) {
  uint64_t total = (uint64_t)body->announced;
  if (body->announced <= 0)
    return RF_OK;
  if (total > body->limit)
    return too_large(body, total, err);
  return reserve(body, total < RESERVE_BYTES ? total : RESERVE_BYTES, err);
}

static rf_status body_begin(void *context, rf_first_body answer, int64_t total, rf_error *err) {
  remote_body *body = context;
  body->whole = answer == RF_FIRST_WHOLE;
  body->size = 0;
  body->announced = total;
  if (body->whole && body->only_ranges && total != 0) /* an empty file has no ranges */
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "the server sends whole files only; without ranged=True (rf_remote_options.ranged) the library "
                   "downloads the file");
  return body->whole ? reserve_announced(body, err) : RF_OK;
}

/* Makes room for `needed` bytes: doubles it, up to the announced size. */
static rf_status make_room(remote_body *body, uint64_t needed, rf_error *err) {
  uint64_t wanted = body->capacity < FIRST_BYTES ? FIRST_BYTES : (uint64_t)body->capacity;
  while (wanted < needed)
    if (!rf_mul_u64(wanted, 2, &wanted))
      return too_large(body, needed, err);
  if (body->announced >= 0 && wanted > (uint64_t)body->announced)
    wanted = (uint64_t)body->announced;
  if (wanted > body->limit)
    wanted = body->limit;
  return reserve(body, wanted, err);
}

static rf_status body_take(void *context, uint64_t at, const void *data, size_t n, rf_error *err) {
  remote_body *body = context;
  uint64_t needed = UINT64_MAX;
  if (n == 0)
    return RF_OK;
  body->size = (size_t)at; /* bytes come in order */
  if (!rf_add_u64(at, n, &needed) || needed > body->limit)
    return too_large(body, needed, err);
  if (body->announced >= 0 && needed > (uint64_t)body->announced)
    return rf_fail(err, RF_ERR_NETWORK, "the server sent more than the %lld bytes it announced",
                   (long long)body->announced);
  if (needed > body->capacity)
    RF_TRY(make_room(body, needed, err));
  memcpy(body->pages + body->size, data, n);
  body->size += n;
  return RF_OK;
}

/* Takes the rest of a small file (an rf_extent_take). */
static rf_status rest_take(void *context, size_t index, const void *data, size_t n, rf_error *err) {
  remote_body *body = context;
  (void)index;
  return body_take(body, body->size, data, n, err);
}

/* ---- opening ---- */

static rf_status check_options(const rf_remote_options *remote, rf_error *err) {
  if (remote->block_bytes < MIN_BLOCK || remote->block_bytes > remote->request_bytes)
    return rf_fail(err, RF_ERR_ARGUMENT, "block_bytes = %llu, expected %llu to request_bytes (%llu)",
                   (unsigned long long)remote->block_bytes, (unsigned long long)MIN_BLOCK,
                   (unsigned long long)remote->request_bytes);
  return RF_OK;
}

/* Fetches the first bytes or all, and makes a memory file or a range reader. */
static rf_status open_fetcher(remote_state *s, const char *name, remote_body *body, rf_error *err) {
  rf_fetcher *f = s->fetcher;
  rf_first_receiver receiver = {body_begin, body_take, body};
  RF_TRY(rf_fetcher_open(f, name, f->remote.mode == RF_REMOTE_DOWNLOAD, &receiver, err));
  memcpy(s->id.etag, f->etag, sizeof s->id.etag);
  memcpy(s->id.last_modified, f->last_modified, sizeof s->id.last_modified);
  bool small = f->size <= f->remote.threshold_bytes && f->remote.mode == RF_REMOTE_AUTO;
  if (!body->whole && small && body->size < f->size) {
    rf_extent rest = {body->size, f->size - body->size, 0};
    RF_TRY(reserve_announced(body, err));
    RF_TRY(rf_fetcher_get(f, &rest, 1, false, rest_take, body, err));
  }
  if (body->whole || small) {
    RF_TRY(rf_memory_adopt(body->pages, body->capacity, body->size, &s->whole, err));
    s->ops = &rf_memory_ops;
    body->pages = NULL;
    s->download = f->stats;
    s->download.file_bytes = body->size;
    return RF_OK;
  }
  s->fetcher = NULL; /* the reader owns it */
  return rf_range_reader_new(f, body->pages, body->size, &s->reader, err);
}

static rf_status remote_close(void *state, rf_error *err) {
  remote_state *s = state;
  rf_status status = s->whole != NULL ? s->ops->close(s->whole, err) : RF_OK;
  rf_range_reader_free(s->reader);
  rf_fetcher_free(s->fetcher);
  rf_free(s);
  return status;
}

static rf_status open_reading(remote_state *s, const rf_driver *driver, const char *name, const rf_options *options,
                              rf_error *err) {
  remote_body body = {
      .limit = options->limits->fetch_bytes, .announced = -1, .only_ranges = options->remote->mode == RF_REMOTE_RANGES};
  rf_status status = rf_fetcher_new(driver->user, name, options, &s->fetcher, err);
  if (status == RF_OK)
    status = check_options(&s->fetcher->remote, err);
  if (status == RF_OK)
    status = open_fetcher(s, name, &body, err);
  if (body.pages != NULL)
    rf_pages_free(body.pages, body.capacity);
  if (status == RF_OK && s->whole != NULL) {
    rf_fetcher_free(s->fetcher); /* closes the connection: the download is complete */
    s->fetcher = NULL;
  }
  return status;
}

static rf_status remote_open(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                             void **state, rf_error *err) {
  if (mode == RF_MODE_READ_WRITE)
    return rf_fail(err, RF_ERR_READONLY, "files at %s:// can only be read (mode \"r\"), not changed in place (\"r+\")",
                   driver->scheme);
  remote_state *s = rf_alloc_zero(1, sizeof *s);
  if (s == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  s->ops = &rf_upload_ops;
  s->download.size = sizeof s->download;
  rf_status status = mode == RF_MODE_CREATE ? rf_upload_open(driver->user, name, options, &s->whole, err)
                                            : open_reading(s, driver, name, options, err);
  if (status != RF_OK) {
    (void)remote_close(s, NULL);
    return status;
  }
  *state = s;
  return RF_OK;
}

/* ---- the open file ---- */

static rf_status remote_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  remote_state *s = state;
  if (s->whole != NULL)
    return s->ops->read_at(s->whole, offset, buffer, n, got, err);
  return rf_range_reader_read_at(s->reader, offset, buffer, n, got, err);
}

static rf_status read_whole(const remote_state *s, const rf_read_range *range, rf_error *err) {
  size_t got;
  RF_TRY(s->ops->read_at(s->whole, range->offset, range->dest, range->length, &got, err));
  if (got == range->length)
    return RF_OK;
  rf_error_at(err, (int64_t)range->offset);
  return rf_fail(err, RF_ERR_TRUNCATED, "expected %zu bytes at offset %llu, found %zu", range->length,
                 (unsigned long long)range->offset, got);
}

static rf_status remote_read_many(void *state, const rf_read_range *ranges, size_t count, rf_error *err) {
  remote_state *s = state;
  if (s->reader != NULL)
    return rf_range_reader_read_many(s->reader, ranges, count, err);
  for (size_t i = 0; i < count; i++)
    RF_TRY(read_whole(s, &ranges[i], err));
  return RF_OK;
}

static rf_status remote_prefetch(void *state, const rf_range *ranges, size_t count, rf_error *err) {
  remote_state *s = state;
  return s->reader != NULL ? rf_range_reader_prefetch(s->reader, ranges, count, err) : RF_OK;
}

static rf_status remote_stream(void *state, rf_range range, const rf_stream_sink *sink, int *streamed, rf_error *err) {
  remote_state *s = state;
  *streamed = 0;
  return s->reader != NULL ? rf_range_reader_stream(s->reader, range, sink, streamed, err) : RF_OK;
}

static rf_status remote_peek(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err) {
  remote_state *s = state;
  return s->whole != NULL ? s->ops->peek(s->whole, offset, n, bytes, err) : RF_ERR_UNSUPPORTED;
}

static rf_status remote_get_size(void *state, uint64_t *size, rf_error *err) {
  remote_state *s = state;
  if (s->whole != NULL)
    return s->ops->get_size(s->whole, size, err);
  *size = rf_range_reader_size(s->reader);
  return RF_OK;
}

static void remote_get_stats(void *state, rf_remote_stats *stats) {
  remote_state *s = state;
  if (s->reader != NULL)
    rf_range_reader_stats(s->reader, stats);
  else
    *stats = s->download;
}

void rf_remote_identify(const void *state, rf_content_id *id) {
  const remote_state *s = state;
  memcpy(id->etag, s->id.etag, sizeof id->etag);
  memcpy(id->last_modified, s->id.last_modified, sizeof id->last_modified);
}

/* ---- new files ---- */

/* The store lets only new files be written. */
static rf_status remote_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  remote_state *s = state;
  return s->ops->write_at(s->whole, offset, buffer, n, err);
}

static rf_status remote_truncate(void *state, uint64_t size, rf_error *err) {
  remote_state *s = state;
  return s->ops->truncate(s->whole, size, err);
}

/* The bytes of a new file are here until it is closed. */
static uint32_t remote_get_flags(void *state) {
  const remote_state *s = state;
  return s->ops == &rf_upload_ops && s->whole != NULL
             ? RF_DRIVER_WRITE | RF_DRIVER_CODECS | RF_DRIVER_VOLATILE | RF_DRIVER_AT_CLOSE
             : RF_DRIVER_REMOTE | RF_DRIVER_CODECS;
}

static void remote_discard(void *state) {
  remote_state *s = state;
  if (s->whole != NULL && s->ops->discard != NULL)
    s->ops->discard(s->whole);
}

const rf_driver_ops rf_remote_ops = {
    .size = sizeof(rf_driver_ops),
    .open = remote_open,
    .read_at = remote_read_at,
    .read_many = remote_read_many,
    .peek = remote_peek,
    .get_size = remote_get_size,
    .close = remote_close,
    .prefetch = remote_prefetch,
    .get_stats = remote_get_stats,
    .stream = remote_stream,
    .write_at = remote_write_at,
    .truncate = remote_truncate,
    .discard = remote_discard,
    .get_flags = remote_get_flags,
};
