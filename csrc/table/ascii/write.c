/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells into the fields of ASCII tables, and the cards of such tables (FITS 7.2). Reading is generous, writing strict:
 * a value that its field cannot hold is an error, never a row of asterisks.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "header/build.h"
#include "table/ascii/table.h"

#define SIGN_BIT (UINT64_C(1) << 63)

/* ---- cells to fields; field NULL: nothing but the checks ---- */

/* TNULLn, where numbers stand at the right and text at the left. */
static rf_status put_null(const rf_column_info *info, char *field, rf_error *err) {
  size_t width = (size_t)info->bytes, n = strlen(info->null_text);
  if (!info->has_null_text)
    return rf_fail(err, RF_ERR_ARGUMENT, "the value is undefined, and the column has no TNULL to store for such");
  if (field == NULL)
    return RF_OK;
  if (n > width)
    n = width;
  memset(field, ' ', width);
  if (n > 0)
    memcpy(info->letter == 'A' ? field : field + (width - n), info->null_text, n);
  return RF_OK;
}

static rf_status put_integer(const rf_column_info *info, char *field, int64_t value, rf_error *err) {
  if (rf_ascii_write_integer(field, (size_t)info->bytes, value) == RF_ASCII_OK)
    return RF_OK;
  return rf_fail(err, RF_ERR_RANGE, "the value %" PRId64 " takes more characters than the %" PRIu64 " of the field",
                 value, info->bytes);
}

static rf_status put_real(const rf_column_info *info, char *field, double value, rf_error *err) {
  rf_ascii_format format = {info->letter, (unsigned)info->bytes, info->decimals};
  switch (rf_ascii_write_real(field, &format, value)) {
  case RF_ASCII_OK:
    return RF_OK;
  case RF_ASCII_NOT_FINITE:
    if (isnan(value) && info->has_null_text)
      return put_null(info, field, err);
    return rf_fail(err, RF_ERR_RANGE, "%s cannot be stored in an ASCII table%s",
                   isnan(value) ? "NaN" : (value < 0 ? "-infinity" : "infinity"),
                   isnan(value) ? " where the column has no TNULL" : "");
  default:
    return rf_fail(err, RF_ERR_RANGE, "the value %.17g takes more characters than the %" PRIu64 " of the field", value,
                   info->bytes);
  }
}

/* A real value for a column of integers: the stored one nearest to it. */
static rf_status put_rounded(const rf_row_step *step, char *field, double value, rf_error *err) {
  const rf_column_info *info = &step->column->info;
  if (isnan(value) && info->has_null_text)
    return put_null(info, field, err);
  bool flip = step->column->flip && !step->raw;
  double low = flip ? 0.0 : -9223372036854775808.0, high = flip ? 18446744073709551616.0 : 9223372036854775808.0;
  double whole = rint(value);
  if (!(whole >= low && whole < high))
    return rf_fail(err, RF_ERR_RANGE, "the value %.17g cannot be stored as an integer of 64 bits", value);
  if (flip)
    return put_integer(info, field, (int64_t)((uint64_t)whole ^ SIGN_BIT), err);
  return put_integer(info, field, (int64_t)whole, err);
}

static rf_status put_number(const rf_row_step *step, char *field, const uint8_t *cell, rf_error *err) {
  const rf_column_info *info = &step->column->info;
  double value;
  if (step->type == RF_F32) {
    float single;
    memcpy(&single, cell, sizeof single);
    value = (double)single;
  } else if (step->type == RF_F64) {
    memcpy(&value, cell, sizeof value);
  } else {
    uint64_t bits;
    memcpy(&bits, cell, sizeof bits);
    return put_integer(info, field, (int64_t)(step->column->flip && !step->raw ? bits ^ SIGN_BIT : bits), err);
  }
  if (info->scaled && !step->raw)
    value = (value - info->tzero) / info->tscal;
  return info->letter == 'I' ? put_rounded(step, field, value, err) : put_real(info, field, value, err);
}

static uint32_t character(const rf_row_step *step, const uint8_t *cell, size_t i) {
  uint32_t c;
  if (step->type == RF_BYTES)
    return cell[i];
  memcpy(&c, cell + 4 * i, sizeof c);
  return c;
}

