/* SPDX-License-Identifier: BSD-3-Clause */
#include "filter/area.h"

#include <stdlib.h>
#include <string.h>

#include "base/string.h"

/* Takes the next name of "X,Y" or "X Y". Returns what follows. */
static const char *take_name(const char *text, char name[FLEN_VALUE]) {
  text += strspn(text, " ,");
  size_t n = strcspn(text, " ,");
  cf_copy_n(name, text, n, FLEN_VALUE);
  return text + n;
}

/* Reads the coordinates of two columns. Columns without them have pixels alone. */
static WCSdata coordinates_of(fitsfile *fptr, char *x, char *y) {
  WCSdata wcs = {.exists = 0};
  int status = 0, columns[2] = {0, 0};
  ffpmrk();
  (void)ffgcno(fptr, CASEINSEN, x, &columns[0], &status);
  (void)ffgcno(fptr, CASEINSEN, y, &columns[1], &status);
  (void)ffgtcs(fptr, columns[0], columns[1], &wcs.xrefval, &wcs.yrefval, &wcs.xrefpix, &wcs.yrefpix, &wcs.xinc,
               &wcs.yinc, &wcs.rot, wcs.type, &status);
  ffcmrk();
  wcs.exists = status <= 0;
  return wcs;
}

int cf_area_read(cf_area_list *list, fitsfile *fptr, const char *file, const char *x, const char *y,
                 const char *columns, size_t *number, int *status) {
  char names[2][FLEN_VALUE];
  SAORegion *region = NULL;
  cf_copy(names[0], x, sizeof names[0]);
  cf_copy(names[1], y, sizeof names[1]);
  if (columns[0] != '\0')
    (void)take_name(take_name(columns, names[0]), names[1]);
  WCSdata wcs = {.exists = 0};
  if (names[0][0] != '\0' && names[1][0] != '\0')
    wcs = coordinates_of(fptr, names[0], names[1]);
  if (fits_read_rgnfile(file, &wcs, &region, status) > 0)
    return *status;
  SAORegion **regions = realloc(list->regions, (list->count + 1) * sizeof *regions);
  if (regions == NULL) {
    fits_free_region(region);
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate a region");
  }
  list->regions = regions;
  *number = list->count;
  list->regions[list->count++] = region;
  return *status;
}

void cf_areas_free(cf_area_list *list) {
  for (size_t i = 0; i < list->count; i++)
    fits_free_region(list->regions[i]);
  free(list->regions);
  *list = (cf_area_list){.count = 0};
}
