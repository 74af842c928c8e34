/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords with a number behind a root, as arrays.
 */
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

#define CARD 80
#define ROOT 8

/* A range of numbered keywords. */
typedef struct {
  char root[ROOT + 1]; /* upper case */
  size_t length;
  long first, last;
} keyword_range;

/* Returns the place of a card in the arrays, or -1. */
static int place_of(const char *card, const keyword_range *range) {
  char name[ROOT + 1];
  if (card[0] != range->root[0] && (card[0] & ~0x20) != range->root[0])
    return -1;
  cf_copy_n(name, card, ROOT, sizeof name);
  cf_upper(name);
  if (memcmp(name, range->root, range->length) != 0)
    return -1;
  const char *digit = name + range->length;
  long number = 0; /* of at most 7 digits */
  for (; *digit >= '0' && *digit <= '9'; digit++)
    number = 10 * number + *digit - '0';
  bool numbered = *digit == '\0' || *digit == ' ' || *digit == '='; /* no number is 0 */
  return numbered && number >= range->first && number <= range->last ? (int)(number - range->first) : -1;
}

static void move_to(fitsfile *fptr, LONGLONG index) {
  fptr->Fptr->nextkey = fptr->Fptr->headstart[fptr->Fptr->curhdu] + index * CARD;
}

/* Prepares a range; false: there is none. */
static bool prepare(const char *keyname, int nstart, int nmax, keyword_range *range, int *nfound, int *status) {
  if (nfound != NULL)
    *nfound = 0;
  if (keyname == NULL || nfound == NULL) {
    cf_fail(status, NULL_INPUT_PTR, "no root of keywords, or no place for their number");
    return false;
  }
  range->length = strlen(keyname);
  while (range->length > 0 && keyname[range->length - 1] == ' ')
    range->length--;
  if (range->length == 0 || range->length >= ROOT)
    return false;
  cf_copy_n(range->root, keyname, range->length, sizeof range->root);
  cf_upper(range->root);
  range->first = nstart;
  range->last = (long)nstart + nmax - 1;
  return true;
}

/* The position becomes the end of the header, or behind a value that is not of the type (unless `to_end`). */
#define CF_ARRAY_READER(name, type, convert, to_end)                                                                   \
  int name(fitsfile *fptr, const char *keyname, int nstart, int nmax, type *value, int *nfound, int *status) {         \
    keyword_range range;                                                                                               \
    LONGLONG count = 0, i;                                                                                             \
    if (!cf_use(fptr, status))                                                                                         \
      return cf_refused(status);                                                                                       \
    if (!prepare(keyname, nstart, nmax, &range, nfound, status))                                                       \
      return *status;                                                                                                  \
    const char *text = cf_cards(fptr, &count, status);                                                                 \
    for (i = 0; text != NULL && i < count && *status <= 0; i++) {                                                      \
      int place = place_of(text + i * CARD, &range);                                                                   \
      if (place < 0)                                                                                                   \
        continue;                                                                                                      \
      char card[FLEN_CARD], field[FLEN_VALUE];                                                                         \
      cf_card_copy(card, text + i * CARD);                                                                             \
      if (place + 1 > *nfound)                                                                                         \
        *nfound = place + 1;                                                                                           \
      ffpsvc(card, field, NULL, status);                                                                               \
      convert(field, &value[place], status);                                                                           \
    }                                                                                                                  \
    move_to(fptr, (to_end) ? count : i);                                                                               \
    return *status;                                                                                                    \
  }

static int to_text(const char *field, char **value, int *status) {
  return ffc2s(field, *value, status);
}

CF_ARRAY_READER(ffgkns, char *, to_text, true)
CF_ARRAY_READER(ffgknl, int, ffc2l, false)
CF_ARRAY_READER(ffgknj, long, ffc2i, false)
CF_ARRAY_READER(ffgknjj, LONGLONG, ffc2j, false)
CF_ARRAY_READER(ffgkne, float, ffc2r, false)
CF_ARRAY_READER(ffgknd, double, ffc2d, false)
