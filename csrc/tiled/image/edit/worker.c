/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Encodes the tiles of a batch, each on one thread.
 */
#include "tiled/image/edit/worker.h"

#include <string.h>

#include "base/memory.h"
#include "codec/deflate.h"
#include "codec/quantize/quantize.h"
#include "tiled/image/image.h"
#include "tiled/image/tile.h"

#define ZEROS 512

struct rf_tile_canvas {
  uint8_t *values; /* of the stored type */
  unsigned width;
  int32_t *integers; /* not NULL: values are quantized to these */
  const rf_quantum *quantum;
  bool fits;
};

/* ---- pixels ---- */

static void scatter(rf_tile_canvas *canvas, size_t at, ptrdiff_t stride, const uint8_t *values, size_t count) {
  uint8_t *to = canvas->values + at * canvas->width;
  ptrdiff_t step = stride * (ptrdiff_t)canvas->width;
  if (stride == 1) {
    memcpy(to, values, count * canvas->width);
    return;
  }
  for (size_t i = 0; i < count; i++, values += canvas->width)
    memcpy(to + (ptrdiff_t)i * step, values, canvas->width);
}

static bool requantize(rf_tile_canvas *canvas, size_t at, const uint8_t *values, size_t count) {
  if (canvas->width == 4)
    return rf_requantize_f32(canvas->quantum, at, (const float *)(const void *)values, count, canvas->integers + at);
  return rf_requantize_f64(canvas->quantum, at, (const double *)(const void *)values, count, canvas->integers + at);
}

void rf_tile_canvas_put(rf_tile_canvas *canvas, size_t at, ptrdiff_t stride, const void *values, size_t count) {
  const uint8_t *bytes = values;
  if (canvas->integers == NULL) {
    scatter(canvas, at, stride, bytes, count);
    return;
  }
  size_t each = stride == 1 ? count : 1;
  for (size_t i = 0; i < count && canvas->fits; i += each)
    canvas->fits = requantize(canvas, (size_t)((ptrdiff_t)at + (ptrdiff_t)i * stride), bytes + i * canvas->width, each);
}

/* Sets pixels [from, to) to 0. */
static void put_zeros(rf_tile_canvas *canvas, size_t from, size_t to) {
  static const double zeros[ZEROS];
  if (canvas->integers == NULL) {
    memset(canvas->values + from * canvas->width, 0, (to - from) * canvas->width);
    return;
  }
  for (size_t n; from < to; from += n) {
    n = to - from < ZEROS ? to - from : ZEROS;
    rf_tile_canvas_put(canvas, from, 1, zeros, n);
  }
}

static void put_source(const rf_tile_batch *b, size_t i, size_t old, size_t elements, rf_tile_canvas *canvas) {
  if (b->source->length != 0)
    put_zeros(canvas, old, elements);
  else
    b->source->put(b->source->context, b->first + i, elements, canvas);
}

/* ---- one tile ---- */

/* `length`: the length of the tile along the slowest axis, 0: by the image. */
static rf_tile_shape tile_shape(const rf_tile_batch *b, uint64_t tile, uint64_t length) {
  const rf_tiled_image *tiled_image = b->edit->tiled_image;
  rf_tile_shape shape = {1, 1, 1, b->encoder.stored_bytes};
  for (int i = 0; i < tiled_image->image.naxis; i++) {
    uint64_t low = tile % tiled_image->counts[i] * tiled_image->tile[i], left = tiled_image->image.axes[i] - low;
    size_t along = (size_t)(left < tiled_image->tile[i] ? left : tiled_image->tile[i]);
    tile /= tiled_image->counts[i];
    if (i == tiled_image->image.naxis - 1 && length != 0)
      along = (size_t)length;
    if (shape.columns == 1)
      shape.columns = along;
    shape.count *= along;
  }
  shape.rows = shape.count / shape.columns;
  return shape;
}

static void *make_buffer(const rf_tile_batch *b, size_t each, rf_error *err) {
  void *made = b->elements <= SIZE_MAX / each ? rf_alloc(b->elements * each) : NULL;
  if (made == NULL)
    rf_fail(err, RF_ERR_MEMORY, "cannot allocate the %zu pixels of a tile", b->elements);
  return made;
}

