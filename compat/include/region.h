/* SPDX-License-Identifier: BSD-3-Clause
 *
 * region.h: regions of the sky or of an image, from files of text or from FITS tables. The layout of the structs is
 * that of CFITSIO, which programs compile in.
 */
#ifndef RF_FITSIO_REGION_H
#define RF_FITSIO_REGION_H

#include "fitsio.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The coordinates of the pixels; `exists` 0: unknown. */
typedef struct {
  char exists;
  double xrefval, yrefval; /* degrees */
  double xrefpix, yrefpix;
  double xinc, yinc; /* degrees */
  double rot;        /* degrees */
  char type[6];      /* "-TAN" */
} WCSdata;

typedef enum {
  point_rgn,
  line_rgn,
  circle_rgn,
  annulus_rgn,
  ellipse_rgn,
  elliptannulus_rgn,
  box_rgn,
  boxannulus_rgn,
  rectangle_rgn,
  diamond_rgn,
  sector_rgn,
  poly_rgn,
  panda_rgn,
  epanda_rgn,
  bpanda_rgn
} shapeType;

typedef enum { pixel_fmt, degree_fmt, hhmmss_fmt } coordFmt;

typedef struct {
  char sign; /* 1: what is inside; 0: what is outside */
  shapeType shape;
  int comp;          /* number of the component: shapes of one are intersected, components are joined */
  double xmin, xmax; /* a box around the shape */
  double ymin, ymax;
  union { /* in pixels */
    struct {
      double p[11];
      double sinT, cosT;
      double a, b;
    } gen;
    struct {
      int nPts; /* numbers in Pts, two a corner */
      double *Pts;
    } poly;
  } param;
} RgnShape;

typedef struct {
  int nShapes;
  RgnShape *Shapes;
  WCSdata wcs;
} SAORegion;

/* Reads a file of text, or a table of a FITS file. The caller frees it by fits_free_region(). */
int fits_read_rgnfile(const char *filename, WCSdata *wcs, SAORegion **Rgn, int *status);
int fits_read_ascii_region(const char *filename, WCSdata *wcs, SAORegion **Rgn, int *status);
int fits_read_fits_region(fitsfile *fptr, WCSdata *wcs, SAORegion **Rgn, int *status);

/* Returns 1 if the pixel position is in the region, else 0. */
int fits_in_region(double X, double Y, SAORegion *Rgn);

void fits_free_region(SAORegion *Rgn);

#ifdef __cplusplus
}
#endif

#endif
