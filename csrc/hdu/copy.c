/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copying an HDU to another file. Only the cards that its place requires change (hdu/place.h).
 */
#include "base/memory.h"
#include "hdu/copy.h"

#include "hdu/checksum.h"
#include "hdu/place.h"
#include "table/edit.h"
#include "file/access.h"
#include "file/append.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

#define PIECE ((size_t)1 << 20)

/* ---- two files ---- */

/* Locks both files, in an order that avoids a deadlock of two threads. */
static rf_status lock_pair(rf_file *from, rf_file *to, rf_error *err) {
  bool reading = false;
  rf_status status;
  if (from->shared == to->shared) { /* one file: one lock */
    status = rf_file_begin_write(to, err);
    if (status != RF_OK)
      return rf_error_locate(err, status, to->name, -1);
    status = from == to ? RF_OK : rf_file_begin_beside(from, err);
    if (status != RF_OK)
      rf_file_end_write(to, RF_OK, false);
    return status == RF_OK ? RF_OK : rf_error_locate(err, status, from->name, -1);
  }
  if ((uintptr_t)from->shared < (uintptr_t)to->shared) {
    status = rf_file_begin_read(from, err);
    if (status != RF_OK)
      return rf_error_locate(err, status, from->name, -1);
    reading = true;
  }
  status = rf_file_begin_write(to, err);
  if (status != RF_OK) {
    if (reading)
      rf_file_end_read(from);
    return rf_error_locate(err, status, to->name, -1);
  }
  if (reading)
    return RF_OK;
  status = rf_file_begin_read(from, err);
  if (status == RF_OK)
    return RF_OK;
  rf_file_end_write(to, RF_OK, false);
  return rf_error_locate(err, status, from->name, -1);
}

static void end_pair(rf_file *from, rf_file *to) {
  rf_file_end_write(to, RF_OK, false);
  if (from->shared != to->shared)
    rf_file_end_read(from);
}

/* Waits until no other thread has an unpublished HDU in `to`. Holds no lock meanwhile. */
static rf_status wait_for_end(rf_file *to, rf_error *err) {
  rf_status status = rf_file_begin_append(to, err);
  if (status != RF_OK)
    return rf_error_locate(err, status, to->name, -1);
  rf_file_end_write(to, RF_OK, false);
  return RF_OK;
}

/* Flushes `from` and locks both files. Messages name the file. */
static rf_status begin_pair(rf_file *from, rf_file *to, rf_error *err) {
  for (;;) { /* between the locks, another thread may append again */
    RF_TRY(rf_file_flush(from, err));
    RF_TRY(wait_for_end(to, err));
    RF_TRY(lock_pair(from, to, err));
    bool flushed = !from->store->writable || !rf_file_has_pending(from);
    if (flushed && to->making == 0)
      return RF_OK;
    end_pair(from, to);
  }
}

rf_status rf_pair_call(rf_pair_step *step, const void *context, rf_file *from, size_t index, rf_file *to,
                       size_t *new_index, rf_error *err) {
  bool written = false;
  size_t made = 0, count = 0;
  rf_error_clear(err);
  RF_TRY(begin_pair(from, to, err));
  rf_status status = rf_file_scan_locked(to, &count, err);
  if (status == RF_OK) {
    status = step(context, from, index, to, &made, &written, err);
    if (status == RF_OK && from->shared != to->shared)
      status = rf_file_confirm_read(from, index, err);
  } else
    (void)rf_error_locate(err, status, to->name, -1);
  if (status == RF_OK) {
    status = rf_file_append_commit_locked(to, err);
    if (status != RF_OK)
      (void)rf_error_locate(err, status, to->name, -1);
  } else {
    rf_file_append_abort_locked(to);
  }
  end_pair(from, to);
  if (status != RF_OK)
    return rf_error_locate(err, status, from->name, index <= INT32_MAX ? (int)index : -1);
  if (new_index != NULL)
    *new_index = made;
  return RF_OK;
}

