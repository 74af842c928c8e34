/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers of any cards, and HDUs that begin with one (rustfits/lowlevel/raw.h).
 */
#include "hdu/cards.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "file/access.h"
#include "file/append.h"
#include "file/call.h"
#include "file/header.h"
#include "file/layout.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "header/card.h"
#include "header/header.h"

/* ---- legal cards ---- */

/* Returns whether columns 1-8 are a keyword (FITS 4.1.2.1), or blank. */
static bool has_legal_keyword(const char *card) {
  int i = 0;
  while (i < 8 &&
         ((card[i] >= 'A' && card[i] <= 'Z') || (card[i] >= '0' && card[i] <= '9') || card[i] == '-' || card[i] == '_'))
    i++;
  while (i < 8 && card[i] == ' ')
    i++;
  return i == 8;
}

/* Fails unless `card`, the one with the 1-based `number`, is legal. */
static rf_status check_card(const char *card, size_t number, rf_error *err) {
  char keyword[9];
  int column;
  if (rf_card_is_end(card))
    return rf_fail(err, RF_ERR_CARD, "card %zu is END", number);
  if (rf_card_is_printable(card)) {
    if (has_legal_keyword(card))
      return RF_OK;
    return rf_fail(err, RF_ERR_CARD,
                   "card %zu: \"%.8s\" is not a keyword (FITS 4.1.2.1: A-Z, 0-9, '-', '_', then blanks)", number, card);
  }
  column = rf_card_unprintable(card, keyword);
  rf_error_keyword(err, keyword);
  return rf_fail(err, RF_ERR_CARD, "card %zu has byte 0x%02X in column %d, expected printable ASCII", number,
                 (unsigned)(unsigned char)card[column], column + 1);
}

/* Checks the cards. `old` (may be NULL) is a header whose cards are allowed as they are, in its order. */
static rf_status check_cards(const char *cards, size_t count, const rf_header *old, rf_error *err) {
  const char *known = old != NULL ? rf_header_get_cards(old) : NULL;
  size_t known_count = old != NULL ? rf_header_get_count(old) : 0, k = 0;
  for (size_t i = 0; i < count; i++) {
    const char *card = cards + i * RF_CARD_BYTES;
    if (check_card(card, i + 1, NULL) == RF_OK)
      continue;
    while (k < known_count && memcmp(known + k * RF_CARD_BYTES, card, RF_CARD_BYTES) != 0)
      k++;
    if (k++ >= known_count)
      return check_card(card, i + 1, err);
  }
  return RF_OK;
}

static rf_status check_list(const char *cards, size_t count, rf_error *err) {
  if (cards == NULL || count == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected at least one card");
  if (count > SIZE_MAX / RF_CARD_BYTES - RF_BLOCK_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "%zu cards exceed the memory", count);
  return RF_OK;
}

/* ---- cards ---- */

/* Gives the data unit the size that the cards describe. They may end before `count`, by END. */
static rf_status resize_data(rf_file *file, rf_hdu *hdu, const char *cards, size_t count, bool *written,
                             rf_error *err) {
  rf_hdu fresh;
  rf_header *header;
  RF_TRY(rf_layout_parse_cards(file, cards, count, hdu->index == 0, &fresh, err));
  uint64_t data_bytes = fresh.data_bytes;
  rf_hdu_clear(&fresh);
  RF_TRY(rf_header_parse(cards, count * RF_CARD_BYTES, file->options.flags, &header, err));
  rf_hdu_forget(hdu);
  rf_status status = rf_file_resize_locked(file, hdu->index, header, data_bytes, written, err);
  rf_header_free(header);
  return status;
}

static rf_status allocate_unit(uint64_t bytes, char **unit, size_t *n, rf_error *err) {
  *unit = rf_to_size(bytes, n) ? rf_alloc(*n) : NULL;
  if (*unit != NULL)
    return RF_OK;
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %" PRIu64 " bytes for a header", bytes);
}

/* Puts END behind `count` cards of a header unit, in its last block: a header that gets shorter keeps its blocks. */
static void put_end(char *unit, size_t n, size_t count) {
  size_t used = count * RF_CARD_BYTES, end = n - RF_BLOCK_BYTES > used ? n - RF_BLOCK_BYTES : used;
  memset(unit + used, ' ', n - used);
  memcpy(unit + end, "END", 3);
}

static rf_status keep_data(rf_file *file, rf_hdu *hdu, const char *cards, size_t count, bool *written, rf_error *err) {
  size_t used = count * RF_CARD_BYTES, n;
  uint64_t need;
  char *unit;
  if (!rf_block_ceil(used + RF_CARD_BYTES, &need))
    return rf_fail(err, RF_ERR_LIMIT, "%zu cards exceed the memory", count);
  need = rf_layout_choose_room(file, hdu, need);
  RF_TRY(rf_layout_check_header(file, need, err));
  RF_TRY(allocate_unit(need, &unit, &n, err));
  memcpy(unit, cards, used);
  put_end(unit, n, count);
  rf_status status = rf_file_replace_header_locked(file, hdu->index, unit, n, written, err);
  rf_free(unit);
  return status;
}

typedef struct cards_request {
  const char *cards;
  size_t count;
  rf_data_fit fit;
} cards_request;

static rf_status set_cards(rf_file *file, rf_hdu *hdu, void *context, bool *written, rf_error *err) {
  const cards_request *request = context;
  const rf_header *old;
  RF_TRY(rf_file_flush_hdu_locked(file, hdu, written, err));
  RF_TRY(rf_file_header_locked(file, hdu, &old, err));
  RF_TRY(check_cards(request->cards, request->count, old, err));
  return request->fit == RF_DATA_KEEP && !hdu->unpublished
             ? keep_data(file, hdu, request->cards, request->count, written, err)
             : resize_data(file, hdu, request->cards, request->count, written, err);
}

rf_status rf_hdu_set_cards(rf_file *file, size_t index, const char *cards, size_t count, rf_data_fit fit,
                           rf_error *err) {
  cards_request request = {.cards = cards, .count = count, .fit = fit};
  rf_error_clear(err);
  rf_status status = check_list(cards, count, err);
  if (status == RF_OK && fit != RF_DATA_KEEP && fit != RF_DATA_RESIZE)
    status = rf_fail(err, RF_ERR_ARGUMENT, "expected RF_DATA_KEEP or RF_DATA_RESIZE, found %d", (int)fit);
  return status == RF_OK ? rf_call_write(file, index, set_cards, &request, err)
                         : rf_call_locate(file, index, status, err);
}

/* ---- bytes of a header ---- */

/* Returns the number of cards before END, or SIZE_MAX without END. */
static size_t count_cards(const char *unit, size_t n) {
  for (size_t i = 0; i < n; i += RF_CARD_BYTES)
    if (rf_card_is_end(unit + i))
      return i / RF_CARD_BYTES;
  return SIZE_MAX;
}

static bool is_blank(const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != ' ')
      return false;
  return true;
}

