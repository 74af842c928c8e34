/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The trailer as bytes: footer, slots, record. What is read back comes from a file that anyone may have written: every
 * number is checked before it is used, so that an absurd one ends in bounded time and memory, and no step can write
 * outside the file.
 */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/memory.h"
#include "store/trailer/trailer.h"

#define FOOTER_MAGIC "RFMOVE1"
#define READ_BYTES ((size_t)256 << 10)

void rf_trailer_clear(rf_trailer *trailer) {
  for (size_t i = 0; i < trailer->step_count; i++)
    rf_step_clear(&trailer->steps[i]);
  rf_free(trailer->steps);
  rf_free(trailer->pairs);
  rf_free(trailer->guards);
  memset(trailer, 0, sizeof *trailer);
}

bool rf_trailer_start(uint64_t old_size, uint64_t new_size, uint64_t *start) {
  uint64_t longer = old_size > new_size ? old_size : new_size;
  return rf_round_block(longer, start) && *start <= INT64_MAX / 2;
}

/* ---- encoding ---- */

static void seal(uint8_t line[RF_LINE]) {
  rf_put_le32(line + 60, rf_crc32c(line, 60, 0));
}

static bool is_sealed(const uint8_t line[RF_LINE]) {
  return rf_get_le32(line + 60) == rf_crc32c(line, 60, 0);
}

void rf_footer_encode(const rf_trailer *t, rf_edit_state state, uint32_t crc, uint8_t line[RF_LINE]) {
  memset(line, 0, RF_LINE);
  memcpy(line, FOOTER_MAGIC, sizeof FOOTER_MAGIC);
  rf_put_le32(line + 8, (uint32_t)state);
  rf_put_le32(line + 12, crc);
  rf_put_le64(line + 16, t->old_size);
  rf_put_le64(line + 24, t->new_size);
  rf_put_le64(line + 32, t->size);
  rf_put_le64(line + 40, t->record);
  rf_put_le64(line + 48, t->record_bytes);
  seal(line);
}

void rf_slot_encode(const rf_edit_progress *p, uint8_t line[RF_LINE]) {
  memset(line, 0, RF_LINE);
  rf_put_le32(line, p->sequence);
  rf_put_le32(line + 4, p->sum);
  rf_put_le32(line + 8, p->step);
  rf_put_le32(line + 12, p->half);
  rf_put_le64(line + 16, p->done);
  rf_put_le32(line + 24, p->staged);
  rf_put_le32(line + 28, p->staged_sum);
  seal(line);
}

static void slot_decode(const uint8_t line[RF_LINE], rf_edit_progress *p) {
  p->sequence = rf_get_le32(line);
  p->sum = rf_get_le32(line + 4);
  p->step = rf_get_le32(line + 8);
  p->half = rf_get_le32(line + 12);
  p->done = rf_get_le64(line + 16);
  p->staged = rf_get_le32(line + 24);
  p->staged_sum = rf_get_le32(line + 28);
}

