/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cells of one column of a batch: where they are read to, and their Arrow array.
 */
#ifndef RF_ARROW_CELLS_H
#define RF_ARROW_CELLS_H

#include "arrow/array.h"
#include "arrow/source.h"

typedef struct rf_arrow_cells {
  const rf_arrow_field *field;
  uint64_t count;                                    /* values: of all cells */
  size_t value_bytes;                                /* of one where it is read to */
  rf_arrow_block *block;                             /* with the buffers; counted */
  rf_arrow_block *text;                              /* NULL, or the strings as UTF-8; counted */
  uint64_t values_at, offsets_at, bits_at, valid_at; /* in `block` */
  uint64_t mask_at, stage_at;                        /* in the stage: masks, bools as bytes, narrower numbers */
  uint8_t *mask, *stage;
  uint64_t nulls;
  /* variable: of each row, and their places in the heap */
  uint64_t *lengths;
  uint64_t *offsets;
} rf_arrow_cells;

/* Adds what `count` values need to the sizes of the block and of the stage. Returns false on overflow. */
bool rf_arrow_cells_reserve(rf_arrow_cells *cells, uint64_t count, uint64_t *block, uint64_t *stage);

/* Sets the block and the stage. */
void rf_arrow_cells_place(rf_arrow_cells *cells, rf_arrow_block *block, uint8_t *stage);

/* Returns where the cells are read to. */
void *rf_arrow_cells_target(const rf_arrow_cells *cells);

/* Makes the buffers from the cells that were read. */
rf_status rf_arrow_cells_finish(rf_arrow_cells *cells, rf_error *err);

/* Makes the array of `rows` rows. On failure the array may be partly made and is released by its parent. */
rf_status rf_arrow_cells_export(const rf_arrow_cells *cells, uint64_t rows, struct ArrowArray *array, rf_error *err);

/* Drops the blocks. */
void rf_arrow_cells_free(rf_arrow_cells *cells);

#endif