/* NULs at the end fill the cell up and blanks there fill the field up: neither counts. */
static rf_status put_string(const rf_row_step *step, char *field, const uint8_t *cell, rf_error *err) {
  size_t width = (size_t)step->column->info.bytes, n = step->width;
  while (n > 0 && character(step, cell, n - 1) == 0)
    n--;
  while (n > width && character(step, cell, n - 1) == ' ')
    n--;
  if (n > width)
    return rf_fail(err, RF_ERR_RANGE, "the string has %zu characters and the field has %zu", n, width);
  for (size_t i = 0; i < n; i++) {
    uint32_t c = character(step, cell, i);
    if (c < 0x20 || c > 0x7E)
      return rf_fail(err, RF_ERR_RANGE,
                     "character %zu of the string is U+%04" PRIX32 ": an ASCII table holds printable ASCII only", i, c);
    if (field != NULL)
      field[i] = (char)c;
  }
  if (field != NULL)
    memset(field + n, ' ', width - n);
  return RF_OK;
}

rf_status rf_ascii_put(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count, const uint8_t *src,
                       const uint8_t *mask, size_t *bad, rf_error *err) {
  const rf_column_info *info = &step->column->info;
  for (size_t i = 0; i < count; i++) {
    char *field = dst != NULL ? (char *)dst + (ptrdiff_t)i * dst_stride : NULL;
    const uint8_t *cell = src + (ptrdiff_t)i * step->stride;
    *bad = i;
    if (mask != NULL && mask[i * step->mask_stride] != 0)
      RF_TRY(put_null(info, field, err));
    else if (info->letter == 'A')
      RF_TRY(put_string(step, field, cell, err));
    else
      RF_TRY(put_number(step, field, cell, err));
  }
  return RF_OK;
}

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

static rf_status asked_format(const rf_column_spec *spec, rf_ascii_format standard, rf_ascii_format *format,
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

rf_status rf_ascii_form(const rf_column_spec *spec, rf_ascii_format *format, char form[32], rf_error *err) {
  rf_ascii_format standard, chosen;
  if (spec->descriptor != 0 || spec->ndim > 0)
    return rf_fail(err, RF_ERR_TYPE, "a cell of an ASCII table holds one number or string, no array");
  if (!default_format(spec, &standard))
    return rf_fail(err, RF_ERR_TYPE, "an ASCII table holds integers, reals and strings, and no cells of this type");
  chosen = standard;
  if (spec->form != NULL)
    RF_TRY(asked_format(spec, standard, &chosen, err));
  if (chosen.letter == 'A' || chosen.letter == 'I')
    (void)snprintf(form, 32, "%c%u", chosen.letter, chosen.width);
  else
    (void)snprintf(form, 32, "%c%u.%u", chosen.letter, chosen.width, chosen.decimals);
  *format = chosen;
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

rf_status rf_ascii_column_cards(rf_header *header, unsigned number, const rf_column_spec *spec, uint64_t start,
                                rf_error *err) {
  rf_ascii_format format;
  char form[32], keyword[16];
  RF_TRY(rf_ascii_form(spec, &format, form, err));
  if (spec->name != NULL && spec->name[0] != '\0')
    RF_TRY(append_text(header, "TTYPE", number, spec->name, "name of the column", err));
  (void)snprintf(keyword, sizeof keyword, "TBCOL%u", number);
  RF_TRY(rf_header_append_integer(header, keyword, (int64_t)start, "first character of the field", err));
  RF_TRY(append_text(header, "TFORM", number, form, "format of the field", err));
  if (spec->unit != NULL && spec->unit[0] != '\0')
    RF_TRY(append_text(header, "TUNIT", number, spec->unit, "unit of the values", err));
  RF_TRY(append_scale(header, number, spec, err));
  RF_TRY(append_null(header, number, spec, format.width, err));
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
  rf_ascii_format format;
  char form[32];
  uint64_t row = 0, bytes;
  for (size_t i = 0; i < spec->ncols; i++) {
    RF_TRY(rf_ascii_form(&spec->columns[i], &format, form, err));
    row += format.width + (i > 0 ? 1 : 0); /* at most 1,000 columns of 10^9 characters */
  }
  if (!rf_mul_u64(row, spec->nrows, &bytes) || bytes > INT64_MAX - RF_BLOCK_BYTES || spec->nrows > INT64_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the table has more bytes than a file can hold");
  RF_TRY(append_structure(header, spec, row, err));
  row = 0;
  for (size_t i = 0; i < spec->ncols; i++) {
    RF_TRY(rf_ascii_form(&spec->columns[i], &format, form, err));
    RF_TRY(rf_ascii_column_cards(header, (unsigned)i + 1, &spec->columns[i], row + 1, err));
    row += format.width + 1;
  }
  return RF_OK;
}
