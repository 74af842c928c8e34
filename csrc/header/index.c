/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The entries of a header by keyword, and headers whose cards are loose.
 */

#include "header/index.h"

#include "base/array.h"
#include "base/ascii.h"
#include "base/memory.h"
#include "header/card.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/lookup.h"

#define MIN_WORK 1024    /* cards looked at or moved before an index is worth its memory */
#define WORK_PER_CARD 8  /* about what making the index costs, in cards looked at */
#define MIN_GARBAGE 1024 /* cards that may lie unused between others */

/* ------------------------------ names ------------------------------ */

static char plain(char c) {
  return rf_is_blank(c) ? ' ' : rf_to_upper(c);
}

/* The keyword of a card; what rf_card_split says, without reading the value of standard cards. */
static const char *name_of_card(const char *card, size_t *n) {
  if (rf_card_is(card, "HIERARCH")) {
    rf_card_view view;
    rf_card_split(card, &view);
    *n = view.keyword_length;
    return view.keyword;
  }
  const char *end = card + 8;
  while (end > card && rf_is_blank(end[-1]))
    end--;
  while (card < end && rf_is_blank(*card))
    card++;
  *n = (size_t)(end - card);
  return card;
}

static uint64_t hash_name(uint64_t seed, const char *name, size_t n) {
  uint64_t h = seed ^ n;
  for (size_t i = 0; i < n; i++) {
    h = (h ^ (unsigned char)plain(name[i])) * UINT64_C(0x9E3779B97F4A7C15);
    h ^= h >> 29;
  }
  return h ^ h >> 32;
}

/* The slot of a name: of its first entry, or an empty one. */
static size_t slot_of(const rf_header *header, const rf_index *index, const char *name, size_t n) {
  size_t slot = (size_t)hash_name(index->seed, name, n) & index->mask;
  for (; index->slots[slot] != RF_ENTRY_NONE; slot = (slot + 1) & index->mask) {
    size_t length;
    const char *other = name_of_card(header->cards + index->entries[index->slots[slot]].card * RF_CARD_BYTES, &length);
    if (length == n && rf_keyword_equal(other, name, n))
      break;
  }
  return slot;
}

/* ------------------------------ the table ------------------------------ */

static void link_entry(const rf_header *header, rf_index *index, uint32_t entry) {
  rf_entry *e = &index->entries[entry];
  size_t n;
  const char *name = name_of_card(header->cards + e->card * RF_CARD_BYTES, &n);
  size_t slot = slot_of(header, index, name, n);
  uint32_t first = index->slots[slot];
  e->next = RF_ENTRY_NONE;
  e->last = entry;
  if (first == RF_ENTRY_NONE || index->entries[first].span == 0) {
    index->slots[slot] = entry;
    return;
  }
  index->entries[index->entries[first].last].next = entry;
  index->entries[first].last = entry;
}

/* Empties a slot, and moves later ones up that are searched by way of it. */
static void clear_slot(const rf_header *header, rf_index *index, size_t hole) {
  for (size_t slot = (hole + 1) & index->mask; index->slots[slot] != RF_ENTRY_NONE; slot = (slot + 1) & index->mask) {
    size_t n;
    const char *name = name_of_card(header->cards + index->entries[index->slots[slot]].card * RF_CARD_BYTES, &n);
    size_t home = (size_t)hash_name(index->seed, name, n) & index->mask;
    if (((slot - home) & index->mask) < ((slot - hole) & index->mask))
      continue;
    index->slots[hole] = index->slots[slot];
    hole = slot;
  }
  index->slots[hole] = RF_ENTRY_NONE;
}

/* Takes an entry out of the list of its keyword. */
static void unlink_entry(const rf_header *header, rf_index *index, uint32_t entry) {
  rf_entry *e = &index->entries[entry];
  size_t n;
  const char *name = name_of_card(header->cards + e->card * RF_CARD_BYTES, &n);
  size_t slot = slot_of(header, index, name, n);
  uint32_t first = index->slots[slot], before = first;
  if (first == entry) {
    if (e->next == RF_ENTRY_NONE) {
      clear_slot(header, index, slot);
      return;
    }
    index->entries[e->next].last = e->last;
    index->slots[slot] = e->next;
    return;
  }
  while (index->entries[before].next != entry)
    before = index->entries[before].next;
  index->entries[before].next = e->next;
  if (index->entries[first].last == entry)
    index->entries[first].last = before;
}

