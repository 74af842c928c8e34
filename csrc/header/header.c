/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A header: its cards in memory as they are in the file.
 */
#include "header/header.h"

#include "base/memory.h"
#include "base/text.h"
#include "header/card.h"
#include "header/index.h"
#include "header/internal.h"

/* ------------------------------ life ------------------------------ */

rf_status rf_header_new(rf_header **header, rf_error *err) {
  rf_error_clear(err);
  rf_header *h = rf_alloc_zero(1, sizeof *h);
  if (h == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a header");
  *header = h;
  return RF_OK;
}

void rf_header_free(rf_header *header) {
  if (header == NULL)
    return;
  rf_text_free(&header->text);
  rf_text_free(&header->cut);
  rf_index_free(header->index);
  rf_free(header->cards);
  rf_free(header);
}

static rf_status new_with_cards(const void *cards, size_t count, rf_header **header, rf_error *err) {
  rf_header *h = NULL;
  RF_TRY(rf_header_new(&h, err));
  h->cards = rf_alloc(count * RF_CARD_BYTES);
  if (h->cards == NULL) {
    rf_header_free(h);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for a header of %zu cards", count);
  }
  if (count > 0)
    memcpy(h->cards, cards, count * RF_CARD_BYTES);
  h->count = count;
  h->used = count;
  h->capacity = count;
  *header = h;
  return RF_OK;
}

rf_status rf_header_copy(const rf_header *header, rf_header **copy, rf_error *err) {
  rf_error_clear(err);
  header = rf_header_flat(header);
  RF_TRY(new_with_cards(header->cards, header->count, copy, err));
  (*copy)->odd = header->odd;
  (*copy)->masked = header->masked;
  return RF_OK;
}

void rf_header_set_flags(rf_header *header, uint32_t flags) {
  header->masked = (flags & RF_OPEN_LENIENT) != 0;
}

/* ------------------------------ parsing ------------------------------ */

/* RF_ERR_CARD for the first card that has a byte outside printable ASCII. */
static rf_status refuse(const rf_header *header, rf_error *err) {
  for (size_t i = 0; i < header->count; i++)
    if (!rf_card_is_printable(header->cards + i * RF_CARD_BYTES))
      return rf_card_refuse(header->cards + i * RF_CARD_BYTES, i + 1, err);
  return RF_OK;
}

/* Blank cards before an END that begins a block are free space of an earlier edit (rf_header_format()), not content. */
static size_t without_reserve(const char *cards, size_t count) {
  if (count * RF_CARD_BYTES % RF_BLOCK_BYTES != 0)
    return count;
  while (count > 0 && cards[(count - 1) * RF_CARD_BYTES] == ' ' &&
         memcmp(cards + (count - 1) * RF_CARD_BYTES, cards + (count - 1) * RF_CARD_BYTES + 1, RF_CARD_BYTES - 1) == 0)
    count--;
  return count;
}

rf_status rf_header_parse(const void *bytes, size_t n, uint32_t flags, rf_header **header, rf_error *err) {
  rf_error_clear(err);
  if (n % RF_CARD_BYTES != 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "a header is made of 80-byte cards; %zu bytes are not", n);
  const char *cards = bytes;
  size_t count = 0;
  while (count < n / RF_CARD_BYTES && !rf_card_is_end(cards + count * RF_CARD_BYTES))
    count++;
  if (count < n / RF_CARD_BYTES)
    count = without_reserve(cards, count);
  rf_header *h = NULL;
  RF_TRY(new_with_cards(cards, count, &h, err));
  h->odd = !rf_all_printable(h->cards, h->count * RF_CARD_BYTES);
  rf_header_set_flags(h, flags);
  rf_status status = h->odd && (flags & RF_OPEN_STRICT) != 0 ? refuse(h, err) : RF_OK;
  if (status != RF_OK) {
    rf_header_free(h);
    return status;
  }
  *header = h;
  return RF_OK;
}

/* ------------------------------ size and layout ------------------------------ */

size_t rf_header_get_count(const rf_header *header) {
  return header->count;
}

const char *rf_header_get_cards(const rf_header *header) {
  return rf_header_flat(header)->cards;
}

uint64_t rf_header_get_file_bytes(const rf_header *header, uint32_t more) {
  uint64_t bytes = ((uint64_t)header->count + more + 1) * RF_CARD_BYTES;
  return (bytes + RF_BLOCK_BYTES - 1) / RF_BLOCK_BYTES * RF_BLOCK_BYTES;
}

/* END goes to the last block, whatever the number of cards: readers take the block it is in for the header's end. */
void rf_header_format(const rf_header *header, void *out, uint64_t bytes) {
  size_t used = rf_header_flat(header)->count * RF_CARD_BYTES;
  size_t end = (size_t)bytes - RF_BLOCK_BYTES > used ? (size_t)bytes - RF_BLOCK_BYTES : used;
  char *p = out;
  if (used > 0)
    memcpy(p, header->cards, used);
  memset(p + used, ' ', (size_t)bytes - used);
  memcpy(p + end, "END", 3);
}

int rf_header_is_printable(const rf_header *header) {
  return !header->odd || rf_all_printable(rf_header_flat(header)->cards, header->count * RF_CARD_BYTES);
}
