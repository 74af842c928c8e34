/* SPDX-License-Identifier: BSD-3-Clause
 *
 * place.c: places of entries in a header, and cards put there. The calls work with an index or without one.
 */
#ifndef RF_HEADER_PLACE_H
#define RF_HEADER_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "header/keyword.h"

/* The place of the first entry of a keyword. */
typedef struct rf_place {
  bool found;
  size_t index;   /* its card; only without an index */
  uint32_t entry; /* only with an index */
  size_t span;
} rf_place;

/* Replaces `removed` cards from `index` on by n cards, in a header without an index. `cards` is not memory of the
 * header. */
rf_status rf_header_splice(rf_header *header, size_t index, size_t removed, const char *cards, size_t n, rf_error *err);

/* Finds the first entry of a keyword. at->found tells whether one exists. */
void rf_header_find_place(rf_header *header, const rf_keyword *name, rf_place *at);

/* Returns a header to read the entry from, at `*index`, with the cards after it where they matter. It must not be freed
 * or edited. */
rf_header rf_header_place_view(const rf_header *header, const rf_place *at, size_t *index);

/* Replaces the entry by `cards`, or appends them as an entry. */
rf_status rf_header_put_place(rf_header *header, const rf_place *at, const rf_text *cards, rf_error *err);

/* Appends cards, each as an entry. */
rf_status rf_header_append_cards(rf_header *header, const char *cards, size_t n, rf_error *err);

/* Records that the comment of a keyword was cut. Does nothing without memory. */
void rf_header_keep_cut(rf_header *header, const rf_keyword *name);

#endif
