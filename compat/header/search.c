/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards by keyword, by pattern and by text. A search begins at the position of the header, and goes on at the begin of
 * the header unless the keyword is a pattern.
 */
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

#define CARD 80

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A keyword to search. */
typedef struct {
  char name[FLEN_KEYWORD]; /* in lower case */
  char plain[8];           /* the begin of most cards that have it */
  size_t length;
  bool pattern;
} wanted_keyword;

/* Prepares a keyword: without blanks at the ends, without HIERARCH before it. */
static void prepare(const char *keyname, wanted_keyword *wanted) {
  while (*keyname == ' ')
    keyname++;
  if ((*keyname == 'H' || *keyname == 'h') && cf_begins(keyname, "HIERARCH "))
    for (keyname += 9; *keyname == ' ';)
      keyname++;
  wanted->length = 0;
  wanted->pattern = false;
  memset(wanted->plain, ' ', sizeof wanted->plain);
  for (size_t i = 0; i < FLEN_KEYWORD - 1 && keyname[i] != '\0'; i++) {
    char c = keyname[i];
    wanted->name[i] = lower(c);
    if (i < sizeof wanted->plain)
      wanted->plain[i] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    if (c != ' ')
      wanted->length = i + 1;
    if (c == '*' || c == '?' || c == '#')
      wanted->pattern = true;
  }
  wanted->name[wanted->length] = '\0';
}

static bool same(const char *card, const wanted_keyword *wanted) {
  for (size_t i = 0; i < wanted->length; i++)
    if (lower(card[i]) != wanted->name[i])
      return false;
  return true;
}

/* Tells whether a HIERARCH card has this keyword. */
static bool is_hierarch(const char *card, const wanted_keyword *wanted) {
  const char *name = card + 9, *end = memchr(card, '=', CARD);
  if (memcmp(card, "HIERARCH ", 9) != 0 || end == NULL)
    return false;
  while (name < end && *name == ' ')
    name++;
  while (end > name && end[-1] == ' ')
    end--;
  return (size_t)(end - name) == wanted->length && same(name, wanted);
}

static bool is_card(const char *card, const wanted_keyword *wanted) {
  if (same(card, wanted) && (card[wanted->length] == ' ' || card[wanted->length] == '='))
    return true;
  return *card == 'H' && is_hierarch(card, wanted);
}

/* As is_card() for a pattern. */
static bool matches_card(const char *card, const char *pattern) {
  char copy[FLEN_CARD], name[FLEN_KEYWORD];
  int length, match, exact, status = 0;
  cf_card_copy(copy, card);
  ffgknm(copy, name, &length, &status);
  ffcmps((char *)pattern, name, CASEINSEN, &match, &exact);
  return match != 0;
}

/* Returns the index of the first card in from..to-1, or -1. */
static LONGLONG find(const char *text, LONGLONG from, LONGLONG to, const wanted_keyword *wanted) {
  char first = wanted->name[0];
  bool plain = wanted->length <= sizeof wanted->plain;
  for (LONGLONG i = from; i < to; i++) {
    const char *card = text + i * CARD;
    if (wanted->pattern ? matches_card(card, wanted->name)
                        : (plain && memcmp(card, wanted->plain, sizeof wanted->plain) == 0) ||
                              ((first == '\0' || lower(*card) == first || *card == 'H') && is_card(card, wanted)))
      return i;
  }
  return -1;
}

/* Returns the index of the next card, 0..count. */
static LONGLONG position(const fitsfile *fptr, LONGLONG count) {
  LONGLONG index = (fptr->Fptr->nextkey - fptr->Fptr->headstart[fptr->Fptr->curhdu]) / CARD;
  return index < 0 ? 0 : index > count ? count : index;
}

static void move_to(fitsfile *fptr, LONGLONG index) {
  fptr->Fptr->nextkey = fptr->Fptr->headstart[fptr->Fptr->curhdu] + index * CARD;
}

const char *cf_card_search(fitsfile *fptr, const char *keyname, const char **last, int *status) {
  LONGLONG count;
  wanted_keyword wanted;
  if (last != NULL)
    *last = NULL;
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL)
    return NULL;
  prepare(keyname, &wanted);
  LONGLONG begin = position(fptr, count);
  LONGLONG found = find(text, begin, count, &wanted);
  if (found < 0 && !wanted.pattern)
    found = find(text, 0, begin, &wanted);
  if (found >= 0) {
    move_to(fptr, found + 1);
    return text + found * CARD;
  }
  LONGLONG seen = wanted.pattern ? (begin < count ? count : 0) : begin > 0 ? begin : count;
  if (last != NULL && seen > 0)
    *last = text + (seen - 1) * CARD;
  if (wanted.pattern)
    move_to(fptr, count);
  if (*status <= 0)
    *status = KEY_NO_EXIST;
  return NULL;
}

int ffgcrd(fitsfile *fptr, const char *keyname, char *card, int *status) {
  const char *last;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (keyname == NULL || card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword, or no place for the card");
  const char *found = cf_card_search(fptr, keyname, &last, status);
  if (found == NULL)
    found = last;
  if (found != NULL)
    cf_card_copy(card, found);
  return *status;
}

int ffgstr(fitsfile *fptr, const char *string, char *card, int *status) {
  LONGLONG count;
  char copy[FLEN_CARD];
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (string == NULL || card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no text, or no place for the card");
  if (strlen(string) > CARD)
    return *status = KEY_NO_EXIST;
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL)
    return *status;
  LONGLONG begin = position(fptr, count);
  *copy = '\0';
  for (LONGLONG i = 0; i < count; i++) {
    LONGLONG index = (begin + i) % count;
    cf_card_copy(copy, text + index * CARD);
    if (strstr(copy, string) != NULL) {
      move_to(fptr, index + 1);
      memcpy(card, copy, sizeof copy);
      return *status;
    }
  }
  move_to(fptr, 0);
  memcpy(card, copy, sizeof copy);
  return *status = KEY_NO_EXIST;
}

/* Tells whether the keyword of a card matches one of n patterns. */
static bool matches_any(char *name, char **patterns, int n) {
  for (int i = 0; i < n; i++) {
    char pattern[FLEN_KEYWORD];
    int match, exact;
    if (patterns[i] == NULL)
      continue;
    cf_copy(pattern, patterns[i], sizeof pattern);
    cf_trim_end(pattern);
    ffcmps(pattern, name, CASEINSEN, &match, &exact);
    if (match)
      return true;
  }
  return false;
}

int ffgnxk(fitsfile *fptr, char **inclist, int ninc, char **exclist, int nexc, char *card, int *status) {
  LONGLONG count;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (card == NULL || (inclist == NULL && ninc > 0) || (exclist == NULL && nexc > 0))
    return cf_fail(status, NULL_INPUT_PTR, "no list of keywords, or no place for the card");
  *card = '\0';
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL)
    return *status;
  for (LONGLONG i = position(fptr, count); i < count; i++) {
    char copy[FLEN_CARD], name[FLEN_KEYWORD];
    int length, ignored = 0;
    cf_card_copy(copy, text + i * CARD);
    ffgknm(copy, name, &length, &ignored);
    if (matches_any(name, inclist, ninc) && !matches_any(name, exclist, nexc)) {
      move_to(fptr, i + 1);
      cf_copy(card, copy, sizeof copy);
      return *status;
    }
  }
  move_to(fptr, count);
  return *status = KEY_NO_EXIST;
}
