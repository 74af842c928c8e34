/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the members of a .gz store (RFC 1952), forward, through a stream codec. An error says where in the compressed
 * store it is. The built-in codec finds that place, so that message and offset do not depend on the codec in use.
 */
#include "store/filter/decoder.h"

#include <string.h>

#include "base/memory.h"
#include "store/filter/stream_codec.h"

/* Input is read in chunks between these sizes. The first are small, because the caller may need only a header. */
#define MIN_IN_BYTES ((size_t)64 * 1024)
#define MAX_IN_BYTES ((size_t)512 * 1024)

/* Header of a member: magic number, method, flags, time, extra flags, system. */
#define MEMBER_HEADER_BYTES 10

static rf_status fill(rf_gzip_decoder *g, rf_error *err) {
  if (g->in_finished)
    return RF_OK;
  if (g->in_start > 0) {
    memmove(g->in, g->in + g->in_start, g->in_end - g->in_start);
    g->in_end -= g->in_start;
    g->in_start = 0;
  }
  size_t wanted = g->in_capacity - g->in_end;
  wanted = wanted < g->in_chunk ? wanted : g->in_chunk;
  size_t got = 0;
  RF_TRY(rf_store_read_at(g->inner, g->in_offset, g->in + g->in_end, wanted, &got, err));
  g->in_end += got;
  g->in_offset += got;
  g->in_finished = got < wanted;
  if (g->in_chunk < MAX_IN_BYTES)
    g->in_chunk *= 2;
  return RF_OK;
}

/* Returns the offset in the store of the next byte to decode. */
static uint64_t position(const rf_gzip_decoder *g) {
  return g->in_offset - (g->in_end - g->in_start);
}

