/* SPDX-License-Identifier: BSD-3-Clause
 *
 * index.c: the entries of a header by keyword. An entry is a card with the CONTINUE cards that belong to its string.
 *
 * An index makes a long run of edits cost what the cards cost, not their square. It is made when edits and look-ups
 * have looked at several times as many cards as the header has, and it is only a help: without memory for it
 * everything works, slower. While it is there an edit may leave the cards loose: out of order, with deleted ones
 * between them. rf_header_flatten puts them in order, and cannot fail.
 */
#ifndef RF_HEADER_INDEX_H
#define RF_HEADER_INDEX_H

#include "header/internal.h"

#define RF_ENTRY_NONE UINT32_MAX

typedef struct rf_entry {
  size_t card;   /* its first card in rf_header.cards */
  uint32_t span; /* its cards; 0 when it was deleted */
  uint32_t next; /* the next entry of the same keyword */
  uint32_t last; /* of the first entry of a keyword: the last one */
} rf_entry;

typedef struct rf_index {
  rf_entry *entries; /* in the order of the header */
  size_t count;
  size_t capacity;
  uint32_t *slots; /* a hash table of first entries */
  size_t mask;
  uint64_t seed;
  size_t deleted; /* entries */
  bool orphans;   /* there are CONTINUE cards that continue nothing */
} rf_index;

/* Makes the index of a header whose cards are in order. */
rf_status rf_index_new(const rf_header *header, rf_index **index, rf_error *err);
void rf_index_free(rf_index *index);

/* The first entry of a keyword; RF_ENTRY_NONE when there is none. */
uint32_t rf_index_find(const rf_header *header, const rf_index *index, const char *name, size_t n);

/* Makes room for `more` entries, so that as many rf_index_append cannot fail. */
rf_status rf_index_reserve(const rf_header *header, rf_index *index, size_t more, rf_error *err);
/* The entry of `span` cards at `card` becomes the last of the header. */
void rf_index_append(const rf_header *header, rf_index *index, size_t card, uint32_t span);
/* Entry `first` and all others of its keyword are no longer there. Returns the number of their cards. */
size_t rf_index_delete(rf_index *index, uint32_t first);

/* ------------------------------ a header and its index ------------------------------ */

/* Counts cards that were looked at or moved, and makes the index of a header when there were many and its CONTINUE
 * cards allow it. */
void rf_header_worked(rf_header *header, size_t cards);

/* Drops the index, after the cards were put in order. */
void rf_header_unindex(rf_header *header);

/* Room for `cards` more physical cards and for putting all in order. */
rf_status rf_header_reserve(rf_header *header, size_t cards, rf_error *err);

/* The following five need an index. Those with `cards` need rf_header_reserve and rf_index_reserve before them. */
void rf_header_append_entry(rf_header *header, const char *cards, size_t n);
void rf_header_replace_entry(rf_header *header, uint32_t entry, const char *cards, size_t n);
void rf_header_delete_entries(rf_header *header, uint32_t first);
/* Gives an entry the name of `cards`, which take the place of its own. */
void rf_header_rename_entry(rf_header *header, uint32_t entry, const char *cards, size_t n);
/* Puts the cards in order when more memory lies unused between them than they take. Numbers of entries change. */
void rf_header_tidy(rf_header *header);
/* One entry as a header of its own, which must not be freed or edited. */
rf_header rf_header_entry_view(const rf_header *header, uint32_t entry);

#endif
