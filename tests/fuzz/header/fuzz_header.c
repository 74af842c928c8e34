/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A header of any bytes, edited in ways that the input chooses. After each edit the value that was set is the value
 * that is found, cards that were not edited keep their bytes, and what is formatted parses as the same header. A second
 * header that has an index from the beginning gets the same edits, and is the same in the end.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "header/header.h"
#include "header/index.h"
#include "header/protected.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition)
    abort();
}

/* What is left of the input. */
typedef struct input {
  const uint8_t *data;
  size_t size;
} input;

static uint8_t take_byte(input *in) {
  if (in->size == 0)
    return 0;
  in->size--;
  return *in->data++;
}

/* Up to `most` characters, NUL-ended; those that are not printable become printable four times out of five. */
static size_t take_text(input *in, char *text, size_t most) {
  size_t n = take_byte(in) % (most + 1);
  int raw = take_byte(in) % 5 == 0;
  for (size_t i = 0; i < n; i++) {
    uint8_t c = take_byte(in);
    text[i] = raw && c != 0 ? (char)c : (char)(' ' + c % 95);
  }
  text[n] = '\0';
  return n;
}

static void take_keyword(input *in, const rf_header *header, char *keyword) {
  uint8_t how = take_byte(in);
  size_t count = rf_header_get_count(header);
  if (how % 3 != 0 && count > 0) /* one that is there */
    require(rf_header_get_keyword(header, take_byte(in) % count, keyword, NULL, NULL) == RF_OK);
  else
    (void)take_text(in, keyword, how % 2 ? 8 : 70);
}

static rf_value take_value(input *in, char *text) {
  rf_value value = {.kind = take_byte(in) % 9};
  uint64_t bits = 0;
  for (int i = 0; i < 8; i++)
    bits = bits << 8 | take_byte(in);
  memcpy(&value.integer, &bits, sizeof bits);
  memcpy(&value.real, &bits, sizeof bits);
  value.imaginary = (double)(bits % 1000) / 8;
  value.text_length = take_text(in, text, 250);
  value.text = text;
  return value;
}

static size_t without_blanks(const char *text, size_t n) {
  while (n > 0 && text[n - 1] == ' ')
    n--;
  return n;
}

static int is_printable_text(const char *text, size_t n) {
  for (size_t i = 0; i < n; i++)
    if ((uint8_t)text[i] < 0x20 || (uint8_t)text[i] > 0x7E)
      return 0;
  return 1;
}

static void require_same(const rf_value *set, const rf_value *got) {
  require(set->kind == got->kind || (set->kind == RF_VALUE_BIG && got->kind == RF_VALUE_INTEGER)); /* few digits */
  if (set->kind == RF_VALUE_LOGICAL)
    require((set->integer != 0) == (got->integer != 0));
  if (set->kind == RF_VALUE_INTEGER)
    require(set->integer == got->integer);
  if (set->kind == RF_VALUE_REAL || set->kind == RF_VALUE_COMPLEX)
    require(memcmp(&set->real, &got->real, sizeof set->real) == 0);
  if (set->kind == RF_VALUE_COMPLEX)
    require(set->imaginary == got->imaginary);
  if (set->kind == RF_VALUE_STRING) {
    size_t n = without_blanks(set->text, set->text_length);
    require(n == got->text_length && memcmp(set->text, got->text, n) == 0);
  }
}

