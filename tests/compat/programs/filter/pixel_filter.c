/* SPDX-License-Identifier: BSD-3-Clause
 *
 * fits_pixel_filter() over images of all types: each result is a file. PixelFilter.keyword is left out: with it CFITSIO
 * 4.2 writes neither a keyword nor pixels, and the layer writes pixels.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { I16, F32, U8, I32, F64, U16, SCALED, SMALL, IMAGES };

static fitsfile *images[IMAGES];

static fitsfile *make(const char *name, int bitpix, long rows, double offset, long blank) {
  fitsfile *f = NULL;
  int status = 0;
  long axes[2] = {3, rows};
  double values[30];
  for (int i = 0; i < 30; i++)
    values[i] = i + offset;
  ffinit(&f, name, &status);
  ffcrim(f, bitpix, 2, axes, &status);
  ffpkys(f, "OBJECT", "obj", "an object", &status);
  ffpkyj(f, "KEY1", 7, "key", &status);
  ffphis(f, "some history", &status);
  ffpcom(f, "a comment", &status);
  if (blank)
    ffpkyj(f, "BLANK", blank, "null", &status);
  ffppr(f, TDOUBLE, 1, 3 * rows, values, &status);
  ffflus(f, &status);
  if (status)
    printf("make %s: %d\n", name, status);
  return f;
}

static void run(const char *text, int bitpix, int first, int second, long blank) {
  static int number;
  fitsfile *inputs[2] = {images[first], images[second]};
  char *tags[] = {"X", "Y"}, *paths[] = {"x", "y"}, name[40], expression[100];
  PixelFilter filter;
  int status = 0;
  memset(&filter, 0, sizeof filter);
  (void)snprintf(name, sizeof name, "result%02d.fits", number++);
  strcpy(expression, text);
  filter.count = 2;
  filter.tag = tags;
  filter.path = paths;
  filter.ifptr = inputs;
  filter.expression = expression;
  filter.bitpix = bitpix;
  filter.blank = blank;
  ffinit(&filter.ofptr, name, &status);
  fits_pixel_filter(&filter, &status);
  printf("%s: %d\n", text, status);
  ffcmsg();
  int hdus = 0, close = 0;
  if (status > 0 && status != NUM_OVERFLOW)
    ffdelt(filter.ofptr, &close);
  else {
    ffthdu(filter.ofptr, &hdus, &close);
    ffclos(filter.ofptr, &close);
  }
  if (close != 0 && status <= 0)
    printf("close %d\n", close);
}

int main(void) {
  int status = 0;
  images[I16] = make("i16.fits", 16, 2, 0, 5);
  images[F32] = make("f32.fits", -32, 2, 10, 0);
  images[U8] = make("u8.fits", 8, 2, 0, 0);
  images[I32] = make("i32.fits", 32, 2, -2, 0);
  images[F64] = make("f64.fits", -64, 2, 0.5, 0);
  images[U16] = make("u16.fits", 20, 2, 0, 0);
  images[SCALED] = make("scaled.fits", 16, 2, 0, 3);
  images[SMALL] = make("small.fits", 16, 1, 0, 0);
  ffpkyj(images[SCALED], "BSCALE", 2, NULL, &status);
  ffpkyj(images[SCALED], "BZERO", 100, NULL, &status);
  ffrdef(images[SCALED], &status);
  ffflus(images[SCALED], &status);
  run("X*2", 0, I16, F32, 0);
  run("X*2", -32, I16, F32, 0);
  run("X/2.0", 16, I16, F32, 0);
  run("X/2.0", 0, I16, F32, 0);
  run("X+Y", 0, I16, F32, 0);
  run("Y", 0, I16, F32, 0);
  run("Y", 16, I16, F32, 0);
  run("X{1}+#KEY1", 0, I16, F32, 0);
  run("X+X{-#NAXIS1}", -64, I16, F32, 0);
  run("(X{-1}+X+X{1})/3", 0, F32, F32, 0);
  run("X > 2", 0, I16, F32, 0);
  run("X > 2", 8, I16, F32, 0);
  run("X > 2 ? X : Y", 0, U8, I32, 0);
  run("X/0", 16, U8, F32, 0);
  run("X/0", 8, U8, F32, 0);
  run("X/0", 32, U8, F32, 0);
  run("X/0", -32, U8, F32, 0);
  run("X==2?#null:X", 0, U8, F32, 0);
  run("X==2?#null:X", 0, I32, F32, 0);
  run("X==2?#null:X", 0, F32, F32, 0);
  run("X*1000", 8, I16, F32, 0);
  run("X*1.5", 32, I32, F32, 0);
  run("#row+0*X", 0, I16, F32, 0);
  run("isnull(X)?1:0", 0, I16, F32, 0);
  run("defnull(X,0)", 0, I16, F32, 0);
  run("X*2", 0, F64, F32, 0);
  run("(int)X", 0, F64, F32, 0);
  run("sqrt(X)", 0, I32, F32, 0);
  run("X*2", 0, U16, F32, 0);
  run("X*2", 0, SCALED, F32, 0);
  run("X*2", -64, SCALED, F32, 0);
  run("nosuch", 0, I16, F32, 0);
  run("#nosuch", 0, I16, F32, 0);
  run("KEY1", 0, I16, F32, 0);
  run("X+", 0, I16, F32, 0);
  run("X[1]", 0, I16, F32, 0);
  run("X+Y", 0, I16, SMALL, 0);
  run("X", 7, I16, F32, 0);
  for (int i = 0; i < IMAGES; i++)
    ffclos(images[i], &status);
  printf("end %d\n", status);
  return 0;
}
