/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Two columns of a table as the header of an image.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"

#define CARD 80
#define MOST_CARDS 20

/* The header, with its number of cards. */
typedef struct {
  char *text;
  int count;
} string_header;

static void add(string_header *header, const char *format, ...) CF_PRINTF(2, 3);

static void add(string_header *header, const char *format, ...) {
  char card[FLEN_CARD];
  va_list arguments;
  if (header->count == MOST_CARDS)
    return;
  va_start(arguments, format);
  (void)vsnprintf(card, sizeof card, format, arguments);
  va_end(arguments);
  (void)snprintf(header->text + CARD * header->count++, CARD + 1, "%-80s", card);
}

/* Reads TxxxxN as a number, `otherwise` if it is missing. */
static double get(fitsfile *fptr, const char *root, int column, double otherwise) {
  char keyword[FLEN_KEYWORD];
  double value = otherwise;
  int missing = 0;
  (void)snprintf(keyword, sizeof keyword, "%s%d", root, column);
  ffpmrk();
  ffgkyd(fptr, keyword, &value, NULL, &missing);
  ffcmrk();
  return missing == 0 ? value : otherwise;
}

/* Adds a keyword that both columns have or not. */
static void add_numbers(fitsfile *fptr, string_header *header, const char *root, const char *keyword, const int *column,
                        double otherwise) {
  for (int axis = 0; axis < 2; axis++)
    add(header, "%s%d  = %20.15G", keyword, axis + 1, get(fptr, root, column[axis], otherwise));
}

int ffgtwcs(fitsfile *fptr, int xcol, int ycol, char **header, int *status) {
  const int column[2] = {xcol, ycol};
  if (header != NULL)
    *header = NULL;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (header == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the header");
  if (fptr->Fptr->hdutype == IMAGE_HDU)
    return cf_fail(status, NOT_TABLE, "the HDU is no table");
  for (int axis = 0; axis < 2; axis++)
    if (column[axis] < 1 || column[axis] > fptr->Fptr->tfield)
      return cf_fail(status, BAD_COL_NUM, "the table has no column %d", column[axis]);
  string_header made = {calloc(MOST_CARDS, CARD + 1), 0};
  if (made.text == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "no memory for a header");
  add(&made, "NAXIS   = %20d", 2);
  for (int axis = 0; axis < 2; axis++) {
    double length = get(fptr, "TLMAX", column[axis], 0) - get(fptr, "TLMIN", column[axis], 0) + 1;
    add(&made, "NAXIS%d  = %20.0f", axis + 1, length > 0 && length < 1e15 ? length : 1);
  }
  for (int axis = 0; axis < 2; axis++) {
    char keyword[FLEN_KEYWORD], type[FLEN_VALUE] = "";
    int missing = 0;
    (void)snprintf(keyword, sizeof keyword, "TCTYP%d", column[axis]);
    ffpmrk();
    ffgkys(fptr, keyword, type, NULL, &missing);
    ffcmrk();
    if (missing == 0)
      add(&made, "CTYPE%d  = '%-8.60s'", axis + 1, type);
  }
  add_numbers(fptr, &made, "TCRPX", "CRPIX", column, 1);
  add_numbers(fptr, &made, "TCRVL", "CRVAL", column, 1);
  add_numbers(fptr, &made, "TCDLT", "CDELT", column, 1);
  double rotation = get(fptr, "TCROT", ycol, NAN);
  if (!isnan(rotation))
    add(&made, "CROTA2  = %20.15G", rotation);
  add(&made, "END");
  *header = made.text;
  return *status;
}
