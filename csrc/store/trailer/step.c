/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The steps of an edit: their sources, their bytes, and where these go.
 */
#include "store/trailer/step.h"

#include <string.h>

#include "base/array.h"
#include "base/bytes.h"
#include "base/memory.h"

/* Bits between two ranks. */
#define RANK_BITS ((uint64_t)4096)

/* Bytes of old rows that are read at a time. */
#define READ_BYTES ((uint64_t)1 << 20)

void rf_step_clear(rf_step *step) {
  rf_free(step->runs);
  rf_free(step->parts);
  rf_free(step->bits);
  rf_free(step->ranks);
  memset(step, 0, sizeof *step);
}

rf_status rf_step_add_run(rf_step *step, uint64_t src, uint64_t dst, uint64_t n, rf_error *err) {
  rf_run *last = step->count > 0 ? &step->runs[step->count - 1] : NULL;
  if (last != NULL && last->src + last->n == src && last->dst + last->n == dst) {
    last->n += n;
    step->units += n;
    return RF_OK;
  }
  RF_TRY(RF_ARRAY_GROW(step->runs, step->capacity, step->count + 1, "a list of moves", err));
  step->runs[step->count++] = (rf_run){src, dst, n, step->units};
  step->units += n;
  return RF_OK;
}

/* ---- rows that are kept ---- */

static unsigned ones(uint8_t byte) {
  unsigned n = 0;
  for (; byte != 0; byte = (uint8_t)(byte & (byte - 1)))
    n++;
  return n;
}

rf_status rf_step_take_bits(rf_step *step, uint8_t *bits, rf_error *err) {
  uint64_t bytes = step->rows / 8 + (step->rows % 8 != 0), kept = 0;
  step->bits = bits;
  step->ranks = rf_alloc_zero((size_t)(step->rows / RANK_BITS + 2), sizeof *step->ranks);
  if (step->ranks == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an index of %llu rows",
                   (unsigned long long)step->rows);
  for (uint64_t i = 0; i < bytes; i++) {
    if (i % (RANK_BITS / 8) == 0)
      step->ranks[i / (RANK_BITS / 8)] = kept;
    unsigned in_use = i + 1 == bytes && step->rows % 8 != 0 ? (1u << step->rows % 8) - 1 : 0xFFu;
    kept += ones((uint8_t)(bits[(size_t)i] & in_use));
  }
  step->ranks[(bytes + RANK_BITS / 8 - 1) / (RANK_BITS / 8)] = kept;
  if (step->first > kept || step->units > kept - step->first)
    return rf_fail(err, RF_ERR_FORMAT, "a list has %llu rows, expected %llu", (unsigned long long)kept,
                   (unsigned long long)step->units);
  return RF_OK;
}

rf_status rf_step_load_bits(rf_step *step, rf_store *store, rf_error *err) {
  uint64_t bytes = step->rows / 8 + (step->rows % 8 != 0);
  size_t n;
  uint8_t *bits = rf_to_size(bytes, &n) ? rf_alloc(n) : NULL;
  if (bits == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a list of %llu rows",
                   (unsigned long long)step->rows);
  rf_status status = rf_store_read(store, step->bitmap, bits, n, err);
  if (status != RF_OK) {
    rf_free(bits);
    return status;
  }
  return rf_step_take_bits(step, bits, err); /* the step owns them, also on failure */
}

uint64_t rf_step_kept_row(const rf_step *step, uint64_t kept) {
  uint64_t low = 0, high = (step->rows + RANK_BITS - 1) / RANK_BITS;
  while (low + 1 < high) {
    uint64_t middle = low + (high - low) / 2;
    if (step->ranks[middle] <= kept)
      low = middle;
    else
      high = middle;
  }
  uint64_t left = kept - step->ranks[low], byte = low * (RANK_BITS / 8);
  for (unsigned n; left >= (n = ones(step->bits[byte])); byte++)
    left -= n;
  uint64_t row = 8 * byte;
  for (;; row++)
    if ((step->bits[byte] >> row % 8 & 1) != 0 && left-- == 0)
      return row;
}

static uint64_t next_kept(const rf_step *step, uint64_t row) {
  for (row++;; row++) {
    if (row % 8 == 0)
      while (step->bits[row / 8] == 0)
        row += 8;
    if ((step->bits[row / 8] >> row % 8 & 1) != 0)
      return row;
  }
}

/* ---- where units go ---- */

/* Returns the run that has unit `unit`. */
static size_t find_run(const rf_step *step, uint64_t unit) {
  size_t low = 0, high = step->count;
  while (low + 1 < high) {
    size_t middle = low + (high - low) / 2;
    if (step->runs[middle].first <= unit)
      low = middle;
    else
      high = middle;
  }
  return low;
}

uint64_t rf_step_begin(const rf_step *step, uint64_t unit) {
  if (step->kind != RF_STEP_COPY)
    return step->dst + unit * step->width;
  const rf_run *run = &step->runs[find_run(step, unit)];
  return run->dst + (unit - run->first);
}

uint64_t rf_step_source(const rf_step *step, uint64_t unit, bool end) {
  if (step->kind == RF_STEP_COPY) {
    const rf_run *run = &step->runs[find_run(step, unit)];
    return run->src + (unit - run->first) + end;
  }
  uint64_t row = step->kind == RF_STEP_KEEP ? rf_step_kept_row(step, step->first + unit) : unit;
  return step->src + (row + end) * step->old;
}

rf_step_iterator rf_step_iterate(const rf_step *step, uint64_t low, uint64_t high) {
  return (rf_step_iterator){step, low, high, step->kind == RF_STEP_COPY ? find_run(step, low) : 0};
}

