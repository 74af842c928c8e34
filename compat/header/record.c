/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing records: cards, comments, history.
 */
#include "header/record.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/cards.h"

#define CARD 80
#define NAME_LENGTH 8
#define COMMENT_LENGTH 72

/* Tells whether a card has no value whatever stands behind its name. */
static bool is_commentary(const char *name) {
  switch (*name) {
  case '\0':
    return true;
  case 'C':
  case 'c':
    return cf_same_text(name, "COMMENT") || cf_same_text(name, "CONTINUE");
  case 'H':
  case 'h':
    return cf_same_text(name, "HISTORY");
  default:
    return false;
  }
}

/* Copies the characters of a card that FITS permits, and blanks for others. Returns its length without blanks at the
 * end. */
static size_t copy_printable(char *card, const char *text) {
  size_t n = strnlen(text, CARD);
  for (size_t i = 0; i < n; i++)
    card[i] = text[i];
  for (size_t i = 0; i < n; i++)
    card[i] = card[i] < ' ' || card[i] > '~' ? ' ' : card[i];
  while (n > 0 && card[n - 1] == ' ')
    n--;
  card[n] = '\0';
  return n;
}

int cf_record_clean(char *card, const char *text, int *status) {
  char name[NAME_LENGTH + 1];
  size_t n = copy_printable(card, text);
  const char *equals = memchr(card, '=', n);
  size_t end = n < NAME_LENGTH ? n : NAME_LENGTH;
  cf_copy_n(name, card, end, sizeof name);
  cf_trim_end(name);
  if (equals != NULL && !is_commentary(name))
    end = (size_t)(equals - card);
  for (size_t i = 0; i < end; i++)
    if (card[i] >= 'a' && card[i] <= 'z')
      card[i] = (char)(card[i] - 'a' + 'A');
  cf_copy_n(name, card, n < NAME_LENGTH ? n : NAME_LENGTH, sizeof name);
  return fftkey(name, status);
}

LONGLONG cf_record_last(fitsfile *fptr) {
  const FITSfile *file = fptr->Fptr;
  return (file->nextkey - file->headstart[file->curhdu]) / CARD - 1;
}

void cf_record_move(fitsfile *fptr, LONGLONG index) {
  FITSfile *file = fptr->Fptr;
  file->nextkey = file->headstart[file->curhdu] + index * CARD;
}

int cf_record_append(fitsfile *fptr, const char *text, int *status) {
  char card[FLEN_CARD];
  LONGLONG count = 0, position = fptr->Fptr->nextkey;
  if (cf_record_clean(card, text, status) > 0 || cf_cards(fptr, &count, status) == NULL)
    return *status;
  if (strcmp(card, "END") == 0) /* the header gets its own one */
    return *status;
  cf_card_insert(fptr, count, card, status);
  fptr->Fptr->nextkey = position;
  return *status;
}

int cf_record_replace(fitsfile *fptr, LONGLONG index, const char *text, int *status) {
  char card[FLEN_CARD];
  LONGLONG count = 0;
  if (cf_cards(fptr, &count, status) == NULL)
    return *status;
  if (index < 0 || index >= count)
    return cf_fail(status, index < 0 ? NEG_FILE_POS : END_OF_FILE, "no card %lld in a header of %lld", index + 1,
                   count);
  cf_record_move(fptr, index + 1);
  if (cf_record_clean(card, text, status) > 0)
    return *status;
  return cf_card_set(fptr, index, card, status);
}

int cf_record_insert(fitsfile *fptr, LONGLONG index, const char *text, int *status) {
  char card[FLEN_CARD];
  LONGLONG count = 0;
  if (cf_cards(fptr, &count, status) == NULL)
    return *status;
  if (index < 0 || index > count)
    return cf_fail(status, index < 0 ? NEG_FILE_POS : END_OF_FILE, "no place %lld in a header of %lld cards", index + 1,
                   count);
  if (cf_record_clean(card, text, status) > 0)
    return *status;
  cf_card_insert(fptr, index, card, status);
  cf_record_move(fptr, index + 1);
  return *status;
}

int cf_record_delete(fitsfile *fptr, LONGLONG index, LONGLONG n, int *status) {
  for (LONGLONG i = 0; i < n && *status <= 0; i++)
    cf_card_delete(fptr, index, status);
  if (*status <= 0)
    cf_record_move(fptr, index);
  return *status;
}

int ffprec(fitsfile *fptr, const char *card, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (card == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no card");
  return cf_record_append(fptr, card, status);
}

/* Writes a text into as many cards as it needs. */
static int write_text(fitsfile *fptr, const char *keyword, const char *text, int *status) {
  char card[FLEN_CARD];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (text == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no text for %s", keyword);
  while (*text != '\0' && *status <= 0) {
    size_t n = strnlen(text, COMMENT_LENGTH);
    (void)snprintf(card, sizeof card, "%-8.8s%.72s", keyword, text);
    cf_record_append(fptr, card, status);
    text += n;
  }
  return *status;
}

int ffpcom(fitsfile *fptr, const char *comm, int *status) {
  return write_text(fptr, "COMMENT", comm, status);
}

int ffphis(fitsfile *fptr, const char *history, int *status) {
  return write_text(fptr, "HISTORY", history, status);
}
