/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a compressed HDU keeps of its header: rf_hdu.parsed.
 */
#ifndef RF_TILED_PARSED_H
#define RF_TILED_PARSED_H

#include "table/table.h"

typedef struct rf_tiled_parsed {
  rf_table *rows; /* the binary table in which the tiles are stored */
  /* One of these, NULL until it is first needed; set under scan_lock. */
  struct rf_tiled_image *image;
  struct rf_tiled_table *table;
} rf_tiled_parsed;

/* Returns the same table as rf_tiled_get_rows(), which must have been called since the last edit. */
static inline const rf_table *rf_tiled_rows(const rf_hdu *hdu) {
  return ((const rf_tiled_parsed *)hdu->parsed)->rows;
}

/* rf_hdu_ops.free_parsed. */
void rf_tiled_parsed_free(void *parsed);

/* rf_table_ops.info of compressed images: the binary table in which the tiles are stored. */
rf_status rf_tiled_get_rows(rf_file *file, rf_hdu *hdu, const rf_table **rows, rf_error *err);

#endif
