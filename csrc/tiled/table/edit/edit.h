/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a compressed table: the table as it will be, and the streams that change, all made before anything is
 * written.
 */
#ifndef RF_TILED_TABLE_EDIT_EDIT_H
#define RF_TILED_TABLE_EDIT_EDIT_H

#include "file/hdu.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/table.h"

rf_status rf_tiled_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

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

#endif
