/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Required keywords of images and tables.
 */
#include <stdbool.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/cards.h"
#include "header/read.h"

#define CARD 80

/* Returns the value of card `number` (1-based), which must have this keyword; else `missing`. */
static LONGLONG required(fitsfile *fptr, int number, const char *keyword, int missing, int *status) {
  char card[FLEN_CARD], name[FLEN_KEYWORD], value[FLEN_VALUE];
  int length;
  LONGLONG integer = 0;
  if (*status > 0)
    return 0;
  if (ffgrec(fptr, number, card, status) > 0 || ffgknm(card, name, &length, status) > 0 || strcmp(name, keyword) != 0) {
    *status = 0;
    cf_fail(status, missing, "keyword %d of the header is not %s", number, keyword);
    return 0;
  }
  if (ffpsvc(card, value, NULL, status) <= 0)
    ffc2jj(value, &integer, status);
  return integer;
}

/* Reads the first keyword: SIMPLE, or XTENSION into `kind`. */
static int first_keyword(fitsfile *fptr, int *simple, char kind[FLEN_VALUE], int *status) {
  char card[FLEN_CARD], value[FLEN_VALUE];
  *kind = '\0';
  *simple = 1;
  if (ffgrec(fptr, 1, card, status) > 0 || ffpsvc(card, value, NULL, status) > 0)
    return *status;
  if (strncmp(card, "SIMPLE  ", 8) == 0)
    return ffc2l(value, simple, status);
  if (strncmp(card, "XTENSION", 8) == 0)
    return ffc2s(value, kind, status);
  return cf_fail(status, UNKNOWN_REC, "the header begins with neither SIMPLE nor XTENSION");
}

/* What an image header tells besides its axes. */
typedef struct {
  int simple, bitpix, naxis, extend;
  long pcount, gcount;
} image_keywords;

/* Reads the keywords behind the axes, and moves behind END. */
static void read_optional(fitsfile *fptr, image_keywords *keywords) {
  LONGLONG count, number;
  int ignored = 0;
  const char *text = cf_cards(fptr, &count, &ignored);
  keywords->pcount = 0;
  keywords->gcount = 1;
  keywords->extend = 0;
  for (LONGLONG i = 3 + keywords->naxis; text != NULL && i < count; i++) {
    char card[FLEN_CARD], value[FLEN_VALUE];
    const char *at = text + i * CARD;
    bool extend = memcmp(at, "EXTEND  ", 8) == 0, pcount = memcmp(at, "PCOUNT  ", 8) == 0;
    if (!extend && !pcount && memcmp(at, "GCOUNT  ", 8) != 0)
      continue;
    ignored = 0;
    cf_card_copy(card, at);
    if (ffpsvc(card, value, NULL, &ignored) > 0)
      continue;
    if (extend)
      keywords->extend = *value == 'T';
    else if (ffc2jj(value, &number, &ignored) <= 0)
      *(pcount ? &keywords->pcount : &keywords->gcount) = (long)number;
  }
  ffmaky(fptr, (int)count + 2, &ignored);
}

int ffghprll(fitsfile *fptr, int maxdim, int *simple, int *bitpix, int *naxis, LONGLONG naxes[], long *pcount,
             long *gcount, int *extend, int *status) {
  char kind[FLEN_VALUE], keyword[FLEN_KEYWORD];
  image_keywords keywords;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (fits_is_compressed_image(fptr, status)) {
    int bits = 0, axes = 0;
    ffgiprll(fptr, naxes != NULL ? maxdim : 0, &bits, &axes, naxes, status);
    keywords = (image_keywords){1, bits, axes, 0, 0, 1};
    *kind = '\0';
  } else {
    if (first_keyword(fptr, &keywords.simple, kind, status) > 0)
      return *status;
    keywords.bitpix = (int)required(fptr, 2, "BITPIX", NO_BITPIX, status);
    LONGLONG axes = required(fptr, 3, "NAXIS", NO_NAXIS, status);
    if (*status <= 0 && (axes < 0 || axes > 999))
      return cf_fail(status, BAD_NAXIS, "NAXIS = %lld is not in 0..999", axes);
    keywords.naxis = (int)axes;
    for (int i = 0; i < keywords.naxis && *status <= 0; i++) {
      ffkeyn("NAXIS", i + 1, keyword, status);
      LONGLONG length = required(fptr, 4 + i, keyword, NO_NAXES, status);
      if (i < maxdim && naxes != NULL)
        naxes[i] = length;
    }
    if (*status > 0)
      return *status;
    read_optional(fptr, &keywords);
  }
  if (simple != NULL)
    *simple = keywords.simple;
  if (bitpix != NULL)
    *bitpix = keywords.bitpix;
  if (naxis != NULL)
    *naxis = keywords.naxis;
  if (pcount != NULL)
    *pcount = keywords.pcount;
  if (gcount != NULL)
    *gcount = keywords.gcount;
  if (extend != NULL)
    *extend = keywords.extend;
  if (*kind != '\0' && strcmp(kind, "IMAGE") != 0 && strcmp(kind, "IUEIMAGE") != 0)
    return cf_fail(status, NOT_IMAGE, "the HDU is no image, but a %.20s", kind);
  return *status;
}

