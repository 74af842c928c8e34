/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The types that a consumer requests. Its schema is the data of another program, so every member is checked.
 */
#ifndef RF_ARROW_REQUESTED_H
#define RF_ARROW_REQUESTED_H

#include "arrow/field.h"

/* Changes the types of fields to those of the schema that lose nothing. Fields are found by name; others, and schemas
 * of other kinds than structs, change nothing. RF_ERR_ARGUMENT if the schema is invalid. */
rf_status rf_arrow_requested_apply(const struct ArrowSchema *schema, rf_arrow_field *fields, size_t count,
                                   rf_error *err);

#endif
