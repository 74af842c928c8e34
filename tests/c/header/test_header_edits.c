/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Many edits of one header: they give what the same edits give one by one, and cost what the cards cost.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "header/build.h"
#include "header/index.h"
#include "header/internal.h"

static rf_error err;

static rf_header *parse(const char *const *lines, size_t n) {
  rf_header *header = NULL;
  char *cards = malloc(n * RF_CARD_BYTES + 1);
  for (size_t i = 0; i < n; i++)
    snprintf(cards + i * RF_CARD_BYTES, RF_CARD_BYTES + 1, "%-80s", lines[i]);
  CHECK_OK(rf_header_parse(cards, n * RF_CARD_BYTES, 0, &header, &err), err);
  free(cards);
  return header;
}

/* A header of keywords K0, K1, ... */
static rf_header *numbered(size_t n, const char *prefix) {
  rf_header *header = NULL;
  char *cards = malloc(n * RF_CARD_BYTES + 1);
  for (size_t i = 0; i < n; i++) {
    char card[2 * RF_CARD_BYTES];
    snprintf(card, sizeof card, "%s%-7zu= %20zu / %-47s", prefix, i, i, "number");
    memcpy(cards + i * RF_CARD_BYTES, card, RF_CARD_BYTES);
  }
  CHECK_OK(rf_header_parse(cards, n * RF_CARD_BYTES, 0, &header, &err), err);
  free(cards);
  return header;
}

static int same_cards(const rf_header *a, const rf_header *b) {
  size_t n = rf_header_get_count(a) * RF_CARD_BYTES;
  return rf_header_get_count(a) == rf_header_get_count(b) &&
         (n == 0 || memcmp(rf_header_get_cards(a), rf_header_get_cards(b), n) == 0);
}

/* ------------------------------ the same as one by one ------------------------------ */

static uint32_t seed;

static uint32_t draw(uint32_t below) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) % below;
}

static const char *const names[] = {"A",       "b", "LONG",  "HIERARCH ESO Tel alt", "eso tel ALT", "C-1",
                                    "HISTORY", "",  "TWICE", "a longer name",        "NEW",         "NEWER"};

static rf_status edit(rf_header *header, uint32_t what, const char *keyword, const rf_value *value, const char *text) {
  switch (what) {
  case 0:
  case 1:
    return rf_header_set(header, keyword, value, NULL, &err);
  case 2:
    return rf_header_set(header, keyword, value, text, &err);
  case 3:
    return rf_header_set_comment(header, keyword, text, &err);
  case 4:
    return rf_header_add(header, draw(2) ? "HISTORY" : "", text, &err);
  case 5:
    return rf_header_rename(header, keyword, names[draw(sizeof names / sizeof names[0])], &err);
  case 6: {
    char cards[5 * RF_CARD_BYTES + 1];
    size_t n = 1 + draw(5);
    for (size_t i = 0; i < n; i++)
      snprintf(cards + i * RF_CARD_BYTES, RF_CARD_BYTES + 1, "%-8s= %-70u", draw(2) ? "NEW" : "INSERT", draw(100));
    return rf_header_insert(header, draw((uint32_t)rf_header_get_count(header) + 2), cards, n, &err);
  }
  default:
    return rf_header_delete(header, keyword, &err);
  }
}

static const char *const first_cards[] = {
    "A       =                    1 / one",
    "LONG    = 'a long text that goes on &' / first",
    "CONTINUE  'behind it&'",
    "CONTINUE  'twice' / second",
    "TWICE   =                    1",
    "HISTORY made",
    "TWICE   =                    2",
    "HIERARCH ESO TEL ALT = 41.5 / altitude",
    "HISTORY used",
    " B      = 'a blank first'",
    "GARBAGE without a value",
    "C-1     = 'ends in &'",
};

