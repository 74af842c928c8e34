/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of an expression into a column or a keyword: ffcalc, ffcalc_rng.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "header/text.h"
#include "filter/expression.h"
#include "filter/store.h"

/* ------------------------------ keywords ------------------------------ */

/* An expression of bits becomes their text. */
static int write_bits(fitsfile *fptr, char *name, const uint8_t *bits, size_t n, char *comment, int *status) {
  char text[FLEN_VALUE];
  n = n < sizeof text ? n : sizeof text - 1;
  for (size_t i = 0; i < n; i++)
    text[i] = bits[i] ? '1' : '0';
  text[n] = '\0';
  return ffukys(fptr, name, text, comment, status);
}

static int write_text(fitsfile *fptr, char *name, char *text, char *comment, int *status) {
  if (cf_same_text(name, "HISTORY"))
    return ffphis(fptr, text, status);
  if (cf_same_text(name, "COMMENT"))
    return ffpcom(fptr, text, status);
  return ffukys(fptr, name, text, comment, status);
}

static int write_value(const rf_formula_info *info, fitsfile *fptr, char *name, void *value, char *comment,
                       int *status) {
  int64_t integer;
  double real;
  bool text_only = cf_same_text(name, "HISTORY") || cf_same_text(name, "COMMENT");
  if (text_only && info->type != RF_FORMULA_STRING)
    return cf_fail(status, PARSE_BAD_TYPE, "%s takes a string", name);
  switch (info->type) {
  case RF_FORMULA_LOGICAL:
    return ffukyl(fptr, name, *(uint8_t *)value, comment, status);
  case RF_FORMULA_INTEGER:
    memcpy(&integer, value, sizeof integer);
    return ffukyj(fptr, name, integer, comment, status);
  case RF_FORMULA_REAL:
    memcpy(&real, value, sizeof real);
    return ffukyd(fptr, name, real, 15, comment, status);
  case RF_FORMULA_STRING:
    return write_text(fptr, name, value, comment, status);
  default:
    return write_bits(fptr, name, value, (size_t)info->count, comment, status);
  }
}

