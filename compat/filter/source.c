/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/source.h"

#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/keyword.h"

/* Returns the status of the core for one of this layer, and keeps this one. */
static rf_status failed(cf_source *source, int status, rf_status code, rf_error *err) {
  source->status = status;
  if (err != NULL && err->code == RF_OK) {
    err->code = code;
    cf_copy(err->message, "the file", sizeof err->message);
  }
  return code;
}

/* ------------------------------ columns ------------------------------ */

int cf_column_type(fitsfile *fptr, int number, int *status) {
  int code = fptr->Fptr->tableptr[number - 1].tdatatype;
  LONGLONG repeat, width;
  if (fptr->Fptr->hdutype == ASCII_TBL)
    (void)ffgtclll(fptr, number, &code, &repeat, &width, status);
  return code;
}

/* Integers are those that are stored as such; unsigned ones of 16 bits count, too. */
static rf_formula_type number_type(const tcolumn *column, int code) {
  bool plain = column->tscale == 1 && (column->tzero == 0 || column->tzero == 32768);
  bool whole = code == TBYTE || code == TSHORT || code == TLONG;
  return plain && whole ? RF_FORMULA_INTEGER : RF_FORMULA_REAL;
}

static rf_status find_axes(cf_source *source, int number, rf_formula_info *info, rf_error *err) {
  LONGLONG naxes[RF_FORMULA_AXES];
  int status = 0, naxis = 0;
  uint64_t product = 1;
  if (ffgtdmll(source->fptr, number, RF_FORMULA_AXES, &naxis, naxes, &status) > 0)
    return failed(source, status, RF_ERR_CALLBACK, err);
  info->naxis = 1;
  info->naxes[0] = info->count;
  if (naxis < 1 || naxis > RF_FORMULA_AXES)
    return RF_OK;
  for (int i = 0; i < naxis; i++) {
    if (naxes[i] < 1 || product > info->count / (uint64_t)naxes[i])
      return RF_OK;
    product *= (uint64_t)naxes[i];
  }
  if (product != info->count)
    return RF_OK;
  info->naxis = naxis;
  for (int i = 0; i < naxis; i++)
    info->naxes[i] = (uint64_t)naxes[i];
  return RF_OK;
}

static rf_status describe(cf_source *source, int number, rf_formula_info *info, rf_error *err) {
  const FITSfile *file = source->fptr->Fptr;
  const tcolumn *column = &file->tableptr[number - 1];
  int code = cf_column_type(source->fptr, number, &source->status);
  bool ascii = file->hdutype == ASCII_TBL;
  LONGLONG repeat = ascii ? 1 : column->trepeat;
  info->column = (size_t)number;
  if (code < 0 || code == TCOMPLEX || code == TDBLCOMPLEX || repeat < 1) {
    (void)cf_fail(&source->status, PARSE_BAD_TYPE, "column %d cannot be used in an expression", number);
    return failed(source, source->status, RF_ERR_TYPE, err);
  }
  info->count = (uint64_t)repeat;
  info->naxis = 1;
  info->naxes[0] = info->count;
  if (code == TSTRING) {
    info->type = RF_FORMULA_STRING;
    info->width = (size_t)(ascii ? column->twidth : repeat);
    info->count = 1;
    info->naxes[0] = 1;
    return RF_OK;
  }
  info->type = code == TBIT ? RF_FORMULA_BITS : code == TLOGICAL ? RF_FORMULA_LOGICAL : number_type(column, code);
  return repeat > 1 && !ascii && code != TBIT ? find_axes(source, number, info, err) : RF_OK;
}

/* ------------------------------ keywords ------------------------------ */

static rf_status find_keyword(cf_source *source, const char *name, rf_formula_info *info, rf_error *err) {
  int status = 0;
  rf_status found = cf_keyword_describe(source->fptr, name, info, source->text, &status);
  return found == RF_OK ? RF_OK : failed(source, status, found, err);
}

static rf_status find(void *user, const char *name, int keyword, rf_formula_info *info, rf_error *err) {
  cf_source *source = user;
  int number = 0, status = 0;
  char column[FLEN_VALUE];
  if (!keyword && source->is_table && strlen(name) < sizeof column) {
    cf_copy(column, name, sizeof column);
    ffpmrk();
    (void)ffgcno(source->fptr, CASEINSEN, column, &number, &status);
    ffcmrk();
    if (status <= 0 || status == COL_NOT_UNIQUE)
      return describe(source, number, info, err);
  }
  return find_keyword(source, name, info, err);
}

/* ------------------------------ values ------------------------------ */

