/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/upload/source.h"

#include <string.h>

#include "store/local/spool.h"

#define PROGRESS_SECONDS 0.1

rf_status rf_source_open(rf_source *source, void *spool, const rf_remote_options *remote, rf_error *err) {
  *source = (rf_source){.spool = spool, .remote = remote};
  RF_TRY(rf_spool_ops.get_size(spool, &source->bytes, err));
  if (source->bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the file has %llu bytes, expected fewer than 2^63",
                   (unsigned long long)source->bytes);
  return rf_mutex_init(&source->lock) ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot create a lock");
}

void rf_source_close(rf_source *source) {
  rf_mutex_destroy(&source->lock);
}

/* ---- progress ---- */

static rf_status tell(rf_source *source, uint64_t done, rf_error *err) {
  rf_status status = source->remote->progress(source->remote->progress_user, done, (int64_t)source->bytes);
  return status == RF_OK ? RF_OK : rf_fail(err, status, "the caller's progress function ended the upload");
}

/* Counts bytes, and reports them. The end is reported before the last bytes are sent, so that the caller can end the
 * upload to the last. */
static rf_status count(rf_source *source, uint64_t more, bool is_quiet, rf_error *err) {
  rf_mutex_lock(&source->lock);
  double now = rf_time_seconds();
  uint64_t done = source->done += more;
  bool news = source->remote->progress != NULL && !is_quiet && done > source->told;
  bool due = news && (done == source->bytes || now - source->last >= PROGRESS_SECONDS);
  if (due) {
    source->last = now;
    source->told = done;
  }
  rf_mutex_unlock(&source->lock);
  return due ? tell(source, done, err) : RF_OK;
}

rf_status rf_source_finish(rf_source *source, rf_error *err) {
  return count(source, 0, false, err);
}

/* ---- bodies ---- */

static rf_status read_spool(void *user, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  rf_span *span = user;
  size_t got = 0;
  RF_TRY(rf_spool_ops.read_at(span->source->spool, span->first + offset, buffer, n, &got, err));
  if (got != n)
    return rf_fail(err, RF_ERR_IO, "expected %zu bytes in the spool of the file, found %zu", n, got);
  uint64_t end = offset + n, more = end > span->sent ? end - span->sent : 0;
  span->sent += more;
  return count(span->source, more, span->is_quiet, err);
}

static rf_status read_memory(void *user, uint64_t offset, void *buffer, size_t n, rf_error *err) {
  const rf_span *span = user;
  (void)err;
  memcpy(buffer, span->memory + offset, n);
  return RF_OK;
}

void rf_span_of_source(rf_span *span, rf_source *source, uint64_t first, uint64_t bytes) {
  *span = (rf_span){.source = source, .first = first};
  span->body = (rf_body){.size = sizeof span->body, .user = span, .bytes = bytes, .read = read_spool};
}

void rf_span_of_memory(rf_span *span, const void *memory, size_t n) {
  *span = (rf_span){.memory = memory};
  span->body = (rf_body){.size = sizeof span->body, .user = span, .bytes = n, .read = read_memory};
}
