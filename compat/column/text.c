/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Columns as text: strings as they are, other values as TDISPn shows them.
 */
#include <string.h>

#include "base/string.h"
#include "column/cells.h"
#include "column/display.h"
#include "column/field.h"
#include "column/read.h"
#include "file/handle.h"
#include "fitsio2.h"

#define SOME 512 /* numbers that are read at once */
#define SHORT 32 /* strings that a loop copies faster than memcpy() */

/* Where texts go. */
typedef struct target {
  int nulls; /* CF_NULLS_... */
  const char *nulval;
  char **array;
  char *flags;
  int anynul;
} target;

static const char *note_null(target *to, LONGLONG i) {
  to->anynul = 1;
  if (to->nulls == CF_NULLS_FLAGGED)
    to->flags[i] = 1;
  return to->nulls == CF_NULLS_REPLACED ? to->nulval : "";
}

/* Puts the text of a null value: at most `width` characters, for which callers have room. */
static void put_null(target *to, LONGLONG i, size_t width) {
  cf_copy(to->array[i], note_null(to, i), width + 1);
}

/* The same for numbers, which are aligned right. */
static void put_null_number(target *to, LONGLONG i, int width) {
  (void)snprintf(to->array[i], (size_t)width + 1, "%*.*s", width, width, note_null(to, i));
}

/* Copies a string up to its first NUL, without blanks at the end, but for one if there is nothing else. */
static void copy_trimmed(char *to, const char *from, size_t width) {
  size_t n = 0;
  if (width <= SHORT) {
    /* Nothing behind the end of the text: fitsio of Python takes the bytes there for text. */
    for (size_t i = 0; i < width && from[i] != '\0'; i++) {
      n = from[i] != ' ' || i == 0 ? i + 1 : n;
    }
    for (size_t i = 0; i < n; i++)
      to[i] = from[i];
  } else {
    n = strnlen(from, width);
    while (n > 1 && from[n - 1] == ' ')
      n--;
    memmove(to, from, n);
  }
  to[n] = '\0';
}

/* Tells whether a string is null: it is empty, or the TNULLn of an ASCII table. */
static bool is_null(const cf_cells *cells, const char *text, size_t n) {
  return cells->fptr->Fptr->hdutype == ASCII_TBL ? cf_field_is_null(cells->column, text, n) : n > 0 && *text == '\0';
}

static int read_strings(cf_cells *cells, LONGLONG nelem, target *to, int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  size_t width = cells->width, some;
  if (width > sizeof buffer) { /* one by one, into the memory of the caller */
    for (LONGLONG i = 0; i < nelem && *status <= 0; i++) {
      unsigned char *text = (unsigned char *)to->array[i];
      const unsigned char *at = cf_cells_get(cells, 1, text, status);
      if (at == NULL)
        break;
      copy_trimmed(to->array[i], (const char *)at, width);
    }
    return *status;
  }
  for (LONGLONG i = 0; i < nelem; i += (LONGLONG)some) {
    some = cf_cells_some(cells, nelem - i);
    const char *at = (const char *)cf_cells_get(cells, some, buffer, status);
    if (at == NULL)
      break;
    for (size_t k = 0; k < some; k++, at += width) {
      char *text = to->array[i + (LONGLONG)k];
      if (to->nulls != CF_NULLS_KEPT && is_null(cells, at, width)) {
        put_null(to, i + (LONGLONG)k, cells->variable && to->nulls == CF_NULLS_REPLACED ? strlen(to->nulval) : width);
        continue;
      }
      copy_trimmed(text, at, width);
    }
  }
  return *status;
}

static int read_logicals(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, target *to,
                         int *status) {
  char value, flag;
  int nulls;
  for (LONGLONG i = 0; i < nelem && *status <= 0; i++) {
    cf_cells cells;
    if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, CF_CELLS_READ, &cells, status) > 0)
      break;
    LONGLONG row = firstrow + (firstelem - 1 + i) / cells.repeat, element = (firstelem - 1 + i) % cells.repeat + 1;
    (void)ffgcll(fptr, colnum, cells.variable ? firstrow : row, cells.variable ? firstelem + i : element, 1, 2, 0,
                 &value, &flag, &nulls, status);
    if (*status <= 0 && flag)
      put_null(to, i, 1);
    else if (*status <= 0)
      cf_copy(to->array[i], value ? "T" : "F", 2);
  }
  return *status;
}

