/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The two headers of one HDU: that of the binary table that holds a compressed image, and that of the image (FITS
 * 10.1.1, 10.1.2). Cards with one meaning in both are one card under two keywords, so that comments stay.
 */
#include "tiled/image/header.h"

#include <stdio.h>
#include <string.h>

#include "header/build.h"
#include "header/card.h"
#include "header/protected.h"
#include "tiled/table/header.h"

/* The role of a card of the table's header. */
typedef enum card_role {
  CARD_USER,      /* the image's, too */
  CARD_STRUCTURE, /* of the image under another keyword, at the beginning of its header */
  CARD_CHECKSUM,  /* of the image under another keyword, in its place */
  CARD_TABLE      /* of the table or about the compression */
} card_role;

typedef struct card_rule {
  const char *keyword; /* '#': the digits of a number */
  const char *image;   /* the keyword in the image, or NULL */
  card_role role;
} card_rule;

static const card_rule rules[] = {
    {"ZSIMPLE", "SIMPLE", CARD_STRUCTURE},
    {"ZTENSION", "XTENSION", CARD_STRUCTURE},
    {"ZBITPIX", "BITPIX", CARD_STRUCTURE},
    {"ZNAXIS", "NAXIS", CARD_STRUCTURE},
    {"ZNAXIS#", "NAXIS#", CARD_STRUCTURE},
    {"ZEXTEND", "EXTEND", CARD_STRUCTURE},
    {"ZPCOUNT", "PCOUNT", CARD_STRUCTURE},
    {"ZGCOUNT", "GCOUNT", CARD_STRUCTURE},
    {"ZBLOCKED", "BLOCKED", CARD_STRUCTURE},
    {"ZHECKSUM", "CHECKSUM", CARD_CHECKSUM},
    {"ZDATASUM", "DATASUM", CARD_CHECKSUM},
    {"XTENSION", NULL, CARD_TABLE},
    {"BITPIX", NULL, CARD_TABLE},
    {"NAXIS", NULL, CARD_TABLE},
    {"NAXIS#", NULL, CARD_TABLE},
    {"PCOUNT", NULL, CARD_TABLE},
    {"GCOUNT", NULL, CARD_TABLE},
    {"TFIELDS", NULL, CARD_TABLE},
    {"THEAP", NULL, CARD_TABLE},
    {"TTYPE#", NULL, CARD_TABLE},
    {"TFORM#", NULL, CARD_TABLE},
    {"TUNIT#", NULL, CARD_TABLE},
    {"TDISP#", NULL, CARD_TABLE},
    {"TDIM#", NULL, CARD_TABLE},
    {"TNULL#", NULL, CARD_TABLE},
    {"TSCAL#", NULL, CARD_TABLE},
    {"TZERO#", NULL, CARD_TABLE},
    {"CHECKSUM", NULL, CARD_TABLE},
    {"DATASUM", NULL, CARD_TABLE},
    {"ZIMAGE", NULL, CARD_TABLE},
    {"ZCMPTYPE", NULL, CARD_TABLE},
    {"ZTILE#", NULL, CARD_TABLE},
    {"ZNAME#", NULL, CARD_TABLE},
    {"ZVAL#", NULL, CARD_TABLE},
    {"ZQUANTIZ", NULL, CARD_TABLE},
    {"ZDITHER0", NULL, CARD_TABLE},
    {"ZBLANK", NULL, CARD_TABLE},
    {"ZSCALE", NULL, CARD_TABLE},
    {"ZZERO", NULL, CARD_TABLE},
    {"ZMASKCMP", NULL, CARD_TABLE},
};

