/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The skeleton of public calls about one HDU.
 */
#include "file/call.h"
#include "file/access.h"
#include "file/scan/scan.h"
#include "file/unpublished.h"

rf_status rf_call_locate(const rf_file *file, size_t index, rf_status status, rf_error *err) {
  if (status == RF_OK)
    return RF_OK;
  return rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
}

rf_status rf_call_read(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err) {
  rf_hdu *hdu;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_file_hdu_locked(file, index, &hdu, err);
    if (status == RF_OK)
      status = run(file, hdu, request, err);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return rf_call_locate(file, index, status, err);
}

rf_status rf_call_find_visible(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err) {
  RF_TRY(rf_file_hdu_locked(file, index, hdu, err));
  if (rf_file_is_visible(file, *hdu))
    return RF_OK;
  return rf_fail(err, RF_ERR_NOT_FOUND, "no HDU %zu: it is not complete", index);
}

rf_status rf_call_get(rf_file *file, size_t index, rf_read_step run, void *request, rf_error *err) {
  rf_hdu *hdu;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_call_find_visible(file, index, &hdu, err);
    if (status == RF_OK)
      status = run(file, hdu, request, err);
    rf_file_end_read(file);
  }
  return rf_call_locate(file, index, status, err);
}

rf_status rf_call_write(rf_file *file, size_t index, rf_write_step run, void *request, rf_error *err) {
  bool written = false;
  rf_hdu *hdu;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = rf_file_hdu_locked(file, index, &hdu, err);
    if (status == RF_OK)
      status = run(file, hdu, request, &written, err);
    rf_file_end_write(file, status, written);
  }
  return rf_call_locate(file, index, status, err);
}
