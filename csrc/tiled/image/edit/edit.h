/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the calls that make and change compressed images share (FITS 10.1).
 */
#ifndef RF_TILED_IMAGE_EDIT_EDIT_H
#define RF_TILED_IMAGE_EDIT_EDIT_H

#include "table/edit.h"
#include "tiled/image/image.h"

/* ---- tiled/image/plan.c: a compression made definite for an image ---- */

typedef struct rf_tile_plan {
  rf_compression asked; /* as far as the caller's struct goes; type, quantize_level and blocksize filled in */
  const rf_tile_codec *codec;
  rf_hdu image;    /* bitpix, naxis, axes, bscale, bzero: those of the caller's struct */
  uint64_t *tile;  /* as ZTILEn is to say, NAXIS1 first */
  uint64_t ntiles; /* rows of the table */
  bool seed_open;  /* ZDITHER0 is chosen when the first tile is written */
  rf_column_spec columns[4];
  size_t ncols;
} rf_tile_plan;

/* Can an image (its bitpix, naxis, axes, bscale and bzero count) be compressed like that? `compression` may be of an
 * older and shorter kind. RF_ERR_ARGUMENT, RF_ERR_UNSUPPORTED, RF_ERR_LIMIT, with the alternative named. */
rf_status rf_tile_plan_init(rf_tile_plan *plan, const rf_compression *compression, const rf_hdu *image, rf_error *err);
void rf_tile_plan_free(rf_tile_plan *plan);

/* ---- tiled/image/edit/create.c ---- */

/* Appends the cards of the binary table, XTENSION to TFORMn; then ZIMAGE, and behind it those that say how it is
 * compressed. With `structure` ZBITPIX, ZNAXIS and ZNAXISn are among them, and ZTENSION, ZPCOUNT and ZGCOUNT of an
 * IMAGE extension; else these are the caller's to append. */
rf_status rf_tile_plan_cards(const rf_tile_plan *plan, rf_header *header, bool structure, rf_error *err);

/* Begins the HDU (rf_file_append_begin_locked), behind an empty primary one where the file has none; its header has
 * `spare` bytes (whole blocks) for cards to come. No tile is written yet: the image reads as zeros. Exclusive lock
 * held; the caller publishes it, or takes off what was begun. */
rf_status rf_tiled_image_append_locked(rf_file *file, const rf_tile_plan *plan, const rf_header *header, uint64_t spare,
                                       size_t *index, rf_error *err);

/* What rf_image_create does for a spec with a compression. */
rf_status rf_tiled_image_create(rf_file *file, const rf_image_spec *spec, size_t *index, rf_error *err);

/* rf_image_check_spec() for a spec with a compression. `image`: its facts. */
rf_status rf_tiled_image_check_spec(const rf_image_spec *spec, const rf_hdu *image, const rf_image_request *pixels,
                                    rf_error *err);

/* ---- tiled/image/edit/encode.c: values of a tile to bytes ---- */

/* What a tile has become. */
typedef struct rf_encoded_tile {
  rf_tile_form form;
  size_t bytes;
  double scale;
  double zero;
  bool nulls; /* a quantized tile with undefined pixels, */
  bool keeps; /* and the number for them that it had */
} rf_encoded_tile;

typedef struct rf_tile_encoder {
  const rf_tiled_image *tiled_image;
  rf_tile_params params;
  rf_dtype stored;
  unsigned stored_bytes;
  unsigned width;        /* of the integers that the codec gets */
  int32_t offset;        /* that is added to them: PLIO_1 of unsigned 16-bit values */
  double level;          /* of quantizing */
  rf_tile_form lossless; /* RF_ZFORM_GZIP or _RAW: where a tile goes that could not be quantized */
  int32_t null;          /* of quantized tiles */
  size_t bound;          /* room that a whole tile may take at most */
} rf_tile_encoder;

/* PLIO_1 holds no negative values, so unsigned 16-bit ones, which are stored less 32768, get that back (as cfitsio
 * does; the standard has no word on it). */
