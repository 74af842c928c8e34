/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/string.h"
#include "convert/convert.h"
#include "fitsio2.h"
#include "hdu/structure.h"
#include "header/cards.h"

#define CARD 80

/* Multiplies sizes. Returns false if the product is beyond the limits of a file. */
static bool multiply(LONGLONG *product, LONGLONG factor) {
  if (factor != 0 && *product > LONGLONG_MAX / 16 / factor)
    return false;
  *product *= factor;
  return true;
}

/* Returns the card at `index` if its keyword is `name`, else NULL. */
static const char *expect(const char *cards, LONGLONG count, LONGLONG index, const char *name) {
  char field[16];
  (void)snprintf(field, sizeof field, "%-8.8s", name);
  return index < count && memcmp(cards + index * CARD, field, 8) == 0 ? cards + index * CARD : NULL;
}

static int read_axes(const char *cards, LONGLONG count, cf_mandatory *keys, int *status) {
  char name[24];
  for (int i = 0; i < keys->naxis; i++) {
    (void)snprintf(name, sizeof name, "NAXIS%d", i + 1);
    const char *card = expect(cards, count, 3 + i, name);
    if (card == NULL)
      return cf_fail(status, NO_NAXES, "expected %s as card %d of the header", name, 4 + i);
    if (!cf_card_integer(card, &keys->axes[i]))
      return cf_fail(status, NO_NAXES, "%s is no integer", name);
    if (keys->axes[i] < 0)
      return cf_fail(status, BAD_NAXES, "%s is negative: %lld", name, keys->axes[i]);
  }
  return *status;
}

/* Reads an integer keyword that need not exist. */
static int read_optional(fitsfile *fptr, const char *name, LONGLONG *value, int number, int *status) {
  LONGLONG count, index = cf_card_find(fptr, name, 3, LONGLONG_MAX, status);
  const char *cards = cf_cards(fptr, &count, status);
  if (*status > 0 || index < 0)
    return *status;
  if (!cf_card_integer(cards + index * CARD, value) || *value < 0)
    return cf_fail(status, number, "%s is no integer from 0 on", name);
  return *status;
}

static int read_tfields(fitsfile *fptr, int *tfields, int *status) {
  LONGLONG value = -1;
  if (read_optional(fptr, "TFIELDS", &value, BAD_TFIELDS, status) > 0)
    return *status;
  if (value < 0)
    return cf_fail(status, NO_TFIELDS, "a table needs TFIELDS");
  if (value > 999)
    return cf_fail(status, BAD_TFIELDS, "TFIELDS is %lld", value);
  *tfields = (int)value;
  return *status;
}

static bool is_bitpix(LONGLONG value) {
  return value == BYTE_IMG || value == SHORT_IMG || value == LONG_IMG || value == LONGLONG_IMG || value == FLOAT_IMG ||
         value == DOUBLE_IMG;
}

int cf_mandatory_read(fitsfile *fptr, bool table, cf_mandatory *keys, int *status) {
  LONGLONG count, value;
  const char *cards = cf_cards(fptr, &count, status), *card;
  if (cards == NULL)
    return *status;
  if ((card = expect(cards, count, 1, "BITPIX")) == NULL || !cf_card_integer(card, &value))
    return cf_fail(status, NO_BITPIX, "expected an integer BITPIX as card 2 of the header");
  if (!is_bitpix(value))
    return cf_fail(status, BAD_BITPIX, "BITPIX is %lld", value);
  keys->bitpix = (int)value;
  if ((card = expect(cards, count, 2, "NAXIS")) == NULL || !cf_card_integer(card, &value))
    return cf_fail(status, NO_NAXIS, "expected an integer NAXIS as card 3 of the header");
  if (value < 0 || value > 999)
    return cf_fail(status, BAD_NAXIS, "NAXIS is %lld", value);
  keys->naxis = (int)value;
  keys->pcount = 0;
  keys->gcount = 1;
  keys->tfields = 0;
  if (read_axes(cards, count, keys, status) > 0 ||
      read_optional(fptr, "PCOUNT", &keys->pcount, BAD_PCOUNT, status) > 0 ||
      read_optional(fptr, "GCOUNT", &keys->gcount, BAD_GCOUNT, status) > 0)
    return *status;
  return table ? read_tfields(fptr, &keys->tfields, status) : *status;
}

