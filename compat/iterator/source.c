/* SPDX-License-Identifier: BSD-3-Clause */
#include "convert/convert.h"
#include "iterator/source.h"

#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"

#define NO_TNULL 1234554321 /* tcolumn.tnull of a column without TNULLn */

/* The types that a work function may get: bytes, and the range for null values. */
typedef struct type_facts {
  int type;
  size_t bytes;
  double low;  /* the smallest null value that the type holds */
  double high; /* low > high: any */
} type_facts;

static const type_facts types[] = {
    {TBYTE, 1, 0, UCHAR_MAX},
    {TSBYTE, 1, SCHAR_MIN, SCHAR_MAX},
    {TLOGICAL, 1, 0, UCHAR_MAX},
    {TSHORT, 2, SHRT_MIN, SHRT_MAX},
    {TUSHORT, 2, 0, USHRT_MAX},
    {TINT, sizeof(int), INT_MIN, INT_MAX},
    {TLONG, sizeof(long), 1, 0},
    {TULONG, sizeof(long), 0, DBL_MAX},
    {TLONGLONG, sizeof(LONGLONG), 1, 0},
    {TFLOAT, 4, 1, 0},
    {TDOUBLE, 8, 1, 0},
    {TCOMPLEX, 4, 1, 0},
    {TDBLCOMPLEX, 8, 1, 0},
    {TSTRING, 1, 1, 0},
};

static const type_facts *facts_of(int type) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].type == type)
      return &types[i];
  return NULL;
}

static void default_null(int type, cf_null *null) {
  switch (type) {
  case TBYTE:
    null->byte = UCHAR_MAX;
    break;
  case TSBYTE:
    null->sbyte = SCHAR_MIN;
    break;
  case TLOGICAL:
    null->byte = 2;
    break;
  case TSHORT:
    null->int16 = SHRT_MIN;
    break;
  case TUSHORT:
    null->uint16 = USHRT_MAX;
    break;
  case TINT:
    null->int32 = INT_MIN;
    break;
  case TLONG:
    null->c_long = LONG_MIN;
    break;
  case TULONG:
    null->c_ulong = LONG_MAX;
    break;
  case TLONGLONG:
    null->int64 = LONGLONG_MIN;
    break;
  case TFLOAT:
  case TCOMPLEX:
    null->float32 = FLOATNULLVALUE;
    break;
  case TDOUBLE:
  case TDBLCOMPLEX:
    null->float64 = DOUBLENULLVALUE;
    break;
  default:
    break;
  }
}

/* The null value is TNULLn where the type can hold it, else a value at the end of its range. */
static void choose_null(int type, bool has_tnull, LONGLONG tnull, cf_null *null) {
  const type_facts *facts = facts_of(type);
  memset(null, 0, sizeof *null);
  default_null(type, null);
  if (!has_tnull || (facts->low <= facts->high && ((double)tnull < facts->low || (double)tnull > facts->high)))
    return;
  switch (type) {
  case TBYTE:
  case TSBYTE:
    null->sbyte = (signed char)tnull;
    break;
  case TSHORT:
  case TUSHORT:
    null->int16 = (short)tnull;
    break;
  case TINT:
    null->int32 = (int)tnull;
    break;
  case TLONG:
  case TULONG:
    null->c_long = (long)tnull;
    break;
  case TLONGLONG:
    null->int64 = tnull;
    break;
  case TFLOAT:
    null->float32 = (float)tnull;
    break;
  case TDOUBLE:
    null->float64 = (double)tnull;
    break;
  default:
    break;
  }
}

/* Gets an optional keyword. */
static void get_text(fitsfile *fptr, const char *name, char *text, size_t capacity) {
  char value[FLEN_VALUE];
  int none = 0;
  ffpmrk();
  if (ffgkys(fptr, (char *)name, value, NULL, &none) > 0)
    value[0] = '\0';
  ffcmrk();
  cf_copy(text, value, capacity);
}