/* Writes columns 1 to 8 of the image's card to `image`, for a card with one. */
static card_role role_of(const char *card, char image[8]) {
  char key[8];
  for (int i = 0; i < 8; i++)
    key[i] = (char)(card[i] >= 'a' && card[i] <= 'z' ? card[i] - 0x20 : card[i]);
  /* The name that cfitsio gives tables without a name. */
  char name[RF_CARD_BYTES];
  if (memcmp(key, "EXTNAME ", 8) == 0 && rf_card_string(card, name, sizeof name) &&
      strcmp(name, "COMPRESSED_IMAGE") == 0)
    return CARD_TABLE;
  for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
    const char *pattern = rules[r].keyword;
    size_t n = strcspn(pattern, "#"), end = n;
    bool numbered = pattern[n] == '#';
    if (memcmp(key, pattern, n) != 0)
      continue;
    while (numbered && end < 8 && key[end] >= '0' && key[end] <= '9')
      end++;
    if (numbered && end == n)
      continue;
    size_t blank = end;
    while (blank < 8 && key[blank] == ' ')
      blank++;
    if (blank < 8)
      continue;
    if (rules[r].image != NULL) {
      size_t length = strcspn(rules[r].image, "#");
      memset(image, ' ', 8);
      memcpy(image, rules[r].image, length);
      memcpy(image + length, key + n, end - n); /* no longer than the Z keyword */
    }
    return rules[r].role;
  }
  return CARD_USER;
}

static rf_status add_renamed(rf_header *to, const char *card, const char image[8], rf_error *err) {
  char renamed[RF_CARD_BYTES];
  memcpy(renamed, card, sizeof renamed);
  memcpy(renamed, image, 8);
  return rf_header_append_card(to, renamed, err);
}

static bool is_named(const char image[8], const char *keyword) {
  size_t n = strlen(keyword);
  for (size_t i = 0; i < 8; i++)
    if (image[i] != (i < n ? keyword[i] : ' '))
      return false;
  return true;
}

/* Returns the card of the table with keyword `keyword` in the image, or NULL. */
static const char *structure_card(const rf_header *header, const char *keyword, char image[8]) {
  const char *card = rf_header_get_cards(header);
  for (size_t i = 0; i < rf_header_get_count(header); i++, card += RF_CARD_BYTES)
    if (role_of(card, image) == CARD_STRUCTURE && is_named(image, keyword))
      return card;
  return NULL;
}

/* ---- the image's header ---- */

static rf_status add_axes(const rf_header *header, rf_header *plain, rf_error *err) {
  char image[8], keyword[32];
  int64_t naxis = 0;
  const char *card = structure_card(header, "NAXIS", image);
  if (card == NULL || !rf_card_integer(card, &naxis) || naxis < 0 || naxis > 999)
    return rf_fail(err, RF_ERR_FORMAT, "the header of the compressed image has no ZNAXIS from 0 to 999");
  RF_TRY(add_renamed(plain, card, image, err));
  for (int n = 1; n <= (int)naxis; n++) {
    (void)snprintf(keyword, sizeof keyword, "NAXIS%d", n);
    card = structure_card(header, keyword, image);
    if (card == NULL)
      return rf_fail(err, RF_ERR_FORMAT, "the header of the compressed image has no Z%s", keyword);
    RF_TRY(add_renamed(plain, card, image, err));
  }
  return RF_OK;
}

/* Appends the card of that keyword. Where the table has none: a card with `value`, or none where `value` < 0. */
static rf_status add_integer(const rf_header *header, rf_header *plain, const char *keyword, int64_t value,
                             const char *comment, rf_error *err) {
  char image[8];
  const char *card = structure_card(header, keyword, image);
  if (card != NULL)
    return add_renamed(plain, card, image, err);
  return value >= 0 ? rf_header_append_integer(plain, keyword, value, comment, err) : RF_OK;
}

/* The mandatory cards in the mandatory order (FITS 4.4.1.1, 4.4.1.2). */
static rf_status add_structure(const rf_header *header, bool first, rf_header *plain, rf_error *err) {
  char image[8];
  const char *card = structure_card(header, first ? "SIMPLE" : "XTENSION", image);
  if (card != NULL)
    RF_TRY(add_renamed(plain, card, image, err));
  else if (first)
    RF_TRY(rf_header_append_logical(plain, "SIMPLE", true, "conforms to FITS standard", err));
  else
    RF_TRY(rf_header_append_string(plain, "XTENSION", "IMAGE   ", "IMAGE extension", err));
  RF_TRY(add_integer(header, plain, "BITPIX", -1, "", err));
  RF_TRY(add_axes(header, plain, err));
  if (first)
    return RF_OK;
  RF_TRY(add_integer(header, plain, "PCOUNT", 0, "required keyword; must = 0", err));
  return add_integer(header, plain, "GCOUNT", 1, "required keyword; must = 1", err);
}

