/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards from keyword, value and comment.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "text/card_make.h"

#define NAME_LENGTH 8 /* of a keyword without HIERARCH */
#define VALUE_END 30  /* numbers end here, and comments begin behind it */
#define CARD (FLEN_CARD - 1)
#define MAX_VALUE (FLEN_VALUE - 1)

static bool is_standard(const char *name, size_t n) {
  if (n > NAME_LENGTH)
    return false;
  for (size_t i = 0; i < n; i++)
    if (!((name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= 'a' && name[i] <= 'z') ||
          (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '_'))
      return false;
  return true;
}

bool cf_name_is_standard(const char *name) {
  return is_standard(name, strnlen(name, NAME_LENGTH + 1));
}

void cf_name_trim(char *trimmed, const char *name, size_t capacity) {
  while (*name == ' ')
    name++;
  cf_copy(trimmed, name, capacity);
  cf_trim_end(trimmed);
}

size_t cf_name_room(const char *name) {
  char trimmed[FLEN_CARD];
  cf_name_trim(trimmed, name, sizeof trimmed);
  size_t n = strlen(trimmed);
  if (cf_name_is_standard(trimmed))
    return MAX_VALUE;
  if (!cf_begins(trimmed, "HIERARCH "))
    n += 9;
  return n + 3 <= CARD ? CARD - 3 - n : 0;
}

/* Appends at most n characters of `text` to a card that has `used` characters. Returns how many it has then. The NUL is
 * left to the caller. */
static size_t append(char *card, size_t used, const char *text, size_t n) {
  if (n > CARD - used)
    n = CARD - used;
  memcpy(card + used, text, n);
  return used + n;
}

static size_t append_blanks(char *card, size_t used, size_t end) {
  while (used < end)
    card[used++] = ' ';
  return used;
}

static size_t append_comment(char *card, size_t used, const char *comment) {
  used = append_blanks(card, used, VALUE_END);
  if (used + 3 >= CARD)
    return used;
  used = append(card, used, " / ", 3);
  return append(card, used, comment, strnlen(comment, CARD));
}

void cf_card_comment(char *card, const char *comment) {
  card[append_comment(card, strnlen(card, CARD), comment)] = '\0';
}

/* Writes "HIERARCH NAME = value", without the blank before '=' if there is no room for it. Returns its length, 0 for a
 * failure. */
static size_t make_hierarch(char *card, const char *name, size_t length, const char *value, int *status) {
  size_t n = strlen(value), used = 0;
  if (!cf_begins(name, "HIERARCH "))
    used = append(card, 0, "HIERARCH ", 9);
  used = append(card, used, name, length);
  if (used + 2 > CARD || memchr(name, '=', length) != NULL) {
    cf_fail(status, BAD_KEYCHAR, "no name of a keyword: %.*s", (int)length, name);
    return 0;
  }
  used = append(card, used, " = ", used + 3 + n <= CARD ? 3 : 0);
  if (card[used - 1] != ' ' || card[used - 2] != '=')
    used = append(card, used, "= ", 2);
  if (used + n > CARD && (*value != '\'' || used + 3 > CARD)) {
    cf_fail(status, BAD_KEYCHAR, "the value does not fit behind %.*s", (int)length, name);
    return 0;
  }
  if (*value != '\'' && n > 0 && used + n < VALUE_END)
    used = append_blanks(card, used, VALUE_END - n);
  bool cut = used + n > CARD;
  used = append(card, used, value, n);
  if (cut)
    card[CARD - 1] = '\'';
  return used;
}

/* Writes "NAME    = value". Returns its length, 0 for a failure. */
static size_t make_standard(char *card, const char *name, size_t length, const char *value, int *status) {
  size_t n = strlen(value), used = append(card, 0, name, length);
  if (n > MAX_VALUE && *value != '\'') {
    cf_fail(status, BAD_KEYCHAR, "the value does not fit into the card: %s", value);
    return 0;
  }
  used = append(card, append_blanks(card, used, NAME_LENGTH), "= ", 2);
  if (*value != '\'' && n < VALUE_END - used)
    used = append_blanks(card, used, VALUE_END - n);
  used = append(card, used, value, n);
  if (n > MAX_VALUE)
    card[CARD - 1] = '\'';
  return used;
}

int ffmkky(const char *keyname, char *keyval, const char *comm, char *card, int *status) {
  size_t used;
  CF_GO(status);
  if (keyname == NULL || keyval == NULL || card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword, value or card");
  while (*keyname == ' ')
    keyname++;
  size_t length = strnlen(keyname, FLEN_CARD);
  while (length > 0 && keyname[length - 1] == ' ')
    length--;
  bool standard = is_standard(keyname, length);
  if (length >= FLEN_KEYWORD)
    used = 0, cf_fail(status, BAD_KEYCHAR, "the keyword is too long: %.80s", keyname);
  else if (!standard)
    used = make_hierarch(card, keyname, length, keyval, status);
  else if (*keyval != '\0')
    used = make_standard(card, keyname, length, keyval, status);
  else
    used = append_blanks(card, append(card, 0, keyname, length), NAME_LENGTH + 2);
  if (*status <= 0 && comm != NULL && *comm != '\0') {
    if (*keyval != '\0')
      used = append_comment(card, used, comm);
    else if (standard)
      used = append(card, used, comm, strnlen(comm, CARD));
  }
  card[*status > 0 ? 0 : used] = '\0';
  return *status;
}
