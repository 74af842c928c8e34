/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/range_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/remote/block_cache.h"
#include "store/remote/fetch_batch.h"

/* Reads of this size or more bypass the cache, except for the blocks at their ends: such reads are rarely repeated, and
 * copying through the cache costs as much as a fast network. */
#define DIRECT_BYTES ((uint64_t)8 << 20)
/* Most memory for incomplete units. */
#define REMAINDER_BYTES ((uint64_t)16 << 20)
/* Least part of a range that must be wanted for streaming all of it: one long response is faster than many short ones,
 * and more so from a near server. */
#define WANTED_NEAR(length) ((length) / 2)
#define WANTED_FAR(length) ((length) - (length) / 3)
/* Limit of the blocks in one batch. */
#define BATCH_BYTES ((uint64_t)64 << 20)
/* A read that begins at most this many blocks after the last one continues it. */
#define NEAR_BLOCKS 4
/* Number of small scattered reads from a far server after which each read fetches its surroundings, too. */
#define PATIENT_READS 2
/* Files of more than this many times gap_bytes are too large for surroundings to be of use. */
#define SMALL_TIMES 64
/* Plans of more ranges get no surroundings. */
#define FEW_RANGES 256
/* Scattered ranges go into multirange requests and into small blocks of this size, which get a share of the cache. */
#define SMALL_BYTES ((uint64_t)1 << 10)
#define SMALL_SHARE 4
#define SMALL_BATCH_BYTES ((uint64_t)16 << 20)

struct rf_range_reader {
  rf_fetcher *fetcher;
  uint64_t size;
  uint64_t block_bytes;
  rf_mutex lock; /* of the following members */
  rf_cond changed;
  rf_block_cache large;
  rf_block_cache small;
  uint64_t last_end; /* of the last single read */
  uint64_t ahead;    /* bytes to read ahead, 0: reads are not sequential */
  unsigned waits;    /* number of small plans that waited */
};

rf_status rf_range_reader_new(rf_fetcher *fetcher, const uint8_t *first, size_t n, rf_range_reader **reader,
                              rf_error *err) {
  rf_range_reader *r = rf_alloc_zero(1, sizeof *r);
  if (r == NULL) {
    rf_fetcher_free(fetcher);
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  }
  r->fetcher = fetcher;
  r->size = fetcher->size;
  r->block_bytes = fetcher->remote.block_bytes;
  rf_mutex_init(&r->lock);
  rf_cond_init(&r->changed);
  uint64_t small = rf_fetcher_has_multirange(fetcher) ? fetcher->remote.cache_bytes / SMALL_SHARE : 0;
  rf_status status = rf_block_cache_init(&r->large, r->block_bytes, fetcher->remote.cache_bytes - small, err);
  if (status == RF_OK)
    status = rf_block_cache_init(&r->small, SMALL_BYTES, small, err);
  r->large.direct_bytes = DIRECT_BYTES;
  r->small.direct_bytes = UINT64_MAX;
  r->small.multirange = true;
  for (uint64_t at = 0; status == RF_OK && at < n; at += r->block_bytes) {
    uint64_t length = r->size - at < r->block_bytes ? r->size - at : r->block_bytes;
    if (length > n - at)
      break;
    rf_block *block = rf_block_cache_add(&r->large, at / r->block_bytes, (size_t)length);
    if (block == NULL)
      break; /* the cache may be empty */
    memcpy(block->bytes, first + at, (size_t)length);
    rf_block_cache_ready(block);
    rf_block_cache_leave(&r->large, block);
  }
  if (status != RF_OK) {
    rf_range_reader_free(r);
    return status;
  }
  *reader = r;
  return RF_OK;
}

void rf_range_reader_free(rf_range_reader *r) {
  if (r == NULL)
    return;
  rf_block_cache_release(&r->large);
  rf_block_cache_release(&r->small);
  rf_cond_destroy(&r->changed);
  rf_mutex_destroy(&r->lock);
  rf_fetcher_free(r->fetcher);
  rf_free(r);
}

uint64_t rf_range_reader_size(const rf_range_reader *r) {
  return r->size;
}

void rf_range_reader_stats(rf_range_reader *r, rf_remote_stats *stats) {
  rf_fetcher *f = r->fetcher;
  rf_mutex_lock(&f->lock);
  *stats = f->stats;
  rf_mutex_unlock(&f->lock);
  stats->file_bytes = r->size;
  stats->ranged = 1;
}

