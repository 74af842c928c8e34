/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The bytes of an HDU (rustfits/lowlevel/raw.h).
 */
#include <string.h>

#include "base/memory.h"
#include "file/access.h"
#include "file/append.h"
#include "file/call.h"
#include "file/layout.h"
#include "hdu/cards.h"

typedef struct bytes_request {
  rf_hdu_part part;
  uint64_t offset;
  void *out;      /* of a read */
  const void *in; /* of a write */
  size_t n;
} bytes_request;

/* ---- checks ---- */

static rf_status check_request(const bytes_request *request, bool has_bytes, rf_error *err) {
  if (request->part != RF_PART_HEADER && request->part != RF_PART_DATA)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected RF_PART_HEADER or RF_PART_DATA, found %d", (int)request->part);
  if (request->n > 0 && !has_bytes)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected %zu bytes, found NULL", request->n);
  return RF_OK;
}

static rf_status check_range(const rf_hdu *hdu, const bytes_request *request, rf_error *err) {
  bool is_header = request->part == RF_PART_HEADER;
  uint64_t bytes = is_header ? hdu->header_bytes : hdu->data_bytes;
  if (request->offset <= bytes && request->n <= bytes - request->offset)
    return RF_OK;
  return rf_fail(err, RF_ERR_RANGE, "%zu bytes from byte %llu on exceed the %llu bytes of the %s", request->n,
                 (unsigned long long)request->offset, (unsigned long long)bytes, is_header ? "header" : "data unit");
}

/* ---- reading ---- */

static rf_status read_bytes(rf_file *file, rf_hdu *hdu, void *context, rf_error *err) {
  const bytes_request *request = context;
  uint64_t from = request->part == RF_PART_HEADER ? hdu->header_offset : hdu->data_offset;
  char *header;
  size_t n;
  if (!rf_file_is_visible(file, hdu))
    return rf_fail(err, RF_ERR_NOT_FOUND, "no HDU %zu: it is not complete", hdu->index);
  RF_TRY(check_range(hdu, request, err));
  if (request->n == 0)
    return RF_OK;
  if (request->part == RF_PART_DATA || !hdu->unpublished)
    return rf_store_read(file->store, from + request->offset, request->out, request->n, err);
  /* in memory only */
  RF_TRY(rf_layout_format_header(file, hdu->header, hdu->header_bytes, &header, &n, err));
  memcpy(request->out, header + request->offset, request->n);
  rf_free(header);
  return RF_OK;
}

rf_status rf_hdu_read_raw(rf_file *file, size_t index, rf_hdu_part part, uint64_t offset, void *buffer, size_t n,
                          rf_error *err) {
  bytes_request request = {.part = part, .offset = offset, .out = buffer, .n = n};
  rf_error_clear(err);
  rf_status status = check_request(&request, buffer != NULL, err);
  return status == RF_OK ? rf_call_read(file, index, read_bytes, &request, err)
                         : rf_call_locate(file, index, status, err);
}

/* ---- writing ---- */

static rf_status write_data(rf_file *file, rf_hdu *hdu, const bytes_request *request, bool *written, rf_error *err) {
  RF_TRY(rf_file_check_whole_locked(file, hdu, err));
  if (request->n == 0)
    return RF_OK;
  *written = true;
  RF_TRY(rf_store_write(file->store, hdu->data_offset + request->offset, request->in, request->n, err));
  rf_hdu_forget(hdu);
  rf_layout_count_edit(file);
  return RF_OK;
}

static rf_status write_bytes(rf_file *file, rf_hdu *hdu, void *context, bool *written, rf_error *err) {
  const bytes_request *request = context;
  RF_TRY(rf_file_flush_hdu_locked(file, hdu, written, err));
  RF_TRY(check_range(hdu, request, err));
  return request->part == RF_PART_DATA
             ? write_data(file, hdu, request, written, err)
             : rf_cards_patch_locked(file, hdu, request->offset, request->in, request->n, written, err);
}

rf_status rf_hdu_write_raw(rf_file *file, size_t index, rf_hdu_part part, uint64_t offset, const void *buffer, size_t n,
                           rf_error *err) {
  bytes_request request = {.part = part, .offset = offset, .in = buffer, .n = n};
  rf_error_clear(err);
  rf_status status = check_request(&request, buffer != NULL, err);
  return status == RF_OK ? rf_call_write(file, index, write_bytes, &request, err)
                         : rf_call_locate(file, index, status, err);
}
