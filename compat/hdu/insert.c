/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New HDUs behind the current one, and a new primary array.
 */
#include <stdio.h>
#include <string.h>

#include "file/bytes.h"
#include "file/handle.h"
#include "file/state.h"
#include "fitsio2.h"
#include "hdu/change.h"
#include "header/cards.h"
#include "header/text.h"

#define CARDS_OF_BLOCK 36

/* Tells whether a new HDU is appended: the current HDU is empty, or it is complete and the last one. */
static bool is_last(fitsfile *fptr) {
  const FITSfile *f = fptr->Fptr;
  return f->headend == f->headstart[f->curhdu] ||
         (f->datastart >= 0 && f->curhdu == f->maxhdu && f->headstart[f->maxhdu + 1] >= cf_size(fptr));
}

/* Adds an HDU of `blocks` blocks, each byte `byte`, in front of HDU `index` or behind the last one, and makes it the
 * current one. Its first `header_blocks` blocks are for the header. The HDU that was current has been closed. */
static int insert_hdu(fitsfile *fptr, int index, LONGLONG blocks, LONGLONG header_blocks, int byte, int *status) {
  FITSfile *f = fptr->Fptr;
  if (cf_header_forget(fptr, status) > 0 || cf_file_reserve_hdus(f, f->maxhdu + 3, status) > 0)
    return *status;
  LONGLONG offset = f->headstart[index];
  if (offset > cf_size(fptr)) /* what a damaged header says is no reason for a file of that size */
    return cf_fail(status, END_OF_FILE, "the file ends inside the HDU that a new one is to follow");
  if (cf_insert_blocks(fptr, offset, blocks, byte, status) > 0)
    return *status;
  for (int i = f->maxhdu + 1; i >= index; i--)
    f->headstart[i + 1] = f->headstart[i];
  f->headstart[index] = offset;
  f->headstart[index + 1] = offset + blocks * IOBUFLEN;
  f->maxhdu++;
  cf_hdu_begin(fptr, index);
  f->datastart = offset + header_blocks * IOBUFLEN;
  return *status;
}

