/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that get longer or shorter in place because a column is inserted, deleted or gets wider descriptors. Rows that
 * move up because others are deleted.
 */
#include "table/rewrite.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "table/edit.h"
#include "store/trailer/edit.h"

typedef struct rewriter {
  const rf_row_part *parts;
  size_t count;
  uint64_t old_bytes;
  uint64_t new_bytes;
  int blank;
  uint8_t *old_rows;
  uint8_t *new_rows;
} rewriter;

static void rewrite_row(const rewriter *r, const uint8_t *src, uint8_t *dst) {
  for (size_t i = 0; i < r->count; i++) {
    const rf_row_part *part = &r->parts[i];
    uint8_t *to = dst + (size_t)part->to;
    if (part->mode == RF_ROW_BLANK) {
      memset(to, r->blank, (size_t)part->bytes);
    } else if (part->mode == RF_ROW_COPY) {
      memcpy(to, src + (size_t)part->from, (size_t)part->bytes);
    } else {
      /* Both numbers count as unsigned (FITS 7.3.5 leaves a P column no way beyond 31 bits). */
      rf_put_be64(to, rf_get_be32(src + (size_t)part->from));
      rf_put_be64(to + 8, rf_get_be32(src + (size_t)part->from + 4));
    }
  }
}

static rf_status rewrite_piece(const rewriter *r, rf_store *store, uint64_t data, uint64_t first, size_t rows,
                               rf_error *err) {
  RF_TRY(rf_store_read(store, data + first * r->old_bytes, r->old_rows, rows * (size_t)r->old_bytes, err));
  for (size_t i = 0; i < rows; i++)
    rewrite_row(r, r->old_rows + i * (size_t)r->old_bytes, r->new_rows + i * (size_t)r->new_bytes);
  return rf_store_write(store, data + first * r->new_bytes, r->new_rows, rows * (size_t)r->new_bytes, err);
}

