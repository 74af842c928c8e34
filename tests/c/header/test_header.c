/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers as lists of cards: parsing, looking up, editing, and what an edit leaves alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "header/build.h"
#include "header/protected.h"
#include "header_lines.h"

/* ------------------------------ reading ------------------------------ */

static void test_parse_stops_at_end(void) {
  rf_header *h = HEADER("A       = 1", "END", "B       = 2");
  CHECK(rf_header_get_count(h) == 1);
  CHECK(rf_header_get_file_bytes(h, 0) == 2880);
  rf_header_free(h);
}

static void test_end_of_writers_that_do_not_pad_with_blanks(void) {
  static const char *const ends[] = {"END\n", "END", "end", "END     ="};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
    rf_header *h = HEADER("A       = 1", ends[i], "B       = 2");
    CHECK(rf_header_get_count(h) == 1);
    rf_header_free(h);
  }
  rf_header *h = HEADER("A       = 1", "END OF", "ENDING  = 2");
  CHECK(rf_header_get_count(h) == 3);
  rf_header_free(h);
}

static void test_blank_cards_that_end_a_header_are_kept(void) {
  rf_header *h = HEADER("A       = 1", "", "", "END");
  CHECK(rf_header_get_count(h) == 3);
  rf_header_free(h);
}

static void test_parse_refuses_odd_lengths(void) {
  rf_header *h = NULL;
  CHECK(rf_header_parse("END", 3, 0, &h, &err) == RF_ERR_ARGUMENT);
  CHECK(h == NULL);
}

static void test_bytes_outside_ascii(void) {
  char cards[2 * RF_CARD_BYTES];
  rf_header *h = NULL;
  for (int c = 0; c < 256; c++) {
    memset(cards, ' ', sizeof cards);
    memcpy(cards, "A       = 1", 11);
    memcpy(cards + RF_CARD_BYTES, "OBSERVER= 'M ller'", 18);
    cards[RF_CARD_BYTES + 12] = (char)c;
    rf_status status = rf_header_parse(cards, sizeof cards, RF_OPEN_STRICT, &h, &err);
    if (c >= 0x20 && c <= 0x7E) {
      CHECK(status == RF_OK);
      rf_header_free(h);
      continue;
    }
    CHECK(status == RF_ERR_CARD);
    CHECK(strstr(err.message, "card 2 (OBSERVER)") != NULL);
    CHECK(strstr(err.message, "lenient=False") != NULL);
    CHECK_STR(err.keyword, "OBSERVER");
    CHECK_OK(rf_header_parse(cards, sizeof cards, 0, &h, &err), err);
    CHECK(!rf_header_is_printable(h));
    rf_value value = value_of(h, "OBSERVER");
    CHECK(value.text_length == 6 && memcmp(value.text, cards + RF_CARD_BYTES + 11, 6) == 0);
    rf_header_free(h);
    CHECK_OK(rf_header_parse(cards, sizeof cards, RF_OPEN_LENIENT, &h, &err), err);
    CHECK_STR(value_of(h, "OBSERVER").text, "M_ller");
    CHECK(memcmp(rf_header_get_cards(h), cards, sizeof cards) == 0);
    CHECK_OK(rf_header_set(h, "A", &(rf_value){.kind = RF_VALUE_INTEGER, .integer = 2}, NULL, &err), err);
    CHECK(memcmp(rf_header_get_cards(h) + RF_CARD_BYTES, cards + RF_CARD_BYTES, RF_CARD_BYTES) == 0);
    rf_header_free(h);
  }
}

