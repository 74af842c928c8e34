/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The headers of HDUs as they are stored.
 */
#include "file/header.h"

#include <string.h>

#include "base/memory.h"
#include "file/warning.h"
#include "header/card.h"

/* Returns the stored bytes of a header if they are in memory, else NULL. Lock held. */
static const char *header_at_hand(const rf_file *file, const rf_hdu *hdu) {
  size_t n;
  return rf_to_size(hdu->header_bytes, &n) ? (const char *)rf_store_at_hand(file->store, hdu->header_offset, n) : NULL;
}

static rf_status parse_header(rf_file *file, const char *bytes, const rf_hdu *hdu, rf_header **header, rf_error *err) {
  size_t n = 0;
  while (n < hdu->header_bytes && !rf_card_is_end(bytes + n))
    n += RF_CARD_BYTES;
  /* The scan has seen END. */
  if (n >= hdu->header_bytes)
    return rf_fail(err, RF_ERR_FORMAT, "the header no longer has END: another program is changing the file");
  rf_file_judge_fill(file, hdu, bytes + n, (size_t)(hdu->header_bytes - n));
  return rf_header_parse(bytes, n + RF_CARD_BYTES, file->options.flags, header, err);
}

static rf_status read_header(rf_file *file, rf_hdu *hdu, rf_error *err) {
  size_t n;
  const char *bytes = header_at_hand(file, hdu);
  if (bytes != NULL)
    return parse_header(file, bytes, hdu, &hdu->header, err);
  if (!rf_to_size(hdu->header_bytes, &n))
    return rf_fail(err, RF_ERR_LIMIT, "a header of %llu bytes exceeds the memory",
                   (unsigned long long)hdu->header_bytes);
  char *buffer = rf_alloc(n);
  if (buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a header", n);
  rf_status status = rf_store_read(file->store, hdu->header_offset, buffer, n, err);
  if (status == RF_OK)
    status = parse_header(file, buffer, hdu, &hdu->header, err);
  rf_free(buffer);
  return status;
}

bool rf_file_is_header_known(rf_file *file, const rf_hdu *hdu) {
  rf_mutex_lock(&file->scan_lock);
  bool known = hdu->header != NULL;
  rf_mutex_unlock(&file->scan_lock);
  return known || header_at_hand(file, hdu) != NULL;
}

rf_status rf_file_header_locked(rf_file *file, rf_hdu *hdu, const rf_header **header, rf_error *err) {
  rf_status status = RF_OK;
  rf_mutex_lock(&file->scan_lock);
  if (hdu->header == NULL)
    status = read_header(file, hdu, err);
  *header = hdu->header;
  rf_mutex_unlock(&file->scan_lock);
  return status;
}

rf_status rf_file_keep_header_locked(rf_file *file, rf_hdu *hdu, rf_error *err) {
  return hdu->header == NULL ? read_header(file, hdu, err) : RF_OK;
}

rf_status rf_file_copy_header_locked(rf_file *file, rf_hdu *hdu, rf_header **header, rf_error *err) {
  const rf_header *kept;
  /* Bytes in memory that cannot change are not stored twice. */
  const char *bytes = file->store->writable ? NULL : header_at_hand(file, hdu);
  if (bytes != NULL) {
    rf_mutex_lock(&file->scan_lock);
    rf_status status = parse_header(file, bytes, hdu, header, err);
    rf_mutex_unlock(&file->scan_lock);
    return status;
  }
  RF_TRY(rf_file_header_locked(file, hdu, &kept, err));
  return rf_header_copy(kept, header, err);
}

uint64_t rf_hdu_spare_bytes(const rf_hdu *hdu, const rf_header *header) {
  uint64_t needed = rf_header_get_file_bytes(header, 0);
  return hdu->header_bytes > needed ? hdu->header_bytes - needed : 0;
}
