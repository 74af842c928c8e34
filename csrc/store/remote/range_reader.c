/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/range_reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/remote/block_cache.h"
#include "store/remote/fetch_batch.h"

/* Reads from here on go past the cache, but for the blocks at their ends: they are hardly ever made twice, and copying
 * them through it would cost as much as a fast network. */
#define DIRECT_BYTES ((uint64_t)8 << 20)
/* Units that have come in part only take no more memory than this. */
#define CARRY_BYTES ((uint64_t)16 << 20)
/* So large a part of a stretch should be wanted that all of it is streamed: one long answer is quicker than many short
 * ones, from a server that is near quicker still. */
#define WANTED_NEAR(length) ((length) / 2)
#define WANTED_FAR(length) ((length) - (length) / 3)
/* Blocks that one round of fetching holds at most. */
#define ROUND_BYTES ((uint64_t)64 << 20)
/* A read that begins so many blocks behind the end of the last one still goes on from there. */
#define NEAR_BLOCKS 4
/* Reads here and there, each of which has to wait for a far server: from this one on each brings its surroundings. */
#define PATIENT_READS 2
/* Files of more times gap_bytes than this are too large for what comes along to be wanted later. */
#define SMALL_TIMES 64
/* Plans of more ranges than this know what they want. */
#define FEW_RANGES 256
/* Where what is wanted lies scattered, several ranges go into one request, and are kept in blocks of this size, which
 * have their share of the cache. */
#define FINE_BYTES ((uint64_t)1 << 10)
#define FINE_SHARE 4
#define FINE_ROUND_BYTES ((uint64_t)16 << 20)

struct rf_ranged {
  rf_fetcher *fetcher;
  uint64_t size;
  uint64_t block_bytes;
  rf_mutex lock; /* of all below */
  rf_cond changed;
  rf_grain coarse;
  rf_grain fine;
  uint64_t last_end; /* of the last single read */
  uint64_t ahead;    /* bytes to read ahead of the next, 0: reads do not follow each other */
  unsigned waits;    /* small plans that had to wait */
};

rf_status rf_ranged_new(rf_fetcher *fetcher, const uint8_t *first, size_t n, rf_ranged **ranged, rf_error *err) {
  rf_ranged *r = rf_alloc_zero(1, sizeof *r);
  if (r == NULL) {
    rf_fetcher_free(fetcher);
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  }
  r->fetcher = fetcher;
  r->size = fetcher->size;
  r->block_bytes = fetcher->remote.block_bytes;
  rf_mutex_init(&r->lock);
  rf_cond_init(&r->changed);
  uint64_t fine_bytes = rf_fetcher_can_together(fetcher) ? fetcher->remote.cache_bytes / FINE_SHARE : 0;
  r->coarse = (rf_grain){.unit = r->block_bytes, .direct_bytes = DIRECT_BYTES};
  r->fine = (rf_grain){.unit = FINE_BYTES, .direct_bytes = UINT64_MAX, .together = true};
  rf_status status = rf_block_cache_init(&r->coarse.cache, fetcher->remote.cache_bytes - fine_bytes, err);
  if (status == RF_OK)
    status = rf_block_cache_init(&r->fine.cache, fine_bytes, err);
  for (uint64_t at = 0; status == RF_OK && at < n; at += r->block_bytes) {
    uint64_t length = r->size - at < r->block_bytes ? r->size - at : r->block_bytes;
    if (length > n - at)
      break;
    rf_block *block = rf_block_add(&r->coarse.cache, at / r->block_bytes, (size_t)length);
    if (block == NULL)
      break; /* a cache need not hold anything */
    memcpy(block->bytes, first + at, (size_t)length);
    rf_block_ready(block);
    rf_block_leave(&r->coarse.cache, block);
  }
  if (status != RF_OK) {
    rf_ranged_free(r);
    return status;
  }
  *ranged = r;
  return RF_OK;
}