int32_t rf_tiled_image_plio_offset(const rf_tile_codec *codec, const rf_hdu *image);

/* For tiles of up to `elements` pixels. RF_ERR_UNSUPPORTED for a table that has no columns for them. */
rf_status rf_tile_encoder_init(rf_tile_encoder *encoder, const rf_tiled_image *tiled_image, const rf_tiled_state *state,
                               size_t elements, rf_error *err);

/* Rows and columns of a tile with these lengths along `naxis` axes. */
rf_tile_shape rf_tile_encode_shape(int naxis, const uint64_t *lengths, unsigned width);

/* Values of the stored type, in the byte order of the machine, to `out` (encoder->bound bytes). `integers` is scratch
 * for a whole tile; anew: reals may be quantized (else they are stored losslessly), and HCOMPRESS_1 may lose. */
rf_status rf_tile_encode_values(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape,
                                const void *values, bool anew, int32_t *integers, uint8_t *out, rf_encoded_tile *cell,
                                rf_error *err);

/* A quantized tile of which a part is written for the first time: pixels that rf_tile_encode_unwritten has marked count
 * for nothing when the noise is measured. They become zero, or nearly so, here and in `values`. */
void rf_tile_encode_unwritten(rf_dtype type, void *values, size_t count);
rf_status rf_tile_encode_begun(const rf_tile_encoder *encoder, uint64_t tile, const rf_tile_shape *shape, void *values,
                               int32_t *integers, uint8_t *out, rf_encoded_tile *cell, rf_error *err);

/* Integers that were quantized before, with the scale and zero in *cell. *fits is false when the codec cannot hold
 * them. */
rf_status rf_tile_encode_integers(const rf_tile_encoder *encoder, const rf_tile_shape *shape, const int32_t *integers,
                                  uint8_t *out, rf_encoded_tile *cell, bool *fits, rf_error *err);

/* ZDITHER0 by the values of a tile, reals of 4 or 8 bytes. */
int rf_tile_encode_seed(const void *values, size_t count, unsigned width);

/* ---- tiled/image/edit/space.c: free bytes of the heap ---- */

/* One more hole, behind those that are known. */
void rf_tile_space_append(rf_tiled_state *state, uint64_t begin, uint64_t end);
/* Takes so many bytes out of a hole; false when none is found. */
bool rf_tile_space_take(rf_tiled_state *state, uint64_t bytes, uint64_t *offset);
/* These become free, and state->used smaller where they are the last. Sorts `freed`. */
void rf_tile_space_give(rf_tiled_state *state, rf_tile_hole *freed, size_t count);

/* ---- tiled/image/edit/heap.c: rows and heap of the table ---- */

/* Where the bytes of a tile are now. */
typedef struct rf_tile_place {
  uint64_t tile;
  uint64_t offset; /* from the beginning of the heap */
  rf_encoded_tile cell;
} rf_tile_place;

/* A compressed image that is being changed. */
typedef struct rf_tile_change {
  rf_file *file;
  size_t index;
  bool *written;
  bool stale; /* the header has to be written anew */
  bool all;   /* every tile of the image was written anew */
  /* fetched again whenever the HDU has got another header or size */
  rf_hdu *hdu;
  rf_tiled_state *state; /* in the session of the HDU, which edits keep */
  rf_tiled_image *tiled_image;
  const rf_table *table;
  uint64_t gap; /* between rows and heap */
  /* rows that are put off */
  rf_tile_place *places;
  size_t place_count;
  rf_tile_hole *freed;
  size_t freed_count;
} rf_tile_change;

/* Exclusive lock held. RF_ERR_TYPE, RF_ERR_UNSUPPORTED, RF_ERR_FORMAT for what cannot be changed. Finds out how the
 * heap is used: RF_ERR_FORMAT for a descriptor that does not lie in it. */
rf_status rf_tile_change_begin(rf_tile_change *edit, rf_file *file, size_t index, bool *written, rf_error *err);

