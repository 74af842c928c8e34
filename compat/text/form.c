/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TFORMn, the formats of columns.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/string.h"
#include "fitsio2.h"

/* Copies a format without blanks before it, in upper case. false: it is empty or too long. */
static bool copy_form(const char *tform, char *form) {
  tform += strspn(tform, " ");
  if (*tform == '\0' || strlen(tform) >= FLEN_VALUE)
    return false;
  cf_copy(form, tform, FLEN_VALUE);
  cf_upper(form);
  return true;
}

/* Reads w.d behind the letter of a format with decimals. A w of three digits has no d. */
static void ascii_real(const char *form, char letter, int *code, long *width, int *decimals, int *status) {
  float number = 0;
  long value = 0;
  if (ffc2rr(form, &number, status) > 0 || !(number > 0) || number > 1e18F) {
    *status = BAD_TFORM;
    return;
  }
  *width = (long)number;
  *code = letter == 'D' || (letter == 'F' && *width > 7) ? TDOUBLE : TFLOAT;
  form += *width < 10 ? 1 : 2;
  if (*form != '.')
    return;
  if (ffc2ii(form + 1, &value, status) > 0 || value >= *width || value < 0) {
    *status = BAD_TFORM;
    return;
  }
  *decimals = (int)value;
  if (letter == 'E' && value > 6)
    *code = TDOUBLE;
}

int ffasfm(char *tform, int *datacode, long *width, int *decim, int *status) {
  char form[FLEN_VALUE];
  int code = 0, decimals = 0;
  long columns = 0;
  CF_GO(status);
  if (tform == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no format");
  if (!copy_form(tform, form)) {
    *status = BAD_TFORM;
  } else {
    switch (*form) {
    case 'A':
    case 'I':
      code = *form == 'A' ? TSTRING : TLONG;
      if (ffc2ii(form + 1, &columns, status) > 0 || columns <= 0) {
        *status = BAD_TFORM;
        columns = columns > 0 ? columns : 0;
      } else if (*form == 'I' && columns < 5) {
        code = TSHORT;
      }
      break;
    case 'F':
    case 'E':
    case 'D':
      code = *form == 'D' ? TDOUBLE : TFLOAT;
      ascii_real(form + 1, *form, &code, &columns, &decimals, status);
      break;
    default:
      *status = BAD_TFORM_DTYPE;
    }
  }
  if (datacode != NULL)
    *datacode = code;
  if (width != NULL)
    *width = columns;
  if (decim != NULL)
    *decim = decimals;
  return *status > 0 ? cf_fail(status, *status, "this is no TFORMn of an ASCII table: '%.70s'", tform) : *status;
}

/* A letter of TFORMn in a binary table. */
typedef struct {
  char letter;
  int code;
  long bytes;
} form_row;

static const form_row rows[] = {
    {'U', TUSHORT, 2},   {'I', TSHORT, 2}, {'V', TULONG, 4},  {'J', TLONG, 4},    {'W', TULONGLONG, 8},
    {'K', TLONGLONG, 8}, {'E', TFLOAT, 4}, {'D', TDOUBLE, 8}, {'A', TSTRING, 1},  {'L', TLOGICAL, 1},
    {'X', TBIT, 1},      {'B', TBYTE, 1},  {'S', TSBYTE, 1},  {'C', TCOMPLEX, 8}, {'M', TDBLCOMPLEX, 16},
};

/* Reads an integer without a sign; false: it has more than 63 bits. */
static bool read_count(const char **text, LONGLONG *value) {
  *value = 0;
  for (; **text >= '0' && **text <= '9'; ++*text) {
    int digit = **text - '0';
    if (*value > (LLONG_MAX - digit) / 10)
      return false;
    *value = *value * 10 + digit;
  }
  return true;
}

/* Returns the bytes of one string of a column: w of rAw, or of PA(w), else r. */
static LONGLONG string_width(const char *text, LONGLONG repeat, bool variable) {
  LONGLONG width = repeat;
  if (*text == '(')
    text++;
  text += strspn(text, " ");
  if (*text < '0' || *text > '9' || !read_count(&text, &width) || (!variable && width > repeat))
    return repeat;
  return width;
}

/* Parses a format, and returns the status. */
static int binary_form(const char *tform, int *code, LONGLONG *repeat, LONGLONG *width) {
  char form[FLEN_VALUE];
  const char *text = form;
  if (!copy_form(tform, form))
    return BAD_TFORM;
  if (*text >= '0' && *text <= '9') {
    if (!read_count(&text, repeat))
      return BAD_TFORM;
  } else {
    *repeat = 1;
  }
  bool variable = *text == 'P' || *text == 'Q';
  if (variable)
    text++;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (*text == rows[i].letter) {
      *code = variable ? -rows[i].code : rows[i].code;
      *width = rows[i].code == TSTRING ? string_width(text + 1, *repeat, variable) : rows[i].bytes;
      return 0;
    }
  *repeat = 0;
  return BAD_TFORM_DTYPE;
}

int ffbnfmll(char *tform, int *datacode, LONGLONG *repeat, long *width, int *status) {
  int code = 0;
  LONGLONG elements = 0, bytes = 0;
  CF_GO(status);
  if (tform == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no format");
  int failure = binary_form(tform, &code, &elements, &bytes);
  if (datacode != NULL)
    *datacode = code;
  if (repeat != NULL)
    *repeat = elements;
  if (width != NULL)
    *width = (long)bytes;
  return failure > 0 ? cf_fail(status, failure, "this is no TFORMn of a binary table: '%.70s'", tform) : *status;
}

int ffbnfm(char *tform, int *datacode, long *repeat, long *width, int *status) {
  LONGLONG elements = 0;
  ffbnfmll(tform, datacode, &elements, width, status);
  if (repeat != NULL && status != NULL && (*status <= 0 || *status == BAD_TFORM || *status == BAD_TFORM_DTYPE))
    *repeat = (long)elements;
  return status != NULL ? *status : NULL_INPUT_PTR;
}

int ffgabc(int tfields, char **tform, int space, long *rowlen, long *tbcol, int *status) {
  CF_GO(status);
  if (tform == NULL || rowlen == NULL || tbcol == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no formats, or no places for positions");
  *rowlen = 0;
  for (int i = 0; i < tfields; i++) {
    int code, decimals;
    long width;
    tbcol[i] = *rowlen + 1;
    if (ffasfm(tform[i], &code, &width, &decimals, status) > 0)
      return *status;
    if (width > LONG_MAX - 1 - *rowlen - (space > 0 ? space : 0))
      return cf_fail(status, COL_TOO_WIDE, "the columns are too wide");
    *rowlen += width + space;
  }
  if (tfields > 0)
    *rowlen -= space;
  return *status;
}
