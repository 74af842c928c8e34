/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the keywords of one column say (FITS 7.2.1, 7.3.1, 7.3.2). Real files hold forms that no standard knows; they
 * are read where only one reading makes sense, and the column says that they were odd.
 */
#include "table/column/column.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "header/scale.h"

/* ---- TFORMn ---- */

/* Digits at *text to a number; false beyond 63 bits. Without digits *value stays. */
static bool take_digits(const char **text, uint64_t *value) {
  if (**text < '0' || **text > '9')
    return true;
  uint64_t sum = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++)
    if (!rf_mul_u64(sum, 10, &sum) || !rf_add_u64(sum, (uint64_t)(**text - '0'), &sum) || sum > INT64_MAX)
      return false;
  *value = sum;
  return true;
}

static void skip_blanks(const char **text) {
  while (**text == ' ')
    (*text)++;
}

unsigned rf_letter_bytes(char letter) {
  switch (letter) {
  case 'L':
  case 'B':
  case 'A':
    return 1;
  case 'I':
    return 2;
  case 'J':
  case 'E':
    return 4;
  case 'K':
  case 'D':
  case 'C':
    return 8;
  case 'M':
    return 16;
  default:
    return 0;
  }
}

static rf_status bad_form(const char *text, const char *what, rf_error *err) {
  return rf_fail(err, RF_ERR_FORMAT, "'%.70s' is no form of a column: %s", text, what);
}

/* The element's letter and the longest length behind P or Q. */
static rf_status take_descriptor(const char *text, const char **at, rf_form *form, rf_error *err) {
  form->descriptor = form->letter;
  form->letter = rf_to_upper(**at);
  if (form->letter != 'X' && rf_letter_bytes(form->letter) == 0)
    return bad_form(text, "P and Q need the letter of an element behind them", err);
  (*at)++;
  /* One descriptor or none (FITS 7.3.5): more have no meaning. */
  if (form->repeat > 1)
    return bad_form(text, "a cell has one descriptor at most", err);
  skip_blanks(at);
  if (**at == '(') {
    (*at)++;
    skip_blanks(at);
    form->has_max = **at >= '0' && **at <= '9';
    if (!take_digits(at, &form->max_length))
      return bad_form(text, "its number is too long", err);
    skip_blanks(at);
    if (**at == ')')
      (*at)++;
    else
      form->odd = true;
  }
  return RF_OK;
}

/* What stands behind the letter of a string: "rAw" is r characters in strings of w; "Aw" is what ASCII tables write for
 * "wA" (read so by others, too). */
static rf_status take_string(const char *text, const char **at, bool has_repeat, rf_form *form, rf_error *err) {
  uint64_t width = 0;
  if (!take_digits(at, &width))
    return bad_form(text, "its number is too long", err);
  if (width == 0)
    return RF_OK;
  if (!has_repeat) {
    form->repeat = width;
    form->odd = true;
  } else if (width <= form->repeat) {
    form->string = width;
  } else {
    form->odd = true;
  }
  return RF_OK;
}

rf_status rf_form_parse(const char *text, rf_form *form, rf_error *err) {
  const char *at = text;
  memset(form, 0, sizeof *form);
  form->repeat = 1;
  skip_blanks(&at);
  const char *digits = at;
  if (!take_digits(&at, &form->repeat))
    return bad_form(text, "its number is too long", err);
  bool has_repeat = at != digits;
  skip_blanks(&at);
  form->letter = rf_to_upper(*at);
  if (form->letter == '\0')
    return bad_form(text, "it has no letter", err);
  if (form->letter != 'X' && form->letter != 'P' && form->letter != 'Q' && rf_letter_bytes(form->letter) == 0)
    return bad_form(text, "the letters are L X B I J K A E D C M P Q", err);
  form->odd = *at != form->letter;
  at++;
  if (form->letter == 'P' || form->letter == 'Q')
    RF_TRY(take_descriptor(text, &at, form, err));
  else if (form->letter == 'A')
    RF_TRY(take_string(text, &at, has_repeat, form, err));
  skip_blanks(&at);
  /* Widths and decimals as in ASCII tables: "I2", "3600D8.3". */
  form->odd = form->odd || *at != '\0';
  return RF_OK;
}

