/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/edit.h"

#include <stdatomic.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/internal.h"
#include "store/local/file.h"

/* A larger pool goes to the file. */
#define POOL_MOST ((uint64_t)1 << 20)

/* Rows longer than this are moved part by part. */
#define LONG_ROW ((uint64_t)1 << 20)

/* Fewer bytes of rows go to the pool, so that a table that is written to here and there gets few steps. */
#define SHORT_ROWS ((uint64_t)64 << 10)

/* What a kill does not tear. */
#define PAGE ((uint64_t)4096)

/* How long an edit waits for another one, or for readers of a file that an interrupted edit left. */
#define WAIT_SECONDS 1.0

#define COPY_BYTES ((size_t)256 << 10)

/* So many bytes behind the old end are written at once, without a reservation: their space is taken by that write. */
#define SMALL_TRAILER ((uint64_t)64 << 10)

static atomic_uint_least64_t tuned_half;
static atomic_bool tuned_whole;

void rf_edit_tune(uint64_t half_bytes, bool whole) {
  atomic_store(&tuned_half, half_bytes);
  atomic_store(&tuned_whole, whole);
}

/* ---- the space behind the file ---- */

static rf_status write_footer(rf_edit *e, const rf_trailer *t, rf_edit_state state, uint32_t crc, rf_error *err) {
  uint8_t line[RF_LINE];
  rf_footer_encode(t, state, crc, line);
  return rf_store_write(e->inner, t->size - RF_LINE, line, sizeof line, err);
}

/* No other process edits the file, and it is the one that was looked at. */
static rf_status take_file(rf_edit *e, rf_error *err) {
  uint64_t size;
  if (e->inner->ops == &rf_local_ops &&
      rf_local_lock_edit(e->inner->state, true, WAIT_SECONDS, &e->lock) == RF_LOCK_HELD)
    return rf_fail(err, RF_ERR_LOCKED,
                   "another process is editing the file, or reads it in the state that an interrupted edit has left");
  RF_TRY(rf_store_size(e->inner, &size, err));
  if (size == e->old_size)
    return RF_OK;
  return rf_fail(err, RF_ERR_CHANGED, "another process has changed the file: it has %llu bytes now, not %llu",
                 (unsigned long long)size, (unsigned long long)e->old_size);
}

/* Where space cannot be reserved it is written to. */
static rf_status fill_new_space(rf_edit *e, rf_error *err) {
  return e->new_size > e->old_size ? rf_store_fill(e->inner, e->old_size, e->new_size - e->old_size, 0, err) : RF_OK;
}

/* Makes the file `size` bytes long, with a footer that says that nothing has moved. Its space is taken first. */
static rf_status prepare(rf_edit *e, uint64_t size, rf_error *err) {
  rf_trailer t = {.old_size = e->old_size, .new_size = e->new_size, .size = size};
  bool first = !e->begun;
  if (!e->begun)
    RF_TRY(take_file(e, err));
  else if (size <= e->size)
    return RF_OK;
  e->begun = true;
  RF_TRY(rf_store_reserve(e->inner, size, err));
  RF_TRY(write_footer(e, &t, RF_EDIT_PREPARING, 0, err));
  e->size = size;
  return first && e->inner->ops->reserve == NULL ? fill_new_space(e, err) : RF_OK;
}

/* ---- the pool ---- */

