/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The grid of tiles.
 */
#include "tiled/grid.h"

#include <stdint.h>

/* Pixels of a tile. Eight bytes each make 4 GiB, the default of rf_limits.tile_bytes: a header of 64 bytes must not
 * reserve more. */
#define MAX_PIXELS ((LONGLONG)1 << 29)

int cf_grid_init(cf_grid *grid, const FITSfile *file, int *status) {
  grid->naxis = file->zndim;
  grid->count = grid->pixels = 1;
  if (grid->naxis < 1 || grid->naxis > MAX_COMPRESS_DIM)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "ZNAXIS = %d: a compressed image has 1 to 6 axes", grid->naxis);
  for (int i = 0; i < grid->naxis; i++) {
    grid->axis[i] = file->znaxis[i];
    grid->tile[i] = file->tilesize[i];
    if (grid->axis[i] < 0 || grid->tile[i] < 1)
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "axis %d has %lld pixels in tiles of %lld", i + 1, grid->axis[i],
                     grid->tile[i]);
    if (grid->tile[i] > grid->axis[i] && grid->axis[i] > 0)
      grid->tile[i] = grid->axis[i];
    grid->tiles[i] = grid->axis[i] / grid->tile[i] + (grid->axis[i] % grid->tile[i] != 0);
    if (grid->pixels > MAX_PIXELS / grid->tile[i] ||
        (grid->tiles[i] > 0 && grid->count > LONGLONG_MAX / grid->tiles[i]))
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "the tiles are too large");
    grid->pixels *= grid->tile[i];
    grid->count *= grid->tiles[i];
  }
  return *status;
}

void cf_grid_box(const cf_grid *grid, LONGLONG number, cf_box *box) {
  for (int i = 0; i < grid->naxis; i++) {
    LONGLONG at = number % grid->tiles[i];
    number /= grid->tiles[i];
    box->first[i] = at * grid->tile[i];
    LONGLONG left = grid->axis[i] - box->first[i];
    box->count[i] = left < grid->tile[i] ? left : grid->tile[i];
  }
}

LONGLONG cf_box_pixels(const cf_grid *grid, const cf_box *box) {
  LONGLONG pixels = 1;
  for (int i = 0; i < grid->naxis; i++)
    pixels *= box->count[i];
  return pixels;
}

void cf_box_shape(const cf_grid *grid, const cf_box *box, size_t *rows, size_t *columns) {
  LONGLONG pixels = cf_box_pixels(grid, box);
  *columns = 1;
  for (int i = 0; i < grid->naxis && *columns == 1; i++)
    *columns = (size_t)box->count[i];
  *rows = *columns > 0 ? (size_t)pixels / *columns : 0;
}