/* Puts an entry into the list of its keyword, in the order of the header. */
static void link_in_order(const rf_header *header, rf_index *index, uint32_t entry) {
  rf_entry *e = &index->entries[entry];
  size_t n;
  const char *name = name_of_card(header->cards + e->card * RF_CARD_BYTES, &n);
  size_t slot = slot_of(header, index, name, n);
  uint32_t first = index->slots[slot], before = first;
  if (first == RF_ENTRY_NONE || index->entries[first].span == 0 || entry < first) {
    bool alone = first == RF_ENTRY_NONE || index->entries[first].span == 0;
    e->next = alone ? RF_ENTRY_NONE : first;
    e->last = alone ? entry : index->entries[first].last;
    index->slots[slot] = entry;
    return;
  }
  while (index->entries[before].next != RF_ENTRY_NONE && index->entries[before].next < entry)
    before = index->entries[before].next;
  e->next = index->entries[before].next;
  index->entries[before].next = entry;
  if (e->next == RF_ENTRY_NONE)
    index->entries[first].last = entry;
}

/* Makes the hash table of all entries that are there. A table of half its slots empty is searched in few steps. */
static rf_status fill_table(const rf_header *header, rf_index *index, size_t entries, rf_error *err) {
  size_t slots = 64;
  while (slots < 2 * entries)
    slots *= 2;
  uint32_t *made = rf_alloc(slots * sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the keywords of %zu cards", entries);
  memset(made, 0xFF, slots * sizeof *made);
  rf_free(index->slots);
  index->slots = made;
  index->mask = slots - 1;
  for (size_t i = 0; i < index->count; i++)
    if (index->entries[i].span > 0)
      link_entry(header, index, (uint32_t)i);
  return RF_OK;
}

rf_status rf_index_reserve(const rf_header *header, rf_index *index, size_t more, rf_error *err) {
  size_t need = index->count + more;
  if (need >= UINT32_MAX / 4)
    return rf_fail(err, RF_ERR_LIMIT, "a header of %zu keywords has too many", need);
  RF_TRY(RF_ARRAY_GROW(index->entries, index->capacity, need, "the keywords of a header", err));
  return 2 * need > index->mask + 1 || index->slots == NULL ? fill_table(header, index, need + need / 2, err) : RF_OK;
}

/* Adds the entry of `span` cards at `card` as the last one. */
static void append_entry(const rf_header *header, rf_index *index, size_t card, uint32_t span) {
  index->entries[index->count] = (rf_entry){.card = card, .span = span};
  link_entry(header, index, (uint32_t)index->count++);
}

static rf_status list_entries(const rf_header *header, rf_index *index, rf_error *err) {
  RF_TRY(rf_index_reserve(header, index, header->count, err));
  size_t span;
  for (size_t i = 0; i < header->count; i += span) {
    span = rf_header_span(header, i);
    index->orphans = index->orphans || rf_card_is(header->cards + i * RF_CARD_BYTES, "CONTINUE");
    append_entry(header, index, i, (uint32_t)span);
  }
  return RF_OK;
}

rf_status rf_index_new(const rf_header *header, rf_index **out, rf_error *err) {
  rf_index *index = rf_alloc_zero(1, sizeof *index);
  if (index == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the keywords of a header");
  index->seed = (uint64_t)(uintptr_t)index * UINT64_C(0xD1342543DE82EF95); /* not known to who writes the file */
  rf_status status = list_entries(header, index, err);
  if (status != RF_OK) {
    rf_index_free(index);
    return status;
  }
  *out = index;
  return RF_OK;
}

void rf_index_free(rf_index *index) {
  if (index == NULL)
    return;
  rf_free(index->entries);
  rf_free(index->slots);
  rf_free(index);
}

uint32_t rf_index_find(const rf_header *header, const rf_index *index, const char *name, size_t n) {
  uint32_t first = index->slots[slot_of(header, index, name, n)];
  return first != RF_ENTRY_NONE && index->entries[first].span > 0 ? first : RF_ENTRY_NONE;
}

/* The first entry keeps its slot and, by its card, its name. */
static size_t delete_entries(rf_index *index, uint32_t first) {
  size_t cards = 0;
  for (uint32_t entry = first; entry != RF_ENTRY_NONE; entry = index->entries[entry].next) {
    cards += index->entries[entry].span;
    index->entries[entry].span = 0;
    index->deleted++;
  }
  return cards;
}

/* ------------------------------ a header and its index ------------------------------ */

void rf_header_unindex(rf_header *header) {
  rf_header_flatten(header);
  rf_index_free(header->index);
  header->index = NULL;
}

void rf_header_worked(rf_header *header, size_t cards) {
  header->work += cards;
  if (header->masked && header->odd) /* names are not those of the cards */
    return;
  if (header->index != NULL || header->work - header->indexed_at < MIN_WORK + WORK_PER_CARD * header->count)
    return;
  rf_index *index = NULL;
  rf_error ignored;
  header->work += header->count;
  header->indexed_at = header->work;
  if (rf_index_new(header, &index, &ignored) != RF_OK)
    return;
  if (index->orphans)
    rf_index_free(index);
  else
    header->index = index;
}

/* The memory holds the cards twice as soon as they are loose, so that putting them in order takes none. */
rf_status rf_header_reserve(rf_header *header, size_t cards, rf_error *err) {
  if (cards > SIZE_MAX / RF_CARD_BYTES / 8 - header->used)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for %zu more cards", cards);
  size_t need = header->used + header->count + 2 * cards;
  return rf_array_grow(&header->cards, &header->capacity, need, RF_CARD_BYTES, "the cards of a header", err);
}

static void put_at_end(rf_header *header, const char *cards, size_t n) {
  memcpy(header->cards + header->used * RF_CARD_BYTES, cards, n * RF_CARD_BYTES);
  header->used += n;
  header->count += n;
  header->work += n;
}

void rf_header_append_entry(rf_header *header, const char *cards, size_t n) {
  put_at_end(header, cards, n);
  append_entry(header, header->index, header->used - n, (uint32_t)n);
}

void rf_header_replace_entry(rf_header *header, uint32_t entry, const char *cards, size_t n) {
  rf_entry *e = &header->index->entries[entry];
  header->loose = header->loose || n != e->span;
  header->work += n;
  if (n <= e->span) {
    memcpy(header->cards + e->card * RF_CARD_BYTES, cards, n * RF_CARD_BYTES);
    header->count -= e->span - n;
  } else {
    header->count -= e->span;
    e->card = header->used;
    put_at_end(header, cards, n);
  }
  e->span = (uint32_t)n;
}

void rf_header_rename_entry(rf_header *header, uint32_t entry, const char *cards, size_t n) {
  unlink_entry(header, header->index, entry);
  rf_header_replace_entry(header, entry, cards, n);
  link_in_order(header, header->index, entry);
}

void rf_header_delete_entries(rf_header *header, uint32_t first) {
  size_t before = header->index->deleted;
  header->count -= delete_entries(header->index, first);
  header->work += header->index->deleted - before;
  header->loose = true;
}

rf_header rf_header_entry_view(const rf_header *header, uint32_t entry) {
  const rf_entry *e = &header->index->entries[entry];
  return (rf_header){.cards = header->cards + e->card * RF_CARD_BYTES,
                     .count = e->span,
                     .used = e->span,
                     .odd = header->odd,
                     .masked = header->masked};
}

/* Entries that were deleted go, with the slots of their names. */
static void relink(const rf_header *header, rf_index *index) {
  size_t kept = 0;
  for (size_t i = 0; i < index->count; i++)
    if (index->entries[i].span > 0)
      index->entries[kept++] = index->entries[i];
  index->count = kept;
  index->deleted = 0;
  memset(index->slots, 0xFF, (index->mask + 1) * sizeof *index->slots);
  for (size_t i = 0; i < kept; i++)
    link_entry(header, index, (uint32_t)i);
}

static void close_gap(rf_header *header) {
  char *at = header->cards + header->gap_at * RF_CARD_BYTES;
  memmove(at, at + header->gap * RF_CARD_BYTES, (header->count - header->gap_at) * RF_CARD_BYTES);
  header->gap = 0;
  header->used = header->count;
  header->loose = false;
}

/* Copies through the memory after the cards in use. */
void rf_header_flatten(rf_header *header) {
  if (!header->loose)
    return;
  if (header->index == NULL) {
    close_gap(header);
    return;
  }
  rf_index *index = header->index;
  char *out = header->cards + header->used * RF_CARD_BYTES;
  size_t at = 0;
  for (size_t i = 0; i < index->count; i++) {
    rf_entry *e = &index->entries[i];
    memcpy(out + at * RF_CARD_BYTES, header->cards + e->card * RF_CARD_BYTES, e->span * RF_CARD_BYTES);
    e->card = at;
    at += e->span;
  }
  memmove(header->cards, out, at * RF_CARD_BYTES);
  header->used = at;
  header->loose = false;
  header->work += 2 * at;
  if (index->deleted > 0)
    relink(header, index);
}

void rf_header_tidy(rf_header *header) {
  if (header->used - header->count > MIN_GARBAGE + header->count)
    rf_header_flatten(header);
}
