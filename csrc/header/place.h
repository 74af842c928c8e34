/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Places in a header, and cards put there. The calls work with an index or without one.
 */
#ifndef RF_HEADER_PLACE_H
#define RF_HEADER_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "header/keyword.h"

/* Where a keyword's first entry is, in a header with an index or without. */
typedef struct rf_place {
  bool found;
  size_t index;   /* its card; without an index only */
  uint32_t entry; /* with an index only */
  size_t span;
} rf_place;

/* Puts `n` cards in the place of `removed` cards from `index` on, of a header without an index. `cards` is not the
 * header's own memory. */
rf_status rf_header_splice(rf_header *header, size_t index, size_t removed, const char *cards, size_t n, rf_error *err);

void rf_header_find_place(rf_header *header, const rf_keyword *name, rf_place *at);

/* The entry with what is behind it, as far as that matters: as a header to read, at `*index`. */
rf_header rf_header_place_view(const rf_header *header, const rf_place *at, size_t *index);

/* Cards in the place of an entry, or as an entry at the end. */
rf_status rf_header_put_place(rf_header *header, const rf_place *at, const rf_text *cards, rf_error *err);

/* Cards at the end, each an entry. */
rf_status rf_header_append_cards(rf_header *header, const char *cards, size_t n, rf_error *err);

/* Without memory there is no warning, which is no reason to fail. */
void rf_header_keep_cut(rf_header *header, const rf_keyword *name);

#endif
