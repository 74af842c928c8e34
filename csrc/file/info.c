/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What callers get of a file and its HDUs: their number, properties and headers.
 */
#include <string.h>

#include "file/access.h"
#include "file/call.h"
#include "file/find.h"
#include "file/header.h"
#include "file/scan/scan.h"
#include "base/versioned.h"

static bool has_data(const rf_hdu *hdu) {
  /* NAXIS1 = 0 marks random groups and is not an axis. */
  for (int i = (hdu->ops->flags & RF_KIND_GROUPS) != 0 ? 1 : 0; i < hdu->naxis; i++)
    if (hdu->axes[i] == 0)
      return false;
  return hdu->naxis > 0;
}

static rf_status get_info(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  rf_hdu_info *info = request;
  const rf_header *header;
  char buffer[sizeof hdu->extname];
  bool data = has_data(hdu);
  if (hdu->ops->has_data != NULL) {
    RF_TRY(rf_file_header_locked(file, hdu, &header, err));
    data = hdu->ops->has_data(header);
  }
  rf_hdu_info all = {
      .kind = hdu->ops->kind,
      .bitpix = hdu->bitpix,
      .naxis = hdu->naxis,
      .pcount = hdu->pcount,
      .gcount = hdu->gcount,
      .header_offset = hdu->header_offset,
      .header_bytes = hdu->header_bytes,
      .data_offset = hdu->data_offset,
      .data_bytes = hdu->data_bytes,
      .has_data = data,
      .extver = hdu->extver,
      .has_extname = hdu->has_extname,
      .warnings = rf_file_get_warning_count(file),
  };
  memcpy(all.extname, rf_hdu_show_name(file, hdu, buffer), sizeof all.extname);
  rf_struct_give(info, &all, sizeof all);
  return RF_OK;
}

rf_status rf_hdu_get_info(rf_file *file, size_t index, rf_hdu_info *info, rf_error *err) {
  return rf_call_get(file, index, get_info, info, err);
}

typedef struct axes_request {
  uint64_t *axes;
  size_t capacity;
  size_t *naxis;
} axes_request;

static rf_status get_axes(rf_file *file, rf_hdu *hdu, void *request, rf_error *err) {
  const axes_request *r = request;
  (void)file;
  (void)err;
  *r->naxis = (size_t)hdu->naxis;
  for (size_t i = 0; i < *r->naxis && i < r->capacity; i++)
    r->axes[i] = hdu->axes[*r->naxis - 1 - i];
  return RF_OK;
}

rf_status rf_hdu_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis, rf_error *err) {
  axes_request request = {axes, capacity, naxis};
  return rf_call_get(file, index, get_axes, &request, err);
}

rf_status rf_hdu_get_header(rf_file *file, size_t index, rf_header **header, rf_error *err) {
  rf_hdu *hdu = NULL;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_call_find_visible(file, index, &hdu, err);
    bool known = status == RF_OK && rf_file_is_header_known(file, hdu);
    if (status == RF_OK)
      status = rf_file_copy_header_locked(file, hdu, header, err);
    status = rf_file_end_read_of(file, known && status == RF_OK ? RF_NOT_READ : index, status, err);
  }
  return rf_call_locate(file, index, status, err);
}

rf_status rf_file_get_hdu_count(rf_file *file, size_t *count, rf_error *err) {
  size_t found = 0;
  rf_error_clear(err);
  rf_status status = rf_file_begin_read(file, err);
  if (status == RF_OK) {
    status = rf_file_scan_locked(file, &found, err);
    if (status == RF_OK && file->making > 0 && !rf_file_is_visible(file, file->hdus[found - 1]))
      found -= file->making;
    status = rf_file_end_read_of(file, RF_NO_HDU, status, err);
  }
  *count = found;
  return status == RF_OK ? RF_OK : rf_error_locate(err, status, file->name, -1);
}