/* Structural cards without a fixed place stay where they are, so that a packed image gets its header back. In a primary
 * header these are the cards below, in an extension those that its writer added. */
static bool stays_in_place(const char image[8], bool first, bool was_extension) {
  bool primary_only = is_named(image, "EXTEND") || is_named(image, "BLOCKED");
  if (first)
    return primary_only || is_named(image, "PCOUNT") || is_named(image, "GCOUNT");
  return primary_only && was_extension;
}

static rf_status fill_plain(const rf_header *header, bool first, rf_header *plain, rf_error *err) {
  char image[8];
  bool was_extension = structure_card(header, "XTENSION", image) != NULL;
  RF_TRY(add_structure(header, first, plain, err));
  const char *card = rf_header_get_cards(header);
  for (size_t i = 0; i < rf_header_get_count(header); i++, card += RF_CARD_BYTES) {
    card_role role = role_of(card, image);
    if (role == CARD_USER)
      RF_TRY(rf_header_append_card(plain, card, err));
    else if (role == CARD_CHECKSUM || (role == CARD_STRUCTURE && stays_in_place(image, first, was_extension)))
      RF_TRY(add_renamed(plain, card, image, err));
  }
  return RF_OK;
}

rf_status rf_tiled_image_plain_header(const rf_header *header, bool first, rf_header **plain, rf_error *err) {
  rf_header *made = NULL;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = fill_plain(header, first, made, err);
  if (status == RF_OK)
    *plain = made;
  else
    rf_header_free(made);
  return status;
}

bool rf_tiled_image_table_card(const char card[RF_CARD_BYTES]) {
  char image[8];
  return role_of(card, image) != CARD_USER && !rf_card_is(card, "EXTNAME");
}

/* ---- merging an edited header ---- */

/* Cards of the image that have another keyword in the table's header. */
static bool is_mapped(const char *card, bool *checksum) {
  static const char *const structure[] = {"SIMPLE",  "XTENSION", "BITPIX", "NAXIS", "EXTEND",
                                          "BLOCKED", "PCOUNT",   "GCOUNT", NULL};
  char image[8];
  *checksum = rf_card_is(card, "CHECKSUM") || rf_card_is(card, "DATASUM");
  if (*checksum)
    return true;
  for (size_t i = 0; structure[i] != NULL; i++)
    if (rf_card_is(card, structure[i]))
      return true;
  return memcmp(card, "NAXIS", 5) == 0 && role_of(card, image) == CARD_TABLE;
}

/* Appends the cards of the table that come first (`head`), or those after the cards of the image. The checksums of the
 * table come last. */
static rf_status add_table_cards(const rf_header *old_header, bool head, rf_header *merged, rf_error *err) {
  char image[8];
  const char *card = rf_header_get_cards(old_header);
  for (size_t i = 0; i < rf_header_get_count(old_header); i++, card += RF_CARD_BYTES) {
    card_role role = role_of(card, image);
    bool checksum = rf_card_is(card, "CHECKSUM") || rf_card_is(card, "DATASUM");
    if ((role == CARD_TABLE && checksum != head) || (role == CARD_STRUCTURE && head))
      RF_TRY(rf_header_append_card(merged, card, err));
  }
  return RF_OK;
}

static rf_status add_image_cards(const rf_header *old_header, const rf_header *plain, rf_header *merged,
                                 rf_error *err) {
  const char *card = rf_header_get_cards(plain);
  for (size_t i = 0; i < rf_header_get_count(plain); i++, card += RF_CARD_BYTES) {
    bool checksum;
    if (!is_mapped(card, &checksum)) {
      RF_TRY(rf_header_append_card(merged, card, err));
    } else if (checksum) {
      size_t index;
      RF_TRY(rf_header_find(old_header, rf_card_is(card, "CHECKSUM") ? "ZHECKSUM" : "ZDATASUM", 0, &index, err));
      RF_TRY(rf_header_append_card(merged, rf_header_get_cards(old_header) + index * RF_CARD_BYTES, err));
    }
  }
  return RF_OK;
}

static rf_status merge_image(const rf_header *old_header, const rf_header *plain, rf_header *merged, rf_error *err) {
  RF_TRY(add_table_cards(old_header, true, merged, err));
  RF_TRY(add_image_cards(old_header, plain, merged, err));
  return add_table_cards(old_header, false, merged, err);
}

