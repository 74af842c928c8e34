/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields of ASCII tables (FITS 7.2) into cells. A field is text at any place of the row.
 */
#include "table/ascii/read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table/rows/strings.h"
#include "value/ascii_field.h"

/* Why a field cannot be read, with as much of it as a message can show. */
static rf_status bad_field(const char *field, size_t width, rf_ascii_result result, rf_error *err) {
  char shown[41];
  size_t n = width < sizeof shown - 1 ? width : sizeof shown - 1;
  for (size_t i = 0; i < n; i++)
    shown[i] = field[i] >= ' ' && field[i] <= '~' ? field[i] : '?';
  shown[n] = '\0';
  const char *more = n < width ? "..." : "";
  if (result == RF_ASCII_NO_INTEGER)
    return rf_fail(err, RF_ERR_FORMAT, "the field '%s%s' is no integer", shown, more);
  if (result == RF_ASCII_TOO_LARGE)
    return rf_fail(err, RF_ERR_FORMAT, "the field '%s%s' is an integer beyond 64 bits", shown, more);
  return rf_fail(err, RF_ERR_FORMAT, "the field '%s%s' is no number", shown, more);
}

static bool is_null(const rf_column_info *info, const char *field) {
  return info->has_null_text && rf_ascii_is_null(field, (size_t)info->bytes, info->null_text, strlen(info->null_text));
}

/* An undefined value is what TNULLn says where that is a number; where it is none ("*", "---") it is 0. */
static rf_status read_integer(const rf_row_step *step, const char *field, uint8_t *mask, bool *none, int64_t *value,
                              rf_error *err) {
  const rf_column_info *info = &step->column->info;
  rf_ascii_result result = rf_ascii_read_integer(field, (size_t)info->bytes, info->decimals, value);
  *none = result != RF_ASCII_OK;
  if (mask != NULL || *none) {
    bool null = is_null(info, field);
    if (mask != NULL)
      *mask = null;
    if (*none && !null)
      return bad_field(field, (size_t)info->bytes, result, err);
    if (*none)
      *value = 0;
  }
  return RF_OK;
}

static rf_status run_integers(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                              uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  const uint64_t flip = step->column->flip && !step->raw ? UINT64_C(1) << 63 : 0;
  for (size_t i = 0; i < count; i++) {
    int64_t value;
    bool none;
    *bad = i;
    RF_TRY(read_integer(step, (const char *)src, mask, &none, &value, err));
    uint64_t bits = none ? 0 : (uint64_t)value ^ flip;
    memcpy(dest, &bits, sizeof bits);
    src += src_stride;
    dest += step->stride;
    if (mask != NULL)
      mask += step->mask_stride;
  }
  return RF_OK;
}

/* Any column of numbers as real ones; an undefined value that is no number is NaN. */
static rf_status read_real(const rf_row_step *step, const char *field, uint8_t *mask, double *value, rf_error *err) {
  const rf_column *column = step->column;
  const rf_column_info *info = &column->info;
  if (info->letter == 'I') {
    int64_t integer;
    bool none;
    RF_TRY(read_integer(step, field, mask, &none, &integer, err));
    if (none)
      *value = NAN;
    else if (column->flip && !step->raw)
      *value = (double)((uint64_t)integer ^ UINT64_C(1) << 63);
    else
      *value = (double)integer;
  } else {
    rf_ascii_result result = rf_ascii_read_real(field, (size_t)info->bytes, info->decimals, value);
    bool null = (mask != NULL || result != RF_ASCII_OK) && is_null(info, field);
    if (result != RF_ASCII_OK && !null)
      return bad_field(field, (size_t)info->bytes, result, err);
    if (result != RF_ASCII_OK)
      *value = NAN;
    if (mask != NULL)
      *mask = null || isnan(*value);
  }
  if (info->scaled && !step->raw)
    *value = *value * info->tscal + info->tzero;
  return RF_OK;
}

static rf_status run_reals(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                           uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    double value;
    *bad = i;
    RF_TRY(read_real(step, (const char *)src, mask, &value, err));
    if (step->type == RF_F32) {
      float single = (float)value;
      memcpy(dest, &single, sizeof single);
    } else {
      memcpy(dest, &value, sizeof value);
    }
    src += src_stride;
    dest += step->stride;
    if (mask != NULL)
      mask += step->mask_stride;
  }
  return RF_OK;
}

/* As strings of binary tables, which may be undefined here. */
static rf_status run_texts(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                           uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err) {
  RF_TRY(rf_row_strings(step)(step, src, src_stride, count, dest, NULL, bad, err));
  for (size_t i = 0; mask != NULL && i < count; i++)
    mask[i * step->mask_stride] = is_null(&step->column->info, (const char *)src + (ptrdiff_t)i * src_stride);
  return RF_OK;
}

rf_status rf_row_step_ascii(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                            rf_error *err) {
  /* The types to read, and the places in memory, are those of binary tables. */
  RF_TRY(rf_row_step_binary(step, column, request, err));
  step->mask_apart = false;
  step->convert.mode = RF_CONVERT_NUMBER; /* no field is a number as it stands */
  if (column->info.letter == 'A')
    step->run = run_texts;
  else
    step->run = request->type == RF_F32 || request->type == RF_F64 ? run_reals : run_integers;
  return RF_OK;
}
