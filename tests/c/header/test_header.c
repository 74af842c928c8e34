/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers as lists of cards: parsing, looking up, editing, and what an edit leaves alone.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "header/build.h"
#include "header/header.h"
#include "header/protected.h"

static rf_error err;

/* A header of the given lines, each padded to a card; NULL ends the list. */
static rf_header *header_of(const char *const *lines, uint32_t flags) {
  static char cards[64 * RF_CARD_BYTES];
  size_t n = 0;
  for (; lines[n] != NULL && n < 64; n++) {
    memset(cards + n * RF_CARD_BYTES, ' ', RF_CARD_BYTES);
    memcpy(cards + n * RF_CARD_BYTES, lines[n], strlen(lines[n]));
  }
  rf_header *header = NULL;
  CHECK_OK(rf_header_parse(cards, n * RF_CARD_BYTES, flags, &header, &err), err);
  return header;
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define HEADER(...) header_of(LINES(__VA_ARGS__), 0)

/* Card `index` without trailing blanks. */
static const char *card_at(const rf_header *header, size_t index) {
  static char text[RF_CARD_BYTES + 1];
  if (index >= rf_header_get_count(header))
    return "(no such card)";
  memcpy(text, rf_header_get_cards(header) + index * RF_CARD_BYTES, RF_CARD_BYTES);
  size_t n = RF_CARD_BYTES;
  while (n > 0 && text[n - 1] == ' ')
    n--;
  text[n] = '\0';
  return text;
}

static rf_value value_of(rf_header *header, const char *keyword) {
  rf_value value = {.kind = RF_VALUE_INVALID, .text = "(not found)"};
  CHECK_OK(rf_header_get(header, keyword, &value, &err), err);
  return value;
}

static const char *comment_of(rf_header *header, const char *keyword) {
  size_t index = 0;
  size_t n;
  const char *text = "(none)";
  CHECK_OK(rf_header_find(header, keyword, 0, &index, &err), err);
  CHECK_OK(rf_header_get_comment(header, index, &text, &n, &err), err);
  CHECK(strlen(text) == n);
  return text;
}

static rf_value integer(int64_t number) {
  return (rf_value){.kind = RF_VALUE_INTEGER, .integer = number};
}

static rf_value real(double number) {
  return (rf_value){.kind = RF_VALUE_REAL, .real = number};
}

static rf_value string(const char *text) {
  return (rf_value){.kind = RF_VALUE_STRING, .text = text, .text_length = strlen(text)};
}

static void set(rf_header *header, const char *keyword, rf_value value, const char *comment) {
  CHECK_OK(rf_header_set(header, keyword, &value, comment, &err), err);
}

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

/* ------------------------------ writing ------------------------------ */

static void test_formats(void) {
  rf_header *h = NULL;
  CHECK_OK(rf_header_new(&h, &err), err);
  CHECK_OK(rf_header_append_logical(h, "SIMPLE", true, "conforms", &err), err);
  CHECK_OK(rf_header_append_integer(h, "NAXIS", 2, NULL, &err), err);
  CHECK_OK(rf_header_append_token(h, "BZERO", "9223372036854775808", "offset", &err), err);
  CHECK_OK(rf_header_append_real(h, "BSCALE", 1, "", &err), err);
  CHECK_OK(rf_header_append_string(h, "XTENSION", "IMAGE", "kind", &err), err);
  set(h, "null", string(""), "c");
  set(h, "quote", string("O'HARA"), NULL);
  set(h, "undef", (rf_value){.kind = RF_VALUE_UNDEFINED}, "c");
  set(h, "cplx", (rf_value){.kind = RF_VALUE_COMPLEX, .real = 1, .imaginary = -2.5}, "c");
  set(h, "wide", real(-1.2345678901234568e-300), "c");
  set(h, "ESO a b", integer(1), "c");
  set(h, "HIERARCH short", string("x"), NULL);
  static const char *const expected[] = {"SIMPLE  =                    T / conforms",
                                         "NAXIS   =                    2",
                                         "BZERO   =  9223372036854775808 / offset",
                                         "BSCALE  =                  1.0",
                                         "XTENSION= 'IMAGE   '           / kind",
                                         "NULL    = '        '           / c",
                                         "QUOTE   = 'O''HARA '",
                                         "UNDEF   =                      / c",
                                         "CPLX    =          (1.0, -2.5) / c",
                                         "WIDE    = -1.2345678901234568E-300 / c",
                                         "HIERARCH ESO a b = 1 / c",
                                         "HIERARCH short = 'x       '"};
  size_t count = sizeof expected / sizeof expected[0];
  CHECK(rf_header_get_count(h) == count);
  for (size_t i = 0; i < count; i++)
    CHECK_STR(card_at(h, i), expected[i]);
  rf_header_free(h);
}

static void test_unchanged_value_keeps_its_card(void) {
  rf_header *h = HEADER("A       =5 / c", "B       = 1.50D1", "exptime = 'x'/y", "HIERARCH z z= 1 /");
  set(h, "A", integer(5), NULL);
  set(h, "B", real(15), NULL);
  set(h, "EXPTIME", string("x  "), "y");
  set(h, "Z Z", integer(1), NULL);
  CHECK_STR(card_at(h, 0), "A       =5 / c");
  CHECK_STR(card_at(h, 1), "B       = 1.50D1");
  CHECK_STR(card_at(h, 2), "exptime = 'x'/y");
  CHECK_STR(card_at(h, 3), "HIERARCH z z= 1 /");
  set(h, "B", integer(15), NULL);
  CHECK_STR(card_at(h, 1), "B       =                   15");
  rf_header_free(h);
}

static void test_comment_is_kept_or_cut(void) {
  rf_header *h = HEADER("A       =                    5 / 1234567890123456789012345678901234567890123456");
  set(h, "A", integer(6), NULL);
  CHECK_STR(card_at(h, 0), "A       =                    6 / 1234567890123456789012345678901234567890123456");
  set(h, "A", string("a string that needs more than twenty columns"), NULL);
  CHECK_STR(card_at(h, 0), "A       = 'a string that needs more than twenty columns&'");
  CHECK_STR(card_at(h, 1), "CONTINUE  '' / 1234567890123456789012345678901234567890123456");
  set(h, "A", string("a string of sixty-eight characters, just what one card can hold ...."), NULL);
  const char *text;
  size_t n;
  char keyword[RF_CARD_BYTES];
  CHECK_OK(rf_header_get_comment(h, 0, &text, &n, &err), err);
  CHECK_STR(text, "1234567890123456789012345678901234567890123456");
  CHECK(value_of(h, "A").text_length == 68);
  CHECK(!rf_header_take_cut(h, keyword));
  set(h, "A", real(1.2345678901234567e-300), NULL); /* no string: what does not fit is cut */
  CHECK(rf_header_get_count(h) == 1);
  set(h, "LONG NAME", integer(5), "a comment that is longer than the room that is left behind a long name");
  CHECK(rf_header_take_cut(h, keyword) && strcmp(keyword, "A") == 0);
  CHECK(rf_header_take_cut(h, keyword) && strcmp(keyword, "LONG NAME") == 0);
  CHECK(!rf_header_take_cut(h, keyword));
  rf_header_free(h);
}

static void test_set_comment_keeps_the_value(void) {
  rf_header *h = HEADER("A       = 1.50D1 / old", "B       = 1.50D1", "C       = 'x' / old", "HIERARCH d d= +5",
                        "COMMENT x", "U       = ", "V       = 'never closed");
  CHECK_OK(rf_header_set_comment(h, "a", "new", &err), err);
  CHECK_OK(rf_header_set_comment(h, "B", "new", &err), err);
  CHECK_OK(rf_header_set_comment(h, "C", "", &err), err);
  CHECK_OK(rf_header_set_comment(h, "D D", "new", &err), err);
  CHECK_OK(rf_header_set_comment(h, "U", "new", &err), err);
  CHECK_STR(card_at(h, 0), "A       = 1.50D1 / new");
  CHECK_STR(card_at(h, 1), "B       = 1.50D1               / new");
  CHECK_STR(card_at(h, 2), "C       = 'x'");
  CHECK_STR(card_at(h, 3), "HIERARCH d d= +5 / new");
  CHECK_STR(card_at(h, 5), "U       =                      / new");
  CHECK(rf_header_set_comment(h, "COMMENT", "x", &err) == RF_ERR_TYPE);
  CHECK(rf_header_set_comment(h, "V", "x", &err) == RF_ERR_TYPE);
  CHECK(rf_header_set_comment(h, "NONE", "x", &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_header_set_comment(h, "A", "t\tab", &err) == RF_ERR_ARGUMENT);
  rf_header_free(h);
}

/* Strings of every length around the seams of cards, made of what is awkward there. */
static void test_long_strings_come_back(void) {
  static const char *const patterns[] = {"'", "&", "a", "a'", " x", "&'", "x&", "''' &", "word "};
  static const char *const keywords[] = {"LONG", "ESO a long name for a keyword that leaves little room"};
  char text[400];
  for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++)
    for (size_t n = 1; n < 300; n++) {
      for (size_t i = 0; i < n; i++)
        text[i] = patterns[p][i % strlen(patterns[p])];
      text[n] = '\0';
      rf_header *h = HEADER("CONTINUE  'orphan'");
      for (int k = 0; k < 2; k++) {
        set(h, keywords[k], string(text), "comment");
        for (size_t end = strlen(text); end > 0 && text[end - 1] == ' '; end--)
          text[end - 1] = '\0';
        CHECK_STR(value_of(h, keywords[k]).text, text);
        if (n > 80)
          CHECK_STR(comment_of(h, keywords[k]), "comment");
      }
      rf_header_free(h);
    }
}

static void test_string_does_not_catch_an_orphan(void) {
  rf_header *h = HEADER("A       = 'x'", "CONTINUE  'orphan'");
  set(h, "A", string("ends in &"), NULL);
  CHECK_STR(value_of(h, "A").text, "ends in &");
  size_t index = 0;
  CHECK_OK(rf_header_find(h, "CONTINUE", 0, &index, &err), err);
  CHECK_STR(card_at(h, index), "CONTINUE  'orphan'");
  rf_header_free(h);
}

static void test_long_comment_stays_with_a_long_string(void) {
  const char *comment =
      "a comment that goes on for much longer than one card could ever hold, and then goes on, and on, "
      "until it has filled a third card as well, which takes a few words more";
  char text[200];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  rf_header *h = NULL;
  CHECK_OK(rf_header_new(&h, &err), err);
  set(h, "A", string(text), comment);
  CHECK_STR(value_of(h, "A").text, text);
  CHECK_STR(comment_of(h, "A"), comment);
  set(h, "A", string("short"), NULL);
  CHECK_STR(comment_of(h, "A"), comment);
  CHECK_OK(rf_header_set_comment(h, "A", "now short", &err), err);
  CHECK_STR(comment_of(h, "A"), "now short");
  CHECK_STR(card_at(h, 0), "A       = 'short   '           / now short");
  CHECK(rf_header_get_count(h) == 1);
  rf_header_free(h);
}

static void test_what_cannot_be_written(void) {
  rf_header *h = HEADER("A       = 1");
  const char *before = "A       = 1";
  rf_value five = integer(5);
  static const char *const keywords[] = {"END",   "CONTINUE", "COMMENT",      "HISTORY",     "",
                                         "A=B C", "A\x01",    "HIERARCH END", "TWO  BLANKS", "caf\xC3\xA9"};
  for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
    CHECK(rf_header_set(h, keywords[i], &five, NULL, &err) == RF_ERR_ARGUMENT);
  rf_value bad[] = {real(NAN),
                    real(INFINITY),
                    string("t\tab"),
                    string("caf\xC3\xA9"),
                    {.kind = RF_VALUE_BIG, .text = "12x", .text_length = 3},
                    {.kind = RF_VALUE_COMPLEX, .real = 1, .imaginary = NAN},
                    {.kind = RF_VALUE_COMMENTARY, .text = "", .text_length = 0}};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    CHECK(rf_header_set(h, "A", &bad[i], NULL, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_set(h, "A", &five, "new\nline", &err) == RF_ERR_ARGUMENT);
  CHECK(strstr(err.message, "0x0A") != NULL);
  CHECK(rf_header_add(h, "A", "x", &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_add(h, "COMMENT", "caf\xC3\xA9", &err) == RF_ERR_ARGUMENT);
  CHECK(rf_header_delete(h, "B", &err) == RF_ERR_NOT_FOUND);
  CHECK(rf_header_get_count(h) == 1);
  CHECK_STR(card_at(h, 0), before);
  rf_header_free(h);
}

static void test_longest_hierarch_names(void) {
  char name[80];
  for (size_t n = 9; n < 72; n++) {
    memset(name, 'N', n);
    name[n] = '\0';
    rf_header *h = NULL;
    CHECK_OK(rf_header_new(&h, &err), err);
    rf_value five = integer(5);
    rf_status status = rf_header_set(h, name, &five, "c", &err);
    CHECK(status == (n <= 68 ? RF_OK : RF_ERR_ARGUMENT)); /* 9 + 68 + "= 5" is a card */
    if (status == RF_OK)
      CHECK(value_of(h, name).integer == 5);
    rf_value text = string("a text of some length, which takes more than one card when there is a long name before it");
    status = rf_header_set(h, name, &text, "c", &err);
    CHECK(status == (n <= 65 ? RF_OK : RF_ERR_ARGUMENT)); /* one character and "&" between quotes */
    if (status == RF_OK)
      CHECK_STR(value_of(h, name).text, text.text);
    rf_header_free(h);
  }
}

static void test_commentary_cards(void) {
  rf_header *h = NULL;
  CHECK_OK(rf_header_new(&h, &err), err);
  char text[200];
  memset(text, 'y', sizeof text);
  text[100] = '\0';
  CHECK_OK(rf_header_add(h, "history", text, &err), err);
  CHECK_OK(rf_header_add(h, "COMMENT", "one\n\nthree", &err), err);
  CHECK_OK(rf_header_add(h, "", "= 5", &err), err);
  CHECK(rf_header_get_count(h) == 6);
  CHECK(strlen(card_at(h, 0)) == 80);
  CHECK(strlen(card_at(h, 1)) == 8 + 28);
  CHECK_STR(card_at(h, 2), "COMMENT one");
  CHECK_STR(card_at(h, 3), "COMMENT");
  CHECK_STR(card_at(h, 5), "        = 5");
  CHECK(value_of(h, "").kind == RF_VALUE_COMMENTARY);
  CHECK_OK(rf_header_delete(h, "COMMENT", &err), err);
  CHECK(rf_header_get_count(h) == 3);
  rf_header_free(h);
}

static void test_delete_takes_continue_cards_along(void) {
  rf_header *h = HEADER("A       = 'x&'", "CONTINUE  'y'", "B       = 1", "A       = 2", "COMMENT z");
  CHECK_OK(rf_header_delete(h, "a", &err), err);
  CHECK(rf_header_get_count(h) == 2);
  CHECK_STR(card_at(h, 0), "B       = 1");
  CHECK_STR(card_at(h, 1), "COMMENT z");
  rf_header_free(h);
}

static void test_value_from_the_header_itself(void) {
  rf_header *h = HEADER("A       = 'some text'", "B       = 1");
  rf_value value = value_of(h, "A");
  CHECK_OK(rf_header_set(h, "B", &value, NULL, &err), err);
  CHECK_STR(value_of(h, "B").text, "some text");
  rf_header_free(h);
}

static void test_format(void) {
  for (size_t n = 0; n < 75; n++) {
    rf_header *h = NULL;
    CHECK_OK(rf_header_new(&h, &err), err);
    for (size_t i = 0; i < n; i++)
      CHECK_OK(rf_header_append_integer(h, "A", (int64_t)i, "c", &err), err);
    uint64_t bytes = rf_header_get_file_bytes(h, 0);
    CHECK(bytes == (n < 36 ? 2880 : n < 72 ? 5760 : 8640));
    char *out = malloc(bytes + 2880);
    rf_header_format(h, out, bytes + 2880);
    rf_header *back = NULL;
    CHECK_OK(rf_header_parse(out, bytes + 2880, 0, &back, &err), err);
    CHECK(rf_header_get_count(back) == n);
    CHECK(n == 0 || memcmp(rf_header_get_cards(back), rf_header_get_cards(h), n * RF_CARD_BYTES) == 0);
    for (uint64_t i = n * RF_CARD_BYTES; i < bytes + 2880; i++)
      if (i < bytes || i >= bytes + 3)
        CHECK(out[i] == ' ');
    CHECK(memcmp(out + bytes, "END     ", 8) == 0); /* in the last block, where readers look for the data behind */
    rf_header_format(h, out, bytes);
    CHECK(memcmp(out + n * RF_CARD_BYTES, "END     ", 8) == 0);
    free(out);
    rf_header_free(back);
    rf_header_free(h);
  }
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
  RUN(test_formats);
  RUN(test_unchanged_value_keeps_its_card);
  RUN(test_comment_is_kept_or_cut);
  RUN(test_set_comment_keeps_the_value);
  RUN(test_long_strings_come_back);
  RUN(test_string_does_not_catch_an_orphan);
  RUN(test_long_comment_stays_with_a_long_string);
  RUN(test_what_cannot_be_written);
  RUN(test_longest_hierarch_names);
  RUN(test_commentary_cards);
  RUN(test_delete_takes_continue_cards_along);
  RUN(test_value_from_the_header_itself);
  RUN(test_format);
  RUN(test_same_structure);
  RUN(test_memory_running_out);
  return check_report();
}
