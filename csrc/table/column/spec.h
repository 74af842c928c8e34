/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a new column becomes in the header of a binary table.
 */
#ifndef RF_TABLE_COLUMN_SPEC_H
#define RF_TABLE_COLUMN_SPEC_H

#include "table/column/column.h"

/* The form of a new column in any format of rows. */
typedef struct rf_spec_form {
  char form[64];  /* TFORMn */
  char dim[480];  /* TDIMn, "" for none */
  uint64_t bytes; /* of the field */
  const char *what;
} rf_spec_form;

/* rf_row_format.form of binary tables; checks all of the spec. `number` is 1-based, for messages. */
rf_status rf_spec_form_binary(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err);

/* rf_row_format.cards of binary tables. `start` does not count. */
rf_status rf_spec_cards_binary(rf_header *header, const rf_column_spec *spec, unsigned number, uint64_t start,
                               rf_error *err);

/* Copies the caller's struct, as far as its size goes. */
rf_status rf_spec_take(const rf_column_spec *from, size_t position, rf_column_spec *spec, rf_error *err);

/* Sets TCOMMn of column `number` (1-based), which may have a card already. Any status of rf_header_set(). */
rf_status rf_spec_set_comment(rf_header *header, const rf_column_spec *spec, unsigned number, rf_error *err);

#endif
