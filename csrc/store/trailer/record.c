/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A record comes from a file that anyone may have written. Every number is checked before use, so that absurd ones end
 * in bounded time and memory, and no step can write outside the file.
 */
#include "store/trailer/record.h"

#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"

/* ---- encoding ---- */

typedef struct writer {
  uint8_t *bytes;
  size_t n;
} writer;

static void put(writer *w, uint64_t number) {
  if (w->bytes != NULL)
    rf_put_le64(w->bytes + w->n, number);
  w->n += 8;
}

static void put_step(writer *w, const rf_step *step) {
  put(w, (uint64_t)step->kind);
  put(w, step->up);
  if (step->kind == RF_STEP_COPY) {
    put(w, step->count);
    for (size_t i = 0; i < step->count; i++) {
      put(w, step->runs[i].src);
      put(w, step->runs[i].dst);
      put(w, step->runs[i].n);
    }
    return;
  }
  if (step->kind != RF_STEP_FILL)
    put(w, step->src);
  put(w, step->dst);
  put(w, step->units);
  if (step->kind == RF_STEP_ROWS) {
    put(w, step->old);
    put(w, step->width);
    put(w, step->blank);
    put(w, step->count);
    for (size_t i = 0; i < step->count; i++) {
      put(w, step->parts[i].kind);
      put(w, step->parts[i].from);
      put(w, step->parts[i].to);
      put(w, step->parts[i].n);
    }
  } else if (step->kind == RF_STEP_KEEP) {
    put(w, step->width);
    put(w, step->rows);
    put(w, step->bitmap);
    put(w, step->first);
  } else {
    put(w, step->blank);
  }
}

static void put_record(writer *w, const rf_trailer *t) {
  put(w, t->half_bytes);
  put(w, t->flags);
  put(w, t->pair_count);
  for (size_t i = 0; i < t->pair_count; i++) {
    put(w, t->pairs[i].at);
    put(w, t->pairs[i].old);
    put(w, t->pairs[i].fresh);
    put(w, t->pairs[i].n);
  }
  put(w, t->guard_count);
  for (size_t i = 0; i < t->guard_count; i++) {
    put(w, t->guards[i].at);
    put(w, t->guards[i].n);
    put(w, t->guards[i].crc);
  }
  put(w, t->step_count);
  for (size_t i = 0; i < t->step_count; i++)
    put_step(w, &t->steps[i]);
}

