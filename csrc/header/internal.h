/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The members of rf_header, for this room alone.
 */
#ifndef RF_HEADER_INTERNAL_H
#define RF_HEADER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct rf_index;

struct rf_header {
  char *cards;
  size_t count;
  size_t used;   /* cards in memory; more than count while they are loose */
  size_t gap_at; /* loose without an index: `gap` unused cards in memory before card `gap_at` */
  size_t gap;
  size_t capacity;        /* in cards */
  rf_text text;           /* the last text that a call returned */
  struct rf_index *index; /* NULL, or the entries by keyword: index.h */
  bool loose;             /* the cards in memory are out of order or not contiguous */
  uint64_t work;          /* cards read or moved */
  uint64_t indexed_at;    /* the work when the last index was made */
  bool odd;               /* a card may have a byte outside printable ASCII */
  bool masked;            /* such bytes are read as '_' (RF_OPEN_LENIENT) */
  rf_text cut;            /* keywords whose comments were cut, each with its NUL */
  size_t cut_taken;       /* bytes of `cut` that rf_header_take_cut has returned */
};

/* Puts loose cards in order (index.c). A call that replaces cards by their index does this first, and so does a call
 * that returns cards, although its header is const: an rf_header that is edited belongs to one thread. */
void rf_header_flatten(rf_header *header);
static inline const rf_header *rf_header_flat(const rf_header *header) {
  if (header->loose)
    rf_header_flatten((rf_header *)(uintptr_t)header);
  return header;
}

#endif
