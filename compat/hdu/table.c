/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <string.h>

#include "base/string.h"
#include "file/state.h"
#include "fitsio2.h"
#include "hdu/structure.h"
#include "header/cards.h"
#include "tiled/tiled.h"

#define CARD 80
#define NO_TYPE -9999

/* Returns the number behind `root` in the keyword of a card ("TFORM12"), or 0. */
static int keyword_index(const char *card, const char *root) {
  size_t n = strlen(root);
  int index = 0;
  if (memcmp(card, root, n) != 0)
    return 0;
  for (; n < 8 && isdigit((unsigned char)card[n]); n++)
    index = index * 10 + (card[n] - '0');
  for (; n < 8; n++)
    if (card[n] != ' ')
      return 0;
  return index;
}

/* Returns the column of a card, or NULL. */
static tcolumn *column_of(const FITSfile *f, const char *card, const char *root) {
  int index = keyword_index(card, root);
  return index >= 1 && index <= f->tfield ? &f->tableptr[index - 1] : NULL;
}

static int take_format(const char *card, tcolumn *column, bool ascii, int *status) {
  char form[FLEN_VALUE];
  int type = 0, decimals;
  long width = 0, repeat = 0;
  if (!cf_card_string(card, form, sizeof form))
    return cf_fail(status, BAD_TFORM, "%.8s is no string", card);
  cf_copy(column->tform, form, sizeof column->tform);
  if (ascii)
    (void)ffasfm(form, &type, &width, &decimals, status);
  else
    (void)ffbnfm(form, &type, &repeat, &width, status);
  if (*status > 0)
    return *status;
  column->tdatatype = ascii ? TSTRING : type; /* as programs see it; ffgtcl() tells the type of the numbers */
  column->trepeat = ascii ? 1 : repeat;
  column->twidth = width;
  return *status;
}

/* The first number of TDIMn is the width of a string, where a column holds several. */
static void take_dimensions(const char *card, tcolumn *column) {
  char text[FLEN_VALUE];
  if (column->tdatatype != TSTRING || !cf_card_string(card, text, sizeof text))
    return;
  const char *open = strchr(text, '(');
  long width = open != NULL ? strtol(open + 1, NULL, 10) : 0;
  if (width > 0 && width <= column->trepeat)
    column->twidth = width;
}

/* Takes what one card says about a column. */
static int take_card(FITSfile *f, const char *card, bool ascii, int *status) {
  tcolumn *column;
  LONGLONG value;
  if ((column = column_of(f, card, "TTYPE")) != NULL)
    (void)cf_card_string(card, column->ttype, sizeof column->ttype);
  else if ((column = column_of(f, card, "TFORM")) != NULL)
    (void)take_format(card, column, ascii, status);
  else if ((column = column_of(f, card, "TSCAL")) != NULL)
    (void)cf_card_number(card, &column->tscale);
  else if ((column = column_of(f, card, "TZERO")) != NULL)
    (void)cf_card_number(card, &column->tzero);
  else if ((column = column_of(f, card, "TNULL")) != NULL && ascii)
    (void)cf_card_string(card, column->strnull, sizeof column->strnull);
  else if (column != NULL)
    (void)cf_card_integer(card, &column->tnull);
  else if (!ascii && (column = column_of(f, card, "TDIM")) != NULL)
    take_dimensions(card, column);
  else if (ascii && (column = column_of(f, card, "TBCOL")) != NULL) {
    if (!cf_card_integer(card, &value) || value < 1 || value > f->rowlength)
      return cf_fail(status, BAD_TBCOL, "%.8s is not from 1 to %lld", card, f->rowlength);
    column->tbcol = value - 1;
  }
  return *status;
}

/* Returns the bytes of a column in a row. */
static LONGLONG stored_bytes(const tcolumn *column) {
  int type = column->tdatatype;
  if (type < 0) { /* descriptors: the format has a P or a Q */
    const char *p = column->tform;
    while (isdigit((unsigned char)*p))
      p++;
    return column->trepeat == 0 ? 0 : *p == 'Q' || *p == 'q' ? 16 : 8;
  }
  if (type == TBIT)
    return column->trepeat / 8 + (column->trepeat % 8 != 0);
  if (type == TSTRING)
    return column->trepeat;
  return column->trepeat * (type == TCOMPLEX ? 8 : type == TDBLCOMPLEX ? 16 : type == TLOGICAL ? 1 : column->twidth);
}

