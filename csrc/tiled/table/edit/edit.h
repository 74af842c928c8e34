/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a compressed table: the future table and its new streams, all made before anything is written.
 */
#ifndef RF_TILED_TABLE_EDIT_EDIT_H
#define RF_TILED_TABLE_EDIT_EDIT_H

#include "file/hdu.h"
#include "table/rows/selection.h"
#include "table/table.h"
#include "tiled/table/table.h"

/* rf_hdu_ops.flush: removes spare room. */
rf_status rf_tiled_table_flush(rf_file *file, rf_hdu *hdu, bool *written, rf_error *err);

/* The place of the stream of one column of one tile. */
typedef struct rf_tile_stream {
  uint64_t n;
  uint64_t at;
  size_t blob; /* 0: in the file; else the number of a blob of the edit, not written yet */
} rf_tile_stream;

/* Bytes to write to the heap. */
typedef struct rf_tile_blob {
  uint8_t *bytes;
  size_t n;
  uint64_t at;
  bool placed;
} rf_tile_blob;

/* Bytes in the heap of a stream that was replaced. */
typedef struct rf_tile_freed {
  uint64_t at;
  uint64_t n;
  size_t blob; /* the blob in its place, 0: none */
  bool shared; /* other descriptors may point there */
} rf_tile_freed;

/* An extent of the heap that moves down. */
typedef struct rf_tile_move {
  uint64_t begin;
  uint64_t end;
  uint64_t to;
} rf_tile_move;

typedef struct rf_tiled_table_edit {
  /* the present table */
  rf_file *file;
  size_t index;
  rf_hdu *hdu;
  const rf_table *raw;
  const rf_tiled_table *z;
  /* the future table */
  rf_header *plain; /* of the table in the tiles */
  rf_table *table;  /* parsed from `plain` */
  rf_zcmptype *types;
  uint64_t tile_rows;
  uint64_t ntiles;
  int level;
  rf_tile_stream *streams; /* ntiles * table->info.ncols, those of a tile side by side */
  uint64_t heap;           /* bytes of the heap */
  uint64_t gap;            /* between rows and heap */
  rf_tile_blob *blobs;     /* number 1 is blobs[0] */
  size_t blob_count;
  size_t blob_room;
  rf_tile_freed *freed;
  size_t freed_count;
  size_t freed_room;
  const rf_tile_move *moves; /* NULL: the heap does not move */
  size_t move_count;
  const rf_row_selection *deleted; /* NULL, or the rows of the present table that are deleted; ascending */
} rf_tiled_table_edit;

/* Begins and ends an edit. Exclusive lock held. The caller calls rf_tiled_table_edit_end() after a failure, too. */
rf_status rf_tiled_table_edit_begin(rf_tiled_table_edit *edit, rf_file *file, size_t index, rf_error *err);
void rf_tiled_table_edit_end(rf_tiled_table_edit *edit);

/* Parses edit->plain again after a change, and resizes the streams. The streams of column i become those of old column
 * from[i], or empty where it is SIZE_MAX. NULL: columns stay. New tiles have empty streams. */
rf_status rf_tiled_table_edit_refresh(rf_tiled_table_edit *edit, const size_t *from, rf_error *err);

/* Takes ownership of `bytes` (rf_alloc()), also on failure, and gets the number of their blob. `place`: puts it at the
 * end of the heap. */
rf_status rf_tiled_table_edit_blob(rf_tiled_table_edit *edit, uint8_t *bytes, size_t n, bool place, size_t *blob,
                                   rf_error *err);

/* Makes blob number `blob` the stream of a column of a tile. */
rf_status rf_tiled_table_edit_set(rf_tiled_table_edit *edit, uint64_t tile, size_t column, size_t blob, rf_error *err);

/* Writes the edit. */
rf_status rf_tiled_table_edit_commit(rf_tiled_table_edit *edit, bool *written, rf_error *err);

/* Returns the rows of tile `tile` in the future and in the present table (0: no such tile). */
static inline uint64_t rf_tiled_table_edit_rows(const rf_tiled_table_edit *edit, uint64_t tile) {
  uint64_t left = edit->table->info.nrows - tile * edit->tile_rows;
  return left < edit->tile_rows ? left : edit->tile_rows;
}
static inline uint64_t rf_tiled_table_edit_old_rows(const rf_tiled_table_edit *edit, uint64_t tile) {
  return tile < edit->z->ntiles ? rf_tiled_table_rows(edit->z, tile) : 0;
}

#endif
