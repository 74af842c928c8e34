/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Turns a view into steps, in this order: moves up from the last to the first, moves down from the first to the last,
 * then new bytes. The order is correct if the sources of moves ascend; other bytes go through the pool. Reason: a move
 * up ends below every move down behind it, and below the sources of earlier moves up; a move down begins above
 * everything that follows.
 */
#include "store/trailer/plan.h"

#include <string.h>

#include "base/array.h"
#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/pool.h"

/* Shorter fills go to the pool. */
#define SHORT_FILL ((uint64_t)4096)

#define COPY_BYTES ((size_t)256 << 10)

typedef struct step_list {
  rf_step *list;
  size_t count;
  size_t capacity;
} step_list;

typedef struct planner {
  rf_edit *e;
  step_list ups, downs, fills;
  rf_step fresh;
  uint64_t taken;  /* sources of moves are from here on */
  uint64_t lowest; /* byte that changes */
} planner;

static rf_status add_step(step_list *steps, const rf_step *step, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(steps->list, steps->capacity, steps->count + 1, "the steps of an edit", err));
  steps->list[steps->count++] = *step;
  return RF_OK;
}

static void drop_steps(step_list *steps) {
  for (size_t i = 0; i < steps->count; i++)
    rf_step_clear(&steps->list[i]);
  rf_free(steps->list);
}

/* ---- bytes ---- */

static rf_status plan_fresh(planner *p, uint64_t place, uint64_t at, uint64_t n, rf_error *err) {
  return rf_step_add_run(&p->fresh, place, at, n, err);
}

/* Puts bytes [at, at + n) of the view into the pool. */
static rf_status plan_pooled(planner *p, uint64_t at, uint64_t n, rf_error *err) {
  size_t room = n < COPY_BYTES ? (size_t)n : COPY_BYTES;
  uint8_t *buffer = rf_alloc(room);
  rf_status status = RF_OK;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t chunk = n - done < room ? (size_t)(n - done) : room;
    uint64_t place = 0;
    status = rf_store_read(&p->e->store, at + done, buffer, chunk, err);
    if (status == RF_OK)
      status = rf_pool_append(p->e, buffer, chunk, &place, err);
    if (status == RF_OK)
      status = plan_fresh(p, place, at + done, chunk, err);
    done += chunk;
  }
  rf_free(buffer);
  return status;
}

static rf_status plan_bytes(planner *p, const rf_segment *segment, rf_error *err) {
  if (segment->place >= RF_POOL_BASE)
    return plan_fresh(p, segment->place, segment->at, segment->n, err);
  if (segment->place == segment->at)
    return RF_OK;
  if (segment->place < p->taken)
    return plan_pooled(p, segment->at, segment->n, err);
  p->taken = segment->place + segment->n;
  bool up = segment->at > segment->place;
  step_list *steps = up ? &p->ups : &p->downs;
  if (steps->count == 0 || steps->list[steps->count - 1].kind != RF_STEP_COPY) {
    rf_step step = {.kind = RF_STEP_COPY, .up = up, .width = 1};
    RF_TRY(add_step(steps, &step, err));
  }
  return rf_step_add_run(&steps->list[steps->count - 1], segment->place, segment->at, segment->n, err);
}

static rf_status plan_fill(planner *p, const rf_segment *segment, rf_error *err) {
  if (segment->n <= SHORT_FILL)
    return plan_pooled(p, segment->at, segment->n, err);
  rf_step step = {
      .kind = RF_STEP_FILL, .units = segment->n, .width = 1, .dst = segment->at, .blank = (uint8_t)segment->place};
  return add_step(&p->fills, &step, err);
}

/* ---- rows ---- */

