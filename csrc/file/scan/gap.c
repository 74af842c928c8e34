/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finding HDUs after bytes that are not an HDU. Tapes, killed programs and careless copies leave blocks of zeros or
 * blanks between HDUs; a reader skips a bounded number of them. A writer that is about to overwrite the bytes after the
 * last HDU checks every block border.
 */
#include "file/scan/gap.h"

#include <string.h>

#include "header/card.h"

#define CHUNK_BLOCKS 16

bool rf_scan_is_extension(const uint8_t *bytes, size_t n) {
  return n >= RF_CARD_BYTES && rf_card_is((const char *)bytes, "XTENSION");
}

bool rf_scan_is_fill(const uint8_t *bytes, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != 0 && bytes[i] != ' ')
      return false;
  return true;
}

/* Returns the offset of the first block that is not fill, or `n`. */
static size_t fill_length(const uint8_t *bytes, size_t n) {
  for (size_t at = 0; at < n; at += RF_BLOCK_BYTES)
    if (!rf_scan_is_fill(bytes + at, n - at < RF_BLOCK_BYTES ? n - at : RF_BLOCK_BYTES))
      return at;
  return n;
}

/* Fetches the bytes that may be checked in one request. */
static rf_status fetch(rf_store *store, uint64_t from, size_t n, rf_error *err) {
  uint64_t size;
  if (!store->profile.prefetch)
    return RF_OK;
  RF_TRY(rf_store_size(store, &size, err));
  if (from >= size)
    return RF_OK;
  rf_range range = {from, size - from < n ? (size_t)(size - from) : n};
  return rf_store_prefetch(store, &range, 1, err);
}

rf_status rf_scan_skip_fill(rf_store *store, uint64_t from, uint64_t *offset, rf_gap_end *end, rf_error *err) {
  uint8_t chunk[CHUNK_BLOCKS * RF_BLOCK_BYTES];
  size_t blocks = store->profile.prefetch ? RF_GAP_REMOTE_BLOCKS : RF_GAP_BLOCKS;
  RF_TRY(fetch(store, from, blocks * RF_BLOCK_BYTES, err));
  *offset = from;
  while (blocks > 0) {
    size_t n = (blocks < CHUNK_BLOCKS ? blocks : CHUNK_BLOCKS) * RF_BLOCK_BYTES, got;
    RF_TRY(rf_store_read_at(store, *offset, chunk, n, &got, err));
    size_t fill = fill_length(chunk, got);
    if (fill < got) {
      *end = rf_scan_is_extension(chunk + fill, got - fill) ? RF_GAP_EXTENSION : RF_GAP_OTHER;
      *offset += fill;
      return RF_OK;
    }
    if (got < n) {
      *end = RF_GAP_FILE_END;
      return RF_OK;
    }
    *offset += n;
    blocks -= n / RF_BLOCK_BYTES;
  }
  *end = RF_GAP_LIMIT;
  return RF_OK;
}

rf_status rf_scan_find_extension(rf_store *store, uint64_t from, uint64_t limit, uint64_t *offset, bool *found,
                                 rf_error *err) {
  uint8_t card[RF_CARD_BYTES];
  size_t got;
  *found = false;
  for (uint64_t at = from; at < limit && limit - at >= RF_CARD_BYTES; at += RF_BLOCK_BYTES) {
    RF_TRY(rf_store_read_at(store, at, card, sizeof card, &got, err));
    if (rf_scan_is_extension(card, got)) {
      *offset = at;
      *found = true;
      return RF_OK;
    }
    if (got < sizeof card || limit - at < RF_BLOCK_BYTES)
      return RF_OK;
  }
  return RF_OK;
}
