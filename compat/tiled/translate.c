/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Translating headers card by card.
 */
#include "tiled/translate.h"

#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "header/cards.h"

/* A keyword of an image, and its name in the table of a compressed one. # is a number. */
typedef struct pair {
  const char *plain;
  const char *compressed;
} pair;

static const pair pairs[] = {{"SIMPLE", "ZSIMPLE"},    {"XTENSION", "ZTENSION"}, {"BITPIX", "ZBITPIX"},
                             {"NAXIS", "ZNAXIS"},      {"NAXIS#", "ZNAXIS#"},    {"EXTEND", "ZEXTEND"},
                             {"BLOCKED", "ZBLOCKED"},  {"PCOUNT", "ZPCOUNT"},    {"GCOUNT", "ZGCOUNT"},
                             {"CHECKSUM", "ZHECKSUM"}, {"DATASUM", "ZDATASUM"}};
#define PAIRS (sizeof pairs / sizeof pairs[0])

/* Keywords of the table and of the compression, which an image does not have. */
static const char *const dropped[] = {"XTENSION", "BITPIX", "NAXIS", "NAXIS#",   "PCOUNT",   "GCOUNT",   "TFIELDS",
                                      "TTYPE#",   "TFORM#", "THEAP", "ZIMAGE",   "ZQUANTIZ", "ZDITHER0", "ZTILE#",
                                      "ZBLANK",   "ZNAME#", "ZVAL#", "ZCMPTYPE", "CHECKSUM", "DATASUM"};
#define DROPPED (sizeof dropped / sizeof dropped[0])

/* Compares the 8 characters of a keyword with a pattern. *number receives what stands for #. */
static bool matches(const char *card, const char *pattern, char number[9]) {
  size_t n = strcspn(pattern, "#"), k = 0;
  if (strncmp(card, pattern, n) != 0)
    return false;
  if (pattern[n] == '#') {
    k = strspn(card + n, "0123456789");
    if (k == 0 || n + k > 8)
      return false;
    cf_copy_n(number, card + n, k, 9);
  } else {
    *number = '\0';
  }
  for (size_t i = n + k; i < 8; i++)
    if (card[i] != ' ')
      return false;
  return true;
}

/* Puts another keyword into a card. */
static void rename_card(char card[FLEN_CARD], const char *pattern, const char *number) {
  size_t n = strcspn(pattern, "#");
  memset(card, ' ', 8);
  memcpy(card, pattern, n);
  for (size_t i = 0; number[i] != '\0' && n + i < 8; i++)
    card[n + i] = number[i];
}

int cf_header_to_compressed(fitsfile *from, fitsfile *to, int zbitpix, int *status) {
  LONGLONG count = 0;
  char card[FLEN_CARD], number[9];
  (void)cf_cards(from, &count, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++) {
    const char *cards = cf_cards(from, &count, status);
    if (cards == NULL)
      break;
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    bool scaling = matches(card, "BSCALE", number) || matches(card, "BZERO", number) || matches(card, "BLANK", number);
    if (zbitpix != 0 && scaling)
      continue;
    if (zbitpix != 0 && matches(card, "BITPIX", number)) {
      char value[FLEN_VALUE];
      (void)snprintf(value, sizeof value, "%20d", zbitpix);
      memcpy(card + 10, value, 20);
    }
    for (size_t k = 0; k < PAIRS; k++) {
      if (matches(card, pairs[k].plain, number)) {
        rename_card(card, pairs[k].compressed, number);
        break;
      }
    }
    ffprec(to, card, status);
  }
  return *status;
}

/* Tells whether a card is not for the image, and renames it if it is. */
static bool translate_back(char card[FLEN_CARD], bool named) {
  char number[9];
  for (size_t k = 0; k < DROPPED; k++)
    if (matches(card, dropped[k], number))
      return false;
  if (named && matches(card, "EXTNAME", number))
    return false;
  for (size_t k = 0; k < PAIRS; k++) {
    if (matches(card, pairs[k].compressed, number)) {
      rename_card(card, pairs[k].plain, number);
      break;
    }
  }
  return true;
}

static bool has_card(fitsfile *fptr, const char *keyword) {
  int own = 0;
  return cf_card_find(fptr, keyword, 0, LONGLONG_MAX, &own) >= 0;
}

int cf_header_to_plain(fitsfile *from, fitsfile *to, int *status) {
  LONGLONG count = 0;
  char card[FLEN_CARD], name[FLEN_VALUE] = "";
  int own = 0;
  FITSfile *file = to->Fptr;
  bool empty = file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0];
  bool primary = has_card(from, "ZSIMPLE") || !has_card(from, "ZTENSION");
  bool standard = !has_card(from, "ZSIMPLE") && !has_card(from, "ZTENSION");
  bool named = ffgky(from, TSTRING, "EXTNAME", name, NULL, &own) <= 0 && strcmp(name, "COMPRESSED_IMAGE") == 0;
  if (empty && !primary) {
    int type = file->request_compress_type;
    file->request_compress_type = 0;
    ffcrim(to, BYTE_IMG, 0, NULL, status);
    file->request_compress_type = type;
    empty = false;
  }
  if (!empty)
    ffcrhd(to, status);
  if (standard) {
    LONGLONG axes[MAX_COMPRESS_DIM];
    for (int i = 0; i < from->Fptr->zndim; i++)
      axes[i] = from->Fptr->znaxis[i];
    ffphprll(to, 1, from->Fptr->zbitpix, from->Fptr->zndim, axes, 0, 1, 1, status);
  }
  (void)cf_cards(from, &count, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++) {
    const char *cards = cf_cards(from, &count, status);
    if (cards == NULL)
      break;
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    bool structure = strncmp(card, "ZBITPIX ", 8) == 0 || strncmp(card, "ZNAXIS", 6) == 0;
    if (!translate_back(card, named) || (standard && structure))
      continue;
    if (!empty && strncmp(card, "SIMPLE  ", 8) == 0)
      cf_copy(card, "XTENSION= 'IMAGE   '           / IMAGE extension", sizeof card);
    ffprec(to, card, status);
  }
  return *status;
}
