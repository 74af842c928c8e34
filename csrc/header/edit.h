/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Changing a header by keyword: the public calls after rf_keyword_check().
 */
#ifndef RF_HEADER_EDIT_H
#define RF_HEADER_EDIT_H

#include "base/error.h"
#include "header/keyword.h"

rf_status rf_header_set_value(rf_header *header, rf_keyword *name, const rf_value *value, const char *comment,
                              rf_error *err);
rf_status rf_header_add_text(rf_header *header, const rf_keyword *name, const rf_value *text, rf_error *err);

#endif
