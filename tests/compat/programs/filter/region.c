/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Regions: files of text and FITS tables, and which pixels are in them. CFITSIO does not install region.h.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#ifndef RF_FITSIO_FITSIO_H
typedef struct {
  char exists;
  double xrefval, yrefval, xrefpix, yrefpix, xinc, yinc, rot;
  char type[6];
} WCSdata;
typedef struct {
  char sign;
  int shape, comp;
  double xmin, xmax, ymin, ymax;
  union {
    struct {
      double p[11], sinT, cosT, a, b;
    } gen;
    struct {
      int nPts;
      double *Pts;
    } poly;
  } param;
} RgnShape;
typedef struct {
  int nShapes;
  RgnShape *Shapes;
  WCSdata wcs;
} SAORegion;
enum { poly_rgn = 11 };
int fits_read_rgnfile(const char *filename, WCSdata *wcs, SAORegion **Rgn, int *status);
int fits_in_region(double X, double Y, SAORegion *Rgn);
void fits_free_region(SAORegion *Rgn);
#else
#include <region.h>
#endif

static void show(const char *what, SAORegion *region, int status, int shapes) {
  printf("%s => %d", what, status);
  if (status == 0) {
    for (int i = 0; shapes && i < region->nShapes; i++) {
      const RgnShape *s = &region->Shapes[i];
      printf("\n  sign %d shape %d component %d box %g %g %g %g:", s->sign, s->shape, s->comp, s->xmin, s->xmax,
             s->ymin, s->ymax);
      if (s->shape == poly_rgn)
        for (int k = 0; k < s->param.poly.nPts; k++)
          printf(" %.7g", s->param.poly.Pts[k]);
      else
        for (int k = 0; k < 8; k++)
          printf(" %.7g", s->param.gen.p[k]);
    }
    for (int y = -5; y < 25; y++) {
      printf("\n  ");
      for (int x = -5; x < 25; x++)
        printf("%d", fits_in_region(x + 0.125, y + 0.3125, region));
    }
    fits_free_region(region);
  }
  printf("\n");
  fits_clear_errmsg();
}

static void text(const char *content, WCSdata *wcs, int shapes) {
  SAORegion *region = NULL;
  int status = 0;
  FILE *file = fopen("text.reg", "w");
  if (file == NULL)
    return;
  fputs(content, file);
  fclose(file);
  fits_read_rgnfile("text.reg", wcs, &region, &status);
  show(content, region, status, shapes);
}

static void table(int with_components, WCSdata *wcs) {
  fitsfile *fptr = NULL;
  SAORegion *region = NULL;
  int status = 0;
  char *ttype[] = {"SHAPE", "X", "Y", "R", "ROTANG", "COMPONENT"};
  char *tform[] = {"16A", "4E", "4E", "4E", "2E", "1J"};
  char *shapes[] = {"CIRCLE", "!CIRCLE", "POLYGON", "BOX", "ELLIPSE", "ANNULUS", "POINT"};
  float x[7][4] = {{5}, {6}, {10, 15, 12, 12}, {3}, {18}, {15}, {20}};
  float y[7][4] = {{5}, {5}, {10, 10, 14, 14}, {15}, {5}, {18}, {20}};
  float r[7][4] = {{4}, {2}, {0}, {4, 2}, {3, 2}, {1, 3}, {0}};
  float a[7][2] = {{0}, {0}, {0}, {30}, {45}, {0}, {0}};
  int components[7] = {1, 1, 2, 3, 4, 5, 5};
  fits_create_file(&fptr, "!region.fits", &status);
  fits_create_tbl(fptr, BINARY_TBL, 7, with_components ? 6 : 5, ttype, tform, NULL, "REGION", &status);
  fits_write_col(fptr, TSTRING, 1, 1, 1, 7, shapes, &status);
  fits_write_col(fptr, TFLOAT, 2, 1, 1, 28, x, &status);
  fits_write_col(fptr, TFLOAT, 3, 1, 1, 28, y, &status);
  fits_write_col(fptr, TFLOAT, 4, 1, 1, 28, r, &status);
  fits_write_col(fptr, TFLOAT, 5, 1, 1, 14, a, &status);
  if (with_components)
    fits_write_col(fptr, TINT, 6, 1, 1, 7, components, &status);
  fits_close_file(fptr, &status);
  printf("written %d\n", status);
  fits_read_rgnfile("region.fits", wcs, &region, &status);
  show("table", region, status, 0);
}