/* ---- the data ---- */

static rf_status copy_bytes(rf_file *from, uint64_t at, uint64_t n, rf_file *to, uint64_t to_at, rf_error *err) {
  size_t room = n < PIECE ? (size_t)n : PIECE;
  uint8_t *buffer = n > 0 ? rf_alloc(room) : NULL;
  if (n > 0 && buffer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a buffer of %zu bytes", room);
  rf_status status = RF_OK;
  for (uint64_t done = 0; done < n && status == RF_OK; done += room) {
    size_t piece = n - done < room ? (size_t)(n - done) : room;
    status = rf_store_read(from->store, at + done, buffer, piece, err);
    if (status == RF_OK) {
      status = rf_store_write(to->store, to_at + done, buffer, piece, err);
      if (status != RF_OK)
        (void)rf_error_locate(err, status, to->name, -1);
    }
  }
  rf_free(buffer);
  return status;
}

/* Keeps the bytes of the header if its size stays. */
static rf_status keep_header(rf_file *from, const rf_hdu *hdu, rf_file *to, const rf_hdu *made, rf_error *err) {
  if (made->header_bytes != hdu->header_bytes)
    return RF_OK;
  size_t n = (size_t)hdu->header_bytes; /* its cards are in memory */
  char *bytes = rf_alloc(n);
  if (bytes == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate %zu bytes for a header", n);
  rf_status status = rf_store_read(from->store, hdu->header_offset, bytes, n, err);
  if (status == RF_OK)
    rf_file_append_header_bytes_locked(to, bytes);
  else
    rf_free(bytes);
  return status;
}

static rf_status append_copy(rf_file *from, const rf_hdu *hdu, const rf_header *header, bool same, rf_file *to,
                             size_t *new_index, bool *written, rf_error *err) {
  uint64_t least = rf_header_get_file_bytes(header, 0) + (same ? rf_hdu_spare_bytes(hdu, header) : 0);
  RF_TRY(rf_file_append_begin_locked(to, header, least, new_index, err));
  const rf_hdu *made = to->hdus[*new_index];
  *written = true;
  RF_TRY(rf_file_append_reserve_locked(to, err));
  if (same)
    RF_TRY(keep_header(from, hdu, to, made, err));
  RF_TRY(copy_bytes(from, hdu->data_offset, hdu->data_bytes, to, made->data_offset, err));
  size_t card;
  bool summed = rf_header_find(header, "CHECKSUM", 0, &card, NULL) == RF_OK;
  return same || !summed ? RF_OK : rf_checksum_own_locked(to, *new_index, true, written, err);
}

rf_status rf_copy_locked(rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *old;
  size_t count;
  RF_TRY(rf_file_hdu_locked(from, index, &hdu, err));
  RF_TRY(rf_file_header_locked(from, hdu, &old, err));
  RF_TRY(rf_file_scan_locked(to, &count, err));
  bool first = count == 0, was_first = index == 0;
  if (was_first == first || !rf_place_is_free(hdu)) {
    if (was_first && !first)
      return rf_fail(err, RF_ERR_UNSUPPORTED, "random groups can only be the first HDU of a file");
    if (!was_first && first)
      RF_TRY(rf_file_append_primary(to, err));
    return append_copy(from, hdu, old, true, to, new_index, written, err);
  }
  rf_header *header;
  RF_TRY(rf_place_header(old, first, &header, err));
  rf_status status = append_copy(from, hdu, header, false, to, new_index, written, err);
  rf_header_free(header);
  return status;
}

static rf_status copy(const void *context, rf_file *from, size_t index, rf_file *to, size_t *new_index, bool *written,
                      rf_error *err) {
  (void)context;
  return rf_copy_locked(from, index, to, new_index, written, err);
}

rf_status rf_hdu_copy(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err) {
  return rf_pair_call(copy, NULL, from, index, to, new_index, err);
}