void rf_trailer_header(uint64_t data_bytes, char block[RF_BLOCK_BYTES]) {
  char size[RF_CARD_BYTES];
  (void)snprintf(size, sizeof size, "NAXIS1  = %20llu", (unsigned long long)data_bytes);
  const char *cards[] = {"XTENSION= 'RFMOVE  '",
                         "BITPIX  =                    8",
                         "NAXIS   =                    1",
                         size,
                         "PCOUNT  =                    0",
                         "GCOUNT  =                    1",
                         "COMMENT   An edit of this file was interrupted:",
                         "COMMENT   open it for writing to finish it.",
                         "END"};
  memset(block, ' ', RF_BLOCK_BYTES);
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++)
    memcpy(block + i * RF_CARD_BYTES, cards[i], strlen(cards[i]));
}

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
  if (w.n > RF_RECORD_MOST)
    return rf_fail(err, RF_ERR_LIMIT, "the edit moves too many stretches of the file");
  w.bytes = rf_alloc(w.n);
  if (w.bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a list of %zu bytes of moves", w.n);
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

/* A number of items of `numbers` numbers each, which the rest of the record has room for. */
static size_t get_count(reader *r, size_t numbers) {
  uint64_t count = get(r);
  if (count > (uint64_t)(r->end - r->at) / (8 * numbers)) {
    r->failed = true;
    return 0;
  }
  return (size_t)count;
}

static uint64_t get_most(reader *r, uint64_t most) {
  uint64_t value = get(r);
  if (value > most)
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
    return rf_fail(err, RF_ERR_MEMORY, "no memory for %zu parts of rows", step->count);
  for (size_t i = 0; i < step->count; i++) {
    rf_part *part = &step->parts[i];
    part->kind = get(r), part->from = get(r), part->to = get(r), part->n = get(r);
  }
  return RF_OK;
}

static rf_status get_step(reader *r, rf_step *step, rf_error *err) {
  step->kind = (rf_step_kind)get_most(r, RF_STEP_FILL);
  step->up = get_most(r, 1) != 0;
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
    step->blank = (uint8_t)get_most(r, 255);
    return get_parts(r, step, err);
  }
  if (step->kind == RF_STEP_KEEP) {
    step->old = step->width = get(r);
    step->rows = get(r);
    step->bitmap = get(r);
    step->first = get(r);
  } else if (step->kind == RF_STEP_FILL) {
    step->blank = (uint8_t)get_most(r, 255);
  } else {
    r->failed = true;
  }
  return RF_OK;
}

static rf_status get_record(reader *r, rf_trailer *t, rf_error *err) {
  t->half_bytes = get(r);
  t->flags = get_most(r, RF_RECORD_DURABLE | RF_RECORD_SAMPLED);
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
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the record of an edit");
  for (size_t i = 0; i < count && !r->failed; i++) {
    t->step_count = i + 1;
    RF_TRY(get_step(r, &t->steps[i], err));
  }
  r->failed = r->failed || count == 0 || r->at != r->end;
  return RF_OK;
}

/* ---- checks of the record ---- */

