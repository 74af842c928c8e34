/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Formats are taken apart and put together, so that no text of a file gets into a format of printf.
 */
#include "column/display.h"

#include <ctype.h>
#include <string.h>

#include "base/string.h"
#include "column/cells.h"
#include "file/handle.h"

#define WIDEST 999

static int read_number(const char **text) {
  int value = 0;
  for (; isdigit((unsigned char)**text); (*text)++)
    value = value < WIDEST ? value * 10 + (**text - '0') : value;
  return value > WIDEST ? WIDEST : value;
}

cf_display cf_display_parse(const char *text) {
  cf_display display = {0, 0, -1};
  text += strspn(text, " ");
  char letter = (char)toupper((unsigned char)*text);
  if (letter == '\0' || strchr("AIOZFEDG", letter) == NULL)
    return display;
  text++;
  if (letter == 'E' && (toupper((unsigned char)*text) == 'N' || toupper((unsigned char)*text) == 'S'))
    text++;
  display.letter = letter == 'D' ? 'E' : letter;
  display.width = read_number(&text);
  if (*text == '.') {
    text++;
    display.decimals = read_number(&text);
  }
  return display;
}

/* Returns the format of a type, for a column without TDISPn. */
static cf_display of_type(int type, bool scaled) {
  switch (type < 0 ? -type : type) {
  case TBYTE:
    return scaled ? (cf_display){'G', 14, 6} : (cf_display){'I', 4, -1};
  case TSHORT:
    return scaled ? (cf_display){'G', 14, 6} : (cf_display){'I', 6, -1};
  case TLONG:
    return scaled ? (cf_display){'G', 23, 15} : (cf_display){'I', 11, -1};
  case TLONGLONG:
    return scaled ? (cf_display){'G', 23, 15} : (cf_display){'I', 20, -1};
  case TFLOAT:
    return (cf_display){'G', 14, 6};
  case TCOMPLEX:
    return (cf_display){'E', 14, 6};
  case TDBLCOMPLEX:
    return (cf_display){'E', 23, 15};
  default:
    return (cf_display){'G', 23, 15};
  }
}

/* Reads the TDISPn of a column. Without one, the text is empty. */
static void read_tdisp(fitsfile *fptr, int colnum, char text[FLEN_VALUE]) {
  char key[FLEN_KEYWORD];
  int missing = 0;
  text[0] = '\0';
  ffpmrk();
  (void)ffkeyn("TDISP", colnum, key, &missing);
  if (ffgkys(fptr, key, text, NULL, &missing) > 0)
    text[0] = '\0';
  ffcmrk();
}

int cf_display_get(fitsfile *fptr, int colnum, cf_display *display, int *status) {
  char text[FLEN_VALUE];
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  read_tdisp(fptr, colnum, text);
  *display = cf_display_parse(text);
  if (display->letter != 0)
    return *status;
  if (fptr->Fptr->hdutype == ASCII_TBL && column->tscale == 1) {
    *display = cf_display_parse(column->tform);
    if (display->letter != 0)
      return *status;
  }
  *display =
      fptr->Fptr->hdutype == ASCII_TBL ? (cf_display){'G', 14, 6} : of_type(column->tdatatype, column->tscale != 1);
  return *status;
}

static void pad_over(const cf_display *display, char *text) {
  if (display->width > 0 && strlen(text) > (size_t)display->width)
    memset(text, '*', strlen(text));
}

/* Writes asterisks of the width if the text is longer. */
static void check_width(const cf_display *display, char *text) {
  if (display->width > 0 && strlen(text) > (size_t)display->width) {
    pad_over(display, text);
    text[display->width] = '\0';
  }
}

void cf_display_integer(const cf_display *display, LONGLONG value, bool is_unsigned, char *text, size_t capacity) {
  int width = display->width, decimals = display->decimals;
  if (display->letter == 'O')
    (void)snprintf(text, capacity, "%*.*llo", width, decimals, (unsigned long long)value);
  else if (display->letter == 'Z')
    (void)snprintf(text, capacity, "%*.*llX", width, decimals, (unsigned long long)value);
  else if (is_unsigned)
    (void)snprintf(text, capacity, "%*.*llu", width, decimals, (unsigned long long)value);
  else
    (void)snprintf(text, capacity, "%*.*lld", width, decimals, value);
  check_width(display, text);
}

void cf_display_double(const cf_display *display, double value, char *text, size_t capacity) {
  int width = display->width, decimals = display->decimals;
  switch (display->letter) {
  case 'I':
  case 'O':
  case 'Z':
    if (value > -9.2e18 && value < 9.2e18) {
      LONGLONG whole = (LONGLONG)value;
      if (display->letter != 'I' && whole < 0 && whole >= -2147483648LL)
        whole &= 0xffffffffLL;
      cf_display_integer(display, whole, false, text, capacity);
      return;
    }
    (void)snprintf(text, capacity, "%*.0f", width, value);
    break;
  case 'F':
    (void)snprintf(text, capacity, "%*.*f", width, decimals, value);
    break;
  case 'E':
    (void)snprintf(text, capacity, "%*.*E", width, decimals, value);
    break;
  default:
    (void)snprintf(text, capacity, decimals == 6 || decimals == 15 ? "%#*.*G" : "%*.*G", width, decimals, value);
    break;
  }
  check_width(display, text);
}

int ffgcdw(fitsfile *fptr, int colnum, int *width, int *status) {
  char text[FLEN_VALUE];
  cf_display display;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  if (width == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no pointer for the width");
  int type = column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  read_tdisp(fptr, colnum, text);
  display = cf_display_parse(text);
  if (display.letter == 0 || display.width == 0) {
    bool fields = fptr->Fptr->hdutype == ASCII_TBL;
    if (column->tscale != 1 && (fields || type == TSTRING))
      display = (cf_display){'G', 14, 6};
    else if (fields || type == TSTRING)
      display.width = (int)(column->twidth < INT_MAX ? column->twidth : INT_MAX);
    else if (type == TLOGICAL)
      display.width = 1;
    else if (type == TBIT)
      display.width = 8;
    else
      display = of_type(type, column->tscale != 1);
  }
  *width = type == TCOMPLEX || type == TDBLCOMPLEX ? 2 * display.width + 3 : display.width;
  return *status;
}
