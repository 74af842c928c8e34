/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/fetch_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Cost in bytes of a part in a multirange response: its header, and the work with it. */
#define PART_BYTES ((uint64_t)512)

/* ---- which blocks ---- */

/* Gets the part of a range that goes directly to its destination: the whole blocks of a long read. Empty for others. */
static void direct_part(const rf_fetch_batch *batch, const rf_read_range *range, uint64_t *begin, uint64_t *end) {
  uint64_t unit = batch->cache->block_bytes;
  *begin = *end = range->offset;
  if (range->dest == NULL || range->length < batch->cache->direct_bytes || range->length < 2 * unit)
    return;
  uint64_t over = range->offset % unit;
  *begin = range->offset + (over != 0 ? unit - over : 0);
  *end = range->offset + range->length - (range->offset + range->length) % unit;
}

/* The parts of a range that go through blocks: all of it, or what is before and after the direct part. */
typedef struct {
  uint64_t begin[2];
  uint64_t end[2];
} block_parts;

static block_parts parts_of(const rf_fetch_batch *batch, const rf_read_range *range) {
  uint64_t begin, end, last = range->offset + range->length;
  direct_part(batch, range, &begin, &end);
  if (begin == end)
    return (block_parts){{range->offset, 0}, {last, 0}};
  return (block_parts){{range->offset, end}, {begin, last}};
}

static int by_number(const void *a, const void *b) {
  uint64_t x, y;
  memcpy(&x, a, sizeof x);
  memcpy(&y, b, sizeof y);
  return x < y ? -1 : x > y;
}

/* Counts the blocks of the parts; lists them in `numbers` if that is not NULL. */
static size_t list_blocks(const rf_fetch_batch *batch, const rf_read_range *ranges, size_t count, uint64_t *numbers) {
  uint64_t unit = batch->cache->block_bytes;
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    block_parts parts = parts_of(batch, &ranges[i]);
    for (int k = 0; k < 2; k++) {
      if (parts.begin[k] >= parts.end[k])
        continue;
      for (uint64_t b = parts.begin[k] / unit; b <= (parts.end[k] - 1) / unit; b++, n++)
        if (numbers != NULL)
          numbers[n] = b;
    }
  }
  return n;
}

static rf_status add_extent(rf_fetch_batch *batch, uint64_t first, uint64_t length, rf_fetch_segment segment,
                            rf_error *err) {
  if (batch->extent_count == batch->extent_capacity) {
    size_t capacity = batch->extent_capacity > 0 ? 2 * batch->extent_capacity : 16;
    rf_extent *extents = rf_realloc(batch->extents, capacity * sizeof *extents);
    if (extents != NULL)
      batch->extents = extents;
    rf_fetch_segment *segments = rf_realloc(batch->segments, capacity * sizeof *segments);
    if (segments != NULL)
      batch->segments = segments;
    if (extents == NULL || segments == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu requests", capacity);
    batch->extent_capacity = capacity;
  }
  batch->extents[batch->extent_count] = (rf_extent){first, length, 0};
  batch->segments[batch->extent_count++] = segment;
  return RF_OK;
}

/* Plans the direct parts as extents of at most request_bytes. */
static rf_status plan_direct(rf_fetch_batch *batch, const rf_read_range *ranges, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    uint64_t begin, end;
    direct_part(batch, &ranges[i], &begin, &end);
    for (uint64_t at = begin, n; at < end; at += n) {
      n = end - at < batch->remote->request_bytes ? end - at : batch->remote->request_bytes;
      rf_fetch_segment segment = {.memory = (uint8_t *)ranges[i].dest + (size_t)(at - ranges[i].offset)};
      RF_TRY(add_extent(batch, at, n, segment, err));
    }
  }
  return RF_OK;
}

rf_status rf_fetch_batch_init(rf_fetch_batch *batch, const rf_remote_options *remote, rf_block_cache *cache,
                              uint64_t size, rf_mutex *lock, rf_cond *changed, const rf_read_range *ranges,
                              size_t count, rf_error *err) {
  *batch = (rf_fetch_batch){.remote = remote, .cache = cache, .size = size, .lock = lock, .changed = changed};
  size_t n = list_blocks(batch, ranges, count, NULL);
  batch->numbers = rf_alloc((n + 1) * sizeof *batch->numbers);
  batch->held = rf_alloc_zero(n + 1, sizeof *batch->held);
  rf_status status = batch->numbers == NULL || batch->held == NULL
                         ? rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu blocks", n)
                         : plan_direct(batch, ranges, count, err);
  if (status != RF_OK) {
    rf_fetch_batch_release(batch);
    return status;
  }
  list_blocks(batch, ranges, count, batch->numbers);
  qsort(batch->numbers, n, sizeof *batch->numbers, by_number);
  for (size_t i = 0; i < n; i++)
    if (batch->held_count == 0 || batch->numbers[batch->held_count - 1] != batch->numbers[i])
      batch->numbers[batch->held_count++] = batch->numbers[i];
  for (size_t i = 0; i < count; i++)
    batch->wanted += ranges[i].dest != NULL ? ranges[i].length : 0;
  return RF_OK;
}

