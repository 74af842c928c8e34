/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lines of templates to cards.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

#define PLAIN_NAME 8 /* longer keywords are HIERARCH ones, and keep their case */
#define NEW_NAME 40  /* where the new keyword begins in a card that renames one */

enum { RENAME = -2, DELETE = -1, KEYWORD = 0, COMMENTARY = 1, END_CARD = 2 };

/* Copies a word, in upper case if it is a plain keyword then. Returns the text behind it. */
static const char *copy_word(const char *text, const char *ends, char word[FLEN_KEYWORD]) {
  char plain[FLEN_KEYWORD];
  size_t n = strcspn(text, ends);
  cf_copy_n(word, text, n, FLEN_KEYWORD);
  cf_copy_n(plain, text, n, FLEN_KEYWORD);
  cf_upper(plain);
  if (n <= PLAIN_NAME && strspn(plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n)
    memcpy(word, plain, n);
  return text + n;
}

/* Parses the text behind "-": a keyword to delete, or to rename. */
static int parse_removal(const char *text, char *card, int *hdtype) {
  char old_name[FLEN_KEYWORD], new_name[FLEN_KEYWORD];
  text = copy_word(text + strspn(text, " "), " =", old_name);
  text += strspn(text, " ");
  if (*text == '=' || *text == '\0') {
    *hdtype = DELETE;
    cf_copy(card, old_name, FLEN_CARD);
    return 0;
  }
  (void)copy_word(text, " ", new_name);
  *hdtype = RENAME;
  (void)snprintf(card, FLEN_CARD, "%-*.*s%.*s", NEW_NAME, NEW_NAME, old_name, NEW_NAME, new_name);
  return 0;
}

/* Copies a quoted string without its quotes. Returns the text behind it, NULL: it has no end. */
static const char *quoted_word(const char *text, char *value) {
  size_t n = 0;
  bool closed = false;
  for (text++; *text != '\0'; text++) {
    closed = *text == '\'' && *++text != '\'';
    if (closed)
      break;
    if (n < FLEN_VALUE - 3)
      value[n++] = *text;
  }
  value[n] = '\0';
  return closed ? text : NULL;
}

/* Tells whether a word is a number, and writes its exponent in upper case. */
static bool make_number(char *word) {
  char copy[FLEN_VALUE + FLEN_CARD], *end;
  cf_copy(copy, word, sizeof copy);
  cf_upper(copy);
  char *exponent = strchr(copy, 'D');
  if (exponent != NULL)
    *exponent = 'E';
  (void)strtod(copy, &end);
  if (end == copy || *end != '\0')
    return false;
  for (char *p = word; *p != '\0'; p++)
    if (*p == 'e' || *p == 'd')
      *p = (char)(*p - 'a' + 'A');
  return true;
}

/* Writes a string with quotes, padded to 8 characters. Quotes in it are doubled if it had quotes before. */
static void quote(const char *text, bool quoted, char value[FLEN_VALUE]) {
  size_t n = 0;
  value[n++] = '\'';
  for (; *text != '\0' && n + (quoted && *text == '\'') < FLEN_VALUE - 2; text++) {
    if (quoted && *text == '\'')
      value[n++] = '\'';
    value[n++] = *text;
  }
  while (n < 9)
    value[n++] = ' ';
  value[n] = '\'';
  value[n + 1] = '\0';
}

/* Copies the value of a line as a card has it. Returns the text behind it, NULL: *status says why. */
static const char *parse_value(const char *text, char value[FLEN_VALUE], int *status) {
  char word[FLEN_VALUE + FLEN_CARD];
  if (*text == '\'') {
    text = quoted_word(text, word);
    if (text == NULL)
      cf_fail(status, NO_QUOTE, "a string of a template has no closing quote");
    else
      quote(word, true, value);
    return text;
  }
  size_t n = strcspn(text, " /");
  cf_copy_n(word, text, n, sizeof word);
  bool logical = n == 1 && (*word == 'T' || *word == 'F');
  if (!logical && n > 0 && !make_number(word)) {
    quote(word, false, value);
  } else if (n >= FLEN_VALUE) {
    cf_fail(status, BAD_KEYCHAR, "a number of a template is too long: %.70s", word);
    return NULL;
  } else {
    cf_copy(value, n == 0 ? " " : word, FLEN_VALUE);
  }
  return text + n;
}

/* Parses keyword, value and comment. `name` has the keyword; `text` follows it. */
static int parse_keyword(const char *text, const char *name, char *card, int *status) {
  char value[FLEN_VALUE], comment[FLEN_COMMENT];
  text = parse_value(text + strspn(text, " ="), value, status);
  if (text == NULL)
    return *status;
  cf_copy(comment, text + strspn(text, " /"), sizeof comment);
  cf_trim_end(comment);
  return ffmkky(name, value, comment, card, status);
}

int ffgthd(char *tmplt, char *card, int *hdtype, int *status) {
  char name[FLEN_KEYWORD];
  CF_GO(status);
  if (tmplt == NULL || card == NULL || hdtype == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no line of a template, or no place for the card");
  *card = '\0';
  *hdtype = KEYWORD;
  if (strncmp(tmplt, "        ", 8) == 0) {
    cf_copy(card, tmplt, FLEN_CARD);
    *hdtype = COMMENTARY;
    return *status;
  }
  const char *text = tmplt + strspn(tmplt, " ");
  if (*text == '-')
    return parse_removal(text + 1, card, hdtype);
  if (strcspn(text, " =") >= FLEN_KEYWORD)
    return cf_fail(status, BAD_KEYCHAR, "a keyword of a template is too long: %.80s", text);
  text = copy_word(text, " =", name);
  if (strcmp(name, "END") == 0) {
    cf_copy(card, name, FLEN_CARD);
    *hdtype = END_CARD;
    return *status;
  }
  if (strcmp(name, "COMMENT") == 0 || strcmp(name, "HISTORY") == 0 || strcmp(name, "HIERARCH") == 0) {
    char rest[FLEN_COMMENT]; /* 72 characters, though there may be room for one more */
    cf_copy(rest, text, sizeof rest);
    cf_copy(card, name, FLEN_CARD);
    cf_append(card, rest, FLEN_CARD);
    *hdtype = COMMENTARY;
    return *status;
  }
  return parse_keyword(text, name, card, status);
}
