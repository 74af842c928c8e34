/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes decoded content as a compressed file: one unit, because cfitsio reads only the first member of a .gz. The
 * header of a .gz has no name and no time, so that equal content gives equal files.
 */
#include "store/filter/write.h"

#include <string.h>

#include "base/memory.h"
#include "store/local/memory.h"

/* Content up to this size is compressed at once, which needs as much memory for the result. */
#define MAX_WHOLE_BYTES ((uint64_t)1 << 30)

#define CHUNK_BYTES ((size_t)1024 * 1024)

/* How to compress. */
typedef struct packing {
  const rf_format *format;
  const rf_stream_codec *codec;
  int level;
  const uint8_t *bytes; /* the content */
  uint64_t n;
} packing;

/* The destination of compressed bytes. */
typedef struct packed_output {
  const rf_driver_ops *ops;
  void *state;
  uint64_t offset;
  uint8_t *buffer; /* CHUNK_BYTES bytes, of which `filled` are not written yet */
  size_t filled;
} packed_output;

static rf_status flush(packed_output *out, rf_error *err) {
  if (out->filled > 0)
    RF_TRY(out->ops->write_at(out->state, out->offset, out->buffer, out->filled, err));
  out->offset += out->filled;
  out->filled = 0;
  return RF_OK;
}

static rf_status take(void *context, const void *data, size_t n, rf_error *err) {
  packed_output *out = context;
  const uint8_t *bytes = data;
  while (n > 0) {
    size_t room = CHUNK_BYTES - out->filled;
    size_t part = n < room ? n : room;
    memcpy(out->buffer + out->filled, bytes, part);
    out->filled += part;
    bytes += part;
    n -= part;
    if (out->filled == CHUNK_BYTES)
      RF_TRY(flush(out, err));
  }
  return RF_OK;
}

/* Compresses the content with the stream codec, chunk by chunk. */
static rf_status deflate_stream(const packing *p, packed_output *out, rf_error *err) {
  void *stream = NULL;
  RF_TRY(p->codec->deflate_open(p->codec->user, p->level, p->n, &stream, err));
  rf_status status = RF_OK;
  uint64_t at = 0;
  int finish;
  do {
    size_t part = p->n - at < CHUNK_BYTES ? (size_t)(p->n - at) : CHUNK_BYTES;
    finish = part == p->n - at;
    status = p->codec->deflate(stream, p->bytes + at, part, finish, take, out, err);
    at += part;
  } while (status == RF_OK && !finish);
  p->codec->deflate_close(stream);
  return status == RF_OK ? flush(out, err) : status;
}

static rf_status write_pages(packed_output *out, const rf_pages *pages, rf_error *err) {
  if (out->ops->reserve)
    RF_TRY(out->ops->reserve(out->state, pages->size, err));
  for (size_t at = 0; at < pages->size; at += CHUNK_BYTES) {
    size_t part = pages->size - at < CHUNK_BYTES ? pages->size - at : CHUNK_BYTES;
    RF_TRY(out->ops->write_at(out->state, at, pages->bytes + at, part, err));
  }
  out->offset = pages->size;
  return RF_OK;
}

static rf_status compress(const packing *p, packed_output *out, rf_error *err) {
  rf_pages pages;
  if (p->format->whole_deflate != NULL && p->n <= MAX_WHOLE_BYTES &&
      p->format->whole_deflate(p->bytes, (size_t)p->n, p->level, &pages) == RF_OK) {
    rf_status status = write_pages(out, &pages, err);
    rf_pages_free(pages.bytes, pages.capacity);
    return status;
  }
  out->buffer = rf_alloc(CHUNK_BYTES);
  if (out->buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for compressing a file");
  rf_status status = deflate_stream(p, out, err);
  rf_free(out->buffer);
  return status;
}

static bool can_replace(const rf_store *inner) {
  return inner->ops->replace_open != NULL && inner->ops->replace_commit != NULL && inner->ops->replace_abort != NULL;
}

rf_status rf_compressed_try_replace(rf_store *inner, rf_error *err) {
  if (!can_replace(inner))
    return RF_OK;
  void *temp = NULL;
  RF_TRY(inner->ops->replace_open(inner->state, &temp, err));
  inner->ops->replace_abort(inner->state, temp);
  return RF_OK;
}

static rf_status write_beside(rf_store *inner, const packing *p, rf_error *err) {
  packed_output out = {.ops = inner->ops};
  RF_TRY(inner->ops->replace_open(inner->state, &out.state, err));
  rf_status status = compress(p, &out, err);
  if (status != RF_OK) {
    inner->ops->replace_abort(inner->state, out.state);
    return status;
  }
  return inner->ops->replace_commit(inner->state, out.state, err);
}

static rf_status write_in_place(rf_store *inner, const packing *p, rf_error *err) {
  packed_output out = {.ops = inner->ops, .state = inner->state};
  RF_TRY(compress(p, &out, err));
  RF_TRY(rf_store_truncate(inner, out.offset, err));
  return rf_store_sync(inner, err);
}

rf_status rf_compressed_write_back(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, int level,
                                   bool in_place, void *content, rf_error *err) {
  static const uint8_t nothing[1];
  packing p = {.format = format, .codec = codec, .level = level, .bytes = nothing};
  RF_TRY(rf_memory_ops.get_size(content, &p.n, err));
  size_t whole;
  if (!rf_to_size(p.n, &whole))
    return rf_fail(err, RF_ERR_LIMIT, "the content does not fit the address space");
  if (whole > 0)
    RF_TRY(rf_memory_ops.peek(content, 0, whole, &p.bytes, err));
  return can_replace(inner) && !in_place ? write_beside(inner, &p, err) : write_in_place(inner, &p, err);
}
