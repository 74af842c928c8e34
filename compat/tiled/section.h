/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A section of an image, and its parts in each tile.
 */
#ifndef CF_TILED_SECTION_H
#define CF_TILED_SECTION_H

#include "tiled/grid.h"

/* Pixel k along an axis is first + k * step, 0-based; step is not 0. */
typedef struct cf_section {
  LONGLONG first[MAX_COMPRESS_DIM];
  LONGLONG step[MAX_COMPRESS_DIM];
  LONGLONG count[MAX_COMPRESS_DIM];
  LONGLONG total;
} cf_section;

/* The pixels of a section in one tile: k = from[axis] ... from[axis] + count[axis] - 1. */
typedef struct cf_part {
  LONGLONG number; /* of the tile */
  cf_box box;
  LONGLONG from[MAX_COMPRESS_DIM];
  LONGLONG count[MAX_COMPRESS_DIM];
  bool whole; /* all pixels of the tile, in order */
} cf_part;

/* Checks a section. Positions are 1-based; step may be NULL. BAD_PIX_NUM. */
int cf_section_init(cf_section *section, const cf_grid *grid, const LONGLONG *first, const LONGLONG *last,
                    const long *step, int *status);

/* The tiles that a section touches, one after the other. */
typedef struct cf_walk {
  const cf_grid *grid;
  const cf_section *section;
  LONGLONG low[MAX_COMPRESS_DIM]; /* tiles along each axis */
  LONGLONG high[MAX_COMPRESS_DIM];
  LONGLONG at[MAX_COMPRESS_DIM];
  bool done;
} cf_walk;

void cf_walk_begin(cf_walk *walk, const cf_grid *grid, const cf_section *section);

/* Gets the next tile with pixels of the section. False: there is none. */
bool cf_walk_next(cf_walk *walk, cf_part *part);

/* Runs of pixels along axis 0 of a part. */
typedef struct cf_run {
  LONGLONG inner; /* first pixel in the tile */
  LONGLONG outer; /* first element in the section */
} cf_run;

/* Gets run `index` of a part, from 0 on: there are cf_part_runs(). */
LONGLONG cf_part_runs(const cf_grid *grid, const cf_part *part);
void cf_part_run(const cf_grid *grid, const cf_section *section, const cf_part *part, LONGLONG index, cf_run *run);

#endif
