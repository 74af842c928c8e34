/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords that hold the numbers of columns.
 */
#ifndef RF_TABLE_COLUMN_KEYWORD_H
#define RF_TABLE_COLUMN_KEYWORD_H

#include "table/column/column.h"

/* Where in a keyword the numbers of columns stand ("TFORM12", "TCRPX3A", "2CTYP12", "TP3_4"): text[at[i]] is the first
 * of length[i] digits, which mean n[i]. */
typedef struct rf_keyword_columns {
  int count;
  size_t at[2];
  size_t length[2];
  unsigned n[2];
} rf_keyword_columns;

/* Returns how many numbers of columns there are: 0 for any other keyword. */
int rf_keyword_find_columns(const char *keyword, rf_keyword_columns *columns);

/* Appends the `span` cards of `from` at `index`, whose keyword is given, with the new numbers of the columns:
 * numbers[n] for column n, 0 for a deleted one, whose cards are left out. numbers NULL: as they are. */
rf_status rf_header_append_moved(rf_header *out, const rf_header *from, size_t index, size_t span, const char *keyword,
                                 const unsigned *numbers, rf_error *err);

/* Copies the header of a table without the cards of column `without` (1-based, 0: none); numbers of columns from `from`
 * on get `shift` added. `cards` (may be NULL) are inserted before those of column `from`, or after those of the last
 * column. */
rf_status rf_header_renumber(const rf_header *header, unsigned without, unsigned from, int shift,
                             const rf_header *cards, rf_header **out, rf_error *err);

#endif
