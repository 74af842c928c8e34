/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The calculator with damaged expressions, damaged tables and wrong arguments: it must end, without errors of memory.
 * And results of calls that CFITSIO 4.2 does not survive: ffffrw(), ffcrow() of constants, fffrwc().
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calculator_table.h"
#include "../shared/mutate.h"

static const char *const expressions[] = {
#include "calculator_list.h"
};

#define EXPRESSIONS (sizeof expressions / sizeof *expressions)

static int failures;

static void expect(int passed, const char *what) {
  if (!passed) {
    failures++;
    printf("failed: %s\n", what);
  }
}

/* ------------------------------ values ------------------------------ */

static void find_first(fitsfile *f) {
  char first[] = "J == 4", none[] = "J == 5 && #row > 0", wrong[] = "J", undefined[] = "E/0 > 1 || TIME == 3";
  long row = -1;
  int status = 0;
  expect(ffffrw(f, first, &row, &status) == 0 && row == 4, "ffffrw");
  expect(ffffrw(f, none, &row, &status) == 0 && row == 0, "ffffrw of no row");
  expect(ffffrw(f, undefined, &row, &status) == 0 && row == 3, "ffffrw of undefined values");
  expect(ffffrw(f, wrong, &row, &status) == PARSE_BAD_TYPE, "ffffrw of a number");
  status = 0;
  expect(ffffrw(f, first, NULL, &status) == NULL_INPUT_PTR, "ffffrw without a row");
}

static void compute_constants(fitsfile *f) {
  char array[] = "array(5,{1,2})", text[] = "'' + 'ab'", missing[] = "strmid(A,0,1)", null[] = "nothing";
  char strings[ROWS][20], *texts[ROWS], *null_text = null;
  long values[2 * ROWS];
  int any = 0, status = 0;
  for (int i = 0; i < ROWS; i++)
    texts[i] = strings[i];
  ffcrow(f, TLONG, array, 1, 2 * ROWS, NULL, values, &any, &status);
  expect(status == 0 && any == 0 && values[0] == 5 && values[2 * ROWS - 1] == 5, "array of a constant");
  ffcrow(f, TSTRING, text, 1, 2 * ROWS, NULL, texts, &any, &status);
  expect(status == 0 && strcmp(strings[0], "ab") == 0 && strcmp(strings[ROWS - 1], "ab") == 0, "a constant string");
  ffcrow(f, TSTRING, missing, 1, ROWS, &null_text, texts, &any, &status);
  expect(status == 0 && any == 1 && strcmp(strings[2], null) == 0, "an undefined string");
}

/* A record of changes: at each time, the last values count. */
static void find_in_record(void) {
  char *names[] = {"PAR", "VAL", "WHEN"}, *forms[] = {"6A", "6A", "1D"};
  char *parameters[] = {"VOLT", "MODE", "VOLT", "MODE", "VOLT"}, *values[] = {"1.5", "ON", "3", "OFF", "-2"};
  double when[] = {1, 2, 3, 4, 5}, times[] = {0, 1, 2.5, 3, 4.5, 9};
  char number[] = "volt > 2", both[] = "VOLT > 1 && MODE == 'ON'", null[] = "isnull(MODE)", wrong[] = "VOLT";
  char good[6], when_name[] = "WHEN", par_name[] = "PAR", val_name[] = "VAL", none[] = "NONE";
  fitsfile *f = NULL;
  int status = 0;
  ffinit(&f, "mem://", &status);
  ffcrtb(f, BINARY_TBL, 5, 3, names, forms, NULL, "RECORD", &status);
  ffpcls(f, 1, 1, 1, 5, parameters, &status);
  ffpcls(f, 2, 1, 1, 5, values, &status);
  ffpcld(f, 3, 1, 1, 5, when, &status);
  fffrwc(f, number, when_name, par_name, val_name, 6, times, good, &status);
  expect(status == 0 && memcmp(good, "\0\0\0\1\1\0", 6) == 0, "a number of a record");
  fffrwc(f, both, when_name, par_name, val_name, 6, times, good, &status);
  expect(status == 0 && memcmp(good, "\0\0\1\1\0\0", 6) == 0, "two parameters of a record");
  fffrwc(f, null, when_name, par_name, val_name, 6, times, good, &status);
  expect(status == 0 && memcmp(good, "\1\1\0\0\0\0", 6) == 0, "a parameter without a value");
  expect(fffrwc(f, wrong, when_name, par_name, val_name, 6, times, good, &status) == PARSE_BAD_TYPE, "no condition");
  status = 0;
  expect(fffrwc(f, number, none, par_name, val_name, 6, times, good, &status) == COL_NOT_FOUND, "no column");
  status = 0;
  expect(fffrwc(f, number, when_name, par_name, val_name, 6, NULL, good, &status) == NULL_INPUT_PTR, "no times");
  status = 0;
  ffclos(f, &status);
  expect(status == 0, "closing");
}