/* Plans rows low .. high-1 of a layout, which go to `dst`. */
static rf_status plan_some_rows(planner *p, const rf_step *laid, uint64_t low, uint64_t high, uint64_t dst, bool up,
                                rf_error *err) {
  if (low >= high)
    return RF_OK;
  rf_step step = *laid;
  step.up = up;
  step.units = high - low;
  step.src += low * step.old;
  step.dst = dst;
  step.parts = rf_alloc_zero(laid->count + 1, sizeof *step.parts);
  if (step.parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  for (size_t i = 0; i < laid->count; i++) {
    step.parts[i] = laid->parts[i];
    if (step.parts[i].kind == RF_PART_VALUES)
      step.parts[i].from += low * step.parts[i].n;
  }
  rf_status status = add_step(up ? &p->ups : &p->downs, &step, err);
  if (status != RF_OK)
    rf_free(step.parts);
  return status;
}

/* Plans rows low .. high-1, which go to `at`. The distance changes by the same amount from row to row. Where it changes
 * its sign, one row goes through the pool. */
static rf_status plan_laid_rows(planner *p, const rf_step *laid, uint64_t low, uint64_t high, uint64_t at,
                                rf_error *err) {
  uint64_t src = laid->src + low * laid->old, n = high - low, turn = n;
  bool up = at > src || (at == src && laid->width > laid->old);
  if (src < p->taken)
    return plan_pooled(p, at, n * laid->width, err);
  if (up && laid->width < laid->old)
    turn = (at - src) / (laid->old - laid->width);
  else if (!up && laid->width > laid->old)
    turn = (src - at) / (laid->width - laid->old);
  turn = turn < n ? turn : n;
  p->taken = src + n * laid->old;
  RF_TRY(plan_some_rows(p, laid, low, low + turn, at, up, err));
  if (turn == n)
    return RF_OK;
  RF_TRY(plan_pooled(p, at + turn * laid->width, laid->width, err));
  return plan_some_rows(p, laid, low + turn + 1, high, at + (turn + 1) * laid->width, !up, err);
}

/* Plans kept rows. Only one step uses the bitmap of a list. */
static rf_status plan_kept_rows(planner *p, rf_laid *laid, uint64_t low, uint64_t high, uint64_t at, rf_error *err) {
  rf_step step = laid->step;
  uint64_t first = step.src + rf_step_kept_row(&step, low) * step.width;
  if (laid->planned || first < p->taken || at > first)
    return plan_pooled(p, at, (high - low) * step.width, err);
  size_t bytes = (size_t)(step.rows / 8 + (step.rows % 8 != 0));
  uint8_t *bits = rf_alloc(bytes);
  if (bits == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  memcpy(bits, laid->step.bits, bytes); /* the view still needs it */
  p->taken = step.src + step.rows * step.width;
  step.first = low;
  step.units = high - low;
  step.dst = at;
  step.ranks = NULL;
  laid->planned = true;
  rf_status status = rf_step_take_bits(&step, bits, err);
  if (status == RF_OK)
    status = add_step(&p->downs, &step, err);
  if (status != RF_OK)
    rf_step_clear(&step);
  return status;
}

static rf_status plan_rows(planner *p, const rf_segment *segment, rf_error *err) {
  rf_laid *laid = &p->e->laid[segment->object];
  uint64_t width = laid->step.width, low = (segment->place + width - 1) / width,
           high = (segment->place + segment->n) / width;
  if (segment->n < p->e->short_rows || low >= high)
    return plan_pooled(p, segment->at, segment->n, err);
  uint64_t lead = low * width - segment->place, at = segment->at + lead,
           tail = segment->place + segment->n - high * width;
  if (lead > 0)
    RF_TRY(plan_pooled(p, segment->at, lead, err));
  RF_TRY(laid->step.kind == RF_STEP_KEEP ? plan_kept_rows(p, laid, low, high, at, err)
                                         : plan_laid_rows(p, &laid->step, low, high, at, err));
  return tail > 0 ? plan_pooled(p, at + (high - low) * width, tail, err) : RF_OK;
}

/* ---- all of it ---- */

static rf_status plan_segments(planner *p, rf_error *err) {
  for (size_t i = 0; i < p->e->view.count; i++) {
    rf_segment segment = *rf_segments_get(&p->e->view, i);
    bool stays = segment.kind == RF_SEGMENT_BYTES && segment.place == segment.at && segment.place < RF_POOL_BASE;
    if (!stays && segment.at < p->lowest)
      p->lowest = segment.at;
    switch (segment.kind) {
    case RF_SEGMENT_BYTES:
      RF_TRY(plan_bytes(p, &segment, err));
      break;
    case RF_SEGMENT_FILL:
      RF_TRY(plan_fill(p, &segment, err));
      break;
    case RF_SEGMENT_ROWS:
      RF_TRY(plan_rows(p, &segment, err));
      break;
    }
  }
  return RF_OK;
}

static rf_status collect(planner *p, rf_trailer *t, rf_error *err) {
  size_t count = p->ups.count + p->downs.count + p->fills.count + 1;
  t->steps = rf_alloc_zero(count, sizeof *t->steps);
  if (t->steps == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit of %zu steps", count);
  for (size_t i = p->ups.count; i > 0; i--)
    t->steps[t->step_count++] = p->ups.list[i - 1];
  for (size_t i = 0; i < p->downs.count; i++)
    t->steps[t->step_count++] = p->downs.list[i];
  for (size_t i = 0; i < p->fills.count; i++)
    t->steps[t->step_count++] = p->fills.list[i];
  p->ups.count = p->downs.count = p->fills.count = 0; /* the trailer owns them */
  if (p->fresh.count > 0)
    t->steps[t->step_count++] = p->fresh;
  else
    rf_step_clear(&p->fresh);
  memset(&p->fresh, 0, sizeof p->fresh);
  return RF_OK;
}

/* Adds the CRC of a few bytes that stay, which tells whether a trailer belongs to this file. */
static rf_status add_guard(rf_edit *e, rf_trailer *t, uint64_t at, uint64_t n, rf_error *err) {
  uint8_t bytes[RF_BLOCK_BYTES];
  if (n == 0)
    return RF_OK;
  RF_TRY(rf_store_read(e->inner, at, bytes, (size_t)n, err));
  t->guards[t->guard_count++] = (rf_guard){at, n, rf_crc32c(bytes, (size_t)n, 0)};
  return RF_OK;
}

rf_status rf_edit_guard(rf_edit *e, rf_trailer *t, rf_error *err) {
  uint64_t low = e->lowest < e->old_size ? e->lowest : e->old_size, near = low < 500 ? low : 500;
  t->guards = rf_alloc_zero(2, sizeof *t->guards);
  if (t->guards == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  RF_TRY(add_guard(e, t, 0, low < RF_BLOCK_BYTES ? low : RF_BLOCK_BYTES, err));
  return add_guard(e, t, low - near, near, err);
}

/* Turns places in the pool into places in the file. */
static void choose_places(const rf_edit *e, rf_trailer *t) {
  uint64_t way = e->pool_at - RF_POOL_BASE; /* may wrap around, and back */
  for (size_t i = 0; i < t->step_count; i++) {
    rf_step *step = &t->steps[i];
    for (size_t k = 0; step->kind == RF_STEP_COPY && k < step->count; k++)
      if (step->runs[k].src >= RF_POOL_BASE)
        step->runs[k].src += way;
    for (size_t k = 0; step->kind == RF_STEP_ROWS && k < step->count; k++)
      if (step->parts[k].kind == RF_PART_VALUES)
        step->parts[k].from += way;
    if (step->kind == RF_STEP_KEEP)
      step->bitmap += way;
  }
  for (size_t i = 0; i < t->pair_count; i++) {
    t->pairs[i].old += way;
    t->pairs[i].fresh += way;
  }
}

rf_status rf_edit_plan(rf_edit *edit, rf_trailer *trailer, rf_error *err) {
  planner p = {.e = edit, .fresh = {.kind = RF_STEP_COPY, .width = 1}, .lowest = UINT64_MAX};
  rf_status status = plan_segments(&p, err);
  if (status == RF_OK)
    status = collect(&p, trailer, err);
  edit->lowest = p.lowest;
  drop_steps(&p.ups);
  drop_steps(&p.downs);
  drop_steps(&p.fills);
  rf_step_clear(&p.fresh);
  trailer->pairs = edit->pairs;
  trailer->pair_count = edit->pair_count;
  edit->pairs = NULL;
  edit->pair_count = 0;
  choose_places(edit, trailer);
  return status;
}
