/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packing and unpacking HDUs of any kind.
 */
#include "file/call.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "hdu/checksum.h"
#include "hdu/copy.h"

static bool has_card(const rf_header *header, const char *keyword) {
  size_t card;
  return rf_header_find(header, keyword, 0, &card, NULL) == RF_OK;
}

/* Writes the sums of the packed HDU if the plain one had sums. */
static rf_status sum_packed(rf_file *to, size_t index, const rf_header *plain, bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *header;
  RF_TRY(rf_file_hdu_locked(to, index, &hdu, err));
  RF_TRY(rf_file_header_locked(to, hdu, &header, err));
  bool checksum = has_card(plain, "CHECKSUM") || has_card(header, "CHECKSUM");
  if (!checksum && !has_card(plain, "DATASUM") && !has_card(header, "DATASUM"))
    return RF_OK;
  return rf_checksum_own_locked(to, index, checksum, written, err);
}

/* Updates the sums of an unpacked HDU if compression changed the data, or the new place the header. Otherwise the
 * restored sums are as right as before packing. Updating wrong ones would hide damage. */
static rf_status sum_unpacked(rf_file *from, rf_hdu *tiled, const rf_header *packed, rf_file *to, size_t new_index,
                              bool *written, rf_error *err) {
  rf_hdu *hdu;
  const rf_header *header;
  bool lossless = true;
  RF_TRY(rf_file_hdu_locked(to, new_index, &hdu, err));
  RF_TRY(rf_file_header_locked(to, hdu, &header, err));
  bool checksum = has_card(header, "CHECKSUM");
  if (!checksum && !has_card(header, "DATASUM"))
    return RF_OK;
  if (tiled->ops->is_lossless != NULL)
    RF_TRY(tiled->ops->is_lossless(from, tiled, &lossless, err));
  bool moved = hdu->ops->image != NULL && has_card(packed, "ZSIMPLE") != (new_index == 0);
  return lossless && !moved ? RF_OK : rf_checksum_own_locked(to, new_index, checksum, written, err);
}

/* Returns whether the HDU has data that a compressed HDU can hold. A compressed image has no place for the bytes that
 * PCOUNT and GCOUNT add to the pixels. */
static bool is_packable(const rf_hdu *hdu) {
  if (hdu->ops->image == NULL)
    return hdu->data_bytes > 0;
  for (int i = 0; i < hdu->naxis; i++)
    if (hdu->axes[i] == 0)
      return false;
  return hdu->naxis > 0 && hdu->pcount == 0 && hdu->gcount == 1;
}

static rf_status pack_locked(const void *context, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                             bool *written, rf_error *err) {
  const rf_packing *how = context;
  rf_hdu *hdu;
  const rf_header *header;
  RF_TRY(rf_file_hdu_locked(from, index, &hdu, err));
  RF_TRY(rf_file_header_locked(from, hdu, &header, err));
  bool is_tiled = hdu->ops->get_logical != NULL;
  if (hdu->ops->convert == NULL || is_tiled != how->unpack || (!is_tiled && !is_packable(hdu)))
    return rf_copy_locked(from, index, to, new_index, written, err);
  RF_TRY(hdu->ops->convert(from, hdu, to, how, new_index, written, err));
  *written = true;
  return is_tiled ? sum_unpacked(from, hdu, header, to, *new_index, written, err)
                  : sum_packed(to, *new_index, header, written, err);
}

static rf_status convert(const rf_packing *how, rf_file *from, size_t index, rf_file *to, size_t *new_index,
                         rf_error *err) {
  if (from != to)
    return rf_pair_call(pack_locked, how, from, index, to, new_index, err);
  rf_error_clear(err);
  return rf_call_locate(to, RF_NO_HDU,
                        rf_fail(err, RF_ERR_ARGUMENT, "expected two file handles, found the same one twice"), err);
}

rf_status rf_hdu_pack(rf_file *from, size_t index, rf_file *to, const rf_compression *image,
                      const rf_table_compression *table, size_t *new_index, rf_error *err) {
  rf_packing how = {.image = image, .table = table};
  return convert(&how, from, index, to, new_index, err);
}

rf_status rf_hdu_unpack(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err) {
  rf_packing how = {.unpack = true};
  return convert(&how, from, index, to, new_index, err);
}
