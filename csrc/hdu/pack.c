/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packing and unpacking HDUs of any kind.
 */
#include "hdu/pack.h"

#include "hdu/table.h"
#include "hdu/ztable.h"

typedef struct packing {
  bool unpack;
  const rf_compression *image;
  const rf_table_compression *table;
} packing;

static rf_status pack_locked(const packing *how, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                             bool *written, rf_error *err) {
  rf_hdu *hdu;
  RF_TRY(rf_file_hdu_locked(from, index, &hdu, err));
  if (how->unpack && hdu->kind == RF_HDU_COMPRESSED_IMAGE)
    return rf_image_unpack_locked(from, index, to, new_index, written, err);
  if (how->unpack && hdu->kind == RF_HDU_COMPRESSED_TABLE)
    return rf_ztable_unpack(from, index, to, new_index, written, err);
  if (!how->unpack && hdu->kind == RF_HDU_IMAGE && hdu->data_bytes > 0)
    return rf_image_pack_locked(from, index, to, how->image, new_index, written, err);
  if (!how->unpack && hdu->kind == RF_HDU_TABLE && hdu->data_bytes > 0)
    return rf_ztable_pack(from, index, to, how->table, new_index, written, err);
  return rf_copy_locked(from, index, to, new_index, written, err);
}

static rf_status pack_hdu(const packing *how, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                          rf_error *err) {
  rf_mark mark;
  bool written = false;
  size_t made = 0;
  rf_error_clear(err);
  RF_TRY(rf_pair_begin(from, to, err));
  rf_status status = rf_mark_set(&mark, to, err);
  if (status == RF_OK) {
    status = pack_locked(how, from, index, to, &made, &written, err);
    if (status != RF_OK)
      rf_mark_return(&mark, to, &written);
  } else
    (void)rf_error_locate(err, status, to->name, -1);
  rf_pair_end(from, to, status, written);
  if (status != RF_OK)
    return rf_error_locate(err, status, from->name, index <= INT32_MAX ? (int)index : -1);
  if (new_index != NULL)
    *new_index = made;
  return RF_OK;
}

rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                      const rf_table_compression *table, size_t *new_index, rf_error *err) {
  packing how = {false, image, table};
  return pack_hdu(&how, from, index, to, new_index, err);
}

rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err) {
  packing how = {true, NULL, NULL};
  return pack_hdu(&how, from, index, to, new_index, err);
}
