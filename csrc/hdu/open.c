/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Opening files with all kinds of HDU.
 */
#include "file/file.h"
#include "hdu/kinds.h"
#include "file/header.h"
#include "file/scan/scan.h"

rf_status rf_file_open(const char *name, rf_mode mode, const rf_options *options, rf_file **file, rf_error *err) {
  return rf_file_open_with(rf_hdu_kinds, name, mode, options, file, err);
}

rf_status rf_file_open_bytes(const void *bytes, size_t n, rf_mode mode, const rf_options *options, rf_file **file,
                             rf_error *err) {
  return rf_file_open_bytes_with(rf_hdu_kinds, bytes, n, mode, options, file, err);
}

rf_status rf_file_open_view(const void *bytes, size_t n, const rf_options *options, rf_file **file, rf_error *err) {
  return rf_file_open_view_with(rf_hdu_kinds, bytes, n, options, file, err);
}

rf_status rf_file_open_transport(const rf_transport *transport, const char *name, rf_mode mode,
                                 const rf_options *options, rf_file **file, rf_error *err) {
  return rf_file_open_transport_with(rf_hdu_kinds, transport, name, mode, options, file, err);
}

rf_status rf_file_open_driver(const rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                              rf_file **file, rf_error *err) {
  return rf_file_open_driver_with(rf_hdu_kinds, driver, name, mode, options, file, err);
}

/* Moves the header of an HDU out of the index of a file that is about to be closed. No other thread uses the file. */
static rf_status take_header(rf_file *file, size_t index, rf_header **header, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *stored;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  if (hdu->ops->get_logical != NULL)
    return rf_hdu_get_logical_header(file, index, header, err);
  RF_TRY(rf_file_header_locked(file, hdu, &stored, err));
  *header = hdu->header;
  hdu->header = NULL;
  return RF_OK;
}

rf_status rf_file_read_header(const char *name, const rf_options *options, size_t index, rf_header **header,
                              rf_error *err) {
  rf_file *file = NULL;
  rf_header *found = NULL;
  RF_TRY(rf_file_open(name, RF_MODE_READ, options, &file, err));
  rf_status status = take_header(file, index, &found, err);
  if (status != RF_OK) {
    status = rf_error_locate(err, status, file->name, index <= INT32_MAX ? (int)index : -1);
    (void)rf_file_free(file, NULL);
    return status;
  }
  status = rf_file_free(file, err);
  if (status == RF_OK)
    *header = found;
  else
    rf_header_free(found);
  return status;
}