void rf_ranged_free(rf_ranged *r) {
  if (r == NULL)
    return;
  rf_block_cache_release(&r->coarse.cache);
  rf_block_cache_release(&r->fine.cache);
  rf_cond_destroy(&r->changed);
  rf_mutex_destroy(&r->lock);
  rf_fetcher_free(r->fetcher);
  rf_free(r);
}

uint64_t rf_ranged_size(const rf_ranged *r) {
  return r->size;
}

void rf_ranged_stats(rf_ranged *r, rf_remote_stats *stats) {
  rf_fetcher *f = r->fetcher;
  rf_mutex_lock(&f->lock);
  *stats = f->stats;
  rf_mutex_unlock(&f->lock);
  stats->file_bytes = r->size;
  stats->ranged = 1;
}

/* ---- a round: the blocks of some ranges, fetched together ---- */

/* What smaller blocks can be made of. */
static rf_grain *coarse_for(rf_ranged *r, const rf_grain *grain) {
  return grain == &r->fine ? &r->coarse : NULL;
}

static rf_status fetch_round(rf_ranged *r, rf_round *round, rf_error *err) {
  bool together = round->grain->together;
  rf_mutex_lock(&r->lock);
  rf_status status = rf_round_claim(round, coarse_for(r, round->grain), err);
  rf_mutex_unlock(&r->lock);
  if (status == RF_OK && round->stretch_count > 0)
    status = rf_fetcher_get(r->fetcher, round->stretches, round->stretch_count, together, rf_round_take, round, err);
  rf_mutex_lock(&r->lock);
  rf_round_finish(round);
  rf_cond_broadcast(&r->changed);
  rf_mutex_unlock(&r->lock);
  return status;
}

/* Waits for blocks that others fetch. False when one of them did not come: it has to be asked for again. */
static bool await_others(rf_ranged *r, const rf_round *round) {
  bool all = true;
  rf_mutex_lock(&r->lock);
  for (size_t i = 0; i < round->held_count; i++) {
    while (!round->held[i]->ready && !round->held[i]->dropped)
      rf_cond_wait(&r->changed, &r->lock);
    all = all && round->held[i]->ready;
  }
  rf_mutex_unlock(&r->lock);
  return all;
}

static void leave_round(rf_ranged *r, rf_round *round) {
  rf_mutex_lock(&r->lock);
  rf_round_leave(round);
  rf_mutex_unlock(&r->lock);
  rf_round_release(round);
}

static rf_status init_round(rf_ranged *r, rf_grain *grain, const rf_range *ranges, size_t count, rf_round *round,
                            rf_error *err) {
  return rf_round_init(round, &r->fetcher->remote, grain, r->size, &r->lock, &r->changed, ranges, count, err);
}

/* Reads `count` ranges, all within the file, which need no more blocks than a round may have. Those without dest are
 * fetched only. `flow`, if there is one, goes to its sink. */
static rf_status read_round(rf_ranged *r, rf_grain *grain, const rf_range *ranges, size_t count,
                            const rf_round_flow *flow, rf_error *err) {
  for (;;) {
    rf_round round;
    RF_TRY(init_round(r, grain, ranges, count, &round, err));
    rf_status status = flow != NULL ? rf_round_stream(&round, flow, err) : RF_OK;
    if (status == RF_OK)
      status = fetch_round(r, &round, err);
    flow = NULL; /* has come, whatever became of blocks */
    bool whole = status == RF_OK && await_others(r, &round);
    if (whole)
      rf_round_copy(&round, ranges, count);
    if (whole)
      rf_fetcher_count(r->fetcher, round.wanted, round.hits, round.misses);
    leave_round(r, &round);
    if (status != RF_OK || whole)
      return status;
  }
}

/* ---- which blocks ---- */

static bool is_coming(rf_grain *grain, const rf_range *range) {
  uint64_t unit = grain->unit, last = range->length > 0 ? (range->offset + range->length - 1) / unit : 0;
  bool coming = true;
  for (uint64_t b = range->offset / unit; coming && range->length > 0 && b <= last; b++) {
    rf_block *block = rf_block_take(&grain->cache, b);
    coming = block != NULL;
    if (coming)
      rf_block_leave(&grain->cache, block);
  }
  return coming;
}

