/* SPDX-License-Identifier: BSD-3-Clause */
#include "hdu/place.h"

#include <string.h>

#include "header/build.h"
#include "header/card.h"

bool rf_place_is_free(const rf_hdu *hdu) {
  return hdu->ops->kind == RF_HDU_IMAGE && hdu->pcount == 0 && hdu->gcount == 1;
}

static bool is_axis(const char *card) {
  if (memcmp(card, "NAXIS", 5) != 0)
    return false;
  for (int i = 5; i < 8; i++)
    if (card[i] != ' ' && (card[i] < '0' || card[i] > '9'))
      return false;
  return true;
}

/* Appends the cards after NAXISn that the place requires. */
static rf_status add_place_cards(rf_header *header, bool first, rf_error *err) {
  if (first)
    return rf_header_append_logical(header, "EXTEND", true, "There may be standard extensions", err);
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "required keyword; must = 0", err));
  return rf_header_append_integer(header, "GCOUNT", 1, "required keyword; must = 1", err);
}

static rf_status append_cards(const rf_header *old, bool first, rf_header *header, rf_error *err) {
  static const char *const replaced[] = {"SIMPLE", "XTENSION", "EXTEND", "BLOCKED", "PCOUNT", "GCOUNT", "GROUPS", NULL};
  const char *card = rf_header_get_cards(old);
  size_t count = rf_header_get_count(old), last = 0;
  for (size_t i = 0; i < count; i++)
    if (is_axis(card + i * RF_CARD_BYTES))
      last = i;
  if (first)
    RF_TRY(rf_header_append_logical(header, "SIMPLE", true, "conforms to FITS standard", err));
  else
    RF_TRY(rf_header_append_string(header, "XTENSION", "IMAGE   ", "IMAGE extension", err));
  for (size_t i = 0; i < count; i++, card += RF_CARD_BYTES) {
    bool drop = false;
    for (size_t k = 0; replaced[k] != NULL; k++)
      drop = drop || rf_card_is(card, replaced[k]);
    if (!drop)
      RF_TRY(rf_header_append_card(header, card, err));
    if (i == last)
      RF_TRY(add_place_cards(header, first, err));
  }
  return RF_OK;
}

rf_status rf_place_header(const rf_header *old, bool first, rf_header **header, rf_error *err) {
  rf_header *made;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = append_cards(old, first, made, err);
  if (status == RF_OK)
    *header = made;
  else
    rf_header_free(made);
  return status;
}
