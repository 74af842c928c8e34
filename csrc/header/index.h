/* SPDX-License-Identifier: BSD-3-Clause
 *
 * index.c: entries of a header by keyword. An entry is a card with the CONTINUE cards of its string.
 *
 * With an index, N edits cost time in proportion to N. The library makes one when edits and searches have read several
 * times as many cards as the header has. Without memory for an index, all calls work, but slower. A header with an
 * index may be loose: its cards are out of order in memory, with deleted ones between them. rf_header_flatten() puts
 * them in order and cannot fail.
 */
#ifndef RF_HEADER_INDEX_H
#define RF_HEADER_INDEX_H

#include "header/internal.h"

#define RF_ENTRY_NONE UINT32_MAX

typedef struct rf_entry {
  size_t card;   /* its first card in rf_header.cards */
  uint32_t span; /* its cards; 0: deleted */
  uint32_t next; /* the next entry of the same keyword */
  uint32_t last; /* in the first entry of a keyword: its last entry */
} rf_entry;

typedef struct rf_index {
  rf_entry *entries; /* in the order of the header */
  size_t count;
  size_t capacity;
  uint32_t *slots; /* a hash table of first entries */
  size_t mask;
  uint64_t seed;
  size_t deleted; /* entries */
  bool orphans;   /* the header has CONTINUE cards that continue nothing */
} rf_index;

/* Makes the index of a header whose cards are in order. */
rf_status rf_index_new(const rf_header *header, rf_index **index, rf_error *err);
void rf_index_free(rf_index *index);

/* Returns the first entry of a keyword, or RF_ENTRY_NONE. */
uint32_t rf_index_find(const rf_header *header, const rf_index *index, const char *name, size_t n);

/* Makes room for `more` entries, so that adding as many cannot fail. */
rf_status rf_index_reserve(const rf_header *header, rf_index *index, size_t more, rf_error *err);
/* ------------------------------ a header and its index ------------------------------ */

/* Counts cards that were read or moved. Makes the index when there were many and the header has no orphan CONTINUE
 * card. */
void rf_header_worked(rf_header *header, size_t cards);

/* Puts the cards in order and frees the index. */
void rf_header_unindex(rf_header *header);

/* Makes room for `cards` more physical cards, and for putting all of them in order. */
rf_status rf_header_reserve(rf_header *header, size_t cards, rf_error *err);

/* The next five calls need an index. Call rf_header_reserve() and rf_index_reserve() before those with `cards`. */
void rf_header_append_entry(rf_header *header, const char *cards, size_t n);
void rf_header_replace_entry(rf_header *header, uint32_t entry, const char *cards, size_t n);
void rf_header_delete_entries(rf_header *header, uint32_t first);
/* Replaces the cards of an entry by cards of another keyword. */
void rf_header_rename_entry(rf_header *header, uint32_t entry, const char *cards, size_t n);
/* Puts the cards in order when the unused memory between them is larger than they are. Numbers of entries change. */
void rf_header_tidy(rf_header *header);
/* Returns one entry as a header, which must not be freed or edited. */
rf_header rf_header_entry_view(const rf_header *header, uint32_t entry);

#endif
