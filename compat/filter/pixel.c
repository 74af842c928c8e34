/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pixels of images into a new image: fits_pixel_filter(). Pixels are the rows of the expression, images its columns.
 */
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/deliver.h"
#include "filter/keyword.h"
#include "fitsio2.h"

#define CHUNK_PIXELS 65536
#define MOST_AXES 99
#define STANDARD_CARDS 11

typedef struct pixels {
  PixelFilter *filter;
  int status; /* of the function that failed inside the core */
  char text[FLEN_VALUE];
  LONGLONG count; /* of pixels */
  int naxis;
  LONGLONG naxes[MOST_AXES];
  int bitpix; /* of the first image */
} pixels;

/* ------------------------------ the images ------------------------------ */

static rf_status failed(pixels *p, int status, rf_status code, rf_error *err) {
  p->status = status;
  if (err != NULL && err->code == RF_OK) {
    err->code = code;
    cf_copy(err->message, "an image", sizeof err->message);
  }
  return code;
}

/* Integers are those that are stored as such; unsigned ones of 16 bits count, too. */
static rf_formula_type type_of(fitsfile *image, int *status) {
  int bitpix = 0;
  if (ffgidt(image, &bitpix, status) > 0 || !cf_use_data(image, status))
    return RF_FORMULA_REAL;
  const tcolumn *column = &image->Fptr->tableptr[1];
  bool whole = bitpix == BYTE_IMG || bitpix == SHORT_IMG || bitpix == LONG_IMG;
  return whole && column->tscale == 1 && (column->tzero == 0 || column->tzero == 32768) ? RF_FORMULA_INTEGER
                                                                                        : RF_FORMULA_REAL;
}

static rf_status find(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err) {
  pixels *p = user;
  int status = 0;
  if (keyword) {
    rf_status found = cf_keyword_describe(p->filter->ifptr[0], name, info, p->text, &status);
    return found == RF_OK ? RF_OK : failed(p, status, found, err);
  }
  for (int i = 0; i < p->filter->count; i++) {
    if (p->filter->tag[i] == NULL || !cf_same_text(p->filter->tag[i], name))
      continue;
    info->type = type_of(p->filter->ifptr[i], &status);
    info->count = 1;
    info->naxis = 1;
    info->naxes[0] = 1;
    info->column = (size_t)i;
    return status > 0 ? failed(p, status, RF_ERR_CALLBACK, err) : RF_OK;
  }
  (void)cf_fail(&status, COL_NOT_FOUND, "no image has the tag %s", name);
  return failed(p, status, RF_ERR_NOT_FOUND, err);
}

static rf_status read(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                      rf_error *err) {
  pixels *p = user;
  fitsfile *image = p->filter->ifptr[column];
  int status = 0, any = 0;
  LONGLONG from = (LONGLONG)first + 1, n = (LONGLONG)count;
  if (type_of(image, &status) == RF_FORMULA_INTEGER)
    (void)ffgpfjj(image, 1, from, n, values, (char *)nulls, &any, &status);
  else
    (void)ffgpfd(image, 1, from, n, values, (char *)nulls, &any, &status);
  return status > 0 ? failed(p, status, RF_ERR_CALLBACK, err) : RF_OK;
}

static int measure(pixels *p, int *status) {
  fitsfile *image = p->filter->ifptr[0];
  (void)ffgidt(image, &p->bitpix, status);
  (void)ffgidm(image, &p->naxis, status);
  if (*status <= 0 && p->naxis > MOST_AXES)
    return cf_fail(status, BAD_NAXIS, "an image of %d axes", p->naxis);
  (void)ffgiszll(image, p->naxis, p->naxes, status);
  p->count = p->naxis > 0 ? 1 : 0;
  for (int i = 0; *status <= 0 && i < p->naxis; i++) {
    if (p->naxes[i] < 0 || (p->naxes[i] > 0 && p->count > LONGLONG_MAX / p->naxes[i]))
      return cf_fail(status, BAD_NAXES, "an image that is too large");
    p->count *= p->naxes[i];
  }
  return *status;
}

/* ------------------------------ the result ------------------------------ */

