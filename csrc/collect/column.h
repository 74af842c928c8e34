/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of one keyword in many headers: 16 bytes for each, and its text.
 */
#ifndef RF_COLLECT_COLUMN_H
#define RF_COLLECT_COLUMN_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_cell {
  uint32_t row;
  uint32_t kind_length; /* 3 bits of the kind, and the length of a text */
  union {
    int64_t integer;
    double real;
    uint64_t text; /* offset in the texts */
  } as;
} rf_cell;

/* {0} is empty. */
typedef struct rf_column {
  char *name;
  size_t name_length;
  rf_cell *cells; /* in the order of rows */
  size_t count;
  size_t capacity;
  char *texts;
  size_t texts_length;
  size_t texts_capacity;
  uint32_t kinds;  /* a bit for each kind that was seen */
  bool is_inexact; /* an integer is not the same as a double */
  bool is_latin;   /* a text has bytes above 0x7F */
  size_t numbers;  /* cells that are no texts */
  size_t longest;
  uint64_t seen; /* 1 and the last row that had the keyword; 0: none */
} rf_column;

rf_status rf_column_begin(rf_column *column, const char *name, size_t n, rf_error *err);
void rf_column_free(rf_column *column);

/* Appends a value, but no undefined one. For a row that has the keyword already, nothing is done, but with `joined` a
 * text is appended to that of the row, behind a newline. RF_ERR_LIMIT: a text of 512 MiB. */
rf_status rf_column_add(rf_column *column, uint32_t row, const rf_value *value, bool joined, rf_error *err);

/* Returns the narrowest type that holds all values, as rf_key_column.type. */
rf_value_kind rf_column_type(const rf_column *column);

/* Writes the numbers of a column of strings as texts. */
rf_status rf_column_finish(rf_column *column, rf_error *err);

/* Gets a value as the type of the column, which is finished. */
rf_value rf_column_value(const rf_column *column, const rf_cell *cell);

#endif