static bool all_coming(rf_ranged *r, rf_grain *grain, const rf_range *ranges, size_t count) {
  bool coming = true;
  rf_mutex_lock(&r->lock);
  for (size_t i = 0; coming && i < count; i++)
    coming = is_coming(grain, &ranges[i]);
  rf_mutex_unlock(&r->lock);
  return coming;
}

/* Are all blocks of these ranges there or on their way? */
static bool are_coming(rf_ranged *r, const rf_range *ranges, size_t count) {
  return all_coming(r, &r->coarse, ranges, count) || all_coming(r, &r->fine, ranges, count);
}

static bool has_blocks(rf_ranged *r, const rf_grain *grain) {
  rf_mutex_lock(&r->lock);
  bool any = grain->cache.block_count > 0;
  rf_mutex_unlock(&r->lock);
  return any;
}

static rf_status find_cost(rf_ranged *r, rf_grain *grain, const rf_range *ranges, size_t count, uint64_t *cost,
                           rf_error *err) {
  rf_round round;
  RF_TRY(init_round(r, grain, ranges, count, &round, err));
  rf_mutex_lock(&r->lock);
  rf_round_hold(&round, coarse_for(r, grain));
  *cost = rf_round_cost(&round);
  rf_mutex_unlock(&r->lock);
  leave_round(r, &round);
  return RF_OK;
}

/* Small blocks, where they save more than half of what a wait is worth: what comes with large ones may be wanted, too.
 */
static rf_status choose_grain(rf_ranged *r, const rf_range *ranges, size_t count, rf_grain **grain, rf_error *err) {
  uint64_t coarse, fine;
  *grain = &r->coarse;
  if (count == 0 || !rf_fetcher_can_together(r->fetcher) || all_coming(r, &r->coarse, ranges, count))
    return RF_OK;
  RF_TRY(find_cost(r, &r->coarse, ranges, count, &coarse, err));
  uint64_t least = r->fetcher->remote.gap_bytes / 2;
  if (coarse <= 3 * least && !has_blocks(r, &r->fine))
    return RF_OK;
  RF_TRY(find_cost(r, &r->fine, ranges, count, &fine, err));
  if (fine == 0 || fine + least < coarse)
    *grain = &r->fine;
  return RF_OK;
}

static uint64_t blocks_of(const rf_grain *grain, const rf_range *range) {
  uint64_t n = range->length;
  return n >= grain->direct_bytes && range->dest != NULL ? 2 : n / grain->unit + 2;
}

/* How many ranges have no more than `most` blocks together; at least one. */
static size_t fitting(const rf_grain *grain, const rf_range *ranges, size_t count, uint64_t most) {
  uint64_t blocks = 0;
  size_t n = 0;
  for (; n < count; n++) {
    uint64_t more = blocks_of(grain, &ranges[n]);
    if (n > 0 && blocks + more > most)
      break;
    blocks += more;
  }
  return n;
}

/* The same for small blocks: none, where ranges are as long as a large one. */
static size_t fitting_fine(const rf_ranged *r, const rf_range *ranges, size_t count) {
  uint64_t budget = r->fine.cache.limit / 2 < FINE_ROUND_BYTES ? r->fine.cache.limit / 2 : FINE_ROUND_BYTES;
  size_t n = 0;
  while (n < count && ranges[n].length < r->block_bytes)
    n++;
  return n > 0 && budget > 0 && r->block_bytes > 4 * FINE_BYTES ? fitting(&r->fine, ranges, n, budget / FINE_BYTES) : 0;
}

