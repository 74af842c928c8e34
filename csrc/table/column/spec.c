/* SPDX-License-Identifier: BSD-3-Clause
 *
 * From what a caller wants of a column to the keywords that say so (FITS 7.3.1, 7.3.2).
 */
#include "table/column/spec.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "header/build.h"
#include "base/versioned.h"

/* What a type is in the file. */
typedef struct storage {
  char letter;
  unsigned bytes;   /* of an element; 0: bits */
  rf_dtype stored;  /* what it is without TZEROn */
  const char *zero; /* TZEROn of an unsigned or signed-byte type, as text: not every one is a double */
  const char *what; /* for the comment of TFORMn */
} storage;

static const storage *storage_of(rf_dtype type) {
  static const storage table[] = {
      [RF_U8] = {'B', 1, RF_U8, NULL, "BYTE"},
      [RF_I8] = {'B', 1, RF_U8, "-128", "BYTE"},
      [RF_I16] = {'I', 2, RF_I16, NULL, "2-byte INTEGER"},
      [RF_U16] = {'I', 2, RF_I16, "32768", "2-byte INTEGER"},
      [RF_I32] = {'J', 4, RF_I32, NULL, "4-byte INTEGER"},
      [RF_U32] = {'J', 4, RF_I32, "2147483648", "4-byte INTEGER"},
      [RF_I64] = {'K', 8, RF_I64, NULL, "8-byte INTEGER"},
      [RF_U64] = {'K', 8, RF_I64, "9223372036854775808", "8-byte INTEGER"},
      [RF_F32] = {'E', 4, RF_F32, NULL, "4-byte REAL"},
      [RF_F64] = {'D', 8, RF_F64, NULL, "8-byte DOUBLE"},
      [RF_C64] = {'C', 8, RF_C64, NULL, "COMPLEX"},
      [RF_C128] = {'M', 16, RF_C128, NULL, "DOUBLE COMPLEX"},
      [RF_LOGICAL] = {'L', 1, RF_LOGICAL, NULL, "1-byte LOGICAL"},
      [RF_BIT] = {'X', 0, RF_BIT, NULL, "BIT"},
      [RF_BYTES] = {'A', 1, RF_BYTES, NULL, "ASCII Character"},
      [RF_TEXT] = {'A', 1, RF_BYTES, NULL, "ASCII Character"},
  };
  return (unsigned)type < sizeof table / sizeof table[0] && table[type].letter != '\0' ? &table[type] : NULL;
}

rf_status rf_spec_take(const rf_column_spec *from, size_t position, rf_column_spec *spec, rf_error *err) {
  memset(spec, 0, sizeof *spec);
  if (from == NULL || from->size < sizeof from->size + sizeof from->name + sizeof from->type)
    return rf_fail(err, RF_ERR_ARGUMENT, "column %zu of the new table: the size of its description is not set",
                   position + 1);
  rf_struct_take(spec, sizeof *spec, from);
  return RF_OK;
}

/* ---- checks ---- */

static const char *shown_name(const rf_column_spec *spec) {
  return spec->name != NULL ? spec->name : "";
}

static rf_status check_null(const rf_column_spec *spec, const storage *how, unsigned number, rf_error *err) {
  int64_t low = 0, high = UINT8_MAX;
  if (!spec->has_null)
    return RF_OK;
  if (how->letter == 'I') {
    low = INT16_MIN;
    high = INT16_MAX;
  } else if (how->letter == 'J') {
    low = INT32_MIN;
    high = INT32_MAX;
  } else if (how->letter == 'K') {
    low = INT64_MIN;
    high = INT64_MAX;
  } else if (how->letter != 'B') {
    return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': TNULL is for integer columns, and this one is %s", number,
                   shown_name(spec), how->what);
  }
  if (spec->null < low || spec->null > high)
    return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': TNULL = %" PRId64 " is no value that a %s can store",
                   number, shown_name(spec), spec->null, how->what);
  return RF_OK;
}

