/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields of ASCII tables into cells.
 */
#ifndef RF_TABLE_ASCII_READ_H
#define RF_TABLE_ASCII_READ_H

#include "table/rows/step.h"

/* rf_row_format.read_step. */
rf_status rf_row_step_ascii(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                            rf_error *err);

#endif
