/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes a map with libchealpix, and reads it again.
 */
#include <chealpix.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  long nside = 8, count = 12 * 64, got;
  char coordinates[16], ordering[16];
  float *map = malloc(count * sizeof *map);
  for (long i = 0; i < count; i++)
    map[i] = (float)i / 3;
  write_healpix_map(map, nside, "map.fits", 0, "G");
  float *back = read_healpix_map("map.fits", &got, coordinates, ordering);
  printf("%ld %s %s %g\n", got, coordinates, ordering, back ? back[100] : -1);
  printf("%ld\n", get_fits_size("map.fits", &got, ordering));
  free(map), free(back);
  return 0;
}
