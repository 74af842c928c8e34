/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Arguments of Fortran and those of C. wrappers.py writes the subroutines that use them.
 */
#ifndef CF_FORTRAN_CONVERT_H
#define CF_FORTRAN_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "fitsio2.h"

#define CF_SHORT_TEXT 1100 /* bytes of a string that needs no memory of its own; more than FLEN_FILENAME */

/* A CHARACTER argument as a string of C. */
typedef struct cf_string {
  char *text; /* NULL: the program passes four NUL bytes, or there is no memory */
  char small[CF_SHORT_TEXT];
} cf_string;

/* A CHARACTER array as an array of strings. */
typedef struct cf_strings {
  char **list;
  char *memory;
  size_t count;
} cf_strings;

/* Makes a string of C, without the blanks at the end. `written`: the function will write it, and gets memory always. */
void cf_string_begin(cf_string *string, const char *text, size_t n, bool written);

/* Writes the string back, with blanks at the end. Frees. */
void cf_string_write(cf_string *string, char *text, size_t n);

/* As cf_string_write(), with blanks before a text of less than 20 characters. */
void cf_number_write(cf_string *string, char *text, size_t n);

void cf_string_free(cf_string *string);

/* Makes strings of C of `count` elements of n characters. `width`: at least so many characters fit into each.
 * `filled` false: the strings will be written, and are empty. */
void cf_strings_begin(cf_strings *strings, const char *text, size_t n, LONGLONG count, LONGLONG width, bool filled,
                      int *status);

/* As cf_strings_begin(), for comments. One that ends with '&' is for all keywords. */
void cf_strings_comments(cf_strings *strings, const char *text, size_t n, LONGLONG count, int *status);

/* Writes back those strings that were written. Frees. */
void cf_strings_write(cf_strings *strings, char *text, size_t n);

void cf_strings_free(cf_strings *strings);

/* Copies integers. Elements that the function does not write stay as they are. Free the result. */
long *cf_longs_begin(const int *values, LONGLONG count, bool filled, int *status);
void cf_longs_write(long *longs, int *values, LONGLONG count);

/* Copies logicals to bytes. */
char *cf_flags_begin(const int *values, LONGLONG count, bool filled, int *status);
void cf_flags_write(char *flags, int *values, LONGLONG count);

/* Returns an integer of C for Fortran; one that is too large becomes the largest one. */
int cf_integer(long value);

/* Returns numbers of elements: see wrappers.txt, letters f, x, s. */
LONGLONG cf_count_fields(fitsfile *fptr, LONGLONG most);
LONGLONG cf_count_axes(fitsfile *fptr, LONGLONG naxis);
LONGLONG cf_count_pixels(LONGLONG naxis, const long *blc, const long *trc, const long *inc);

/* Returns how many characters a string of a column can have. */
LONGLONG cf_column_width(fitsfile *fptr, int colnum);

#endif
