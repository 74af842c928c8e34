/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The layout of rows: binary tables (FITS 7.3), ASCII tables (FITS 7.2) and random groups (FITS 6). It is another
 * question than how the rows are stored: compressed tables have binary rows.
 */
#ifndef RF_TABLE_ROWS_FORMAT_H
#define RF_TABLE_ROWS_FORMAT_H

#include "table/column/spec.h"
#include "table/rows/step.h"

struct rf_row_format {
  uint8_t fill;    /* of the fields of a new row: 0 or ' ' */
  bool has_heap;   /* cells of variable length may stand after the rows (FITS 7.3.5) */
  bool has_starts; /* TBCOLn says where a field stands: fields may overlap and leave gaps */

  /* MAY. Sets ncols, nrows and row_bytes of a table. NULL: by NAXIS1, NAXIS2 and TFIELDS. */
  rf_status (*size)(rf_table_info *info, const rf_hdu *hdu, rf_error *err);

  /* MUST. Fills table->columns (info.ncols of them, zero at first), keys included. */
  rf_status (*columns)(rf_table *table, const rf_hdu *hdu, rf_header *header, rf_error *err);

  /* MUST. Can there be undefined values that the values themselves do not show? A NaN does. */
  bool (*may_be_null)(const rf_column_info *info);

  /* MUST. Sets run and sizes of *step: how a column is read. */
  rf_status (*read_step)(rf_row_step *step, const rf_column *column, const rf_column_request *request, rf_error *err);

  /* MUST. The reverse of step->run: `count` cells, the first at src and the others step->stride bytes apart, become
   * fields, the first at dst and the others dst_stride bytes apart; mask as for run. dst NULL: only checks.
   * RF_ERR_RANGE for values that the column cannot store, RF_ERR_ARGUMENT for masked ones without TNULLn; *bad is then
   * the number of the cell. After the checks binary fields cannot fail. */
  rf_status (*write_step)(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count, const uint8_t *src,
                          const uint8_t *mask, size_t *bad, rf_error *err);

  /* MAY, all or none: new columns and tables. `number` is 1-based, `start` is TBCOLn. */
  rf_status (*form)(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err);
  rf_status (*cards)(rf_header *header, const rf_column_spec *spec, unsigned number, uint64_t start, rf_error *err);
  rf_status (*table_cards)(rf_header *header, const rf_table_spec *spec, rf_error *err);
};

#endif
