/* SPDX-License-Identifier: BSD-3-Clause
 *
 * TDISPn: how a value of a column is shown.
 */
#ifndef CF_COLUMN_DISPLAY_H
#define CF_COLUMN_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* A format of FITS: a letter, and its numbers. */
typedef struct cf_display {
  char letter;  /* I O Z F E G; A: text; 0: none */
  int width;    /* 0: as long as it is */
  int decimals; /* -1: not given */
} cf_display;

/* Reads a format: "I5", "F8.3", "1PE12.4" is none. */
cf_display cf_display_parse(const char *text);

/* Gets the format of a column: TDISPn, else that of its type. For a complex column, the format of one part. */
int cf_display_get(fitsfile *fptr, int colnum, cf_display *display, int *status);

/* Writes a value. If it is longer than the width, the text is asterisks. */
void cf_display_double(const cf_display *display, double value, char *text, size_t capacity);

/* As cf_display_double(), for integers, also unsigned ones (is_unsigned). */
void cf_display_integer(const cf_display *display, LONGLONG value, bool is_unsigned, char *text, size_t capacity);

#endif