bool rf_form_bytes(const rf_form *form, uint64_t *bytes) {
  uint64_t n;
  if (form->descriptor != 0)
    n = form->repeat * (form->descriptor == 'P' ? 8 : 16);
  else if (form->letter == 'X')
    n = form->repeat / 8 + (form->repeat % 8 != 0);
  else if (!rf_mul_u64(form->repeat, rf_letter_bytes(form->letter), &n))
    return false;
  if (n > INT64_MAX)
    return false;
  *bytes = n;
  return true;
}

int rf_dims_parse(const char *text, uint64_t *dims, int most) {
  uint64_t product = 1;
  int n = 0;
  skip_blanks(&text);
  if (*text != '(')
    return -1;
  do {
    text++;
    skip_blanks(&text);
    if (n == most || *text < '0' || *text > '9' || !take_digits(&text, &dims[n]) ||
        !rf_mul_u64(product, dims[n] > 0 ? dims[n] : 1, &product) || product > INT64_MAX)
      return -1;
    n++;
    skip_blanks(&text);
  } while (*text == ',');
  if (*text != ')')
    return -1;
  text++;
  skip_blanks(&text);
  return *text == '\0' ? n : -1;
}

/* ---- a column ---- */

void rf_column_odd(rf_column *column, const char *format, ...) {
  va_list list;
  if (column->info.warning[0] != '\0')
    return;
  va_start(list, format);
  (void)vsnprintf(column->info.warning, sizeof column->info.warning, format, list);
  va_end(list);
}

static void copy_text(char *out, size_t room, const char *text) {
  size_t n = text != NULL ? strlen(text) : 0;
  if (n >= room)
    n = room - 1;
  if (n > 0)
    memcpy(out, text, n);
  out[n] = '\0';
}

void rf_column_texts(rf_column *column, unsigned number, const rf_column_keywords *keywords) {
  rf_column_info *info = &column->info;
  copy_text(info->name, sizeof info->name, keywords->name);
  copy_text(info->unit, sizeof info->unit, keywords->unit);
  copy_text(info->display, sizeof info->display, keywords->display);
  copy_text(info->form, sizeof info->form, keywords->form);
  info->unnamed = info->name[0] == '\0';
  if (info->unnamed)
    (void)snprintf(info->name, sizeof info->name, "col%u", number);
}

/* ---- numbers that say what the values mean ---- */

static void copy_note(char keyword[12], char text[72], const char *name, const rf_card_scale *scale) {
  copy_text(keyword, 12, name);
  copy_text(text, 72, scale->text);
}

bool rf_column_note_scale(rf_column_keywords *keywords, const char *keyword, const rf_card_scale *scale) {
  if (scale->state == RF_SCALE_BAD && keywords->bad_keyword[0] == '\0') {
    copy_note(keywords->bad_keyword, keywords->bad_text, keyword, scale);
  } else if ((scale->state == RF_SCALE_REPAIRED || scale->state == RF_SCALE_EMPTY) &&
             keywords->odd_keyword[0] == '\0') {
    copy_note(keywords->odd_keyword, keywords->odd_text, keyword, scale);
    keywords->odd_state = scale->state;
  }
  return scale->state == RF_SCALE_CLEAN || scale->state == RF_SCALE_REPAIRED;
}

static const char bad_sentence[] = "%s = %s is not one number: only the stored values can be read";

rf_status rf_column_check_scale(const rf_column *column, rf_error *err) {
  if (column->bad_keyword[0] == '\0')
    return RF_OK;
  rf_error_keyword(err, column->bad_keyword);
  return rf_fail(err, RF_ERR_FORMAT, bad_sentence, column->bad_keyword, column->bad_text);
}

static void note_bad(rf_column *column, const char *keyword, const char *text) {
  if (column->bad_keyword[0] != '\0')
    return;
  copy_text(column->bad_keyword, sizeof column->bad_keyword, keyword);
  copy_text(column->bad_text, sizeof column->bad_text, text);
  rf_column_odd(column, bad_sentence, keyword, text);
}

static void note_odd(rf_column *column, const char *keyword, const char *text, rf_scale_state state) {
  if (state == RF_SCALE_EMPTY)
    rf_column_odd(column, "%s = %s has no value and was ignored", keyword, text);
  else if (state == RF_SCALE_REPAIRED)
    rf_column_odd(column, "%s = %s is not a number as the standard has it, and was read as its number", keyword, text);
}

