/* SPDX-License-Identifier: BSD-3-Clause
 *
 * ffiter(): reads a step of all columns, calls the work function, writes its outputs, and so on.
 */
#include <limits.h>

#include "iterator/source.h"

typedef int work_function(long totaln, long offset, long firstn, long nvalues, int narrays, iteratorCol *data,
                          void *userPointer);

/* Tells whether an earlier column has the same HDU. */
static bool seen(const cf_source_column *sources, int i) {
  const fitsfile *fptr = sources[i].col->fptr;
  for (int k = 0; k < i; k++)
    if (sources[k].col->iotype != TemporaryCol && sources[k].col->fptr->Fptr == fptr->Fptr &&
        sources[k].col->fptr->HDUposition == fptr->HDUposition)
      return true;
  return false;
}

/* The rows that fit well into the buffers, shared between the files. */
static long best_step(const cf_source_column *sources, int n, int *status) {
  long best = LONG_MAX, rows = 1, files = 0;
  for (int i = 0; i < n && *status <= 0; i++) {
    if (sources[i].col->iotype == TemporaryCol || seen(sources, i))
      continue;
    ffgrsz(sources[i].col->fptr, &rows, status);
    files++;
    if (rows < best)
      best = rows;
  }
  if (files == 0)
    return 1000;
  return best / files < 1 ? 1 : best / files;
}

static int describe_all(cf_source_column *sources, int n, LONGLONG *total, bool *variable, int *status) {
  int first = -1;
  for (int i = 0; i < n; i++) {
    if (cf_iter_describe(&sources[i], status) > 0)
      return *status;
    if (sources[i].col->iotype == TemporaryCol)
      continue;
    if (first < 0)
      first = i;
    if (sources[i].image != sources[first].image)
      return cf_fail(status, sources[first].image ? NOT_IMAGE : NOT_TABLE, "the iterator cannot mix images and tables");
    *variable = *variable || sources[i].variable;
  }
  *total = first < 0 ? 0 : sources[first].count;
  return *status;
}

/* One step. Returns what the work function returned. */
static int step(cf_source_column *sources, int n, iteratorCol *data, long total, long offset, LONGLONG first,
                LONGLONG rows, work_function *work, void *user, int *status) {
  for (int i = 0; i < n && *status <= 0; i++) {
    if (sources[i].variable)
      cf_iter_measure(&sources[i], first, status);
    if (*status <= 0)
      cf_iter_read(&sources[i], first, rows, status);
  }
  if (*status > 0)
    return *status;
  int answer = work(total, offset, (long)first, (long)rows, n, data, user);
  for (int i = 0; i < n && answer <= 0 && *status <= 0; i++)
    cf_iter_write(&sources[i], first, rows, status);
  return *status > 0 ? *status : answer;
}

static int iterate(cf_source_column *sources, int n, iteratorCol *data, long offset, long wanted, work_function *work,
                   void *user, int *status) {
  LONGLONG total = 0, rows;
  bool variable = false;
  if (describe_all(sources, n, &total, &variable, status) > 0)
    return *status;
  if (offset < 0)
    offset = 0;
  total = total > offset ? total - offset : 0;
  if (total > LONG_MAX)
    return cf_fail(status, ARRAY_TOO_BIG, "the iterator cannot count %lld rows", total);
  if (variable)
    rows = 1;
  else
    rows = wanted > 0 ? wanted : wanted < 0 ? total : best_step(sources, n, status);
  if (rows > total)
    rows = total;
  for (int i = 0; i < n && *status <= 0 && rows > 0; i++)
    if (!sources[i].variable)
      cf_iter_reserve(&sources[i], rows, status);
  int answer = *status;
  for (LONGLONG done = 0; done < total && answer == 0; done += rows) {
    LONGLONG now = total - done < rows ? total - done : rows;
    answer = step(sources, n, data, (long)total, offset, offset + done + 1, now, work, user, status);
  }
  return *status = answer;
}

int ffiter(int ncols, iteratorCol *data, long offset, long nPerLoop, work_function *workFn, void *userPointer,
           int *status) {
  CF_GO(status);
  if (ncols < 1)
    return *status;
  if (data == NULL || workFn == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the iterator needs columns and a work function");
  cf_source_column *sources = calloc((size_t)ncols, sizeof *sources);
  if (sources == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %d columns", ncols);
  for (int i = 0; i < ncols; i++)
    sources[i].col = &data[i];
  int before = *status;
  *status = 0;
  iterate(sources, ncols, data, offset, nPerLoop, workFn, userPointer, status);
  if (*status == 0)
    *status = before;
  for (int i = 0; i < ncols; i++)
    cf_iter_free(&sources[i]);
  free(sources);
  return *status;
}