static long get_limit(fitsfile *fptr, const char *root, int colnum) {
  char name[FLEN_KEYWORD];
  double value = 0;
  int none = 0;
  ffpmrk();
  ffkeyn(root, colnum, name, &none);
  if (ffgkyd(fptr, name, &value, NULL, &none) > 0 || !(value >= (double)LONG_MIN && value < (double)LONG_MAX))
    value = 0;
  ffcmrk();
  return (long)value;
}

static int describe_image(cf_source_column *source, int *status) {
  iteratorCol *col = source->col;
  LONGLONG naxes[99], blank = 0;
  int naxis = 0, bitpix = 0, none = 0;
  if (ffgiprll(col->fptr, 99, &bitpix, &naxis, naxes, status) > 0)
    return *status;
  if (naxis < 1)
    return cf_fail(status, BAD_COL_NUM, "the image has no pixels to iterate over");
  source->count = 1;
  for (int i = 0; i < naxis && i < 99; i++) {
    if (naxes[i] != 0 && source->count > LONG_MAX / naxes[i])
      return cf_fail(status, ARRAY_TOO_BIG, "the image has too many pixels");
    source->count *= naxes[i];
  }
  source->image = true;
  source->per_row = 1;
  col->colnum = 0;
  col->repeat = 1;
  col->tlmin = col->tlmax = 0;
  cf_copy(col->colname, "IMAGE", sizeof col->colname);
  get_text(col->fptr, "BUNIT", col->tunit, sizeof col->tunit);
  col->tdisp[0] = '\0';
  if (col->datatype == 0)
    col->datatype = cf_image_type(bitpix);
  const type_facts *facts = facts_of(col->datatype);
  if (facts == NULL || col->datatype == TSTRING || col->datatype == TLOGICAL || col->datatype == TCOMPLEX ||
      col->datatype == TDBLCOMPLEX)
    return cf_fail(status, BAD_DATATYPE, "an image cannot be iterated over as type %d", col->datatype);
  source->size = facts->bytes;
  ffpmrk();
  bool has_blank = bitpix > 0 && ffgkyjj(col->fptr, "BLANK", &blank, NULL, &none) <= 0;
  ffcmrk();
  choose_null(col->datatype, has_blank, blank, &source->null);
  return *status;
}

/* The type and length of a column, and of what the program gets. */
static int describe_elements(cf_source_column *source, int *status) {
  iteratorCol *col = source->col;
  int type = 0, width = 0;
  LONGLONG repeat = 0, bytes = 0;
  if (ffgtclll(col->fptr, col->colnum, &type, &repeat, &bytes, status) > 0)
    return *status;
  source->variable = type < 0;
  if (source->variable && col->iotype == OutputCol)
    return cf_fail(status, BAD_DATATYPE, "column %d has a variable length, and cannot be an output of the iterator",
                   col->colnum);
  type = abs(type);
  if (type == TBIT) {
    type = TBYTE;
    repeat = repeat / 8 + (repeat % 8 != 0);
  }
  if (col->datatype == 0)
    col->datatype = type == TLONG ? TINT : type;
  const type_facts *facts = facts_of(col->datatype);
  if (facts == NULL)
    return cf_fail(status, BAD_DATATYPE, "column %d cannot be iterated over as type %d", col->colnum, col->datatype);
  source->size = facts->bytes;
  source->per_row = repeat;
  if (type == TSTRING && !source->variable) /* an element is a string */
    source->per_row = bytes > 0 ? (repeat + bytes - 1) / bytes : 1;
  col->repeat = type == TSTRING ? 1 : (long)repeat;
  if (col->datatype == TCOMPLEX || col->datatype == TDBLCOMPLEX)
    source->per_row *= 2;
  if (col->datatype == TSTRING) {
    ffgcdw(col->fptr, col->colnum, &width, status);
    source->size = (size_t)(type == TSTRING && bytes > width ? bytes : width < 30 && type != TSTRING ? 30 : width) + 1;
  }
  return *status;
}

