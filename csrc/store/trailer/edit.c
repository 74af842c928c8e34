/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/edit.h"

#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "store/trailer/pool.h"
#include "store/local/file.h"

/* Rows longer than this are moved part by part. */
#define LONG_ROW ((uint64_t)1 << 20)

/* Fewer bytes of rows go to the pool, so that scattered writes to a table make few steps. */
#define SHORT_ROWS ((uint64_t)64 << 10)

#define COPY_BYTES ((size_t)256 << 10)

static atomic_uint_least64_t tuned_half;
static atomic_bool tuned_whole;

void rf_edit_tune(uint64_t half_bytes, bool whole) {
  atomic_store(&tuned_half, half_bytes);
  atomic_store(&tuned_whole, whole);
}

static rf_status read_source(void *context, uint64_t place, void *buffer, size_t n, rf_error *err) {
  return rf_pool_read(context, place, buffer, n, err);
}

/* ---- as a store ---- */

/* Makes bytes [segment->place, + n) of rows. A segment may begin and end within a row. */
static rf_status read_rows(rf_edit *e, const rf_segment *segment, uint8_t *out, rf_error *err) {
  const rf_step *step = &e->laid[segment->object].step;
  rf_source source = {read_source, e};
  uint64_t max = step->width < COPY_BYTES ? COPY_BYTES / step->width : 1;
  uint8_t *rows = rf_alloc((size_t)(max * step->width));
  rf_status status = RF_OK;
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for rows of %llu bytes",
                   (unsigned long long)step->width);
  for (uint64_t at = segment->place, end = at + segment->n; at < end && status == RF_OK;) {
    uint64_t low = at / step->width, high = low + max, skip = at - low * step->width;
    high = high < step->units ? high : step->units;
    uint64_t n = (high - low) * step->width - skip;
    n = n < end - at ? n : end - at;
    status = rf_step_make(step, &source, low, high, rows, err);
    if (status == RF_OK)
      memcpy(out, rows + (size_t)skip, (size_t)n);
    out += n;
    at += n;
  }
  rf_free(rows);
  return status;
}

static rf_status edit_read_at(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err) {
  rf_edit *e = state;
  uint8_t *to = buffer;
  uint64_t size = rf_segments_size(&e->view);
  *got = 0;
  if (offset >= size)
    return RF_OK;
  n = n < size - offset ? n : (size_t)(size - offset);
  for (size_t i = rf_segments_find(&e->view, offset); *got < n; i++) {
    rf_segment segment = rf_segments_part(&e->view, i, offset, n);
    if (segment.kind == RF_SEGMENT_FILL)
      memset(to + *got, (int)segment.place, (size_t)segment.n);
    else if (segment.kind == RF_SEGMENT_BYTES)
      RF_TRY(rf_pool_read(e, segment.place, to + *got, (size_t)segment.n, err));
    else
      RF_TRY(read_rows(e, &segment, to + *got, err));
    *got += (size_t)segment.n;
  }
  return RF_OK;
}

static rf_status edit_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = rf_segments_size(&((rf_edit *)state)->view);
  return RF_OK;
}

static rf_status edit_truncate(void *state, uint64_t size, rf_error *err) {
  return rf_segments_resize(&((rf_edit *)state)->view, size, err);
}

/* Extends the view to `offset`. */
static rf_status reach(rf_edit *e, uint64_t offset, rf_error *err) {
  return offset > rf_segments_size(&e->view) ? rf_segments_resize(&e->view, offset, err) : RF_OK;
}

static rf_status edit_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  rf_edit *e = state;
  rf_segment segment = {.at = offset, .n = n, .kind = RF_SEGMENT_BYTES};
  RF_TRY(reach(e, offset, err));
  RF_TRY(rf_pool_append(e, buffer, n, &segment.place, err));
  return rf_segments_set(&e->view, &segment, err);
}