int cf_shape_check(int bitpix, int naxis, const LONGLONG *naxes, LONGLONG *size, int *status) {
  int bits = cf_shape_bitpix(bitpix);
  if (bits != 8 && bits != 16 && bits != 32 && bits != 64 && bits != -32 && bits != -64)
    return cf_fail(status, BAD_BITPIX, "no image has BITPIX %d", bitpix);
  if (naxis < 0 || naxis > CF_MAX_AXES)
    return cf_fail(status, BAD_NAXIS, "an image has 0 to %d axes, not %d", CF_MAX_AXES, naxis);
  if (naxis > 0 && naxes == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected %d axes, found NULL", naxis);
  *size = naxis > 0 ? (bits < 0 ? -bits : bits) / 8 : 0;
  for (int i = 0; i < naxis; i++) {
    if (naxes[i] < 0)
      return cf_fail(status, BAD_NAXES, "NAXIS%d is negative: %lld", i + 1, naxes[i]);
    if (naxes[i] > 0 && *size > LONGLONG_MAX / 8 / naxes[i])
      return cf_fail(status, ARRAY_TOO_BIG, "the image has more bytes than a file can have");
    *size *= naxes[i];
  }
  return *status;
}

static LONGLONG blocks_of(LONGLONG bytes) {
  return (bytes + IOBUFLEN - 1) / IOBUFLEN;
}

static LONGLONG blocks_of_cards(LONGLONG cards) {
  return (cards + CARDS_OF_BLOCK - 1) / CARDS_OF_BLOCK;
}

/* Makes the primary array an extension: XTENSION, PCOUNT and GCOUNT come, SIMPLE and EXTEND go. */
static int make_extension(fitsfile *fptr, int *status) {
  LONGLONG count = 0;
  if (cf_cards(fptr, &count, status) == NULL)
    return *status;
  int at = 3 + fptr->Fptr->imgdim;
  LONGLONG extend = cf_card_find(fptr, "EXTEND", 0, count, status);
  if (extend >= 0)
    (void)cf_card_delete(fptr, extend, status);
  (void)cf_card_set(fptr, 0, "XTENSION= 'IMAGE   '          / IMAGE extension", status);
  if (cf_card_find(fptr, "PCOUNT", 0, count, status) < 0)
    (void)cf_card_insert(fptr, at, "PCOUNT  =                    0 / required keyword", status);
  if (cf_card_find(fptr, "GCOUNT", 0, count, status) < 0)
    (void)cf_card_insert(fptr, at + 1, "GCOUNT  =                    1 / required keyword", status);
  return *status;
}

int ffiimgll(fitsfile *fptr, int bitpix, int naxis, LONGLONG *naxes, int *status) {
  LONGLONG size = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  bool prepend = *status == PREPEND_PRIMARY && fptr->Fptr->curhdu == 0;
  *status = *status == PREPEND_PRIMARY ? 0 : *status;
  if ((!prepend && is_last(fptr)) || fptr->Fptr->headend == fptr->Fptr->headstart[fptr->Fptr->curhdu])
    return ffcrimll(fptr, bitpix, naxis, naxes, status);
  if (*status > 0 || cf_shape_check(bitpix, naxis, naxes, &size, status) > 0)
    return *status;
  if (!cf_use_data(fptr, status))
    return *status;
  if (ffchdu(fptr, status) > 0 || (prepend && make_extension(fptr, status) > 0))
    return cf_hdu_reopen(fptr, status);
  LONGLONG cards = 3 + naxis + (prepend ? 3 : 2) + (cf_shape_bitpix(bitpix) != bitpix ? 2 : 0) + 1;
  LONGLONG header = blocks_of_cards(cards);
  if (insert_hdu(fptr, prepend ? 0 : fptr->Fptr->curhdu + 1, header + blocks_of(size), header, 0, status) > 0)
    return cf_hdu_reopen(fptr, status);
  (void)ffphprll(fptr, TRUE, bitpix, naxis, naxes, 0, 1, TRUE, status);
  return ffrdef(fptr, status);
}

int ffiimg(fitsfile *fptr, int bitpix, int naxis, long *naxes, int *status) {
  LONGLONG wide[CF_MAX_AXES];
  return ffiimgll(fptr, bitpix, naxis, cf_shape_widen(naxis, naxes, wide), status);
}

/* Checks the size of a table. */
static int check_table(LONGLONG naxis2, int tfields, char **ttype, char **tform, int *status) {
  if (naxis2 < 0)
    return cf_fail(status, NEG_ROWS, "the number of rows is negative: %lld", naxis2);
  if (tfields < 0 || tfields > CF_MAX_AXES)
    return cf_fail(status, BAD_TFIELDS, "a table has 0 to 999 columns, not %d", tfields);
  if (tfields > 0 && (ttype == NULL || tform == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "expected names and formats of columns, found NULL");
  for (int i = 0; i < tfields; i++)
    if (ttype[i] == NULL || tform[i] == NULL)
      return cf_fail(status, NULL_INPUT_PTR, "the name or the format of column %d is NULL", i + 1);
  return *status;
}

/* Inserts a table of `width` bytes a row. `cards` counts those of its header but mandatory ones, units, name and END.
 */
static int insert_table(fitsfile *fptr, LONGLONG width, LONGLONG naxis2, LONGLONG cards, int tfields, char **tunit,
                        const char *extname, int byte, int *status) {
  cards += 9 + (extname != NULL && *extname != '\0');
  for (int i = 0; tunit != NULL && i < tfields; i++)
    cards += tunit[i] != NULL && *tunit[i] != '\0';
  if (width > 0 && naxis2 > LONGLONG_MAX / 8 / width)
    return cf_fail(status, ARRAY_TOO_BIG, "the table has more bytes than a file can have");
  LONGLONG header = blocks_of_cards(cards);
  if (ffchdu(fptr, status) > 0 ||
      insert_hdu(fptr, fptr->Fptr->curhdu + 1, header + blocks_of(width * naxis2), header, byte, status) > 0)
    return cf_hdu_reopen(fptr, status);
  return *status;
}

/* Begins the table at the end of the file, where it belongs there. Returns false if HDUs follow the current one. */
static bool begin_at_end(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  if (!is_last(fptr))
    return false;
  if (f->headend == f->headstart[0] && f->curhdu == 0)
    (void)ffphpr(fptr, TRUE, SHORT_IMG, 0, NULL, 0, 1, TRUE, status);
  (void)ffcrhd(fptr, status);
  return true;
}

int ffitab(fitsfile *fptr, LONGLONG naxis1, LONGLONG naxis2, int tfields, char **ttype, long *tbcol, char **tform,
           char **tunit, const char *extname, int *status) {
  long width = (long)naxis1, columns[CF_MAX_AXES];
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (naxis1 < 0)
    return cf_fail(status, NEG_WIDTH, "the width of a row is negative: %lld", naxis1);
  if (check_table(naxis2, tfields, ttype, tform, status) > 0)
    return *status;
  if (tbcol == NULL || naxis1 == 0) {
    memset(columns, 0, sizeof columns);
    if (ffgabc(tfields, tform, 1, &width, columns, status) > 0)
      return *status;
    tbcol = columns;
  }
  bool last = begin_at_end(fptr, status);
  if (*status <= 0 && !last)
    (void)insert_table(fptr, width, naxis2, 3LL * tfields, tfields, tunit, extname, ' ', status);
  (void)ffphtb(fptr, width, naxis2, tfields, ttype, tbcol, tform, tunit, extname, status);
  return last ? *status : ffrdef(fptr, status);
}

/* Adds the bytes of a column to *width, and what its header has beside TTYPEn and TFORMn to *cards. */
static int add_column(char *tform, LONGLONG *width, LONGLONG *cards, int *status) {
  int code = 0;
  long unit = 0;
  LONGLONG repeat = 0;
  if (ffbnfmll(tform, &code, &repeat, &unit, status) > 0)
    return *status;
  const char *letter = tform + strspn(tform, " 0123456789");
  if (code < 0) { /* a descriptor */
    *width += *letter == 'Q' || *letter == 'q' ? 16 : 8;
    letter++;
  } else if (code == TBIT) {
    *width += (repeat + 7) / 8;
  } else if (code == TSTRING) {
    *width += repeat;
  } else if (repeat > LONGLONG_MAX / 64 || *width > LONGLONG_MAX / 4) {
    return cf_fail(status, ARRAY_TOO_BIG, "a row has more bytes than a file can have");
  } else {
    *width += repeat * unit;
  }
  if (*letter != '\0' && strchr("UVWSuvws", *letter) != NULL)
    *cards += 2; /* TZEROn, TSCALn */
  return *status;
}

/* Without pcount: the header says PCOUNT = 0, so that blocks for a heap to come would hide the HDUs behind them. */
int ffibin(fitsfile *fptr, LONGLONG naxis2, int tfields, char **ttype, char **tform, char **tunit, const char *extname,
           LONGLONG pcount, int *status) {
  LONGLONG width = 0, cards = 2LL * tfields;
  if (!cf_use_write(fptr, status) || check_table(naxis2, tfields, ttype, tform, status) > 0)
    return cf_refused(status);
  if (pcount < 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT is negative: %lld", pcount);
  for (int i = 0; i < tfields; i++)
    if (add_column(tform[i], &width, &cards, status) > 0)
      return *status;
  bool last = begin_at_end(fptr, status);
  if (*status <= 0 && !last)
    (void)insert_table(fptr, width, naxis2, cards, tfields, tunit, extname, 0, status);
  (void)ffphbn(fptr, naxis2, tfields, ttype, tform, tunit, extname, pcount, status);
  return last ? *status : ffrdef(fptr, status);
}
