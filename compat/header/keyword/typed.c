/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords of each type: written, updated, modified, inserted.
 */
#include <stdbool.h>

#include "file/handle.h"
#include "header/keyword/store.h"
#include "text/format.h"

#define CF_MODE p
#include "header/keyword/family.h"
#define CF_MODE u
#include "header/keyword/family.h"
#define CF_MODE m
#include "header/keyword/family.h"
#define CF_MODE i
#include "header/keyword/family.h"

int ffpkyuj(fitsfile *fptr, const char *keyname, ULONGLONG value, const char *comm, int *status) {
  char text[FLEN_VALUE];
  CF_GO(status);
  cf_text_unsigned(text, value);
  return cf_keyword_p(fptr, keyname, text, comm, status);
}

int ffpkyt(fitsfile *fptr, const char *keyname, long intval, double frac, const char *comm, int *status) {
  char text[FLEN_VALUE];
  CF_GO(status);
  if (cf_text_time(text, intval, frac, status) > 0)
    return *status;
  return cf_keyword_p(fptr, keyname, text, comm, status);
}

/* Makes the text of a value of any type. */
static int text_of(char *text, int datatype, const void *value, int *status) {
  switch (datatype) {
  case TSTRING:
    cf_text_string(text, value);
    break;
  case TLOGICAL:
    cf_text_logical(text, *(const int *)value);
    break;
  case TBYTE:
    cf_text_integer(text, *(const unsigned char *)value);
    break;
  case TSBYTE:
    cf_text_integer(text, *(const signed char *)value);
    break;
  case TUSHORT:
    cf_text_integer(text, *(const unsigned short *)value);
    break;
  case TSHORT:
    cf_text_integer(text, *(const short *)value);
    break;
  case TUINT:
    cf_text_integer(text, *(const unsigned *)value);
    break;
  case TINT:
    cf_text_integer(text, *(const int *)value);
    break;
  case TULONG:
    cf_text_unsigned(text, *(const unsigned long *)value);
    break;
  case TLONG:
    cf_text_integer(text, *(const long *)value);
    break;
  case TULONGLONG:
    cf_text_unsigned(text, *(const ULONGLONG *)value);
    break;
  case TLONGLONG:
    cf_text_integer(text, *(const LONGLONG *)value);
    break;
  case TFLOAT:
    return cf_text_float(text, (double)*(const float *)value, -7, CF_TEXT_EXPONENT, status);
  case TDOUBLE:
    return cf_text_float(text, *(const double *)value, -15, CF_TEXT_EXPONENT, status);
  case TCOMPLEX: {
    const float *pair = value;
    return cf_text_complex(text, (double)pair[0], (double)pair[1], -7, CF_TEXT_EXPONENT, status);
  }
  case TDBLCOMPLEX: {
    const double *pair = value;
    return cf_text_complex(text, pair[0], pair[1], -15, CF_TEXT_EXPONENT, status);
  }
  default:
    return cf_fail(status, BAD_DATATYPE, "no type of a keyword: %d", datatype);
  }
  return *status;
}

typedef int store_function(fitsfile *fptr, const char *keyname, char *value, const char *comm, int *status);

static int store(store_function *function, fitsfile *fptr, int datatype, const char *keyname, const void *value,
                 const char *comm, int *status) {
  char text[FLEN_VALUE];
  CF_GO(status);
  if (value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no value of a keyword");
  if (text_of(text, datatype, value, status) > 0)
    return *status;
  return function(fptr, keyname, text, comm, status);
}

int ffpky(fitsfile *fptr, int datatype, const char *keyname, void *value, const char *comm, int *status) {
  return store(cf_keyword_p, fptr, datatype, keyname, value, comm, status);
}

int ffuky(fitsfile *fptr, int datatype, const char *keyname, void *value, const char *comm, int *status) {
  if (datatype == TULONG && value != NULL) /* by way of a double, as in CFITSIO: programs compare their headers */
    return ffukyg(fptr, keyname, (double)*(const unsigned long *)value, 0, comm, status);
  return store(cf_keyword_u, fptr, datatype, keyname, value, comm, status);
}
