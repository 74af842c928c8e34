/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of ASCII tables and of their columns (FITS 7.2).
 */
#include "table/ascii/cards.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "value/ascii_field.h"
#include "header/build.h"

/* ---- formats ---- */

/* Every value of the type fits and reads back as the same one. */
static bool default_format(const rf_column_spec *spec, rf_ascii_format *format) {
  static const struct {
    rf_dtype type;
    rf_ascii_format format;
  } formats[] = {{RF_U8, {'I', 3, 0}},    {RF_I8, {'I', 4, 0}},   {RF_I16, {'I', 6, 0}},  {RF_U16, {'I', 5, 0}},
                 {RF_I32, {'I', 11, 0}},  {RF_U32, {'I', 10, 0}}, {RF_I64, {'I', 20, 0}}, {RF_U64, {'I', 20, 0}},
                 {RF_F32, {'E', 23, 16}}, {RF_F64, {'D', 25, 17}}};
  if (spec->type == RF_BYTES || spec->type == RF_TEXT) {
    *format = (rf_ascii_format){'A', spec->width > 0 ? (unsigned)spec->width : 1, 0};
    return spec->width <= RF_ASCII_MAX_WIDTH;
  }
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
    if (formats[i].type == spec->type) {
      *format = formats[i].format;
      return true;
    }
  return false;
}

static rf_status check_format(const rf_column_spec *spec, rf_ascii_format standard, rf_ascii_format *format,
                              rf_error *err) {
  if (!rf_ascii_format_parse(spec->form, format) || format->width == 0)
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "'%.70s' is no format of an ASCII table: those are Aw, Iw, Fw.d, Ew.d and Dw.d", spec->form);
  bool real = standard.letter == 'E' || standard.letter == 'D';
  if (real ? format->letter == 'A' || format->letter == 'I' : format->letter != standard.letter)
    return rf_fail(err, RF_ERR_TYPE, "the format '%.70s' is not for the type of the column, which takes %s", spec->form,
                   real ? "F, E or D" : (standard.letter == 'A' ? "A" : "I"));
  if (real && format->decimals >= format->width)
    return rf_fail(err, RF_ERR_ARGUMENT, "the format '%.70s' leaves no room for its decimals", spec->form);
  return RF_OK;
}

rf_status rf_ascii_form(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err) {
  rf_ascii_format standard, chosen;
  (void)number;
  if (spec->descriptor != 0 || spec->ndim > 0)
    return rf_fail(err, RF_ERR_TYPE, "a cell of an ASCII table holds one number or string, no array");
  if (!default_format(spec, &standard))
    return rf_fail(err, RF_ERR_TYPE, "an ASCII table holds integers, reals and strings, and no cells of this type");
  chosen = standard;
  if (spec->form != NULL)
    RF_TRY(check_format(spec, standard, &chosen, err));
  if (chosen.letter == 'A' || chosen.letter == 'I')
    (void)snprintf(form->form, sizeof form->form, "%c%u", chosen.letter, chosen.width);
  else
    (void)snprintf(form->form, sizeof form->form, "%c%u.%u", chosen.letter, chosen.width, chosen.decimals);
  form->bytes = chosen.width;
  form->dim[0] = '\0';
  form->what = NULL;
  return RF_OK;
}

/* ---- cards ---- */

static rf_status append_text(rf_header *header, const char *root, unsigned number, const char *text,
                             const char *comment, rf_error *err) {
  char keyword[16];
  (void)snprintf(keyword, sizeof keyword, "%s%u", root, number);
  return rf_header_append_string(header, keyword, text, comment, err);
}

static rf_status append_scale(rf_header *header, unsigned number, const rf_column_spec *spec, rf_error *err) {
  char scale[16], zero[16];
  (void)snprintf(scale, sizeof scale, "TSCAL%u", number);
  (void)snprintf(zero, sizeof zero, "TZERO%u", number);
  if (spec->scaled) {
    RF_TRY(rf_header_append_real(header, scale, spec->tscal, "factor of the stored values", err));
    return rf_header_append_real(header, zero, spec->tzero, "offset of the scaled values", err);
  }
  if (spec->type != RF_U64)
    return RF_OK;
  /* What has no sign and 64 bits is stored with its range moved, as in binary tables (FITS 7.3.2): readers with signed
   * integers only can read the field all the same. */
  RF_TRY(rf_header_append_integer(header, scale, 1, "factor of the stored values", err));
  return rf_header_append_token(header, zero, "9223372036854775808", "offset for unsigned integers", err);
}