static rf_status need_values(const rf_tile_batch *b, rf_tile_worker *w, rf_error *err) {
  if (w->values == NULL)
    w->values = make_buffer(b, b->encoder.stored_bytes, err);
  return w->values != NULL ? RF_OK : RF_ERR_MEMORY;
}

static rf_status need_integers(const rf_tile_batch *b, rf_tile_worker *w, rf_error *err) {
  const rf_tiled_image *tiled_image = b->edit->tiled_image;
  bool wanted = tiled_image->quantized || b->encoder.offset != 0 || tiled_image->codec->type == RF_Z_HCOMPRESS_1;
  if (wanted && w->integers == NULL)
    w->integers = make_buffer(b, sizeof *w->integers, err);
  return !wanted || w->integers != NULL ? RF_OK : RF_ERR_MEMORY;
}

static rf_status need_deflater(const rf_tile_batch *b, rf_tile_worker *w, rf_error *err) {
  const rf_tiled_image *tiled_image = b->edit->tiled_image;
  bool wanted =
      tiled_image->quantized || tiled_image->codec->type == RF_Z_GZIP_1 || tiled_image->codec->type == RF_Z_GZIP_2;
  if (!wanted || w->params.deflater != NULL)
    return RF_OK;
  return rf_deflater_new(b->encoder.params.level, &w->params.deflater, err);
}

/* Encodes a tile of which no old pixel stays. */
static rf_status encode_new(const rf_tile_batch *b, size_t i, const rf_tile_encoder *encoder, rf_tile_worker *w,
                            const rf_tile_shape *shape, uint8_t *out, rf_encoded_tile *cell, rf_error *err) {
  const void *values = b->ready[i];
  if (values == NULL) {
    bool begun = !b->whole[i] && b->edit->tiled_image->quantized;
    RF_TRY(need_values(b, w, err));
    rf_tile_canvas canvas = {.values = w->values, .width = encoder->stored_bytes, .fits = true};
    if (begun)
      rf_tile_encode_unwritten(encoder->stored, w->values, shape->count);
    else if (!b->whole[i])
      memset(w->values, 0, shape->count * encoder->stored_bytes);
    put_source(b, i, 0, shape->count, &canvas);
    if (begun)
      return rf_tile_encode_begun(encoder, b->tiles[i], shape, w->values, w->integers, out, cell, err);
    values = w->values;
  }
  return rf_tile_encode_values(encoder, b->tiles[i], shape, values, true, w->integers, out, cell, err);
}

/* Changes a quantized tile. *done becomes false where it cannot stay quantized. Its integers are in w->values. */
static rf_status encode_requantized(const rf_tile_batch *b, size_t i, const rf_tile_encoder *encoder, rf_tile_worker *w,
                                    size_t old, const rf_tile_shape *shape, uint8_t *out, rf_encoded_tile *cell,
                                    bool *done, rf_error *err) {
  const rf_tiled_image *tiled_image = b->edit->tiled_image;
  const rf_tile_row *row = &b->rows[i];
  bool own = row->has_null && row->null >= INT32_MIN && row->null <= INT32_MAX;
  rf_quantum quantum = {.scale = row->scale,
                        .zero = row->zero,
                        .dither = tiled_image->dither,
                        .random = tiled_image->random,
                        .seed = tiled_image->seed,
                        .tile = b->tiles[i],
                        .has_null = own || !row->has_null,
                        .null = own ? (int32_t)row->null : RF_QUANTIZED_NULL};
  memcpy(w->integers, w->values, old * sizeof *w->integers);
  rf_tile_canvas canvas = {.width = encoder->stored_bytes, .integers = w->integers, .quantum = &quantum, .fits = true};
  put_source(b, i, old, shape->count, &canvas);
  *done = canvas.fits;
  if (!*done)
    return RF_OK;
  cell->scale = row->scale;
  cell->zero = row->zero;
  cell->keeps = own;
  cell->nulls = false;
  for (size_t k = 0; !own && k < shape->count && !cell->nulls; k++)
    cell->nulls = w->integers[k] == RF_QUANTIZED_NULL;
  return rf_tile_encode_integers(encoder, shape, w->integers, out, cell, done, err);
}

