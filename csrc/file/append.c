/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Beginning an HDU after the last one. file/unpublished.c publishes or removes it.
 */
#include "base/memory.h"
#include "file/layout.h"
#include "file/scan/gap.h"
#include "file/access.h"
#include "file/append.h"

#include "file/scan/scan.h"
#include "file/unpublished.h"
#include "header/header.h"
#include "header/build.h"

static uint64_t smaller(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

rf_status rf_file_check_whole_locked(rf_file *file, const rf_hdu *hdu, rf_error *err) {
  uint64_t size, end = hdu->data_offset + hdu->data_bytes; /* at most 63 bits, as the scan has checked */
  if (hdu->unpublished)
    return RF_OK;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (size >= end)
    return RF_OK;
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "the data unit is cut short: %llu of its %llu bytes are missing; it cannot be changed",
                 (unsigned long long)smaller(end - size, hdu->data_bytes), (unsigned long long)hdu->data_bytes);
}

/* Fails if the file lacks bytes of the last data unit. */
static rf_status check_last_complete(const rf_file *file, uint64_t size, rf_error *err) {
  if (file->hdu_count == 0)
    return RF_OK;
  const rf_hdu *last = file->hdus[file->hdu_count - 1];
  uint64_t end = last->data_offset + last->data_bytes;
  if (size >= end)
    return RF_OK;
  return rf_fail(err, RF_ERR_TRUNCATED,
                 "HDU %zu is cut short: %llu of its %llu bytes of data are missing; no HDU can follow it",
                 file->hdu_count - 1, (unsigned long long)smaller(end - size, last->data_bytes),
                 (unsigned long long)last->data_bytes);
}

/* Fails if the bytes after the last HDU, which are about to be overwritten, may be HDUs: an XTENSION card on a block
 * border. A killed append leaves no such card. */
static rf_status check_nothing_hidden(rf_file *file, uint64_t begin, uint64_t size, rf_error *err) {
  uint64_t offset = 0;
  bool found = false;
  if (begin < size)
    RF_TRY(rf_scan_find_extension(file->store, begin, size, &offset, &found, err));
  if (!found)
    return RF_OK;
  rf_error_at(err, (int64_t)offset);
  return rf_fail(
      err, RF_ERR_FORMAT,
      "no HDU can follow the last one, which ends at byte %llu: an XTENSION card at byte %llu may begin an HDU "
      "that is not read because of the bytes before it; truncate or repair the file first",
      (unsigned long long)begin, (unsigned long long)offset);
}

/* Prepares the end of the file for a new HDU: truncates bytes after the last HDU, or adds its missing padding. */
static rf_status prepare_end(rf_file *file, uint64_t begin, uint64_t size, rf_error *err) {
  const rf_hdu *last = file->hdu_count > 0 ? file->hdus[file->hdu_count - 1] : NULL;
  file->making_missing = size < begin ? begin - size : 0;
  if (size > begin)
    return rf_store_truncate(file->store, begin, err);
  /* Padding of zeros needs no write. */
  if (last != NULL && last->ops->fill != 0)
    return rf_layout_fill(file, size, begin, last->ops->fill, err);
  return RF_OK;
}