/* One header keeps its index through all edits, the other is made from its cards for each. */
static void edit_both(rf_header **with, rf_header **without) {
  char text[301];
  uint32_t what = draw(9);
  const char *keyword = names[draw(sizeof names / sizeof names[0])];
  rf_value value = {.kind = RF_VALUE_INTEGER, .integer = draw(1000)};
  memset(text, 'x', sizeof text);
  text[draw(4) == 0 ? draw(300) : draw(20)] = '\0';
  if (draw(2) != 0)
    value = (rf_value){.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
  uint32_t before = seed;
  rf_header_worked(*with, 1u << 20);
  CHECK((*with)->index != NULL);
  rf_status status = edit(*with, what, keyword, &value, text);
  seed = before;
  rf_header *fresh = NULL;
  CHECK_OK(rf_header_copy(*without, &fresh, &err), err);
  rf_header_free(*without);
  *without = fresh;
  CHECK(fresh->index == NULL);
  CHECK(edit(fresh, what, keyword, &value, text) == status);
}

static void test_edits_with_an_index_are_those_without(void) {
  for (uint32_t round = 0; round < 200; round++) {
    rf_header *with = parse(first_cards, sizeof first_cards / sizeof first_cards[0]);
    rf_header *without = parse(first_cards, sizeof first_cards / sizeof first_cards[0]);
    seed = round;
    for (int i = 0; i < 60; i++) {
      edit_both(&with, &without);
      rf_value a;
      rf_value b;
      const char *keyword = names[draw(sizeof names / sizeof names[0])];
      rf_status status = rf_header_get(with, keyword, &a, &err);
      CHECK(rf_header_get(without, keyword, &b, &err) == status);
      CHECK(status != RF_OK || (a.kind == b.kind && a.integer == b.integer && a.text_length == b.text_length));
      CHECK(rf_header_get_count(with) == rf_header_get_count(without));
      if (draw(8) == 0)
        CHECK(same_cards(with, without));
    }
    CHECK(same_cards(with, without));
    rf_header_free(with);
    rf_header_free(without);
  }
}

/* CONTINUE cards that continue nothing change what belongs to what; such a header gets no index. */
static void test_orphans_have_no_index(void) {
  const char *const cards[] = {"A       = 'no sign'", "CONTINUE  'orphan'", "CONTINUE  'orphan too'", "B       = 1"};
  rf_header *header = parse(cards, 4);
  rf_header_worked(header, 1u << 20);
  CHECK(header->index == NULL);
  CHECK_OK(rf_header_delete(header, "CONTINUE", &err), err);
  CHECK(rf_header_get_count(header) == 2);
  CHECK(rf_header_delete(header, "CONTINUE", &err) == RF_ERR_NOT_FOUND);
  rf_header_free(header);
}

/* A value that grows and shrinks leaves its old cards behind; they are cleared away. */
static void test_memory_of_one_value_set_again_and_again_is_bounded(void) {
  rf_header *header = numbered(10, "K");
  char text[500];
  memset(text, 'x', sizeof text);
  for (size_t i = 0; i < 20000; i++) {
    rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = i % 2 ? 400 : 3};
    CHECK_OK(rf_header_set(header, "K5", &value, NULL, &err), err);
    if (i == 10000)
      CHECK_OK(rf_header_delete(header, "K7", &err), err);
  }
  CHECK(header->index != NULL && header->capacity < 10000);
  rf_value value;
  CHECK_OK(rf_header_get(header, "K9", &value, &err), err);
  CHECK(value.integer == 9 && rf_header_get_count(header) == 15);
  rf_header_free(header);
}

/* ------------------------------ merging ------------------------------ */

static const char *const target_cards[] = {
    "SIMPLE  =                    T", "A       =                    1 / kept place", "S       = 'one card'",
    "COMMENT of the target",          "A       =                    2 / the second",
};
static const char *const source_cards[] = {
    "SIMPLE  =                    F", "a       =                    7",
    "S       = 'on two &' / c",       "CONTINUE  'cards'",
    "COMMENT of the source",          "NEW     =                    1 / first counts",
    "NEW     =                    2", "HIERARCH A b = 1",
};

static void check_merge(uint32_t flags, const char *const *expected, size_t n) {
  rf_header *target = parse(target_cards, 5);
  rf_header *source = parse(source_cards, 8);
  rf_header *right = parse(expected, n);
  CHECK_OK(rf_header_merge(target, source, flags, &err), err);
  CHECK(same_cards(target, right));
  rf_header_free(target);
  rf_header_free(source);
  rf_header_free(right);
}