/* Ranges in rounds, each as many as its blocks allow; a longer one for the cache only is cut. */
static rf_status read_rounds(rf_ranged *r, const rf_range *ranges, size_t count, rf_error *err) {
  uint64_t budget = r->fetcher->remote.cache_bytes / 2 < ROUND_BYTES ? r->fetcher->remote.cache_bytes / 2 : ROUND_BYTES;
  uint64_t most = budget / r->block_bytes > 8 ? budget / r->block_bytes : 8;
  for (size_t first = 0, n; first < count; first += n) {
    rf_grain *grain;
    n = fitting_fine(r, ranges + first, count - first);
    RF_TRY(choose_grain(r, ranges + first, n, &grain, err));
    if (grain == &r->fine) {
      rf_error failure;
      rf_error_clear(&failure);
      rf_status status = read_round(r, grain, ranges + first, n, NULL, &failure);
      if (status == RF_OK)
        continue;
      if (status != RF_ERR_UNSUPPORTED && err != NULL && err->code == RF_OK)
        *err = failure;
      if (status != RF_ERR_UNSUPPORTED)
        return status;
    }
    n = fitting(&r->coarse, ranges + first, count - first, most);
    RF_TRY(read_round(r, &r->coarse, ranges + first, n, NULL, err));
  }
  return RF_OK;
}

/* ---- the calls of a store ---- */

/* What to fetch along with a small plan: while its answer is waited for, gap_bytes more could come. So that is what the
 * chance is worth that the next plan finds its blocks there; at worst it doubles the time. Length 0: nothing. */
static rf_range surroundings(rf_ranged *r, const rf_range *ranges, size_t count) {
  const rf_remote_options *remote = &r->fetcher->remote;
  const rf_range nothing = {0, 0, NULL};
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
  uint64_t begin = (low + (high - low) / 2) / unit * unit; /* on a grid: no two of these overlap */
  uint64_t left = r->size - begin;
  return patient ? nothing : (rf_range){begin, (size_t)(left < unit ? left : unit), NULL};
}

static rf_status read_with(rf_ranged *r, const rf_range *ranges, size_t count, rf_range more, rf_error *err) {
  rf_range *all = rf_alloc((count + 1) * sizeof *all);
  if (all == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu ranges", count + 1);
  memcpy(all, ranges, count * sizeof *all);
  all[count] = more;
  rf_status status = read_rounds(r, all, count + 1, err);
  rf_free(all);
  return status;
}

rf_status rf_ranged_read_many(rf_ranged *r, const rf_range *ranges, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    uint64_t offset = ranges[i].offset, there = offset < r->size ? r->size - offset : 0;
    if (ranges[i].length > there) {
      rf_error_at(err, (int64_t)offset);
      return rf_fail(err, RF_ERR_TRUNCATED,
                     "%zu bytes are wanted at offset %llu, but the file ends there after %llu: %llu bytes are missing",
                     ranges[i].length, (unsigned long long)offset, (unsigned long long)there,
                     (unsigned long long)(ranges[i].length - there));
    }
  }
  rf_range more = surroundings(r, ranges, count);
  return more.length > 0 ? read_with(r, ranges, count, more, err) : read_rounds(r, ranges, count, err);
}

/* How much to read ahead of a read that begins where the last one ended, or a little behind: twice as much each time.
 */
static uint64_t look_ahead(rf_ranged *r, uint64_t offset, uint64_t n) {
  const rf_remote_options *remote = &r->fetcher->remote;
  rf_mutex_lock(&r->lock);
  uint64_t from = r->last_end > r->block_bytes ? r->last_end - r->block_bytes : 0;
  bool follows = r->last_end > 0 && offset >= from && offset - from <= (NEAR_BLOCKS + 1) * r->block_bytes;
  uint64_t most = remote->request_bytes < remote->cache_bytes / 4 ? remote->request_bytes : remote->cache_bytes / 4;
  if (!follows)
    r->ahead = 0;
  else if (r->ahead == 0)
    r->ahead = 2 * r->block_bytes;
  else if (r->ahead < most)
    r->ahead *= 2;
  r->last_end = offset + n;
  uint64_t ahead = r->ahead < most ? r->ahead : most;
  rf_mutex_unlock(&r->lock);
  return ahead;
}

