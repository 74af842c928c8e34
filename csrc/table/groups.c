/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Random groups (FITS 6) as a table: each group is a row of PCOUNT parameters and one array. All of them have the type
 * of BITPIX, so that every column is one that a binary table could have, too.
 */
#include "table/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "table/rows/pack.h"

/* ---- sizes ---- */

static uint64_t element_bytes(const rf_hdu *hdu) {
  return (uint64_t)(hdu->bitpix < 0 ? -hdu->bitpix : hdu->bitpix) / 8;
}

/* Elements of the array of one group: NAXIS1 = 0 only says that these are random groups. They fit 64 bits (scan). */
static uint64_t array_elements(const rf_hdu *hdu) {
  uint64_t count = 1;
  for (int i = 1; i < hdu->naxis; i++)
    if (hdu->axes[i] == 0)
      return 0;
  for (int i = 1; i < hdu->naxis; i++)
    count *= hdu->axes[i];
  return count;
}

static rf_status set_size(rf_table_info *info, const rf_hdu *hdu, rf_error *err) {
  if (hdu->pcount >= RF_MAX_COLUMNS) {
    rf_fail(err, RF_ERR_LIMIT, "the groups have PCOUNT = %" PRId64 " parameters, and at most %d are read", hdu->pcount,
            RF_MAX_COLUMNS - 1);
    rf_error_keyword(err, "PCOUNT");
    return RF_ERR_LIMIT;
  }
  if (hdu->naxis - 1 > RF_CELL_AXES) {
    rf_fail(err, RF_ERR_LIMIT, "the array of a group has %d axes, and at most %d are read", hdu->naxis - 1,
            RF_CELL_AXES);
    rf_error_keyword(err, "NAXIS");
    return RF_ERR_LIMIT;
  }
  info->ncols = (size_t)hdu->pcount + 1;
  info->nrows = (uint64_t)hdu->gcount;
  /* The scan checks the size of a group only where there are groups. */
  if (!rf_add_u64((uint64_t)hdu->pcount, array_elements(hdu), &info->row_bytes) ||
      !rf_mul_u64(info->row_bytes, element_bytes(hdu), &info->row_bytes) || info->row_bytes > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "a group has more bytes than a file can hold");
  info->heap_offset = hdu->data_bytes;
  info->heap_bytes = 0;
  return RF_OK;
}

/* ---- names ---- */

static bool name_taken(const rf_table *table, size_t column) {
  for (size_t i = 0; i < column; i++)
    if (rf_same_name(table->columns[i].info.name, table->columns[column].info.name))
      return true;
  return false;
}

/* A parameter may stand in several parts of one name, whose sum it is (FITS 6.1.2.4), and it may be called DATA. A name
 * that is taken gets '_' before it, as in astropy; names have room for as many as there can be columns only when they
 * are short, so the end of a long name is cut. */
static void make_unique(rf_table *table, size_t column) {
  rf_column_info *info = &table->columns[column].info;
  char *name = info->name;
  size_t room = sizeof info->name;
  for (size_t tries = 0; tries < table->info.ncols && name_taken(table, column); tries++) {
    size_t n = strlen(name);
    if (n == room - 1)
      n--;
    memmove(name + 1, name, n);
    name[0] = '_';
    name[n + 1] = '\0';
  }
  memcpy(info->key, info->name, sizeof info->key);
}

/* ---- columns ---- */

static void set_type(rf_column *column, int bitpix) {
  static const struct {
    int bitpix;
    char letter;
    rf_dtype stored;
  } types[] = {{8, 'B', RF_U8},   {16, 'I', RF_I16},  {32, 'J', RF_I32},
               {64, 'K', RF_I64}, {-32, 'E', RF_F32}, {-64, 'D', RF_F64}};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
    if (types[i].bitpix == bitpix) {
      column->info.letter = types[i].letter;
      column->info.stored = types[i].stored;
    }
}

static void init_column(rf_column *column, size_t number, const rf_hdu *hdu, uint64_t offset, uint64_t count,
                        rf_column_keywords *keywords) {
  rf_column_info *info = &column->info;
  char form[32];
  info->size = sizeof *info;
  set_type(column, hdu->bitpix);
  column->stored_bytes = (unsigned)element_bytes(hdu);
  info->repeat = count;
  info->count = count;
  info->raw_count = count;
  info->offset = offset;
  info->bytes = count * column->stored_bytes;
  if (count == 1)
    (void)snprintf(form, sizeof form, "%c", info->letter);
  else
    (void)snprintf(form, sizeof form, "%" PRIu64 "%c", count, info->letter);
  keywords->form = form;
  rf_column_texts(column, (unsigned)number + 1, keywords);
  rf_column_scale(column, keywords);
}

