/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of one header in another, in one pass. Everything that can fail comes before the first card changes.
 */
#include "header/card.h"
#include "header/edit.h"
#include "header/index.h"
#include "header/internal.h"
#include "header/keyword.h"

typedef struct merger {
  rf_header *header;
  const rf_header *from;
  const rf_index *entries; /* of `from` */
  uint32_t flags;
} merger;

static bool is_name(const char *name, size_t n, const char *other) {
  return n == strlen(other) && rf_keyword_equal(name, other, n);
}

static bool is_commentary(const char *name, size_t n) {
  return n == 0 || is_name(name, n, "COMMENT") || is_name(name, n, "HISTORY") || is_name(name, n, "CONTINUE");
}

/* One entry of the source: left out, appended, or put in the place of the one that is there. */
static void merge_entry(const merger *m, uint32_t entry) {
  const rf_entry *e = &m->entries->entries[entry];
  const char *cards = m->from->cards + e->card * RF_CARD_BYTES;
  rf_card_view view;
  rf_card_split(cards, &view);
  bool commentary = is_commentary(view.keyword, view.keyword_length);
  if (commentary ? (m->flags & RF_MERGE_COMMENTARY) == 0
                 : (m->flags & RF_MERGE_PROTECTED) == 0 && rf_keyword_protected_name(view.keyword, view.keyword_length))
    return;
  if (commentary || (m->flags & RF_MERGE_APPEND) != 0) {
    rf_header_append_entry(m->header, cards, e->span);
    return;
  }
  if (rf_index_find(m->from, m->entries, view.keyword, view.keyword_length) != entry)
    return; /* the first of several counts */
  uint32_t there = rf_index_find(m->header, m->header->index, view.keyword, view.keyword_length);
  if (there == RF_ENTRY_NONE)
    rf_header_append_entry(m->header, cards, e->span);
  else
    rf_header_replace_entry(m->header, there, cards, e->span);
}

static rf_status prepare(rf_header *header, const rf_header *from, rf_error *err) {
  rf_header_flatten(header);
  if (header->index == NULL)
    RF_TRY(rf_index_new(header, &header->index, err));
  RF_TRY(rf_header_reserve(header, from->count, err));
  return rf_index_reserve(header, header->index, from->count, err);
}

rf_status rf_header_merge(rf_header *header, const rf_header *from, uint32_t flags, rf_error *err) {
  rf_error_clear(err);
  if (header == NULL || from == NULL || header == from)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected two different headers, found NULL or one header twice");
  (void)rf_header_flat(from);
  rf_index *entries = NULL;
  RF_TRY(rf_index_new(from, &entries, err));
  rf_status status = prepare(header, from, err);
  if (status == RF_OK)
    header->odd = header->odd || from->odd;
  const merger m = {.header = header, .from = from, .entries = entries, .flags = flags};
  if (status == RF_OK)
    for (size_t i = 0; i < entries->count; i++)
      merge_entry(&m, (uint32_t)i);
  bool masked = header->masked && header->odd; /* names are not those of the cards */
  if (header->index != NULL && (header->index->orphans || entries->orphans || masked))
    rf_header_unindex(header);
  rf_index_free(entries);
  header->work += from->count;
  return status;
}

rf_status rf_header_merge_value(rf_header *header, const char *keyword, const rf_value *value, const char *comment,
                                uint32_t flags, rf_error *err) {
  rf_error_clear(err);
  rf_keyword name;
  RF_TRY(rf_keyword_check(keyword, &name, err));
  bool taken = name.commentary
                   ? (flags & RF_MERGE_COMMENTARY) != 0
                   : (flags & RF_MERGE_PROTECTED) != 0 || !rf_keyword_protected_name(name.name, name.length);
  if (taken)
    return name.commentary ? rf_header_add_text(header, &name, value, err)
                           : rf_header_set_value(header, &name, value, comment, err);
  if ((flags & RF_MERGE_REFUSE) == 0)
    return RF_OK;
  rf_error_keyword(err, name.name);
  return rf_fail(err, RF_ERR_PROTECTED, "keyword %s: expected a keyword that can be set, found %s", keyword,
                 name.commentary ? "commentary" : "a protected one");
}
