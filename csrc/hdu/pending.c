/* SPDX-License-Identifier: BSD-3-Clause */
/* Only on this branch, gone before it is merged: whoever writes one of these takes it out of here. */
#include "base/error.h"

rf_status rf_hdu_copy(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err) {
  (void)from;
  (void)index;
  (void)to;
  (void)new_index;
  (void)err;
  rf_error_clear(err);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%s is not there yet", __func__);
}

rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                      const rf_table_compression *table, size_t *new_index, rf_error *err) {
  (void)from;
  (void)index;
  (void)to;
  (void)image;
  (void)table;
  (void)new_index;
  (void)err;
  rf_error_clear(err);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%s is not there yet", __func__);
}

rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err) {
  (void)from;
  (void)index;
  (void)to;
  (void)new_index;
  (void)err;
  rf_error_clear(err);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "%s is not there yet", __func__);
}