static bool is_integer(rf_dtype type) {
  return type == RF_U8 || type == RF_I16 || type == RF_I32 || type == RF_I64;
}

/* The type that an offset of half the range makes of a stored integer (FITS 5.2.5, 7.3.2). */
static rf_dtype offset_type(rf_dtype stored, const rf_column_keywords *keywords) {
  if (stored == RF_U8 && keywords->zero == -128.0)
    return RF_I8;
  if (stored == RF_I16 && keywords->zero == 32768.0)
    return RF_U16;
  if (stored == RF_I32 && keywords->zero == 2147483648.0)
    return RF_U32;
  if (stored == RF_I64 && keywords->zero_is_2_63)
    return RF_U64;
  return stored;
}

void rf_column_scale(rf_column *column, const rf_column_keywords *keywords) {
  rf_column_info *info = &column->info;
  double scale = keywords->has_scale ? keywords->scale : 1.0, zero = keywords->has_zero ? keywords->zero : 0.0;
  bool means_nothing = info->stored > RF_C128 || info->letter == 'L' || info->letter == 'X';
  info->tscal = 1.0;
  info->type = info->stored;
  if (!means_nothing && keywords->bad_keyword[0] != '\0') {
    note_bad(column, keywords->bad_keyword, keywords->bad_text);
    info->scaled = 1;
    info->type = info->stored == RF_C64 || info->stored == RF_C128 ? RF_C128 : RF_F64;
    return;
  }
  if (!means_nothing)
    note_odd(column, keywords->odd_keyword, keywords->odd_text, keywords->odd_state);
  if (scale == 1.0 && zero == 0.0)
    return;
  if (means_nothing) {
    rf_column_odd(column, "TSCAL and TZERO mean nothing in a column of form %c and were ignored", info->letter);
    return;
  }
  info->tscal = scale;
  info->tzero = zero;
  if (scale == 1.0)
    info->type = offset_type(info->stored, keywords);
  column->flip = info->type != info->stored;
  info->scaled = !column->flip;
  if (info->scaled)
    info->type = info->stored == RF_C64 || info->stored == RF_C128 ? RF_C128 : RF_F64;
}

static rf_dtype letter_type(char letter) {
  switch (letter) {
  case 'I':
    return RF_I16;
  case 'J':
    return RF_I32;
  case 'K':
    return RF_I64;
  case 'E':
    return RF_F32;
  case 'D':
    return RF_F64;
  case 'C':
    return RF_C64;
  case 'M':
    return RF_C128;
  case 'A':
    return RF_BYTES;
  default: /* B, and the bytes of L and X */
    return RF_U8;
  }
}

/* TNULLn is for integers and must be one that the column can hold (FITS 7.3.2). */
static void take_null(rf_column *column, const rf_column_keywords *keywords) {
  rf_column_info *info = &column->info;
  if (!is_integer(info->stored) || info->letter == 'L' || info->letter == 'X')
    return;
  if (keywords->null_state == RF_SCALE_BAD)
    note_bad(column, keywords->null_keyword, keywords->null_found);
  else if (keywords->has_odd_null)
    rf_column_odd(column, "TNULL is no integer and was ignored");
  else if (keywords->null_state == RF_SCALE_CLEAN && keywords->null_found[0] != '\0')
    rf_column_odd(column, "%s = %s is no integer, and was read as %" PRId64, keywords->null_keyword,
                  keywords->null_found, keywords->null);
  else
    note_odd(column, keywords->null_keyword, keywords->null_found, keywords->null_state);
  if (!keywords->has_null)
    return;
  int64_t null = keywords->null;
  if ((info->stored == RF_U8 && (null < 0 || null > UINT8_MAX)) ||
      (info->stored == RF_I16 && (null < INT16_MIN || null > INT16_MAX)) ||
      (info->stored == RF_I32 && (null < INT32_MIN || null > INT32_MAX))) {
    rf_column_odd(column, "TNULL = %" PRId64 " is no value of a column of form %c and was ignored", null, info->letter);
    return;
  }
  info->has_null = 1;
  info->null = null;
}