/* How rows and heap are to lie. */
typedef struct rf_tile_layout {
  uint64_t nrows;
  uint64_t length; /* of the slowest axis */
  uint64_t gap;
  uint64_t heap; /* bytes, room included */
  bool wide;     /* P descriptors become Q */
  bool fallback; /* a GZIP_COMPRESSED_DATA column comes in */
} rf_tile_layout;

/* As they lie. */
rf_tile_layout rf_tile_change_layout(const rf_tile_change *edit);

/* Makes it so, and writes the header with all that it has to say by now (TFORMn, ZBLANK, ZDITHER0). */
rf_status rf_tile_change_apply(rf_tile_change *edit, const rf_tile_layout *layout, rf_error *err);

/* Makes the heap at least `need` bytes long, `likely` where that is more, with descriptors that reach so far, and with
 * a column for tiles that cannot be quantized where `fallback` asks for one. */
rf_status rf_tile_change_reserve(rf_tile_change *edit, uint64_t need, uint64_t likely, bool fallback, rf_error *err);

/* How long a heap P descriptors can have (FITS 7.3.5): their numbers are signed to most readers. */
static inline uint64_t rf_tile_change_reach(const rf_tiled_state *state) {
  return state->reach != 0 ? state->reach : INT32_MAX;
}

/* At the end of a change. Where every tile was written no room is left; else what can be put off until the file is
 * closed is. */
rf_status rf_tile_change_finish(rf_tile_change *edit, rf_error *err);

/* Writes the rows of `count` tiles, in ascending order: each is switched at once. `blank`: there is nothing in them
 * that has to stay. */
rf_status rf_tile_change_put_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count, bool blank,
                                  rf_error *err);

/* The same, but put off: the rows go to the file with the next rf_tile_change_apply, at one with what that does.
 * `freed` is free then. */
rf_status rf_tile_change_defer_rows(rf_tile_change *edit, const rf_tile_place *places, size_t count,
                                    const rf_tile_hole *freed, size_t freed_count, rf_error *err);
void rf_tile_change_end(rf_tile_change *edit);

/* With durable writes: what was written so far is in the file before what comes. */
rf_status rf_tile_change_barrier(const rf_tile_change *edit, rf_error *err);

/* ---- tiled/image/edit/write.c ---- */

/* Takes values of the stored type, in the byte order of the machine, for elements at, at + stride, ... of a tile. */
typedef struct rf_tile_canvas rf_tile_canvas;
void rf_tile_canvas_put(rf_tile_canvas *canvas, size_t at, ptrdiff_t stride, const void *values, size_t count);

/* Tiles to write, and what is to be in them. */
typedef struct rf_tile_source {
  uint64_t count;
  uint64_t (*tile)(const void *context, uint64_t i); /* ascending */
  /* Does nothing of what is there stay? *ready may become the values where they lie ready, aligned for their type. */
  bool (*whole)(const void *context, uint64_t i, const void **ready);
  void (*put)(const void *context, uint64_t i, size_t elements, rf_tile_canvas *canvas);
  const void *context;
  uint64_t length; /* 0, or the new length of these tiles along the slowest axis: they get longer, with zeros, and `put`
                      is not called */
  unsigned threads; /* rf_image_request.threads */
} rf_tile_source;

/* Encodes and writes them; rf_tile_change_finish has to follow. */
rf_status rf_tile_change_write(rf_tile_change *edit, const rf_tile_source *source, rf_error *err);

/* Checks the values of `pixels` for an image that `codec` compresses. RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT. */
rf_status rf_tile_check_values(const rf_tile_codec *codec, bool quantized, const rf_hdu *image,
                               const rf_image_request *pixels, rf_error *err);

/* rf_image_ops.write and .check. */
rf_status rf_tiled_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err);
rf_status rf_tiled_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err);

/* ---- tiled/image/edit/extend.c ---- */

rf_status rf_tiled_image_extend_locked(rf_file *file, size_t index, uint64_t length, bool *written, rf_error *err);

#endif
