/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A view of a file as a list of pieces in order: bytes that stand somewhere in the file as it is, one byte over and
 * over, or rows laid out in another way. Taking a stretch from elsewhere costs no copy.
 */
#ifndef RF_STORE_TRAILER_SEGMENTS_H
#define RF_STORE_TRAILER_SEGMENTS_H

#include <stdbool.h>

#include "base/error.h"

typedef enum rf_piece_kind {
  RF_PIECE_BYTES, /* from `place` of the file on */
  RF_PIECE_FILL,  /* byte `place` */
  RF_PIECE_ROWS   /* from byte `place` on of what object number `object` makes */
} rf_piece_kind;

typedef struct rf_piece {
  uint64_t at; /* in the view */
  uint64_t n;  /* > 0 */
  uint64_t place;
  uint32_t object;
  rf_piece_kind kind;
} rf_piece;

/* Changes mostly come in order, so the list has its gap where the last one was. */
typedef struct rf_pieces {
  rf_piece *list;
  size_t count;
  size_t gap; /* index at which the room is */
  size_t capacity;
} rf_pieces;

void rf_pieces_free(rf_pieces *pieces);

/* Bytes of the view. */
uint64_t rf_pieces_size(const rf_pieces *pieces);

/* Piece number i. */
const rf_piece *rf_pieces_get(const rf_pieces *pieces, size_t i);

/* The number of the piece that has byte `at`, which the view must have. */
size_t rf_pieces_find(const rf_pieces *pieces, uint64_t at);

/* Piece i as far as it lies within [at, at + n). */
rf_piece rf_pieces_part(const rf_pieces *pieces, size_t i, uint64_t at, uint64_t n);

/* Makes bytes [piece->at, + n) of the view those of `piece`; at most right behind the end, which moves along. */
rf_status rf_pieces_set(rf_pieces *pieces, const rf_piece *piece, rf_error *err);

/* Makes [to, to + n) what [from, from + n) is now. Both lie in the view, or `to` + n moves the end. */
rf_status rf_pieces_copy(rf_pieces *pieces, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

/* Cuts the view off, or fills it up with zeros. */
rf_status rf_pieces_resize(rf_pieces *pieces, uint64_t size, rf_error *err);

#endif