int cf_data_describe(fitsfile *fptr, LONGLONG heapstart, LONGLONG heapsize, int *status) {
  FITSfile *f = fptr->Fptr;
  LONGLONG most = LONGLONG_MAX / 4;
  if (heapstart > most || heapsize > most || f->datastart > most)
    return cf_fail(status, ARRAY_TOO_BIG, "the data unit is larger than a file can be");
  f->heapstart = heapstart;
  f->heapsize = heapsize;
  f->headstart[f->curhdu + 1] = f->datastart + (heapstart + heapsize + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
  return *status;
}

/* Returns the type of the pixels as a table names it, where long has 32 bits. */
static int stored_type(int bitpix) {
  return bitpix == LONG_IMG ? TLONG : cf_image_type(bitpix);
}

/* Reads BSCALE, BZERO and BLANK. */
static void read_scaling(fitsfile *fptr, tcolumn *pixels) {
  int status = 0;
  LONGLONG count, index;
  const char *cards = cf_cards(fptr, &count, &status);
  if (cards == NULL)
    return;
  if ((index = cf_card_find(fptr, "BSCALE", 0, count, &status)) >= 0)
    (void)cf_card_number(cards + index * CARD, &pixels->tscale);
  if ((index = cf_card_find(fptr, "BZERO", 0, count, &status)) >= 0)
    (void)cf_card_number(cards + index * CARD, &pixels->tzero);
  if ((index = cf_card_find(fptr, "BLANK", 0, count, &status)) >= 0)
    (void)cf_card_integer(cards + index * CARD, &pixels->tnull);
}

/* Makes the two columns of an image: group parameters, pixels. */
static int make_columns(fitsfile *fptr, const cf_mandatory *keys, LONGLONG pixels, int *status) {
  FITSfile *f = fptr->Fptr;
  int bytes = abs(keys->bitpix) / 8;
  tcolumn *columns = calloc(2, sizeof *columns);
  if (columns == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for the structure of an image");
  for (int i = 0; i < 2; i++) {
    columns[i].tdatatype = stored_type(keys->bitpix);
    columns[i].twidth = bytes;
    columns[i].tscale = 1.;
    columns[i].tnull = NULL_UNDEFINED;
  }
  columns[0].trepeat = keys->pcount;
  columns[1].trepeat = pixels;
  columns[1].tbcol = keys->pcount * bytes;
  read_scaling(fptr, &columns[1]);
  free(f->tableptr);
  f->tableptr = columns;
  f->tfield = 2;
  f->rowlength = (keys->pcount + pixels) * bytes;
  return *status;
}

static int describe_empty(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  free(f->tableptr);
  f->tableptr = NULL;
  f->tfield = 0;
  f->rowlength = f->origrows = f->numrows = 0;
  return cf_data_describe(fptr, 0, 0, status);
}

int cf_image_describe(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_mandatory keys;
  if (cf_mandatory_read(fptr, false, &keys, status) > 0)
    return *status;
  f->hdutype = IMAGE_HDU;
  f->compressimg = 0;
  f->imgdim = keys.naxis < 99 ? keys.naxis : 99;
  for (int i = 0; i < f->imgdim; i++)
    f->imgnaxis[i] = keys.axes[i];
  if (keys.naxis == 0)
    return describe_empty(fptr, status);
  /* random groups have an axis of 0 in front of the others (FITS 6) */
  bool groups = keys.naxis > 1 && keys.axes[0] == 0;
  LONGLONG pixels = groups ? 1 : keys.axes[0];
  for (int i = 1; i < keys.naxis; i++)
    if (!multiply(&pixels, keys.axes[i]))
      return cf_fail(status, ARRAY_TOO_BIG, "the product of the axes is larger than a file can be");
  if (groups && cf_card_find(fptr, "GROUPS", 0, LONGLONG_MAX, status) < 0)
    pixels = 0;
  if (keys.pcount > LONGLONG_MAX / 16 - pixels)
    return cf_fail(status, ARRAY_TOO_BIG, "PCOUNT is %lld", keys.pcount);
  LONGLONG bytes = keys.pcount + pixels;
  if (!multiply(&bytes, abs(keys.bitpix) / 8) || !multiply(&bytes, keys.gcount))
    return cf_fail(status, ARRAY_TOO_BIG, "the image is larger than a file can be");
  f->origrows = f->numrows = keys.gcount;
  if (make_columns(fptr, &keys, pixels, status) > 0)
    return *status;
  return cf_data_describe(fptr, bytes, 0, status);
}
