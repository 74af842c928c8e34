/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ArrowSchema of a source.
 */
#ifndef RF_ARROW_SCHEMA_H
#define RF_ARROW_SCHEMA_H

#include "arrow/source.h"

/* Makes the schema, with the cards of the header. On failure *schema is unchanged. */
rf_status rf_arrow_schema_make(const rf_arrow_source *source, struct ArrowSchema *schema, rf_error *err);

#endif