/* ---- a round: the blocks of some ranges, fetched together ---- */

/* Returns the cache whose blocks can be split into those of `cache`, or NULL. */
static rf_block_cache *larger_cache(rf_range_reader *r, const rf_block_cache *cache) {
  return cache == &r->small ? &r->large : NULL;
}

static rf_status run_batch(rf_range_reader *r, rf_fetch_batch *batch, rf_error *err) {
  bool multirange = batch->cache->multirange;
  rf_mutex_lock(&r->lock);
  rf_status status = rf_fetch_batch_claim(batch, larger_cache(r, batch->cache), err);
  rf_mutex_unlock(&r->lock);
  if (status == RF_OK && batch->extent_count > 0)
    status =
        rf_fetcher_get(r->fetcher, batch->extents, batch->extent_count, multirange, rf_fetch_batch_take, batch, err);
  rf_mutex_lock(&r->lock);
  rf_fetch_batch_finish(batch);
  rf_cond_broadcast(&r->changed);
  rf_mutex_unlock(&r->lock);
  return status;
}

/* Waits for blocks that other batches fetch. Returns false if one of them did not arrive and must be fetched again. */
static bool await_others(rf_range_reader *r, const rf_fetch_batch *batch) {
  bool all = true;
  rf_mutex_lock(&r->lock);
  for (size_t i = 0; i < batch->held_count; i++) {
    while (!batch->held[i]->ready && !batch->held[i]->dropped)
      rf_cond_wait(&r->changed, &r->lock);
    all = all && batch->held[i]->ready;
  }
  rf_mutex_unlock(&r->lock);
  return all;
}

static void leave_batch(rf_range_reader *r, rf_fetch_batch *batch) {
  rf_mutex_lock(&r->lock);
  rf_fetch_batch_leave(batch);
  rf_mutex_unlock(&r->lock);
  rf_fetch_batch_release(batch);
}

static rf_status init_batch(rf_range_reader *r, rf_block_cache *cache, const rf_read_range *ranges, size_t count,
                            rf_fetch_batch *batch, rf_error *err) {
  return rf_fetch_batch_init(batch, &r->fetcher->remote, cache, r->size, &r->lock, &r->changed, ranges, count, err);
}

/* Reads `count` ranges within the file that fit a batch. Ranges without dest are only fetched. `stream`, if not NULL,
 * goes to its sink. */
static rf_status read_batch(rf_range_reader *r, rf_block_cache *cache, const rf_read_range *ranges, size_t count,
                            const rf_fetch_stream *stream, rf_error *err) {
  for (;;) {
    rf_fetch_batch batch;
    RF_TRY(init_batch(r, cache, ranges, count, &batch, err));
    rf_status status = stream != NULL ? rf_fetch_batch_add_stream(&batch, stream, err) : RF_OK;
    if (status == RF_OK)
      status = run_batch(r, &batch, err);
    stream = NULL; /* delivered, even if blocks are missing */
    bool whole = status == RF_OK && await_others(r, &batch);
    if (whole)
      rf_fetch_batch_copy(&batch, ranges, count);
    if (whole)
      rf_fetcher_count(r->fetcher, batch.wanted, batch.hits, batch.misses);
    leave_batch(r, &batch);
    if (status != RF_OK || whole)
      return status;
  }
}

/* ---- which blocks ---- */

static bool is_coming(rf_block_cache *cache, const rf_read_range *range) {
  uint64_t unit = cache->block_bytes, last = range->length > 0 ? (range->offset + range->length - 1) / unit : 0;
  bool coming = true;
  for (uint64_t b = range->offset / unit; coming && range->length > 0 && b <= last; b++) {
    rf_block *block = rf_block_cache_take(cache, b);
    coming = block != NULL;
    if (coming)
      rf_block_cache_leave(cache, block);
  }
  return coming;
}

static bool all_coming(rf_range_reader *r, rf_block_cache *cache, const rf_read_range *ranges, size_t count) {
  bool coming = true;
  rf_mutex_lock(&r->lock);
  for (size_t i = 0; coming && i < count; i++)
    coming = is_coming(cache, &ranges[i]);
  rf_mutex_unlock(&r->lock);
  return coming;
}

