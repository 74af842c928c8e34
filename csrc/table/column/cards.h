/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of a header that describe columns.
 */
#ifndef RF_TABLE_COLUMN_CARDS_H
#define RF_TABLE_COLUMN_CARDS_H

#include "table/column/column.h"

/* The cards of columns gathered by number: keywords[n - 1] is that of TFORMn; `texts` owns the strings. */
typedef struct rf_table_cards {
  rf_column_keywords *keywords;
  char *texts;
  size_t count;
} rf_table_cards;

/* Gathers the cards of the first `count` columns. */
rf_status rf_table_cards_take(const rf_header *header, size_t count, rf_table_cards *cards, rf_error *err);
void rf_table_cards_free(rf_table_cards *cards);

#endif
