/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A table of the values of many headers.
 */
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/memory.h"
#include "base/versioned.h"
#include "collect/batch.h"
#include "collect/column.h"
#include "collect/row.h"

#define MAX_COLUMNS 10000

/* Most files of one call: their values wait in memory for their rows, and what fits a cache is fast. */
#define MOST_FILES 512

typedef struct row_error {
  size_t row;
  rf_trouble trouble;
} row_error;

struct rf_header_table {
  bool all;         /* columns for all keywords, not for `keys` */
  rf_row_keys keys; /* one for each column */
  rf_column *columns;
  size_t count;
  size_t capacity;
  uint32_t *sorted; /* without keys: the columns in the order of their names */
  size_t sorted_capacity;
  size_t rows;
  rf_row *read; /* NULL, or MOST_FILES empty rows for the next call */
  row_error *errors;
  size_t error_count;
  size_t error_capacity;
};

/* ---- columns ---- */

/* Compares two names without regard to case. */
static int compare_names(const char *a, size_t n, const rf_column *column) {
  size_t m = column->name_length, both = n < m ? n : m;
  for (size_t i = 0; i < both; i++) {
    unsigned char x = (unsigned char)rf_to_upper(a[i]), y = (unsigned char)rf_to_upper(column->name[i]);
    if (x != y)
      return x < y ? -1 : 1;
  }
  return n == m ? 0 : n < m ? -1 : 1;
}

