/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads content through an index. One thread at a time scans for more marks, up to the end of what was read; what it
 * decodes serves reads. Content before that is decoded again, from the mark before it.
 */
#include "store/filter/index/reader.h"

#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "base/parallel.h"
#include "store/filter/index/decode.h"
#include "store/filter/index/state.h"

/* Reads scan this far ahead, so that a read of the last data also checks the CRC: the padding of the data is less than
 * a block (FITS 3.3.2). */
#define LOOK_AHEAD RF_BLOCK_BYTES

/* ---------------------------------------------------------------- scanning */

/* Adds what a step found. Mutex held. */
static rf_status add_step(rf_indexed *g, rf_scan_step *step, uint32_t sum, rf_error *err) {
  rf_mark *last = g->marks.list[g->marks.count - 1];
  if (step->made > 0)
    RF_TRY(rf_mark_add_sum(last, sum, err));
  if (step->next != NULL) {
    rf_status status = rf_marks_add(&g->marks, step->next, err);
    if (status != RF_OK) {
      last->sum_count -= step->made > 0;
      return status;
    }
    step->next = NULL;
  }
  if (step->members > 0)
    last->members = true;
  g->marks.content += step->made + step->members;
  g->marks.complete = step->complete;
  g->marks.stray = step->stray;
  return RF_OK;
}

/* Makes the chunk that the scan filled available. Mutex held. */
static void publish_chunk(rf_indexed *g, uint64_t start, size_t length) {
  rf_chunk *chunk = g->spare;
  if (length == 0)
    return;
  chunk->start = start;
  chunk->length = length;
  chunk->filled = true;
  g->spare = NULL;
  rf_chunks_release(&g->chunks, chunk);
}

/* Ends a step with `status`. Mutex held. */
static rf_status end_step(rf_indexed *g, uint64_t content, rf_scan_step *step, uint32_t sum, rf_status status,
                          const rf_error *own, rf_error *err) {
  rf_status added = add_step(g, step, sum, err);
  rf_mark_free(step->next);
  RF_TRY(added);
  publish_chunk(g, content, step->made);
  if (step->complete) {
    atomic_store(g->options.stray, step->stray);
    rf_cursor_free(g->scan.cursor);
    g->scan.cursor = NULL;
  }
  if (status == RF_ERR_CODEC || status == RF_ERR_TRUNCATED || status == RF_ERR_LIMIT) {
    g->failure = status; /* verdict() decides which reads fail */
    g->failure_error = *own;
    return RF_OK;
  }
  if (status != RF_OK && err != NULL && err->code == RF_OK)
    *err = *own;
  return status;
}