/* PSCALn or PZEROn. */
static bool take_real(rf_header *header, const char *root, size_t number, rf_column_keywords *keywords,
                      rf_card_scale *scale) {
  char keyword[32];
  size_t card;
  (void)snprintf(keyword, sizeof keyword, "%s%zu", root, number + 1);
  if (rf_header_find(header, keyword, 0, &card, NULL) != RF_OK)
    return false;
  rf_card_scale_read(rf_header_get_cards(header) + card * RF_CARD_BYTES, scale);
  return rf_column_note_scale(keywords, keyword, scale);
}

static rf_status parameter(rf_table *table, size_t number, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  rf_column *column = &table->columns[number];
  rf_column_keywords keywords = {0};
  rf_card_scale scale = {0};
  char keyword[32], missing[32], *name = NULL;
  rf_value value;
  (void)snprintf(keyword, sizeof keyword, "PTYPE%zu", number + 1);
  (void)snprintf(missing, sizeof missing, "par%zu", number + 1);
  if (rf_header_get(header, keyword, &value, NULL) == RF_OK && value.kind == RF_VALUE_STRING && value.text_length > 0) {
    name = rf_strndup(value.text, value.text_length);
    if (name == NULL)
      return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the name of a parameter");
  }
  keywords.name = name != NULL ? name : missing;
  keywords.has_scale = take_real(header, "PSCAL", number, &keywords, &scale);
  keywords.scale = scale.real;
  keywords.has_zero = take_real(header, "PZERO", number, &keywords, &scale);
  keywords.zero = scale.real;
  keywords.zero_is_2_63 = scale.is_2_63;
  init_column(column, number, hdu, number * element_bytes(hdu), 1, &keywords);
  if (name == NULL)
    rf_column_odd(column, "PTYPE%zu is missing or no string, and the parameter was called %s", number + 1, missing);
  rf_free(name);
  return RF_OK;
}

static void data_array(rf_table *table, size_t number, const rf_hdu *hdu) {
  rf_column *column = &table->columns[number];
  rf_column_info *info = &column->info;
  rf_column_keywords keywords = {.name = "DATA",
                                 .has_scale = true,
                                 .scale = hdu->bscale,
                                 .has_zero = true,
                                 .zero = hdu->bzero,
                                 .zero_is_2_63 = hdu->bzero_is_2_63};
  memcpy(keywords.bad_keyword, hdu->bad_keyword, sizeof hdu->bad_keyword);
  memcpy(keywords.bad_text, hdu->bad_text, sizeof hdu->bad_text);
  init_column(column, number, hdu, number * element_bytes(hdu), array_elements(hdu), &keywords);
  info->has_null = hdu->has_blank;
  info->null = hdu->blank;
  info->ndim = hdu->naxis - 1;
  for (int i = 0; i < info->ndim; i++)
    info->dims[i] = hdu->axes[hdu->naxis - 1 - i];
}

static rf_status make_columns(rf_table *table, const rf_hdu *hdu, rf_header *header, rf_error *err) {
  rf_header *own; /* asking a header for a value changes what it keeps, and this one may be in use elsewhere */
  size_t parameters = table->info.ncols - 1;
  RF_TRY(rf_header_copy(header, &own, err));
  rf_status status = RF_OK;
  for (size_t i = 0; i < parameters && status == RF_OK; i++) {
    status = parameter(table, i, hdu, own, err);
  }
  rf_header_free(own);
  if (status == RF_OK) {
    data_array(table, parameters, hdu);
    for (size_t i = 0; i <= parameters; i++)
      make_unique(table, i);
  }
  return status;
}

static bool may_be_null(const rf_column_info *info) {
  return info->has_null != 0;
}

const rf_row_format rf_groups_row_format = {
    .size = set_size,
    .columns = make_columns,
    .may_be_null = may_be_null,
    .read_step = rf_row_step_binary,
    .write_step = rf_row_write_step_binary,
};
