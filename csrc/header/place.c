/* SPDX-License-Identifier: BSD-3-Clause */

#include "header/place.h"

#include "base/text.h"
#include "header/card.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"
#include "header/lookup.h"

/* Puts `n` cards in the place of `removed` cards from `index` on, of a header without an index. `cards` is not the
 * header's own memory. */
rf_status rf_header_splice(rf_header *header, size_t index, size_t removed, const char *cards, size_t n,
                           rf_error *err) {
  if (n > removed)
    RF_TRY(rf_header_reserve(header, n - removed, err));
  char *at = header->cards + index * RF_CARD_BYTES;
  size_t behind = header->count - index - removed;
  if (behind > 0 && removed != n)
    memmove(at + n * RF_CARD_BYTES, at + removed * RF_CARD_BYTES, behind * RF_CARD_BYTES);
  if (n > 0)
    memcpy(at, cards, n * RF_CARD_BYTES);
  header->count = header->count - removed + n;
  header->used = header->count;
  rf_header_worked(header, removed != n ? 2 * behind : 0);
  return RF_OK;
}

void rf_header_find_place(rf_header *header, const rf_keyword *name, rf_place *at) {
  rf_header_worked(header, 0); /* earlier look-ups may have made an index worth it */
  *at = (rf_place){.index = header->count, .entry = RF_ENTRY_NONE};
  if (header->index == NULL) {
    at->found = rf_header_lookup(rf_header_flat(header), name, 0, &at->index);
    at->span = at->found ? rf_header_span(header, at->index) : 0;
    header->work += at->found ? at->index : header->count;
    return;
  }
  at->entry = rf_index_find(header, header->index, name->name, name->length);
  at->found = at->entry != RF_ENTRY_NONE;
  at->span = at->found ? header->index->entries[at->entry].span : 0;
}

/* The entry with what is behind it, as far as that matters: as a header to read, at `*index`. */
rf_header rf_header_place_view(const rf_header *header, const rf_place *at, size_t *index) {
  *index = header->index == NULL ? at->index : 0;
  return header->index == NULL ? *header : rf_header_entry_view(header, at->entry);
}

/* Cards in the place of an entry, or as an entry at the end. */
rf_status rf_header_put_place(rf_header *header, const rf_place *at, const rf_text *cards, rf_error *err) {
  size_t n = cards->length / RF_CARD_BYTES;
  if (header->index == NULL)
    return rf_header_splice(header, at->index, at->span, cards->bytes, n, err);
  RF_TRY(rf_header_reserve(header, n, err));
  RF_TRY(rf_index_reserve(header, header->index, 1, err));
  if (at->found)
    rf_header_replace_entry(header, at->entry, cards->bytes, n);
  else
    rf_header_append_entry(header, cards->bytes, n);
  rf_header_tidy(header);
  return RF_OK;
}

/* Cards at the end, each an entry. */
rf_status rf_header_append_cards(rf_header *header, const char *cards, size_t n, rf_error *err) {
  if (header->index == NULL)
    return rf_header_splice((rf_header *)(uintptr_t)rf_header_flat(header), header->count, 0, cards, n, err);
  RF_TRY(rf_header_reserve(header, n, err));
  RF_TRY(rf_index_reserve(header, header->index, n, err));
  for (size_t i = 0; i < n; i++)
    rf_header_append_entry(header, cards + i * RF_CARD_BYTES, 1);
  return RF_OK;
}

/* Without memory there is no warning, which is no reason to fail. */
void rf_header_keep_cut(rf_header *header, const rf_keyword *name) {
  size_t length = header->cut.length;
  if (rf_text_add(&header->cut, name->name, name->length + 1, NULL) != RF_OK)
    header->cut.length = length;
}

int rf_header_take_cut(rf_header *header, char *keyword) {
  if (header->cut_taken == header->cut.length) {
    header->cut_taken = 0;
    rf_text_clear(&header->cut);
    return 0;
  }
  const char *name = header->cut.bytes + header->cut_taken;
  size_t n = strlen(name) + 1;
  memcpy(keyword, name, n);
  header->cut_taken += n;
  return 1;
}

/* Puts the gap before card `index`, at least `n` cards long. It at least doubles, so that inserting one card after the
 * other costs constant time per card. */
static rf_status open_gap(rf_header *header, size_t index, size_t n, rf_error *err) {
  if (header->gap < n) {
    size_t gap = n + header->count / 2 + 36;
    rf_header_flatten(header);
    RF_TRY(rf_header_reserve(header, gap, err));
    header->gap_at = header->count;
    header->gap = gap;
    header->work += header->count;
    header->used = header->count + gap;
    header->loose = true;
  }
  char *cards = header->cards;
  header->work += index < header->gap_at ? header->gap_at - index : index - header->gap_at;
  if (index < header->gap_at)
    memmove(cards + (index + header->gap) * RF_CARD_BYTES, cards + index * RF_CARD_BYTES,
            (header->gap_at - index) * RF_CARD_BYTES);
  else
    memmove(cards + header->gap_at * RF_CARD_BYTES, cards + (header->gap_at + header->gap) * RF_CARD_BYTES,
            (index - header->gap_at) * RF_CARD_BYTES);
  header->gap_at = index;
  return RF_OK;
}

rf_status rf_header_insert(rf_header *header, size_t index, const char *cards, size_t count, rf_error *err) {
  rf_error_clear(err);
  if (header == NULL || cards == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "header and cards must not be NULL");
  if (index > header->count)
    return rf_fail(err, RF_ERR_RANGE, "expected a place of 0 to %zu, found %zu", header->count, index);
  for (size_t i = 0; i < count; i++)
    if (rf_card_is_end(cards + i * RF_CARD_BYTES))
      return rf_fail(err, RF_ERR_ARGUMENT, "END is written by the library only");
  if (header->index != NULL)
    rf_header_unindex(header);
  RF_TRY(open_gap(header, index, count, err));
  if (index < header->count && rf_card_is(header->cards + (index + header->gap) * RF_CARD_BYTES, "CONTINUE"))
    return rf_fail(err, RF_ERR_ARGUMENT, "card %zu is a CONTINUE card, which belongs to the card before it", index);
  memcpy(header->cards + index * RF_CARD_BYTES, cards, count * RF_CARD_BYTES);
  header->odd = header->odd || !rf_all_printable(cards, count * RF_CARD_BYTES);
  header->gap_at += count;
  header->gap -= count;
  header->count += count;
  return RF_OK;
}