static rf_status prepare_entry(rf_file *file, const rf_header *header, uint64_t least, rf_hdu *hdu, uint64_t *end,
                               rf_error *err) {
  uint64_t bytes = rf_header_get_file_bytes(header, 0);
  hdu->header_offset = file->scan_offset;
  hdu->header_bytes = bytes > least ? bytes : least;
  RF_TRY(rf_layout_check_header(file, hdu->header_bytes, err));
  hdu->data_offset = hdu->header_offset + hdu->header_bytes;
  if (!rf_add_u64(hdu->data_offset, hdu->data_bytes, end) || !rf_block_ceil(*end, end) || *end > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the size of the file is beyond 63 bits");
  RF_TRY(rf_header_copy(header, &hdu->header, err));
  rf_header_set_flags(hdu->header, file->options.flags);
  return RF_OK;
}

static rf_status begin_entry(rf_file *file, const rf_header *header, uint64_t least, rf_hdu *hdu, rf_error *err) {
  uint64_t size, begin = file->scan_offset, end = 0;
  RF_TRY(rf_store_size(file->store, &size, err));
  if (file->making == 0) {
    RF_TRY(check_last_complete(file, size, err));
    RF_TRY(check_nothing_hidden(file, begin, size, err));
  }
  RF_TRY(prepare_entry(file, header, least, hdu, &end, err));
  rf_status status = file->making == 0 ? prepare_end(file, begin, size, err) : RF_OK;
  if (status == RF_OK)
    status = rf_unpublished_fill_tiles(file, hdu, err);
  if (status != RF_OK && file->making == 0 && size < begin && rf_store_truncate(file->store, size, NULL) != RF_OK)
    rf_file_taint(file, "appending failed and cannot be undone");
  if (status == RF_OK)
    file->scan_offset = end;
  return status;
}

/* Flushes pending work of the last HDU, after which another HDU follows. */
static rf_status flush_last(rf_file *file, rf_error *err) {
  rf_hdu *last = file->hdu_count > 0 ? file->hdus[file->hdu_count - 1] : NULL;
  bool written = false;
  if (last == NULL || !last->pending)
    return RF_OK;
  rf_status status = last->ops->flush(file, last, &written, err);
  if (status != RF_OK && written)
    rf_file_taint(file, "moving a heap failed");
  return status;
}

rf_status rf_file_append_begin_locked(rf_file *file, const rf_header *header, uint64_t least, size_t *index,
                                      rf_error *err) {
  size_t count;
  rf_hdu *hdu;
  if (file->closed)
    return rf_fail(err, RF_ERR_CLOSED, "the file is closed");
  RF_TRY(rf_file_scan_locked(file, &count, err));
  if (count >= file->limits.hdus)
    return rf_fail(err, RF_ERR_LIMIT, "the file has %zu HDUs, which is the limit", count);
  if (file->making == 0)
    RF_TRY(flush_last(file, err));
  RF_TRY(rf_file_add_entry(file, &hdu, err));
  rf_status status = rf_layout_parse_header(file, header, count == 0, hdu, err);
  if (status != RF_OK) {
    rf_free(hdu);
    return status;
  }
  status = begin_entry(file, header, least, hdu, err);
  if (status != RF_OK) {
    rf_hdu_clear(hdu);
    rf_free(hdu);
    return status;
  }
  hdu->index = count;
  hdu->unpublished = true;
  file->making++;
  file->maker = rf_thread_mark();
  file->maker_forks = rf_fork_count();
  file->hdus[count] = hdu;
  file->hdu_count = count + 1;
  rf_layout_count_edit(file);
  *index = count;
  return RF_OK;
}

rf_status rf_file_primary_header(rf_header **header, rf_error *err) {
  rf_header *made;
  RF_TRY(rf_header_new(&made, err));
  rf_status status = rf_header_append_logical(made, "SIMPLE", true, "conforms to FITS standard", err);
  if (status == RF_OK)
    status = rf_header_append_integer(made, "BITPIX", 8, "number of bits per data pixel", err);
  if (status == RF_OK)
    status = rf_header_append_integer(made, "NAXIS", 0, "number of data axes", err);
  if (status == RF_OK)
    status = rf_header_append_logical(made, "EXTEND", true, "FITS dataset may contain extensions", err);
  if (status == RF_OK)
    *header = made;
  else
    rf_header_free(made);
  return status;
}

rf_status rf_file_append_primary(rf_file *file, rf_error *err) {
  rf_header *header;
  size_t index;
  RF_TRY(rf_file_primary_header(&header, err));
  rf_status status = rf_file_append_begin_locked(file, header, 0, &index, err);
  rf_header_free(header);
  return status;
}
