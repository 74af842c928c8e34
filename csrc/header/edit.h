/* SPDX-License-Identifier: BSD-3-Clause
 *
 * edit.c: changes of a header by keyword. Every edit first makes the new cards and then puts them in place in one step,
 * so that a failure leaves the header unchanged.
 */
#ifndef RF_HEADER_EDIT_H
#define RF_HEADER_EDIT_H

#include "base/error.h"
#include "header/keyword.h"

/* rf_header_set() and rf_header_add() after rf_keyword_check(). */
rf_status rf_header_set_value(rf_header *header, rf_keyword *name, const rf_value *value, const char *comment,
                              rf_error *err);
rf_status rf_header_add_text(rf_header *header, const rf_keyword *name, const rf_value *text, rf_error *err);

#endif
