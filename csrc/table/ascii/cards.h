/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of new columns of ASCII tables.
 */
#ifndef RF_TABLE_ASCII_CARDS_H
#define RF_TABLE_ASCII_CARDS_H

#include "table/column/spec.h"

/* rf_row_format.form: spec->form after checks against the type, or the one for the type (16-bit integers I6, floats
 * E23.16, ...: all that read back equal). RF_ERR_ARGUMENT, RF_ERR_TYPE. */
rf_status rf_ascii_form(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err);

/* rf_row_format.cards: TTYPEn, TBCOLn, TFORMn, and those of TUNITn, TSCALn, TZEROn, TNULLn and TDISPn that it has. */
rf_status rf_ascii_column_cards(rf_header *header, const rf_column_spec *spec, unsigned number, uint64_t start,
                                rf_error *err);

/* rf_row_format.table_cards: appends all mandatory cards and those of the columns (FITS 7.2.1) to an empty header; a
 * blank between columns. */
rf_status rf_ascii_table_cards(rf_header *header, const rf_table_spec *spec, rf_error *err);

#endif