/* Sets the offsets of the columns of a binary table, and checks the length of the row. */
static int place_columns(FITSfile *f, int *status) {
  LONGLONG offset = 0;
  for (int i = 0; i < f->tfield; i++) {
    LONGLONG bytes = stored_bytes(&f->tableptr[i]);
    if (bytes < 0 || bytes > LONGLONG_MAX / 4 - offset)
      return cf_fail(status, BAD_TFORM, "TFORM%d is larger than a row can be", i + 1);
    f->tableptr[i].tbcol = offset;
    offset += bytes;
  }
  if (offset != f->rowlength)
    return cf_fail(status, BAD_ROW_WIDTH, "NAXIS1 is %lld, and the columns need %lld bytes", f->rowlength, offset);
  return *status;
}

static int check_columns(const FITSfile *f, bool ascii, int *status) {
  for (int i = 0; i < f->tfield; i++) {
    const tcolumn *column = &f->tableptr[i];
    if (column->tdatatype == NO_TYPE)
      return cf_fail(status, NO_TFORM, "TFORM%d is missing", i + 1);
    if (ascii && column->tbcol == NO_TYPE)
      return cf_fail(status, NO_TBCOL, "TBCOL%d is missing", i + 1);
    if (ascii && f->rowlength != 0 && column->tbcol + column->twidth > f->rowlength)
      return cf_fail(status, COL_TOO_WIDE, "column %d ends behind the row", i + 1);
  }
  return *status;
}

static int make_columns(FITSfile *f, bool ascii, int *status) {
  tcolumn *columns = f->tfield > 0 ? calloc((size_t)f->tfield, sizeof *columns) : NULL;
  if (f->tfield > 0 && columns == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %d columns", f->tfield);
  for (int i = 0; i < f->tfield; i++) {
    columns[i].tscale = 1.;
    columns[i].tnull = ascii ? 0 : NULL_UNDEFINED;
    columns[i].strnull[0] = ascii ? ASCII_NULL_UNDEFINED : 0;
    columns[i].tbcol = ascii ? NO_TYPE : 0;
    columns[i].tdatatype = NO_TYPE;
    columns[i].trepeat = 1;
  }
  free(f->tableptr);
  f->tableptr = columns;
  return *status;
}

/* Checks the mandatory keywords of a table, and takes them. */
static int take_mandatory(FITSfile *f, const cf_mandatory *keys, bool ascii, int *status) {
  if (keys->bitpix != 8)
    return cf_fail(status, BAD_BITPIX, "BITPIX of a table is %d", keys->bitpix);
  if (keys->naxis != 2)
    return cf_fail(status, BAD_NAXIS, "NAXIS of a table is %d", keys->naxis);
  if (ascii && keys->pcount != 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT of an ASCII table is %lld", keys->pcount);
  if (keys->gcount != 1)
    return cf_fail(status, BAD_GCOUNT, "GCOUNT of a table is %lld", keys->gcount);
  if (keys->axes[0] != 0 && keys->axes[1] > LONGLONG_MAX / 16 / keys->axes[0])
    return cf_fail(status, ARRAY_TOO_BIG, "a table of %lld rows of %lld bytes is larger than a file can be",
                   keys->axes[1], keys->axes[0]);
  f->hdutype = ascii ? ASCII_TBL : BINARY_TBL;
  f->compressimg = 0;
  f->tfield = keys->tfields;
  f->rowlength = keys->axes[0];
  f->numrows = f->origrows = keys->axes[1];
  return make_columns(f, ascii, status);
}

int cf_table_describe(fitsfile *fptr, bool ascii, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_mandatory keys;
  LONGLONG count, theap = 0;
  if (cf_mandatory_read(fptr, true, &keys, status) > 0 || take_mandatory(f, &keys, ascii, status) > 0)
    return *status;
  const char *cards = cf_cards(fptr, &count, status);
  for (LONGLONG i = 0; cards != NULL && i < count && *status <= 0; i++) {
    const char *card = cards + i * CARD;
    if (*card == 'T' && take_card(f, card, ascii, status) <= 0 && !ascii && memcmp(card, "THEAP   ", 8) == 0)
      (void)cf_card_integer(card, &theap);
  }
  if (*status > 0 || check_columns(f, ascii, status) > 0 || (!ascii && place_columns(f, status) > 0))
    return *status;
  LONGLONG rows = f->rowlength * f->numrows, gap = theap > rows && theap - rows <= keys.pcount ? theap - rows : 0;
  cf_file_of(f)->heapstart = rows + gap;
  if (cf_data_describe(fptr, rows + gap, keys.pcount - gap, status) <= 0 && !ascii)
    (void)cf_tiled_describe(fptr, status);
  return *status;
}
