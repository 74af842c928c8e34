/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One column or image of ffiter(): what the file says about it, its array, reading and writing a step.
 *
 * The array begins with one element for the null value, 0 if there are no null values. A null string is "".
 */
#ifndef CF_ITERATOR_SOURCE_H
#define CF_ITERATOR_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef union cf_null {
  unsigned char byte;
  signed char sbyte;
  short int16;
  unsigned short uint16;
  int int32;
  unsigned uint32;
  long c_long;
  unsigned long c_ulong;
  LONGLONG int64;
  ULONGLONG uint64;
  float float32;
  double float64;
} cf_null;

typedef struct cf_source_column {
  iteratorCol *col;
  bool image;
  bool variable;    /* the length of each row is its own */
  LONGLONG count;   /* rows or pixels */
  LONGLONG per_row; /* elements of a row */
  size_t size;      /* bytes of an element; for strings, with the NUL */
  size_t room;      /* elements of the array, without the first */
  char *text;       /* TSTRING: the characters of all strings */
  cf_null null;
} cf_source_column;

/* Looks the column up, and fills in what `col` tells to the work function. */
int cf_iter_describe(cf_source_column *source, int *status);

/* Makes room for `rows` rows. */
int cf_iter_reserve(cf_source_column *source, LONGLONG rows, int *status);

/* Variable length: finds the length of row `first`, and makes room. */
int cf_iter_measure(cf_source_column *source, LONGLONG first, int *status);

int cf_iter_read(cf_source_column *source, LONGLONG first, LONGLONG rows, int *status);
int cf_iter_write(cf_source_column *source, LONGLONG first, LONGLONG rows, int *status);
void cf_iter_free(cf_source_column *source);

#endif