static rf_status encode_changed(const rf_tile_batch *b, size_t i, const rf_tile_encoder *encoder, rf_tile_worker *w,
                                size_t old, const rf_tile_shape *shape, uint8_t *out, rf_encoded_tile *cell,
                                rf_error *err) {
  const rf_tiled_image *tiled_image = b->edit->tiled_image;
  const uint8_t *bytes = b->old + b->old_at[i];
  bool integers = false, done = false;
  RF_TRY(need_values(b, w, err));
  if (w->room == NULL)
    w->room = make_buffer(b, 8, err);
  if (w->room == NULL)
    return RF_ERR_MEMORY;
  RF_TRY(rf_tiled_image_decode(tiled_image, b->tiles[i], &b->rows[i], bytes, w->values, w->room,
                               tiled_image->quantized ? &integers : NULL, err));
  if (integers) {
    RF_TRY(encode_requantized(b, i, encoder, w, old, shape, out, cell, &done, err));
    if (done)
      return RF_OK;
    RF_TRY(rf_tiled_image_decode(tiled_image, b->tiles[i], &b->rows[i], bytes, w->values, w->room, NULL, err));
  }
  rf_tile_canvas canvas = {.values = w->values, .width = encoder->stored_bytes, .fits = true};
  put_source(b, i, old, shape->count, &canvas);
  return rf_tile_encode_values(encoder, b->tiles[i], shape, w->values, false, w->integers, out, cell, err);
}

rf_status rf_tile_worker_encode(void *context, size_t i, unsigned number, rf_error *err) {
  rf_tile_batch *b = context;
  rf_tile_worker *w = &b->workers[number];
  rf_tile_place *place = &b->places[i];
  *place = (rf_tile_place){.tile = b->tiles[i]};
  if (b->source->length != 0 && b->rows[i].form == RF_TILE_FORM_EMPTY)
    return RF_OK; /* longer, but still never written */
  size_t old = tile_shape(b, b->tiles[i], 0).count;
  rf_tile_shape shape = tile_shape(b, b->tiles[i], b->source->length);
  rf_status status = need_integers(b, w, err);
  if (status == RF_OK)
    status = need_deflater(b, w, err);
  rf_tile_encoder encoder = b->encoder;
  encoder.params.deflater = w->params.deflater;
  uint8_t *out = b->slots + i * b->slot;
  if (status == RF_OK && (b->whole[i] || b->rows[i].form == RF_TILE_FORM_EMPTY))
    status = encode_new(b, i, &encoder, w, &shape, out, &place->cell, err);
  else if (status == RF_OK)
    status = encode_changed(b, i, &encoder, w, old, &shape, out, &place->cell, err);
  return status == RF_OK ? RF_OK : rf_tiled_image_add_context(b->edit->tiled_image, b->tiles[i], err, status);
}

rf_status rf_tile_worker_choose_seed(rf_tile_batch *b, rf_error *err) {
  rf_tile_change *edit = b->edit;
  rf_tiled_state *state = edit->state;
  rf_tile_worker *w = &b->workers[0];
  if (!state->seed_open || !edit->tiled_image->quantized || b->count == 0)
    return RF_OK;
  const void *values = b->ready[0];
  rf_tile_shape shape = tile_shape(b, b->tiles[0], 0);
  if (values == NULL) {
    RF_TRY(need_values(b, w, err));
    rf_tile_canvas canvas = {.values = w->values, .width = b->encoder.stored_bytes, .fits = true};
    memset(w->values, 0, shape.count * b->encoder.stored_bytes);
    put_source(b, 0, 0, shape.count, &canvas);
    values = w->values;
  }
  edit->tiled_image->seed = rf_tile_encode_seed(values, shape.count, b->encoder.stored_bytes);
  edit->stale = true;
  state->seed_open = false;
  return RF_OK;
}

void rf_tile_workers_free(rf_tile_batch *b) {
  for (unsigned t = 0; b->workers != NULL && t < b->threads; t++) {
    rf_free(b->workers[t].values);
    rf_free(b->workers[t].room);
    rf_free(b->workers[t].integers);
    rf_deflater_free(b->workers[t].params.deflater);
  }
  rf_free(b->workers);
}
