/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a compressed HDU keeps of its header.
 */
#include "tiled/parsed.h"

#include "base/memory.h"
#include "base/system/platform.h"
#include "file/hdu.h"
#include "table/table.h"
#include "tiled/image/image.h"
#include "tiled/table/table.h"

/* Returns rf_hdu.parsed, which the first call makes; NULL without memory. scan_lock held. */
static rf_tiled_parsed *get_parsed(rf_hdu *hdu) {
  if (hdu->parsed == NULL)
    hdu->parsed = rf_alloc_zero(1, sizeof(rf_tiled_parsed));
  return hdu->parsed;
}

void rf_tiled_parsed_free(void *parsed) {
  rf_tiled_parsed *own = parsed;
  rf_free(own->rows);
  rf_tiled_image_free(own->image);
  rf_tiled_table_free(own->table);
  rf_free(own);
}

rf_status rf_tiled_get_rows(rf_file *file, rf_hdu *hdu, const rf_table **rows, rf_error *err) {
  rf_mutex_lock(&file->scan_lock);
  rf_tiled_parsed *parsed = get_parsed(hdu);
  rf_mutex_unlock(&file->scan_lock);
  if (parsed == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the facts of a compressed HDU");
  return rf_table_get_parsed(file, hdu, &parsed->rows, rows, err);
}