/* ---- tables ---- */

static bool is_checksum(const char *keyword) {
  return strcmp(keyword, "CHECKSUM") == 0 || strcmp(keyword, "DATASUM") == 0;
}

static rf_status add_value_cards(const rf_header *from, size_t index, size_t span, rf_header *to, rf_error *err) {
  for (size_t k = index; k < index + span && k < rf_header_get_count(from); k++)
    RF_TRY(rf_header_append_card(to, rf_header_get_cards(from) + k * RF_CARD_BYTES, err));
  return RF_OK;
}

/* In the header of a compressed table, all protected cards belong to the compressed table, and all others to the table
 * in the tiles. Checksums: those of the table in the tiles are among its cards, those of the compressed table come
 * last. */
static rf_status add_own_cards(const rf_header *old_header, bool checksums, rf_header *merged, rf_error *err) {
  for (size_t i = 0, span; i < rf_header_get_count(old_header); i += span) {
    char keyword[RF_CARD_BYTES];
    RF_TRY(rf_header_get_keyword(old_header, i, keyword, &span, err));
    bool hierarch = rf_card_is(rf_header_get_cards(old_header) + i * RF_CARD_BYTES, "HIERARCH");
    bool original = strcmp(keyword, "ZHECKSUM") == 0 || strcmp(keyword, "ZDATASUM") == 0;
    bool own = rf_keyword_is_protected(keyword) || rf_tiled_table_is_own(keyword);
    if (!hierarch && !original && own && is_checksum(keyword) == checksums)
      RF_TRY(add_value_cards(old_header, i, span, merged, err));
  }
  return RF_OK;
}

static rf_status merge_table(const rf_header *old_header, const rf_header *plain, rf_header *merged, rf_error *err) {
  RF_TRY(add_own_cards(old_header, false, merged, err));
  for (size_t i = 0, span; i < rf_header_get_count(plain); i += span) {
    char keyword[RF_CARD_BYTES];
    size_t index;
    RF_TRY(rf_header_get_keyword(plain, i, keyword, &span, err));
    bool hierarch = rf_card_is(rf_header_get_cards(plain) + i * RF_CARD_BYTES, "HIERARCH");
    if (!hierarch && rf_tiled_table_is_own(keyword)) {
      rf_error_keyword(err, keyword);
      return rf_fail(err, RF_ERR_PROTECTED, "keyword %s describes the compression of the table and is not set by hand",
                     keyword);
    }
    if (hierarch || !rf_keyword_is_protected(keyword)) {
      RF_TRY(add_value_cards(plain, i, span, merged, err));
    } else if (is_checksum(keyword)) {
      RF_TRY(rf_header_find(old_header, keyword[0] == 'C' ? "ZHECKSUM" : "ZDATASUM", 0, &index, err));
      RF_TRY(add_value_cards(old_header, index, 1, merged, err));
    }
  }
  return add_own_cards(old_header, true, merged, err);
}

static rf_status fill_merged(const rf_header *old_header, const rf_header *plain, rf_header *merged, rf_error *err) {
  rf_header *old_plain = NULL;
  size_t index;
  bool table = rf_header_find(old_header, "ZTABLE", 0, &index, NULL) == RF_OK &&
               rf_header_find(old_header, "ZIMAGE", 0, &index, NULL) != RF_OK;
  bool first = rf_header_find(old_header, "ZSIMPLE", 0, &index, NULL) == RF_OK;
  if (table)
    RF_TRY(rf_tiled_table_plain_header(old_header, &old_plain, err));
  else
    RF_TRY(rf_tiled_image_plain_header(old_header, first, &old_plain, err));
  rf_status status = rf_header_same_structure(old_plain, plain, err);
  rf_header_free(old_plain);
  RF_TRY(status);
  return table ? merge_table(old_header, plain, merged, err) : merge_image(old_header, plain, merged, err);
}

rf_status rf_tiled_header_merge(const rf_header *old_header, const rf_header *plain, rf_header **merged,
                                rf_error *err) {
  rf_header *made = NULL;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = fill_merged(old_header, plain, made, err);
  if (status == RF_OK)
    *merged = made;
  else
    rf_header_free(made);
  return status;
}