/* Tells whether all blocks of these ranges are in the cache, ready or in transfer. */
static bool are_coming(rf_range_reader *r, const rf_read_range *ranges, size_t count) {
  return all_coming(r, &r->large, ranges, count) || all_coming(r, &r->small, ranges, count);
}

static bool has_blocks(rf_range_reader *r, const rf_block_cache *cache) {
  rf_mutex_lock(&r->lock);
  bool any = cache->block_count > 0;
  rf_mutex_unlock(&r->lock);
  return any;
}

static rf_status find_cost(rf_range_reader *r, rf_block_cache *cache, const rf_read_range *ranges, size_t count,
                           uint64_t *cost, rf_error *err) {
  rf_fetch_batch batch;
  RF_TRY(init_batch(r, cache, ranges, count, &batch, err));
  rf_mutex_lock(&r->lock);
  rf_fetch_batch_hold(&batch, larger_cache(r, cache));
  *cost = rf_fetch_batch_cost(&batch);
  rf_mutex_unlock(&r->lock);
  leave_batch(r, &batch);
  return RF_OK;
}

/* Chooses small blocks if they save more than half the cost of a round trip: the bytes of large blocks may be of use
 * later. */
static rf_status choose_cache(rf_range_reader *r, const rf_read_range *ranges, size_t count, rf_block_cache **cache,
                              rf_error *err) {
  uint64_t large, small;
  *cache = &r->large;
  if (count == 0 || !rf_fetcher_has_multirange(r->fetcher) || all_coming(r, &r->large, ranges, count))
    return RF_OK;
  RF_TRY(find_cost(r, &r->large, ranges, count, &large, err));
  uint64_t min = r->fetcher->remote.gap_bytes / 2;
  if (large <= 3 * min && !has_blocks(r, &r->small))
    return RF_OK;
  RF_TRY(find_cost(r, &r->small, ranges, count, &small, err));
  if (small == 0 || small + min < large)
    *cache = &r->small;
  return RF_OK;
}

static uint64_t blocks_of(const rf_block_cache *cache, const rf_read_range *range) {
  uint64_t n = range->length;
  return n >= cache->direct_bytes && range->dest != NULL ? 2 : n / cache->block_bytes + 2;
}

/* Returns the number of ranges that have at most `max` blocks together; at least one. */
static size_t fitting(const rf_block_cache *cache, const rf_read_range *ranges, size_t count, uint64_t max) {
  uint64_t blocks = 0;
  size_t n = 0;
  for (; n < count; n++) {
    uint64_t more = blocks_of(cache, &ranges[n]);
    if (n > 0 && blocks + more > max)
      break;
    blocks += more;
  }
  return n;
}

/* Returns the same for small blocks, up to the first range as long as a large block. */
static size_t fitting_small(const rf_range_reader *r, const rf_read_range *ranges, size_t count) {
  uint64_t budget = r->small.limit / 2 < SMALL_BATCH_BYTES ? r->small.limit / 2 : SMALL_BATCH_BYTES;
  size_t n = 0;
  while (n < count && ranges[n].length < r->block_bytes)
    n++;
  return n > 0 && budget > 0 && r->block_bytes > 4 * SMALL_BYTES ? fitting(&r->small, ranges, n, budget / SMALL_BYTES)
                                                                 : 0;
}

/* Reads ranges in batches, each with as many ranges as its blocks allow. */
static rf_status read_batches(rf_range_reader *r, const rf_read_range *ranges, size_t count, rf_error *err) {
  uint64_t budget = r->fetcher->remote.cache_bytes / 2 < BATCH_BYTES ? r->fetcher->remote.cache_bytes / 2 : BATCH_BYTES;
  uint64_t max = budget / r->block_bytes > 8 ? budget / r->block_bytes : 8;
  for (size_t first = 0, n; first < count; first += n) {
    rf_block_cache *cache;
    n = fitting_small(r, ranges + first, count - first);
    RF_TRY(choose_cache(r, ranges + first, n, &cache, err));
    if (cache == &r->small) {
      rf_error failure;
      rf_error_clear(&failure);
      rf_status status = read_batch(r, cache, ranges + first, n, NULL, &failure);
      if (status == RF_OK)
        continue;
      if (status != RF_ERR_UNSUPPORTED && err != NULL && err->code == RF_OK)
        *err = failure;
      if (status != RF_ERR_UNSUPPORTED)
        return status;
    }
    n = fitting(&r->large, ranges + first, count - first, max);
    RF_TRY(read_batch(r, &r->large, ranges + first, n, NULL, err));
  }
  return RF_OK;
}