static int describe_column(cf_source_column *source, int *status) {
  iteratorCol *col = source->col;
  char name[FLEN_KEYWORD];
  LONGLONG rows = 0;
  if (col->colnum < 1 && ffgcno(col->fptr, CASEINSEN, col->colname, &col->colnum, status) != 0) {
    if (*status == COL_NOT_UNIQUE || *status > 0)
      return *status;
  }
  if (!cf_use_data(col->fptr, status))
    return cf_refused(status);
  const FITSfile *state = col->fptr->Fptr;
  if (col->colnum < 1 || col->colnum > state->tfield)
    return cf_fail(status, BAD_COL_NUM, "the table has no column %d", col->colnum);
  tcolumn column = state->tableptr[col->colnum - 1];
  ffgnrwll(col->fptr, &rows, status);
  source->count = rows;
  cf_copy(col->colname, column.ttype, sizeof col->colname);
  int none = 0;
  ffkeyn("TUNIT", col->colnum, name, &none);
  get_text(col->fptr, name, col->tunit, sizeof col->tunit);
  ffkeyn("TDISP", col->colnum, name, &none);
  get_text(col->fptr, name, col->tdisp, sizeof col->tdisp);
  col->tlmin = get_limit(col->fptr, "TLMIN", col->colnum);
  col->tlmax = get_limit(col->fptr, "TLMAX", col->colnum);
  if (describe_elements(source, status) > 0)
    return *status;
  int type = 0;
  LONGLONG repeat = 0, width = 0;
  ffgtclll(col->fptr, col->colnum, &type, &repeat, &width, status);
  type = abs(type);
  bool integer = type == TBYTE || type == TSHORT || type == TLONG || type == TLONGLONG;
  if (integer && state->hdutype == ASCII_TBL) { /* there the null value is text */
    char *end;
    column.tnull = strtol(column.strnull, &end, 10);
    integer = end != column.strnull;
  } else {
    integer = integer && column.tnull != NO_TNULL;
  }
  choose_null(col->datatype, integer, column.tnull, &source->null);
  return *status;
}

static int describe_temporary(cf_source_column *source, int *status) {
  iteratorCol *col = source->col;
  const type_facts *facts = facts_of(col->datatype);
  if (facts == NULL || col->repeat < 0)
    return cf_fail(status, BAD_DATATYPE, "a temporary column cannot have type %d", col->datatype);
  source->size = col->datatype == TSTRING ? (size_t)col->repeat + 1 : facts->bytes;
  source->per_row = col->datatype == TSTRING ? 1 : col->repeat;
  choose_null(col->datatype, false, 0, &source->null);
  return *status;
}

int cf_iter_describe(cf_source_column *source, int *status) {
  iteratorCol *col = source->col;
  int kind = 0;
  col->array = NULL;
  if (col->iotype == TemporaryCol)
    return describe_temporary(source, status);
  if (!cf_use_data(col->fptr, status) || ffghdt(col->fptr, &kind, status) > 0)
    return cf_refused(status);
  return kind == IMAGE_HDU ? describe_image(source, status) : describe_column(source, status);
}

int cf_iter_reserve(cf_source_column *source, LONGLONG rows, int *status) {
  iteratorCol *col = source->col;
  if (source->per_row > 0 && rows > (LONGLONG)(PTRDIFF_MAX / 64) / source->per_row)
    return cf_fail(status, MEMORY_ALLOCATION, "an iterator step of %lld rows is too large", rows);
  size_t n = (size_t)(rows * source->per_row), most = (size_t)PTRDIFF_MAX / 4;
  if (col->array != NULL && n <= source->room)
    return *status;
  if (source->size > 0 && n + 1 > most / source->size)
    return cf_fail(status, MEMORY_ALLOCATION, "an iterator step of %lld rows is too large", rows);
  cf_iter_free(source);
  void *array = calloc(n + 1, col->datatype == TSTRING ? sizeof(char *) : source->size);
  if (col->datatype == TSTRING)
    source->text = calloc(n + 1, source->size);
  col->array = array;
  if (array == NULL || (col->datatype == TSTRING && source->text == NULL)) {
    cf_iter_free(source);
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu elements for the iterator", n + 1);
  }
  source->room = n;
  if (col->datatype == TSTRING)
    for (size_t i = 0; i <= n; i++)
      ((char **)array)[i] = source->text + i * source->size;
  return *status;
}