typedef struct bounds {
  uint64_t limit;           /* steps stay below it */
  uint64_t pool, pool_end;  /* what the pool has */
  uint64_t placed, fetched; /* bytes of all steps so far: each byte of a file is placed once, and taken once */
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

/* The rows as a whole: inside, and in one direction. What is between `src` and `dst` changes evenly from row to row. */
static bool rows_move_one_way(const rf_step *step, uint64_t old_rows, bounds *b) {
  uint64_t taken, made;
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

/* The bitmap itself is looked at when it is loaded. */
static bool kept_rows_fit(const rf_step *step, bounds *b) {
  uint64_t taken, made;
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

static rf_status differs(rf_error *err, const char *what) {
  return rf_fail(
      err, RF_ERR_INTERRUPTED,
      "an edit of the file was interrupted, and %s: the file was changed or copied since; it is left as it is", what);
}

static rf_status check_record(const rf_trailer *t, rf_error *err) {
  uint64_t limit = t->old_size > t->new_size ? t->old_size : t->new_size, need;
  bounds b = {limit, t->start + RF_POOL_SKEW, t->record, 0, 0};
  if (t->half_bytes % RF_LINE != 0 || t->half_bytes < RF_HALF_LEAST || t->half_bytes > RF_HALF_MOST ||
      !rf_mul_u64(t->half_bytes, 2, &need) || !within(t->half_at, need, 0, t->end) || t->new_size < RF_BLOCK_BYTES)
    return differs(err, "its sizes are not those of the file");
  for (size_t i = 0; i < t->step_count; i++)
    if (!step_fits(&t->steps[i], &b) || t->steps[i].width > t->half_bytes || t->steps[i].old > RF_HALF_MOST)
      return differs(err, "what it was to do leaves the file");
  uint64_t paired = 0;
  for (size_t i = 0; i < t->pair_count; i++) {
    const rf_pair *p = &t->pairs[i];
    if (!within(p->at, p->n, 0, limit) || !within(p->old, p->n, b.pool, b.pool_end) ||
        !within(p->fresh, p->n, b.pool, b.pool_end) || !count_bytes(&paired, p->n, t->size))
      return differs(err, "one of its headers leaves the file");
  }
  for (size_t i = 0, most = RF_BLOCK_BYTES; i < t->guard_count; i++)
    if (t->guard_count > 2 || t->guards[i].n > most || !within(t->guards[i].at, t->guards[i].n, 0, limit))
      return differs(err, "what it compares leaves the file");
  return RF_OK;
}

/* ---- reading ---- */

/* CRC of bytes [at, at + n). */
static rf_status crc_of(rf_store *store, uint64_t at, uint64_t n, uint32_t *crc, rf_error *err) {
  size_t room = n < READ_BYTES ? (size_t)n : READ_BYTES;
  uint8_t *buffer = rf_alloc(room);
  rf_status status = RF_OK;
  *crc = 0;
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to check an edit");
  for (uint64_t done = 0; done < n && status == RF_OK;) {
    size_t piece = n - done < room ? (size_t)(n - done) : room;
    status = rf_store_read(store, at + done, buffer, piece, err);
    if (status == RF_OK)
      *crc = rf_crc32c(buffer, piece, *crc);
    done += piece;
  }
  rf_free(buffer);
  return status;
}

static rf_status load_record(rf_store *store, uint32_t crc, rf_trailer *t, rf_error *err) {
  uint64_t body = t->start + RF_BLOCK_BYTES;
  uint32_t found;
  if (!within(t->record, t->record_bytes, t->start + RF_POOL_SKEW, t->end) || t->record_bytes > RF_RECORD_MOST ||
      t->record_bytes % 8 != 0)
    return differs(err, "its sizes are not those of the file");
  t->half_at = rf_lines(t->record + t->record_bytes);
  RF_TRY(crc_of(store, body, t->record + t->record_bytes - body, &found, err));
  if (found != crc)
    return differs(err, "the record of it is damaged");
  uint8_t *bytes = rf_alloc((size_t)t->record_bytes);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for the record of an edit");
  rf_status status = rf_store_read(store, t->record, bytes, (size_t)t->record_bytes, err);
  reader r = {bytes, bytes + t->record_bytes, false};
  if (status == RF_OK)
    status = get_record(&r, t, err);
  rf_free(bytes);
  if (status == RF_OK && r.failed)
    status = differs(err, "the record of it is none");
  if (status == RF_OK)
    status = check_record(t, err);
  for (size_t i = 0; i < t->step_count && status == RF_OK; i++)
    if (t->steps[i].kind == RF_STEP_KEEP)
      status = rf_step_load_bits(&t->steps[i], store, err);
  return status;
}

/* KEEP: the first and the last row that is kept have to move down, and so do those between. */
static rf_status check_kept(const rf_trailer *t, rf_error *err) {
  for (size_t i = 0; i < t->step_count; i++) {
    const rf_step *step = &t->steps[i];
    if (step->kind == RF_STEP_KEEP && step->dst > step->src + rf_step_kept_row(step, step->first) * step->width)
      return differs(err, "what it was to do leaves the file");
  }
  return RF_OK;
}

static rf_status read_footer(rf_store *store, uint64_t size, uint8_t foot[RF_LINE], bool *found, rf_error *err) {
  size_t got;
  *found = false;
  if (size % RF_BLOCK_BYTES != RF_TRAILER_TAIL)
    return RF_OK;
  RF_TRY(rf_store_read_at(store, size - RF_LINE, foot, RF_LINE, &got, err));
  *found = got == RF_LINE && is_sealed(foot) && memcmp(foot, FOOTER_MAGIC, sizeof FOOTER_MAGIC) == 0;
  return RF_OK;
}

rf_status rf_trailer_probe(rf_store *store, uint64_t size, bool *found, rf_error *err) {
  uint8_t foot[RF_LINE];
  return read_footer(store, size, foot, found, err);
}

rf_status rf_trailer_load(rf_store *store, uint64_t size, rf_trailer *t, rf_edit_state *state, rf_error *err) {
  uint8_t foot[RF_LINE];
  bool there;
  memset(t, 0, sizeof *t);
  *state = RF_EDIT_NONE;
  RF_TRY(read_footer(store, size, foot, &there, err));
  if (!there)
    return RF_OK;
  uint32_t found = rf_get_le32(foot + 8);
  t->old_size = rf_get_le64(foot + 16);
  t->new_size = rf_get_le64(foot + 24);
  t->size = rf_get_le64(foot + 32);
  t->record = rf_get_le64(foot + 40);
  t->record_bytes = rf_get_le64(foot + 48);
  t->end = size - RF_TRAILER_TAIL;
  if (t->size != size || !rf_trailer_start(t->old_size, t->new_size, &t->start) || t->start + RF_POOL_SKEW > t->end ||
      (found != RF_EDIT_PREPARING && found != RF_EDIT_COMMITTED))
    return differs(err, "its sizes are not those of the file");
  *state = (rf_edit_state)found;
  if (*state == RF_EDIT_PREPARING)
    return RF_OK;
  rf_status status = load_record(store, rf_get_le32(foot + 12), t, err);
  if (status == RF_OK)
    status = check_kept(t, err);
  if (status != RF_OK)
    rf_trailer_clear(t);
  return status;
}

/* ---- comparing with the file ---- */

static bool is_empty(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0)
      return false;
  return true;
}

/* The newest slot that is whole. A process that is killed tears none; a power cut may. */
static rf_status find_progress(rf_store *store, const rf_trailer *t, rf_edit_progress *best, rf_error *err) {
  uint8_t line[RF_LINE];
  memset(best, 0, sizeof *best);
  for (uint64_t i = 0; i < 2; i++) {
    rf_edit_progress slot;
    RF_TRY(rf_store_read(store, t->end + i * RF_LINE, line, sizeof line, err));
    if (!is_sealed(line) || is_empty(line, sizeof line)) {
      if ((t->flags & RF_RECORD_DURABLE) == 0 && !is_empty(line, sizeof line))
        return differs(err, "the note of how far it came is damaged");
      continue;
    }
    slot_decode(line, &slot);
    if (slot.sequence > best->sequence)
      *best = slot;
  }
  return RF_OK;
}

static bool is_progress(const rf_trailer *t, const rf_edit_progress *p) {
  if (p->step >= t->step_count)
    return p->step == t->step_count && p->done == 0 && p->half == 0 && p->staged == 0;
  const rf_step *step = &t->steps[p->step];
  if (p->half > 2 || p->done >= step->units || p->staged > step->units - p->done || (p->half > 0) != (p->staged > 0))
    return false;
  return p->staged <= t->half_bytes / step->width;
}

/* Bytes of a batch where they were placed, or in its half. */
static rf_status sum_batch(rf_store *store, const rf_trailer *t, const rf_step *step, const rf_batch *batch,
                           uint8_t *buffer, size_t room, uint32_t *total, rf_error *err) {
  rf_extents extents = rf_step_extents(step, batch->low, batch->high);
  uint64_t src, dst, n;
  size_t used = 0;
  rf_sum sum;
  rf_sum_begin(&sum, (t->flags & RF_RECORD_SAMPLED) != 0);
  while (rf_extents_next(&extents, &src, &dst, &n))
    while (n > 0) {
      size_t piece = n < room - used ? (size_t)n : room - used;
      RF_TRY(rf_store_read(store, dst, buffer + used, piece, err));
      used += piece;
      dst += piece;
      n -= piece;
      if (used == room) {
        rf_sum_add(&sum, buffer, used);
        used = 0;
      }
    }
  rf_sum_add(&sum, buffer, used);
  *total = rf_sum_end(&sum);
  return RF_OK;
}

static rf_status check_half(rf_store *store, const rf_trailer *t, const rf_edit_progress *p, uint8_t *buffer,
                            size_t room, rf_error *err) {
  rf_run run = {0, rf_trailer_half(t, p->half), p->staged * t->steps[p->step].width, 0};
  rf_step half = {.kind = RF_STEP_COPY, .units = run.n, .width = 1, .runs = &run, .count = 1};
  rf_batch all = {0, run.n, true};
  uint32_t sum;
  RF_TRY(sum_batch(store, t, &half, &all, buffer, room, &sum, err));
  return sum == p->staged_sum ? RF_OK : differs(err, "what it was moving is damaged");
}

static rf_status check_pair(rf_store *store, const rf_pair *p, uint8_t *buffer, size_t room, rf_error *err) {
  size_t third = room / 3;
  for (uint64_t done = 0; done < p->n; done += third) {
    size_t n = p->n - done < third ? (size_t)(p->n - done) : third;
    RF_TRY(rf_store_read(store, p->at + done, buffer, n, err));
    RF_TRY(rf_store_read(store, p->old + done, buffer + third, n, err));
    RF_TRY(rf_store_read(store, p->fresh + done, buffer + 2 * third, n, err));
    for (size_t i = 0; i < n; i++)
      if (buffer[i] != buffer[third + i] && buffer[i] != buffer[2 * third + i]) {
        rf_error_at(err, (int64_t)(p->at + done + i));
        return differs(err, "a header is neither the old nor the new one");
      }
  }
  return RF_OK;
}

/* All that was placed so far is there. */
static rf_status check_placed(rf_store *store, const rf_trailer *t, const rf_edit_progress *best, uint8_t *buffer,
                              size_t room, rf_error *err) {
  rf_edit_progress at = {.sequence = 0};
  while (at.step < best->step || (at.step == best->step && at.done < best->done)) {
    rf_batch batch = rf_trailer_batch(t, &at);
    uint32_t sum;
    RF_TRY(sum_batch(store, t, &t->steps[at.step], &batch, buffer, room, &sum, err));
    rf_progress_advance(&at, t, &batch, sum);
  }
  if (at.step == best->step && at.done == best->done && at.sum == best->sum)
    return RF_OK;
  return differs(err, "what it had moved is not there any more");
}

static rf_status check_all(rf_store *store, const rf_trailer *t, const rf_edit_progress *best, uint8_t *buffer,
                           size_t room, rf_error *err) {
  if (best->half != 0)
    RF_TRY(check_half(store, t, best, buffer, room, err));
  for (size_t i = 0; i < t->guard_count; i++) {
    uint32_t crc;
    RF_TRY(crc_of(store, t->guards[i].at, t->guards[i].n, &crc, err));
    if (crc != t->guards[i].crc) {
      rf_error_at(err, (int64_t)t->guards[i].at);
      return differs(err, "bytes before it are others");
    }
  }
  for (size_t i = 0; i < t->pair_count; i++)
    RF_TRY(check_pair(store, &t->pairs[i], buffer, room, err));
  return check_placed(store, t, best, buffer, room, err);
}

rf_status rf_trailer_check(rf_store *store, const rf_trailer *t, rf_edit_progress *progress, rf_error *err) {
  RF_TRY(find_progress(store, t, progress, err));
  if (!is_progress(t, progress))
    return differs(err, "the note of how far it came is none");
  uint8_t *buffer = rf_alloc(READ_BYTES);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory to check an edit");
  rf_status status = check_all(store, t, progress, buffer, READ_BYTES, err);
  rf_free(buffer);
  return status;
}