/* Copies the keywords of the first image, but for those of its structure, and comments among the first cards: the two
 * of a new primary header are there. An image of reals has no scaling. */
static int copy_keywords(fitsfile *in, fitsfile *out, int bitpix, int *status) {
  int count = 0;
  char card[FLEN_CARD];
  (void)ffghsp(in, &count, NULL, status);
  for (int i = 1; *status <= 0 && i <= count; i++) {
    if (ffgrec(in, i, card, status) > 0)
      break;
    int class = ffgkcl(card);
    bool wanted = class > TYP_CMPRS_KEY && (bitpix > 0 || (class != TYP_SCAL_KEY && class != TYP_NULL_KEY));
    if (wanted && (class != TYP_COMM_KEY || i > STANDARD_CARDS))
      (void)ffprec(out, card, status);
  }
  return *status;
}

static int create(pixels *p, const rf_formula_info *info, int *bitpix, int *status) {
  PixelFilter *filter = p->filter;
  *bitpix = filter->bitpix;
  if (*bitpix == 0)
    *bitpix = info->type == RF_FORMULA_REAL && p->bitpix > 0 ? FLOAT_IMG : p->bitpix;
  if (ffcrimll(filter->ofptr, *bitpix, p->naxis, p->naxes, status) > 0)
    return *status;
  if (copy_keywords(filter->ifptr[0], filter->ofptr, *bitpix, status) > 0)
    return *status;
  return ffrdef(filter->ofptr, status);
}

/* Gives an image of integers a BLANK, unless it has one. */
static int allow_nulls(fitsfile *out, int bitpix, int *status) {
  LONGLONG blank = bitpix == BYTE_IMG    ? UINT8_MAX
                   : bitpix == SHORT_IMG ? INT16_MIN
                   : bitpix == LONG_IMG  ? INT32_MIN
                                         : INT64_MIN;
  if (!cf_use_write_data(out, status) || out->Fptr->tableptr[1].tnull != NULL_UNDEFINED)
    return *status;
  (void)ffpkyj(out, "BLANK", blank, "NULL pixel value", status);
  return ffpnul(out, blank, status);
}

static int write_nulls(fitsfile *out, int bitpix, LONGLONG first, const uint8_t *nulls, size_t n, int *status) {
  if (memchr(nulls, 1, n) == NULL)
    return *status;
  if (bitpix > 0 && allow_nulls(out, bitpix, status) > 0)
    return *status;
  for (size_t i = 0; *status <= 0 && i < n;) {
    size_t end = i;
    while (end < n && nulls[end] == nulls[i])
      end++;
    if (nulls[i])
      (void)ffppru(out, 1, first + (LONGLONG)i, (LONGLONG)(end - i), status);
    i = end;
  }
  return *status;
}

/* Programs get whole numbers by cutting off the fraction; scaled images take reals. */
static int type_for(fitsfile *out, int bitpix) {
  const tcolumn *column = &out->Fptr->tableptr[1];
  if (bitpix < 0 || column->tscale != 1 || column->tzero != 0)
    return TDOUBLE;
  return bitpix == BYTE_IMG ? TBYTE : bitpix == SHORT_IMG ? TSHORT : bitpix == LONG_IMG ? TINT : TLONGLONG;
}

/* Writes pixels. Those that do not fit are clipped: NUM_OVERFLOW in *overflow. */
static int write_chunk(const pixels *p, int bitpix, LONGLONG first, size_t n, rf_formula_type type, const void *values,
                       const uint8_t *nulls, void *array, int *overflow, int *status) {
  fitsfile *out = p->filter->ofptr;
  if (!cf_use_write_data(out, status))
    return *status;
  int datatype = type_for(out, bitpix), failure = 0;
  (void)cf_deliver(type, values, nulls, n, datatype, NULL, array, &failure);
  if (p->filter->blank != 0 && bitpix > 0) {
    double null = (double)p->filter->blank;
    rf_formula_type real = RF_FORMULA_REAL;
    for (size_t i = 0; i < n; i++)
      if (nulls[i])
        (void)cf_deliver(real, &null, (const uint8_t[]){0}, 1, datatype, NULL,
                         (uint8_t *)array + i * cf_deliver_size(datatype), &failure);
  }
  *overflow = failure > 0 ? failure : *overflow;
  failure = 0;
  if (ffppr(out, datatype, first, (LONGLONG)n, array, &failure) == NUM_OVERFLOW)
    *overflow = NUM_OVERFLOW;
  else if (failure > 0)
    *status = failure;
  return p->filter->blank != 0 && bitpix > 0 ? *status : write_nulls(out, bitpix, first, nulls, n, status);
}