static const char *const texts[] = {"circle(10,10,5)\n",
                                    "image\ncircle(10,10,5)\n",
                                    "image;circle(10,10,5)\n",
                                    "-circle(10,10,5)\n",
                                    "!circle(10,10,5)\n",
                                    "+circle(10,10,5)\n",
                                    "circle(10,10,5)\n-circle(10,10,2)\n",
                                    "-circle(10,10,2)\ncircle(10,10,5)\n",
                                    "circle(5,5,3)\n-circle(6,5,2)\ncircle(7,5,2)\n",
                                    "# comment\nglobal color=red\nphysical\nbox(10,10,6,4,30)\n",
                                    "box(10,10,6,4)\n",
                                    "rotbox(10,10,6,4,45)\n",
                                    "rectangle(1,2,10,8)\n",
                                    "rectangle(1,2,10,8,20)\n",
                                    "rotrectangle(1,2,10,8,20)\n",
                                    "ellipse(10,10,6,3,30)\n",
                                    "ellipse 10 10 6 3 30\n",
                                    "annulus(10,10,3,6)\n",
                                    "elliptannulus(10,10,2,3,5,6,10,20)\n",
                                    "point(4,4)\n",
                                    "line(1,1,10,10)\n",
                                    "polygon(1,1,10,1,10,10,1,10)\n",
                                    "poly(1,1,10,1,5,9)\n",
                                    "diamond(10,10,6,4,0)\n",
                                    "rhombus(10,10,6,4)\n",
                                    "sector(10,10,20,80)\n",
                                    "pie(10,10,350,30)\n",
                                    "panda(10,10,0,90,3,2,6,2)\n",
                                    "epanda(10,10,0,90,1,2,3,6,8,1,30)\n",
                                    "boxannulus(10,10,2,3,8,9,0,0)\n",
                                    "CIRCLE(10,10,5)\n",
                                    "circle(10, 10, 5) # color=red\n",
                                    "circle(10,10,5) || box(3,3,2,2)\n",

                                    "fk5;circle(10,10,5)\n",
                                    "fk5\ncircle(10:00:00,10:00:00,5')\n",
                                    "circle(10,10)\n",
                                    "foo(1,2,3)\n",
                                    "circle(10,10,5\n",
                                    "# format: degrees\ncircle(10,10,5)\n",
                                    "# format: pixels (physical)\ncircle(10,10,5)\n",
                                    "polygon(1,1)\n",
                                    "text(1,1)\ncircle(10,10,5)\n",
                                    "annulus(10,10,1,2,3,4)\n",
                                    "image\nannulus(10,10,3,6) # tag={x}\nbox(1,1,1,1)\n",
                                    "ellipse(10,10,2,3,5,6,10)\n",

                                    "&circle(10,10,5)\n",
                                    "circle(10i,10i,5i)\n",
                                    "circle(10,10,5p)\n"};

static const char *const sky[] = {"fk5;circle(10,10,0.5)\n",
                                  "fk5\ncircle(10,10,30')\n",
                                  "fk5\ncircle(10,10,1800\")\n",
                                  "fk5\ncircle(10,10,0.5d)\n",
                                  "fk5\ncircle(10,10,5p)\n",
                                  "fk5\ncircle(0:40:00,10:00:00,30')\n",
                                  "fk5\ncircle(0:40:00,10:00:00,0.5)\n",
                                  "# format: degrees\ncircle(10,10,0.5)\n",
                                  "# format: hms\ncircle(0:40:00,10:00:00,30)\n",
                                  "fk5\nbox(10,10,0.5,0.3,20)\n",
                                  "fk5\nellipse(10,10,0.5,0.3,20)\n",
                                  "fk5\npolygon(10,10,10.5,10,10.2,10.4)\n",
                                  "icrs;circle(10,10,0.5)\n",
                                  "galactic;circle(10,10,0.5)\n",
                                  "j2000;circle(10,10,0.5)\n",
                                  "image;circle(10,10,5)\n",
                                  "circle(10,10,5)\n",
                                  "linear;circle(10,10,5)\n",
                                  "wcs;circle(10,10,.5)\n",
                                  "ecliptic;circle(10,10,.5)\n",
                                  "fk4;circle(10,10,.5)\n",
                                  "b1950;circle(10,10,.5)\n",
                                  "fk5;sector(10,10,20,80)\n",
                                  "fk5;line(10,10,10.5,10.5)\n",
                                  "fk5;rectangle(10,10,10.5,10.5)\n",
                                  "fk5;annulus(10,10,.2,.5)\n",
                                  "fk5;point(10,10)\n"};

int main(void) {
  WCSdata wcs;
  SAORegion *region = NULL;
  int status = 0;
  memset(&wcs, 0, sizeof wcs);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    text(texts[i], &wcs, strchr(texts[i], '-') == NULL && strstr(texts[i], "rectangle") == NULL);
  text("box(5,5,4,4)\nbox(12,12,4,4)\n-box(5,5,2,2)\n-box(12,12,2,2)\nbox(12,12,1,1)\n", &wcs, 0);
  table(1, &wcs);
  wcs.exists = 1;
  wcs.xrefval = wcs.yrefval = wcs.xrefpix = wcs.yrefpix = 10;
  wcs.xinc = -0.1;
  wcs.yinc = 0.1;
  memcpy(wcs.type, "-TAN", 5);
  for (size_t i = 0; i < sizeof sky / sizeof *sky; i++)
    text(sky[i], &wcs, 1);
  printf("%d\n", fits_read_rgnfile("none.reg", &wcs, &region, &status));
  return 0;
}
