/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Each type of C, written to and read from each type of column: overflow, scaling, null values.
 */
#include "columns.h"

#define ROWS 6

/* Makes values of a type: small ones, then the limits. */
static int make_values(int type, char *at) {
  static const double source[ROWS] = {1, 0, -3, 100, 127.5, 200};
  for (int i = 0; i < ROWS; i++)
    switch (type) {
    case TBYTE:
      ((unsigned char *)at)[i] = (unsigned char)(source[i] < 0 ? 255 : source[i]);
      break;
    case TSBYTE:
      ((signed char *)at)[i] = (signed char)(source[i] > 127 ? -128 : source[i]);
      break;
    case TSHORT:
      ((short *)at)[i] = (short)(i == 5 ? -32768 : source[i]);
      break;
    case TUSHORT:
      ((unsigned short *)at)[i] = (unsigned short)(source[i] < 0 ? 65535 : source[i]);
      break;
    case TINT:
      ((int *)at)[i] = i == 5 ? -2147483647 - 1 : (int)source[i];
      break;
    case TUINT:
      ((unsigned *)at)[i] = source[i] < 0 ? 4294967295U : (unsigned)source[i];
      break;
    case TLONG:
      ((long *)at)[i] = i == 5 ? -9000L : (long)source[i];
      break;
    case TULONG:
      ((unsigned long *)at)[i] = source[i] < 0 ? 32767UL : (unsigned long)source[i];
      break;
    case TLONGLONG:
      ((LONGLONG *)at)[i] = i == 5 ? 9223372036854775807LL : (LONGLONG)source[i];
      break;
    case TULONGLONG:
      ((ULONGLONG *)at)[i] = source[i] < 0 ? 18446744073709551615ULL : (ULONGLONG)source[i];
      break;
    case TFLOAT:
      ((float *)at)[i] = (float)(i == 5 ? 1e30 : source[i]);
      break;
    default:
      ((double *)at)[i] = i == 5 ? -1e300 : source[i];
    }
  return ROWS;
}

/* Sets *at to a value of a type. */
static void set_value(int type, char *at, double value) {
  char values[ROWS * 8];
  memset(at, 0, 8);
  make_values(type, values);
  switch (type) {
  case TBYTE:
  case TSBYTE:
    *(signed char *)at = (signed char)value;
    break;
  case TSHORT:
  case TUSHORT:
    *(short *)at = (short)value;
    break;
  case TINT:
  case TUINT:
    *(int *)at = (int)value;
    break;
  case TFLOAT:
    *(float *)at = (float)value;
    break;
  case TDOUBLE:
    *(double *)at = value;
    break;
  default:
    *(LONGLONG *)at = (LONGLONG)value;
  }
}

/* CFITSIO misses overflows of these two types, and of long integers that it writes with an offset. */
static int is_unsafe(int type) {
  return type == TULONGLONG || type == TSBYTE;
}

static void read_all(fitsfile *f, int column) {
  for (int t = 0; t < COUNT(types); t++) {
    if (is_unsafe(types[t]))
      continue;
    char values[ROWS * 8], flags[ROWS], null[8];
    int any = -1, status = 0;
    memset(values, 77, sizeof values);
    fits_read_col(f, types[t], column, 1, 1, ROWS, NULL, values, &any, &status);
    printf("    %d: %d any %d", types[t], status, any);
    show_values(types[t], values, ROWS);
    memset(values, 77, sizeof values);
    set_value(types[t], null, 99);
    status = 0;
    fits_read_col(f, types[t], column, 1, 1, ROWS, null, values, &any, &status);
    printf(" | %d any %d", status, any);
    show_values(types[t], values, ROWS);
    memset(values, 77, sizeof values);
    memset(flags, 5, sizeof flags);
    status = 0;
    fits_read_colnull(f, types[t], column, 1, 1, ROWS, values, flags, &any, &status);
    printf(" | %d any %d", status, any);
    for (int i = 0; i < ROWS; i++)
      printf(" %d", flags[i]);
    printf("\n");
  }
}

int main(void) {
  fitsfile *f;
  int status = 0;
  char *forms[] = {"B", "S", "I", "U", "J", "V", "K", "W", "E", "D"}, *name = "X";
  char *texts[] = {"I6", "I12", "F9.2", "E14.6", "D24.16"};
  fits_create_file(&f, "values.fits", &status);
  for (int c = 0; c < COUNT(forms) + COUNT(texts); c++)
    for (int scaled = 0; scaled < 2; scaled++) {
      int binary = c < COUNT(forms);
      char **form = binary ? &forms[c] : &texts[c - COUNT(forms)];
      if (scaled && binary && strchr("SUVW", **form) != NULL)
        continue;
      fits_create_tbl(f, binary ? BINARY_TBL : ASCII_TBL, 0, 1, &name, form, NULL, "T", &status);
      if (scaled) {
        fits_write_key_dbl(f, "TSCAL1", .25, 3, NULL, &status);
        fits_write_key_dbl(f, "TZERO1", 10, 3, NULL, &status);
      }
      if (!binary)
        fits_write_key_str(f, "TNULL1", "nix", NULL, &status);
      else if (c < 8)
        fits_write_key_lng(f, "TNULL1", 100, NULL, &status);
      fits_set_hdustruc(f, &status);
      printf("column %s %s (%d)\n", *form, scaled ? "scaled" : "", status);
      for (int t = 0; t < COUNT(types); t++) {
        char values[ROWS * 8], null[8];
        int n = make_values(types[t], values);
        status = 0;
        fits_write_col(f, types[t], 1, 1, 1, n, values, &status);
        printf("  wrote %d: %d\n", types[t], status);
        show_rows(f);
        set_value(types[t], null, 100);
        status = 0;
        fits_write_colnull(f, types[t], 1, 1, 1, n, values, null, &status);
        printf("  wrote with null %d: %d\n", types[t], status);
        show_rows(f);
        if (types[t] == TINT || types[t] == TULONGLONG || types[t] == TDOUBLE)
          read_all(f, 1);
      }
      status = 0;
    }
  fits_close_file(f, &status);
  printf("%d\n", status);
  return 0;
}
