/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows that meet a condition: fffrow, ffffrw, ffsrow.
 */
#include <stdlib.h>
#include <string.h>

#include "column/rows.h"
#include "file/handle.h"
#include "filter/expression.h"

#define COPY_BYTES ((LONGLONG)1 << 18)

/* Computes a condition: 1 for rows that meet it. */
static int run_condition(cf_expression *expression, LONGLONG first, LONGLONG count, char *chosen, uint8_t *nulls,
                         int *status) {
  if (cf_expression_run(expression, first, count, chosen, nulls, status) > 0)
    return *status;
  for (LONGLONG i = 0; i < count; i++)
    chosen[i] = chosen[i] != 0 && nulls[i] == 0;
  return *status;
}

static int find_rows(cf_expression *expression, LONGLONG first, LONGLONG count, LONGLONG *good, char *chosen,
                     int *status) {
  LONGLONG chunk = cf_expression_chunk(expression);
  uint8_t *nulls = malloc((size_t)chunk);
  *good = 0;
  if (nulls == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate the rows of an expression");
  for (LONGLONG done = 0; *status <= 0 && done < count; done += chunk) {
    LONGLONG rows = count - done < chunk ? count - done : chunk;
    (void)run_condition(expression, first + done, rows, chosen + done, nulls, status);
    for (LONGLONG i = 0; *status <= 0 && i < rows; i++)
      *good += chosen[done + i];
  }
  free(nulls);
  return *status;
}

int fffrow(fitsfile *infptr, char *expr, long firstrow, long nrows, long *n_good_rows, char *row_status, int *status) {
  cf_expression expression;
  LONGLONG good = 0;
  if (!cf_use_data(infptr, status))
    return cf_refused(status);
  if (n_good_rows == NULL || (row_status == NULL && nrows > 0))
    return cf_fail(status, NULL_INPUT_PTR, "fffrow: no memory for the result");
  LONGLONG all = infptr->Fptr->hdutype != IMAGE_HDU ? infptr->Fptr->numrows : 0;
  firstrow = firstrow < 1 ? 1 : firstrow;
  (void)cf_condition_open(&expression, infptr, expr, status);
  LONGLONG left = firstrow <= all ? all - firstrow + 1 : 0;
  LONGLONG count = expression.info.constant ? (nrows > 0 ? nrows : 0) : nrows > 0 && nrows < left ? nrows : left;
  if (*status <= 0)
    (void)find_rows(&expression, firstrow, count, &good, row_status, status);
  if (*status <= 0)
    *n_good_rows = (long)good;
  cf_expression_close(&expression);
  return *status;
}

int ffffrw(fitsfile *fptr, char *expr, long *rownum, int *status) {
  cf_expression expression;
  char chosen[1000];
  uint8_t nulls[sizeof chosen];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (rownum == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "ffffrw: no memory for the result");
  *rownum = 0;
  LONGLONG all = fptr->Fptr->hdutype != IMAGE_HDU ? fptr->Fptr->numrows : 0;
  (void)cf_condition_open(&expression, fptr, expr, status);
  for (LONGLONG first = 1; *status <= 0 && *rownum == 0 && first <= all; first += (LONGLONG)sizeof chosen) {
    LONGLONG rows = all - first + 1 < (LONGLONG)sizeof chosen ? all - first + 1 : (LONGLONG)sizeof chosen;
    if (run_condition(&expression, first, rows, chosen, nulls, status) > 0)
      break;
    const char *found = memchr(chosen, 1, (size_t)rows);
    if (found != NULL)
      *rownum = (long)(first + (found - chosen));
  }
  cf_expression_close(&expression);
  return *status;
}

/* ------------------------------ ffsrow ------------------------------ */

/* Deletes the rows that are not chosen. */
static int delete_others(fitsfile *fptr, const char *chosen, LONGLONG rows, LONGLONG good, int *status) {
  LONGLONG *others = malloc((size_t)(rows - good + 1) * sizeof *others), n = 0;
  if (others == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld rows", rows);
  for (LONGLONG i = 0; i < rows; i++)
    if (!chosen[i])
      others[n++] = i + 1;
  if (n > 0)
    (void)ffdrwsll(fptr, others, n, status);
  free(others);
  return *status;
}

/* Appends runs of chosen rows, byte for byte. */
static int append_bytes(fitsfile *in, fitsfile *out, const char *chosen, LONGLONG rows, int *status) {
  LONGLONG width = in->Fptr->rowlength, next = out->Fptr->numrows + 1, most = COPY_BYTES / (width + 1) + 1;
  unsigned char *buffer = malloc((size_t)(most * width + 1));
  if (buffer == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate rows of %lld bytes", width);
  for (LONGLONG i = 0; *status <= 0 && i < rows;) {
    LONGLONG n = 0;
    while (n < most && i + n < rows && chosen[i + n])
      n++;
    if (n > 0) {
      (void)ffgtbb(in, i + 1, 1, n * width, buffer, status);
      (void)ffptbb(out, next, 1, n * width, buffer, status);
    }
    next += n;
    i += n > 0 ? n : 1;
  }
  free(buffer);
  return *status;
}

/* Rows with arrays in the heap are copied by what knows them. */
static int append_rows(fitsfile *in, fitsfile *out, char *chosen, LONGLONG rows, LONGLONG good, int *status) {
  if (good == 0)
    return *status;
  LONGLONG width = in->Fptr->rowlength;
  bool has_heap = in->Fptr->heapsize > 0;
  if (!cf_use_write_data(out, status))
    return *status;
  if (out->Fptr->rowlength != width)
    return cf_fail(status, BAD_ROW_WIDTH, "ffsrow: rows of %lld and %lld bytes", width, out->Fptr->rowlength);
  return has_heap ? cf_rows_select(in, out, rows, chosen, status) : append_bytes(in, out, chosen, rows, status);
}

static int select_rows(cf_expression *expression, fitsfile *in, fitsfile *out, int *status) {
  LONGLONG rows = in->Fptr->numrows, good = 0;
  char *chosen = malloc((size_t)rows + 1);
  if (chosen == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld rows", rows);
  if (find_rows(expression, 1, rows, &good, chosen, status) <= 0) {
    if (in->Fptr == out->Fptr && in->HDUposition == out->HDUposition)
      (void)delete_others(in, chosen, rows, good, status);
    else
      (void)append_rows(in, out, chosen, rows, good, status);
  }
  free(chosen);
  return *status;
}

int ffsrow(fitsfile *infptr, fitsfile *outfptr, char *expr, int *status) {
  cf_expression expression;
  if (!cf_use_write_data(outfptr, status) || !cf_use_data(infptr, status))
    return cf_refused(status);
  if (infptr->Fptr->hdutype == IMAGE_HDU || outfptr->Fptr->hdutype == IMAGE_HDU)
    return cf_fail(status, NOT_TABLE, "ffsrow: the HDU is no table");
  if (cf_condition_open(&expression, infptr, expr, status) <= 0 && cf_use_data(infptr, status))
    (void)select_rows(&expression, infptr, outfptr, status);
  cf_expression_close(&expression);
  return *status;
}
