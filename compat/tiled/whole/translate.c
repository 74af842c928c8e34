/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Translating headers card by card.
 */
#include "tiled/whole/translate.h"

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

/* Compares the 8 characters of a keyword with a pattern. *number receives the digits in the place of #. */
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

/* ---- where the image goes ---- */

static bool is_empty(const FITSfile *file) {
  return file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0];
}

/* Tells whether the file is one primary HDU without data, which the image replaces. */
static bool is_null_primary(fitsfile *fptr) {
  int own = 0, naxis = -1, hdus = 0;
  return fptr->Fptr->curhdu == 0 && ffgky(fptr, TINT, "NAXIS", &naxis, NULL, &own) <= 0 && naxis == 0 &&
         ffthdu(fptr, &hdus, &own) <= 0 && hdus <= 1;
}

static int clear_header(fitsfile *fptr, int *status) {
  LONGLONG count = 0;
  (void)cf_cards(fptr, &count, status);
  while (count > 0 && cf_card_delete(fptr, --count, status) <= 0) {
  }
  return *status;
}

static int create_image(fitsfile *fptr, int bitpix, int naxis, const LONGLONG *axes, int *status) {
  FITSfile *file = fptr->Fptr;
  int type = file->request_compress_type;
  file->request_compress_type = 0;
  ffcrimll(fptr, bitpix, naxis, (LONGLONG *)(size_t)axes, status);
  file->request_compress_type = type;
  return *status;
}

/* Appends the translated cards. extension: those of a primary HDU that becomes an extension, where the structure is
 * written already. */
static int append_cards(fitsfile *from, fitsfile *to, bool extension, int *status) {
  LONGLONG count = 0;
  char card[FLEN_CARD], name[FLEN_VALUE] = "";
  int own = 0;
  bool named = ffgky(from, TSTRING, "EXTNAME", name, NULL, &own) <= 0 && strcmp(name, "COMPRESSED_IMAGE") == 0;
  (void)cf_cards(from, &count, status);
  for (LONGLONG i = 0; i < count && *status <= 0; i++) {
    const char *cards = cf_cards(from, &count, status);
    if (cards == NULL)
      break;
    cf_copy_n(card, cards + 80 * i, 80, sizeof card);
    if (!translate_back(card, named))
      continue;
    int kind = extension && strncmp(card, "COMMENT ", 8) != 0 ? ffgkcl(card) : TYP_USER_KEY;
    if (kind > TYP_CMPRS_KEY && kind != TYP_CKSUM_KEY)
      ffprec(to, card, status);
  }
  return *status;
}

int cf_header_to_plain(fitsfile *from, fitsfile *to, bool alone, int *status) {
  const FITSfile *source = from->Fptr;
  LONGLONG axes[MAX_COMPRESS_DIM] = {0};
  bool primary = has_card(from, "ZSIMPLE"), extension = !alone && has_card(from, "ZTENSION");
  for (int i = 0; i < source->zndim && i < MAX_COMPRESS_DIM; i++)
    axes[i] = source->znaxis[i];
  if (extension && is_empty(to->Fptr))
    create_image(to, BYTE_IMG, 0, NULL, status);
  if (extension) {
    ffcrhd(to, status);
    return append_cards(from, to, false, status);
  }
  if (primary && (is_empty(to->Fptr) || is_null_primary(to))) {
    if (!is_empty(to->Fptr))
      clear_header(to, status);
    return append_cards(from, to, false, status);
  }
  create_image(to, source->zbitpix, source->zndim, axes, status);
  return append_cards(from, to, true, status);
}