/* ---- the calls of a store ---- */

/* Returns the range to fetch in addition to a small plan; length 0: none. During a round trip gap_bytes could be
 * transferred, which is the value of the chance that the next plan finds its blocks. At worst this doubles the time. */
static rf_read_range surroundings(rf_range_reader *r, const rf_read_range *ranges, size_t count) {
  const rf_remote_options *remote = &r->fetcher->remote;
  const rf_read_range nothing = {0, 0, NULL};
  uint64_t unit = remote->gap_bytes, low = UINT64_MAX, high = 0;
  if (count > FEW_RANGES || unit > remote->cache_bytes / 8 || r->size / SMALL_TIMES > unit ||
      rf_fetcher_is_near(r->fetcher))
    return nothing;
  for (size_t i = 0; i < count; i++) {
    low = ranges[i].offset < low ? ranges[i].offset : low;
    high = ranges[i].offset + ranges[i].length > high ? ranges[i].offset + ranges[i].length : high;
  }
  if (low >= high || high - low > unit || are_coming(r, ranges, count))
    return nothing;
  rf_mutex_lock(&r->lock);
  bool patient = r->waits < PATIENT_READS;
  r->waits += patient;
  rf_mutex_unlock(&r->lock);
  uint64_t begin = (low + (high - low) / 2) / unit * unit; /* on a grid, so that surroundings do not overlap */
  uint64_t left = r->size - begin;
  return patient ? nothing : (rf_read_range){begin, (size_t)(left < unit ? left : unit), NULL};
}

static rf_status read_with(rf_range_reader *r, const rf_read_range *ranges, size_t count, rf_read_range more,
                           rf_error *err) {
  rf_read_range *all = rf_alloc((count + 1) * sizeof *all);
  if (all == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu ranges", count + 1);
  memcpy(all, ranges, count * sizeof *all);
  all[count] = more;
  rf_status status = read_batches(r, all, count + 1, err);
  rf_free(all);
  return status;
}

rf_status rf_range_reader_read_many(rf_range_reader *r, const rf_read_range *ranges, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    uint64_t offset = ranges[i].offset, there = offset < r->size ? r->size - offset : 0;
    if (ranges[i].length > there) {
      rf_error_at(err, (int64_t)offset);
      return rf_fail(err, RF_ERR_TRUNCATED, "expected %zu bytes at offset %llu, found %llu: %llu bytes are missing",
                     ranges[i].length, (unsigned long long)offset, (unsigned long long)there,
                     (unsigned long long)(ranges[i].length - there));
    }
  }
  rf_read_range more = surroundings(r, ranges, count);
  return more.length > 0 ? read_with(r, ranges, count, more, err) : read_batches(r, ranges, count, err);
}

/* Returns how much to read ahead. It doubles with each read that begins at the end of the last one, or a little after.
 */
static uint64_t look_ahead(rf_range_reader *r, uint64_t offset, uint64_t n) {
  const rf_remote_options *remote = &r->fetcher->remote;
  rf_mutex_lock(&r->lock);
  uint64_t from = r->last_end > r->block_bytes ? r->last_end - r->block_bytes : 0;
  bool follows = r->last_end > 0 && offset >= from && offset - from <= (NEAR_BLOCKS + 1) * r->block_bytes;
  uint64_t max = remote->request_bytes < remote->cache_bytes / 4 ? remote->request_bytes : remote->cache_bytes / 4;
  if (!follows)
    r->ahead = 0;
  else if (r->ahead == 0)
    r->ahead = 2 * r->block_bytes;
  else if (r->ahead < max)
    r->ahead *= 2;
  r->last_end = offset + n;
  uint64_t ahead = r->ahead < max ? r->ahead : max;
  rf_mutex_unlock(&r->lock);
  return ahead;
}