static int read_bits(cf_cells *cells, LONGLONG nelem, target *to, int *status) {
  for (LONGLONG i = 0; i < nelem; i++) {
    unsigned char byte;
    const unsigned char *at = cf_cells_get(cells, 1, &byte, status);
    if (at == NULL)
      break;
    for (int bit = 0; bit < 8; bit++)
      to->array[i][bit] = (*at >> (7 - bit)) & 1 ? '1' : '0';
    to->array[i][8] = '\0';
  }
  return *status;
}

/* How numbers are read before they become text: as doubles, or integers that no double holds. */
typedef union numbers {
  double doubles[SOME];
  LONGLONG integers[SOME];
} numbers;

static void print_number(const cf_display *display, int datatype, const numbers *values, size_t i, char *text,
                         size_t capacity) {
  bool whole = display->letter == 'I' || display->letter == 'O' || display->letter == 'Z';
  if (datatype == TDOUBLE)
    cf_display_double(display, values->doubles[i], text, capacity);
  else if (whole)
    cf_display_integer(display, values->integers[i], datatype == TULONGLONG, text, capacity);
  else
    cf_display_double(display,
                      datatype == TULONGLONG ? (double)(ULONGLONG)values->integers[i] : (double)values->integers[i],
                      text, capacity);
}

/* Reads numbers; for complex columns (parts 2) pairs of them. */
static int read_numbers(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int parts,
                        target *to, int *status) {
  numbers values;
  char flags[SOME];
  cf_display display;
  cf_cells cells;
  int type = 0, width = 0;
  if (cf_cells_find(fptr, colnum, firstrow, (firstelem - 1) * parts + 1, nelem * parts, CF_CELLS_READ, &cells, status) >
          0 ||
      ffgcdw(fptr, colnum, &width, status) > 0 || ffeqtyll(fptr, colnum, &type, NULL, NULL, status) > 0 ||
      cf_display_get(fptr, colnum, &display, status) > 0)
    return *status;
  type = type < 0 ? -type : type;
  int datatype = type == TLONGLONG || type == TULONGLONG ? type : TDOUBLE;
  LONGLONG left = nelem * parts, element = cells.variable ? (firstelem - 1) * parts : cells.element;
  for (LONGLONG done = 0, n; done < left && *status <= 0; done += n) {
    LONGLONG at = element + done;
    n = left - done < SOME ? left - done : SOME;
    (void)cf_read_numbers(fptr, colnum, cells.variable ? firstrow : firstrow + at / cells.repeat,
                          (cells.variable ? at : at % cells.repeat) + 1, n, 1,
                          &(cf_target){datatype, CF_NULLS_FLAGGED, NULL, &values, flags, NULL}, status);
    if (*status == NUM_OVERFLOW)
      *status = 0;
    for (LONGLONG i = 0; i < n && *status <= 0; i += parts) {
      char text[1024], second[1024];
      LONGLONG to_index = (done + i) / parts;
      if (flags[i] || flags[i + parts - 1]) {
        put_null_number(to, to_index, width);
        continue;
      }
      print_number(&display, datatype, &values, (size_t)i, text, sizeof text);
      if (parts == 1) {
        cf_copy(to->array[to_index], text, (size_t)width + 1);
        continue;
      }
      print_number(&display, datatype, &values, (size_t)i + 1, second, sizeof second);
      (void)snprintf(to->array[to_index], (size_t)width + 1, "(%s,%s)", text, second);
    }
  }
  return *status;
}