/* Control characters beside a number, a logical or a keyword are as blanks, in all modes but the strict one. */
static void test_control_characters_beside_numbers(void) {
  static const char *const texts[] = {"1.5", "-7", "T", "(1.5, 2)", "12345678901234567890"};
  static const rf_value_kind kinds[] = {RF_VALUE_REAL, RF_VALUE_INTEGER, RF_VALUE_LOGICAL, RF_VALUE_COMPLEX,
                                        RF_VALUE_BIG};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int mode = 0; mode < 2; mode++)
      for (char c = 0; c < 0x20; c++) {
        char card[RF_CARD_BYTES + 1];
        rf_header *h = NULL;
        memset(card, ' ', sizeof card);
        card[snprintf(card, 40, "K      c=c%scc / it", texts[i])] = ' ';
        for (char *p = card + 1; p < card + RF_CARD_BYTES; p++)
          if (*p == 'c' && (mode == 0 || p > card + 8))
            *p = c;
        if (mode == 1)
          memcpy(card, "K       ", 8);
        CHECK_OK(rf_header_parse(card, RF_CARD_BYTES, mode == 1 ? RF_OPEN_LENIENT : 0, &h, &err), err);
        CHECK(value_of(h, "K").kind == kinds[i]);
        const char *text;
        size_t n;
        CHECK_OK(rf_header_get_comment(h, 0, &text, &n, &err), err);
        CHECK_STR(text, "it");
        rf_header_free(h);
      }
}

/* A kept comment and a kept value keep their bytes, whatever they hold. */
static void test_the_other_half_of_an_edited_card(void) {
  char card[RF_CARD_BYTES + 1];
  for (int mode = 0; mode < 2; mode++) {
    rf_header *h = NULL;
    (void)snprintf(card, sizeof card, "%-80s", "K       = 'Mu\xf1oz'              / \xc3\xa9t\xc3\xa9");
    CHECK_OK(rf_header_parse(card, RF_CARD_BYTES, mode == 1 ? RF_OPEN_LENIENT : 0, &h, &err), err);
    CHECK_OK(rf_header_set_comment(h, "K", "summer", &err), err);
    CHECK(memcmp(rf_header_get_cards(h), card, 18) == 0);
    CHECK(strstr(rf_header_get_cards(h), "/ summer") != NULL);
    rf_header_free(h);
    CHECK_OK(rf_header_parse(card, RF_CARD_BYTES, mode == 1 ? RF_OPEN_LENIENT : 0, &h, &err), err);
    CHECK_OK(rf_header_set(h, "K", &(rf_value){.kind = RF_VALUE_INTEGER, .integer = 2}, NULL, &err), err);
    CHECK(strncmp(rf_header_get_cards(h) + 30, " / \xc3\xa9t\xc3\xa9", 8) == 0);
    rf_header_free(h);
  }
}

static void test_kinds(void) {
  rf_header *h =
      HEADER("L       = T", "I       = -5", "B       = 12345678901234567890", "R       = 1.5d2", "C       = (1, -2.5)",
             "S       = 'it''s  '", "U       =  / c", "X       = 1E400 / c", "Y       = 5 apples", "COMMENT  text");
  CHECK(value_of(h, "l").kind == RF_VALUE_LOGICAL && value_of(h, "l").integer == 1);
  CHECK(value_of(h, "I").kind == RF_VALUE_INTEGER && value_of(h, "I").integer == -5);
  CHECK(value_of(h, "B").kind == RF_VALUE_BIG);
  CHECK_STR(value_of(h, "B").text, "12345678901234567890");
  CHECK(value_of(h, "R").kind == RF_VALUE_REAL && value_of(h, "R").real == 150);
  rf_value c = value_of(h, "C");
  CHECK(c.kind == RF_VALUE_COMPLEX && c.real == 1 && c.imaginary == -2.5);
  CHECK(value_of(h, "S").kind == RF_VALUE_STRING);
  CHECK_STR(value_of(h, "S").text, "it's");
  CHECK(value_of(h, "U").kind == RF_VALUE_UNDEFINED);
  CHECK(value_of(h, "X").kind == RF_VALUE_INVALID);
  CHECK_STR(value_of(h, "X").text, "1E400");
  CHECK_STR(comment_of(h, "X"), "c");
  CHECK(value_of(h, "Y").kind == RF_VALUE_INVALID);
  CHECK_STR(value_of(h, "Y").text, "5 apples");
  CHECK(value_of(h, "COMMENT").kind == RF_VALUE_COMMENTARY);
  CHECK_STR(value_of(h, "COMMENT").text, " text");
  rf_header_free(h);
}

