/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images (FITS 10.1): a binary table whose rows are the tiles of an image. What the header says, where tiles
 * lie, and how one becomes pixels. Reading and writing of sections are in files of their own.
 */
#ifndef RF_TILED_IMAGE_IMAGE_H
#define RF_TILED_IMAGE_IMAGE_H

#include <stdatomic.h>

#include "value/convert.h"
#include "image/ops.h"
#include "table/table.h"
#include "tiled/cache.h"
#include "tiled/ops.h"
#include "codec/codec.h"
#include "codec/quantize/quantize.h"

/* Columns by meaning; -1: there is none. Numbers are those of the binary table. */
typedef struct rf_tile_columns {
  int data;  /* COMPRESSED_DATA */
  int gzip;  /* GZIP_COMPRESSED_DATA */
  int raw;   /* UNCOMPRESSED_DATA */
  int scale; /* ZSCALE */
  int zero;  /* ZZERO */
  int null;  /* ZBLANK */
} rf_tile_columns;

/* Made when first asked for and kept with the entry until that changes; immutable but for the cache, which has a lock
 * of its own. */
typedef struct rf_tiled_image {
  rf_hdu image; /* the image that the HDU stands for: kind, bitpix, axes (NAXIS1 first), bscale, bzero, blank */
  const rf_tile_codec *codec;
  rf_tile_params params;
  rf_tile_columns columns;
  uint64_t *ztile;      /* lengths of a tile as ZTILEn says, NAXIS1 first */
  uint64_t *tile;       /* the same, none longer than its axis (but of an axis without elements) */
  uint64_t *counts;     /* tiles along each axis, NAXIS1 first */
  uint64_t ntiles;      /* their product; the table has as many rows */
  size_t tile_elements; /* of a whole tile */
  bool quantized;       /* ZSCALE and ZZERO apply: reals are integers in the tiles */
  double scale;         /* ZSCALE and ZZERO as keywords, where there is no column */
  double zero;
  rf_dither dither;
  bool odd_quantiz; /* ZQUANTIZ is nothing that anybody knows */
  int seed;
  bool has_null; /* ZBLANK (or, of integer images, BLANK) as a keyword */
  int64_t null;
  bool blank_outside;    /* BLANK or ZBLANK, which is `null`, is no value of an image of that ZBITPIX: not used */
  bool blank_made;       /* there is no BLANK: image.blank comes from a column ZBLANK, whose rows may differ */
  atomic_bool blank_met; /* ... and a defined pixel of another row has that value */
  float *random;         /* of the dither, NULL for none */
  /* Facts that only matter to those who ask how the image is compressed. */
  double hcomp_scale;    /* ZVALn of SCALE */
  double quantize_level; /* ZVALn of NOISEBIT */
  char heap_format;      /* 'P' or 'Q' */
  /* What tiled/image/rows.c needs of a row of the table: these bytes of it; and the rows, kept where they are few. */
  uint64_t row_low;
  uint64_t row_span;
  _Atomic(uint8_t *) kept_rows;
  rf_tile_cache *cache;
} rf_tiled_image;

/* tiled/image/image.c: that of HDU `index`. `lock` held either way; valid as long as it is. RF_ERR_TYPE when the HDU is
 * no compressed image; RF_ERR_FORMAT, RF_ERR_UNSUPPORTED when it cannot be made out. */
rf_status rf_tiled_image_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_tiled_image **tiled_image, rf_error *err);
void rf_tiled_image_free(rf_tiled_image *tiled_image);
/* For a writer that changes rows or tiles and leaves the entry as it is: drops what is kept of them. Exclusive lock. */
void rf_tiled_image_changed(rf_tiled_image *tiled_image);

/* tiled/image/edit/space.c: forgets all holes in the heap. */
void rf_tile_space_clear(rf_tiled_state *state);

/* "tile 12 (RICE_1): " before the message of a failure. Gives err->code, or `status` when err is NULL. */
rf_status rf_tiled_image_add_context(const rf_tiled_image *tiled_image, uint64_t tile, rf_error *err, rf_status status);

/* Where tile `tile` lies in the image: first pixel and length along each axis, NAXIS1 first. `first` and `count` have
 * room for naxis numbers. Gives the number of elements. */
size_t rf_tile_bounds(const rf_tiled_image *tiled_image, uint64_t tile, uint64_t *first, uint64_t *count);

/* Which form the bytes of a tile have. */
typedef enum rf_tile_form {
  RF_ZFORM_EMPTY, /* no bytes at all: never written; its pixels are zero */
  RF_ZFORM_DATA,  /* by the codec */
  RF_ZFORM_GZIP,  /* the values themselves, by gzip: a tile that could not be quantized */
  RF_ZFORM_RAW    /* the values themselves */
} rf_tile_form;

/* One row of the table, and where the bytes of its tile are. */
typedef struct rf_tile_row {
  rf_tile_form form;
  uint64_t offset; /* of the bytes, in the file */
  uint64_t bytes;
  double scale; /* of this tile: column or keyword */
  double zero;
  bool has_null;
  int64_t null;
} rf_tile_row;

/* tiled/image/rows.c: the rows of `count` listed tiles, by one read_many. Every descriptor is held against the heap:
 * RF_ERR_FORMAT that names the tile. */
rf_status rf_tiled_image_rows(rf_file *file, const rf_hdu *hdu, const rf_tiled_image *tiled_image,
                              const uint64_t *tiles, size_t count, rf_tile_row *rows, rf_error *err);

/* tiled/image/tile.c: the bytes of a tile to its stored values in the byte order of the machine (type
 * rf_convert_stored_type(image.bitpix)), rf_tile_bounds() elements. `integers` not NULL: quantized values are left
 * integers (int32_t), and *integers says whether they were. room: scratch for a tile, 8 bytes an element. Errors name
 * tile and codec. */
rf_status rf_tiled_image_decode(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                const uint8_t *bytes, void *values, void *room, bool *integers, rf_error *err);

/* Bytes that rf_tiled_image_decode needs at `room` for a tile of so many pixels. */
size_t rf_tiled_image_room(const rf_tiled_image *tiled_image, const rf_tile_row *row, size_t pixels);

/* All memory that decoding a tile takes: its values, the room, and what the codec reserves. */
uint64_t rf_tiled_image_peak(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row);

/* Before memory for a tile is reserved: RF_ERR_CODEC when so few bytes cannot hold so many pixels, RF_ERR_LIMIT when
 * decoding the tile takes more than `limit` bytes and the caller reads fewer bytes (`wanted`) than the tile has. */
rf_status rf_tiled_image_check_size(const rf_tiled_image *tiled_image, uint64_t tile, const rf_tile_row *row,
                                    uint64_t wanted, uint64_t limit, rf_error *err);

/* tiled/image/header.c: the header of the image that a compressed HDU stands for, from the one it has; `first`: the HDU
 * is to be the first of a file (SIMPLE). And what an edited one makes of the old. */
rf_status rf_tiled_image_plain_header(const rf_header *header, bool first, rf_header **plain, rf_error *err);
/* Appends to the image's header the BLANK that an image of integers has by ZBLANK alone. Not for sums: the image that
 * was packed had none. `lock` held either way. */
rf_status rf_tiled_image_add_blank(rf_file *file, size_t index, const rf_header *header, rf_header *plain,
                                   rf_error *err);
/* Would a card of an image say something about the table that holds it, or its compression? */
bool rf_tiled_image_table_card(const char card[RF_CARD_BYTES]);
rf_status rf_tiled_header_merge(const rf_header *old_header, const rf_header *plain, rf_header **merged, rf_error *err);

#endif
