/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tiles of a compressed image: how many, which pixels. Numbers of tiles, axes and pixels are 0-based here.
 */
#ifndef CF_TILED_GRID_H
#define CF_TILED_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct cf_grid {
  int naxis;
  LONGLONG axis[MAX_COMPRESS_DIM];
  LONGLONG tile[MAX_COMPRESS_DIM];
  LONGLONG tiles[MAX_COMPRESS_DIM]; /* along each axis */
  LONGLONG count;                   /* of tiles */
  LONGLONG pixels;                  /* of the largest tile */
} cf_grid;

/* Pixels of one tile, or of the part of it that a section covers. */
typedef struct cf_box {
  LONGLONG first[MAX_COMPRESS_DIM]; /* in the image */
  LONGLONG count[MAX_COMPRESS_DIM];
} cf_box;

/* Takes the grid from the members of FITSfile, which may come from anywhere. DATA_DECOMPRESSION_ERR for what cannot be.
 */
int cf_grid_init(cf_grid *grid, const FITSfile *file, int *status);

/* Gets the pixels of tile `number`. */
void cf_grid_box(const cf_grid *grid, LONGLONG number, cf_box *box);

/* Returns the pixels of a box. */
LONGLONG cf_box_pixels(const cf_grid *grid, const cf_box *box);

/* Gets rows and columns of a tile, as the codecs see them: columns is the fastest axis that is longer than 1. */
void cf_box_shape(const cf_grid *grid, const cf_box *box, size_t *rows, size_t *columns);

#endif