static int read_strings(fitsfile *fptr, int number, LONGLONG first, LONGLONG count, char *values, int *status) {
  const tcolumn *column = &fptr->Fptr->tableptr[number - 1];
  bool ascii = fptr->Fptr->hdutype == ASCII_TBL;
  size_t width = (size_t)(ascii ? column->twidth : column->trepeat);
  int any = 0;
  char empty[] = "";
  for (LONGLONG i = 0; *status <= 0 && i < count; i++) {
    char *to = values + (size_t)i * (width + 1);
    if (!ascii && column->twidth < column->trepeat) { /* substrings: all of them */
      (void)ffgtbb(fptr, first + i, column->tbcol + 1, column->trepeat, (unsigned char *)to, status);
      to[width] = '\0';
      cf_trim_end(to);
    } else {
      (void)ffgcvs(fptr, number, first + i, 1, 1, empty, &to, &any, status);
    }
  }
  return *status;
}

static int read_bits(fitsfile *fptr, int number, LONGLONG first, LONGLONG count, char *values, int *status) {
  LONGLONG repeat = fptr->Fptr->tableptr[number - 1].trepeat;
  for (LONGLONG i = 0; *status <= 0 && i < count; i++)
    (void)ffgcx(fptr, number, first + i, 1, repeat, values + i * repeat, status);
  return *status;
}

static rf_status read(void *user, size_t column, uint64_t first, uint64_t count, void *values, uint8_t *nulls,
                      rf_error *err) {
  cf_source *source = user;
  fitsfile *fptr = source->fptr;
  int number = (int)column, status = 0, any = 0;
  if (!cf_use_data(fptr, &status) || number > fptr->Fptr->tfield) /* intervals may come from this file */
    return failed(source, status > 0 ? status : BAD_COL_NUM, RF_ERR_CALLBACK, err);
  const tcolumn *info = &fptr->Fptr->tableptr[number - 1];
  bool ascii = fptr->Fptr->hdutype == ASCII_TBL;
  int code = cf_column_type(fptr, number, &status);
  LONGLONG row = (LONGLONG)first + 1, n = (LONGLONG)count * (ascii ? 1 : info->trepeat);
  if (code == TSTRING) {
    memset(nulls, 0, (size_t)count);
    (void)read_strings(fptr, number, row, (LONGLONG)count, values, &status);
  } else if (code == TBIT) {
    (void)read_bits(fptr, number, row, (LONGLONG)count, values, &status);
  } else if (code == TLOGICAL) {
    (void)ffgcfl(fptr, number, row, 1, n, values, (char *)nulls, &any, &status);
  } else if (number_type(info, code) == RF_FORMULA_INTEGER) {
    (void)ffgcfjj(fptr, number, row, 1, n, values, (char *)nulls, &any, &status);
  } else {
    (void)ffgcfd(fptr, number, row, 1, n, values, (char *)nulls, &any, &status);
  }
  return status > 0 ? failed(source, status, RF_ERR_CALLBACK, err) : RF_OK;
}

static rf_status intervals(void *user, const char *file, const char *start, const char *stop, const double **starts,
                           const double **stops, uint64_t *count, rf_error *err) {
  cf_source *source = user;
  int status = 0;
  LONGLONG n = 0;
  (void)cf_intervals_read(&source->intervals, source->fptr, file, start, stop, starts, stops, &n, &status);
  *count = (uint64_t)n;
  return status > 0 ? failed(source, status, RF_ERR_CALLBACK, err) : RF_OK;
}

static rf_status region(void *user, const char *file, const char *x, const char *y, const char *columns, size_t *number,
                        rf_error *err) {
  cf_source *source = user;
  int status = 0;
  (void)cf_area_read(&source->areas, source->fptr, file, x, y, columns, number, &status);
  return status > 0 ? failed(source, status, RF_ERR_CALLBACK, err) : RF_OK;
}

static rf_status inside(void *user, size_t number, const double *x, const double *y, uint64_t count, uint8_t *result,
                        rf_error *err) {
  cf_source *source = user;
  (void)err;
  for (uint64_t i = 0; i < count; i++)
    result[i] = fits_in_region(x[i], y[i], source->areas.regions[number]) != 0;
  return RF_OK;
}

void cf_source_start(cf_source *source, fitsfile *fptr, rf_formula_source *functions) {
  const FITSfile *file = fptr->Fptr;
  *source = (cf_source){.fptr = fptr, .is_table = file->hdutype != IMAGE_HDU};
  *functions = (rf_formula_source){.size = sizeof *functions, .user = source, .find = find, .read = read};
  functions->rows = source->is_table && file->numrows > 0 ? (uint64_t)file->numrows : 0;
  functions->intervals = intervals;
  functions->region = region;
  functions->inside = inside;
}

void cf_source_end(cf_source *source) {
  cf_intervals_free(&source->intervals);
  cf_areas_free(&source->areas);
}