bool rf_step_next(rf_step_iterator *e, uint64_t *src, uint64_t *dst, uint64_t *n) {
  const rf_step *step = e->step;
  if (e->low >= e->high)
    return false;
  if (step->kind != RF_STEP_COPY) {
    *src = 0;
    *dst = step->dst + e->low * step->width;
    *n = (e->high - e->low) * step->width;
    e->low = e->high;
    return true;
  }
  const rf_run *run = &step->runs[e->run++];
  uint64_t skip = e->low - run->first, left = run->n - skip;
  *src = run->src + skip;
  *dst = run->dst + skip;
  *n = left < e->high - e->low ? left : e->high - e->low;
  e->low += *n;
  return true;
}

/* ---- what units are ---- */

static rf_status make_copy(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                           rf_error *err) {
  rf_step_iterator iterator = rf_step_iterate(step, low, high);
  uint64_t src, dst, n;
  while (rf_step_next(&iterator, &src, &dst, &n)) {
    RF_TRY(source->read(source->context, src, out, (size_t)n, err));
    out += n;
  }
  return RF_OK;
}

static void widen(uint8_t *to, const uint8_t *from) {
  /* Both numbers are unsigned (FITS 7.3.5 limits a P column to 31 bits). */
  rf_put_be64(to, rf_get_be32(from));
  rf_put_be64(to + 8, rf_get_be32(from + 4));
}

/* Makes rows low .. high-1 from their old bytes; `values` has room for those of a part. */
static rf_status lay_out(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, const uint8_t *rows,
                         uint8_t *values, uint8_t *out, rf_error *err) {
  size_t count = (size_t)(high - low), old = (size_t)step->old, width = (size_t)step->width;
  memset(out, step->blank, count * width);
  for (size_t k = 0; k < step->count; k++) {
    const rf_part *part = &step->parts[k];
    size_t n = (size_t)part->n, every = part->kind == RF_PART_VALUES ? n : old;
    const uint8_t *from = part->kind == RF_PART_VALUES ? values : rows + (size_t)part->from;
    uint8_t *to = out + (size_t)part->to;
    if (part->kind == RF_PART_VALUES)
      RF_TRY(source->read(source->context, part->from + low * n, values, count * n, err));
    if (part->kind == RF_PART_WIDENED)
      for (size_t i = 0; i < count; i++, from += every, to += width)
        widen(to, from);
    else if (n == 8)
      for (size_t i = 0; i < count; i++, from += every, to += width)
        memcpy(to, from, 8);
    else
      for (size_t i = 0; i < count; i++, from += every, to += width)
        memcpy(to, from, n);
  }
  return RF_OK;
}

static rf_status make_rows(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                           rf_error *err) {
  uint64_t widest = step->old > step->width ? step->old : step->width;
  uint64_t max = widest < READ_BYTES ? READ_BYTES / (widest > 0 ? widest : 1) : 1;
  max = max < high - low ? max : high - low;
  size_t room;
  if (!rf_to_size(max * (step->old + step->width), &room))
    return rf_fail(err, RF_ERR_MEMORY, "rows of %llu bytes do not fit memory", (unsigned long long)widest);
  uint8_t *rows = rf_alloc(room);
  rf_status status = RF_OK;
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for rows of %llu bytes", (unsigned long long)widest);
  for (uint64_t row = low, end; row < high && status == RF_OK; row = end) {
    end = high - row < max ? high : row + max;
    status = source->read(source->context, step->src + row * step->old, rows, (size_t)((end - row) * step->old), err);
    if (status == RF_OK)
      status = lay_out(step, source, row, end, rows, rows + (size_t)(max * step->old), out, err);
    out += (end - row) * step->width;
  }
  rf_free(rows);
  return status;
}

/* Makes kept rows. Rows that are close together are read at once. */
static rf_status make_kept(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                           rf_error *err) {
  uint64_t width = step->width, max = width < READ_BYTES ? READ_BYTES / width : 1;
  uint8_t *rows = rf_alloc((size_t)(max * width));
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for rows of %llu bytes", (unsigned long long)width);
  rf_status status = RF_OK;
  uint64_t row = rf_step_kept_row(step, step->first + low);
  for (uint64_t k = low; k < high && status == RF_OK;) {
    uint64_t begin = row, last = row, n = 1;
    /* The first pass finds the extent, the second one copies its rows. */
    while (k + n < high) {
      uint64_t next = next_kept(step, last);
      if (next - begin >= max)
        break;
      last = next;
      n++;
    }
    status = source->read(source->context, step->src + begin * width, rows, (size_t)((last - begin + 1) * width), err);
    if (status != RF_OK)
      break;
    for (uint64_t i = 0; i < n; i++, out += width) {
      memcpy(out, rows + (size_t)((row - begin) * width), (size_t)width);
      if (k + i + 1 < high)
        row = next_kept(step, row);
    }
    k += n;
  }
  rf_free(rows);
  return status;
}

rf_status rf_step_make(const rf_step *step, const rf_source *source, uint64_t low, uint64_t high, uint8_t *out,
                       rf_error *err) {
  if (low >= high)
    return RF_OK;
  switch (step->kind) {
  case RF_STEP_COPY:
    return make_copy(step, source, low, high, out, err);
  case RF_STEP_ROWS:
    return make_rows(step, source, low, high, out, err);
  case RF_STEP_KEEP:
    return make_kept(step, source, low, high, out, err);
  case RF_STEP_FILL:
    memset(out, step->blank, (size_t)(high - low));
    return RF_OK;
  }
  return rf_fail(err, RF_ERR_FORMAT, "invalid step kind %d", (int)step->kind);
}