/* ------------------------------ damage ------------------------------ */

/* Computes an expression in all ways, for at most as many elements as there is room. */
static void touch(fitsfile *f, const char *expression) {
  static const int types[] = {TBYTE, TSHORT, TINT, TLONG, TLONGLONG, TFLOAT, TDOUBLE, TLOGICAL, TBIT, 0};
  static double values[4000];
  char text[400], good[ROWS], *strings[ROWS];
  long count = 0, naxes[5] = {0};
  int status = 0, type = 0, naxis = 0, any = 0;
  (void)snprintf(text, sizeof text, "%s", expression);
  fftexp(f, text, 5, &type, &count, &naxis, naxes, &status);
  count = labs(count);
  for (int i = 0; status == 0 && count < 500 && i < 10; i++) {
    int failure = 0;
    if (type != TSTRING)
      ffcrow(f, types[i], text, 1, count * ROWS, NULL, values, &any, &failure);
  }
  if (status == 0 && type == TSTRING && count < 500) {
    for (int i = 0; i < ROWS; i++)
      strings[i] = (char *)values + i * 600;
    ffcrow(f, TSTRING, text, 1, count * ROWS, NULL, strings, &any, &status);
  }
  status = 0;
  fffrow(f, text, 1, ROWS, &count, good, &status);
  status = 0;
  ffffrw(f, text, &count, &status);
  ffcmsg();
}

static void damage_expressions(fitsfile *f) {
  char text[400];
  for (int i = 0; i < 4000; i++) {
    (void)snprintf(text, sizeof text, "%s", expressions[random_below(EXPRESSIONS)]);
    mutate(text, 300, "()[]{},+-*/%&|^!?:=<>~#$'\".0123456789abeJEVIXL Tx\t");
    touch(f, text);
  }
}

/* Writes damaged expressions into columns and keywords. */
static void damage_steps(void) {
  static const char *const names[] = {"NEW", "J", "A", "V", "X", "LN", "#KEY", "E", "#HISTORY", "P", "C"};
  static const char *const forms[] = {"", "1J", "3E", "8A", "5X", "2L", "1PE", "K", "0D", "99999999999D"};
  char text[400], name[80], form[80];
  for (int round = 0; round < 4; round++) {
    int status = 0;
    fitsfile *f = make_table("mem://calculator");
    for (int i = 0; i < 120; i++) {
      (void)snprintf(text, sizeof text, "%s", expressions[random_below(EXPRESSIONS)]);
      (void)snprintf(name, sizeof name, "%s", names[random_below(11)]);
      (void)snprintf(form, sizeof form, "%s", forms[random_below(10)]);
      if (random_below(3) == 0)
        mutate(text, 300, "()+-*/,JEVA1'#");
      if (random_below(4) == 0)
        mutate(form, 60, "0123456789ADEJXPQ()");
      status = 0;
      ffcalc(f, text, f, name, form, &status);
      ffcmsg();
    }
    char keep[] = "#row < 3";
    status = 0;
    ffsrow(f, f, keep, &status);
    status = 0;
    ffclos(f, &status);
    ffcmsg();
  }
}