rf_status rf_ranged_read_at(rf_ranged *r, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  if (offset >= r->size || n == 0) {
    *got = 0;
    return RF_OK;
  }
  if (n > r->size - offset)
    n = (size_t)(r->size - offset);
  rf_range ranges[2] = {{offset, n, buffer}, {offset + n, 0, NULL}};
  size_t count = 1;
  if (n < DIRECT_BYTES) {
    uint64_t ahead = look_ahead(r, offset, n), left = r->size - offset - n;
    ahead = ahead < left ? ahead : left;
    if (ahead > 0 && !are_coming(r, ranges, 1)) {
      ranges[1].length = (size_t)ahead;
      count = 2;
    }
  }
  RF_TRY(read_rounds(r, ranges, count, err));
  *got = n;
  return RF_OK;
}

rf_status rf_ranged_prefetch(rf_ranged *r, const rf_range *ranges, size_t count, rf_error *err) {
  rf_range *inside = rf_alloc(count * sizeof *inside);
  uint64_t room = r->fetcher->remote.cache_bytes / 2;
  size_t n = 0;
  if (inside == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu ranges", count);
  for (size_t i = 0; i < count && room > 0; i++) {
    if (ranges[i].offset >= r->size || ranges[i].length == 0)
      continue;
    uint64_t length = r->size - ranges[i].offset < ranges[i].length ? r->size - ranges[i].offset : ranges[i].length;
    length = length < room ? length : room; /* what does not fit would only push out what was fetched before it */
    room -= room - length < 2 * FINE_BYTES ? room : length + 2 * FINE_BYTES;
    inside[n++] = (rf_range){ranges[i].offset, (size_t)length, NULL};
  }
  rf_status status = read_rounds(r, inside, n, err);
  rf_free(inside);
  return status;
}

/* ---- streams ---- */

/* What is before and behind the flow, its first and last block, goes to the sink from these bytes. */
static rf_status stream_with_ends(rf_ranged *r, const rf_round_flow *flow, rf_range ends[2], rf_error *err) {
  const rf_stream_sink *sink = flow->sink;
  size_t first = ends[0].length > 0 ? 0 : 1, count = (ends[1].length > 0 ? 2 : 1) - first;
  RF_TRY(read_round(r, &r->coarse, ends + first, count, flow, err));
  uint64_t counted = ends[0].length + ends[1].length; /* by the round */
  rf_fetcher_count(r->fetcher, sink->wanted_bytes > counted ? sink->wanted_bytes - counted : 0, 0, 0);
  for (int i = 0; i < 2; i++)
    if (ends[i].length > 0)
      RF_TRY(sink->put(sink->user, ends[i].offset - flow->origin, ends[i].dest, ends[i].length, err));
  return RF_OK;
}

rf_status rf_ranged_stream(rf_ranged *r, uint64_t offset, uint64_t length, const rf_stream_sink *sink, int *streamed,
                           rf_error *err) {
  bool is_near = rf_fetcher_is_near(r->fetcher);
  uint64_t block = r->block_bytes, request = is_near ? r->fetcher->stream_bytes : r->fetcher->remote.request_bytes;
  request -= request % sink->unit_bytes;
  if (length < DIRECT_BYTES || length < 2 * block || offset > r->size || length > r->size - offset || request == 0 ||
      length / request >= CARRY_BYTES / sink->unit_bytes ||
      sink->wanted_bytes < (is_near ? WANTED_NEAR(length) : WANTED_FAR(length)))
    return RF_OK;
  *streamed = 1;
  /* The units that lie in the first block, unless all of it does, and in the last one: the latter is wanted, too, for
   * the header that follows. From a server that is near one request is quicker than two. */
  size_t before = is_near ? 0 : (size_t)((block - offset % block) % block);
  size_t behind = is_near ? 0 : (size_t)((offset + length) % block);
  before -= before % sink->unit_bytes;
  behind -= behind % sink->unit_bytes;
  rf_round_flow flow = {sink, offset, offset + before, offset + length - behind, request};
  uint8_t *bytes = rf_alloc(before + behind);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu bytes of a file", before + behind);
  rf_range ends[2] = {{offset, before, bytes}, {flow.end, behind, bytes + before}};
  rf_status status = stream_with_ends(r, &flow, ends, err);
  rf_free(bytes);
  return status;
}
