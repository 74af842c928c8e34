/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expressions over a table with columns of all types and undefined values: what they are (fftexp), their values
 * (ffcrow), and the rows that meet them (fffrow).
 *
 * Left out is what CFITSIO 4.2 does wrongly: ffffrw() of what is not constant, ffcrow() of constants and of undefined
 * strings, arrays of constants, accum() of constants and logicals (they end the process or yield any number).
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calculator_table.h"

static const char *const expressions[] = {
#include "calculator_list.h"
};

static void show(fitsfile *f, const char *text) {
  static char strings[ROWS][300], bytes[40000];
  static double values[5000];
  char expression[300], *texts[ROWS], null = 2;
  int status = 0, type = 0, naxis = 0, any = -1;
  long count = 0, naxes[5] = {0};
  double undefined = -12345;
  (void)snprintf(expression, sizeof expression, "%s", text);
  fftexp(f, expression, 5, &type, &count, &naxis, naxes, &status);
  printf("%s: %d", text, status);
  if (status == 0) {
    long n = labs(count);
    printf(" type %d count %ld naxis %d:", type, count, naxis);
    for (int i = 0; type != TBIT && type != TLOGICAL && i < naxis; i++)
      printf(" %ld", naxes[i]);
    if (n * ROWS > 4000)
      return;
    if (count < 0 &&
        (type == TLONG || type == TDOUBLE)) /* without a column, ffcrow() of CFITSIO follows wild pointers */
      (void)snprintf(expression, sizeof expression, "(%s)+0*U", text);
    else if (count < 0 && type == TLOGICAL)
      (void)snprintf(expression, sizeof expression, "(%s)||U<0", text);
    else if (count < 0) {
      printf("\n");
      return;
    }
    if (type == TSTRING) {
      for (int i = 0; i < ROWS; i++)
        texts[i] = strings[i];
      ffcrow(f, TSTRING, expression, 1, n * ROWS, NULL, texts, &any, &status);
      for (int i = 0; status == 0 && i < ROWS; i++)
        printf(" '%s'", strings[i]);
    } else if (type == TBIT || type == TLOGICAL) {
      ffcrow(f, type, expression, 1, n * ROWS, type == TBIT ? NULL : &null, bytes, &any, &status);
      for (long i = 0; status == 0 && i < n * ROWS; i++)
        printf("%s%d", i % n ? "" : " ", bytes[i]);
    } else {
      ffcrow(f, TDOUBLE, expression, 1, n * ROWS, &undefined, values, &any, &status);
      for (long i = 0; status == 0 && i < n * ROWS; i++)
        printf("%s%.10g", i % n ? "," : " ", values[i]);
    }
    printf(" (%d, %d)", status, any);
    if (type == TLOGICAL && count == 1) {
      status = 0;
      fffrow(f, expression, 1, ROWS, &count, bytes, &status);
      printf(" rows %d %ld:", status, count);
      for (int i = 0; status == 0 && i < ROWS; i++)
        printf(" %d", bytes[i]);
    }
  }
  printf("\n");
  ffcmsg();
}

int main(void) {
  fitsfile *f = make_table("table.fits");
  int status = 0;
  for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++)
    show(f, expressions[i]);
  ffclos(f, &status);
  printf("closed %d\n", status);
  return 0;
}