/* Opens a table with a damaged header, and computes with it. */
static void damage_headers(const char *bytes, size_t size) {
  char *copy = malloc(size);
  for (int i = 0; i < 300; i++) {
    memcpy(copy, bytes, size);
    for (unsigned k = 1 + random_below(6); k > 0; k--) {
      size_t at = 2880 + random_below(2880 * 3);
      copy[at] = "0123456789 -'ABDEIJKLPQX,()"[random_below(27)];
    }
    size_t length = size;
    void *memory = copy;
    fitsfile *f = NULL;
    int status = 0;
    ffomem(&f, "damaged", READONLY, &memory, &length, 0, NULL, &status);
    ffmahd(f, 2, NULL, &status);
    for (int k = 0; status == 0 && k < 12; k++)
      touch(f, expressions[random_below(EXPRESSIONS)]);
    status = 0;
    if (f != NULL)
      ffclos(f, &status);
    ffcmsg();
  }
  free(copy);
}

static void pass_nothing(fitsfile *f) {
  char text[] = "J > 1", name[] = "J", good[ROWS];
  long count = 0, naxes[5];
  int status = 0, type, naxis;
  double value[ROWS];
  expect(fftexp(NULL, text, 5, &type, &count, &naxis, naxes, &status) > 0, "fftexp without a file");
  status = 0;
  expect(fftexp(f, NULL, 5, &type, &count, &naxis, naxes, &status) > 0, "fftexp without an expression");
  status = 0;
  expect(fftexp(f, text, 5, NULL, &count, &naxis, naxes, &status) > 0, "fftexp without a type");
  status = 0;
  expect(fffrow(f, text, 1, ROWS, &count, NULL, &status) > 0, "fffrow without rows");
  status = 0;
  expect(fffrow(f, text, 1, ROWS, NULL, good, &status) > 0, "fffrow without a count");
  status = 0;
  expect(ffcrow(f, TDOUBLE, text, 1, ROWS, NULL, NULL, NULL, &status) > 0, "ffcrow without values");
  status = 0;
  expect(ffcrow(f, 99, text, 1, ROWS, NULL, value, NULL, &status) == BAD_DATATYPE, "ffcrow of no type");
  status = 0;
  expect(ffcalc(f, text, NULL, name, NULL, &status) > 0, "ffcalc without an output");
  status = 0;
  expect(ffcalc(f, text, f, NULL, NULL, &status) > 0, "ffcalc without a name");
  status = 0;
  expect(ffcalc_rng(f, text, f, name, NULL, 1, NULL, NULL, &status) > 0, "ffcalc_rng without ranges");
  status = 0;
  expect(ffsrow(f, NULL, text, &status) > 0, "ffsrow without an output");
  status = 0;
  expect(fits_pixel_filter(NULL, &status) > 0, "fits_pixel_filter of nothing");
  ffcmsg();
}

int main(void) {
  static char bytes[200000];
  fitsfile *f = make_table("!calculator_hostile.fits");
  int status = 0;
  find_first(f);
  compute_constants(f);
  find_in_record();
  pass_nothing(f);
  damage_expressions(f);
  ffclos(f, &status);
  expect(status == 0, "closing the table");
  FILE *file = fopen("calculator_hostile.fits", "rb");
  size_t size = file != NULL ? fread(bytes, 1, sizeof bytes, file) : 0;
  if (file != NULL)
    (void)fclose(file);
  expect(size > 2880 * 4, "the table on disk");
  damage_headers(bytes, size);
  damage_steps();
  (void)remove("calculator_hostile.fits");
  return failures > 0;
}
