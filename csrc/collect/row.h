/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of one header, on their way into columns.
 */
#ifndef RF_COLLECT_ROW_H
#define RF_COLLECT_ROW_H

#include <stdbool.h>

#include "base/text.h"
#include "header/keyword.h"

/* Offsets are in the texts. */
typedef struct rf_row_cell {
  uint32_t key;         /* with keys: the number of the key; without: offset of the keyword */
  uint32_t name_length; /* without keys */
  uint32_t text;
  uint32_t text_length;
  rf_value_kind kind;
  bool joined; /* the text of a commentary card: more of them may follow */
  union {
    int64_t integer;
    double real;
  } as; /* of a complex value the real part; the imaginary part is a text */
} rf_row_cell;

/* {0} is empty. */
typedef struct rf_row {
  rf_row_cell *cells;
  size_t count;
  size_t capacity;
  rf_text texts;
} rf_row;

/* A keyword to look for. */
typedef struct rf_row_key {
  rf_keyword keyword;
  bool joined; /* its cards have texts, and all of them count */
} rf_row_key;

/* Keywords to look for at once. {0} is empty. */
typedef struct rf_row_keys {
  rf_row_key *keys;
  size_t count;
  uint64_t filter; /* bits of the first eight columns of the keys */
  bool simple;     /* few keys of at most eight characters, whose first cards count */
} rf_row_keys;

/* Makes the keys. RF_ERR_ARGUMENT: a keyword that no card can have, or that is named twice. */
rf_status rf_row_keys_new(rf_row_keys *keys, const char *const *names, size_t count, rf_error *err);
void rf_row_keys_free(rf_row_keys *keys);

/* Take the values of keywords, or of all but blank ones, also undefined values. The row is empty. */
rf_status rf_row_take(rf_row *row, rf_header *header, const rf_row_keys *keys, rf_error *err);
rf_status rf_row_take_all(rf_row *row, rf_header *header, rf_error *err);

/* Gets the value of a cell. Its text is valid as long as the row. */
rf_value rf_row_value(const rf_row *row, const rf_row_cell *cell);

/* Returns the bytes of memory that the row takes. */
uint64_t rf_row_bytes(const rf_row *row);

/* Empties the row. Keeps little memory. */
void rf_row_clear(rf_row *row);

void rf_row_free(rf_row *row);

#endif