int ffghpr(fitsfile *fptr, int maxdim, int *simple, int *bitpix, int *naxis, long naxes[], long *pcount, long *gcount,
           int *extend, int *status) {
  LONGLONG large[999];
  int axes = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  int most = naxes == NULL || maxdim < 0 ? 0 : maxdim < 999 ? maxdim : 999;
  for (int i = 0; i < most; i++)
    large[i] = naxes[i];
  ffghprll(fptr, most, simple, bitpix, &axes, large, pcount, gcount, extend, status);
  for (int i = 0; i < most; i++)
    naxes[i] = (long)large[i];
  if (naxis != NULL)
    *naxis = axes;
  return *status;
}

/* The numbers of a table header. */
typedef struct {
  LONGLONG width, rows, pcount;
  int fields;
} table_keywords;

/* Reads the numbers of a table: NAXIS1, NAXIS2, PCOUNT, GCOUNT, TFIELDS. */
static int table_numbers(fitsfile *fptr, table_keywords *table, int *status) {
  if (required(fptr, 2, "BITPIX", NO_BITPIX, status) != 8 && *status <= 0)
    return cf_fail(status, BAD_BITPIX, "BITPIX of a table is not 8");
  if (required(fptr, 3, "NAXIS", NO_NAXIS, status) != 2 && *status <= 0)
    return cf_fail(status, BAD_NAXIS, "NAXIS of a table is not 2");
  table->width = required(fptr, 4, "NAXIS1", NO_NAXES, status);
  table->rows = required(fptr, 5, "NAXIS2", NO_NAXES, status);
  table->pcount = required(fptr, 6, "PCOUNT", NO_PCOUNT, status);
  if (required(fptr, 7, "GCOUNT", NO_GCOUNT, status) != 1 && *status <= 0)
    return cf_fail(status, BAD_GCOUNT, "GCOUNT of a table is not 1");
  LONGLONG fields = required(fptr, 8, "TFIELDS", NO_TFIELDS, status);
  if (*status <= 0 && (fields < 0 || fields > 999))
    return cf_fail(status, BAD_TFIELDS, "TFIELDS = %lld is not in 0..999", fields);
  table->fields = (int)fields;
  return *status;
}

/* Checks that XTENSION is one of two names. */
static int check_kind(fitsfile *fptr, const char *kind, const char *other, int error, int *status) {
  char card[FLEN_CARD], value[FLEN_VALUE] = "", name[FLEN_VALUE] = "";
  if (ffgrec(fptr, 1, card, status) > 0)
    return *status;
  if (strncmp(card, "XTENSION", 8) != 0)
    return cf_fail(status, NO_XTENSION, "the HDU is no extension");
  if (ffpsvc(card, value, NULL, status) <= 0)
    ffc2s(value, name, status);
  if (*status <= 0 && strcmp(name, kind) != 0 && strcmp(name, other) != 0)
    return cf_fail(status, error, "XTENSION = '%.20s' is not '%s'", name, kind);
  return *status;
}

/* Reads one kind of text of each column, "" where there is none. Returns how many there are. */
static int column_texts(fitsfile *fptr, const char *root, int n, char **texts, int *status) {
  int found = 0, ignored = 0;
  if (texts == NULL || n < 1)
    return n;
  for (int i = 0; i < n; i++)
    if (texts[i] != NULL)
      *texts[i] = '\0';
  ffpmrk();
  ffgkns(fptr, root, 1, n, texts, &found, &ignored);
  ffcmrk();
  (void)status;
  return found;
}

