/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing records: cards, comments, history.
 */
#include "header/record.h"

#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/cards.h"

#define CARD 80
#define NAME_LENGTH 8
#define COMMENT_LENGTH 72

/* Returns how many characters of the card are its name. */
static size_t name_length(const char *card) {
  char name[NAME_LENGTH + 1];
  cf_copy_n(name, card, strnlen(card, NAME_LENGTH), sizeof name);
  cf_trim_end(name);
  if (cf_same_text(name, "COMMENT") || cf_same_text(name, "HISTORY") || cf_same_text(name, "CONTINUE") ||
      *name == '\0' || strchr(card, '=') == NULL)
    return strnlen(card, NAME_LENGTH);
  return strcspn(card, "=");
}

int cf_record_clean(char *card, const char *text, int *status) {
  char name[NAME_LENGTH + 1];
  cf_copy(card, text, FLEN_CARD);
  for (char *c = card; *c != '\0'; c++)
    if (*c < ' ' || *c > '~')
      *c = ' ';
  cf_trim_end(card);
  size_t n = name_length(card);
  for (size_t i = 0; i < n; i++)
    if (card[i] >= 'a' && card[i] <= 'z')
      card[i] = (char)(card[i] - 'a' + 'A');
  cf_copy_n(name, card, strnlen(card, NAME_LENGTH), sizeof name);
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