rf_status rf_record_encode(const rf_trailer *trailer, uint8_t **bytes, size_t *n, rf_error *err) {
  writer w = {NULL, 0};
  put_record(&w, trailer);
  if (w.n > RF_MAX_RECORD_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "the edit has too many steps");
  w.bytes = rf_alloc(w.n);
  if (w.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a list of %zu bytes of moves", w.n);
  *n = w.n;
  w.n = 0;
  put_record(&w, trailer);
  *bytes = w.bytes;
  return RF_OK;
}

/* ---- decoding ---- */

typedef struct reader {
  const uint8_t *at, *end;
  bool failed;
} reader;

static uint64_t get(reader *r) {
  if (r->end - r->at < 8) {
    r->failed = true;
    return 0;
  }
  r->at += 8;
  return rf_get_le64(r->at - 8);
}

/* Gets the number of items of `numbers` numbers each, for which the record has room. */
static size_t get_count(reader *r, size_t numbers) {
  uint64_t count = get(r);
  if (count > (uint64_t)(r->end - r->at) / (8 * numbers)) {
    r->failed = true;
    return 0;
  }
  return (size_t)count;
}

static uint64_t get_max(reader *r, uint64_t max) {
  uint64_t value = get(r);
  if (value > max)
    r->failed = true;
  return r->failed ? 0 : value;
}

static rf_status get_runs(reader *r, rf_step *step, rf_error *err) {
  size_t count = get_count(r, 3);
  for (size_t i = 0; i < count && !r->failed; i++) {
    uint64_t src = get(r), dst = get(r), n = get(r), end;
    if (n == 0 || n > INT64_MAX || !rf_add_u64(step->units, n, &end) || end > INT64_MAX) {
      r->failed = true;
      return RF_OK;
    }
    RF_TRY(rf_step_add_run(step, src, dst, n, err));
  }
  r->failed = r->failed || count == 0;
  return RF_OK;
}

static rf_status get_parts(reader *r, rf_step *step, rf_error *err) {
  step->count = get_count(r, 4);
  step->parts = rf_alloc_zero(step->count > 0 ? step->count : 1, sizeof *step->parts);
  if (step->parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu parts of rows", step->count);
  for (size_t i = 0; i < step->count; i++) {
    rf_part *part = &step->parts[i];
    part->kind = get(r), part->from = get(r), part->to = get(r), part->n = get(r);
  }
  return RF_OK;
}

static rf_status get_step(reader *r, rf_step *step, rf_error *err) {
  step->kind = (rf_step_kind)get_max(r, RF_STEP_FILL);
  step->up = get_max(r, 1) != 0;
  step->width = 1;
  if (step->kind == RF_STEP_COPY)
    return get_runs(r, step, err);
  if (step->kind == RF_STEP_ROWS || step->kind == RF_STEP_KEEP)
    step->src = get(r);
  step->dst = get(r);
  step->units = get(r);
  if (step->kind == RF_STEP_ROWS) {
    step->old = get(r);
    step->width = get(r);
    step->blank = (uint8_t)get_max(r, 255);
    return get_parts(r, step, err);
  }
  if (step->kind == RF_STEP_KEEP) {
    step->old = step->width = get(r);
    step->rows = get(r);
    step->bitmap = get(r);
    step->first = get(r);
  } else if (step->kind == RF_STEP_FILL) {
    step->blank = (uint8_t)get_max(r, 255);
  } else {
    r->failed = true;
  }
  return RF_OK;
}

static rf_status get_record(reader *r, rf_trailer *t, rf_error *err) {
  t->half_bytes = get(r);
  t->flags = get_max(r, RF_RECORD_DURABLE | RF_RECORD_SAMPLED);
  t->pair_count = get_count(r, 4);
  t->pairs = rf_alloc_zero(t->pair_count + 1, sizeof *t->pairs);
  for (size_t i = 0; i < t->pair_count && t->pairs != NULL; i++)
    t->pairs[i].at = get(r), t->pairs[i].old = get(r), t->pairs[i].fresh = get(r), t->pairs[i].n = get(r);
  t->guard_count = get_count(r, 3);
  t->guards = rf_alloc_zero(t->guard_count + 1, sizeof *t->guards);
  for (size_t i = 0; i < t->guard_count && t->guards != NULL; i++)
    t->guards[i].at = get(r), t->guards[i].n = get(r), t->guards[i].crc = get(r);
  size_t count = get_count(r, 5); /* the shortest step has five numbers */
  t->steps = rf_alloc_zero(count + 1, sizeof *t->steps);
  if (t->pairs == NULL || t->guards == NULL || t->steps == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the record of an edit");
  for (size_t i = 0; i < count && !r->failed; i++) {
    t->step_count = i + 1;
    RF_TRY(get_step(r, &t->steps[i], err));
  }
  r->failed = r->failed || count == 0 || r->at != r->end;
  return RF_OK;
}

/* ---- checks ---- */

typedef struct bounds {
  uint64_t limit;           /* steps stay below it */
  uint64_t pool, pool_end;  /* what the pool has */
  uint64_t placed, fetched; /* bytes of all steps so far: each byte of a file is placed and used once */
} bounds;

static bool within(uint64_t at, uint64_t n, uint64_t low, uint64_t high) {
  return at >= low && at <= high && n <= high - at;
}

static bool count_bytes(uint64_t *total, uint64_t n, uint64_t limit) {
  return rf_add_u64(*total, n, total) && *total <= limit;
}

static bool copy_fits(const rf_step *step, bounds *b) {
  bool fresh = step->runs[0].src >= b->pool;
  uint64_t source = 0, target = 0;
  for (size_t i = 0; i < step->count; i++) {
    const rf_run *run = &step->runs[i];
    if (!within(run->dst, run->n, target, b->limit))
      return false;
    target = run->dst + run->n;
    if (fresh) {
      if (step->up || !within(run->src, run->n, b->pool, b->pool_end))
        return false;
      continue;
    }
    if (!within(run->src, run->n, source, b->limit) || (step->up ? run->dst < run->src : run->dst > run->src))
      return false;
    source = run->src + run->n;
  }
  return (fresh || count_bytes(&b->fetched, step->units, b->limit)) && count_bytes(&b->placed, step->units, b->limit);
}

/* Checks that all rows are inside and move in one direction. The distance changes evenly from row to row. */
static bool rows_move_one_way(const rf_step *step, uint64_t old_rows, bounds *b) {
  uint64_t taken = 0, made = 0;
  if (step->units == 0 || step->old == 0 || step->width == 0 || !rf_mul_u64(old_rows, step->old, &taken) ||
      !rf_mul_u64(step->units, step->width, &made) || !within(step->src, taken, 0, b->limit) ||
      !within(step->dst, made, 0, b->limit))
    return false;
  uint64_t src_end = step->src + taken, dst_end = step->dst + made;
  if (step->up ? step->dst < step->src || dst_end < src_end : step->dst > step->src || dst_end > src_end)
    return false;
  return count_bytes(&b->fetched, taken, b->limit) && count_bytes(&b->placed, made, b->limit);
}

static bool part_fits(const rf_step *step, const rf_part *part, const bounds *b) {
  uint64_t all;
  if (part->n == 0 || !within(part->to, part->n, 0, step->width))
    return false;
  if (part->kind == RF_PART_COPIED)
    return within(part->from, part->n, 0, step->old);
  if (part->kind == RF_PART_WIDENED)
    return part->n == 16 && within(part->from, 8, 0, step->old);
  return part->kind == RF_PART_VALUES && rf_mul_u64(part->n, step->units, &all) &&
         within(part->from, all, b->pool, b->pool_end);
}

static bool rows_fit(const rf_step *step, bounds *b) {
  uint64_t covered = 0;
  if (!rows_move_one_way(step, step->units, b))
    return false;
  for (size_t i = 0; i < step->count; i++)
    if (!part_fits(step, &step->parts[i], b) || !count_bytes(&covered, step->parts[i].n, step->width))
      return false;
  return true;
}

/* Checks rows that are kept. The bitmap is checked when it is loaded. */
static bool kept_rows_fit(const rf_step *step, bounds *b) {
  uint64_t taken = 0, made = 0;
  if (step->units == 0 || step->width == 0 || step->rows == 0 || step->up || step->rows > INT64_MAX ||
      !rf_mul_u64(step->rows, step->width, &taken) || !rf_mul_u64(step->units, step->width, &made))
    return false;
  return within(step->src, taken, 0, b->limit) && within(step->dst, made, 0, b->limit) &&
         within(step->bitmap, step->rows / 8 + (step->rows % 8 != 0), b->pool, b->pool_end) &&
         step->first < step->rows && count_bytes(&b->fetched, taken, b->limit) &&
         count_bytes(&b->placed, made, b->limit);
}

static bool step_fits(const rf_step *step, bounds *b) {
  switch (step->kind) {
  case RF_STEP_COPY:
    return copy_fits(step, b);
  case RF_STEP_ROWS:
    return rows_fit(step, b);
  case RF_STEP_KEEP:
    return kept_rows_fit(step, b);
  case RF_STEP_FILL:
    return !step->up && step->units > 0 && within(step->dst, step->units, 0, b->limit) &&
           count_bytes(&b->placed, step->units, b->limit);
  }
  return false;
}

static rf_status check_record(const rf_trailer *t, rf_error *err) {
  uint64_t limit = t->old_size > t->new_size ? t->old_size : t->new_size, need;
  bounds b = {limit, t->start + RF_POOL_SKEW, t->record, 0, 0};
  if (t->half_bytes % RF_LINE != 0 || t->half_bytes < RF_MIN_HALF_BYTES || t->half_bytes > RF_MAX_HALF_BYTES ||
      !rf_mul_u64(t->half_bytes, 2, &need) || !within(t->half_at, need, 0, t->end) || t->new_size < RF_BLOCK_BYTES)
    return rf_trailer_fail(err, "its sizes differ from those of the file");
  for (size_t i = 0; i < t->step_count; i++)
    if (!step_fits(&t->steps[i], &b) || t->steps[i].width > t->half_bytes || t->steps[i].old > RF_MAX_HALF_BYTES)
      return rf_trailer_fail(err, "its steps leave the file");
  uint64_t paired = 0;
  for (size_t i = 0; i < t->pair_count; i++) {
    const rf_pair *p = &t->pairs[i];
    if (!within(p->at, p->n, 0, limit) || !within(p->old, p->n, b.pool, b.pool_end) ||
        !within(p->fresh, p->n, b.pool, b.pool_end) || !count_bytes(&paired, p->n, t->size))
      return rf_trailer_fail(err, "one of its headers leaves the file");
  }
  for (size_t i = 0, max = RF_BLOCK_BYTES; i < t->guard_count; i++)
    if (t->guard_count > 2 || t->guards[i].n > max || !within(t->guards[i].at, t->guards[i].n, 0, limit))
      return rf_trailer_fail(err, "its guards leave the file");
  return RF_OK;
}

rf_status rf_record_decode(const uint8_t *bytes, size_t n, rf_trailer *trailer, rf_error *err) {
  reader r = {bytes, bytes + n, false};
  RF_TRY(get_record(&r, trailer, err));
  return r.failed ? rf_trailer_fail(err, "its record is invalid") : check_record(trailer, err);
}
