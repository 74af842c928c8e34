/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/fetch_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* What a range among several costs: its header, and the work with it. */
#define PART_BYTES ((uint64_t)512)

/* ---- which blocks ---- */

/* The part of a range that goes straight to its destination: whole blocks of a long read. Empty for others. */
static void direct_part(const rf_round *round, const rf_range *range, uint64_t *begin, uint64_t *end) {
  uint64_t unit = round->grain->unit;
  *begin = *end = range->offset;
  if (range->dest == NULL || range->length < round->grain->direct_bytes || range->length < 2 * unit)
    return;
  uint64_t over = range->offset % unit;
  *begin = range->offset + (over != 0 ? unit - over : 0);
  *end = range->offset + range->length - (range->offset + range->length) % unit;
}

/* The stretches of a range that go through blocks: all of it, or what is before and behind the direct part. */
typedef struct {
  uint64_t begin[2];
  uint64_t end[2];
} block_parts;

static block_parts parts_of(const rf_round *round, const rf_range *range) {
  uint64_t begin, end, last = range->offset + range->length;
  direct_part(round, range, &begin, &end);
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

/* How many blocks the parts have, or (numbers not NULL) which. */
static size_t list_blocks(const rf_round *round, const rf_range *ranges, size_t count, uint64_t *numbers) {
  uint64_t unit = round->grain->unit;
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    block_parts parts = parts_of(round, &ranges[i]);
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

static rf_status add_stretch(rf_round *round, uint64_t first, uint64_t length, rf_round_piece piece, rf_error *err) {
  if (round->stretch_count == round->stretch_capacity) {
    size_t capacity = round->stretch_capacity > 0 ? 2 * round->stretch_capacity : 16;
    rf_stretch *stretches = rf_realloc(round->stretches, capacity * sizeof *stretches);
    if (stretches != NULL)
      round->stretches = stretches;
    rf_round_piece *pieces = rf_realloc(round->pieces, capacity * sizeof *pieces);
    if (pieces != NULL)
      round->pieces = pieces;
    if (stretches == NULL || pieces == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu requests", capacity);
    round->stretch_capacity = capacity;
  }
  round->stretches[round->stretch_count] = (rf_stretch){first, length, 0};
  round->pieces[round->stretch_count++] = piece;
  return RF_OK;
}

/* The direct parts, in requests that are not too long. Few long ones are cut further, so that all connections have
 * some. */
static rf_status plan_direct(rf_round *round, const rf_range *ranges, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    uint64_t begin, end;
    direct_part(round, &ranges[i], &begin, &end);
    for (uint64_t at = begin, n; at < end; at += n) {
      n = end - at < round->remote->request_bytes ? end - at : round->remote->request_bytes;
      rf_round_piece piece = {.direct = (uint8_t *)ranges[i].dest + (size_t)(at - ranges[i].offset)};
      RF_TRY(add_stretch(round, at, n, piece, err));
    }
  }
  return RF_OK;
}

rf_status rf_round_init(rf_round *round, const rf_remote_options *remote, rf_grain *grain, uint64_t size,
                        rf_mutex *lock, rf_cond *changed, const rf_range *ranges, size_t count, rf_error *err) {
  *round = (rf_round){.remote = remote, .grain = grain, .size = size, .lock = lock, .changed = changed};
  size_t n = list_blocks(round, ranges, count, NULL);
  round->numbers = rf_alloc((n + 1) * sizeof *round->numbers);
  round->held = rf_alloc_zero(n + 1, sizeof *round->held);
  rf_status status = round->numbers == NULL || round->held == NULL
                         ? rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu blocks", n)
                         : plan_direct(round, ranges, count, err);
  if (status != RF_OK) {
    rf_round_release(round);
    return status;
  }
  list_blocks(round, ranges, count, round->numbers);
  qsort(round->numbers, n, sizeof *round->numbers, by_number);
  for (size_t i = 0; i < n; i++)
    if (round->held_count == 0 || round->numbers[round->held_count - 1] != round->numbers[i])
      round->numbers[round->held_count++] = round->numbers[i];
  for (size_t i = 0; i < count; i++)
    round->wanted += ranges[i].dest != NULL ? ranges[i].length : 0;
  return RF_OK;
}

rf_status rf_round_stream(rf_round *round, const rf_round_flow *flow, rf_error *err) {
  round->flow = flow;
  size_t count = 0;
  for (uint64_t at = flow->begin, n; at < flow->end; at += n, count++) {
    n = flow->end - at < flow->request ? flow->end - at : flow->request;
    RF_TRY(add_stretch(round, at, n, (rf_round_piece){.streamed = true, .at = count}, err));
  }
  round->carry = rf_alloc(count * flow->sink->unit_bytes);
  return round->carry != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu requests", count);
}

void rf_round_release(rf_round *round) {
  rf_free(round->numbers);
  rf_free(round->held);
  rf_free(round->owned);
  rf_free(round->extra);
  rf_free(round->stretches);
  rf_free(round->pieces);
  rf_free(round->carry);
  *round = (rf_round){0};
}

/* ---- which requests ---- */

static size_t find_number(const rf_round *round, uint64_t number) {
  size_t low = 0, high = round->held_count;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (round->numbers[middle] <= number)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The next missing block from i on; held_count when there is none. */
static size_t next_missing(const rf_round *round, size_t i) {
  while (i < round->held_count && round->held[i] != NULL)
    i++;
  return i;
}

/* The end of the run of missing blocks that begins with `i`: *last is the last of them. Blocks between, up to `gap`,
 * come along. Gives the first missing one behind it. */
static size_t end_of_run(const rf_round *round, size_t i, uint64_t gap, size_t *last) {
  uint64_t most = round->remote->request_bytes / round->grain->unit;
  uint64_t begin = round->numbers[i];
  *last = i;
  for (i = next_missing(round, i + 1); i < round->held_count; i = next_missing(round, i + 1)) {
    if (round->numbers[i] - round->numbers[*last] - 1 > gap || round->numbers[i] - begin >= most)
      break;
    *last = i;
  }
  return i;
}

/* What fetching would cost, in bytes, if blocks up to `gap` between two wanted ones came along. Requests that run side
 * by side cost one wait for an answer, and gap_bytes is what could have come in that time. */
static uint64_t cost_of_gap(const rf_round *round, uint64_t gap) {
  uint64_t runs = 0, blocks = 0;
  size_t last;
  for (size_t i = next_missing(round, 0), next; i < round->held_count; i = next, runs++) {
    next = end_of_run(round, i, gap, &last);
    blocks += round->numbers[last] - round->numbers[i] + 1;
  }
  uint64_t requests = round->grain->together ? (runs + RF_FETCHER_TOGETHER - 1) / RF_FETCHER_TOGETHER : runs;
  uint64_t waits = (requests + round->remote->concurrency - 1) / round->remote->concurrency;
  uint64_t heads = round->grain->together ? runs * PART_BYTES : 0;
  return waits * round->remote->gap_bytes + blocks * round->grain->unit + heads;
}

static uint64_t choose_gap(const rf_round *round, uint64_t *least_cost) {
  uint64_t best = 0, least = UINT64_MAX;
  for (uint64_t gap = 0; gap <= round->remote->gap_bytes / round->grain->unit; gap = 2 * gap + 1) {
    uint64_t cost = cost_of_gap(round, gap);
    if (cost < least) {
      least = cost;
      best = gap;
    }
  }
  *least_cost = least;
  return best;
}

static rf_status own(rf_round *round, rf_block_cache *cache, uint64_t number, rf_block **block, rf_error *err) {
  uint64_t unit = round->grain->unit, begin = number * unit;
  if (round->owned_count == round->owned_capacity) {
    size_t capacity = round->owned_capacity > 0 ? 2 * round->owned_capacity : 64;
    rf_block **owned = rf_realloc(round->owned, capacity * sizeof *owned);
    if (owned != NULL)
      round->owned = owned;
    rf_block **extra = rf_realloc(round->extra, capacity * sizeof *extra);
    if (extra != NULL)
      round->extra = extra;
    if (owned == NULL || extra == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "no memory for a plan of %zu blocks", capacity);
    round->owned_capacity = capacity;
  }
  *block = rf_block_add(cache, number, (size_t)(round->size - begin < unit ? round->size - begin : unit));
  if (*block == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a block of %llu bytes", (unsigned long long)unit);
  round->owned[round->owned_count++] = *block;
  return RF_OK;
}

/* A run of blocks becomes one request. What lies between is kept, too, where nobody has it. */
static rf_status claim_run(rf_round *round, rf_block_cache *cache, size_t i, size_t last, rf_error *err) {
  uint64_t unit = round->grain->unit, begin = round->numbers[i], end = round->numbers[last];
  uint64_t bytes = (end + 1) * unit < round->size ? (end + 1 - begin) * unit : round->size - begin * unit;
  RF_TRY(add_stretch(round, begin * unit, bytes, (rf_round_piece){.at = round->owned_count}, err));
  for (uint64_t number = begin; number <= end; number++) {
    while (i < last && round->numbers[i] < number)
      i++;
    if (round->numbers[i] == number) {
      if (round->held[i] == NULL)
        RF_TRY(own(round, cache, number, &round->held[i], err));
      continue;
    }
    rf_block *there = rf_block_take(cache, number), *mine;
    if (there != NULL) {
      rf_block_leave(cache, there);
      continue;
    }
    RF_TRY(own(round, cache, number, &mine, err));
    round->extra[round->extra_count++] = mine;
  }
  return RF_OK;
}

/* A small block out of a large one that is there; NULL when it is not, or there is no memory for a copy. */
static rf_block *make_of_coarse(rf_round *round, rf_grain *coarse, uint64_t number) {
  uint64_t unit = round->grain->unit, begin = number * unit, within = begin % coarse->unit;
  uint64_t n = round->size - begin < unit ? round->size - begin : unit;
  rf_block *large = rf_block_take(&coarse->cache, begin / coarse->unit), *made = NULL;
  if (large != NULL && large->ready && within + n <= large->length)
    made = rf_block_add(&round->grain->cache, number, (size_t)n);
  if (made != NULL) {
    memcpy(made->bytes, large->bytes + (size_t)within, (size_t)n);
    rf_block_ready(made);
  }
  if (large != NULL)
    rf_block_leave(&coarse->cache, large);
  return made;
}

void rf_round_hold(rf_round *round, rf_grain *coarse) {
  round->hits = round->misses = 0;
  for (size_t i = 0; i < round->held_count; i++) {
    if (round->held[i] == NULL)
      round->held[i] = rf_block_take(&round->grain->cache, round->numbers[i]);
    if (round->held[i] == NULL && coarse != NULL)
      round->held[i] = make_of_coarse(round, coarse, round->numbers[i]);
    round->hits += round->held[i] != NULL;
    round->misses += round->held[i] == NULL;
  }
}

uint64_t rf_round_cost(const rf_round *round) {
  uint64_t cost;
  choose_gap(round, &cost);
  return cost;
}

rf_status rf_round_claim(rf_round *round, rf_grain *coarse, rf_error *err) {
  rf_round_hold(round, coarse);
  uint64_t cost, gap = choose_gap(round, &cost);
  size_t last;
  for (size_t i = next_missing(round, 0), next; i < round->held_count; i = next) {
    next = end_of_run(round, i, gap, &last);
    RF_TRY(claim_run(round, &round->grain->cache, i, last, err));
  }
  return RF_OK;
}

/* ---- what arrives ---- */

/* `n` bytes for one block, from byte `within` of it on. */
static void fill_block(rf_round *round, rf_block *block, size_t within, const uint8_t *data, size_t n) {
  memcpy(block->bytes + within, data, n);
  if (within + n < block->length)
    return;
  rf_mutex_lock(round->lock);
  rf_block_ready(block);
  rf_cond_broadcast(round->changed);
  rf_mutex_unlock(round->lock);
}

/* Whole units go to the sink; what is left of the last one waits for the rest of it. `at` counts from the sink's first
 * byte. */
static rf_status pour(const rf_round *round, rf_round_piece *piece, uint64_t at, const uint8_t *data, size_t n,
                      rf_error *err) {
  const rf_stream_sink *sink = round->flow->sink;
  uint8_t *carry = round->carry + piece->at * sink->unit_bytes;
  if (piece->carried > 0) {
    size_t missing = sink->unit_bytes - piece->carried, part = n < missing ? n : missing;
    memcpy(carry + piece->carried, data, part);
    piece->carried += part;
    if (part < missing)
      return RF_OK;
    RF_TRY(sink->put(sink->user, at + part - sink->unit_bytes, carry, sink->unit_bytes, err));
    at += part;
    data += part;
    n -= part;
  }
  piece->carried = n % sink->unit_bytes;
  n -= piece->carried;
  memcpy(carry, data + n, piece->carried);
  return n > 0 ? sink->put(sink->user, at, data, n, err) : RF_OK;
}

rf_status rf_round_take(void *context, size_t index, const void *data, size_t n, rf_error *err) {
  rf_round *round = context;
  const rf_stretch *stretch = &round->stretches[index];
  rf_round_piece *piece = &round->pieces[index];
  const uint8_t *from = data;
  uint64_t unit = round->grain->unit, at = stretch->first + stretch->received;
  if (piece->streamed)
    return pour(round, piece, at - round->flow->origin, from, n, err);
  if (piece->direct != NULL) {
    memcpy(piece->direct + (size_t)stretch->received, data, n);
    return RF_OK;
  }
  while (n > 0) {
    uint64_t number = at / unit;
    size_t within = (size_t)(at % unit), part = (size_t)(unit - within) < n ? (size_t)(unit - within) : n;
    while (piece->at < round->owned_count && round->owned[piece->at]->number < number)
      piece->at++;
    if (piece->at < round->owned_count && round->owned[piece->at]->number == number)
      fill_block(round, round->owned[piece->at], within, from, part);
    at += part;
    from += part;
    n -= part;
  }
  return RF_OK;
}

void rf_round_finish(rf_round *round) {
  for (size_t i = 0; i < round->owned_count; i++)
    if (!round->owned[i]->ready)
      rf_block_drop(&round->grain->cache, round->owned[i]);
}

static void copy_part(const rf_round *round, const rf_range *range, uint64_t begin, uint64_t end) {
  uint64_t unit = round->grain->unit;
  size_t i = begin < end ? find_number(round, begin / unit) : 0;
  for (uint64_t at = begin, n; at < end; at += n, i++) {
    uint64_t within = at % unit;
    n = unit - within < end - at ? unit - within : end - at;
    memcpy((uint8_t *)range->dest + (size_t)(at - range->offset), round->held[i]->bytes + within, (size_t)n);
  }
}

void rf_round_copy(const rf_round *round, const rf_range *ranges, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (ranges[i].dest == NULL)
      continue;
    block_parts parts = parts_of(round, &ranges[i]);
    for (int k = 0; k < 2; k++)
      copy_part(round, &ranges[i], parts.begin[k], parts.end[k]);
  }
}

void rf_round_leave(rf_round *round) {
  rf_block_cache *cache = &round->grain->cache;
  for (size_t i = 0; i < round->held_count; i++)
    if (round->held[i] != NULL)
      rf_block_leave(cache, round->held[i]);
  for (size_t i = 0; i < round->extra_count; i++)
    rf_block_leave(cache, round->extra[i]);
}