static void read_extname(fitsfile *fptr, char *extname) {
  char name[FLEN_VALUE];
  int missing = 0;
  if (extname == NULL)
    return;
  ffpmrk();
  ffgkys(fptr, "EXTNAME", name, NULL, &missing);
  ffcmrk();
  memcpy(extname, name, strlen(name) + 1);
}

int ffghtbll(fitsfile *fptr, int maxfield, LONGLONG *naxis1, LONGLONG *naxis2, int *tfields, char **ttype,
             LONGLONG *tbcol, char **tform, char **tunit, char *extname, int *status) {
  table_keywords table;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (check_kind(fptr, "TABLE", "TABLE", NOT_ATABLE, status) > 0 || table_numbers(fptr, &table, status) > 0)
    return *status;
  if (naxis1 != NULL)
    *naxis1 = table.width;
  if (naxis2 != NULL)
    *naxis2 = table.rows;
  if (tfields != NULL)
    *tfields = table.fields;
  if (table.pcount != 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT = %lld of an ASCII table is not 0", table.pcount);
  int found = 0, n = maxfield < 0 || maxfield > table.fields ? table.fields : maxfield;
  column_texts(fptr, "TTYPE", n, ttype, status);
  column_texts(fptr, "TUNIT", n, tunit, status);
  if (tbcol != NULL && n > 0) {
    ffgknjj(fptr, "TBCOL", 1, n, tbcol, &found, status);
    if (*status > 0 || found != n)
      return cf_fail(status, NO_TBCOL, "a TBCOLn of %d is missing", n);
  }
  if (column_texts(fptr, "TFORM", n, tform, status) != n)
    return cf_fail(status, NO_TFORM, "a TFORMn of %d is missing", n);
  read_extname(fptr, extname);
  return *status;
}

int ffghtb(fitsfile *fptr, int maxfield, long *naxis1, long *naxis2, int *tfields, char **ttype, long *tbcol,
           char **tform, char **tunit, char *extname, int *status) {
  LONGLONG width = 0, rows = 0, starts[999];
  int fields = -1;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  ffghtbll(fptr, maxfield, &width, &rows, &fields, ttype, tbcol != NULL ? starts : NULL, tform, tunit, extname, status);
  if (fields < 0)
    return *status;
  if (naxis1 != NULL)
    *naxis1 = (long)width;
  if (naxis2 != NULL)
    *naxis2 = (long)rows;
  if (tfields != NULL)
    *tfields = fields;
  int n = maxfield < 0 || maxfield > fields ? fields : maxfield;
  for (int i = 0; tbcol != NULL && i < n && *status <= 0; i++)
    tbcol[i] = (long)starts[i];
  return *status;
}

int ffghbnll(fitsfile *fptr, int maxfield, LONGLONG *naxis2, int *tfields, char **ttype, char **tform, char **tunit,
             char *extname, LONGLONG *pcount, int *status) {
  table_keywords table;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (check_kind(fptr, "BINTABLE", "A3DTABLE", NOT_BTABLE, status) > 0 || table_numbers(fptr, &table, status) > 0)
    return *status;
  if (naxis2 != NULL)
    *naxis2 = table.rows;
  if (tfields != NULL)
    *tfields = table.fields;
  if (pcount != NULL)
    *pcount = table.pcount;
  int n = maxfield < 0 || maxfield > table.fields ? table.fields : maxfield;
  column_texts(fptr, "TTYPE", n, ttype, status);
  column_texts(fptr, "TUNIT", n, tunit, status);
  if (column_texts(fptr, "TFORM", n, tform, status) != n)
    return cf_fail(status, NO_TFORM, "a TFORMn of %d is missing", n);
  read_extname(fptr, extname);
  return *status;
}

int ffghbn(fitsfile *fptr, int maxfield, long *naxis2, int *tfields, char **ttype, char **tform, char **tunit,
           char *extname, long *pcount, int *status) {
  LONGLONG rows = -1, heap = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  ffghbnll(fptr, maxfield, &rows, tfields, ttype, tform, tunit, extname, &heap, status);
  if (rows >= 0 && naxis2 != NULL)
    *naxis2 = (long)rows;
  if (rows >= 0 && pcount != NULL)
    *pcount = (long)heap;
  return *status;
}