rf_status rf_range_reader_read_at(rf_range_reader *r, uint64_t offset, void *buffer, size_t n, size_t *got,
                                  rf_error *err) {
  if (offset >= r->size || n == 0) {
    *got = 0;
    return RF_OK;
  }
  if (n > r->size - offset)
    n = (size_t)(r->size - offset);
  rf_read_range ranges[2] = {{offset, n, buffer}, {offset + n, 0, NULL}};
  size_t count = 1;
  if (n < DIRECT_BYTES) {
    uint64_t ahead = look_ahead(r, offset, n), left = r->size - offset - n;
    ahead = ahead < left ? ahead : left;
    if (ahead > 0 && !are_coming(r, ranges, 1)) {
      ranges[1].length = (size_t)ahead;
      count = 2;
    }
  }
  RF_TRY(read_batches(r, ranges, count, err));
  *got = n;
  return RF_OK;
}

rf_status rf_range_reader_prefetch(rf_range_reader *r, const rf_range *ranges, size_t count, rf_error *err) {
  rf_read_range *inside = rf_alloc(count * sizeof *inside);
  uint64_t room = r->fetcher->remote.cache_bytes / 2;
  size_t n = 0;
  if (inside == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu ranges", count);
  for (size_t i = 0; i < count && room > 0; i++) {
    if (ranges[i].offset >= r->size || ranges[i].length == 0)
      continue;
    uint64_t length = r->size - ranges[i].offset < ranges[i].length ? r->size - ranges[i].offset : ranges[i].length;
    length = length < room ? length : room; /* more than that would displace what was fetched before */
    room -= room - length < 2 * SMALL_BYTES ? room : length + 2 * SMALL_BYTES;
    inside[n++] = (rf_read_range){ranges[i].offset, (size_t)length, NULL};
  }
  rf_status status = read_batches(r, inside, n, err);
  rf_free(inside);
  return status;
}

/* ---- streams ---- */

/* Streams, with the first and last block of the stream from the cache. */
static rf_status stream_with_ends(rf_range_reader *r, const rf_fetch_stream *stream, rf_read_range ends[2],
                                  rf_error *err) {
  const rf_stream_sink *sink = stream->sink;
  size_t first = ends[0].length > 0 ? 0 : 1, count = (ends[1].length > 0 ? 2 : 1) - first;
  RF_TRY(read_batch(r, &r->large, ends + first, count, stream, err));
  uint64_t counted = ends[0].length + ends[1].length; /* by the batch */
  rf_fetcher_count(r->fetcher, sink->wanted_bytes > counted ? sink->wanted_bytes - counted : 0, 0, 0);
  for (int i = 0; i < 2; i++)
    if (ends[i].length > 0)
      RF_TRY(sink->put(sink->user, ends[i].offset - stream->origin, ends[i].dest, ends[i].length, err));
  return RF_OK;
}

rf_status rf_range_reader_stream(rf_range_reader *r, rf_range range, const rf_stream_sink *sink, int *streamed,
                                 rf_error *err) {
  uint64_t offset = range.offset, length = range.length;
  bool is_near = rf_fetcher_is_near(r->fetcher);
  uint64_t block = r->block_bytes, request = is_near ? r->fetcher->stream_bytes : r->fetcher->remote.request_bytes;
  request -= request % sink->unit_bytes;
  if (length < DIRECT_BYTES || length < 2 * block || offset > r->size || length > r->size - offset || request == 0 ||
      length / request >= REMAINDER_BYTES / sink->unit_bytes ||
      sink->wanted_bytes < (is_near ? WANTED_NEAR(length) : WANTED_FAR(length)))
    return RF_OK;
  *streamed = 1;
  /* Units in the first block, unless it is whole, and in the last block go through the cache: the last block often has
   * the next header. From a near server one request is faster than two. */
  size_t before = is_near ? 0 : (size_t)((block - offset % block) % block);
  size_t behind = is_near ? 0 : (size_t)((offset + length) % block);
  before -= before % sink->unit_bytes;
  behind -= behind % sink->unit_bytes;
  rf_fetch_stream stream = {sink, offset, offset + before, offset + length - behind, request};
  uint8_t *bytes = rf_alloc(before + behind);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a file", before + behind);
  rf_read_range ends[2] = {{offset, before, bytes}, {stream.end, behind, bytes + before}};
  rf_status status = stream_with_ends(r, &stream, ends, err);
  rf_free(bytes);
  return status;
}
