/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The logical header of an HDU: for a compressed HDU, the header of the image or table in the tiles.
 */
#include "file/call.h"
#include "file/header.h"
#include "file/layout.h"
#include "header/header.h"
#include "header/protected.h"

static rf_status get_logical(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  rf_header **header = request;
  const rf_header *stored;
  RF_TRY(rf_file_header_locked(file, hdu, &stored, err));
  if (hdu->ops->get_logical != NULL)
    RF_TRY(hdu->ops->get_logical(file, hdu, stored, header, err));
  else
    RF_TRY(rf_header_copy(stored, header, err));
  rf_header_set_flags(*header, file->options.flags);
  return RF_OK;
}

rf_status rf_hdu_get_logical_header(rf_file *file, size_t index, rf_header **header, rf_error *err) {
  return rf_call_read(file, index, get_logical, header, err);
}

static rf_status set_logical(rf_file *file, rf_hdu *hdu, void *request, bool *written, rf_error *err) {
  const rf_header *header = request, *stored;
  rf_header *merged = NULL;
  RF_TRY(rf_file_header_locked(file, hdu, &stored, err));
  if (hdu->ops->merge_logical == NULL) {
    RF_TRY(rf_header_same_structure(stored, header, err));
    return rf_file_resize_locked(file, hdu->index, header, hdu->data_bytes, written, err);
  }
  RF_TRY(hdu->ops->merge_logical(stored, header, &merged, err));
  rf_status status = rf_file_resize_locked(file, hdu->index, merged, hdu->data_bytes, written, err);
  rf_header_free(merged);
  return status;
}

rf_status rf_hdu_set_logical_header(rf_file *file, size_t index, const rf_header *header, rf_error *err) {
  return rf_call_write(file, index, set_logical, (void *)(uintptr_t)header, err);
}