static rf_status edit_move(void *state, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  rf_edit *e = state;
  uint64_t size = rf_segments_size(&e->view);
  if (from > size || n > size - from)
    return rf_fail(err, RF_ERR_TRUNCATED, "expected %llu bytes at offset %llu in a file of %llu bytes",
                   (unsigned long long)n, (unsigned long long)from, (unsigned long long)size);
  RF_TRY(reach(e, to, err));
  return rf_segments_copy(&e->view, from, to, n, err);
}

static rf_status edit_fill(void *state, rf_range range, int byte, rf_error *err) {
  rf_edit *e = state;
  rf_segment fill = {.at = range.offset, .n = range.length, .place = (uint8_t)byte, .kind = RF_SEGMENT_FILL};
  RF_TRY(reach(e, range.offset, err));
  return rf_segments_set(&e->view, &fill, err);
}

static rf_status edit_close(void *state, rf_error *err) {
  (void)state;
  (void)err;
  return RF_OK;
}

static const rf_driver_ops edit_ops = {
    .size = sizeof(rf_driver_ops),
    .read_at = edit_read_at,
    .get_size = edit_get_size,
    .write_at = edit_write_at,
    .truncate = edit_truncate,
    .close = edit_close,
    .move = edit_move,
    .fill = edit_fill,
};

rf_edit *rf_edit_of(rf_store *store) {
  return store->ops == &edit_ops ? store->state : NULL;
}

rf_store *rf_edit_store(rf_edit *edit) {
  return &edit->store;
}

/* ---- headers ---- */

/* Drops older pairs of a header that is written again. */
static void drop_pairs(rf_edit *e, uint64_t at, uint64_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < e->pair_count; i++)
    if (e->pairs[i].at >= at + n || at >= e->pairs[i].at + e->pairs[i].n)
      e->pairs[kept++] = e->pairs[i];
  e->pair_count = kept;
}

