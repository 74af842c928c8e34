/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the units of a compressed store, forward, through a stream codec. An error says where in the compressed store
 * it is. The built-in codec of the format finds that place, so that message and offset do not depend on the codec in
 * use.
 */
#include "store/filter/decoder.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/filter/stream_codec.h"

/* Input is read in chunks between these sizes. The first are small, because the caller may need only a header. */
#define MIN_IN_BYTES ((size_t)64 * 1024)
#define MAX_IN_BYTES ((size_t)512 * 1024)

static rf_status fill(rf_decoder *g, rf_error *err) {
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

/* Returns the offset, for messages, of a byte of the store. */
static unsigned long long shown(const rf_decoder *g, uint64_t offset) {
  return (unsigned long long)(g->inner->origin + offset);
}

/* Returns the offset in the store of the next byte to decode. */
static uint64_t position(const rf_decoder *g) {
  return g->in_offset - (g->in_end - g->in_start);
}

rf_status rf_decoder_open(rf_decoder *g, rf_store *inner, const rf_format *format, const rf_stream_codec *codec,
                          rf_error *err) {
  return rf_decoder_open_at(g, inner, format, codec, 0, err);
}

rf_status rf_decoder_open_at(rf_decoder *g, rf_store *inner, const rf_format *format, const rf_stream_codec *codec,
                             uint64_t offset, rf_error *err) {
  *g = (rf_decoder){.inner = inner,
                    .format = format,
                    .codec = codec,
                    .in_capacity = MAX_IN_BYTES,
                    .in_chunk = MIN_IN_BYTES,
                    .in_offset = offset};
  g->in = rf_alloc(g->in_capacity);
  if (g->in == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for reading compressed data");
  rf_status status = fill(g, err);
  if (status == RF_OK && g->in_end == 0 && offset == 0)
    status = rf_fail(err, RF_ERR_NOT_FITS, "expected a %s file, found an empty file", format->name);
  if (status != RF_OK)
    rf_decoder_close(g);
  return status;
}

void rf_decoder_close(rf_decoder *g) {
  if (g->stream != NULL)
    g->codec->inflate_close(g->stream);
  rf_free(g->in);
  *g = (rf_decoder){0};
}

const uint8_t *rf_decoder_start(const rf_decoder *g, size_t *n) {
  *n = g->in_end;
  return g->in;
}

/* Passes over zeros. *zeros receives their number. Then as many bytes are there as a unit needs to begin. */
static rf_status skip_zeros(rf_decoder *g, uint64_t *zeros, rf_error *err) {
  *zeros = 0;
  for (;;) {
    while (g->in_start < g->in_end && g->in[g->in_start] == 0) {
      g->in_start++;
      ++*zeros;
    }
    if (g->in_finished || g->in_end - g->in_start >= g->format->start_bytes)
      return RF_OK;
    RF_TRY(fill(g, err));
  }
}

/* Looks for another unit behind a finished one. Sets *more if it begins at in_start. Other bytes end the content. */
static rf_status between_units(rf_decoder *g, bool *more, rf_error *err) {
  uint64_t begin = position(g), zeros;
  RF_TRY(skip_zeros(g, &zeros, err));
  size_t left = g->in_end - g->in_start;
  bool padded = g->format->padding > 0 && zeros % g->format->padding == 0;
  *more = !g->format->single && (zeros == 0 || padded) && g->format->begins(g->in + g->in_start, left);
  if (!*more && (left > 0 || (zeros > 0 && !padded)))
    g->stray = begin;
  return RF_OK;
}

static rf_status fail_truncated(rf_decoder *g, rf_error *err) {
  g->broken = true;
  rf_status status =
      rf_fail(err, RF_ERR_TRUNCATED,
              "the compressed file ends at byte %llu in the middle of the %s %s that begins at byte %llu",
              shown(g, g->in_offset), g->format->name, g->format->unit, shown(g, g->unit_offset));
  rf_error_at(err, (int64_t)shown(g, g->in_offset));
  return status;
}

/* Decodes the current unit again to find where it is corrupt. The built-in codec judges. A codec that does not tell
 * where it failed gets the bytes behind *offset one by one. Returns false if the unit is not corrupt. */
static bool locate(const rf_decoder *g, uint64_t *offset, rf_error *cause) {
  const rf_stream_codec *judge = g->format->builtin != NULL ? g->format->builtin : g->codec;
  const uint64_t known = judge == g->format->builtin && g->format->exact ? UINT64_MAX : *offset;
  const size_t chunk = MIN_IN_BYTES;
  uint8_t *buffers = rf_alloc(2 * chunk);
  void *stream = NULL;
  if (buffers == NULL || judge->inflate_open(judge->user, RF_STREAM_MEMORY_BYTES, &stream, NULL) != RF_OK) {
    rf_free(buffers);
    return false;
  }
  uint64_t at = g->unit_offset;
  rf_status status = RF_OK;
  int done = 0;
  size_t got = 1;
  while (status == RF_OK && !done && got > 0) {
    status = rf_store_read_at(g->inner, at, buffers, chunk, &got, NULL);
    size_t start = 0, used = 0, made = 1;
    while (status == RF_OK && !done && (start < got || made > 0)) {
      uint64_t sure = at + start < known ? known - at - start : 1;
      size_t n = got - start < sure ? got - start : (size_t)sure;
      status = judge->inflate(stream, buffers + start, n, &used, buffers + chunk, chunk, &made, &done, cause);
      if (used > n || made > chunk)
        status = RF_ERR_CALLBACK;
      else
        start += used;
      if (used == 0 && made == 0)
        break;
    }
    at += start;
    got = start; /* no progress: the caller knows that the file is truncated */
  }
  judge->inflate_close(stream);
  rf_free(buffers);
  *offset = at;
  return status == RF_ERR_CODEC;
}

/* Adds offsets in the file to the failure of the codec, `own`. */
static rf_status fail_codec(rf_decoder *g, rf_status status, const rf_error *own, rf_error *err) {
  g->broken = status == RF_ERR_CODEC || status == RF_ERR_LIMIT || status == RF_ERR_UNSUPPORTED;
  g->lost = !g->broken;
  uint64_t offset = position(g);
  rf_error located;
  rf_error_clear(&located);
  const char *cause = own->message;
  bool judged = g->codec == g->format->builtin && g->format->exact;
  if (status == RF_ERR_CODEC && !judged && locate(g, &offset, &located))
    cause = located.message;
  char plain[64];
  snprintf(plain, sizeof plain, "the %s codec failed", g->format->name);
  status = rf_fail(err, status, "%s at byte %llu of the compressed file, in the %s %s that begins at byte %llu",
                   cause[0] != '\0' ? cause : plain, shown(g, offset), g->format->name, g->format->unit,
                   shown(g, g->unit_offset));
  rf_error_at(err, (int64_t)shown(g, offset));
  if (err != NULL && err->cause == 0)
    err->cause = own->cause;
  return status;
}

/* Begins the next unit. *more is false behind the last one. */
static rf_status begin_unit(rf_decoder *g, bool *more, rf_error *err) {
  *more = true;
  if (g->units > 0)
    RF_TRY(between_units(g, more, err));
  if (!*more)
    return RF_OK;
  RF_TRY(g->codec->inflate_open(g->codec->user, RF_STREAM_MEMORY_BYTES, &g->stream, err));
  g->unit_offset = position(g);
  g->units++;
  return RF_OK;
}

/* Calls the codec once: it makes *made bytes, needs more input, or ends a unit. */
static rf_status advance(rf_decoder *g, uint8_t *out, size_t n, size_t *made, rf_error *err) {
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

static rf_status decode(rf_decoder *g, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err) {
  *made = 0;
  *done = false;
  while (*made < n) {
    if (g->stream == NULL) {
      bool more;
      RF_TRY(begin_unit(g, &more, err));
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
static rf_status find_place(rf_decoder *g, rf_error *err) {
  if (g->stream != NULL)
    g->codec->inflate_close(g->stream);
  g->stream = NULL;
  g->in_start = g->in_end = 0;
  g->in_offset = g->units = 0;
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

rf_status rf_decoder_read(rf_decoder *g, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err) {
  *made = 0;
  *done = false;
  if (g->lost)
    RF_TRY(find_place(g, err));
  rf_status status = decode(g, out, n, made, done, err);
  g->total += *made;
  return status;
}