/* Returns the place of a name in `sorted`, or where it belongs. */
static size_t place_of(const rf_header_table *table, const char *name, size_t n, bool *found) {
  size_t low = 0, high = table->count;
  *found = false;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = compare_names(name, n, &table->columns[table->sorted[middle]]);
    if (order == 0) {
      *found = true;
      return middle;
    }
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static rf_status add_column(rf_header_table *table, const char *name, size_t n, rf_error *err) {
  if (table->count == MAX_COLUMNS)
    return rf_fail(err, RF_ERR_LIMIT, "the headers have more than %d different keywords: name the ones to read",
                   MAX_COLUMNS);
  RF_TRY(RF_ARRAY_GROW(table->columns, table->capacity, table->count + 1, "columns", err));
  RF_TRY(rf_column_begin(&table->columns[table->count], name, n, err));
  table->count++;
  return RF_OK;
}

/* Finds the column of a keyword, or adds it. `guess` is where it is if the header is like the one before. */
static rf_status find_column(rf_header_table *table, const char *name, size_t n, size_t guess, size_t *column,
                             rf_error *err) {
  bool found;
  *column = guess;
  if (guess < table->count && table->columns[guess].name_length == n &&
      memcmp(table->columns[guess].name, name, n) == 0)
    return RF_OK;
  size_t place = place_of(table, name, n, &found);
  if (found) {
    *column = table->sorted[place];
    return RF_OK;
  }
  *column = table->count;
  RF_TRY(RF_ARRAY_GROW(table->sorted, table->sorted_capacity, table->count + 1, "columns", err));
  RF_TRY(add_column(table, name, n, err));
  memmove(table->sorted + place + 1, table->sorted + place, (table->count - 1 - place) * sizeof *table->sorted);
  table->sorted[place] = (uint32_t)*column;
  return RF_OK;
}

/* ---- rows ---- */

static rf_status take_header(const rf_header_table *table, rf_row *row, rf_header *header, rf_error *err) {
  return table->all ? rf_row_take_all(row, header, err) : rf_row_take(row, header, &table->keys, err);
}

static rf_status begin_row(const rf_header_table *table, rf_error *err) {
  return table->rows < UINT32_MAX ? RF_OK : rf_fail(err, RF_ERR_LIMIT, "more than %u rows", UINT32_MAX);
}

/* Puts the values of a row into the columns. A failure may leave some of them, but no row. */
static rf_status add_row(rf_header_table *table, const rf_row *row, rf_error *err) {
  size_t guess = 0;
  RF_TRY(begin_row(table, err));
  for (size_t i = 0; i < row->count; i++) {
    const rf_row_cell *cell = &row->cells[i];
    size_t column = cell->key;
    if (table->all)
      RF_TRY(find_column(table, row->texts.bytes + cell->key, cell->name_length, guess, &column, err));
    guess = column + 1;
    rf_value value = rf_row_value(row, cell);
    RF_TRY(rf_column_add(&table->columns[column], (uint32_t)table->rows, &value, cell->joined, err));
  }
  table->rows++;
  return RF_OK;
}

/* Takes the message over. */
static rf_status add_error(rf_header_table *table, rf_trouble *trouble, rf_error *err) {
  RF_TRY(begin_row(table, err));
  RF_TRY(RF_ARRAY_GROW(table->errors, table->error_capacity, table->error_count + 1, "errors", err));
  table->errors[table->error_count++] = (row_error){table->rows++, *trouble};
  trouble->message = NULL;
  return RF_OK;
}

/* ---- reading files ---- */

/* What a call of rf_header_table_read() has read so far. */
typedef struct reading {
  const rf_header_table *table;
  rf_batch_item *items;
} reading;

static rf_status take_and_free(const reading *r, size_t i, rf_header *header, uint64_t *kept, rf_error *err) {
  rf_row *row = &r->table->read[i];
  rf_status status = take_header(r->table, row, header, err);
  rf_header_free(header);
  *kept = rf_row_bytes(row);
  return status;
}

static rf_status read_file(void *context, size_t i, rf_file *file, const rf_collect_options *options, uint64_t *kept,
                           rf_error *err) {
  rf_header *header;
  size_t index;
  RF_TRY(rf_batch_find(file, options, &index, err));
  RF_TRY(rf_hdu_get_logical_header(file, index, &header, err));
  return take_and_free(context, i, header, kept, err);
}

static rf_status read_alone(void *context, size_t i, const char *name, const rf_collect_options *options,
                            uint64_t *kept, rf_error *err) {
  rf_header *header;
  RF_TRY(rf_file_read_header(name, options->open, (size_t)options->hdu, &header, err));
  return take_and_free(context, i, header, kept, err);
}

static rf_status keep_rows(rf_header_table *table, rf_batch_item *items, size_t count, rf_error *err) {
  for (size_t i = 0; i < count; i++)
    if (items[i].trouble.status != RF_OK)
      RF_TRY(add_error(table, &items[i].trouble, err));
    else
      RF_TRY(add_row(table, &table->read[i], err));
  return RF_OK;
}

rf_status rf_header_table_read(rf_header_table *table, const char *const *names, size_t count,
                               const rf_collect_options *options, size_t *done, rf_error *err) {
  size_t n = 0;
  rf_batch_item items[MOST_FILES] = {{.done = false}};
  rf_error_clear(err);
  count = count < MOST_FILES ? count : MOST_FILES;
  if (table->read == NULL)
    table->read = rf_alloc_zero(MOST_FILES, sizeof *table->read);
  if (table->read == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the headers of %d files", MOST_FILES);
  reading r = {table, items};
  const rf_batch_work work = {.read = read_file, .read_alone = read_alone, .context = &r};
  rf_status status = rf_batch_run(&work, names, count, options, items, &n, err);
  if (status == RF_OK)
    status = keep_rows(table, items, n, err);
  for (size_t i = 0; i < count; i++) {
    rf_row_clear(&table->read[i]);
    rf_free(items[i].trouble.message);
  }
  if (status == RF_OK)
    *done = n;
  return status;
}

rf_status rf_header_table_add(rf_header_table *table, rf_header *header, rf_error *err) {
  rf_row row = {0};
  rf_error_clear(err);
  rf_status status = take_header(table, &row, header, err);
  if (status == RF_OK)
    status = add_row(table, &row, err);
  rf_row_free(&row);
  return status;
}

rf_status rf_header_table_add_error(rf_header_table *table, rf_status failure, const char *message, rf_error *err) {
  rf_error_clear(err);
  if (failure == RF_OK || message == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a status that is not RF_OK, and a message");
  rf_trouble trouble = {failure, rf_strdup(message)};
  if (trouble.message == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an error message");
  rf_status status = add_error(table, &trouble, err);
  rf_free(trouble.message);
  return status;
}

/* ---- life ---- */

static rf_status take_keys(rf_header_table *table, const char *const *keys, size_t count, rf_error *err) {
  if (count > MAX_COLUMNS)
    return rf_fail(err, RF_ERR_LIMIT, "%zu keywords; at most %d can be read", count, MAX_COLUMNS);
  RF_TRY(rf_row_keys_new(&table->keys, keys, count, err));
  for (size_t i = 0; i < count; i++)
    RF_TRY(add_column(table, keys[i], strlen(keys[i]), err));
  return RF_OK;
}

rf_status rf_header_table_new(const char *const *keys, size_t count, rf_header_table **table, rf_error *err) {
  rf_error_clear(err);
  rf_header_table *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a table of headers");
  made->all = keys == NULL;
  rf_status status = made->all ? RF_OK : take_keys(made, keys, count, err);
  if (status == RF_OK)
    *table = made;
  else
    rf_header_table_free(made);
  return status;
}

void rf_header_table_free(rf_header_table *table) {
  if (table == NULL)
    return;
  for (size_t i = 0; i < table->count; i++)
    rf_column_free(&table->columns[i]);
  for (size_t i = 0; i < table->error_count; i++)
    rf_free(table->errors[i].trouble.message);
  for (size_t i = 0; i < MOST_FILES && table->read != NULL; i++)
    rf_row_free(&table->read[i]);
  rf_free(table->read);
  rf_row_keys_free(&table->keys);
  rf_free(table->columns);
  rf_free(table->sorted);
  rf_free(table->errors);
  rf_free(table);
}

/* ---- results ---- */

size_t rf_header_table_get_rows(const rf_header_table *table) {
  return table->rows;
}

size_t rf_header_table_get_columns(const rf_header_table *table) {
  return table->count;
}

size_t rf_header_table_get_errors(const rf_header_table *table) {
  return table->error_count;
}

/* Gets a column whose numbers have its type. */
static rf_status finished_column(rf_header_table *table, size_t index, rf_column **column, rf_error *err) {
  rf_error_clear(err);
  if (index >= table->count)
    return rf_fail(err, RF_ERR_RANGE, "no column %zu: the table has %zu", index, table->count);
  *column = &table->columns[index];
  return rf_column_finish(*column, err);
}

rf_status rf_header_table_get_column(rf_header_table *table, size_t index, rf_key_column *column, rf_error *err) {
  rf_column *found = NULL;
  RF_TRY(finished_column(table, index, &found, err));
  const rf_key_column own = {.size = sizeof own,
                             .name = found->name,
                             .type = rf_column_type(found),
                             .cells = found->count,
                             .longest = found->longest,
                             .text_bytes = found->texts_length,
                             .is_ascii = !found->is_latin};
  rf_struct_give(column, &own, sizeof own);
  return RF_OK;
}

/* Writes a value to an element of any alignment. */
static void put_value(const rf_value *value, size_t width, char *out) {
  const double parts[2] = {value->real, value->imaginary};
  const uint8_t logical = value->integer != 0;
  uint32_t unit;
  switch (value->kind) {
  case RF_VALUE_LOGICAL:
    memcpy(out, &logical, sizeof logical);
    break;
  case RF_VALUE_INTEGER:
    memcpy(out, &value->integer, sizeof value->integer);
    break;
  case RF_VALUE_REAL:
    memcpy(out, parts, sizeof parts[0]);
    break;
  case RF_VALUE_COMPLEX:
    memcpy(out, parts, sizeof parts);
    break;
  default:
    for (size_t i = 0; i < width; i++, out += sizeof unit) {
      unit = i < value->text_length ? (unsigned char)value->text[i] : 0;
      memcpy(out, &unit, sizeof unit);
    }
  }
}

rf_status rf_header_table_fill(rf_header_table *table, size_t index, const rf_key_cells *cells, rf_error *err) {
  rf_column *column = NULL;
  RF_TRY(finished_column(table, index, &column, err));
  rf_value_kind type = rf_column_type(column);
  if (type == RF_VALUE_UNDEFINED || (type == RF_VALUE_STRING && column->is_latin))
    return rf_fail(err, RF_ERR_TYPE, "column %zu has %s", index,
                   type == RF_VALUE_STRING ? "texts that are not ASCII" : "no values");
  if (type == RF_VALUE_STRING && column->longest > cells->width)
    return rf_fail(err, RF_ERR_RANGE, "texts of %zu bytes, and room for %zu", column->longest, cells->width);
  if (column->count > 0 && column->cells[column->count - 1].row >= cells->rows)
    return rf_fail(err, RF_ERR_RANGE, "a value in row %u, and room for %zu rows", column->cells[column->count - 1].row,
                   cells->rows);
  for (size_t i = 0; i < column->count; i++) {
    size_t row = column->cells[i].row;
    rf_value value = rf_column_value(column, &column->cells[i]);
    put_value(&value, cells->width, (char *)cells->data + row * cells->stride);
    if (cells->mask != NULL)
      cells->mask[row * cells->mask_stride] = 0;
  }
  return RF_OK;
}

rf_status rf_header_table_get_cell(rf_header_table *table, size_t index, size_t n, size_t *row, rf_value *value,
                                   rf_error *err) {
  rf_column *column = NULL;
  RF_TRY(finished_column(table, index, &column, err));
  if (n >= column->count)
    return rf_fail(err, RF_ERR_RANGE, "no value %zu: column %zu has %zu", n, index, column->count);
  *row = column->cells[n].row;
  *value = rf_column_value(column, &column->cells[n]);
  return RF_OK;
}

rf_status rf_header_table_get_error(const rf_header_table *table, size_t n, size_t *row, rf_status *status,
                                    const char **message, rf_error *err) {
  rf_error_clear(err);
  if (n >= table->error_count)
    return rf_fail(err, RF_ERR_RANGE, "no error %zu: the table has %zu", n, table->error_count);
  *row = table->errors[n].row;
  *status = table->errors[n].trouble.status;
  *message = table->errors[n].trouble.message;
  return RF_OK;
}
