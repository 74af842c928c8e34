/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing cards: the formats of values, comments, long strings, and the values that a header refuses.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "header/build.h"
#include "header/header.h"
#include "header_lines.h"

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

static rf_value integer(int64_t number) {
  return (rf_value){.kind = RF_VALUE_INTEGER, .integer = number};
}

static void set(rf_header *header, const char *keyword, rf_value value, const char *comment) {
  CHECK_OK(rf_header_set(header, keyword, &value, comment, &err), err);
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

int main(void) {
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
  return check_report();
}