static int read_texts(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, target *to,
                      int *status) {
  cf_cells cells;
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  int type = column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  if (nelem > LLONG_MAX / 4 || firstelem > LLONG_MAX / 4)
    return cf_fail(status, BAD_ELEM_NUM, "too many elements: %lld", nelem);
  if (fptr->Fptr->hdutype != ASCII_TBL) {
    if (type == TLOGICAL)
      return read_logicals(fptr, colnum, firstrow, firstelem, nelem, to, status);
    if (type == TCOMPLEX || type == TDBLCOMPLEX)
      return read_numbers(fptr, colnum, firstrow, firstelem, nelem, 2, to, status);
    if (type != TSTRING && type != TBIT)
      return read_numbers(fptr, colnum, firstrow, firstelem, nelem, 1, to, status);
  }
  if (column->tdatatype == -TSTRING) { /* one string, as long as the array is */
    LONGLONG length = 0;
    if (ffgdesll(fptr, colnum, firstrow, &length, NULL, status) > 0)
      return *status;
    if (length == 0) {
      to->array[0][0] = '\0';
      return *status;
    }
    if (cf_cells_find(fptr, colnum, firstrow, 1, length, CF_CELLS_READ, &cells, status) > 0)
      return *status;
    cells.width = (size_t)length;
    return read_strings(&cells, 1, to, status);
  }
  if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, CF_CELLS_READ, &cells, status) > 0)
    return *status;
  return type == TBIT && fptr->Fptr->hdutype != ASCII_TBL ? read_bits(&cells, nelem, to, status)
                                                          : read_strings(&cells, nelem, to, status);
}

int ffgcls(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int nultyp, char *nulval,
           char **array, char *nularray, int *anynul, int *status) {
  target to = {CF_NULLS_KEPT, nulval, array, nularray, 0};
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0 || cf_column(fptr, colnum, status) == NULL)
    return *status;
  if (anynul != NULL)
    *anynul = 0;
  if (nelem < 0)
    return cf_fail(status, NEG_BYTES, "negative number of elements: %lld", nelem);
  if (array == NULL || (nultyp == 2 && nularray == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "no arrays for the texts");
  if (nultyp == 2) {
    to.nulls = CF_NULLS_FLAGGED;
    memset(nularray, 0, (size_t)nelem);
  } else if (nulval != NULL && *nulval != '\0') {
    to.nulls = CF_NULLS_REPLACED;
  }
  (void)read_texts(fptr, colnum, firstrow, firstelem, nelem, &to, status);
  if (anynul != NULL)
    *anynul = to.anynul;
  return *status;
}

int ffgcvs(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, char *nulval,
           char **array, int *anynul, int *status) {
  return ffgcls(fptr, colnum, firstrow, firstelem, nelem, 1, nulval, array, NULL, anynul, status);
}

int ffgcfs(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, char **array,
           char *nularray, int *anynul, int *status) {
  return ffgcls(fptr, colnum, firstrow, firstelem, nelem, 2, NULL, array, nularray, anynul, status);
}

/* Writes one string into an array of variable length. */
static int write_array(fitsfile *fptr, int colnum, LONGLONG row, const char *text, int *status) {
  cf_cells cells;
  size_t n = strlen(text);
  if (n == 0) {
    text = "";
    n = 1; /* an empty string is one NUL */
  }
  if (cf_cells_find(fptr, colnum, row, 1, (LONGLONG)n, CF_CELLS_WRITE, &cells, status) > 0)
    return *status;
  return cf_cells_put(&cells, n, (const unsigned char *)text, status);
}

int ffpcls(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, char **array,
           int *status) {
  unsigned char buffer[CF_CELLS_BUFFER];
  cf_cells cells;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL || nelem == 0)
    return *status;
  if (array == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no texts to write");
  if (fptr->Fptr->hdutype != ASCII_TBL && column->tdatatype != TSTRING && column->tdatatype != -TSTRING)
    return cf_fail(status, NOT_ASCII_COL, "column %d has no text", colnum);
  if (column->tdatatype == -TSTRING)
    return write_array(fptr, colnum, firstrow, array[0], status);
  if (cf_cells_find(fptr, colnum, firstrow, firstelem, nelem, CF_CELLS_WRITE, &cells, status) > 0)
    return *status;
  size_t width = cells.width, some;
  if (width > sizeof buffer)
    return cf_fail(status, COL_TOO_WIDE, "strings of %zu characters are too long", width);
  for (LONGLONG i = 0; i < nelem && *status <= 0; i += (LONGLONG)some) {
    some = cf_cells_some(&cells, nelem - i);
    for (size_t k = 0; k < some; k++) {
      const char *text = array[i + (LONGLONG)k] != NULL ? array[i + (LONGLONG)k] : "";
      size_t n = strnlen(text, width);
      memcpy(buffer + k * width, text, n);
      memset(buffer + k * width + n, ' ', width - n);
    }
    (void)cf_cells_put(&cells, some, buffer, status);
  }
  return *status;
}
