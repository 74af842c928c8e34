/* SPDX-License-Identifier: BSD-3-Clause */
#include "collect/column.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "header/value.h"

#define KIND_SHIFT 29
#define MAX_TEXT (((uint32_t)1 << KIND_SHIFT) - 1)

/* The kinds of cells. A complex number has its two doubles among the texts. */
enum { LOGICAL, INTEGER, REAL, COMPLEX, TEXT };

rf_status rf_column_begin(rf_column *column, const char *name, size_t n, rf_error *err) {
  *column = (rf_column){.name = rf_strndup(name, n), .name_length = n};
  return column->name != NULL ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate a column");
}

void rf_column_free(rf_column *column) {
  rf_free(column->name);
  rf_free(column->cells);
  rf_free(column->texts);
}

static unsigned kind_of(const rf_cell *cell) {
  return cell->kind_length >> KIND_SHIFT;
}

static size_t length_of(const rf_cell *cell) {
  return cell->kind_length & MAX_TEXT;
}

/* ---- texts ---- */

static rf_status too_long(const rf_column *column, rf_error *err) {
  return rf_fail(err, RF_ERR_LIMIT, "keyword %.80s: a text of more than %u bytes", column->name, MAX_TEXT);
}

/* Appends bytes to the texts. */
static rf_status add_bytes(rf_column *column, const void *bytes, size_t n, rf_error *err) {
  if (n == 0)
    return RF_OK;
  if (n > SIZE_MAX - column->texts_length)
    return too_long(column, err);
  RF_TRY(RF_ARRAY_GROW(column->texts, column->texts_capacity, column->texts_length + n, "the texts of headers", err));
  memcpy(column->texts + column->texts_length, bytes, n);
  column->texts_length += n;
  return RF_OK;
}

static void note_text(rf_column *column, const char *text, size_t n, size_t whole) {
  column->longest = whole > column->longest ? whole : column->longest;
  for (size_t i = 0; i < n && !column->is_latin; i++)
    column->is_latin = (unsigned char)text[i] > 0x7F;
}

/* Appends to the text of the row, which is the last one of the texts, if the row has one. */
static rf_status join_text(rf_column *column, uint32_t row, const rf_value *value, rf_error *err) {
  rf_cell *cell = column->count > 0 ? &column->cells[column->count - 1] : NULL;
  if (cell == NULL || cell->row != row || kind_of(cell) != TEXT)
    return RF_OK;
  size_t n = length_of(cell);
  if (value->text_length >= MAX_TEXT - n)
    return too_long(column, err);
  RF_TRY(add_bytes(column, "\n", 1, err));
  RF_TRY(add_bytes(column, value->text, value->text_length, err));
  n += 1 + value->text_length;
  cell->kind_length = (uint32_t)TEXT << KIND_SHIFT | (uint32_t)n;
  note_text(column, value->text, value->text_length, n);
  return RF_OK;
}

/* ---- adding ---- */

static unsigned kind_of_value(const rf_value *value) {
  switch (value->kind) {
  case RF_VALUE_LOGICAL:
    return LOGICAL;
  case RF_VALUE_INTEGER:
    return INTEGER;
  case RF_VALUE_REAL:
    return REAL;
  case RF_VALUE_COMPLEX:
    return COMPLEX;
  default: /* an integer beyond 64 bits has its digits */
    return TEXT;
  }
}

/* Returns whether a double holds an integer. Not by converting back, which is undefined for 2^63. */
static bool is_exact(int64_t integer) {
  uint64_t size = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  while (size > (uint64_t)1 << 53 && size % 2 == 0)
    size /= 2;
  return size <= (uint64_t)1 << 53;
}

