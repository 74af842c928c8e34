/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/trailer/segments.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"

void rf_pieces_free(rf_pieces *pieces) {
  rf_free(pieces->list);
  memset(pieces, 0, sizeof *pieces);
}

static rf_piece *slot(const rf_pieces *p, size_t i) {
  return &p->list[i < p->gap ? i : i + (p->capacity - p->count)];
}

const rf_piece *rf_pieces_get(const rf_pieces *pieces, size_t i) {
  return slot(pieces, i);
}

uint64_t rf_pieces_size(const rf_pieces *pieces) {
  if (pieces->count == 0)
    return 0;
  const rf_piece *last = slot(pieces, pieces->count - 1);
  return last->at + last->n;
}

size_t rf_pieces_find(const rf_pieces *pieces, uint64_t at) {
  size_t low = 0, high = pieces->count;
  while (low + 1 < high) {
    size_t middle = low + (high - low) / 2;
    if (slot(pieces, middle)->at <= at)
      low = middle;
    else
      high = middle;
  }
  return low;
}

/* The piece without its first `skip` bytes. */
static void skip_bytes(rf_piece *piece, uint64_t skip) {
  piece->at += skip;
  piece->n -= skip;
  if (piece->kind != RF_PIECE_FILL)
    piece->place += skip;
}

rf_piece rf_pieces_part(const rf_pieces *pieces, size_t i, uint64_t at, uint64_t n) {
  rf_piece part = *slot(pieces, i);
  if (part.at < at)
    skip_bytes(&part, at - part.at);
  if (part.at + part.n > at + n)
    part.n = at + n - part.at;
  return part;
}

/* ---- changes ---- */

static void move_gap(rf_pieces *p, size_t to) {
  size_t room = p->capacity - p->count;
  if (to < p->gap)
    memmove(p->list + to + room, p->list + to, (p->gap - to) * sizeof *p->list);
  else if (to > p->gap)
    memmove(p->list + p->gap, p->list + p->gap + room, (to - p->gap) * sizeof *p->list);
  p->gap = to;
}

/* Room for `more` pieces, with the gap at index `at`. */
static rf_status make_room(rf_pieces *p, size_t at, size_t more, rf_error *err) {
  if (p->capacity - p->count < more) {
    size_t capacity = p->capacity;
    RF_TRY(RF_ARRAY_GROW(p->list, capacity, p->count + more, "a list of pieces of a file", err));
    move_gap(p, p->count);
    p->capacity = capacity;
  }
  move_gap(p, at);
  return RF_OK;
}

static bool continues(const rf_piece *a, const rf_piece *b) {
  if (a->kind != b->kind || a->object != b->object)
    return false;
  return a->kind == RF_PIECE_FILL ? a->place == b->place : a->place + a->n == b->place;
}

/* The list gets a border at byte `at`: gives the index of the piece that begins there. Needs room for one piece. */
static size_t split(rf_pieces *p, uint64_t at) {
  if (p->count == 0 || at >= rf_pieces_size(p))
    return p->count;
  size_t i = rf_pieces_find(p, at);
  rf_piece *first = slot(p, i);
  if (first->at == at)
    return i;
  rf_piece second = *first;
  skip_bytes(&second, at - first->at);
  first->n = at - first->at;
  move_gap(p, i + 1);
  p->list[p->gap++] = second;
  p->count++;
  return i + 1;
}

static void remove_pieces(rf_pieces *p, size_t first, size_t end) {
  move_gap(p, end);
  p->gap = first;
  p->count -= end - first;
}

/* Pieces i - 1 and i become one where they can. */
static void join(rf_pieces *p, size_t i) {
  if (i == 0 || i >= p->count || !continues(slot(p, i - 1), slot(p, i)))
    return;
  slot(p, i - 1)->n += slot(p, i)->n;
  remove_pieces(p, i, i + 1);
}

rf_status rf_pieces_set(rf_pieces *pieces, const rf_piece *piece, rf_error *err) {
  rf_piece own = *piece; /* may be one of the list */
  if (own.n == 0)
    return RF_OK;
  RF_TRY(make_room(pieces, pieces->gap, 3, err));
  size_t first = split(pieces, own.at);
  size_t end = split(pieces, own.at + own.n);
  remove_pieces(pieces, first, end);
  pieces->list[pieces->gap++] = own; /* the gap is at `first` */
  pieces->count++;
  join(pieces, first + 1);
  join(pieces, first);
  return RF_OK;
}

rf_status rf_pieces_copy(rf_pieces *pieces, uint64_t from, uint64_t to, uint64_t n, rf_error *err) {
  if (n == 0 || from == to)
    return RF_OK;
  size_t first = rf_pieces_find(pieces, from), count = rf_pieces_find(pieces, from + n - 1) - first + 1;
  rf_piece one, *seen = count == 1 ? &one : count <= SIZE_MAX / sizeof *seen ? rf_alloc(count * sizeof *seen) : NULL;
  if (seen == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "no memory for a list of %zu pieces of a file", count);
  for (size_t i = 0; i < count; i++) {
    seen[i] = rf_pieces_part(pieces, first + i, from, n);
    seen[i].at = seen[i].at - from + to;
  }
  rf_status status = RF_OK;
  for (size_t i = 0; i < count && status == RF_OK; i++)
    status = rf_pieces_set(pieces, &seen[i], err);
  if (seen != &one)
    rf_free(seen);
  return status;
}

rf_status rf_pieces_resize(rf_pieces *pieces, uint64_t size, rf_error *err) {
  uint64_t now = rf_pieces_size(pieces);
  if (size > now) {
    rf_piece fill = {.at = now, .n = size - now, .kind = RF_PIECE_FILL};
    return rf_pieces_set(pieces, &fill, err);
  }
  if (size < now) {
    RF_TRY(make_room(pieces, pieces->gap, 1, err));
    size_t first = split(pieces, size);
    remove_pieces(pieces, first, pieces->count);
  }
  return RF_OK;
}