/* An edit that is recorded makes the rows when they are wanted. */
static rf_status record_rows(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                             const rf_row_part *parts, size_t count, int blank, bool *done, rf_error *err) {
  size_t kept = 0;
  rf_laid_part *laid = rf_alloc_zero(count + 1, sizeof *laid);
  if (laid == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu parts of a row", count);
  for (size_t i = 0; i < count; i++)
    if (parts[i].mode != RF_ROW_BLANK)
      laid[kept++] = (rf_laid_part){parts[i].mode == RF_ROW_COPY ? RF_LAID_COPY : RF_LAID_WIDEN, parts[i].from,
                                    parts[i].to, parts[i].bytes};
  rf_status status = rf_edit_rows(edit, data, nrows, old_bytes, new_bytes, laid, kept, blank, done, err);
  rf_free(laid);
  return status;
}

rf_status rf_rows_rewrite(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                          const rf_row_part *parts, size_t count, int blank, rf_error *err) {
  uint64_t longer = old_bytes > new_bytes ? old_bytes : new_bytes;
  uint64_t most = longer < RF_TABLE_PIECE ? RF_TABLE_PIECE / (longer + 1) + 1 : 1;
  size_t old_room, new_room;
  if (nrows == 0 || longer == 0)
    return RF_OK;
  if (rf_edit_of(store) != NULL) {
    bool done;
    RF_TRY(record_rows(rf_edit_of(store), data, nrows, old_bytes, new_bytes, parts, count, blank, &done, err));
    if (done)
      return RF_OK;
  }
  if (most > nrows)
    most = nrows;
  if (!rf_to_size(most * old_bytes, &old_room) || !rf_to_size(most * new_bytes, &new_room))
    return rf_fail(err, RF_ERR_MEMORY, "rows of %" PRIu64 " bytes do not fit memory", longer);
  rewriter r = {parts, count, old_bytes, new_bytes, blank, rf_alloc(old_room), rf_alloc(new_room)};
  rf_status status = RF_OK;
  if (r.old_rows == NULL || r.new_rows == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate rows of %" PRIu64 " bytes", longer);
  for (uint64_t done = 0; done < nrows && status == RF_OK;) {
    uint64_t n = nrows - done < most ? nrows - done : most;
    uint64_t first = new_bytes > old_bytes ? nrows - done - n : done;
    status = rewrite_piece(&r, store, data, first, (size_t)n, err);
    done += n;
  }
  rf_free(r.old_rows);
  rf_free(r.new_rows);
  return status;
}

/* ---- rows that move up ---- */

/* More runs of rows than this are told by a bit for each row. */
#define MAX_RUNS 1024

typedef struct squeezer {
  rf_store *store;
  uint64_t data;
  uint64_t row_bytes;
  const rf_row_selection *deleted;
  uint64_t i;  /* the next of them */
  uint64_t to; /* the new number of the next kept row */
} squeezer;

/* Returns the next deleted row, `end` when there is none before it. */
static uint64_t next_deleted(const squeezer *s, uint64_t end) {
  uint64_t row = s->i < s->deleted->count ? rf_row_at(s->deleted, s->i) : end;
  return row < end ? row : end;
}

/* Moves the rows that stay, of rows first .. end-1 in `rows`, to its start. Returns how many. */
static size_t squeeze_piece(squeezer *s, uint64_t first, uint64_t end, uint8_t *rows) {
  size_t kept = 0, bytes = (size_t)s->row_bytes;
  for (uint64_t row = first; row < end; row++, s->i++) {
    uint64_t stop = next_deleted(s, end);
    memmove(rows + kept * bytes, rows + (size_t)(row - first) * bytes, (size_t)(stop - row) * bytes);
    kept += (size_t)(stop - row);
    row = stop;
    if (row == end)
      break;
  }
  return kept;
}

/* Runs of rows that are longer than a piece each. */
static rf_status move_runs(squeezer *s, uint64_t nrows, rf_error *err) {
  for (uint64_t row = s->to; row < nrows; row++, s->i++) {
    uint64_t stop = next_deleted(s, nrows);
    RF_TRY(rf_store_move(s->store, s->data + row * s->row_bytes, s->data + s->to * s->row_bytes,
                         (stop - row) * s->row_bytes, err));
    s->to += stop - row;
    row = stop;
    if (row == nrows)
      break;
  }
  return RF_OK;
}

/* An edit that is recorded keeps the rows whose bit is set; with few gaps each run of rows is moved. */
static rf_status record_squeeze(squeezer *s, uint64_t nrows, bool *done, rf_error *err) {
  uint64_t runs = 0;
  *done = false;
  for (uint64_t i = 0; i < s->deleted->count && runs <= MAX_RUNS; i++)
    runs += i == 0 || rf_row_at(s->deleted, i) != rf_row_at(s->deleted, i - 1) + 1;
  if (runs <= MAX_RUNS) {
    *done = true;
    return move_runs(s, nrows, err);
  }
  size_t n;
  uint8_t *bits = rf_to_size(nrows / 8 + 1, &n) ? rf_alloc(n) : NULL;
  if (bits == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %" PRIu64 " rows", nrows);
  memset(bits, 0xFF, n);
  for (uint64_t i = 0; i < s->deleted->count; i++) {
    uint64_t row = rf_row_at(s->deleted, i);
    bits[row / 8] = (uint8_t)(bits[row / 8] & ~(1u << row % 8));
  }
  return rf_edit_keep(rf_edit_of(s->store), s->data, nrows, s->row_bytes, bits, nrows - s->deleted->count, done, err);
}

rf_status rf_rows_squeeze(rf_store *store, uint64_t data, uint64_t nrows, uint64_t row_bytes,
                          const rf_row_selection *deleted, rf_error *err) {
  squeezer s = {store, data, row_bytes, deleted, 0, rf_row_at(deleted, 0)};
  uint64_t most = RF_TABLE_PIECE / row_bytes;
  if (most == 0)
    return move_runs(&s, nrows, err);
  if (rf_edit_of(store) != NULL) {
    bool done;
    RF_TRY(record_squeeze(&s, nrows, &done, err));
    if (done)
      return RF_OK;
  }
  uint8_t *rows = rf_alloc((size_t)(most * row_bytes));
  rf_status status = RF_OK;
  if (rows == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer for rows of %" PRIu64 " bytes", row_bytes);
  for (uint64_t row = s.to, end; row < nrows && status == RF_OK; row = end) {
    end = nrows - row < most ? nrows : row + most;
    status = rf_store_read(store, data + row * row_bytes, rows, (size_t)((end - row) * row_bytes), err);
    if (status != RF_OK)
      break;
    size_t kept = squeeze_piece(&s, row, end, rows);
    if (kept > 0)
      status = rf_store_write(store, data + s.to * row_bytes, rows, kept * (size_t)row_bytes, err);
    s.to += kept;
  }
  rf_free(rows);
  return status;
}
