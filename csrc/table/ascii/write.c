/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells into the fields of ASCII tables (FITS 7.2). Reading is generous, writing strict: a value that its field cannot
 * hold is an error, never a row of asterisks.
 */
#include "table/ascii/write.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "value/ascii_field.h"

#define SIGN_BIT (UINT64_C(1) << 63)

/* In these functions `field` NULL means that only the checks are made. */

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

rf_status rf_row_write_step_ascii(const rf_row_step *step, uint8_t *dst, ptrdiff_t dst_stride, size_t count,
                                  const uint8_t *src, const uint8_t *mask, size_t *bad, rf_error *err) {
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