static void test_look_up(void) {
  rf_header *h =
      HEADER("A       = 1", "naxis1  = 2", "HIERARCH ESO Tel = 3", "A       = 4", "", "  B     = 5", "HIERARCH C = 6");
  size_t index = 99;
  CHECK_OK(rf_header_find(h, "a", 1, &index, &err), err);
  CHECK(index == 3);
  CHECK_OK(rf_header_find(h, "", 0, &index, &err), err);
  CHECK(index == 4);
  CHECK(value_of(h, "NAXIS1").integer == 2);
  CHECK(value_of(h, "eso tel").integer == 3);
  CHECK(value_of(h, "HIERARCH ESO TEL").integer == 3);
  CHECK(value_of(h, "B").integer == 5);
  CHECK(value_of(h, "C").integer == 6);
  CHECK(rf_header_find(h, "ESO", 0, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_header_find(h, "NAXIS", 0, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK_STR(err.keyword, "NAXIS");
  CHECK(rf_header_find(h, "a", 4, &index, &err) == RF_ERR_NOT_FOUND);
  char keyword[80];
  size_t span;
  CHECK_OK(rf_header_get_keyword(h, 2, keyword, &span, &err), err);
  CHECK_STR(keyword, "ESO Tel");
  CHECK(span == 1);
  CHECK(rf_header_get_keyword(h, 7, keyword, &span, &err) == RF_ERR_RANGE);
  rf_header_free(h);
}

static void test_look_up_of_a_name_too_long_for_any_card(void) {
  rf_header *h = HEADER("A       = 1");
  char name[300];
  memset(name, 'A', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  size_t index;
  CHECK(rf_header_find(h, name, 0, &index, &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_header_set(h, name, &(rf_value){.kind = RF_VALUE_UNDEFINED}, NULL, &err) == RF_ERR_ARGUMENT);
  rf_header_free(h);
}

static void test_continue(void) {
  rf_header *h = HEADER("S       = 'one &' / first", "CONTINUE  'two&'", "CONTINUE  'it''s&' / second",
                        "CONTINUE  '' / third", "T       = 'end&'", "CONTINUE  no string", "U       = 'x'",
                        "CONTINUE  'orphan'", "V       = 'a''&'", "CONTINUE  '''b'");
  char keyword[80];
  size_t span;
  CHECK_STR(value_of(h, "S").text, "one twoit's");
  CHECK_STR(comment_of(h, "S"), "first second third");
  CHECK_OK(rf_header_get_keyword(h, 0, keyword, &span, &err), err);
  CHECK(span == 4);
  CHECK_STR(value_of(h, "T").text, "end&");
  CHECK_STR(value_of(h, "U").text, "x");
  CHECK_STR(value_of(h, "V").text, "a''b");
  size_t index = 0;
  CHECK_OK(rf_header_find(h, "CONTINUE", 0, &index, &err), err);
  CHECK(index == 5);
  CHECK_OK(rf_header_find(h, "CONTINUE", 6, &index, &err), err);
  CHECK(index == 7);
  CHECK(rf_header_find(h, "CONTINUE", 8, &index, &err) == RF_ERR_NOT_FOUND);
  rf_header_free(h);
}

static void test_quote_split_between_two_cards(void) {
  rf_header *h = HEADER("A       = 'one'&'", "CONTINUE  ''two'");
  CHECK_STR(value_of(h, "A").text, "one'two");
  rf_header_free(h);
}

/* ------------------------------ structure ------------------------------ */

static rf_status same_structure(const char *const *a, const char *const *b) {
  rf_header *old_header = header_of(a, 0);
  rf_header *new_header = header_of(b, 0);
  rf_error_clear(&err);
  rf_status status = rf_header_same_structure(old_header, new_header, &err);
  rf_header_free(old_header);
  rf_header_free(new_header);
  return status;
}

static void test_same_structure(void) {
  const char *const *base = LINES("SIMPLE  = T", "NAXIS   = 1", "NAXIS1  = 5", "OBJECT  = 'x'", "CHECKSUM= 'abc'");
  CHECK(same_structure(base, base) == RF_OK);
  CHECK(same_structure(base, LINES("SIMPLE  =                    T / new comment", "NAXIS   = 1", "OBJECT  = 'y'",
                                   "NAXIS1  = 5", "NEW     = 1", "CHECKSUM= 'abc  '", "HIERARCH NAXIS2 = 3")) == RF_OK);
  CHECK(same_structure(base, LINES("SIMPLE  = T", "NAXIS   = 1", "NAXIS1  = 6", "CHECKSUM= 'abc'")) ==
        RF_ERR_PROTECTED);
  CHECK_STR(err.keyword, "NAXIS1");
  CHECK(same_structure(base, LINES("SIMPLE  = T", "NAXIS1  = 5", "NAXIS   = 1", "CHECKSUM= 'abc'")) ==
        RF_ERR_PROTECTED);
  CHECK(same_structure(base, LINES("SIMPLE  = T", "NAXIS   = 1", "NAXIS1  = 5")) == RF_ERR_PROTECTED);
  CHECK_STR(err.keyword, "CHECKSUM");
  CHECK(same_structure(base, LINES("SIMPLE  = T", "NAXIS   = 1", "NAXIS1  = 5", "CHECKSUM= 'abc'", "DATASUM = '0'")) ==
        RF_ERR_PROTECTED);
  CHECK_STR(err.keyword, "DATASUM");
  CHECK(same_structure(LINES("TTYPE1  = 'a&'", "CONTINUE  'b'"), LINES("TTYPE1  = 'a&'", "CONTINUE  'c'")) ==
        RF_ERR_PROTECTED);
  CHECK(same_structure(LINES("TTYPE1  = 'a&'", "CONTINUE  'b'"), LINES("TTYPE1  = 'ab'")) == RF_OK);
}

/* ------------------------------ memory ------------------------------ */

typedef struct allowance {
  long left;
} allowance;

static void *limited_realloc(void *user, void *block, size_t size) {
  allowance *a = user;
  if (a->left-- <= 0)
    return NULL;
  return realloc(block, size);
}

static void limited_free(void *user, void *block) {
  (void)user;
  free(block);
}

/* Every edit once, with memory running out at each allocation in turn. The header is as before an edit that failed. */
static rf_status edit_all(rf_header *h) {
  char text[300];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  rf_value value = string(text);
  size_t before = rf_header_get_count(h);
  rf_status status = rf_header_set(h, "LONG", &value, text, NULL);
  if (status == RF_OK) {
    before = rf_header_get_count(h);
    status = rf_header_set_comment(h, "LONG", "short", NULL);
  }
  if (status == RF_OK) {
    before = rf_header_get_count(h);
    status = rf_header_add(h, "HISTORY", text, NULL);
  }
  if (status == RF_OK) {
    before = rf_header_get_count(h);
    value = real(1.5);
    status = rf_header_set(h, "A", &value, NULL, NULL);
  }
  if (status == RF_OK) {
    before = rf_header_get_count(h);
    status = rf_header_get(h, "LONG", &value, NULL);
  }
  CHECK(rf_header_get_count(h) == before);
  return status;
}

static void test_memory_running_out(void) {
  bool succeeded = false;
  for (long n = 0; n < 200 && !succeeded; n++) {
    allowance a = {.left = n};
    rf_allocator_set(&(rf_allocator){.realloc_ = limited_realloc, .free_ = limited_free, .user = &a});
    rf_header *h = NULL;
    char card[RF_CARD_BYTES];
    memset(card, ' ', sizeof card);
    memcpy(card, "A       = 1 / c", 15);
    rf_status status = rf_header_parse(card, sizeof card, 0, &h, NULL);
    if (status == RF_OK)
      status = edit_all(h);
    succeeded = status == RF_OK;
    CHECK(succeeded || status == RF_ERR_MEMORY);
    rf_header_free(h);
    rf_allocator_set(NULL);
  }
  CHECK(succeeded);
}

int main(void) {
  RUN(test_parse_stops_at_end);
  RUN(test_end_of_writers_that_do_not_pad_with_blanks);
  RUN(test_blank_cards_that_end_a_header_are_kept);
  RUN(test_parse_refuses_odd_lengths);
  RUN(test_bytes_outside_ascii);
  RUN(test_control_characters_beside_numbers);
  RUN(test_the_other_half_of_an_edited_card);
  RUN(test_kinds);
  RUN(test_look_up);
  RUN(test_look_up_of_a_name_too_long_for_any_card);
  RUN(test_continue);
  RUN(test_quote_split_between_two_cards);
  RUN(test_same_structure);
  RUN(test_memory_running_out);
  return check_report();
}