static int write_keyword(cf_expression *expression, fitsfile *fptr, char *name, char *comment, int *status) {
  uint8_t *value = malloc(expression->row_bytes + 1);
  uint8_t null = 0;
  const rf_formula_info *info = &expression->info;
  if (value == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate the value of an expression");
  if (info->count != 1 && info->type != RF_FORMULA_BITS)
    (void)cf_fail(status, PARSE_BAD_TYPE, "keyword %s cannot have a vector", name);
  (void)cf_expression_run(expression, 1, 1, value, info->type == RF_FORMULA_BITS ? NULL : &null, status);
  if (*status <= 0 && null)
    (void)cf_fail(status, PARSE_SYNTAX_ERR, "the value of keyword %s is undefined", name);
  if (*status <= 0)
    (void)write_value(info, fptr, name, value, comment, status);
  free(value);
  return *status;
}

/* ------------------------------ columns ------------------------------ */

static char letter_of(const rf_formula_info *info) {
  switch (info->type) {
  case RF_FORMULA_LOGICAL:
    return 'L';
  case RF_FORMULA_INTEGER:
    return 'J';
  case RF_FORMULA_REAL:
    return 'D';
  case RF_FORMULA_STRING:
    return 'A';
  default:
    return 'X';
  }
}

/* The TFORMn of a new column: what the program gave, with a number before it, or one that fits the values. */
static int make_format(const rf_formula_info *info, const char *given, bool ascii, char form[FLEN_VALUE], int *status) {
  long long n = info->type == RF_FORMULA_STRING ? (long long)info->width : (long long)info->count;
  n = n < 1 ? 1 : n;
  bool has_form = given != NULL && *given != '\0';
  if (ascii && has_form)
    cf_copy(form, given, FLEN_VALUE);
  else if (ascii && info->type == RF_FORMULA_INTEGER)
    cf_copy(form, "I11", FLEN_VALUE);
  else if (ascii && info->type == RF_FORMULA_REAL)
    cf_copy(form, "D23.15", FLEN_VALUE);
  else if (ascii && info->type == RF_FORMULA_LOGICAL)
    return cf_fail(status, NOT_BTABLE, "an ASCII table cannot have a column of logicals");
  else if (ascii)
    (void)snprintf(form, FLEN_VALUE, "A%lld", n);
  else if (has_form && isdigit((unsigned char)*given))
    cf_copy(form, given, FLEN_VALUE);
  else if (has_form)
    (void)snprintf(form, FLEN_VALUE, "%lld%s",
                   info->type == RF_FORMULA_BITS && toupper(*given) == 'B' ? (n + 7) / 8 : n, given);
  else
    (void)snprintf(form, FLEN_VALUE, "%lld%c", n, letter_of(info));
  return *status;
}

static int create_column(const rf_formula_info *info, fitsfile *fptr, char *name, const char *given, int *number,
                         int *status) {
  char form[FLEN_VALUE];
  bool ascii = fptr->Fptr->hdutype == ASCII_TBL;
  if (make_format(info, given, ascii, form, status) > 0 || ffgncl(fptr, number, status) > 0)
    return *status;
  ++*number;
  if (fficol(fptr, *number, name, form, status) > 0)
    return *status;
  const char *letter = form + strspn(form, "0123456789");
  if (!ascii && *letter != '\0' && strchr("BIJK", toupper((unsigned char)*letter)) != NULL)
    (void)cf_header_grow(fptr, 1, status); /* CFITSIO writes TNULLn, and deletes it if no value is null */
  if (info->naxis < 2)
    return *status;
  long naxes[RF_FORMULA_AXES];
  for (int i = 0; i < info->naxis; i++)
    naxes[i] = (long)info->naxes[i];
  return ffptdm(fptr, *number, info->naxis, naxes, status);
}

/* ------------------------------ both ------------------------------ */

typedef struct target {
  char *name;
  bool keyword; /* else a column */
  bool created;
  int number;
} target;

/* Finds what `name` is: "#name" is a keyword, a column else, and a keyword if it exists and the value is constant. */
static int find_target(const rf_formula_info *info, fitsfile *fptr, char *name, target *to, int *status) {
  int missing = 0;
  char card[FLEN_CARD];
  *to = (target){.name = name};
  if (name[0] == '#') {
    to->name++;
    to->keyword = true;
    if (!info->constant)
      return cf_fail(status, PARSE_BAD_TYPE, "the expression of keyword %s is not constant", to->name);
    return *status;
  }
  ffpmrk();
  (void)ffgcno(fptr, CASEINSEN, name, &to->number, &missing);
  if (missing > 0 && missing != COL_NOT_UNIQUE) {
    missing = 0;
    to->created = true;
    if (info->constant && name[0] != '\0' && ffgcrd(fptr, name, card, &missing) <= 0) {
      to->keyword = true;
      to->created = false;
    }
  }
  ffcmrk();
  return *status;
}

static int calculate(cf_expression *expression, fitsfile *out, char *name, char *given, int ranges, long *start,
                     long *end, int *status) {
  target to;
  if (find_target(&expression->info, out, name, &to, status) > 0)
    return *status;
  if (to.keyword)
    return write_keyword(expression, out, to.name, given, status);
  if (!cf_use_data(out, status) || out->Fptr->hdutype == IMAGE_HDU)
    return cf_fail(status, NOT_TABLE, "column %s cannot be made in an image", name);
  if (to.created && create_column(&expression->info, out, name, given, &to.number, status) > 0)
    return *status;
  cf_store store = {.expression = expression, .out = out, .number = to.number, .created = to.created};
  for (int i = 0; *status <= 0 && i < ranges; i++)
    (void)cf_store_rows(&store, start[i], end[i], status);
  return *status;
}

int ffcalc_rng(fitsfile *infptr, char *expr, fitsfile *outfptr, char *parName, char *parInfo, int nRngs, long *start,
               long *end, int *status) {
  cf_expression expression;
  char name[FLEN_VALUE];
  if (!cf_use_write_data(outfptr, status) || !cf_use_data(infptr, status))
    return cf_refused(status);
  if (parName == NULL || (nRngs > 0 && (start == NULL || end == NULL)))
    return cf_fail(status, NULL_INPUT_PTR, "ffcalc_rng: no name, or no ranges");
  cf_copy(name, parName, sizeof name);
  char *given = parInfo != NULL && parInfo[0] != '\0' ? parInfo : NULL;
  if (cf_expression_open(&expression, infptr, expr, status) <= 0)
    (void)calculate(&expression, outfptr, name, given, nRngs, start, end, status);
  cf_expression_close(&expression);
  return *status;
}

int ffcalc(fitsfile *infptr, char *expr, fitsfile *outfptr, char *parName, char *parInfo, int *status) {
  long start = 1, end = LONG_MAX;
  return ffcalc_rng(infptr, expr, outfptr, parName, parInfo, 1, &start, &end, status);
}