rf_status rf_column_add(rf_column *column, uint32_t row, const rf_value *value, bool joined, rf_error *err) {
  unsigned kind = kind_of_value(value);
  rf_cell cell = {.row = row, .kind_length = (uint32_t)kind << KIND_SHIFT};
  bool again = column->seen == (uint64_t)row + 1;
  column->seen = (uint64_t)row + 1;
  if (again)
    return joined && kind == TEXT ? join_text(column, row, value, err) : RF_OK;
  if (value->kind == RF_VALUE_UNDEFINED)
    return RF_OK;
  RF_TRY(RF_ARRAY_GROW(column->cells, column->capacity, column->count + 1, "the values of a keyword", err));
  if (kind == TEXT) {
    if (value->text_length > MAX_TEXT)
      return too_long(column, err);
    cell.kind_length |= (uint32_t)value->text_length;
    cell.as.text = column->texts_length;
    RF_TRY(add_bytes(column, value->text, value->text_length, err));
    note_text(column, value->text, value->text_length, value->text_length);
  } else if (kind == COMPLEX) {
    const double parts[2] = {value->real, value->imaginary};
    cell.as.text = column->texts_length;
    RF_TRY(add_bytes(column, parts, sizeof parts, err));
  } else if (kind == REAL) {
    cell.as.real = value->real;
  } else {
    cell.as.integer = value->integer;
    column->is_inexact = column->is_inexact || (kind == INTEGER && !is_exact(value->integer));
  }
  column->kinds |= 1u << kind;
  column->numbers += kind != TEXT;
  column->cells[column->count++] = cell;
  return RF_OK;
}

/* ---- reading ---- */

rf_value_kind rf_column_type(const rf_column *column) {
  uint32_t kinds = column->kinds;
  bool has_reals = (kinds & (1u << REAL | 1u << COMPLEX)) != 0;
  if (kinds == 0)
    return RF_VALUE_UNDEFINED;
  if ((kinds & 1u << TEXT) != 0 || (has_reals && column->is_inexact))
    return RF_VALUE_STRING;
  if ((kinds & 1u << COMPLEX) != 0)
    return RF_VALUE_COMPLEX;
  return has_reals ? RF_VALUE_REAL : (kinds & 1u << INTEGER) != 0 ? RF_VALUE_INTEGER : RF_VALUE_LOGICAL;
}

/* Returns a number as it is, whatever the type of the column. */
static rf_value number_of(const rf_column *column, const rf_cell *cell) {
  static const rf_value_kind kinds[] = {RF_VALUE_LOGICAL, RF_VALUE_INTEGER, RF_VALUE_REAL, RF_VALUE_COMPLEX};
  rf_value value = {.kind = kinds[kind_of(cell)]};
  double parts[2];
  if (kind_of(cell) == COMPLEX) {
    memcpy(parts, column->texts + cell->as.text, sizeof parts);
    value.real = parts[0];
    value.imaginary = parts[1];
  } else if (kind_of(cell) == REAL) {
    value.real = cell->as.real;
  } else {
    value.integer = cell->as.integer;
  }
  return value;
}

rf_status rf_column_finish(rf_column *column, rf_error *err) {
  rf_text field = {0};
  rf_status status = RF_OK;
  if (column->numbers == 0 || rf_column_type(column) != RF_VALUE_STRING)
    return RF_OK;
  for (size_t i = 0; i < column->count && status == RF_OK; i++) {
    rf_cell *cell = &column->cells[i];
    if (kind_of(cell) == TEXT)
      continue;
    rf_value value = number_of(column, cell);
    rf_text_clear(&field);
    status = rf_value_write(&value, column->name, &field, err);
    uint64_t at = column->texts_length;
    if (status == RF_OK)
      status = add_bytes(column, field.bytes, field.length, err);
    if (status != RF_OK)
      break;
    note_text(column, field.bytes, field.length, field.length);
    cell->kind_length = (uint32_t)TEXT << KIND_SHIFT | (uint32_t)field.length;
    cell->as.text = at;
    column->numbers--;
  }
  rf_text_free(&field);
  return status;
}

rf_value rf_column_value(const rf_column *column, const rf_cell *cell) {
  rf_value_kind type = rf_column_type(column);
  if (type == RF_VALUE_STRING) {
    size_t n = length_of(cell);
    return (rf_value){.kind = type, .text = n > 0 ? column->texts + cell->as.text : "", .text_length = n};
  }
  rf_value value = number_of(column, cell);
  if ((type == RF_VALUE_REAL || type == RF_VALUE_COMPLEX) && kind_of(cell) <= INTEGER)
    value.real = (double)value.integer;
  value.kind = type;
  return value;
}
