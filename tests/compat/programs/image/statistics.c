/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Statistics of images in memory. The values change everywhere: CFITSIO mixes in old numbers where they do not.
 */
#include <fitsio.h>

#include "../shared/mutate.h"

static int ints[10000];
static short shorts[10000];
static float floats[10000];

static void show(long nx, long ny, int nullcheck, int null) {
  long good = -7;
  int imin = -7, imax = -7, status = 0;
  short smin = -7, smax = -7;
  float fmin = -7, fmax = -7;
  double v[6] = {-7, -7, -7, -7, -7, -7};
  fits_img_stats_int(ints, nx, ny, nullcheck, null, &good, &imin, &imax, &v[0], &v[1], &v[2], &v[3], &v[4], &v[5],
                     &status);
  printf("int %ld %ld %d: %ld %d %d %.9g %.9g %.9g %.9g %.9g %.9g %d\n", nx, ny, nullcheck, good, imin, imax, v[0],
         v[1], v[2], v[3], v[4], v[5], status);
  fits_img_stats_short(shorts, nx, ny, nullcheck, (short)null, &good, &smin, &smax, &v[0], &v[1], &v[2], &v[3], &v[4],
                       &v[5], &status);
  printf("short %ld %d %d %.9g %.9g %.9g %.9g %.9g %.9g %d\n", good, smin, smax, v[0], v[1], v[2], v[3], v[4], v[5],
         status);
  fits_img_stats_float(floats, nx, ny, nullcheck, (float)null, &good, &fmin, &fmax, &v[0], &v[1], &v[2], &v[3], &v[4],
                       &v[5], &status);
  printf("float %ld %.9g %.9g", good, (double)fmin, (double)fmax);
  for (int i = 0; i < 6; i++)
    printf(" %.5g", v[i]);
  printf(" %d\n", status);
  fits_img_stats_int(ints, nx, ny, nullcheck, null, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status);
  v[3] = -7;
  fits_img_stats_int(ints, nx, ny, nullcheck, null, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &v[3], NULL, &status);
  printf("%.9g %d\n", v[3], status);
}

int main(void) {
  static const long widths[] = {0, 1, 2, 3, 4, 8, 9, 10, 17, 100}, heights[] = {0, 1, 2, 3, 8, 9, 50};
  static const int spreads[] = {500, 5000, 30000};
  for (size_t s = 0; s < sizeof spreads / sizeof *spreads; s++) {
    for (int i = 0; i < 10000; i++) {
      ints[i] = (int)random_below((unsigned)spreads[s]) - spreads[s] / 3 + 1000000 * (i % 997 == 5);
      if (i > 1 && ints[i] == ints[i - 1])
        ints[i]++;
      shorts[i] = (short)ints[i];
      floats[i] = (float)ints[i] * 0.37F;
    }
    for (size_t x = 0; x < sizeof widths / sizeof *widths; x++)
      for (size_t y = 0; y < sizeof heights / sizeof *heights; y++)
        for (int nullcheck = 0; nullcheck <= 1; nullcheck++)
          show(widths[x], heights[y], nullcheck, 7);
  }
  for (int i = 0; i < 30; i++) {
    ints[i] = i % 3 == 0 ? 1073741800 - i : i % 3 == 1 ? -1073741800 + i : i;
    shorts[i] = (short)(i % 2 == 0 ? 16380 - i : -16380 + i);
    floats[i] = i % 2 == 0 ? 1e10F : 1e-10F * (float)i;
  }
  show(30, 1, 0, 0);
  show(10, 3, 1, 1073741800);
  for (int i = 0; i < 30; i++)
    ints[i] = shorts[i] = 5, floats[i] = 5;
  show(10, 3, 0, 0);
  show(10, 3, 1, 5);
  return 0;
}
