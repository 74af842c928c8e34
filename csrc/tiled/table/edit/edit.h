/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a compressed table: the table as it will be, and the streams that change, all made before anything is
 * written.
 */
#ifndef RF_TILED_TABLE_EDIT_EDIT_H
#define RF_TILED_TABLE_EDIT_EDIT_H

#include "tiled/table/table.h"

/* Where the stream of one column of one tile is. */
typedef struct rf_tile_stream {
  uint64_t n;
  uint64_t at;
  size_t blob; /* 0: in the file; else it is that one of the edit, and not there yet */
} rf_tile_stream;

/* Bytes to be written to the heap. */
typedef struct rf_tile_blob {
  uint8_t *bytes;
  size_t n;
  uint64_t at;
  bool placed;
} rf_tile_blob;

/* Bytes of the heap that a stream had which is no more. */
typedef struct rf_tile_freed {
  uint64_t at;
  uint64_t n;
  size_t blob; /* what took its place, 0: nothing */
  bool shared; /* somebody else may point there */
} rf_tile_freed;

/* A stretch of the heap that goes down to another place. */
typedef struct rf_tile_move {
  uint64_t begin;
  uint64_t end;
  uint64_t to;
} rf_tile_move;

typedef struct rf_tiled_table_edit {
  /* as it is */
  rf_file *file;
  size_t index;
  rf_hdu *hdu;
  const rf_table *raw;
  const rf_tiled_table *z;
  /* as it will be */
  rf_header *plain; /* of the table it stands for */
  rf_table *table;  /* what that says */
  rf_zcmptype *types;
  uint64_t tile_rows;
  uint64_t ntiles;
  int level;
  rf_tile_stream *streams; /* ntiles * table->info.ncols, those of a tile side by side */
  uint64_t heap;           /* bytes of it */
  uint64_t gap;            /* between rows and heap */
  rf_tile_blob *blobs;     /* number 1 is blobs[0] */
  size_t blob_count;
  size_t blob_room;
  rf_tile_freed *freed;
  size_t freed_count;
  size_t freed_room;
  const rf_tile_move *moves; /* NULL: the heap stays as it is */
  size_t move_count;
  const rf_row_selection
      *gone; /* NULL, or rows of the table as it is that are not in the one as it will be; ascending */
} rf_tiled_table_edit;

/* ---- tiled/table/edit/edit.c ---- */

/* Exclusive lock held. rf_tiled_table_edit_end also after a failure. */
rf_status rf_tiled_table_edit_begin(rf_tiled_table_edit *edit, rf_file *file, size_t index, rf_error *err);
void rf_tiled_table_edit_end(rf_tiled_table_edit *edit);

/* After a change of edit->plain: edit->table anew, and streams for as many tiles and columns. Those of column i are
 * those of old column from[i], which may be SIZE_MAX; NULL: as before. New ones are empty. */
rf_status rf_tiled_table_edit_refresh(rf_tiled_table_edit *edit, const size_t *from, rf_error *err);

/* Takes bytes (rf_alloc) over, also on failure; *blob is their number. At the end of the heap, when `place` says so. */
rf_status rf_tiled_table_edit_blob(rf_tiled_table_edit *edit, uint8_t *bytes, size_t n, bool place, size_t *blob,
                                   rf_error *err);

/* The stream of a column of a tile is that blob. */
rf_status rf_tiled_table_edit_set(rf_tiled_table_edit *edit, uint64_t tile, size_t column, size_t blob, rf_error *err);

/* Writes all of it. */
rf_status rf_tiled_table_edit_commit(rf_tiled_table_edit *edit, bool *written, rf_error *err);

