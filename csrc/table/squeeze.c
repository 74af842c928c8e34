/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that move up because others are deleted.
 */
#include "table/squeeze.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "store/trailer/edit.h"
#include "table/edit.h"

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
