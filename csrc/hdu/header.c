/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The logical header of an HDU: that of what is in the tiles, where the HDU is compressed.
 */
#include "file/file.h"

/* Lock held. */
static rf_status get_logical(rf_file *file, size_t index, rf_header **header, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *stored;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &stored, err));
  if (hdu->ops->get_logical == NULL)
    return rf_header_copy(stored, header, err);
  return hdu->ops->get_logical(file, hdu, stored, header, err);
}

rf_status rf_hdu_get_logical_header(rf_file *file, size_t index, rf_header **header, rf_error *err) {
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = get_logical(file, index, header, err);
    if (status == RF_OK)
      rf_header_set_flags(*header, file->options.flags);
    status = rf_file_end_read_of(file, index, status, err);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}

/* Exclusive lock held. */
static rf_status set_logical_header(rf_file *file, size_t index, const rf_header *header, bool *written,
                                    rf_error *err) {
  rf_hdu *hdu;
  const rf_header *own;
  rf_header *merged = NULL;
  RF_TRY(rf_file_hdu_locked(file, index, &hdu, err));
  RF_TRY(rf_file_header_locked(file, hdu, &own, err));
  if (hdu->ops->merge_logical == NULL) {
    RF_TRY(rf_header_same_structure(own, header, err));
    return rf_file_resize_locked(file, index, header, hdu->data_bytes, written, err);
  }
  RF_TRY(hdu->ops->merge_logical(own, header, &merged, err));
  rf_status status = rf_file_resize_locked(file, index, merged, hdu->data_bytes, written, err);
  rf_header_free(merged);
  return status;
}

rf_status rf_hdu_set_logical_header(rf_file *file, size_t index, const rf_header *header, rf_error *err) {
  bool written = false;
  rf_error_clear(err);
  rf_status status = rf_file_begin_write(file, err);
  if (status == RF_OK) {
    status = set_logical_header(file, index, header, &written, err);
    rf_file_end_write(file, status, written);
  }
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, rf_file_name(file), (int)index);
}
