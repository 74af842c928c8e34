/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A decoder as the source of a forward stream. The decoder can fail behind bytes that it has made: these are delivered
 * first, and the next read of the source reports the failure.
 */
#include "store/filter/passing.h"

#include "base/memory.h"
#include "store/filter/decoder.h"
#include "store/filter/stream_codec.h"
#include "store/stream/forward.h"

typedef struct passing_state {
  rf_store *inner;
  rf_decoder decoder;
  bool decodes; /* the decoder is open */
  void *forward;
  uint64_t limit;
  uint64_t total; /* bytes decoded so far */
  bool done;
  rf_status failure; /* of the last read of the decoder, not reported yet */
  rf_error failure_error;
  atomic_uint_least64_t stray; /* rf_store.stray */
} passing_state;

static rf_status take_failure(passing_state *s, rf_error *err) {
  rf_status status = s->failure;
  if (err != NULL && err->code == RF_OK)
    *err = s->failure_error;
  s->failure = RF_OK;
  return status;
}

static rf_status check_limit(const passing_state *s, rf_error *err) {
  if (s->total <= s->limit)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT,
                 "the file decompresses to more than the limit of %llu bytes; if it can be trusted, raise the limit "
                 "(rf_limits.inflate_bytes, from Python max_inflate_bytes)",
                 (unsigned long long)s->limit);
}

/* As rf_source.read. */
static rf_status decode(void *user, void *buffer, size_t n, size_t *got, rf_error *err) {
  passing_state *s = user;
  *got = 0;
  if (s->failure != RF_OK)
    return take_failure(s, err);
  if (s->done)
    return RF_OK;
  rf_error_clear(&s->failure_error);
  s->failure = rf_decoder_read(&s->decoder, buffer, n, got, &s->done, &s->failure_error);
  s->total += *got;
  if (s->done)
    atomic_store(&s->stray, s->decoder.stray);
  RF_TRY(check_limit(s, err));
  return *got == 0 && s->failure != RF_OK ? take_failure(s, err) : RF_OK;
}

/* ---- operations ---- */

static rf_status passing_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  return rf_forward_ops.read_at(((passing_state *)state)->forward, offset, buffer, n, got, err);
}

static rf_status passing_get_size(void *state, uint64_t *size, rf_error *err) {
  return rf_forward_ops.get_size(((passing_state *)state)->forward, size, err);
}

static void free_state(passing_state *s) {
  if (s->forward != NULL)
    (void)rf_forward_ops.close(s->forward, NULL);
  if (s->decodes)
    rf_decoder_close(&s->decoder);
  rf_free(s);
}

static rf_status passing_close(void *state, rf_error *err) {
  passing_state *s = state;
  rf_store *inner = s->inner;
  free_state(s);
  return rf_store_close(inner, err);
}

static const rf_driver_ops passing_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = passing_read_at,
    .get_size = passing_get_size,
    .close = passing_close,
};

/* ---- beginning ---- */

static rf_status start(passing_state *s, const rf_filter *filter, const rf_options *options, rf_error *err) {
  const rf_source source = {.user = s, .read = decode};
  s->limit = options->limits->inflate_bytes;
  RF_TRY(rf_decoder_open(&s->decoder, s->inner, filter->format, rf_stream_codec_current(filter->format->number), err));
  s->decodes = true;
  return rf_forward_new(&source, &s->forward, err);
}

rf_status rf_passing_wrap(const rf_filter *filter, rf_store **store, const rf_options *options, rf_error *err) {
  rf_store *inner = *store;
  passing_state *s = rf_alloc_zero(1, sizeof *s);
  rf_store *outer = rf_alloc_zero(1, sizeof *outer);
  char *name = rf_strdup(inner->name);
  rf_status status = RF_ERR_MEMORY;
  if (s == NULL || outer == NULL || name == NULL) {
    rf_fail(err, status, "cannot allocate memory for opening a compressed stream");
  } else {
    s->inner = inner;
    status = start(s, filter, options, err);
  }
  if (status != RF_OK) {
    if (s != NULL)
      free_state(s);
    rf_free(outer);
    rf_free(name);
    return status;
  }
  *outer = (rf_store){.ops = &passing_ops,
                      .state = s,
                      .flags = (inner->flags & ~(uint32_t)RF_DRIVER_CODECS) | RF_DRIVER_VOLATILE,
                      .sequential = true,
                      .stray = &s->stray,
                      .name = name};
  rf_store_describe(outer);
  *store = outer;
  return RF_OK;
}