/* Checks a header unit, of which bytes [from, to) are new. `old_count` cards were before END. */
static rf_status check_patch(const char *unit, size_t n, size_t from, size_t to, size_t old_count, rf_error *err) {
  size_t count = count_cards(unit, n);
  if (count == SIZE_MAX)
    return rf_fail(err, RF_ERR_CARD, "the header would have no END");
  for (size_t i = from / RF_CARD_BYTES; i < count && i * RF_CARD_BYTES < to; i++)
    RF_TRY(check_card(unit + i * RF_CARD_BYTES, i + 1, err));
  size_t end = (count + 1) * RF_CARD_BYTES, old_end = (old_count + 1) * RF_CARD_BYTES;
  size_t behind = from > end ? from : end;
  if ((old_end > end && !is_blank(unit + end, old_end - end)) || (to > behind && !is_blank(unit + behind, to - behind)))
    return rf_fail(err, RF_ERR_CARD, "the bytes after END, card %zu, would not be blank", count + 1);
  return RF_OK;
}

static rf_status read_unit(rf_file *file, const rf_hdu *hdu, char *unit, size_t n, rf_error *err) {
  if (!hdu->unpublished)
    return rf_store_read(file->store, hdu->header_offset, unit, n, err);
  rf_header_format(hdu->header, unit, n);
  return RF_OK;
}

rf_status rf_cards_patch_locked(rf_file *file, rf_hdu *hdu, uint64_t offset, const void *bytes, size_t n, bool *written,
                                rf_error *err) {
  size_t all, at = (size_t)offset; /* the header is in memory */
  char *unit;
  if (n == 0)
    return RF_OK;
  RF_TRY(allocate_unit(hdu->header_bytes, &unit, &all, err));
  rf_status status = read_unit(file, hdu, unit, all, err);
  if (status == RF_OK) {
    size_t old_count = count_cards(unit, all);
    memcpy(unit + at, bytes, n);
    status = check_patch(unit, all, at, at + n, old_count, err);
  }
  if (status == RF_OK && (count_cards(unit, all) + 1) * RF_CARD_BYTES + RF_BLOCK_BYTES <= all)
    put_end(unit, all, count_cards(unit, all));
  if (status == RF_OK)
    status = hdu->unpublished ? resize_data(file, hdu, unit, all / RF_CARD_BYTES, written, err)
                              : rf_file_replace_header_locked(file, hdu->index, unit, all, written, err);
  rf_free(unit);
  return status;
}

/* ---- beginning an HDU ---- */

/* Exclusive lock held. */
static rf_status begin_locked(rf_file *file, const char *cards, size_t count, size_t *index, rf_error *err) {
  size_t hdus;
  rf_header *header;
  RF_TRY(rf_file_scan_locked(file, &hdus, err));
  RF_TRY(rf_header_parse(cards, count * RF_CARD_BYTES, file->options.flags, &header, err));
  rf_status status = RF_OK;
  if (hdus == 0 && !rf_card_is(cards, "SIMPLE"))
    status = rf_file_append_primary(file, err);
  if (status == RF_OK)
    status = rf_file_append_begin_locked(file, header, 0, index, err);
  rf_header_free(header);
  return status;
}

rf_status rf_hdu_begin(rf_file *file, const char *cards, size_t count, size_t *index, rf_error *err) {
  size_t made = 0;
  rf_error_clear(err);
  rf_status status = check_list(cards, count, err);
  if (status == RF_OK)
    status = check_cards(cards, count, NULL, err);
  if (status == RF_OK)
    status = rf_file_begin_append(file, err);
  if (status == RF_OK) {
    status = begin_locked(file, cards, count, &made, err);
    status = rf_file_end_append(file, status, false, err);
  }
  if (status == RF_OK)
    *index = made;
  return rf_call_locate(file, RF_NO_HDU, status, err);
}