static rf_status append_null(rf_header *header, unsigned number, const rf_column_spec *spec, unsigned width,
                             rf_error *err) {
  char digits[24];
  const char *text = spec->null_text;
  if (text == NULL && spec->has_null) {
    (void)snprintf(digits, sizeof digits, "%" PRId64, spec->null);
    text = digits;
  }
  if (text == NULL)
    return RF_OK;
  if (strlen(text) > width)
    return rf_fail(err, RF_ERR_ARGUMENT, "TNULL = '%.70s' has more characters than the %u of the field", text, width);
  return append_text(header, "TNULL", number, text, "string for an undefined value", err);
}

rf_status rf_ascii_column_cards(rf_header *header, const rf_column_spec *spec, unsigned number, uint64_t start,
                                rf_error *err) {
  rf_spec_form form;
  char keyword[16];
  RF_TRY(rf_ascii_form(spec, number, &form, err));
  if (spec->name != NULL && spec->name[0] != '\0')
    RF_TRY(append_text(header, "TTYPE", number, spec->name, "name of the column", err));
  (void)snprintf(keyword, sizeof keyword, "TBCOL%u", number);
  RF_TRY(rf_header_append_integer(header, keyword, (int64_t)start, "first character of the field", err));
  RF_TRY(append_text(header, "TFORM", number, form.form, "format of the field", err));
  if (spec->unit != NULL && spec->unit[0] != '\0')
    RF_TRY(append_text(header, "TUNIT", number, spec->unit, "unit of the values", err));
  RF_TRY(append_scale(header, number, spec, err));
  RF_TRY(append_null(header, number, spec, (unsigned)form.bytes, err));
  if (spec->display != NULL && spec->display[0] != '\0')
    RF_TRY(append_text(header, "TDISP", number, spec->display, "format to show the values in", err));
  return RF_OK;
}

static rf_status append_structure(rf_header *header, const rf_table_spec *spec, uint64_t row, rf_error *err) {
  RF_TRY(rf_header_append_string(header, "XTENSION", "TABLE", "ASCII table extension", err));
  RF_TRY(rf_header_append_integer(header, "BITPIX", 8, "characters", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS", 2, "rows of characters", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS1", (int64_t)row, "characters in a row", err));
  RF_TRY(rf_header_append_integer(header, "NAXIS2", (int64_t)spec->nrows, "rows", err));
  RF_TRY(rf_header_append_integer(header, "PCOUNT", 0, "nothing behind the rows", err));
  RF_TRY(rf_header_append_integer(header, "GCOUNT", 1, "one group", err));
  return rf_header_append_integer(header, "TFIELDS", (int64_t)spec->ncols, "columns", err);
}

rf_status rf_ascii_table_cards(rf_header *header, const rf_table_spec *spec, rf_error *err) {
  rf_spec_form form;
  uint64_t row = 0, bytes;
  for (size_t i = 0; i < spec->ncols; i++) {
    RF_TRY(rf_ascii_form(&spec->columns[i], (unsigned)i + 1, &form, err));
    row += form.bytes + (i > 0 ? 1 : 0); /* at most 1,000 columns of 10^9 characters */
  }
  if (!rf_mul_u64(row, spec->nrows, &bytes) || bytes > INT64_MAX - RF_BLOCK_BYTES || spec->nrows > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the table has more bytes than a file can hold");
  RF_TRY(append_structure(header, spec, row, err));
  row = 0;
  for (size_t i = 0; i < spec->ncols; i++) {
    RF_TRY(rf_ascii_form(&spec->columns[i], (unsigned)i + 1, &form, err));
    RF_TRY(rf_ascii_column_cards(header, &spec->columns[i], (unsigned)i + 1, row + 1, err));
    row += form.bytes + 1;
  }
  return RF_OK;
}