/* Writes bytes [first, last) of a header at `offset`. `was` are the `old` bytes that begin there now. */
static rf_status put_header(rf_edit *e, uint64_t offset, const uint8_t *fresh, size_t first, size_t last,
                            const uint8_t *was, size_t old, rf_error *err) {
  rf_segment segment = {.at = offset + first, .n = last - first, .kind = RF_SEGMENT_BYTES};
  rf_pair pair = {offset + first, 0, 0, (last < old ? last : old > first ? old : first) - first};
  rf_pair *pairs = rf_realloc(e->pairs, (e->pair_count + 1) * sizeof *pairs);
  if (pairs == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a header");
  e->pairs = pairs;
  RF_TRY(rf_pool_append(e, fresh + first, last - first, &segment.place, err));
  pair.fresh = segment.place;
  RF_TRY(rf_pool_append(e, was + first, (size_t)pair.n, &pair.old, err));
  drop_pairs(e, segment.at, segment.n);
  if (pair.n > 0)
    e->pairs[e->pair_count++] = pair;
  return rf_segments_set(&e->view, &segment, err);
}

rf_status rf_edit_header_over(rf_edit *e, uint64_t offset, const void *old, const void *bytes, size_t n,
                              rf_error *err) {
  const uint8_t *was = old, *fresh = bytes;
  size_t first = 0, last = n;
  while (first < n && was[first] == fresh[first])
    first++;
  while (last > first && was[last - 1] == fresh[last - 1])
    last--;
  return first < last ? put_header(e, offset, fresh, first, last, was, n, err) : RF_OK;
}

rf_status rf_edit_header(rf_edit *e, uint64_t offset, const void *bytes, size_t n, rf_error *err) {
  size_t old = offset >= e->old_size ? 0 : n < e->old_size - offset ? n : (size_t)(e->old_size - offset);
  uint64_t size = rf_segments_size(&e->view);
  size_t seen = offset >= size ? 0 : n < size - offset ? n : (size_t)(size - offset);
  size_t same = old < seen ? old : seen, first = 0, last = n;
  uint8_t *was = rf_alloc(old + seen + 1), *now = was + old;
  const uint8_t *fresh = bytes;
  if (was == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a header of %zu bytes", n);
  rf_status status = rf_store_read(e->inner, offset, was, old, err);
  if (status == RF_OK)
    status = rf_store_read(&e->store, offset, now, seen, err);
  /* Bytes that are the same in the file and in the view are not written. */
  while (status == RF_OK && first < same && was[first] == fresh[first] && now[first] == fresh[first])
    first++;
  while (status == RF_OK && last <= same && last > first && was[last - 1] == fresh[last - 1] &&
         now[last - 1] == fresh[last - 1])
    last--;
  if (status == RF_OK && first < last)
    status = put_header(e, offset, fresh, first, last, was, old, err);
  rf_free(was);
  return status;
}

/* ---- rows ---- */

static rf_status add_laid(rf_edit *e, const rf_step *step, rf_error *err) {
  rf_laid *laid = rf_realloc(e->laid, (e->laid_count + 1) * sizeof *laid);
  if (laid == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  e->laid = laid;
  laid[e->laid_count++] = (rf_laid){.step = *step};
  return RF_OK;
}

/* Tells whether bytes [at, at + n) of the view are contiguous in the old file, and where. */
static bool is_old(const rf_edit *e, uint64_t at, uint64_t n, uint64_t *place) {
  uint64_t size = rf_segments_size(&e->view);
  if (n == 0 || at >= size || n > size - at)
    return false;
  size_t i = rf_segments_find(&e->view, at);
  rf_segment segment = rf_segments_part(&e->view, i, at, n);
  *place = segment.place;
  return segment.kind == RF_SEGMENT_BYTES && segment.n == n && segment.place < RF_POOL_BASE;
}

static rf_status set_laid(rf_edit *e, const rf_step *step, uint64_t at, rf_error *err) {
  rf_segment segment = {
      .at = at, .n = step->units * step->width, .object = (uint32_t)e->laid_count, .kind = RF_SEGMENT_ROWS};
  RF_TRY(add_laid(e, step, err));
  return rf_segments_set(&e->view, &segment, err);
}

rf_status rf_edit_rows(rf_edit *e, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                       const rf_laid_part *parts, size_t count, int blank, bool *done, rf_error *err) {
  static const rf_part_kind kinds[] = {RF_PART_COPIED, RF_PART_VALUES, RF_PART_WIDENED};
  rf_step step = {.kind = RF_STEP_ROWS, .units = nrows, .width = new_bytes, .old = old_bytes, .blank = (uint8_t)blank};
  uint64_t all, size = rf_segments_size(&e->view);
  *done = false;
  if (nrows == 0 || old_bytes == 0 || new_bytes == 0 || old_bytes > LONG_ROW || new_bytes > LONG_ROW ||
      !rf_mul_u64(nrows, old_bytes, &all) || !is_old(e, data, all, &step.src) || !rf_mul_u64(nrows, new_bytes, &all) ||
      all > size || data > size - all)
    return RF_OK;
  step.parts = rf_alloc_zero(count + 1, sizeof *step.parts);
  if (step.parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  for (size_t i = 0; i < count; i++)
    if (parts[i].bytes > 0)
      step.parts[step.count++] = (rf_part){kinds[parts[i].kind], parts[i].from, parts[i].to, parts[i].bytes};
  rf_status status = set_laid(e, &step, data, err);
  if (status != RF_OK && (e->laid_count == 0 || e->laid[e->laid_count - 1].step.parts != step.parts))
    rf_step_clear(&step);
  *done = status == RF_OK;
  return status;
}

rf_status rf_edit_field(rf_edit *e, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint64_t low, uint64_t n,
                        uint64_t *place, bool *done, rf_error *err) {
  *done = false;
  if (nrows == 0 || n == 0 || data >= rf_segments_size(&e->view))
    return RF_OK;
  const rf_segment *segment = rf_segments_get(&e->view, rf_segments_find(&e->view, data));
  if (segment->kind != RF_SEGMENT_ROWS || segment->at != data || segment->place != 0)
    return RF_OK;
  rf_step *step = &e->laid[segment->object].step;
  if (step->kind != RF_STEP_ROWS || step->width != row_bytes || step->units != nrows || low > row_bytes ||
      n > row_bytes - low || segment->n != nrows * row_bytes)
    return RF_OK;
  for (size_t i = 0; i < step->count; i++)
    if (step->parts[i].to < low + n && low < step->parts[i].to + step->parts[i].n)
      return RF_OK;
  rf_part *parts = rf_realloc(step->parts, (step->count + 1) * sizeof *parts);
  if (parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  step->parts = parts;
  RF_TRY(rf_pool_reserve(e, nrows * n, place, err));
  parts[step->count++] = (rf_part){RF_PART_VALUES, *place, low, n};
  *done = true;
  return RF_OK;
}

rf_status rf_edit_keep(rf_edit *e, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint8_t *bits, uint64_t kept,
                       bool *done, rf_error *err) {
  rf_step step = {.kind = RF_STEP_KEEP, .units = kept, .width = row_bytes, .old = row_bytes, .rows = nrows};
  uint64_t all;
  *done = false;
  if (kept == 0 || row_bytes == 0 || row_bytes > LONG_ROW || !rf_mul_u64(nrows, row_bytes, &all) ||
      !is_old(e, data, all, &step.src)) {
    rf_free(bits);
    return RF_OK;
  }
  rf_status status = rf_step_take_bits(&step, bits, err);
  if (status == RF_OK)
    status = rf_pool_append(e, bits, (size_t)(nrows / 8 + (nrows % 8 != 0)), &step.bitmap, err);
  size_t before = e->laid_count;
  if (status == RF_OK)
    status = set_laid(e, &step, data, err);
  if (e->laid_count == before)
    rf_step_clear(&step);
  *done = status == RF_OK;
  return status;
}

rf_status rf_edit_values(rf_edit *e, uint64_t bytes, uint64_t *place, rf_error *err) {
  return rf_pool_reserve(e, bytes, place, err);
}

rf_status rf_edit_put_values(rf_edit *e, uint64_t place, const void *bytes, size_t n, rf_error *err) {
  return rf_pool_write(e, place, bytes, n, err);
}

/* ---- beginning and ending ---- */

bool rf_edit_is_wanted(const rf_store *store) {
  if (store->ops == &rf_local_ops && rf_local_is_private(store->state))
    return false;
  return (store->flags & RF_DRIVER_VOLATILE) == 0 && store->writable && store->ops != &edit_ops;
}

rf_status rf_edit_begin(rf_store *store, uint64_t old_size, uint64_t new_size, rf_edit **edit, rf_error *err) {
  rf_edit *e = rf_alloc_zero(1, sizeof *e);
  rf_segment all = {.n = old_size, .kind = RF_SEGMENT_BYTES};
  if (e == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an edit");
  e->store = (rf_store){.ops = &edit_ops, .state = e, .writable = true, .name = store->name};
  rf_store_describe(&e->store);
  e->inner = store;
  e->old_size = old_size;
  e->new_size = new_size;
  e->tuned_half = atomic_load(&tuned_half);
  e->whole_sums = atomic_load(&tuned_whole);
  e->short_rows = e->tuned_half != 0 ? RF_MIN_HALF_BYTES : SHORT_ROWS;
  e->any_size = new_size == RF_EDIT_ANY_SIZE;
  rf_status status = e->any_size ? RF_OK : rf_pool_place(e, err);
  if (status == RF_OK)
    status = rf_segments_set(&e->view, &all, err);
  if (status != RF_OK) {
    rf_edit_free(e);
    return status;
  }
  *edit = e;
  return RF_OK;
}

void rf_edit_free(rf_edit *e) {
  if (e == NULL)
    return;
  if (e->begun && !e->committed)
    (void)rf_store_truncate(e->inner, e->old_size, NULL);
  rf_filelock_release(&e->lock);
  rf_segments_free(&e->view);
  for (size_t i = 0; i < e->laid_count; i++)
    rf_step_clear(&e->laid[i].step);
  rf_free(e->laid);
  rf_free(e->pairs);
  rf_free(e->pool);
  rf_free(e);
}
