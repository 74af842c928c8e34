/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Regions in tables of FITS files: columns SHAPE, X, Y, R, ROTANG, COMPONENT, of which all but X and Y may be missing.
 */
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "region/read.h"
#include "region/shape.h"

#define MOST_NUMBERS 100000 /* of a row */

typedef struct columns {
  int shape, x, y, r, angle, component;
} columns;

static int find(fitsfile *fptr, const char *name) {
  int column = 0, missing = 0;
  ffpmrk();
  if (ffgcno(fptr, CASEINSEN, (char *)name, &column, &missing) > 0)
    column = 0;
  ffcmrk();
  return column;
}

/* Gets the elements of a cell. */
static int get_cell(fitsfile *fptr, int column, long row, long *count, double **values, int *status) {
  int type = 0, any = 0;
  long repeat = 0, offset = 0;
  *values = NULL;
  *count = 0;
  if (column == 0 || *status > 0)
    return *status;
  ffgtcl(fptr, column, &type, &repeat, NULL, status);
  if (type < 0)
    ffgdes(fptr, column, row, &repeat, &offset, status);
  if (*status <= 0 && (repeat < 0 || repeat > MOST_NUMBERS))
    return cf_fail(status, BAD_DIMEN, "row %ld of the region has %ld numbers", row, repeat);
  *values = calloc((size_t)repeat + 1, sizeof **values);
  if (*values == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for row %ld of the region", row);
  *count = repeat;
  return repeat > 0 ? ffgcvd(fptr, column, row, 1, repeat, 0, *values, &any, status) : *status;
}

/* The numbers of lengths and angles of each shape, as the columns R and ROTANG hold them. */
static void count_numbers(shapeType shape, long *positions, long *lengths, long *angles) {
  *positions = shape == line_rgn || shape == rectangle_rgn ? 2 : 1;
  *angles = shape == ellipse_rgn || shape == box_rgn || shape == rectangle_rgn || shape == diamond_rgn ? 1 : 0;
  *lengths = 0;
  if (shape == circle_rgn)
    *lengths = 1;
  else if (shape == annulus_rgn || shape == ellipse_rgn || shape == box_rgn || shape == diamond_rgn)
    *lengths = 2;
  else if (shape == elliptannulus_rgn || shape == boxannulus_rgn)
    *lengths = 4, *angles = 2;
  else if (shape == sector_rgn)
    *angles = 2;
}

/* Puts the numbers of a row into the order of the arguments of a shape. */
static int fill(RgnShape *s, const long *counts, double *const *values, int *status) {
  long positions, lengths, angles;
  int n = 0;
  double *p = s->param.gen.p;
  count_numbers(s->shape, &positions, &lengths, &angles);
  if (counts[0] < positions || counts[1] < positions || counts[2] < lengths || s->shape >= panda_rgn)
    return cf_fail(status, PARSE_SYNTAX_ERR, "a row of the region has too few numbers for its shape");
  for (long i = 0; i < positions; i++) {
    p[n++] = values[0][i];
    p[n++] = values[1][i];
  }
  for (long i = 0; i < lengths; i++)
    p[n++] = values[2][i];
  for (long i = 0; i < angles; i++)
    p[n++] = i < counts[3] ? values[3][i] : 0;
  return cf_shape_finish(s, n, status);
}

static int fill_polygon(RgnShape *s, const long *counts, double *const *values, int *status) {
  long n = counts[0] < counts[1] ? counts[0] : counts[1];
  /* rows of one length are filled up with the first or last corner */
  while (n > 3 && ((values[0][n - 1] == values[0][0] && values[1][n - 1] == values[1][0]) ||
                   (values[0][n - 1] == values[0][n - 2] && values[1][n - 1] == values[1][n - 2])))
    n--;
  s->param.poly.Pts = calloc(2 * (size_t)n + 1, sizeof(double));
  if (s->param.poly.Pts == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a polygon of %ld corners", n);
  s->param.poly.nPts = (int)(2 * n);
  for (long i = 0; i < n; i++) {
    s->param.poly.Pts[2 * i] = values[0][i];
    s->param.poly.Pts[2 * i + 1] = values[1][i];
  }
  return cf_shape_finish(s, s->param.poly.nPts, status);
}

static int read_name(fitsfile *fptr, int column, long row, RgnShape *s, int *status) {
  char text[FLEN_VALUE] = "POINT", *p = text;
  int any = 0, type = 0;
  long repeat = 0;
  if (column > 0 && ffgtcl(fptr, column, &type, &repeat, NULL, status) <= 0) {
    if (type != TSTRING || repeat >= FLEN_VALUE)
      return cf_fail(status, BAD_TFORM, "the shapes of the region are no short texts");
    ffgcvs(fptr, column, row, 1, 1, "", &p, &any, status);
  }
  cf_trim_end(text);
  p = text;
  if (*p == '!') {
    s->sign = 0;
    p++;
  }
  if (*status <= 0 && !cf_shape_find(p, &s->shape))
    return cf_fail(status, PARSE_SYNTAX_ERR, "a region has no shape %.40s", text);
  return *status;
}

static int read_row(fitsfile *fptr, const columns *c, long row, SAORegion *region, int *status) {
  const int numbers[4] = {c->x, c->y, c->r, c->angle};
  double *values[4] = {NULL};
  long counts[4] = {0};
  int component = (int)row, any = 0;
  RgnShape shape = {.sign = 1};
  read_name(fptr, c->shape, row, &shape, status);
  for (int i = 0; i < 4; i++)
    get_cell(fptr, numbers[i], row, &counts[i], &values[i], status);
  if (c->component > 0)
    ffgcvk(fptr, c->component, row, 1, 1, 0, &component, &any, status);
  RgnShape *s = *status > 0 ? NULL : cf_region_add(region, status);
  if (s != NULL) {
    *s = shape;
    s->comp = component;
    if (s->shape == poly_rgn)
      fill_polygon(s, counts, values, status);
    else
      fill(s, counts, values, status);
  }
  for (int i = 0; i < 4; i++)
    free(values[i]);
  return *status;
}

/* The coordinates of the table stand in the keywords of its columns. */
static void read_coordinates(fitsfile *fptr, const columns *c, WCSdata *wcs) {
  int missing = 0;
  ffpmrk();
  if (!wcs->exists)
    ffgtcs(fptr, c->x, c->y, &wcs->xrefval, &wcs->yrefval, &wcs->xrefpix, &wcs->yrefpix, &wcs->xinc, &wcs->yinc,
           &wcs->rot, wcs->type, &missing);
  if (!wcs->exists)
    wcs->exists = missing <= 0;
  ffcmrk();
}

/* Without a column for them, each shape that is included begins a component. */
static int number_components(SAORegion *region, int *status) {
  int component = 0;
  for (int i = 0; i < region->nShapes; i++) {
    component += region->Shapes[i].sign != 0;
    region->Shapes[i].comp = component;
  }
  return cf_region_spread(region, status);
}

int fits_read_fits_region(fitsfile *fptr, WCSdata *wcs, SAORegion **Rgn, int *status) {
  LONGLONG rows = 0;
  int type = 0;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (Rgn == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no memory for the address of the region");
  *Rgn = NULL;
  if (ffghdt(fptr, &type, status) <= 0 && type != BINARY_TBL)
    return cf_fail(status, NOT_BTABLE, "a region of a FITS file is a binary table");
  columns c = {find(fptr, "SHAPE"), find(fptr, "X"),      find(fptr, "Y"),
               find(fptr, "R"),     find(fptr, "ROTANG"), find(fptr, "COMPONENT")};
  if (c.x == 0 || c.y == 0)
    return cf_fail(status, COL_NOT_FOUND, "the table of the region has no columns X and Y");
  SAORegion *region = cf_region_new(wcs, status);
  if (region == NULL)
    return *status;
  read_coordinates(fptr, &c, &region->wcs);
  ffgnrwll(fptr, &rows, status);
  for (LONGLONG r = 1; r <= rows && *status <= 0; r++)
    read_row(fptr, &c, (long)r, region, status);
  if (*status <= 0 && c.component > 0)
    cf_region_sort(region, status);
  else if (*status <= 0)
    number_components(region, status);
  if (*status > 0)
    fits_free_region(region);
  else
    *Rgn = region;
  return *status;
}
