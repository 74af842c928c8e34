/* SPDX-License-Identifier: BSD-3-Clause
 *
 * interval.c: good time intervals, from a table.
 */
#ifndef CF_FILTER_INTERVAL_H
#define CF_FILTER_INTERVAL_H

#include <stdbool.h>

#include "base/status.h"

/* One block of memory for each call, starts first. */
typedef struct cf_interval_list {
  double **blocks;
  size_t count;
} cf_interval_list;

/* Reads the intervals that gtifilter() names. TIMEZERO of both tables is applied.
 * file  "": the first extension *GTI* of the file of `fptr`; "+2", "[2]", "[NAME]": in that file; or another file
 * They belong to the list. */
int cf_intervals_read(cf_interval_list *list, fitsfile *fptr, const char *file, const char *start, const char *stop,
                      const double **starts, const double **stops, LONGLONG *count, int *status);
void cf_intervals_free(cf_interval_list *list);

#endif