/* Sets, and looks at what was set and at the cards before and behind it. */
static rf_status set_and_check(rf_header *header, const char *keyword, const rf_value *value, const char *comment,
                               int lenient) {
  size_t count = rf_header_get_count(header);
  size_t index = count;
  size_t span = 0;
  char name[RF_CARD_BYTES];
  char *before = malloc(count * RF_CARD_BYTES + 1);
  if (before == NULL)
    abort();
  if (count > 0)
    memcpy(before, rf_header_get_cards(header), count * RF_CARD_BYTES);
  if (rf_header_find(header, keyword, 0, &index, NULL) == RF_OK)
    require(rf_header_get_keyword(header, index, name, &span, NULL) == RF_OK);
  rf_status status = rf_header_set(header, keyword, value, comment, NULL);
  const char *after = rf_header_get_cards(header);
  if (status != RF_OK) {
    require(rf_header_get_count(header) == count && (count == 0 || memcmp(before, after, count * RF_CARD_BYTES) == 0));
    free(before);
    return status;
  }
  size_t behind = (count - index - span) * RF_CARD_BYTES;
  require(index == 0 || memcmp(before, after, index * RF_CARD_BYTES) == 0);
  require(behind == 0 || memcmp(before + (index + span) * RF_CARD_BYTES,
                                after + rf_header_get_count(header) * RF_CARD_BYTES - behind, behind) == 0);
  rf_value got;
  require(rf_header_get(header, keyword, &got, NULL) == RF_OK);
  /* The value that was there is accepted again, and read with '_'. */
  if (!lenient || is_printable_text(value->text, value->text_length))
    require_same(value, &got);
  free(before);
  return RF_OK;
}

static int begins_with_hierarch(const char *keyword) {
  static const char lower[] = "hierarch ";
  for (size_t i = 0; i < sizeof lower - 1; i++)
    if ((keyword[i] | 0x20) != (lower[i] | 0x20))
      return 0;
  return 1;
}

static void read_all(rf_header *header, int lenient) {
  char keyword[RF_CARD_BYTES];
  size_t span = 1;
  for (size_t i = 0; i < rf_header_get_count(header); i += span) {
    rf_value value;
    const char *text;
    size_t n;
    size_t found;
    require(rf_header_get_keyword(header, i, keyword, &span, NULL) == RF_OK && span >= 1);
    require(rf_header_get_value(header, i, &value, NULL) == RF_OK);
    require(value.text != NULL && value.text[value.text_length] == '\0');
    require(!lenient || is_printable_text(value.text, value.text_length));
    require(rf_header_get_comment(header, i, &text, &n, NULL) == RF_OK && text[n] == '\0');
    require(!lenient || is_printable_text(text, n));
    /* "HIERARCH HIERARCH x = 1" has a name that a caller cannot say: the first word is taken for the convention's */
    rf_status status = rf_header_find(header, keyword, 0, &found, NULL);
    require(begins_with_hierarch(keyword) || (status == RF_OK && found <= i));
  }
}

static void check_round_trip(const rf_header *header) {
  uint64_t bytes = rf_header_get_file_bytes(header, 0);
  char *out = malloc(bytes);
  if (out == NULL)
    return;
  rf_header *back = NULL;
  rf_header_format(header, out, bytes);
  require(rf_header_parse(out, bytes, 0, &back, NULL) == RF_OK);
  /* Blank cards before an END that begins a block count as room, not as content. */
  const char *cards = rf_header_get_cards(header);
  size_t count = rf_header_get_count(header);
  if (count * RF_CARD_BYTES % RF_BLOCK_BYTES == 0)
    while (count > 0 && without_blanks(cards + (count - 1) * RF_CARD_BYTES, RF_CARD_BYTES) == 0)
      count--;
  size_t n = count * RF_CARD_BYTES;
  require(rf_header_get_count(back) == count);
  require(n == 0 || memcmp(rf_header_get_cards(back), cards, n) == 0);
  require(rf_header_same_structure(header, back, NULL) == RF_OK);
  rf_header_free(back);
  free(out);
}

/* The same edit for a header with an index, if it can have one. */
static rf_status edit_indexed(rf_header *header, uint8_t what, const char *keyword, const rf_value *value,
                              const char *text) {
  rf_header_worked(header, 1 << 20);
  if (what <= 2)
    return rf_header_set(header, keyword, value, what == 0 ? NULL : text, NULL);
  if (what == 3)
    return rf_header_set_comment(header, keyword, text, NULL);
  return what == 4 ? rf_header_add(header, keyword, text, NULL) : rf_header_delete(header, keyword, NULL);
}

