/* SPDX-License-Identifier: BSD-3-Clause */
#include "header/cards.h"

#include <string.h>

#include "header/text.h"

#define CARD 80

const char *cf_cards(fitsfile *fptr, LONGLONG *count, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (cf_header_load(fptr, status) > 0)
    return NULL;
  *count = header->count;
  return header->text != NULL ? header->text : "";
}

/* Tells whether a HIERARCH card has this keyword. */
static bool is_hierarch(const char *card, const char *keyword, size_t n) {
  const char *name = card + 8, *end = memchr(card, '=', CARD);
  if (memcmp(card, "HIERARCH ", 9) != 0 || end == NULL)
    return false;
  while (name < end && *name == ' ')
    name++;
  while (end > name && end[-1] == ' ')
    end--;
  return (size_t)(end - name) == n && memcmp(name, keyword, n) == 0;
}

LONGLONG cf_card_find(fitsfile *fptr, const char *keyword, LONGLONG from, LONGLONG to, int *status) {
  LONGLONG count;
  const char *text = cf_cards(fptr, &count, status);
  size_t n = strlen(keyword);
  char name[8];
  if (text == NULL)
    return -1;
  if (to > count)
    to = count;
  memset(name, ' ', sizeof name);
  memcpy(name, keyword, n < 8 ? n : 8);
  for (LONGLONG i = from < 0 ? 0 : from; i < to; i++) {
    const char *card = text + i * CARD;
    if (n <= 8 && memcmp(card, name, 8) == 0)
      return i;
    if (*card == 'H' && is_hierarch(card, keyword, n))
      return i;
  }
  return -1;
}

/* Copies a card, padded with blanks. */
static void put(char *dest, const char *card) {
  const char *end = memchr(card, '\0', CARD);
  size_t n = end != NULL ? (size_t)(end - card) : CARD;
  memcpy(dest, card, n);
  memset(dest + n, ' ', CARD - n);
}

/* Notes that the cards in memory are newer than the file. */
static void note_change(fitsfile *fptr) {
  cf_file *file = cf_file_of(fptr->Fptr);
  file->header.dirty = true;
  file->changed = true;
}

static int check_index(LONGLONG index, LONGLONG count, int *status) {
  if (index < 0 || index >= count)
    return cf_fail(status, KEY_OUT_BOUNDS, "the header has %lld cards, and no card %lld", count, index + 1);
  return *status;
}

int cf_card_set(fitsfile *fptr, LONGLONG index, const char *card, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (cf_header_load(fptr, status) > 0 || check_index(index, header->count, status) > 0)
    return *status;
  put(header->text + index * CARD, card);
  note_change(fptr);
  return *status;
}

int cf_card_insert(fitsfile *fptr, LONGLONG index, const char *card, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (cf_header_load(fptr, status) > 0 || check_index(index, header->count + 1, status) > 0)
    return *status;
  if (cf_header_grow(fptr, 1, status) > 0)
    return *status;
  char *at = header->text + index * CARD;
  memmove(at + CARD, at, (size_t)(header->count - index) * CARD);
  put(at, card);
  if (header->count++ == 0) {
    header->start = fptr->Fptr->headstart[fptr->Fptr->curhdu];
    header->valid = true;
  }
  fptr->Fptr->headend += CARD;
  note_change(fptr);
  return *status;
}

int cf_card_delete(fitsfile *fptr, LONGLONG index, int *status) {
  cf_header *header = &cf_file_of(fptr->Fptr)->header;
  if (cf_header_load(fptr, status) > 0 || check_index(index, header->count, status) > 0)
    return *status;
  char *at = header->text + index * CARD;
  memmove(at, at + CARD, (size_t)(header->count - index - 1) * CARD);
  header->count--;
  fptr->Fptr->headend -= CARD;
  note_change(fptr);
  return *status;
}