int cf_iter_measure(cf_source_column *source, LONGLONG first, int *status) {
  LONGLONG length = 0, offset = 0;
  if (ffgdesll(source->col->fptr, source->col->colnum, first, &length, &offset, status) > 0)
    return *status;
  if (length < 0)
    return cf_fail(status, BAD_HEAP_PTR, "row %lld of column %d has %lld elements", first, source->col->colnum, length);
  bool text = source->col->datatype == TSTRING;
  int twice = source->col->datatype == TCOMPLEX || source->col->datatype == TDBLCOMPLEX ? 2 : 1;
  source->per_row = text ? 1 : length * twice;
  source->col->repeat = text ? 1 : (long)length;
  if (text && (size_t)length + 1 > source->size) {
    cf_iter_free(source);
    source->size = (size_t)length + 1;
  }
  return cf_iter_reserve(source, 1, status);
}

static void *elements(const cf_source_column *source) {
  size_t first = source->col->datatype == TSTRING ? sizeof(char *) : source->size;
  return (char *)source->col->array + first;
}

/* The elements of a row as the reading functions count them: a complex number is one. */
static LONGLONG element_count(const cf_source_column *source, LONGLONG rows) {
  bool complex = source->col->datatype == TCOMPLEX || source->col->datatype == TDBLCOMPLEX;
  return rows * source->per_row / (complex ? 2 : 1);
}

int cf_iter_read(cf_source_column *source, LONGLONG first, LONGLONG rows, int *status) {
  iteratorCol *col = source->col;
  LONGLONG n = element_count(source, rows);
  int any = 0;
  if (col->iotype == OutputCol || col->iotype == TemporaryCol || *status > 0)
    return *status;
  if (n == 0) {
    if (col->datatype != TSTRING)
      memset(col->array, 0, source->size);
  } else if (source->image) {
    ffgpv(col->fptr, col->datatype, first, n, &source->null, elements(source), &any, status);
  } else if (col->datatype == TSTRING) {
    char none[FLEN_VALUE] = "";
    const tcolumn *column = &col->fptr->Fptr->tableptr[col->colnum - 1];
    if (col->fptr->Fptr->hdutype == ASCII_TBL && column->strnull[0] != ASCII_NULL_UNDEFINED)
      cf_copy(none, column->strnull, sizeof none);
    ffgcvs(col->fptr, col->colnum, first, 1, n, none, elements(source), &any, status);
    cf_copy(((char **)col->array)[0], any ? none : "", source->size);
    return *status;
  } else {
    ffgcv(col->fptr, col->datatype, col->colnum, first, 1, n, &source->null, elements(source), &any, status);
  }
  if (col->datatype != TSTRING && any)
    memcpy(col->array, &source->null, source->size);
  else if (col->datatype != TSTRING)
    memset(col->array, 0, source->size);
  return *status;
}

int cf_iter_write(cf_source_column *source, LONGLONG first, LONGLONG rows, int *status) {
  static const char zero[16] = "";
  iteratorCol *col = source->col;
  LONGLONG n = element_count(source, rows);
  if (col->iotype == InputCol || col->iotype == TemporaryCol || n == 0 || *status > 0)
    return *status;
  if (col->datatype == TSTRING) {
    char **strings = col->array;
    if (strings[0][0] == '\0')
      return ffpcls(col->fptr, col->colnum, first, 1, n, strings + 1, status);
    return ffpcn(col->fptr, TSTRING, col->colnum, first, 1, n, strings + 1, strings[0], status);
  }
  bool nulls = memcmp(col->array, zero, source->size) != 0;
  if (source->image)
    return nulls ? ffppn(col->fptr, col->datatype, first, n, elements(source), col->array, status)
                 : ffppr(col->fptr, col->datatype, first, n, elements(source), status);
  return nulls ? ffpcn(col->fptr, col->datatype, col->colnum, first, 1, n, elements(source), col->array, status)
               : ffpcl(col->fptr, col->datatype, col->colnum, first, 1, n, elements(source), status);
}

void cf_iter_free(cf_source_column *source) {
  free(source->col->array);
  free(source->text);
  source->col->array = NULL;
  source->text = NULL;
  source->room = 0;
}