/* So that there is room for a pool of `bytes`. */
static rf_status prepare_pool(rf_edit *e, uint64_t bytes, rf_error *err) {
  uint64_t end;
  if (!rf_add_u64(e->pool_at, bytes, &end) || end > INT64_MAX - RF_HALF_MOST)
    return rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
  end = e->start + (end - e->start + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  return prepare(e, end + RF_TRAILER_TAIL, err);
}

static rf_status spill(rf_edit *e, uint64_t need, rf_error *err) {
  /* Twice what is needed, so that a pool that goes on growing does so in few steps. */
  uint64_t room = need < INT64_MAX / 4 ? 2 * need : need;
  if (!e->spilled || e->pool_at + need + RF_TRAILER_TAIL > e->size)
    RF_TRY(prepare_pool(e, room, err));
  if (!e->spilled && e->pool_used > 0)
    RF_TRY(rf_store_write(e->inner, e->pool_at, e->pool, (size_t)e->pool_used, err));
  e->spilled = true;
  return RF_OK;
}

/* Room for n more bytes, in memory or in the file. */
static rf_status grow_pool(rf_edit *e, uint64_t n, rf_error *err) {
  uint64_t need;
  if (!rf_add_u64(e->pool_used, n, &need) || need > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
  if (e->spilled || (!e->any_size && need > POOL_MOST))
    return spill(e, need, err);
  if (need > e->pool_room) {
    size_t room;
    uint8_t *pool = need < INT64_MAX / 2 && rf_to_size(need + need / 2 + 256, &room) ? rf_realloc(e->pool, room) : NULL;
    if (pool == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "no memory for %llu bytes of an edit", (unsigned long long)need);
    e->pool = pool;
    e->pool_room = room;
  }
  return RF_OK;
}

rf_status rf_edit_pool(rf_edit *e, const void *bytes, size_t n, uint64_t *place, rf_error *err) {
  RF_TRY(grow_pool(e, n, err));
  *place = RF_POOL_BASE + e->pool_used;
  if (e->spilled)
    RF_TRY(rf_store_write(e->inner, e->pool_at + e->pool_used, bytes, n, err));
  else if (n > 0)
    memcpy(e->pool + (size_t)e->pool_used, bytes, n);
  e->pool_crc = rf_crc32c(bytes, n, e->pool_crc);
  e->pool_used += n;
  return RF_OK;
}

rf_status rf_edit_values(rf_edit *e, uint64_t bytes, uint64_t *place, rf_error *err) {
  RF_TRY(grow_pool(e, bytes, err));
  *place = RF_POOL_BASE + e->pool_used;
  if (!e->spilled)
    memset(e->pool + (size_t)e->pool_used, 0, (size_t)bytes);
  e->pool_used += bytes;
  e->pool_patched = true;
  return RF_OK;
}

rf_status rf_edit_put_values(rf_edit *e, uint64_t place, const void *bytes, size_t n, rf_error *err) {
  e->pool_patched = true;
  if (e->spilled)
    return rf_store_write(e->inner, e->pool_at + (place - RF_POOL_BASE), bytes, n, err);
  if (n > 0)
    memcpy(e->pool + (size_t)(place - RF_POOL_BASE), bytes, n);
  return RF_OK;
}

rf_status rf_edit_read_place(rf_edit *e, uint64_t place, void *buffer, size_t n, rf_error *err) {
  if (place >= RF_POOL_BASE && !e->spilled) {
    memcpy(buffer, e->pool + (size_t)(place - RF_POOL_BASE), n);
    return RF_OK;
  }
  if (place >= RF_POOL_BASE)
    place = e->pool_at + (place - RF_POOL_BASE);
  return rf_store_read(e->inner, place, buffer, n, err);
}

static rf_status read_source(void *context, uint64_t place, void *buffer, size_t n, rf_error *err) {
  return rf_edit_read_place(context, place, buffer, n, err);
}

/* ---- as a store ---- */

/* Bytes [piece->place, + n) of rows that are made at once; a stretch may begin and end within a row. */
static rf_status read_rows(rf_edit *e, const rf_piece *piece, uint8_t *out, rf_error *err) {
  const rf_step *step = &e->laid[piece->object].step;
  rf_source source = {read_source, e};
  uint64_t most = step->width < COPY_BYTES ? COPY_BYTES / step->width : 1;
  uint8_t *rows = rf_alloc((size_t)(most * step->width));
  rf_status status = RF_OK;
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for rows of %llu bytes", (unsigned long long)step->width);
  for (uint64_t at = piece->place, end = at + piece->n; at < end && status == RF_OK;) {
    uint64_t low = at / step->width, high = low + most, skip = at - low * step->width;
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
  uint64_t size = rf_pieces_size(&e->view);
  *got = 0;
  if (offset >= size)
    return RF_OK;
  n = n < size - offset ? n : (size_t)(size - offset);
  for (size_t i = rf_pieces_find(&e->view, offset); *got < n; i++) {
    rf_piece piece = rf_pieces_part(&e->view, i, offset, n);
    if (piece.kind == RF_PIECE_FILL)
      memset(to + *got, (int)piece.place, (size_t)piece.n);
    else if (piece.kind == RF_PIECE_BYTES)
      RF_TRY(rf_edit_read_place(e, piece.place, to + *got, (size_t)piece.n, err));
    else
      RF_TRY(read_rows(e, &piece, to + *got, err));
    *got += (size_t)piece.n;
  }
  return RF_OK;
}

static rf_status edit_get_size(void *state, uint64_t *size, rf_error *err) {
  (void)err;
  *size = rf_pieces_size(&((rf_edit *)state)->view);
  return RF_OK;
}

static rf_status edit_truncate(void *state, uint64_t size, rf_error *err) {
  return rf_pieces_resize(&((rf_edit *)state)->view, size, err);
}

/* The view reaches up to `offset` at least. */
static rf_status reach(rf_edit *e, uint64_t offset, rf_error *err) {
  return offset > rf_pieces_size(&e->view) ? rf_pieces_resize(&e->view, offset, err) : RF_OK;
}

static rf_status edit_write_at(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err) {
  rf_edit *e = state;
  rf_piece piece = {.at = offset, .n = n, .kind = RF_PIECE_BYTES};
  RF_TRY(reach(e, offset, err));
  RF_TRY(rf_edit_pool(e, buffer, n, &piece.place, err));
  return rf_pieces_set(&e->view, &piece, err);
}

static rf_status edit_move(void *state, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  rf_edit *e = state;
  uint64_t size = rf_pieces_size(&e->view);
  if (from > size || n > size - from)
    return rf_fail(err, RF_ERR_TRUNCATED, "%llu bytes are wanted at offset %llu, but the file ends at %llu",
                   (unsigned long long)n, (unsigned long long)from, (unsigned long long)size);
  RF_TRY(reach(e, to, err));
  return rf_pieces_copy(&e->view, from, to, n, err);
}

static rf_status edit_fill(void *state, uint64_t offset, uint64_t n, int byte, rf_error *err) {
  rf_edit *e = state;
  rf_piece fill = {.at = offset, .n = n, .place = (uint8_t)byte, .kind = RF_PIECE_FILL};
  RF_TRY(reach(e, offset, err));
  return rf_pieces_set(&e->view, &fill, err);
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

/* A header that is written again: what it was before and is now is said once. */
static void drop_pairs(rf_edit *e, uint64_t at, uint64_t n) {
  size_t kept = 0;
  for (size_t i = 0; i < e->pair_count; i++)
    if (e->pairs[i].at >= at + n || at >= e->pairs[i].at + e->pairs[i].n)
      e->pairs[kept++] = e->pairs[i];
  e->pair_count = kept;
}

/* Bytes [first, last) of a header at `offset`, whose bytes `was` begin there now. */
static rf_status put_header(rf_edit *e, uint64_t offset, const uint8_t *fresh, size_t first, size_t last,
                            const uint8_t *was, size_t old, rf_error *err) {
  rf_piece piece = {.at = offset + first, .n = last - first, .kind = RF_PIECE_BYTES};
  rf_pair pair = {offset + first, 0, 0, (last < old ? last : old > first ? old : first) - first};
  rf_pair *pairs = rf_realloc(e->pairs, (e->pair_count + 1) * sizeof *pairs);
  if (pairs == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header");
  e->pairs = pairs;
  RF_TRY(rf_edit_pool(e, fresh + first, last - first, &piece.place, err));
  pair.fresh = piece.place;
  RF_TRY(rf_edit_pool(e, was + first, (size_t)pair.n, &pair.old, err));
  drop_pairs(e, piece.at, piece.n);
  if (pair.n > 0)
    e->pairs[e->pair_count++] = pair;
  return rf_pieces_set(&e->view, &piece, err);
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
  uint64_t size = rf_pieces_size(&e->view);
  size_t seen = offset >= size ? 0 : n < size - offset ? n : (size_t)(size - offset);
  size_t same = old < seen ? old : seen, first = 0, last = n;
  uint8_t *was = rf_alloc(old + seen + 1), *now = was + old;
  const uint8_t *fresh = bytes;
  if (was == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a header of %zu bytes", n);
  rf_status status = rf_store_read(e->inner, offset, was, old, err);
  if (status == RF_OK)
    status = rf_store_read(&e->store, offset, now, seen, err);
  /* What is the same in the file and in the view is not written. */
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
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  e->laid = laid;
  laid[e->laid_count++] = (rf_laid){.step = *step};
  return RF_OK;
}

/* Where bytes [at, at + n) of the view stand in the old file, one behind the other. */
static bool is_old(const rf_edit *e, uint64_t at, uint64_t n, uint64_t *place) {
  uint64_t size = rf_pieces_size(&e->view);
  if (n == 0 || at >= size || n > size - at)
    return false;
  size_t i = rf_pieces_find(&e->view, at);
  rf_piece piece = rf_pieces_part(&e->view, i, at, n);
  *place = piece.place;
  return piece.kind == RF_PIECE_BYTES && piece.n == n && piece.place < RF_POOL_BASE;
}

static rf_status set_laid(rf_edit *e, const rf_step *step, uint64_t at, rf_error *err) {
  rf_piece piece = {.at = at, .n = step->units * step->width, .object = (uint32_t)e->laid_count, .kind = RF_PIECE_ROWS};
  RF_TRY(add_laid(e, step, err));
  return rf_pieces_set(&e->view, &piece, err);
}

rf_status rf_edit_rows(rf_edit *e, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                       const rf_laid_part *parts, size_t count, int blank, bool *done, rf_error *err) {
  static const rf_part_kind kinds[] = {RF_PART_COPIED, RF_PART_VALUES, RF_PART_WIDENED};
  rf_step step = {.kind = RF_STEP_ROWS, .units = nrows, .width = new_bytes, .old = old_bytes, .blank = (uint8_t)blank};
  uint64_t all, size = rf_pieces_size(&e->view);
  *done = false;
  if (nrows == 0 || old_bytes == 0 || new_bytes == 0 || old_bytes > LONG_ROW || new_bytes > LONG_ROW ||
      !rf_mul_u64(nrows, old_bytes, &all) || !is_old(e, data, all, &step.src) || !rf_mul_u64(nrows, new_bytes, &all) ||
      all > size || data > size - all)
    return RF_OK;
  step.parts = rf_alloc_zero(count + 1, sizeof *step.parts);
  if (step.parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
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
  if (nrows == 0 || n == 0 || data >= rf_pieces_size(&e->view))
    return RF_OK;
  const rf_piece *piece = rf_pieces_get(&e->view, rf_pieces_find(&e->view, data));
  if (piece->kind != RF_PIECE_ROWS || piece->at != data || piece->place != 0)
    return RF_OK;
  rf_step *step = &e->laid[piece->object].step;
  if (step->kind != RF_STEP_ROWS || step->width != row_bytes || step->units != nrows || low > row_bytes ||
      n > row_bytes - low || piece->n != nrows * row_bytes)
    return RF_OK;
  for (size_t i = 0; i < step->count; i++)
    if (step->parts[i].to < low + n && low < step->parts[i].to + step->parts[i].n)
      return RF_OK;
  rf_part *parts = rf_realloc(step->parts, (step->count + 1) * sizeof *parts);
  if (parts == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  step->parts = parts;
  RF_TRY(rf_edit_values(e, nrows * n, place, err));
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
    status = rf_edit_pool(e, bits, (size_t)(nrows / 8 + (nrows % 8 != 0)), &step.bitmap, err);
  size_t before = e->laid_count;
  if (status == RF_OK)
    status = set_laid(e, &step, data, err);
  if (e->laid_count == before)
    rf_step_clear(&step);
  *done = status == RF_OK;
  return status;
}

/* ---- beginning and ending ---- */

bool rf_edit_is_wanted(const rf_store *store) {
  if (store->ops == &rf_local_ops && rf_local_is_private(store->state))
    return false;
  return (store->flags & RF_DRIVER_VOLATILE) == 0 && store->writable && store->ops != &edit_ops;
}

static rf_status place_pool(rf_edit *e, rf_error *err) {
  if (!rf_trailer_start(e->old_size, e->new_size, &e->start))
    return rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
  e->pool_at = e->start + RF_POOL_SKEW;
  return RF_OK;
}

rf_status rf_edit_begin(rf_store *store, uint64_t old_size, uint64_t new_size, rf_edit **edit, rf_error *err) {
  rf_edit *e = rf_alloc_zero(1, sizeof *e);
  rf_piece all = {.n = old_size, .kind = RF_PIECE_BYTES};
  if (e == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  e->store = (rf_store){.ops = &edit_ops, .state = e, .writable = true, .name = store->name};
  rf_store_describe(&e->store);
  e->inner = store;
  e->old_size = old_size;
  e->new_size = new_size;
  e->short_rows = atomic_load(&tuned_half) != 0 ? RF_HALF_LEAST : SHORT_ROWS;
  e->any_size = new_size == RF_EDIT_ANY_SIZE;
  rf_status status = e->any_size ? RF_OK : place_pool(e, err);
  if (status == RF_OK)
    status = rf_pieces_set(&e->view, &all, err);
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
  rf_pieces_free(&e->view);
  for (size_t i = 0; i < e->laid_count; i++)
    rf_step_clear(&e->laid[i].step);
  rf_free(e->laid);
  rf_free(e->pairs);
  rf_free(e->pool);
  rf_free(e);
}

/* ---- committing ---- */

/* CRC of the pool as it is in the file or in memory, behind the line of zeros before it. */
static rf_status crc_of_pool(rf_edit *e, uint32_t *crc, rf_error *err) {
  static const uint8_t zeros[RF_LINE];
  *crc = rf_crc32c(zeros, sizeof zeros, 0);
  uint8_t *buffer = rf_alloc(COPY_BYTES);
  rf_status status = RF_OK;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  for (uint64_t done = 0; done < e->pool_used && status == RF_OK;) {
    size_t n = e->pool_used - done < COPY_BYTES ? (size_t)(e->pool_used - done) : COPY_BYTES;
    status = rf_edit_read_place(e, RF_POOL_BASE + done, buffer, n, err);
    *crc = rf_crc32c(buffer, n, *crc);
    done += n;
  }
  rf_free(buffer);
  return status;
}

/* Pool and record behind the header's place; *crc is of both. */
static rf_status write_body(rf_edit *e, const rf_trailer *t, const uint8_t *record, size_t n, uint32_t *crc,
                            rf_error *err) {
  bool apart = !e->spilled && e->pool_used > POOL_MOST / 4; /* a large pool is not copied */
  size_t fresh = e->spilled || apart ? 0 : (size_t)e->pool_used, gap = (size_t)(t->record - e->pool_at - e->pool_used);
  size_t lead = e->spilled || apart ? 0 : RF_LINE;
  uint8_t *body = rf_alloc_zero(lead + fresh + gap + n, 1);
  rf_status status = RF_OK;
  if (body == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  if (fresh > 0)
    memcpy(body + lead, e->pool, fresh);
  memcpy(body + lead + fresh + gap, record, n);
  *crc = 0;
  if (e->spilled || apart)
    status = crc_of_pool(e, crc, err);
  if (status == RF_OK && apart)
    status = rf_store_write(e->inner, e->pool_at, e->pool, (size_t)e->pool_used, err);
  *crc = rf_crc32c(body, lead + fresh + gap + n, *crc);
  if (status == RF_OK)
    status = rf_store_write(e->inner, t->record - gap - fresh - lead, body, lead + fresh + gap + n, err);
  rf_free(body);
  return status;
}

/* The footer that says that nothing has moved, then all else behind the old end of the file in one write. A full disk
 * refuses it before the old bytes change. */
static rf_status write_small(rf_edit *e, const rf_trailer *t, const uint8_t *record, uint32_t *crc, rf_error *err) {
  uint64_t begin = e->pool_at - RF_LINE, record_end = t->record + t->record_bytes;
  size_t n = (size_t)(t->size - e->old_size);
  RF_TRY(take_file(e, err));
  uint8_t *bytes = rf_alloc_zero(n, 1);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for an edit");
  if (e->pool_used > 0)
    memcpy(bytes + (size_t)(e->pool_at - e->old_size), e->pool, (size_t)e->pool_used);
  memcpy(bytes + (size_t)(t->record - e->old_size), record, (size_t)t->record_bytes);
  *crc = rf_crc32c(bytes + (size_t)(begin - e->old_size), (size_t)(record_end - begin), 0);
  e->begun = true;
  e->size = t->size;
  rf_status status = write_footer(e, t, RF_EDIT_PREPARING, 0, err);
  if (status == RF_OK)
    status = rf_store_write(e->inner, e->old_size, bytes, n - RF_LINE, err);
  rf_free(bytes);
  return status;
}

/* Places of record, halves and slots; the file may be longer already. */
static void place_trailer(const rf_edit *e, rf_trailer *t, size_t record) {
  t->record = e->start + RF_BLOCK_BYTES + rf_lines(RF_LINE + e->pool_used);
  t->record_bytes = record;
  t->half_at = rf_lines(t->record + record);
  uint64_t bytes = t->half_at + 2 * t->half_bytes - e->start;
  t->end = e->start + (bytes + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
  if (e->begun && e->size > t->end + RF_TRAILER_TAIL)
    t->end = e->size - RF_TRAILER_TAIL;
  t->size = t->end + RF_TRAILER_TAIL;
}

/* As large as it has to be: most edits fill no half. */
static uint64_t choose_half(const rf_edit *e, const rf_trailer *t) {
  uint64_t half = atomic_load(&tuned_half), most = RF_HALF_LEAST, width = 1;
  if (half == 0)
    half = e->inner->durable ? RF_HALF_DURABLE : RF_HALF_BYTES;
  for (size_t i = 0; i < t->step_count; i++) {
    const rf_step *step = &t->steps[i];
    bool staged = step->kind == RF_STEP_ROWS || step->kind == RF_STEP_KEEP ||
                  (step->kind == RF_STEP_COPY && step->runs[0].src < e->start);
    if (staged && step->units * step->width > most)
      most = step->units * step->width;
    width = step->width > width ? step->width : width;
  }
  most = most < half ? most : half;
  return rf_lines(most > width ? most : width);
}

static rf_status sync_if(const rf_edit *e, rf_error *err) {
  return e->inner->durable ? rf_store_sync(e->inner, err) : RF_OK;
}

static rf_status run_through_trailer(rf_edit *e, rf_trailer *t, bool *written, rf_error *err) {
  char header[RF_BLOCK_BYTES];
  uint8_t *record;
  size_t n;
  uint32_t crc = 0;
  rf_edit_progress at = {.sequence = 0};
  RF_TRY(rf_edit_guard(e, t, err));
  t->half_bytes = choose_half(e, t);
  t->flags = (e->inner->durable ? RF_RECORD_DURABLE : 0) | (atomic_load(&tuned_whole) ? 0 : RF_RECORD_SAMPLED);
  RF_TRY(rf_record_encode(t, &record, &n, err));
  place_trailer(e, t, n);
  bool small = !e->begun && t->size - e->old_size <= SMALL_TRAILER;
  rf_status status = small ? write_small(e, t, record, &crc, err) : prepare(e, t->size, err);
  if (status == RF_OK && !small)
    status = write_body(e, t, record, n, &crc, err);
  rf_free(record);
  if (status == RF_OK)
    status = sync_if(e, err);
  if (status == RF_OK)
    status = write_footer(e, t, RF_EDIT_COMMITTED, crc, err);
  if (status != RF_OK)
    return status;
  e->committed = *written = true;
  RF_TRY(sync_if(e, err));
  rf_trailer_header(t->end - e->start - RF_BLOCK_BYTES, header);
  RF_TRY(rf_store_write(e->inner, e->start, header, sizeof header, err));
  return rf_trailer_finish(e->inner, t, at, err);
}

/* An edit within one page is one write that a kill does not tear. One that fails half way is taken back. */
static rf_status run_in_page(rf_edit *e, uint64_t low, uint64_t high, bool *written, rf_error *err) {
  uint8_t page[PAGE], old[PAGE];
  size_t n = (size_t)(high - low);
  RF_TRY(rf_store_read(&e->store, low, page, n, err));
  RF_TRY(rf_store_read(e->inner, low, old, n, err));
  rf_status status = rf_store_write(e->inner, low, page, n, err);
  if (status != RF_OK) {
    *written = rf_store_write(e->inner, low, old, n, NULL) != RF_OK;
    return status;
  }
  *written = true;
  return sync_if(e, err);
}

static rf_status run_steps(rf_edit *e, rf_trailer *t, bool *written, rf_error *err) {
  const rf_step *only = t->step_count == 1 ? &t->steps[0] : NULL;
  if (t->step_count == 0 && e->new_size == e->old_size)
    return RF_OK;
  if (t->step_count == 0) {
    *written = true;
    RF_TRY(rf_store_truncate(e->inner, e->new_size, err));
    return sync_if(e, err);
  }
  if (only != NULL && only->kind == RF_STEP_COPY && only->runs[0].src >= e->start && e->new_size == e->old_size &&
      !e->spilled) {
    const rf_run *last = &only->runs[only->count - 1];
    uint64_t low = only->runs[0].dst, high = last->dst + last->n;
    if (low / PAGE == (high - 1) / PAGE)
      return run_in_page(e, low, high, written, err);
  }
  return run_through_trailer(e, t, written, err);
}

rf_status rf_edit_commit(rf_edit *e, bool *written, rf_error *err) {
  uint64_t size = rf_pieces_size(&e->view);
  if (e->any_size) {
    e->new_size = size;
    RF_TRY(place_pool(e, err));
  }
  rf_trailer t = {.old_size = e->old_size, .new_size = e->new_size, .start = e->start};
  if (size != e->new_size)
    return rf_fail(err, RF_ERR_ARGUMENT, "an edit has made %llu bytes, where %llu were to be", (unsigned long long)size,
                   (unsigned long long)e->new_size);
  rf_status status = rf_edit_plan(e, &t, err);
  if (status == RF_OK)
    status = run_steps(e, &t, written, err);
  rf_trailer_clear(&t);
  return status;
}
