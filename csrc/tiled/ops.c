/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of compressed images and tables in the list of kinds.
 */
#include "tiled/ops.h"

#include "file/hdu.h"
#include "tiled/image/header.h"
#include "tiled/image/image.h"
#include "tiled/table/header.h"

rf_status rf_tiled_image_get_plain(const rf_header *stored, rf_header **plain, rf_error *err) {
  size_t card;
  bool primary = rf_header_find(stored, "ZSIMPLE", 0, &card, NULL) == RF_OK;
  return rf_tiled_image_plain_header(stored, primary, plain, err);
}

rf_status rf_tiled_image_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err) {
  RF_TRY(rf_tiled_image_get_plain(stored, logical, err));
  rf_status status = rf_tiled_image_add_blank(file, hdu, stored, *logical, err);
  if (status != RF_OK)
    rf_header_free(*logical);
  return status;
}

rf_status rf_tiled_table_get_logical(rf_file *file, rf_hdu *hdu, const rf_header *stored, rf_header **logical,
                                     rf_error *err) {
  (void)file;
  (void)hdu;
  return rf_tiled_table_plain_header(stored, logical, err);
}