static rf_status check_scale(const rf_column_spec *spec, const storage *how, unsigned number, rf_error *err) {
  if (!spec->scaled)
    return RF_OK;
  if (how->zero != NULL || strchr("BIJKEDCM", how->letter) == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': TSCAL and TZERO are for columns of plain numbers", number,
                   shown_name(spec));
  if (!isfinite(spec->tscal) || !isfinite(spec->tzero) || spec->tscal == 0.0)
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "column %u '%.80s': TSCAL = %g and TZERO = %g cannot be: both must be finite and TSCAL not 0",
                   number, shown_name(spec), spec->tscal, spec->tzero);
  return RF_OK;
}

/* Elements of one cell. */
static rf_status count_elements(const rf_column_spec *spec, unsigned number, uint64_t *count, rf_error *err) {
  *count = 1;
  if (spec->ndim < 0 || spec->ndim > RF_CELL_AXES || (spec->ndim > 0 && spec->dims == NULL))
    return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': expected 0 to %d axes of a cell, found %d", number,
                   shown_name(spec), RF_CELL_AXES, spec->ndim);
  bool empty = false;
  for (int i = 0; i < spec->ndim; i++) {
    empty = empty || spec->dims[i] == 0;
    if (spec->dims[i] > INT64_MAX || (!empty && !rf_mul_u64(*count, spec->dims[i], count)))
      return rf_fail(err, RF_ERR_LIMIT, "column %u '%.80s': a cell has more elements than 63 bits can say", number,
                     shown_name(spec));
  }
  if (empty)
    *count = 0;
  return RF_OK;
}

/* ---- forms ---- */

/* TDIMn = "(a,b,c)", fastest first. Zeros have no place in it. */
static void write_dims(const rf_column_spec *spec, bool string, uint64_t count, rf_spec_form *form) {
  size_t at = 0;
  /* One axis needs no TDIMn, but for strings and to be told from a scalar. */
  bool needed = spec->ndim > 1 || (spec->ndim == 1 && (string || spec->dims[0] == 1 || spec->descriptor != 0));
  form->dim[0] = '\0';
  if (!needed || count == 0 || (string && spec->width == 0))
    return;
  at += (size_t)snprintf(form->dim, sizeof form->dim, "(");
  if (string)
    at += (size_t)snprintf(form->dim + at, sizeof form->dim - at, "%" PRIu64 ",", spec->width);
  for (int i = spec->ndim - 1; i >= 0 && at < sizeof form->dim; i--)
    at += (size_t)snprintf(form->dim + at, sizeof form->dim - at, "%" PRIu64 "%s", spec->dims[i], i > 0 ? "," : ")");
}

static bool field_bytes(const storage *how, uint64_t repeat, uint64_t *bytes) {
  uint64_t up;
  if (how->bytes != 0)
    return rf_mul_u64(repeat, how->bytes, bytes) && *bytes <= INT64_MAX;
  if (!rf_add_u64(repeat, 7, &up))
    return false;
  *bytes = up / 8;
  return true;
}

rf_status rf_spec_form_binary(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err) {
  const storage *how = storage_of(spec->type);
  uint64_t count, repeat;
  if (how == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': unknown type %d", number, shown_name(spec),
                   (int)spec->type);
  RF_TRY(check_null(spec, how, number, err));
  RF_TRY(check_scale(spec, how, number, err));
  RF_TRY(count_elements(spec, number, &count, err));
  bool string = how->letter == 'A';
  repeat = count;
  if (string && !rf_mul_u64(repeat, spec->width, &repeat))
    repeat = UINT64_MAX;
  form->what = how->what;
  write_dims(spec, string, count, form);
  if (spec->descriptor != 0) {
    if (spec->descriptor != 'P' && spec->descriptor != 'Q')
      return rf_fail(err, RF_ERR_ARGUMENT, "column %u '%.80s': descriptors are 'P' or 'Q'", number, shown_name(spec));
    form->bytes = spec->descriptor == 'P' ? 8 : 16;
    (void)snprintf(form->form, sizeof form->form, "1%c%c(%" PRIu64 ")", spec->descriptor, how->letter,
                   spec->max_length);
    form->what = "variable length array";
    return RF_OK;
  }
  if (repeat > INT64_MAX || !field_bytes(how, repeat, &form->bytes))
    return rf_fail(err, RF_ERR_LIMIT, "column %u '%.80s': a cell has more bytes than 63 bits can say", number,
                   shown_name(spec));
  if (repeat == 1 && !string)
    (void)snprintf(form->form, sizeof form->form, "1%c", how->letter);
  else
    (void)snprintf(form->form, sizeof form->form, "%" PRIu64 "%c", repeat, how->letter);
  return RF_OK;
}