rf_status rf_fetch_batch_add_stream(rf_fetch_batch *batch, const rf_fetch_stream *stream, rf_error *err) {
  batch->stream = stream;
  size_t count = 0;
  for (uint64_t at = stream->begin, n; at < stream->end; at += n, count++) {
    n = stream->end - at < stream->request ? stream->end - at : stream->request;
    RF_TRY(add_extent(batch, at, n, (rf_fetch_segment){.streamed = true, .next = count}, err));
  }
  batch->remainders = rf_alloc(count * stream->sink->unit_bytes);
  return batch->remainders != NULL
             ? RF_OK
             : rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu requests", count);
}

void rf_fetch_batch_release(rf_fetch_batch *batch) {
  rf_free(batch->numbers);
  rf_free(batch->held);
  rf_free(batch->owned);
  rf_free(batch->extra);
  rf_free(batch->extents);
  rf_free(batch->segments);
  rf_free(batch->remainders);
  *batch = (rf_fetch_batch){0};
}

/* ---- which requests ---- */

static size_t find_number(const rf_fetch_batch *batch, uint64_t number) {
  size_t low = 0, high = batch->held_count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (batch->numbers[middle] <= number)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* Returns the next missing block from i on; held_count if there is none. */
static size_t next_missing(const rf_fetch_batch *batch, size_t i) {
  while (i < batch->held_count && batch->held[i] != NULL)
    i++;
  return i;
}

/* Finds the run of missing blocks that begins with `i`: *last is its last block. The run includes gaps of up to `gap`
 * blocks. Returns the first missing block after it. */
static size_t end_of_run(const rf_fetch_batch *batch, size_t i, uint64_t gap, size_t *last) {
  uint64_t max = batch->remote->request_bytes / batch->cache->block_bytes;
  uint64_t begin = batch->numbers[i];
  *last = i;
  for (i = next_missing(batch, i + 1); i < batch->held_count; i = next_missing(batch, i + 1)) {
    if (batch->numbers[i] - batch->numbers[*last] - 1 > gap || batch->numbers[i] - begin >= max)
      break;
    *last = i;
  }
  return i;
}

/* Returns the cost of fetching, in bytes, with gaps of up to `gap` blocks. Parallel requests cost one round trip, which
 * is worth gap_bytes. */
static uint64_t cost_of_gap(const rf_fetch_batch *batch, uint64_t gap) {
  uint64_t runs = 0, blocks = 0;
  size_t last;
  for (size_t i = next_missing(batch, 0), next; i < batch->held_count; i = next, runs++) {
    next = end_of_run(batch, i, gap, &last);
    blocks += batch->numbers[last] - batch->numbers[i] + 1;
  }
  uint64_t requests = batch->cache->multirange ? (runs + RF_FETCHER_MAX_RANGES - 1) / RF_FETCHER_MAX_RANGES : runs;
  uint64_t waits = (requests + batch->remote->concurrency - 1) / batch->remote->concurrency;
  uint64_t heads = batch->cache->multirange ? runs * PART_BYTES : 0;
  return waits * batch->remote->gap_bytes + blocks * batch->cache->block_bytes + heads;
}

static uint64_t choose_gap(const rf_fetch_batch *batch, uint64_t *min_cost) {
  uint64_t best = 0, min = UINT64_MAX;
  for (uint64_t gap = 0; gap <= batch->remote->gap_bytes / batch->cache->block_bytes; gap = 2 * gap + 1) {
    uint64_t cost = cost_of_gap(batch, gap);
    if (cost < min) {
      min = cost;
      best = gap;
    }
  }
  *min_cost = min;
  return best;
}

static rf_status own(rf_fetch_batch *batch, rf_block_cache *cache, uint64_t number, rf_block **block, rf_error *err) {
  uint64_t unit = batch->cache->block_bytes, begin = number * unit;
  if (batch->owned_count == batch->owned_capacity) {
    size_t capacity = batch->owned_capacity > 0 ? 2 * batch->owned_capacity : 64;
    rf_block **owned = rf_realloc(batch->owned, capacity * sizeof *owned);
    if (owned != NULL)
      batch->owned = owned;
    rf_block **extra = rf_realloc(batch->extra, capacity * sizeof *extra);
    if (extra != NULL)
      batch->extra = extra;
    if (owned == NULL || extra == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a plan of %zu blocks", capacity);
    batch->owned_capacity = capacity;
  }
  *block = rf_block_cache_add(cache, number, (size_t)(batch->size - begin < unit ? batch->size - begin : unit));
  if (*block == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a block of %llu bytes", (unsigned long long)unit);
  batch->owned[batch->owned_count++] = *block;
  return RF_OK;
}

/* Makes an extent of a run of blocks. Blocks in its gaps are kept, too, if they are not in the cache. */
static rf_status claim_run(rf_fetch_batch *batch, rf_block_cache *cache, size_t i, size_t last, rf_error *err) {
  uint64_t unit = batch->cache->block_bytes, begin = batch->numbers[i], end = batch->numbers[last];
  uint64_t bytes = (end + 1) * unit < batch->size ? (end + 1 - begin) * unit : batch->size - begin * unit;
  RF_TRY(add_extent(batch, begin * unit, bytes, (rf_fetch_segment){.next = batch->owned_count}, err));
  for (uint64_t number = begin; number <= end; number++) {
    while (i < last && batch->numbers[i] < number)
      i++;
    if (batch->numbers[i] == number) {
      if (batch->held[i] == NULL)
        RF_TRY(own(batch, cache, number, &batch->held[i], err));
      continue;
    }
    rf_block *there = rf_block_cache_take(cache, number), *mine;
    if (there != NULL) {
      rf_block_cache_leave(cache, there);
      continue;
    }
    RF_TRY(own(batch, cache, number, &mine, err));
    batch->extra[batch->extra_count++] = mine;
  }
  return RF_OK;
}

/* Makes a small block out of a large one. Returns NULL where there is none, or no memory. */
static rf_block *make_small_block(rf_fetch_batch *batch, rf_block_cache *large, uint64_t number) {
  uint64_t block_bytes = batch->cache->block_bytes, begin = number * block_bytes, within = begin % large->block_bytes;
  uint64_t n = batch->size - begin < block_bytes ? batch->size - begin : block_bytes;
  rf_block *from = rf_block_cache_take(large, begin / large->block_bytes), *made = NULL;
  if (from != NULL && from->ready && within + n <= from->length)
    made = rf_block_cache_add(batch->cache, number, (size_t)n);
  if (made != NULL) {
    memcpy(made->bytes, from->bytes + (size_t)within, (size_t)n);
    rf_block_cache_ready(made);
  }
  if (from != NULL)
    rf_block_cache_leave(large, from);
  return made;
}

void rf_fetch_batch_hold(rf_fetch_batch *batch, rf_block_cache *large) {
  batch->hits = batch->misses = 0;
  for (size_t i = 0; i < batch->held_count; i++) {
    if (batch->held[i] == NULL)
      batch->held[i] = rf_block_cache_take(batch->cache, batch->numbers[i]);
    if (batch->held[i] == NULL && large != NULL)
      batch->held[i] = make_small_block(batch, large, batch->numbers[i]);
    batch->hits += batch->held[i] != NULL;
    batch->misses += batch->held[i] == NULL;
  }
}

uint64_t rf_fetch_batch_cost(const rf_fetch_batch *batch) {
  uint64_t cost;
  choose_gap(batch, &cost);
  return cost;
}

rf_status rf_fetch_batch_claim(rf_fetch_batch *batch, rf_block_cache *large, rf_error *err) {
  rf_fetch_batch_hold(batch, large);
  uint64_t cost, gap = choose_gap(batch, &cost);
  size_t last;
  for (size_t i = next_missing(batch, 0), next; i < batch->held_count; i = next) {
    next = end_of_run(batch, i, gap, &last);
    RF_TRY(claim_run(batch, batch->cache, i, last, err));
  }
  return RF_OK;
}

/* ---- what arrives ---- */

/* Copies n bytes into a block, from byte `within` of it on. */
static void fill_block(rf_fetch_batch *batch, rf_block *block, size_t within, const uint8_t *data, size_t n) {
  memcpy(block->bytes + within, data, n);
  if (within + n < block->length)
    return;
  rf_mutex_lock(batch->lock);
  rf_block_cache_ready(block);
  rf_cond_broadcast(batch->changed);
  rf_mutex_unlock(batch->lock);
}

/* Delivers whole units to the sink; the remainder waits for the rest of its unit. `at` is an offset in the stream. */
static rf_status deliver_units(const rf_fetch_batch *batch, rf_fetch_segment *segment, uint64_t at, const uint8_t *data,
                               size_t n, rf_error *err) {
  const rf_stream_sink *sink = batch->stream->sink;
  uint8_t *remainder = batch->remainders + segment->next * sink->unit_bytes;
  if (segment->remainder_bytes > 0) {
    size_t missing = sink->unit_bytes - segment->remainder_bytes, part = n < missing ? n : missing;
    memcpy(remainder + segment->remainder_bytes, data, part);
    segment->remainder_bytes += part;
    if (part < missing)
      return RF_OK;
    RF_TRY(sink->put(sink->user, at + part - sink->unit_bytes, remainder, sink->unit_bytes, err));
    at += part;
    data += part;
    n -= part;
  }
  segment->remainder_bytes = n % sink->unit_bytes;
  n -= segment->remainder_bytes;
  memcpy(remainder, data + n, segment->remainder_bytes);
  return n > 0 ? sink->put(sink->user, at, data, n, err) : RF_OK;
}

static rf_status copy_to_memory(const rf_fetch_segment *segment, uint64_t received, const uint8_t *bytes, size_t n) {
  memcpy(segment->memory + (size_t)received, bytes, n);
  return RF_OK;
}

/* Returns the block `number` if this batch claimed it, NULL if another batch fetches it. Numbers ascend within an
 * extent. */
static rf_block *next_claimed(const rf_fetch_batch *batch, rf_fetch_segment *segment, uint64_t number) {
  while (segment->next < batch->owned_count && batch->owned[segment->next]->number < number)
    segment->next++;
  rf_block *block = segment->next < batch->owned_count ? batch->owned[segment->next] : NULL;
  return block != NULL && block->number == number ? block : NULL;
}

rf_status rf_fetch_batch_take(void *context, size_t index, const void *data, size_t n, rf_error *err) {
  rf_fetch_batch *batch = context;
  const rf_extent *extent = &batch->extents[index];
  rf_fetch_segment *segment = &batch->segments[index];
  const uint8_t *bytes = data;
  uint64_t block_bytes = batch->cache->block_bytes, offset = extent->offset + extent->received;
  if (segment->streamed)
    return deliver_units(batch, segment, offset - batch->stream->origin, bytes, n, err);
  if (segment->memory != NULL)
    return copy_to_memory(segment, extent->received, bytes, n);
  for (size_t part; n > 0; offset += part, bytes += part, n -= part) {
    size_t start = (size_t)(offset % block_bytes);
    rf_block *block = next_claimed(batch, segment, offset / block_bytes);
    part = (size_t)block_bytes - start < n ? (size_t)block_bytes - start : n;
    if (block != NULL)
      fill_block(batch, block, start, bytes, part);
  }
  return RF_OK;
}

void rf_fetch_batch_finish(rf_fetch_batch *batch) {
  for (size_t i = 0; i < batch->owned_count; i++)
    if (!batch->owned[i]->ready)
      rf_block_cache_drop(batch->cache, batch->owned[i]);
}

static void copy_part(const rf_fetch_batch *batch, const rf_read_range *range, uint64_t begin, uint64_t end) {
  uint64_t unit = batch->cache->block_bytes;
  size_t i = begin < end ? find_number(batch, begin / unit) : 0;
  for (uint64_t at = begin, n; at < end; at += n, i++) {
    uint64_t within = at % unit;
    n = unit - within < end - at ? unit - within : end - at;
    memcpy((uint8_t *)range->dest + (size_t)(at - range->offset), batch->held[i]->bytes + within, (size_t)n);
  }
}

void rf_fetch_batch_copy(const rf_fetch_batch *batch, const rf_read_range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (ranges[i].dest == NULL)
      continue;
    block_parts parts = parts_of(batch, &ranges[i]);
    for (int k = 0; k < 2; k++)
      copy_part(batch, &ranges[i], parts.begin[k], parts.end[k]);
  }
}

void rf_fetch_batch_leave(rf_fetch_batch *batch) {
  rf_block_cache *cache = batch->cache;
  for (size_t i = 0; i < batch->held_count; i++)
    if (batch->held[i] != NULL)
      rf_block_cache_leave(cache, batch->held[i]);
  for (size_t i = 0; i < batch->extra_count; i++)
    rf_block_cache_leave(cache, batch->extra[i]);
}