/* Rows of tile `tile` as they will be, and as they are (0: no such tile). */
static inline uint64_t rf_tiled_table_edit_rows(const rf_tiled_table_edit *edit, uint64_t tile) {
  uint64_t left = edit->table->info.nrows - tile * edit->tile_rows;
  return left < edit->tile_rows ? left : edit->tile_rows;
}
static inline uint64_t rf_tiled_table_edit_old_rows(const rf_tiled_table_edit *edit, uint64_t tile) {
  return tile < edit->z->ntiles ? rf_tiled_table_rows(edit->z, tile) : 0;
}

/* ---- tiled/table/edit/write.c ---- */

/* What becomes of one column of one tile. */
typedef struct rf_tile_job {
  uint64_t tile;
  size_t column;
  rf_table_tile_part part; /* rows of the walk that are in it, count 0: none */
  const rf_row_step *step; /* how they are written, NULL: not at all */
  uint8_t *bytes;          /* the stream, once made */
  size_t n;
} rf_tile_job;

/* Makes the streams and hands them to the edit. The walk and its order are those of `tiles`. */
rf_status rf_tiled_table_edit_run(rf_tiled_table_edit *edit, rf_tile_job *jobs, size_t count,
                                  const rf_table_tiles *tiles, rf_error *err);

/* All columns of tiles first .. end-1 become zeros (of tiles that are new). `skip` (may be NULL) has columns to leave
 * out. */
rf_status rf_tiled_table_edit_zeros(rf_tiled_table_edit *edit, uint64_t first, uint64_t end, const bool *skip,
                                    rf_error *err);

/* The calls of rustfits.h on a compressed table; exclusive lock held. */
rf_status rf_tiled_table_write(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *requests,
                               size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_resize(rf_file *file, size_t index, uint64_t nrows, bool *written, rf_error *err);
rf_status rf_tiled_table_append(rf_file *file, size_t index, uint64_t nrows, const rf_column_request *requests,
                                size_t count, bool *written, rf_error *err);
rf_status rf_tiled_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, bool *written, rf_error *err);

/* ---- tiled/table/cells.c ---- */

/* New cells of one column with descriptors. */
typedef struct rf_tile_cells {
  size_t column;
  const rf_row_selection *selection;
  const uint64_t *lengths;
  uint64_t offset; /* of the first one in the heap of the table */
  /* Elements of cell i in file order. `begin`: elements (of raw bits: bytes) of the cells before. */
  rf_status (*make)(void *context, uint64_t i, uint64_t begin, uint8_t *out, rf_error *err);
  void *context;
  bool raw_bits;         /* lengths are bits, `begin` counts bytes */
  const uint8_t *fields; /* NULL, or descriptors to keep as they are, `stride` bytes from one to the next */
  size_t stride;
} rf_tile_cells;

/* edit->plain says already what form the column has. */
rf_status rf_tiled_table_edit_cells(rf_tiled_table_edit *edit, const rf_tile_cells *cells, rf_error *err);

/* ---- tiled/table/columns.c ---- */

/* `plain` is the header with the column put in before number `position`, or without it. */
rf_status rf_tiled_table_insert(rf_file *file, size_t index, const rf_header *plain, size_t position, bool *written,
                                rf_error *err);
rf_status rf_tiled_table_delete(rf_file *file, size_t index, const rf_header *plain, size_t column, bool *written,
                                rf_error *err);

/* ---- tiled/table/edit/repack.c ---- */

rf_status rf_tiled_table_repack(rf_file *file, size_t index, uint64_t *freed, bool *written, rf_error *err);

/* ---- tiled/table/edit/create.c ---- */

/* Begins a compressed table of zeros by the header of what it stands for, with room for `reserve` more cards. Exclusive
 * lock held; the caller publishes it, or takes off what was begun. */
rf_status rf_tiled_table_create(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                uint32_t reserve, size_t *index, rf_error *err);

/* The same with empty streams, and `spare` bytes (whole blocks) of header for cards to come. */
rf_status rf_tiled_table_append_hdu(rf_file *file, const rf_header *plain, const rf_table_compression *compression,
                                    uint64_t spare, size_t *index, rf_error *err);

#endif