/* ---- cards ---- */

static const char *numbered(char keyword[16], const char *root, unsigned number) {
  (void)snprintf(keyword, 16, "%s%u", root, number);
  return keyword;
}

static rf_status append_scale(rf_header *header, const rf_column_spec *spec, const storage *how, unsigned number,
                              rf_error *err) {
  char keyword[16];
  if (how->zero != NULL) {
    const char *comment = spec->type == RF_I8 ? "offset for signed bytes" : "offset for unsigned integers";
    RF_TRY(rf_header_append_integer(header, numbered(keyword, "TSCAL", number), 1, "data are not scaled", err));
    return rf_header_append_token(header, numbered(keyword, "TZERO", number), how->zero, comment, err);
  }
  if (!spec->scaled)
    return RF_OK;
  RF_TRY(
      rf_header_append_real(header, numbered(keyword, "TSCAL", number), spec->tscal, "data are scaled by this", err));
  return rf_header_append_real(header, numbered(keyword, "TZERO", number), spec->tzero, "data are offset by this", err);
}

rf_status rf_spec_cards_binary(rf_header *header, const rf_column_spec *spec, unsigned number, uint64_t start,
                               rf_error *err) {
  const storage *how = storage_of(spec->type);
  rf_spec_form form;
  char keyword[16], comment[64];
  (void)start;
  RF_TRY(rf_spec_form_binary(spec, number, &form, err));
  if (spec->name != NULL) {
    (void)snprintf(comment, sizeof comment, "label for field %3u", number);
    RF_TRY(rf_header_append_string(header, numbered(keyword, "TTYPE", number), spec->name, comment, err));
  }
  (void)snprintf(comment, sizeof comment, "data format of field: %s", form.what);
  RF_TRY(rf_header_append_string(header, numbered(keyword, "TFORM", number), form.form, comment, err));
  if (spec->unit != NULL && spec->unit[0] != '\0')
    RF_TRY(
        rf_header_append_string(header, numbered(keyword, "TUNIT", number), spec->unit, "physical unit of field", err));
  RF_TRY(append_scale(header, spec, how, number, err));
  if (spec->has_null)
    RF_TRY(rf_header_append_integer(header, numbered(keyword, "TNULL", number), spec->null, "value of undefined cells",
                                    err));
  if (form.dim[0] != '\0')
    RF_TRY(rf_header_append_string(header, numbered(keyword, "TDIM", number), form.dim,
                                   "size of the multidimensional array", err));
  if (spec->display != NULL && spec->display[0] != '\0')
    RF_TRY(rf_header_append_string(header, numbered(keyword, "TDISP", number), spec->display,
                                   "display format for column", err));
  return RF_OK;
}

rf_status rf_spec_set_comment(rf_header *header, const rf_column_spec *spec, unsigned number, rf_error *err) {
  char keyword[16];
  if (spec->comment == NULL || spec->comment[0] == '\0')
    return RF_OK;
  rf_value comment = {.kind = RF_VALUE_STRING, .text = spec->comment, .text_length = strlen(spec->comment)};
  return rf_header_set(header, numbered(keyword, "TCOMM", number), &comment, NULL, err);
}
