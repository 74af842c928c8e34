/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Finds changes of an HDU by another program: compares its header in the file with that of the handle.
 */
#include <string.h>

#include "base/memory.h"
#include "file/scan/structure.h"
#include "header/card.h"
#include "file/compare.h"

static rf_status has_changed(rf_error *err) {
  return rf_fail(err, RF_ERR_CHANGED,
                 "another program has changed the file: the header of this HDU differs from the one that was read; "
                 "close the file and open it again");
}

static bool same_real(double a, double b) {
  return memcmp(&a, &b, sizeof a) == 0;
}

static bool same_scaling(const rf_hdu *a, const rf_hdu *b) {
  return same_real(a->bscale, b->bscale) && same_real(a->bzero, b->bzero) && a->bzero_is_2_63 == b->bzero_is_2_63 &&
         a->has_blank == b->has_blank && a->blank == b->blank;
}

/* Compares all properties except the length of the slowest axis and the data size. */
static bool same_properties(const rf_hdu *a, const rf_hdu *b) {
  if (a->ops != b->ops || a->bitpix != b->bitpix || a->naxis != b->naxis || a->pcount != b->pcount ||
      a->gcount != b->gcount || a->extver != b->extver || a->has_extname != b->has_extname ||
      (a->has_extname && strcmp(a->extname, b->extname) != 0))
    return false;
  for (int i = 0; i < a->naxis - 1; i++)
    if (a->axes[i] != b->axes[i])
      return false;
  return same_scaling(a, b);
}

/* Returns whether rows or planes were added after the known ones, which did not move. */
static bool has_grown(const rf_hdu *known, const rf_hdu *now) {
  bool in_place = (known->ops->flags & RF_KIND_GROWS_IN_PLACE) != 0 && known->pcount == 0;
  return in_place && known->naxis > 0 && now->naxis == known->naxis &&
         now->axes[now->naxis - 1] > known->axes[known->naxis - 1];
}

static bool same_length(const rf_hdu *a, const rf_hdu *b) {
  return a->naxis == 0 || a->axes[a->naxis - 1] == b->axes[b->naxis - 1];
}

/* Compares cards, except the one of NAXISn with n = `but` (0: none). */
static bool same_cards(const char *a, const char *b, size_t count, int but) {
  char keyword[9] = "";
  if (but == 0)
    return memcmp(a, b, count * RF_CARD_BYTES) == 0;
  memcpy(keyword, "NAXIS", 5);
  if (but < 10)
    keyword[5] = (char)('0' + but);
  for (size_t i = 0; i < count; i++, a += RF_CARD_BYTES, b += RF_CARD_BYTES)
    if (memcmp(a, b, RF_CARD_BYTES) != 0 && !(rf_card_is(a, keyword) && rf_card_is(b, keyword)))
      return false;
  return true;
}

/* Compares with the parsed cards and with the first bytes of the file, where the handle has them. */
static bool same_as_kept(rf_file *file, const rf_hdu *hdu, const rf_header *header, const char *bytes, int but) {
  size_t count = rf_header_get_count(header), n = (size_t)hdu->header_bytes;
  rf_mutex_lock(&file->scan_lock);
  const rf_header *known = hdu->header;
  rf_mutex_unlock(&file->scan_lock);
  const char *head = (const char *)rf_store_at_hand(file->store, hdu->header_offset, n);
  if (known != NULL && (rf_header_get_count(known) != count ||
                        !same_cards(rf_header_get_cards(known), rf_header_get_cards(header), count, but)))
    return false;
  return head == NULL || same_cards(head, bytes, n / RF_CARD_BYTES, but);
}

static rf_status compare_header(rf_file *file, size_t index, const rf_hdu *hdu, const rf_header *header,
                                const char *bytes, rf_error *err) {
  rf_hdu now;
  rf_status status =
      rf_hdu_parse(file->kinds, rf_header_get_cards(header), rf_header_get_count(header), index == 0, &now, NULL);
  if (status != RF_OK)
    return status == RF_ERR_MEMORY ? rf_fail(err, status, "cannot allocate an entry of the index") : has_changed(err);
  bool grown = has_grown(hdu, &now);
  bool same = same_properties(hdu, &now) && (grown || same_length(hdu, &now)) &&
              same_as_kept(file, hdu, header, bytes, grown ? hdu->naxis : 0);
  rf_hdu_clear(&now);
  return same ? RF_OK : has_changed(err);
}

/* Compares with n bytes, the header that the file has now. */
static rf_status compare_bytes(rf_file *file, size_t index, const rf_hdu *hdu, const char *bytes, size_t n,
                               rf_error *err) {
  rf_header *header;
  uint64_t size = 0;
  size_t end = 0;
  while (end < n && !rf_card_is_end(bytes + end))
    end += RF_CARD_BYTES;
  if (end >= n || !rf_block_ceil(end + RF_CARD_BYTES, &size) || size != n)
    return has_changed(err);
  rf_status status = rf_header_parse(bytes, end + RF_CARD_BYTES, file->options.flags, &header, NULL);
  if (status != RF_OK)
    return status == RF_ERR_MEMORY ? rf_fail(err, status, "cannot allocate %zu bytes for a header", n)
                                   : has_changed(err);
  status = compare_header(file, index, hdu, header, bytes, err);
  rf_header_free(header);
  return status;
}

rf_status rf_file_compare_hdu(rf_file *file, size_t index, rf_hdu *hdu, rf_error *err) {
  size_t n;
  if (hdu->has_changed)
    return has_changed(err);
  if (hdu->unpublished) /* not in the file yet */
    return RF_OK;
  if (!rf_to_size(hdu->header_bytes, &n))
    return rf_fail(err, RF_ERR_LIMIT, "a header of %llu bytes exceeds the memory",
                   (unsigned long long)hdu->header_bytes);
  char *bytes = rf_alloc(n);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a header", n);
  rf_status status = rf_store_read_again(file->store, hdu->header_offset, bytes, n, NULL);
  if (status == RF_OK)
    status = compare_bytes(file, index, hdu, bytes, n, err);
  else if (status == RF_ERR_TRUNCATED)
    status = has_changed(err);
  else
    status = rf_store_read_again(file->store, hdu->header_offset, bytes, n, err);
  rf_free(bytes);
  return status;
}
