/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns of ASCII tables (FITS 7.2), and how their fields become cells. A field is text at any place of the row;
 * fields may overlap and leave gaps.
 */
#include "table/ascii/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

/* ---- columns ---- */

static rf_status take_place(rf_column *column, unsigned number, const rf_hdu *hdu, const rf_column_keywords *keywords,
                            const rf_ascii_format *format, rf_error *err) {
  rf_column_info *info = &column->info;
  uint64_t row = hdu->axes[0], width = format->width;
  if (!keywords->has_start)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no TBCOL%u, or it is no integer", number);
  if (keywords->start < 1 || (uint64_t)keywords->start - 1 > row || width > row - ((uint64_t)keywords->start - 1))
    return rf_fail(err, RF_ERR_FORMAT,
                   "the field of %" PRIu64 " characters at TBCOL%u = %" PRId64
                   " does not lie in a row of NAXIS1 = %" PRIu64,
                   width, number, keywords->start, row);
  info->offset = (uint64_t)keywords->start - 1;
  info->bytes = width;
  return RF_OK;
}

/* TNULLn is a string; of those who wrote a number its digits are meant. */
static void take_null(rf_column_info *info, const rf_column_keywords *keywords) {
  if (keywords->null_text != NULL)
    (void)snprintf(info->null_text, sizeof info->null_text, "%s", keywords->null_text);
  else if (keywords->has_null)
    (void)snprintf(info->null_text, sizeof info->null_text, "%" PRId64, keywords->null);
  info->has_null_text = keywords->null_text != NULL || keywords->has_null;
}

static rf_status init_column(rf_column *column, unsigned number, const rf_hdu *hdu, const rf_column_keywords *keywords,
                             rf_error *err) {
  rf_column_info *info = &column->info;
  rf_ascii_format format;
  info->size = sizeof *info;
  rf_column_texts(column, number, keywords);
  if (keywords->form == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no TFORM%u", number);
  if (!rf_ascii_format_parse(keywords->form, &format))
    return rf_fail(err, RF_ERR_FORMAT,
                   "TFORM%u = '%.70s' is no format of an ASCII table: those are Aw, Iw, Fw.d, Ew.d and Dw.d", number,
                   keywords->form);
  RF_TRY(take_place(column, number, hdu, keywords, &format, err));
  info->letter = format.letter;
  info->decimals = format.decimals;
  info->repeat = 1;
  info->count = 1;
  info->raw_count = 1;
  if (format.letter == 'A') {
    info->stored = RF_BYTES;
    info->width = info->bytes;
    column->stored_bytes = 1;
  } else {
    info->stored = format.letter == 'I' ? RF_I64 : RF_F64;
    column->stored_bytes = 8;
  }
  take_null(info, keywords);
  rf_column_scale(column, keywords);
  return RF_OK;
}

rf_status rf_table_ascii_columns(rf_table *table, const rf_hdu *hdu, const rf_table_cards *cards, rf_error *err) {
  for (size_t i = 0; i < table->info.ncols; i++) {
    rf_column *column = &table->columns[i];
    rf_status status = init_column(column, (unsigned)i + 1, hdu, &cards->keywords[i], err);
    if (status != RF_OK)
      return rf_table_add_context(err, status, column, i, -1);
  }
  return RF_OK;
}

/* ---- reading ---- */

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
  /* What may be asked for, and where it goes in memory, is the same. */
  RF_TRY(rf_row_step_binary(step, column, request, err));
  step->mask_apart = false;
  step->convert.mode = RF_CONVERT_NUMBER; /* no field is a number as it stands */
  if (column->info.letter == 'A')
    step->run = run_texts;
  else
    step->run = request->type == RF_F32 || request->type == RF_F64 ? run_reals : run_integers;
  return RF_OK;
}
