/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a request reads: a file, an HDU, rows, and columns with their Arrow types.
 */
#ifndef RF_ARROW_SOURCE_H
#define RF_ARROW_SOURCE_H

#include "arrow/field.h"

typedef struct rf_arrow_source {
  rf_file *file;
  size_t index;
  uint64_t generation; /* of the file, when the fields were right */
  uint64_t row_bytes;
  rf_rows rows; /* `indices` belongs to the source */
  rf_arrow_field *fields;
  size_t count;
  uint64_t batch_rows; /* at least 1 */
  rf_arrow_nulls nulls;
  rf_arrow_strings strings;
  unsigned threads;
} rf_arrow_source;

/* Copies a request (NULL: defaults) of this or of another version of the library, and checks its numbers. */
rf_status rf_arrow_request_take(const rf_arrow_request *from, rf_arrow_request *request, rf_error *err);

/* Takes a request (NULL: defaults) for HDU `index`, checks it, and finds rows and fields. On failure *source holds
 * nothing. */
rf_status rf_arrow_source_init(rf_arrow_source *source, rf_file *file, size_t index, const rf_arrow_request *request,
                               rf_error *err);

/* Returns RF_ERR_CHANGED if the columns or the rows are no longer as they were. */
rf_status rf_arrow_source_check(rf_arrow_source *source, rf_error *err);

void rf_arrow_source_free(rf_arrow_source *source);

/* Returns the most rows of one batch: what 32-bit offsets of its strings count. */
uint64_t rf_arrow_source_most(const rf_arrow_source *source);

/* Returns the rows from position `start` of the selection on. */
rf_rows rf_arrow_source_rows(const rf_arrow_source *source, uint64_t start, uint64_t count);

#endif