rf_status rf_gzip_decoder_open(rf_gzip_decoder *g, rf_store *inner, const rf_stream_codec *codec, rf_error *err) {
  *g = (rf_gzip_decoder){.inner = inner, .codec = codec, .in_capacity = MAX_IN_BYTES, .in_chunk = MIN_IN_BYTES};
  g->in = rf_alloc(g->in_capacity);
  if (g->in == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for reading compressed data");
  rf_status status = fill(g, err);
  if (status == RF_OK && g->in_end == 0)
    status = rf_fail(err, RF_ERR_NOT_FITS, "expected a gzip file, found an empty file");
  if (status != RF_OK)
    rf_gzip_decoder_close(g);
  return status;
}

void rf_gzip_decoder_close(rf_gzip_decoder *g) {
  if (g->stream != NULL)
    g->codec->inflate_close(g->stream);
  rf_free(g->in);
  *g = (rf_gzip_decoder){0};
}

const uint8_t *rf_gzip_decoder_start(const rf_gzip_decoder *g, size_t *n) {
  *n = g->in_end;
  return g->in;
}

/* Looks for another member behind a finished one. Sets *more if it begins at in_start. Other bytes end the content. */
static rf_status between_members(rf_gzip_decoder *g, bool *more, rf_error *err) {
  uint64_t begin = position(g);
  bool padded = false;
  for (;;) {
    while (g->in_start < g->in_end && g->in[g->in_start] == 0) {
      g->in_start++;
      padded = true;
    }
    if (g->in_finished || g->in_end - g->in_start >= (padded ? 1 : MEMBER_HEADER_BYTES))
      break;
    RF_TRY(fill(g, err));
  }
  size_t left = g->in_end - g->in_start;
  *more = !padded && left >= 2 && g->in[g->in_start] == 0x1f && g->in[g->in_start + 1] == 0x8b;
  if (!*more && (padded || left > 0))
    g->stray = begin;
  return RF_OK;
}

static rf_status fail_truncated(rf_gzip_decoder *g, rf_error *err) {
  g->broken = true;
  rf_status status = rf_fail(err, RF_ERR_TRUNCATED,
                             "the compressed file ends at byte %llu in the middle of the gzip member that begins at "
                             "byte %llu",
                             (unsigned long long)g->in_offset, (unsigned long long)g->member_offset);
  rf_error_at(err, (int64_t)g->in_offset);
  return status;
}

/* Decodes the current member again with the built-in codec to find where it is corrupt. Returns false if it is not. */
static bool locate(const rf_gzip_decoder *g, uint64_t *offset, rf_error *cause) {
  const size_t chunk = MIN_IN_BYTES;
  uint8_t *buffers = rf_alloc(2 * chunk);
  void *stream = NULL;
  if (buffers == NULL || rf_zlib_codec.inflate_open(NULL, &stream, NULL) != RF_OK) {
    rf_free(buffers);
    return false;
  }
  uint64_t at = g->member_offset;
  rf_status status = RF_OK;
  int done = 0;
  size_t got = 1;
  while (status == RF_OK && !done && got > 0) {
    status = rf_store_read_at(g->inner, at, buffers, chunk, &got, NULL);
    size_t start = 0, used = 0, made = 1;
    while (status == RF_OK && !done && (start < got || made > 0)) {
      status = rf_zlib_codec.inflate(stream, buffers + start, got - start, &used, buffers + chunk, chunk, &made, &done,
                                     cause);
      start += used;
      if (used == 0 && made == 0)
        break;
    }
    at += start;
    got = start; /* no progress: the caller knows that the file is truncated */
  }
  rf_zlib_codec.inflate_close(stream);
  rf_free(buffers);
  *offset = at;
  return status == RF_ERR_CODEC;
}

/* Adds offsets in the file to the failure of the codec, `own`. */
static rf_status fail_codec(rf_gzip_decoder *g, rf_status status, const rf_error *own, rf_error *err) {
  g->broken = status == RF_ERR_CODEC;
  g->lost = !g->broken;
  uint64_t offset = position(g);
  rf_error located;
  rf_error_clear(&located);
  const char *cause = own->message;
  if (status == RF_ERR_CODEC && g->codec != &rf_zlib_codec && locate(g, &offset, &located))
    cause = located.message;
  status = rf_fail(err, status, "%s at byte %llu of the compressed file, in the gzip member that begins at byte %llu",
                   cause[0] != '\0' ? cause : "the gzip codec failed", (unsigned long long)offset,
                   (unsigned long long)g->member_offset);
  rf_error_at(err, (int64_t)offset);
  return status;
}

/* Begins the next member. *more is false behind the last one. */
static rf_status begin_member(rf_gzip_decoder *g, bool *more, rf_error *err) {
  *more = true;
  if (g->members > 0)
    RF_TRY(between_members(g, more, err));
  if (!*more)
    return RF_OK;
  RF_TRY(g->codec->inflate_open(g->codec->user, &g->stream, err));
  g->member_offset = position(g);
  g->members++;
  return RF_OK;
}

/* Calls the codec once: it makes *made bytes, needs more input, or ends a member. */
static rf_status advance(rf_gzip_decoder *g, uint8_t *out, size_t n, size_t *made, rf_error *err) {
  *made = 0;
  if (g->in_start == g->in_end)
    RF_TRY(fill(g, err));
  size_t left = g->in_end - g->in_start;
  size_t used = 0;
  int done = 0;
  rf_error own;
  rf_error_clear(&own);
  rf_status status = g->codec->inflate(g->stream, g->in + g->in_start, left, &used, out, n, made, &done, &own);
  if (used > left || *made > n) { /* a registered codec: do not trust its numbers */
    *made = 0;
    return fail_codec(g, RF_ERR_CALLBACK, &own, err);
  }
  g->in_start += used;
  if (status != RF_OK)
    return fail_codec(g, status, &own, err);
  if (done) {
    g->codec->inflate_close(g->stream);
    g->stream = NULL;
  } else if (used == 0 && *made == 0) {
    if (g->in_finished)
      return fail_truncated(g, err);
    if (left == g->in_capacity)
      return fail_codec(g, RF_ERR_CODEC, &own, err);
    return fill(g, err);
  }
  return RF_OK;
}

static rf_status decode(rf_gzip_decoder *g, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err) {
  *made = 0;
  *done = false;
  while (*made < n) {
    if (g->stream == NULL) {
      bool more;
      RF_TRY(begin_member(g, &more, err));
      if (!more) {
        *done = true;
        return RF_OK;
      }
    }
    size_t got;
    rf_status status = advance(g, out + *made, n - *made, &got, err);
    *made += got;
    RF_TRY(status);
  }
  return RF_OK;
}

/* Decodes again up to where the content was before a failure left the stream in an unknown state, such as an interrupt.
 */
static rf_status find_place(rf_gzip_decoder *g, rf_error *err) {
  if (g->stream != NULL)
    g->codec->inflate_close(g->stream);
  g->stream = NULL;
  g->in_start = g->in_end = 0;
  g->in_offset = g->members = 0;
  g->in_finished = false;
  uint8_t *scratch = rf_alloc(MIN_IN_BYTES);
  if (scratch == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for decompressing a file");
  rf_status status = RF_OK;
  bool done = false;
  for (uint64_t left = g->total; left > 0 && status == RF_OK && !done;) {
    size_t made;
    status = decode(g, scratch, left < MIN_IN_BYTES ? (size_t)left : MIN_IN_BYTES, &made, &done, err);
    left -= made;
  }
  rf_free(scratch);
  g->lost = status != RF_OK && !g->broken;
  return status;
}

rf_status rf_gzip_decoder_read(rf_gzip_decoder *g, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err) {
  *made = 0;
  *done = false;
  if (g->lost)
    RF_TRY(find_place(g, err));
  rf_status status = decode(g, out, n, made, done, err);
  g->total += *made;
  return status;
}
