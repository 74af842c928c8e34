/* SPDX-License-Identifier: BSD-3-Clause
 *
 * regfilter(): rows of a table whose positions lie in a region, in pixels and on the sky.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#define ROWS 40

static void write_text(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  fputs(text, file);
  fclose(file);
}

static fitsfile *make(void) {
  char *names[] = {"X", "Y", "RA", "DEC", "V"}, *forms[] = {"1D", "1D", "1D", "1D", "2D"};
  double x[ROWS], y[ROWS], v[2 * ROWS];
  fitsfile *f = NULL;
  int status = 0;
  for (int i = 0; i < ROWS; i++) {
    x[i] = i % 8 * 10 + 0.25;
    y[i] = i / 8 * 15 + 0.5;
    v[2 * i] = x[i];
    v[2 * i + 1] = y[i];
  }
  ffinit(&f, "table.fits", &status);
  ffcrtb(f, BINARY_TBL, ROWS, 5, names, forms, NULL, "EVENTS", &status);
  ffpkys(f, "TCTYP1", "RA---TAN", "", &status);
  ffpkys(f, "TCTYP2", "DEC--TAN", "", &status);
  ffpkyd(f, "TCRVL1", 150, 10, "", &status);
  ffpkyd(f, "TCRVL2", 20, 10, "", &status);
  ffpkyd(f, "TCRPX1", 40, 10, "", &status);
  ffpkyd(f, "TCRPX2", 30, 10, "", &status);
  ffpkyd(f, "TCDLT1", -0.01, 10, "", &status);
  ffpkyd(f, "TCDLT2", 0.01, 10, "", &status);
  ffpcl(f, TDOUBLE, 1, 1, 1, ROWS, x, &status);
  ffpcl(f, TDOUBLE, 2, 1, 1, ROWS, y, &status);
  ffpcl(f, TDOUBLE, 3, 1, 1, ROWS, x, &status);
  ffpcl(f, TDOUBLE, 4, 1, 1, ROWS, y, &status);
  ffpcl(f, TDOUBLE, 5, 1, 1, 2 * ROWS, v, &status);
  printf("make: %d\n", status);
  return f;
}

int main(void) {
  static const char *const expressions[] = {
      "regfilter('circle.reg')",
      "regfilter(\"circle.reg\",X,Y)",
      "regfilter('circle.reg',RA,DEC)",
      "regfilter('circle.reg',X/2,Y/2)",
      "regfilter('circle.reg',X+1,Y,'X Y')",
      "regfilter('circle.reg',X+RA,Y,'X,Y')",
      "regfilter('several.reg',X,Y)",
      "!regfilter('several.reg',X,Y) && X > 20",
      "regfilter('sky.reg',X,Y)",
      "regfilter('sky.reg')",
      "regfilter('none.reg',X,Y)",
      "regfilter('bad.reg',X,Y)",
      "regfilter('circle.reg',X)",
      "regfilter('circle.reg','X','Y')",
  };
  char expression[100], good[ROWS];
  fitsfile *f = make();
  int status = 0;
  write_text("circle.reg", "circle(30,30,20)\n");
  write_text("several.reg",
             "# text\nbox(30,30,40,20,30)\n-circle(30,30,5)\nellipse(60,40,20,10,45)\npolygon(0,0,20,0,10,20)\n");
  write_text("sky.reg", "fk5;circle(150.0,20.0,0.2d)\n");
  write_text("bad.reg", "nonsense(1,2,3)\n");
  for (size_t i = 0; i < sizeof expressions / sizeof expressions[0]; i++) {
    long count = 0;
    status = 0;
    strcpy(expression, expressions[i]);
    fffrow(f, expression, 1, ROWS, &count, good, &status);
    printf("%s: %d %ld:", expression, status, count);
    for (int k = 0; status == 0 && k < ROWS; k++)
      printf("%s%d", k % 8 ? "" : " ", good[k]);
    printf("\n");
    ffcmsg();
  }
  status = 0;
  ffclos(f, &status);
  printf("closed %d\n", status);
  return 0;
}
