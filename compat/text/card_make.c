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

bool cf_name_is_standard(const char *name) {
  size_t n = strlen(name);
  if (n > NAME_LENGTH)
    return false;
  for (size_t i = 0; i < n; i++)
    if (!((name[i] >= 'A' && name[i] <= 'Z') || (name[i] >= 'a' && name[i] <= 'z') ||
          (name[i] >= '0' && name[i] <= '9') || name[i] == '-' || name[i] == '_'))
      return false;
  return true;
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

/* Appends the value to "HIERARCH NAME", with the blank before '=' if there is room for it. */
static int append_hierarch(char *card, const char *value, int *status) {
  size_t used = strlen(card), n = strlen(value);
  if (used + 2 > CARD || strchr(card, '=') != NULL)
    return cf_fail(status, BAD_KEYCHAR, "no name of a keyword: %s", card);
  cf_append(card, used + 3 + n <= CARD ? " = " : "= ", FLEN_CARD);
  used = strlen(card);
  if (used + n > CARD && (*value != '\'' || used + 3 > CARD))
    return cf_fail(status, BAD_KEYCHAR, "the value does not fit into the card: %s", card);
  if (*value != '\'' && n > 0)
    for (; used + n < VALUE_END; used++)
      cf_append(card, " ", FLEN_CARD);
  cf_append(card, value, FLEN_CARD);
  if (used + n > CARD)
    card[CARD - 1] = '\'';
  return *status;
}

static int append_value(char *card, const char *value, int *status) {
  size_t n = strlen(value);
  if (n > MAX_VALUE && *value != '\'')
    return cf_fail(status, BAD_KEYCHAR, "the value does not fit into the card: %s", value);
  cf_append(card, "= ", FLEN_CARD);
  if (*value == '\'') {
    cf_append(card, value, FLEN_CARD);
    if (n > MAX_VALUE)
      card[CARD - 1] = '\'';
  } else {
    (void)snprintf(card + NAME_LENGTH + 2, FLEN_CARD - NAME_LENGTH - 2, "%20s", value);
  }
  return *status;
}

void cf_card_comment(char *card, const char *comment) {
  size_t used = strlen(card);
  for (; used < VALUE_END; used++)
    card[used] = ' ';
  card[used] = '\0';
  if (used + 3 >= CARD)
    return;
  cf_append(card, " / ", FLEN_CARD);
  cf_append(card, comment, FLEN_CARD);
}

int ffmkky(const char *keyname, char *keyval, const char *comm, char *card, int *status) {
  char name[FLEN_CARD + 1];
  CF_GO(status);
  if (keyname == NULL || keyval == NULL || card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword, value or card");
  *card = '\0';
  cf_name_trim(name, keyname, sizeof name);
  if (strlen(name) >= FLEN_KEYWORD)
    return cf_fail(status, BAD_KEYCHAR, "the keyword is too long: %s", name);
  if (!cf_name_is_standard(name)) {
    (void)snprintf(card, FLEN_CARD, "%s", cf_begins(name, "HIERARCH ") ? "" : "HIERARCH ");
    cf_append(card, name, FLEN_CARD);
    append_hierarch(card, keyval, status);
  } else {
    (void)snprintf(card, FLEN_CARD, "%-8.8s", name);
    if (*keyval != '\0') {
      append_value(card, keyval, status);
    } else {
      cf_append(card, "  ", FLEN_CARD);
      cf_append(card, comm != NULL ? comm : "", FLEN_CARD);
    }
  }
  if (*status <= 0 && *keyval != '\0' && comm != NULL && *comm != '\0')
    cf_card_comment(card, comm);
  if (*status > 0)
    *card = '\0';
  return *status;
}