static void test_merge(void) {
  const char *const plain[] = {"SIMPLE  =                    T",
                               "a       =                    7",
                               "S       = 'on two &' / c",
                               "CONTINUE  'cards'",
                               "COMMENT of the target",
                               "A       =                    2 / the second",
                               "NEW     =                    1 / first counts",
                               "HIERARCH A b = 1"};
  check_merge(0, plain, 8);
  const char *const all[] = {"SIMPLE  =                    F",
                             "a       =                    7",
                             "S       = 'on two &' / c",
                             "CONTINUE  'cards'",
                             "COMMENT of the target",
                             "A       =                    2 / the second",
                             "COMMENT of the source",
                             "NEW     =                    1 / first counts",
                             "HIERARCH A b = 1"};
  check_merge(RF_MERGE_COMMENTARY | RF_MERGE_PROTECTED, all, 9);
  const char *const appended[] = {target_cards[0], target_cards[1], target_cards[2], target_cards[3],
                                  target_cards[4], source_cards[1], source_cards[2], source_cards[3],
                                  source_cards[5], source_cards[6], source_cards[7]};
  check_merge(RF_MERGE_APPEND, appended, 11);
}

static void test_merge_keeps_the_bytes_of_cards(void) {
  rf_header *target = parse(target_cards, 5);
  rf_header *before = parse(target_cards, 5);
  const char *const cards[] = {"A       =                    9", "B       = 'a\tb'"};
  rf_header *source = numbered(2, "K");
  for (size_t i = 0; i < 2; i++) { /* as they are kept when they came from a file */
    char card[RF_CARD_BYTES + 1];
    snprintf(card, sizeof card, "%-80s", cards[i]);
    CHECK_OK(rf_header_put_card(source, i, card, &err), err);
  }
  CHECK(rf_header_merge(target, target, 0, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_merge(target, NULL, 0, &err) == RF_ERR_ARGUMENT);
  CHECK(same_cards(target, before));
  CHECK_OK(rf_header_merge(target, source, 0, &err), err);
  size_t at;
  CHECK_OK(rf_header_find(target, "B", 0, &at, &err), err);
  CHECK(memcmp(rf_header_get_cards(target) + at * RF_CARD_BYTES, "B       = 'a\tb'", 15) == 0);
  rf_header_free(target);
  rf_header_free(before);
  rf_header_free(source);
}

/* ------------------------------ inserting and renaming ------------------------------ */

static void test_insert(void) {
  rf_header *header = numbered(3, "K");
  char card[RF_CARD_BYTES + 1];
  snprintf(card, sizeof card, "%-80s", "FIRST   = 1");
  CHECK_OK(rf_header_insert(header, 0, card, 1, &err), err);
  snprintf(card, sizeof card, "%-80s", "LAST    = 'goes on &'");
  CHECK_OK(rf_header_insert(header, 4, card, 1, &err), err);
  snprintf(card, sizeof card, "%-80s", "CONTINUE  'to the end'");
  CHECK_OK(rf_header_insert(header, 5, card, 1, &err), err);
  CHECK(rf_header_get_count(header) == 6);
  CHECK(rf_header_insert(header, 5, card, 1, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_insert(header, 7, card, 1, &err) == RF_ERR_RANGE);
  snprintf(card, sizeof card, "%-80s", "END");
  CHECK(rf_header_insert(header, 0, card, 1, &err) == RF_ERR_ARGUMENT);
  rf_value value;
  CHECK_OK(rf_header_get(header, "LAST", &value, &err), err);
  CHECK_STR(value.text, "goes on to the end");
  CHECK(memcmp(rf_header_get_cards(header), "FIRST   = 1 ", 12) == 0);
  rf_header_free(header);
}

static void check_rename(const char *before, const char *keyword, const char *name, const char *after) {
  rf_header *header = parse(&before, 1), *right = parse(&after, 1);
  CHECK_OK(rf_header_rename(header, keyword, name, &err), err);
  CHECK(same_cards(header, right));
  rf_header_free(header);
  rf_header_free(right);
}

static void test_rename(void) {
  check_rename("A       =  1.50E0/odd", "a", "long_one", "LONG_ONE=  1.50E0/odd");
  check_rename("A       =              1.50E0 / c", "A", "too long for that",
               "HIERARCH too long for that = 1.50E0 / c");
  check_rename("HIERARCH ESO tel alt = 'it''s' / c", "ESO TEL ALT", "ALT", "ALT     = 'it''s   '           / c");
  check_rename("X       =", "X", "HIERARCH Y", "HIERARCH Y =");
  const char *const cards[] = {"A       = 1", "COMMENT c", "B       = 2"};
  rf_header *header = parse(cards, 3);
  CHECK(rf_header_rename(header, "C", "D", &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_header_rename(header, "COMMENT", "D", &err) == RF_ERR_TYPE);
  CHECK(rf_header_rename(header, "A", "HISTORY", &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_rename(header, "A", "END", &err) == RF_ERR_ARGUMENT);
  CHECK_OK(rf_header_rename(header, "B", "A", &err), err);
  rf_value value;
  CHECK_OK(rf_header_get(header, "A", &value, &err), err);
  CHECK(value.integer == 1 && rf_header_get_count(header) == 3);
  rf_header_free(header);
}

static void test_merge_of_one_value(void) {
  rf_header *header = numbered(1, "K");
  rf_value value = {.kind = RF_VALUE_INTEGER, .integer = 7}, text = {RF_VALUE_STRING, 0, 0, 0, "a\nb rest", 3};
  CHECK_OK(rf_header_merge_value(header, "NAXIS", &value, NULL, 0, &err), err);
  CHECK_OK(rf_header_merge_value(header, "HISTORY", &text, NULL, 0, &err), err);
  CHECK(rf_header_get_count(header) == 1);
  CHECK(rf_header_merge_value(header, "hierarch NAXIS", &value, NULL, RF_MERGE_REFUSE, &err) == RF_ERR_PROTECTED);
  CHECK_STR(err.keyword, "NAXIS");
  CHECK(rf_header_merge_value(header, "HISTORY", &text, NULL, RF_MERGE_REFUSE, &err) == RF_ERR_PROTECTED);
  CHECK(rf_header_merge_value(header, "HISTORY", &value, NULL, RF_MERGE_COMMENTARY, &err) == RF_ERR_TYPE);
  CHECK_OK(rf_header_merge_value(header, "NAXIS", &value, "c", RF_MERGE_PROTECTED, &err), err);
  CHECK_OK(rf_header_merge_value(header, "HISTORY", &text, NULL, RF_MERGE_COMMENTARY, &err), err);
  CHECK_OK(rf_header_merge_value(header, "k0", &value, NULL, RF_MERGE_REFUSE, &err), err);
  const char *const cards[] = {"K0      =                    7 / number", "NAXIS   =                    7 / c",
                               "HISTORY a", "HISTORY b"};
  rf_header *right = parse(cards, 4);
  CHECK(same_cards(header, right));
  rf_header_free(header);
  rf_header_free(right);
}

/* ------------------------------ cost ------------------------------ */

static uint64_t work_of_inserting(size_t n) {
  rf_header *header = numbered(n, "K"), *cards = numbered(n, "L");
  for (size_t i = 0; i < n; i++) /* each behind the one before, in the middle */
    CHECK_OK(rf_header_insert(header, n / 2 + i, rf_header_get_cards(cards) + i * RF_CARD_BYTES, 1, &err), err);
  CHECK(memcmp(rf_header_get_cards(header) + (n / 2) * RF_CARD_BYTES, rf_header_get_cards(cards), n * RF_CARD_BYTES) ==
        0);
  uint64_t work = header->work;
  rf_header_free(header);
  rf_header_free(cards);
  return work;
}

static uint64_t work_of_renaming(size_t n) {
  rf_header *header = numbered(n, "K");
  for (size_t i = 0; i < n; i++) {
    char keyword[32], name[32];
    snprintf(keyword, sizeof keyword, "K%zu", i * 7919 % n);
    snprintf(name, sizeof name, i % 3 == 0 ? "HIERARCH L%zu" : "L%zu", i * 7919 % n);
    CHECK_OK(rf_header_rename(header, keyword, name, &err), err);
  }
  rf_value value;
  CHECK_OK(rf_header_get(header, "L17", &value, &err), err);
  CHECK(value.integer == 17 && rf_header_get(header, "K17", &value, &err) == RF_ERR_NOT_FOUND);
  uint64_t work = header->work;
  rf_header_free(header);
  return work;
}

static uint64_t work_of_merging(size_t n) {
  rf_header *target = numbered(n, "K");
  rf_header *source = numbered(n, "L");
  CHECK_OK(rf_header_merge(target, source, 0, &err), err);
  CHECK_OK(rf_header_merge(target, source, 0, &err), err);
  CHECK(rf_header_get_count(target) == 2 * n);
  uint64_t work = target->work;
  rf_header_free(target);
  rf_header_free(source);
  return work;
}

static uint64_t work_of_setting(size_t n) {
  rf_header *header = numbered(n, "K");
  char text[201];
  memset(text, 'x', sizeof text);
  text[200] = '\0';
  rf_value value = {.kind = RF_VALUE_STRING, .text = text, .text_length = 200};
  for (size_t i = 0; i < 2 * n; i++) { /* half of them grow in their places, half are new */
    char keyword[32];
    snprintf(keyword, sizeof keyword, "K%zu", i);
    CHECK_OK(rf_header_set(header, keyword, &value, NULL, &err), err);
    CHECK_OK(rf_header_set_comment(header, keyword, "", &err), err);
  }
  CHECK(rf_header_get_count(header) == 2 * n * 3);
  CHECK(memcmp(rf_header_get_cards(header), "K0      = ", 10) == 0);
  uint64_t work = header->work;
  rf_header_free(header);
  return work;
}

static uint64_t work_of_setting_the_same(size_t n) {
  rf_header *header = numbered(n, "K");
  for (size_t i = 0; i < n; i++) {
    char keyword[32];
    rf_value value = {.kind = RF_VALUE_INTEGER, .integer = (int64_t)i};
    snprintf(keyword, sizeof keyword, "K%zu", i);
    CHECK_OK(rf_header_set(header, keyword, &value, NULL, &err), err);
  }
  uint64_t work = header->work;
  CHECK(header->index != NULL && !header->loose);
  rf_header_free(header);
  return work;
}

static uint64_t work_of_deleting_each(size_t n) {
  rf_header *header = numbered(n, "K");
  for (size_t i = 0; i < n; i++) {
    char keyword[32];
    rf_value value;
    snprintf(keyword, sizeof keyword, "K%zu", i * 7919 % n);
    CHECK_OK(rf_header_delete(header, keyword, &err), err);
    CHECK(rf_header_get(header, keyword, &value, &err) == RF_ERR_NOT_FOUND);
  }
  CHECK(rf_header_get_count(header) == 0);
  uint64_t work = header->work;
  rf_header_free(header);
  return work;
}

static uint64_t work_of_deleting_equal_ones(size_t n) {
  rf_header *header = numbered(0, "K");
  for (size_t i = 0; i < n; i++) {
    char card[RF_CARD_BYTES + 1];
    snprintf(card, sizeof card, "%-8s= %-70zu", i % 2 ? "SAME" : "OTHER", i);
    CHECK_OK(rf_header_append_card(header, card, &err), err);
  }
  header->work = 0;
  CHECK_OK(rf_header_delete(header, "SAME", &err), err);
  CHECK(rf_header_get_count(header) == n / 2 && memcmp(rf_header_get_cards(header) + 80, "OTHER   = 2 ", 12) == 0);
  uint64_t work = header->work;
  rf_header_free(header);
  return work;
}

/* Ten times the cards are ten times the work, and some for memory that doubles. */
static void test_work_grows_with_the_cards_not_their_square(void) {
  CHECK(work_of_merging(20000) <= 15 * work_of_merging(2000));
  CHECK(work_of_inserting(20000) <= 15 * work_of_inserting(2000));
  CHECK(work_of_renaming(20000) <= 15 * work_of_renaming(2000));
  CHECK(work_of_setting(20000) <= 15 * work_of_setting(2000));
  CHECK(work_of_setting_the_same(20000) <= 15 * work_of_setting_the_same(2000));
  CHECK(work_of_deleting_each(20000) <= 15 * work_of_deleting_each(2000));
  CHECK(work_of_deleting_equal_ones(20000) <= 15 * work_of_deleting_equal_ones(2000));
}

int main(void) {
  RUN(test_edits_with_an_index_are_those_without);
  RUN(test_orphans_have_no_index);
  RUN(test_memory_of_one_value_set_again_and_again_is_bounded);
  RUN(test_merge);
  RUN(test_merge_keeps_the_bytes_of_cards);
  RUN(test_insert);
  RUN(test_rename);
  RUN(test_merge_of_one_value);
  RUN(test_work_grows_with_the_cards_not_their_square);
  return check_report();
}
