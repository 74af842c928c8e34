/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Values of keywords, as the types of C.
 */
#include <limits.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "header/read.h"

int ffgkey(fitsfile *fptr, const char *keyname, char *keyval, char *comm, int *status) {
  char card[FLEN_CARD];
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (keyname == NULL || keyval == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no keyword, or no place for its value");
  const char *found = cf_card_search(fptr, keyname, NULL, status);
  *keyval = '\0';
  if (comm != NULL)
    *comm = '\0';
  if (found == NULL)
    return *status; /* without a message: programs look for keywords that need not be there */
  cf_card_copy(card, found);
  return ffpsvc(card, keyval, comm, status);
}

int ffgkys(fitsfile *fptr, const char *keyname, char *value, char *comm, int *status) {
  char text[FLEN_VALUE];
  CF_GO(status);
  if (value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  *value = '\0';
  if (ffgkey(fptr, keyname, text, comm, status) > 0)
    return *status;
  return ffc2s(text, value, status);
}

/* Readers of one number. */
#define CF_READER(name, type, convert)                                                                                 \
  int name(fitsfile *fptr, const char *keyname, type *value, char *comm, int *status) {                                \
    char text[FLEN_VALUE];                                                                                             \
    CF_GO(status);                                                                                                     \
    if (value == NULL)                                                                                                 \
      return cf_fail(status, NULL_INPUT_PTR, "no place for the value");                                                \
    if (ffgkey(fptr, keyname, text, comm, status) > 0)                                                                 \
      return *status;                                                                                                  \
    return convert(text, value, status);                                                                               \
  }

CF_READER(ffgkyl, int, ffc2l)
CF_READER(ffgkyj, long, ffc2i)
CF_READER(ffgkyjj, LONGLONG, ffc2j)
CF_READER(ffgkyujj, ULONGLONG, ffc2uj)
CF_READER(ffgkye, float, ffc2r)
CF_READER(ffgkyd, double, ffc2d)

/* Splits "(real, imaginary)" into two texts. A keyword that does not exist is an error of conversion too. */
static int split_complex(const char *text, char *real, char *imaginary, int error, int *status) {
  if (*text != '(') {
    *status = 0;
    return cf_fail(status, error, "this value is not complex: %.70s", text);
  }
  if (*status > 0)
    return *status;
  size_t n = strcspn(++text, ",)");
  cf_copy_n(real, text, n, FLEN_VALUE);
  text += n + (text[n] == ',');
  cf_copy_n(imaginary, text, strcspn(text, ")"), FLEN_VALUE);
  return *status;
}

/* Readers of two numbers. */
#define CF_COMPLEX_READER(name, type, convert, error)                                                                  \
  int name(fitsfile *fptr, const char *keyname, type *value, char *comm, int *status) {                                \
    char text[FLEN_VALUE], real[FLEN_VALUE], imaginary[FLEN_VALUE];                                                    \
    CF_GO(status);                                                                                                     \
    if (value == NULL)                                                                                                 \
      return cf_fail(status, NULL_INPUT_PTR, "no place for the value");                                                \
    if (!cf_use(fptr, status))                                                                                         \
      return cf_refused(status);                                                                                       \
    *text = '\0';                                                                                                      \
    ffgkey(fptr, keyname, text, comm, status);                                                                         \
    if (split_complex(text, real, imaginary, error, status) > 0)                                                       \
      return *status;                                                                                                  \
    convert(real, &value[0], status);                                                                                  \
    return convert(imaginary, &value[1], status);                                                                      \
  }

CF_COMPLEX_READER(ffgkyc, float, ffc2r, BAD_C2F)
CF_COMPLEX_READER(ffgkym, double, ffc2d, BAD_C2D)

int ffgkyt(fitsfile *fptr, const char *keyname, long *ivalue, double *dvalue, char *comm, int *status) {
  char text[FLEN_VALUE];
  double number;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (ivalue == NULL || dvalue == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  *dvalue = 0;
  if (ffgkey(fptr, keyname, text, comm, status) > 0)
    return *status;
  number = (double)*ivalue;
  ffc2d(text, &number, status);
  if (!(number > (double)LONG_MIN && number < (double)LONG_MAX))
    return cf_fail(status, NUM_OVERFLOW, "this number does not fit a long: %.70s", text);
  *ivalue = (long)number;
  if (*status > 0)
    return *status;
  const char *point = strchr(text, '.');
  if (point != NULL && text[strcspn(text, "ED")] == '\0')
    return ffc2d(point, dvalue, status);
  *dvalue = number - (double)*ivalue;
  return *status;
}

/* Stores an integer of `bytes` bytes if it is in its range. */
static int store(LONGLONG number, LONGLONG least, LONGLONG most, size_t bytes, void *value, int *status) {
  if (*status > 0)
    return *status;
  if (number < least || number > most)
    return cf_fail(status, NUM_OVERFLOW, "the value %lld is not in %lld..%lld", number, least, most);
  signed char byte = (signed char)number;
  short half = (short)number;
  int word = (int)number;
  memcpy(value, bytes == 1 ? (void *)&byte : bytes == sizeof half ? (void *)&half : (void *)&word, bytes);
  return *status;
}

int ffgky(fitsfile *fptr, int datatype, const char *keyname, void *value, char *comm, int *status) {
  LONGLONG number = 0;
  ULONGLONG large = 0;
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (value == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the value");
  switch (datatype) {
  case TSTRING:
    return ffgkys(fptr, keyname, value, comm, status);
  case TBYTE:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, 0, UCHAR_MAX, 1, value, status);
  case TSBYTE:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, SCHAR_MIN, SCHAR_MAX, 1, value, status);
  case TUSHORT:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, 0, USHRT_MAX, sizeof(short), value, status);
  case TSHORT:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, SHRT_MIN, SHRT_MAX, sizeof(short), value, status);
  case TUINT:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, 0, UINT_MAX, sizeof(int), value, status);
  case TINT:
    ffgkyjj(fptr, keyname, &number, comm, status);
    return store(number, INT_MIN, INT_MAX, sizeof(int), value, status);
  case TLOGICAL:
    return ffgkyl(fptr, keyname, value, comm, status);
  case TULONG:
    if (ffgkyujj(fptr, keyname, &large, comm, status) <= 0)
      *(unsigned long *)value = (unsigned long)large;
    return *status;
  case TLONG: /* CFITSIO reads twice, so that the second one of two equal keywords counts */
    ffgkyjj(fptr, keyname, &number, comm, status);
    if (ffgkyjj(fptr, keyname, &number, comm, status) <= 0)
      *(long *)value = (long)number;
    return *status;
  case TULONGLONG:
    return ffgkyujj(fptr, keyname, value, comm, status);
  case TLONGLONG:
    return ffgkyjj(fptr, keyname, value, comm, status);
  case TFLOAT:
    return ffgkye(fptr, keyname, value, comm, status);
  case TDOUBLE:
    return ffgkyd(fptr, keyname, value, comm, status);
  case TCOMPLEX:
    return ffgkyc(fptr, keyname, value, comm, status);
  case TDBLCOMPLEX:
    return ffgkym(fptr, keyname, value, comm, status);
  default:
    return cf_fail(status, BAD_DATATYPE, "%d is no type of a keyword", datatype);
  }
}

int ffgunt(fitsfile *fptr, const char *keyname, char *unit, int *status) {
  char value[FLEN_VALUE], comment[FLEN_COMMENT];
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (unit == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no place for the unit");
  *unit = '\0';
  if (ffgkey(fptr, keyname, value, comment, status) > 0)
    return *status;
  if (*comment == '[')
    cf_copy_n(unit, comment + 1, strcspn(comment + 1, "]"), FLEN_COMMENT);
  return *status;
}