/* Adds content behind the known content, or waits for the thread that does. Mutex held. */
static rf_status scan_more(rf_indexed *g, rf_error *err) {
  if (g->scanning) {
    rf_cond_wait(&g->changed, &g->mutex);
    return RF_OK;
  }
  if (g->spare == NULL)
    g->spare = rf_chunks_add(&g->chunks, UINT64_MAX, 0);
  if (g->spare == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for decompressed data");
  g->scanning = true;
  g->scan.plain = g->plain;
  unsigned generation = g->generation;
  uint64_t content = g->marks.content;
  const rf_mark *last = g->marks.list[g->marks.count - 1];
  rf_mutex_unlock(&g->mutex);
  rf_scan_step step;
  rf_error own;
  rf_error_clear(&own);
  rf_status status = rf_scan_next(&g->scan, last, content, g->spare->bytes, &step, &own);
  uint32_t sum = rf_crc32c(g->spare->bytes, step.made, 0);
  rf_indexed_lock(g);
  g->scanning = false;
  if (generation == g->generation && (status == RF_ERR_CODEC || status == RF_ERR_TRUNCATED) && g->kept) {
    rf_indexed_drop(g, false); /* the file, or the index that was kept */
  } else if (generation == g->generation) {
    status = end_step(g, content, &step, sum, status, &own, err);
    rf_cond_broadcast(&g->changed);
    return status;
  }
  rf_mark_free(step.next);
  rf_cursor_free(g->scan.cursor);
  g->scan.cursor = NULL;
  rf_cond_broadcast(&g->changed);
  return RF_OK;
}

static bool can_scan(const rf_indexed *g) {
  return !g->marks.complete && g->failure == RF_OK;
}

/* ---------------------------------------------------------------- reading */

/* A read of known content, in parts: one a mark. */
typedef struct copying {
  rf_indexed *indexed;
  uint64_t offset; /* of the buffer */
  uint8_t *buffer;
  uint64_t end;
  uint64_t first; /* number of the first mark */
} copying;

/* Copies from the chunk with the byte at *at on; moves *at. Mutex not held. */
static rf_status copy_chunk(const copying *c, uint64_t *at, uint64_t end, rf_error *err) {
  rf_indexed *g = c->indexed;
  rf_chunk *chunk;
  rf_indexed_lock(g);
  rf_status status = rf_indexed_get_chunk(g, *at, &chunk, err);
  rf_mutex_unlock(&g->mutex);
  if (status != RF_OK || chunk == NULL)
    return status != RF_OK ? status : RF_ERR_CHANGED;
  uint64_t there = chunk->start + chunk->length;
  size_t n = (size_t)((end < there ? end : there) - *at);
  memcpy(c->buffer + (size_t)(*at - c->offset), chunk->bytes + (size_t)(*at - chunk->start), n);
  *at += n;
  rf_indexed_lock(g);
  rf_chunks_release(&g->chunks, chunk);
  rf_mutex_unlock(&g->mutex);
  return RF_OK;
}

static rf_status copy_span(void *context, size_t i, unsigned worker, rf_error *err) {
  const copying *c = context;
  rf_indexed *g = c->indexed;
  (void)worker;
  rf_indexed_lock(g);
  size_t span = (size_t)c->first + i;
  uint64_t at = span < g->marks.count ? g->marks.list[span]->content : UINT64_MAX;
  uint64_t end = span + 1 < g->marks.count ? g->marks.list[span + 1]->content : c->end;
  rf_mutex_unlock(&g->mutex);
  at = at > c->offset ? at : c->offset;
  end = end < c->end ? end : c->end;
  if (at > c->end)
    return RF_ERR_CHANGED;
  while (at < end)
    RF_TRY(copy_chunk(c, &at, end, err));
  return RF_OK;
}

/* Copies known content, with several threads where that is worth it. RF_ERR_CHANGED without a message: the marks were
 * dropped. */
static rf_status copy_known(rf_indexed *g, uint64_t offset, uint8_t *buffer, uint64_t end, rf_error *err) {
  copying c = {.indexed = g, .offset = offset, .buffer = buffer, .end = end};
  rf_indexed_lock(g);
  bool known = end <= g->marks.content;
  c.first = known ? rf_marks_find(&g->marks, offset).span : 0;
  uint64_t spans = known ? rf_marks_find(&g->marks, end - 1).span - c.first + 1 : 0;
  rf_mutex_unlock(&g->mutex);
  if (!known)
    return RF_ERR_CHANGED;
  unsigned threads = rf_worth_threads(g->options.threads, (size_t)spans, end - offset);
  return rf_parallel(threads, (size_t)spans, copy_span, &c, err);
}

/* Returns the status for a reader that needs the content up to `end`. Mutex held. Bytes just before a place where the
 * stream is corrupt (or has a wrong CRC) are not trusted; bytes before a mere end are. */
static rf_status verdict(const rf_indexed *g, uint64_t end, uint64_t target, rf_error *err) {
  if (g->failure == RF_OK || (end <= g->marks.content && (g->failure != RF_ERR_CODEC || target <= g->marks.content)))
    return RF_OK;
  if (err != NULL && err->code == RF_OK)
    *err = g->failure_error;
  return g->failure;
}

/* Copies up to `end`, or to the end of the content, and scans as far as that needs. *at moves behind the copied bytes.
 * Mutex held. */
static rf_status read_up_to(rf_indexed *g, uint64_t offset, uint8_t *buffer, uint64_t end, uint64_t *at,
                            rf_error *err) {
  unsigned generation = g->generation;
  while (*at < end) {
    uint64_t known = end < g->marks.content ? end : g->marks.content;
    if (*at < known) {
      rf_mutex_unlock(&g->mutex);
      rf_error own;
      rf_error_clear(&own);
      rf_status status = copy_known(g, *at, buffer + (size_t)(*at - offset), known, &own);
      rf_indexed_lock(g);
      if (status != RF_OK && generation == g->generation) {
        if (err != NULL && err->code == RF_OK)
          *err = own;
        return status;
      }
      *at = status == RF_OK ? known : *at;
      generation = g->generation;
    } else if (!can_scan(g)) {
      break;
    } else {
      RF_TRY(scan_more(g, err));
    }
  }
  return RF_OK;
}

rf_status rf_indexed_read(rf_indexed *g, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  *got = 0;
  if (n == 0)
    return RF_OK;
  uint64_t end, target, at = offset;
  if (!rf_add_u64(offset, n, &end))
    end = UINT64_MAX;
  if (!rf_add_u64(end, LOOK_AHEAD, &target))
    target = UINT64_MAX;
  rf_indexed_lock(g);
  rf_status status = read_up_to(g, offset, buffer, end, &at, err);
  while (status == RF_OK && can_scan(g) && g->marks.content < target)
    status = scan_more(g, err);
  if (status == RF_OK)
    status = verdict(g, end, target, err);
  rf_mutex_unlock(&g->mutex);
  if (status == RF_OK)
    *got = (size_t)(at - offset);
  return status;
}

rf_status rf_indexed_size(rf_indexed *g, uint64_t *size, rf_error *err) {
  rf_indexed_lock(g);
  rf_status status = RF_OK;
  while (status == RF_OK && can_scan(g))
    status = scan_more(g, err);
  if (status == RF_OK)
    status = verdict(g, UINT64_MAX, UINT64_MAX, err);
  *size = g->marks.content;
  rf_mutex_unlock(&g->mutex);
  return status;
}

/* ---------------------------------------------------------------- beginning and end */

rf_status rf_indexed_open(rf_store *inner, const rf_indexed_options *options, rf_marks *marks, rf_indexed **indexed,
                          rf_error *err) {
  rf_indexed *g = rf_indexed_new();
  if (g == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for opening a compressed file");
  g->inner = inner;
  g->options = *options;
  g->scan = (rf_scan){.inner = inner, .limit = options->limit, .index_bytes = options->index_bytes};
  if (marks->count == 0) {
    rf_status status = rf_indexed_begin(g, err);
    if (status != RF_OK) {
      rf_indexed_close(g);
      return status;
    }
  } else {
    g->marks = *marks;
    g->kept = options->codec == NULL;
    if (marks->complete)
      atomic_store(options->stray, marks->stray);
  }
  *marks = (rf_marks){0};
  *indexed = g;
  return RF_OK;
}

const rf_marks *rf_indexed_marks(const rf_indexed *g) {
  return &g->marks;
}

void rf_indexed_close(rf_indexed *g) {
  if (g != NULL)
    rf_indexed_free(g);
}
