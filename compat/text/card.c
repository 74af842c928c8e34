/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A card as text: its keyword, value and comment, and whether FITS allows its characters.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"

#define INDENT 8 /* keywords end here at the latest, but for longer ones */
#define HIERARCH "HIERARCH "

static bool starts(const char *card, const char *word) {
  return *card == *word && strncmp(card, word, strlen(word)) == 0;
}

/* Skips blanks. Cards are short: a loop is faster than strspn(). */
/* Copies n characters without blanks at both ends. Returns how many there were. */
static size_t copy_trimmed(char *dest, const char *text, size_t n) {
  while (n > 0 && *text == ' ')
    text++, n--;
  while (n > 0 && text[n - 1] == ' ')
    n--;
  cf_copy_n(dest, text, n, FLEN_KEYWORD);
  return n;
}

int ffgknm(char *card, char *name, int *length, int *status) {
  CF_GO(status);
  if (card == NULL || name == NULL || length == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card, or no place for its keyword");
  const char *equals = starts(card, HIERARCH) ? strchr(card, '=') : NULL;
  size_t n;
  if (equals != NULL) {
    size_t begin = strlen(HIERARCH);
    n = copy_trimmed(name, card + begin, (size_t)(equals - card) - begin);
    if ((size_t)(equals - card) - begin > FLEN_KEYWORD - 3)
      cf_fail(status, BAD_KEYCHAR, "the keyword of this card is too long: %.80s", card);
  } else {
    for (n = 0; card[n] != '\0' && card[n] != ' ' && card[n] != '=';)
      n++;
    cf_copy_n(name, card, n, FLEN_KEYWORD);
  }
  *length = (int)(n < FLEN_KEYWORD ? n : FLEN_KEYWORD - 1);
  return *status;
}

/* Copies what stands behind the value, up to the end of the card. */
static void copy_comment(const char *text, const char *end, char *comm) {
  if (comm == NULL)
    return;
  size_t n = end - text < FLEN_COMMENT ? (size_t)(end - text) : FLEN_COMMENT - 1;
  while (n > 0 && text[n - 1] == ' ')
    n--;
  memcpy(comm, text, n);
  comm[n] = '\0';
}

/* Copies a quoted string with its quotes. A last quote that lacks is added. Returns the text behind it. */
static const char *string_value(const char *text, char *value) {
  size_t n = 0;
  value[n++] = *text++;
  for (; *text != '\0' && n < FLEN_VALUE - 1; text++) {
    if (*text == '\'' && text[1] != '\'') {
      text++;
      break;
    }
    if (*text == '\'')
      value[n++] = *text++;
    value[n++] = *text;
  }
  n = n < FLEN_VALUE - 2 ? n : FLEN_VALUE - 2;
  value[n] = '\'';
  value[n + 1] = '\0';
  return text;
}

/* Copies a value of another kind. Returns the text behind it, or NULL: a complex number has no end. */
static const char *plain_value(const char *text, char *value) {
  size_t n = 0;
  while (text[n] != '\0' && text[n] != ' ' && text[n] != '/')
    n++;
  if (*text == '(') {
    const char *end = strchr(text, ')');
    if (end == NULL || end - text >= FLEN_VALUE - 1)
      return NULL;
    n = (size_t)(end - text) + 1;
  }
  n = n < FLEN_VALUE ? n : FLEN_VALUE - 1;
  cf_copy_n(value, text, n, FLEN_VALUE);
  return text + n;
}

/* Returns the text behind the = of a card, or NULL: the card has no value. */
static const char *value_field(const char *card) {
  static const char *const comments[] = {"COMMENT ", "HISTORY ", "END     ", "CONTINUE", "        "};
  for (size_t i = 0; i < sizeof comments / sizeof *comments; i++)
    if (starts(card, comments[i]))
      return NULL;
  if (card[INDENT] == '=' && card[INDENT + 1] == ' ' && !starts(card, HIERARCH))
    return card + INDENT + 2;
  const char *equals = strchr(card, '=');
  return equals == NULL ? NULL : equals + 1;
}

int ffpsvc(char *card, char *value, char *comm, int *status) {
  CF_GO(status);
  if (card == NULL || value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card, or no place for its value");
  *value = '\0';
  if (comm != NULL)
    *comm = '\0';
  size_t length = strlen(card);
  if (length >= FLEN_CARD)
    return cf_fail(status, BAD_KEYCHAR, "this card has more than 80 characters: %.80s", card);
  if (length <= INDENT)
    return *status;
  const char *text = value_field(card);
  if (text == NULL) {
    copy_comment(card + INDENT, card + length, comm);
    return *status;
  }
  text = cf_skip_blanks(text);
  if (*text == '\'')
    text = string_value(text, value);
  else if (*text == '/')
    text++; /* a comment behind a second slash begins there */
  else if (*text != '\0')
    text = plain_value(text, value);
  if (text == NULL)
    return cf_fail(status, NO_QUOTE, "a complex number without its last parenthesis: %.80s", card);
  text = cf_skip_blanks(text);
  if (*text == '/')
    text++;
  if (*text == ' ')
    text++;
  copy_comment(text, card + length, comm);
  return *status;
}

int fftkey(const char *keyword, int *status) {
  CF_GO(status);
  if (keyword == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword");
  size_t n = strlen(keyword);
  n = n < 8 ? n : 8;
  bool blank = false;
  for (size_t i = 0; i < n; i++) {
    char c = keyword[i];
    bool legal = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    blank = blank || c == ' ';
    if ((!legal && c != ' ') || (blank && c != ' '))
      return cf_fail(status, BAD_KEYCHAR, "character %zu of the keyword '%.8s' is not legal", i + 1, keyword);
  }
  return *status;
}

/* Tells whether 8 characters are printable ASCII: none is below ' ' or above '~'. */
static bool printable8(const char *text) {
  const uint64_t ones = 0x0101010101010101U, high = 0x8080808080808080U;
  uint64_t word;
  memcpy(&word, text, sizeof word);
  return ((((word - ones * ' ') & ~word) | (word + ones * (127 - '~')) | word) & high) == 0;
}

int fftrec(char *card, int *status) {
  CF_GO(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  size_t length = strlen(card), i = INDENT;
  while (i + 8 <= length && printable8(card + i))
    i += 8;
  for (; i < length; i++)
    if (card[i] < ' ' || card[i] > '~')
      return cf_fail(status, BAD_KEYCHAR, "character %zu of a card is not legal (%d): %.80s", i + 1,
                     (unsigned char)card[i], card);
  return *status;
}

int ffkeyn(const char *keyroot, int value, char *keyname, int *status) {
  CF_GO(status);
  if (keyroot == NULL || keyname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no root of a keyword, or no place for the keyword");
  size_t root = strlen(keyroot);
  *keyname = '\0';
  while (root > 0 && keyroot[root - 1] == ' ')
    root--;
  if (value < 0 || root == 0)
    return cf_fail(status, BAD_INDEX_KEY, "no keyword has the root '%.20s' and the number %d", keyroot, value);
  char number[16];
  int digits = snprintf(number, sizeof number, "%d", value);
  if (root + (size_t)digits > 8) {
    cf_copy_n(keyname, keyroot, root, FLEN_KEYWORD);
    return cf_fail(status, BAD_INDEX_KEY, "the keyword %.20s%d has more than 8 characters", keyroot, value);
  }
  cf_copy_n(keyname, keyroot, root, FLEN_KEYWORD);
  cf_append(keyname, number, FLEN_KEYWORD);
  return *status;
}

int ffnkey(int value, const char *keyroot, char *keyname, int *status) {
  CF_GO(status);
  if (keyroot == NULL || keyname == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no root of a keyword, or no place for the keyword");
  size_t root = strlen(keyroot);
  *keyname = '\0';
  if (value < 0 || root == 0 || root > 7)
    return cf_fail(status, BAD_INDEX_KEY, "no keyword has the number %d and the root '%.20s'", value, keyroot);
  (void)snprintf(keyname, FLEN_KEYWORD, "%d", value);
  if (root + strlen(keyname) > 8)
    return cf_fail(status, BAD_INDEX_KEY, "the keyword %d%s has more than 8 characters", value, keyroot);
  cf_append(keyname, keyroot, FLEN_KEYWORD);
  return *status;
}
