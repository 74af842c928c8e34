/* SPDX-License-Identifier: BSD-3-Clause
 *
 * area.c: the regions of regfilter().
 */
#ifndef CF_FILTER_AREA_H
#define CF_FILTER_AREA_H

#include <stddef.h>

#include "base/status.h"
#include "region.h"

typedef struct cf_area_list {
  SAORegion **regions;
  size_t count;
} cf_area_list;

/* Reads a region for points of the current table; *number receives its number in the list.
 * x, y     columns of the coordinates, whose keywords tell the place on the sky; "": none
 * columns  two names that count instead, or "" */
int cf_area_read(cf_area_list *list, fitsfile *fptr, const char *file, const char *x, const char *y,
                 const char *columns, size_t *number, int *status);
void cf_areas_free(cf_area_list *list);

#endif
