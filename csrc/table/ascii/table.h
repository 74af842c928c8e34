/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What ASCII tables (FITS 7.2) and random groups (FITS 6) have of their own; all else they share with binary tables.
 * The code of tables comes here by rf_table_info.kind.
 */
#ifndef RF_TABLE_ASCII_TABLE_H
#define RF_TABLE_ASCII_TABLE_H

#include "value/ascii_field.h"
#include "table/table.h"

/* ---- table/ascii/table.c ---- */

/* As rf_table_binary_columns: fills table->columns from TBCOLn, TFORMn and the rest. */
rf_status rf_table_ascii_columns(rf_table *table, const rf_hdu *hdu, const rf_table_cards *cards, rf_error *err);

/* As rf_row_step_binary: how a column of an ASCII table is read. Sets run and sizes of *step. */
rf_status rf_row_step_ascii(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                            rf_error *err);

/* ---- table/ascii/write.c ---- */

/* The reverse of step->run, for a step that rf_row_step_ascii has made: `count` cells, the first at src and the others
 * step->stride bytes apart, become fields, the first at dst and the others dst_stride bytes apart. mask as for run.
 * dst NULL: nothing but the checks. Values that no field of the column can hold are RF_ERR_RANGE, masked ones without
 * TNULLn RF_ERR_ARGUMENT; *bad is then the number of the cell. */
rf_status rf_ascii_put(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count, const uint8_t *src,
                       const uint8_t *mask, size_t *bad, rf_error *err);

/* The TFORMn that a column gets: spec->form after checks against the type, or the one for the type (16-bit integers I6,
 * floats E23.16, ...: all that read back equal). RF_ERR_ARGUMENT, RF_ERR_TYPE. `form` as text, with NUL. */
rf_status rf_ascii_form(const rf_column_spec *spec, rf_ascii_format *format, char form[32], rf_error *err);

/* Appends the cards of one column, of number `number` (1-based): TTYPEn, TBCOLn, TFORMn, and those of TUNITn, TSCALn,
 * TZEROn, TNULLn and TDISPn that it has. `start` is TBCOLn (1-based). */
rf_status rf_ascii_column_cards(rf_header *header, unsigned number, const rf_column_spec *spec, uint64_t start,
                                rf_error *err);

/* Appends all mandatory cards and those of the columns (FITS 7.2.1) to an empty header; a blank between columns. */
rf_status rf_ascii_table_cards(rf_header *header, const rf_table_spec *spec, rf_error *err);

/* ---- table/groups.c ---- */

/* rf_table_info.ncols, nrows and row_bytes of random groups. RF_ERR_LIMIT for more than 998 parameters. */
rf_status rf_table_groups_info(rf_table_info *info, const rf_hdu *hdu, rf_error *err);

/* Fills table->columns: the parameters by PTYPEn, PSCALn and PZEROn, and "DATA" by BSCALE, BZERO and BLANK. All are
 * read as columns of a binary table are (rf_row_step_binary). A name that stands twice gets '_' before it, as astropy
 * does it. */
rf_status rf_table_groups_columns(rf_table *table, const rf_hdu *hdu, const rf_header *header, rf_error *err);

#endif