/* Shape of a cell without TDIMn. */
static void plain_shape(rf_column_info *info, const rf_form *form) {
  uint64_t n = form->repeat;
  if (form->letter == 'A') {
    info->width = form->string != 0 ? form->string : form->repeat;
    n = form->string != 0 ? form->repeat / form->string : 1;
  }
  info->ndim = n == 1 ? 0 : 1;
  info->dims[0] = n;
  info->count = n;
}

/* TDIMn gives the axes fastest first, of strings their length before (FITS 7.3.2). More elements than the field has
 * make no sense. With fewer the rest would be undefined by the standard; but writers are known that put '(1)' on every
 * string (SDSS CasJobs, MAST), and what is in the file must not be lost: then the field is read as if there were no
 * TDIMn. */
static void take_dims(rf_column *column, const rf_form *form, const char *text) {
  rf_column_info *info = &column->info;
  uint64_t dims[RF_CELL_AXES + 1], elements = 1, width = 0;
  skip_blanks(&text);
  if (*text == '\0')
    return;
  int n = rf_dims_parse(text, dims, RF_CELL_AXES + 1), first = form->letter == 'A' ? 1 : 0;
  if (n - first > RF_CELL_AXES || n < 0) {
    rf_column_odd(column, "TDIM = '%.70s' cannot be read and was ignored", text);
    return;
  }
  for (int i = 0; i < n; i++)
    elements *= dims[i]; /* within 63 bits: rf_dims_parse has looked */
  if (form->descriptor == 0 && elements > form->repeat) {
    rf_column_odd(column, "TDIM = '%.70s' asks for %" PRIu64 " elements where TFORM gives %" PRIu64 ", and was ignored",
                  text, elements, form->repeat);
    return;
  }
  if (form->descriptor == 0 && elements < form->repeat) {
    rf_column_odd(column,
                  "TDIM = '%.70s' names %" PRIu64 " of the %" PRIu64
                  " elements that TFORM gives; all of them are read, and TDIM was ignored",
                  text, elements, form->repeat);
    return;
  }
  if (first == 1)
    width = dims[0];
  info->ndim = n - first;
  info->count = form->descriptor != 0 ? 0 : 1;
  for (int i = first; i < n; i++) {
    info->dims[n - 1 - i] = dims[i];
    info->count *= dims[i];
  }
  if (form->descriptor == 0)
    info->width = width;
}

static void take_shape(rf_column *column, const rf_form *form, const rf_column_keywords *keywords) {
  rf_column_info *info = &column->info;
  if (form->descriptor == 0)
    plain_shape(info, form);
  if (keywords->dim != NULL)
    take_dims(column, form, keywords->dim);
  info->raw_count = info->count;
  if (form->descriptor == 0 && form->letter == 'X')
    info->raw_count = info->bytes;
}

rf_status rf_column_init(rf_column *column, unsigned number, const rf_column_keywords *keywords, rf_error *err) {
  rf_column_info *info = &column->info;
  rf_form form;
  memset(column, 0, sizeof *column);
  info->size = sizeof *info;
  rf_column_texts(column, number, keywords); /* first: messages name the column */
  if (keywords->form == NULL)
    return rf_fail(err, RF_ERR_FORMAT, "the header has no TFORM%u", number);
  RF_TRY(rf_form_parse(keywords->form, &form, err));
  if (!rf_form_bytes(&form, &info->bytes))
    return bad_form(keywords->form, "its field is longer than 63 bits can say", err);
  info->letter = form.letter;
  info->descriptor = form.descriptor;
  info->repeat = form.repeat;
  info->max_length = form.max_length;
  info->stored = letter_type(form.letter);
  column->stored_bytes = form.letter == 'X' ? 1 : rf_letter_bytes(form.letter);
  if (form.odd)
    rf_column_odd(column, "TFORM%u = '%.70s' is not as the standard has it and was read as %" PRIu64 "%.1s%c", number,
                  keywords->form, form.repeat, &form.descriptor, form.letter);
  take_shape(column, &form, keywords);
  take_null(column, keywords);
  rf_column_scale(column, keywords);
  if (form.letter == 'L')
    info->type = RF_LOGICAL;
  else if (form.letter == 'X')
    info->type = RF_BIT;
  return RF_OK;
}
