/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The position in the header, Fptr->nextkey, and cards by number.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

#define CARD 80

static LONGLONG header_start(const fitsfile *fptr) {
  return fptr->Fptr->headstart[fptr->Fptr->curhdu];
}

int ffghsp(fitsfile *fptr, int *nexist, int *nmore, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  const FITSfile *file = fptr->Fptr;
  if (nexist != NULL)
    *nexist = (int)((file->headend - header_start(fptr)) / CARD);
  if (nmore != NULL)
    *nmore = file->datastart < 0 ? -1 : (int)((file->datastart - file->headend) / CARD) - 1;
  return *status;
}

int ffghps(fitsfile *fptr, int *nexist, int *position, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (nexist != NULL)
    *nexist = (int)((fptr->Fptr->headend - header_start(fptr)) / CARD);
  if (position != NULL)
    *position = (int)((fptr->Fptr->nextkey - header_start(fptr)) / CARD) + 1;
  return *status;
}

int ffmaky(fitsfile *fptr, int nrec, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  fptr->Fptr->nextkey = header_start(fptr) + ((LONGLONG)nrec - 1) * CARD;
  return *status;
}

int ffmrky(fitsfile *fptr, int nrec, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  fptr->Fptr->nextkey += (LONGLONG)nrec * CARD;
  return *status;
}

void cf_card_copy(char card[FLEN_CARD], const char *text) {
  size_t n = CARD;
  while (n >= 8 && memcmp(text + n - 8, "        ", 8) == 0)
    n -= 8;
  while (n > 0 && text[n - 1] == ' ')
    n--;
  memcpy(card, text, CARD); /* fitsverify reads the text of "COMMENT" at card + 8 */
  card[CARD] = '\0';
  card[n] = '\0';
}

/* Copies the next card, up to a NUL in it, and moves behind it. */
static int next_card(fitsfile *fptr, char *card, int *status) {
  char raw[CARD];
  FITSfile *file = fptr->Fptr;
  LONGLONG count, start = header_start(fptr);
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL) {
    *card = '\0';
    return *status;
  }
  LONGLONG offset = file->nextkey - start, size = file->headend - start;
  if (offset < 0 || offset > size) {
    *card = '\0';
    return cf_fail(status, KEY_OUT_BOUNDS, "the header has %lld cards, and no card %lld", size / CARD,
                   offset / CARD + 1);
  }
  if (offset <= (count - 1) * CARD) {
    text += offset;
  } else { /* the card behind the last one: END, or a blank one, or not in the file yet */
    int absent = 0;
    ffpmrk();
    if (cf_read(fptr, file->nextkey, CARD, raw, &absent) > 0)
      memset(raw, ' ', sizeof raw);
    ffcmrk();
    text = raw;
  }
  cf_card_copy(card, text);
  file->nextkey += CARD;
  return *status;
}

int ffgnky(fitsfile *fptr, char *card, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the card");
  return next_card(fptr, card, status);
}

int ffgrec(fitsfile *fptr, int nrec, char *card, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (nrec == 0) {
    fptr->Fptr->nextkey = header_start(fptr);
    if (card != NULL)
      *card = '\0';
  } else if (nrec > 0) {
    fptr->Fptr->nextkey = header_start(fptr) + ((LONGLONG)nrec - 1) * CARD;
    if (card == NULL)
      return cf_fail(status, NULL_INPUT_PTR, "no place for the card");
    next_card(fptr, card, status);
  }
  return *status;
}

int ffgkyn(fitsfile *fptr, int nkey, char *keyname, char *keyval, char *comm, int *status) {
  char card[FLEN_CARD];
  int length = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (keyname == NULL || keyval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the keyword or its value");
  *keyname = '\0';
  *keyval = '\0';
  if (comm != NULL)
    *comm = '\0';
  if (ffgrec(fptr, nkey, card, status) > 0 || nkey < 1)
    return *status;
  ffgknm(card, keyname, &length, status);
  ffpsvc(card, keyval, comm, status);
  return fftrec(card, status);
}

int ffnchk(fitsfile *fptr, int *status) {
  LONGLONG count;
  if (!cf_use(fptr, status))
    return 0;
  const char *text = cf_cards(fptr, &count, status);
  if (text == NULL || count == 0)
    return 0;
  const char *null = memchr(text, '\0', (size_t)(count * CARD));
  return null == NULL ? 0 : (int)(null - text) + 1;
}
