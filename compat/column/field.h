/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers as text, in the fields of ASCII tables.
 */
#ifndef CF_COLUMN_FIELD_H
#define CF_COLUMN_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* How the fields of a column are written: TFORMn. */
typedef struct cf_field {
  char letter;  /* I, F, E; A: text, in which there may be numbers */
  int width;    /* of the field */
  int decimals; /* digits behind the point; for reading: of numbers without a point */
} cf_field;

/* Reads the TFORMn of a column of an ASCII table. BAD_TFORM_DTYPE: the column has no numbers. */
int cf_field_form(const tcolumn *column, cf_field *form, int *status);

/* Reads the number of a field. An empty field is 0. BAD_C2D: the text is no number. */
int cf_field_parse(const cf_field *form, const char *text, size_t n, double *value, int *status);

/* Writes a number into a field, aligned right. Returns false if the field is too narrow: the number is cut, as CFITSIO
 * cuts it. */
bool cf_field_print(const cf_field *form, double value, char *text, size_t n);

/* Tells whether a field holds the null text of its column. */
bool cf_field_is_null(const tcolumn *column, const char *text, size_t n);

#endif