static void edit(rf_header *header, rf_header *indexed, input *in, int lenient) {
  char name[RF_CARD_BYTES];
  char text[256];
  char comment[256];
  rf_value value = {.kind = RF_VALUE_UNDEFINED};
  const char *keyword = name;
  uint8_t what = take_byte(in) % 6;
  size_t count = rf_header_get_count(header);
  rf_status status = RF_OK;
  take_keyword(in, header, name);
  if (what <= 2) {
    value = take_value(in, text);
    (void)take_text(in, comment, 127);
    status = set_and_check(header, keyword, &value, what == 0 ? NULL : comment, lenient);
  } else if (what == 3) {
    (void)take_text(in, comment, 127);
    status = rf_header_set_comment(header, keyword, comment, NULL);
  } else if (what == 4) {
    (void)take_text(in, comment, sizeof comment - 1);
    static const char *const names[] = {"COMMENT", "HISTORY", ""};
    keyword = names[take_byte(in) % 3];
    status = rf_header_add(header, keyword, comment, NULL);
  } else {
    status = rf_header_delete(header, keyword, NULL);
  }
  require(status == RF_OK || rf_header_get_count(header) == count);
  require(edit_indexed(indexed, what, keyword, &value, comment) == status);
}

static void require_equal(const rf_header *a, const rf_header *b) {
  size_t n = rf_header_get_count(a) * RF_CARD_BYTES;
  require(rf_header_get_count(a) == rf_header_get_count(b));
  require(n == 0 || memcmp(rf_header_get_cards(a), rf_header_get_cards(b), n) == 0);
}

/* A header merged into an empty one with everything is that header; into itself it is itself, for the first of each
 * keyword. */
static void check_merge(const rf_header *header, rf_header *copy) {
  rf_header *made = NULL;
  require(rf_header_new(&made, NULL) == RF_OK);
  rf_status status = rf_header_merge(made, header, RF_MERGE_APPEND | RF_MERGE_COMMENTARY | RF_MERGE_PROTECTED, NULL);
  require(status == RF_OK);
  require_equal(made, header);
  require(rf_header_merge(copy, header, RF_MERGE_PROTECTED, NULL) == RF_OK);
  require_equal(copy, header);
  rf_header_free(made);
}

/* The first byte says how many cards the input begins with, and how they are read; what is behind them chooses the
 * edits. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input in = {data, size};
  uint8_t first = take_byte(&in);
  size_t cards = first % 40;
  int lenient = first / 40 % 2;
  if (cards > in.size / RF_CARD_BYTES)
    cards = in.size / RF_CARD_BYTES;
  rf_header *header = NULL, *strict = NULL;
  rf_error err;
  require(rf_header_parse(in.data, cards * RF_CARD_BYTES, lenient ? RF_OPEN_LENIENT : 0, &header, NULL) == RF_OK);
  rf_status status = rf_header_parse(in.data, cards * RF_CARD_BYTES, RF_OPEN_STRICT, &strict, &err);
  require(rf_header_is_printable(header) == (status == RF_OK) && (status == RF_OK || status == RF_ERR_CARD));
  rf_header_free(strict);
  require(memcmp(rf_header_get_cards(header), in.data, rf_header_get_count(header) * RF_CARD_BYTES) == 0);
  in.data += cards * RF_CARD_BYTES;
  in.size -= cards * RF_CARD_BYTES;
  read_all(header, lenient);
  check_round_trip(header);
  rf_header *indexed = NULL;
  require(rf_header_copy(header, &indexed, NULL) == RF_OK);
  for (int edits = 0; in.size > 0 && edits < 50; edits++)
    edit(header, indexed, &in, lenient);
  read_all(header, lenient);
  check_round_trip(header);
  require_equal(header, indexed);
  check_merge(header, indexed);
  rf_header_free(indexed);
  rf_header_free(header);
  return 0;
}
