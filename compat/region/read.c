/* SPDX-License-Identifier: BSD-3-Clause */
#include "region/read.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "region/shape.h"

#define MOST_SHAPES 1000000

SAORegion *cf_region_new(const WCSdata *wcs, int *status) {
  SAORegion *region = calloc(1, sizeof *region);
  if (region == NULL)
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a region");
  else if (wcs != NULL && wcs->exists)
    region->wcs = *wcs;
  return region;
}

RgnShape *cf_region_add(SAORegion *region, int *status) {
  if (region->nShapes >= MOST_SHAPES) {
    cf_fail(status, MEMORY_ALLOCATION, "a region has more than %d shapes", MOST_SHAPES);
    return NULL;
  }
  if ((region->nShapes & (region->nShapes - 1)) == 0) { /* 0, or a power of two: the memory is full */
    size_t room = region->nShapes == 0 ? 1 : 2 * (size_t)region->nShapes;
    RgnShape *grown = realloc(region->Shapes, room * sizeof *grown);
    if (grown == NULL) {
      cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %zu shapes", room);
      return NULL;
    }
    region->Shapes = grown;
  }
  RgnShape *shape = &region->Shapes[region->nShapes++];
  memset(shape, 0, sizeof *shape);
  shape->sign = 1;
  return shape;
}

/* A stable sort by merging: the order within a component matters. */
static void merge_sort(RgnShape *shapes, RgnShape *scratch, size_t n) {
  size_t half = n / 2, a = 0, b = half;
  if (n < 2)
    return;
  merge_sort(shapes, scratch, half);
  merge_sort(shapes + half, scratch, n - half);
  for (size_t i = 0; i < n; i++)
    scratch[i] = b >= n || (a < half && shapes[a].comp <= shapes[b].comp) ? shapes[a++] : shapes[b++];
  memcpy(shapes, scratch, n * sizeof *shapes);
}

int cf_region_sort(SAORegion *region, int *status) {
  size_t n = (size_t)region->nShapes;
  RgnShape *scratch = malloc((n + 1) * sizeof *scratch);
  if (scratch == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %zu shapes", n);
  merge_sort(region->Shapes, scratch, n);
  free(scratch);
  return *status;
}

/* Copies the shape `from` with another component. */
static int copy_shape(SAORegion *region, int from, int component, int *status) {
  RgnShape *copy = cf_region_add(region, status);
  if (copy == NULL)
    return *status;
  *copy = region->Shapes[from];
  copy->comp = component;
  if (copy->shape != poly_rgn)
    return *status;
  size_t n = (size_t)copy->param.poly.nPts * sizeof(double);
  const double *points = copy->param.poly.Pts;
  copy->param.poly.Pts = malloc(n);
  if (copy->param.poly.Pts == NULL) {
    region->nShapes--;
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a polygon", n);
  }
  memcpy(copy->param.poly.Pts, points, n);
  return *status;
}

int cf_region_spread(SAORegion *region, int *status) {
  int count = region->nShapes;
  int first = count > 0 && region->Shapes[0].comp == 0 ? 0 : 1;
  for (int i = 0; i < count && *status <= 0; i++)
    for (int c = first; !region->Shapes[i].sign && c < region->Shapes[i].comp && *status <= 0; c++)
      copy_shape(region, i, c, status);
  return *status > 0 ? *status : cf_region_sort(region, status);
}

void fits_free_region(SAORegion *Rgn) {
  if (Rgn == NULL)
    return;
  for (int i = 0; i < Rgn->nShapes; i++)
    if (Rgn->Shapes[i].shape == poly_rgn)
      free(Rgn->Shapes[i].param.poly.Pts);
  free(Rgn->Shapes);
  free(Rgn);
}

/* Tells whether a file begins as a FITS file does. */
static bool is_fits(const char *filename) {
  char begin[6] = "";
  int failed = 0;
  fitsfile *fptr = NULL;
  FILE *file = fopen(filename, "rb");
  if (file != NULL) {
    bool read = fread(begin, 1, 6, file) == 6;
    fclose(file);
    if (!read || (memcmp(begin, "SIMPLE", 6) != 0 && begin[0] != 0x1f))
      return false;
  }
  ffpmrk();
  ffopen(&fptr, filename, READONLY, &failed);
  ffcmrk();
  if (failed > 0)
    return false;
  ffclos(fptr, &failed);
  return true;
}

/* Opens the table of a region: the one that the name gives, the one named REGION, or the first one. */
static int read_table(const char *filename, WCSdata *wcs, SAORegion **region, int *status) {
  fitsfile *fptr = NULL;
  int number = 0, missing = 0, closing = 0;
  char name[] = "REGION";
  if (ffopen(&fptr, filename, READONLY, status) > 0)
    return *status;
  ffghdn(fptr, &number);
  if (number == 1) {
    ffpmrk();
    if (ffmnhd(fptr, BINARY_TBL, name, 0, &missing) > 0) {
      missing = 0;
      if (ffmahd(fptr, 2, NULL, &missing) > 0)
        *status = missing;
    }
    ffcmrk();
  }
  if (*status <= 0)
    fits_read_fits_region(fptr, wcs, region, status);
  ffclos(fptr, &closing);
  return *status;
}

int fits_read_rgnfile(const char *filename, WCSdata *wcs, SAORegion **Rgn, int *status) {
  CF_GO(status);
  if (filename == NULL || Rgn == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "a region needs a file name, and memory for its address");
  *Rgn = NULL;
  return is_fits(filename) ? read_table(filename, wcs, Rgn, status)
                           : fits_read_ascii_region(filename, wcs, Rgn, status);
}
