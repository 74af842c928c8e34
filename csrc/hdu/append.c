/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Appending an HDU behind the last one.
 */
#include <string.h>

#include "base/memory.h"
#include "hdu/layout.h"
#include "hdu/scan_gap.h"

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

rf_status rf_file_check_whole_locked(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, end = hdu->data_offset + hdu->data_bytes; /* within 63 bits since the scan */
  if (hdu->unpublished)
    return RF_OK;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (size >= end)
    return RF_OK;
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "the data unit is cut short: %llu of its %llu bytes are missing, and it is not to be changed",
                 (unsigned long long)smaller(end - size, hdu->data_bytes), (unsigned long long)hdu->data_bytes);
}

/* Bytes that the last data unit promises and the file does not have. */
static rf_status check_last_complete(const rf_file *file, uint64_t size, rf_error *err) {
  if (file->hdu_count == 0)
    return RF_OK;
  const rf_hdu *last = file->hdus[file->hdu_count - 1];
  uint64_t end = last->data_offset + last->data_bytes;
  if (size >= end)
    return RF_OK;
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "HDU %zu is cut short: %llu of its %llu bytes of data are missing, and nothing can be put behind it",
                 file->hdu_count - 1, (unsigned long long)smaller(end - size, last->data_bytes),
                 (unsigned long long)last->data_bytes);
}

/* What lies behind the last HDU is overwritten or cut off, unless it may be HDUs: an XTENSION card on a block border.
 * What a killed append leaves has none. */
static rf_status check_nothing_hidden(rf_file *file, uint64_t begin, uint64_t size, rf_error *err) {
  uint64_t offset = 0;
  bool found = false;
  if (begin < size)
    RF_TRY(rf_scan_find_extension(file->store, begin, size, &offset, &found, err));
  if (!found)
    return RF_OK;
  rf_error_at(err, (int64_t)offset);
  return rf_fail(err, RF_ERR_FORMAT,
                 "nothing can be put behind the last HDU, which ends at byte %llu: an XTENSION card at byte %llu may "
                 "begin an HDU that is not read because of the bytes before it; cut the file or repair it first",
                 (unsigned long long)begin, (unsigned long long)offset);
}

/* Writes a header so that a program that dies half way leaves no HDU with a broken header: until the first block is
 * there, what lies behind the last HDU does not begin with XTENSION and counts as trailing bytes. */
static rf_status write_header_last_block_first(rf_file *file, uint64_t offset, const char *bytes, size_t n,
                                               rf_error *err) {
  if (n > RF_BLOCK_BYTES)
    RF_TRY(rf_store_write(file->store, offset + RF_BLOCK_BYTES, bytes + RF_BLOCK_BYTES, n - RF_BLOCK_BYTES, err));
  return rf_store_write(file->store, offset, bytes, RF_BLOCK_BYTES, err);
}

/* Makes the file end behind the new HDU, all zero from where that begins. `size` is what it was. Trailing bytes that
 * were no HDU must not end up between two: they are overwritten and cut off. */
static rf_status make_room(rf_file *file, uint64_t begin, uint64_t end, uint64_t size, rf_error *err) {
  const rf_hdu *last = file->hdu_count > 0 ? file->hdus[file->hdu_count - 1] : NULL;
  if (end > size)
    RF_TRY(rf_store_truncate(file->store, end, err));
  /* Padding that the last data unit lacks is zero now. */
  if (last != NULL && rf_hdu_padding(last) != 0 && size < begin)
    RF_TRY(rf_layout_fill(file, size, begin, rf_hdu_padding(last), err));
  RF_TRY(rf_layout_fill(file, begin, smaller(size, end), 0, err));
  return end < size ? rf_store_truncate(file->store, end, err) : RF_OK;
}

static rf_status append_entry(rf_file *file, const rf_header *header, uint64_t least, rf_hdu *hdu, rf_error *err) {
  uint64_t size, begin = file->scan_offset, end = 0;
  char *bytes;
  size_t n = 0;
  RF_TRY(rf_store_size(file->store, &size, err));
  RF_TRY(check_last_complete(file, size, err));
  RF_TRY(check_nothing_hidden(file, begin, size, err));
  RF_TRY(rf_layout_format_header(file, header, least, &bytes, &n, err));
  hdu->header_offset = begin;
  hdu->header_bytes = n;
  hdu->data_offset = begin + n;
  rf_status status;
  if (!rf_add_u64(hdu->data_offset, hdu->data_bytes, &end) || !rf_round_block(end, &end) || end > INT64_MAX) {
    status = rf_fail(err, RF_ERR_LIMIT, "the file would become longer than 63 bits can say");
  } else {
    status = make_room(file, begin, end, size, err);
    if (status == RF_OK && rf_hdu_padding(hdu) != 0)
      status = rf_layout_fill(file, hdu->data_offset + hdu->data_bytes, end, rf_hdu_padding(hdu), err);
    if (status == RF_OK)
      status = write_header_last_block_first(file, begin, bytes, n, err);
    if (status != RF_OK && rf_store_truncate(file->store, size, NULL) != RF_OK) {
      /* Rather unusable than with something half made in it. */
      file->tainted = true;
      memcpy(file->taint, "appending failed and could not be undone", 41);
    }
  }
  rf_free(bytes);
  if (status == RF_OK)
    file->scan_offset = end;
  return status;
}

/* What the last HDU has put off is to be done now: it will not be the last one any more. */
static rf_status settle_last(rf_file *file, rf_error *err) {
  rf_hdu *last = file->hdu_count > 0 ? file->hdus[file->hdu_count - 1] : NULL;
  bool written = false;
  if (last == NULL || last->settle == NULL)
    return RF_OK;
  rf_status status = last->settle(file, file->hdu_count - 1, &written, err);
  if (status != RF_OK && written) {
    file->tainted = true;
    memcpy(file->taint, "moving a heap failed", 21);
  }
  return status;
}

rf_status rf_file_append_locked(rf_file *file, const rf_header *header, size_t *index, rf_error *err) {
  return rf_file_append_room_locked(file, header, 0, index, err);
}

rf_status rf_file_append_room_locked(rf_file *file, const rf_header *header, uint64_t least, size_t *index,
                                     rf_error *err) {
  size_t count;
  rf_hdu *hdu;
  if (file->closed)
    return rf_fail(err, RF_ERR_CLOSED, "the file is closed");
  RF_TRY(rf_file_scan_locked(file, &count, err));
  if (count >= file->options.limits.hdus)
    return rf_fail(err, RF_ERR_LIMIT, "the file has %zu HDUs, which is the limit", count);
  RF_TRY(settle_last(file, err));
  RF_TRY(rf_file_add_entry(file, &hdu, err));
  rf_status status = rf_layout_parse_header(header, count == 0, hdu, err);
  if (status != RF_OK) {
    rf_free(hdu);
    return status;
  }
  status = append_entry(file, header, least, hdu, err);
  if (status != RF_OK) {
    rf_hdu_clear(hdu);
    rf_free(hdu);
    return status;
  }
  file->hdus[count] = hdu;
  file->hdu_count = count + 1;
  rf_layout_count_edit(file);
  *index = count;
  return RF_OK;
}