static int write_pixels(pixels *p, rf_formula *formula, rf_formula_type type, int bitpix, int *status) {
  uint8_t *memory = malloc((size_t)CHUNK_PIXELS * 17);
  rf_error err;
  int overflow = 0;
  if (memory == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate pixels");
  uint8_t *array = memory + (size_t)8 * CHUNK_PIXELS, *nulls = memory + (size_t)16 * CHUNK_PIXELS;
  for (LONGLONG done = 0; *status <= 0 && done < p->count; done += CHUNK_PIXELS) {
    LONGLONG n = p->count - done < CHUNK_PIXELS ? p->count - done : CHUNK_PIXELS;
    if (rf_formula_evaluate(formula, (uint64_t)done, (uint64_t)n, memory, nulls, &err) != RF_OK)
      *status = p->status > 0 ? p->status : cf_fail(status, PARSE_SYNTAX_ERR, "%s", err.message);
    else
      (void)write_chunk(p, bitpix, done + 1, (size_t)n, type, memory, nulls, array, &overflow, status);
  }
  free(memory);
  if (*status <= 0 && overflow > 0)
    *status = overflow;
  return *status;
}

/* ------------------------------ the call ------------------------------ */

static int compile(pixels *p, rf_formula **formula, rf_formula_info *info, int *status) {
  rf_formula_source source = {.size = sizeof source, .user = p, .rows = (uint64_t)p->count, .find = find, .read = read};
  const char *text = p->filter->expression;
  char *contents = NULL;
  rf_error err;
  if (text[0] == '@') {
    if (ffimport_file((char *)text + 1, &contents, status) > 0) {
      free(contents);
      return *status;
    }
    text = contents;
  }
  if (rf_formula_compile(text, strlen(text), &source, formula, &err) != RF_OK ||
      rf_formula_get_info(*formula, info, &err) != RF_OK) {
    if (p->status > 0)
      *status = p->status;
    else
      (void)cf_fail(status, err.code == RF_ERR_LIMIT ? PARSE_LRG_VECTOR : PARSE_SYNTAX_ERR, "%s", err.message);
  }
  free(contents);
  if (*status <= 0 && info->type == RF_FORMULA_STRING)
    return *status = -1; /* as CFITSIO returns it: a status below 0 is no failure */
  if (*status <= 0 && (info->type == RF_FORMULA_BITS || info->count != 1))
    return cf_fail(status, PARSE_BAD_TYPE, "the expression yields no pixel");
  return *status;
}

static bool is_complete(const PixelFilter *filter) {
  if (filter == NULL || filter->expression == NULL || filter->ofptr == NULL || filter->count < 0)
    return false;
  if (filter->count < 1 || filter->ifptr == NULL || filter->tag == NULL)
    return false;
  for (int i = 0; i < filter->count; i++)
    if (filter->ifptr[i] == NULL)
      return false;
  return true;
}

int fits_pixel_filter(PixelFilter *filter, int *status) {
  pixels p = {.filter = filter};
  rf_formula *formula = NULL;
  rf_formula_info info = {.size = sizeof info};
  int bitpix = 0;
  CF_GO(status);
  if (!is_complete(filter))
    return cf_fail(status, NULL_INPUT_PTR, "fits_pixel_filter: no expression, no images or no result");
  if (measure(&p, status) <= 0 && compile(&p, &formula, &info, status) == 0 && create(&p, &info, &bitpix, status) <= 0)
    (void)write_pixels(&p, formula, info.type, bitpix, status);
  rf_formula_free(formula);
  return *status;
}
