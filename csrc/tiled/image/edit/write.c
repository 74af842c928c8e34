/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writes sections of compressed images: checks the values, then passes the caller's pixels to tiles.
 */
#include "tiled/image/edit/write.h"

#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "file/hdu.h"
#include "file/warning.h"
#include "image/convert.h"
#include "tiled/image/edit/batch.h"
#include "tiled/image/edit/change.h"
#include "tiled/image/edit/encode.h"
#include "tiled/image/edit/layout.h"
#include "tiled/image/image.h"
#include "tiled/image/section.h"
#include "value/convert.h"

/* Pixels that pass through the stack at a time. */
#define BLOCK 512
#define MAX_PLIO 16777215

typedef struct input {
  const rf_tile_section *section;
  const rf_convert *convert;
  const uint8_t *in;
  const uint8_t *mask;
} input;

/* ---- the section as a source of tiles ---- */

static uint64_t tile_of(const void *context, uint64_t i) {
  return rf_tile_section_tile(((const input *)context)->section, i);
}

/* Returns the caller's pixels where they need no conversion, only the right place. */
static bool is_plain(const input *from) {
  return from->convert->mode == RF_CONVERT_SWAP && from->mask == NULL;
}

static bool is_whole(const void *context, uint64_t i, const void **ready) {
  const input *from = context;
  rf_tile_part part;
  rf_tile_section_part(from->section, i, &part);
  if (part.whole && part.ndim == 1 && part.dims[0].order == NULL && part.dims[0].array_step == 1 &&
      part.dims[0].tile_step == 1 && is_plain(from)) {
    const uint8_t *values = from->in + part.array * from->convert->type_bytes;
    if ((uintptr_t)values % from->convert->type_bytes == 0)
      *ready = values;
  }
  return part.whole;
}

/* Converts up to BLOCK pixels of a row of the part, from pixel `first` on, to stored values in the byte order of the
 * machine. */
static void take(const input *from, const rf_tile_part_dim *dim, uint64_t array, uint64_t first, size_t count,
                 uint8_t *values) {
  unsigned each = from->convert->type_bytes;
  uint8_t packed[BLOCK * 8], masks[BLOCK];
  const uint8_t *in = packed, *mask = from->mask != NULL ? masks : NULL;
  if (dim->order == NULL && dim->array_step == 1) {
    in = from->in + (array + first) * each;
    mask = from->mask != NULL ? from->mask + array + first : NULL;
  } else {
    for (size_t i = 0; i < count; i++) {
      uint64_t at, element;
      rf_tile_part_offsets(dim, first + i, &at, &element);
      memcpy(packed + i * each, from->in + (array + at) * each, each);
      masks[i] = from->mask != NULL ? from->mask[array + at] : 0;
    }
  }
  rf_convert_write(from->convert, values, in, mask, count);
  rf_swap_copy(values, values, count, from->convert->stored_bytes);
}

static void put_row(const input *from, const rf_tile_part_dim *dim, uint64_t array, uint64_t element,
                    rf_tile_canvas *canvas) {
  uint64_t values[BLOCK];
  unsigned each = from->convert->stored_bytes;
  if (dim->order == NULL && dim->array_step == 1 && is_plain(from)) {
    const uint8_t *in = from->in + array * each;
    if ((uintptr_t)in % each == 0) {
      rf_tile_canvas_put(canvas, (size_t)element, (ptrdiff_t)dim->tile_step, in, (size_t)dim->count);
      return;
    }
  }
  for (uint64_t done = 0; done < dim->count;) {
    size_t n = dim->count - done < BLOCK ? (size_t)(dim->count - done) : BLOCK;
    take(from, dim, array, done, n, (uint8_t *)values);
    if (dim->order == NULL) {
      rf_tile_canvas_put(canvas, (size_t)(element + done * (uint64_t)dim->tile_step), (ptrdiff_t)dim->tile_step, values,
                         n);
    } else {
      for (size_t i = 0; i < n; i++) {
        uint64_t at, pixel;
        uint64_t one;
        rf_tile_part_offsets(dim, done + i, &at, &pixel);
        memcpy(&one, (const uint8_t *)values + i * each, each);
        rf_tile_canvas_put(canvas, (size_t)(element + pixel), 1, &one, 1);
      }
    }
    done += n;
  }
}

static void put_section(const void *context, uint64_t i, size_t elements, rf_tile_canvas *canvas) {
  const input *from = context;
  rf_tile_part part;
  rf_tile_part_iter iter;
  uint64_t array, element;
  (void)elements;
  rf_tile_section_part(from->section, i, &part);
  rf_tile_part_begin(&iter, &part);
  while (rf_tile_part_next(&iter, &array, &element))
    put_row(from, &part.dims[0], array, element, canvas);
}

/* ---- checks ---- */

/* PLIO_1 has no other form for values that it cannot hold. */
static rf_status check_plio(const rf_tile_codec *codec, bool quantized, const rf_hdu *image, const rf_convert *convert,
                            const rf_image_request *pixels, rf_error *err) {
  const uint8_t *mask = pixels->mask;
  uint64_t count = pixels->data_bytes / convert->type_bytes;
  int32_t offset = rf_tiled_image_plio_offset(codec, image);
  const uint8_t *bytes = pixels->data;
  uint8_t values[BLOCK * 8];
  if (codec->type != RF_Z_PLIO_1 || quantized || convert->stored_bytes == 1 || offset != 0)
    return RF_OK;
  for (uint64_t done = 0; done < count;) {
    size_t n = count - done < BLOCK ? (size_t)(count - done) : BLOCK;
    rf_convert_write(convert, values, bytes, mask != NULL ? mask + done : NULL, n);
    for (size_t i = 0; i < n; i++) {
      int32_t value =
          convert->stored_bytes == 2 ? (int16_t)rf_get_be16(values + 2 * i) : (int32_t)rf_get_be32(values + 4 * i);
      if (value < 0 || value > MAX_PLIO)
        return rf_fail(err, RF_ERR_RANGE,
                       "element %" PRIu64 " of the data would be stored as %" PRId32
                       ", and PLIO_1 holds 0 to %d only; RICE_1 and GZIP_2 hold all",
                       done + i, value, MAX_PLIO);
    }
    bytes += n * convert->type_bytes;
    done += n;
  }
  return RF_OK;
}

rf_status rf_tile_check_values(const rf_tile_codec *codec, bool quantized, const rf_hdu *image,
                               const rf_image_request *pixels, rf_error *err) {
  rf_convert convert;
  RF_TRY(rf_image_convert_init(&convert, image, pixels->dtype, pixels->flags & ~(uint32_t)RF_IMAGE_HELD, err));
  RF_TRY(rf_convert_check(&convert, pixels->data, pixels->mask, pixels->data_bytes / convert.type_bytes, err));
  return check_plio(codec, quantized, image, &convert, pixels, err);
}

static rf_status check_in(uint64_t count, const rf_convert *convert, const void *in, uint64_t in_bytes, rf_error *err) {
  uint64_t need = count * convert->type_bytes; /* the count is below 2^60 */
  if (in_bytes != need)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected data of %" PRIu64 " bytes, found %" PRIu64, need, in_bytes);
  if (need > 0 && in == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected data to write, found NULL");
  return RF_OK;
}

/* Exact zeros mostly mark pixels without data. They come back as numbers near zero. */
static bool has_zero(const void *in, rf_dtype type, uint64_t count) {
  const uint8_t *bytes = in;
  for (uint64_t i = 0; i < count; i++)
    if (type == RF_F32) {
      uint32_t bits;
      memcpy(&bits, bytes + 4 * i, sizeof bits);
      if ((bits & 0x7FFFFFFFu) == 0)
        return true;
    } else {
      uint64_t bits;
      memcpy(&bits, bytes + 8 * i, sizeof bits);
      if ((bits & INT64_MAX) == 0)
        return true;
    }
  return false;
}

static void judge_zeros(rf_file *file, size_t index, const rf_tiled_image *tiled_image, const rf_convert *convert,
                        const void *in, uint64_t count) {
  rf_error odd;
  if (!tiled_image->quantized || tiled_image->dither == RF_DITHER_2 || rf_file_has_warning(file, RF_WARNING_ZEROS) ||
      (convert->type != RF_F32 && convert->type != RF_F64) || !has_zero(in, convert->type, count))
    return;
  rf_error_clear(&odd);
  rf_error_keyword(&odd, "ZQUANTIZ");
  (void)rf_fail(&odd, RF_ERR_FORMAT,
                "the data contain exact zeros, which this quantizing changes: method 'dither2' "
                "(SUBTRACTIVE_DITHER_2) does");
  rf_file_add_warning(file, RF_WARNING_ZEROS, index, &odd);
}

/* ---- the calls ---- */

static rf_status write_section(rf_tile_change *edit, const input *from, unsigned threads, rf_error *err) {
  rf_tile_source source = {.count = from->section->touched,
                           .tile = tile_of,
                           .whole = is_whole,
                           .put = put_section,
                           .context = from,
                           .threads = threads};
  RF_TRY(rf_tile_change_write(edit, &source, err));
  return rf_tile_change_finish(edit, err);
}

rf_status rf_tiled_image_write(rf_file *file, rf_hdu *hdu, const rf_image_request *request, bool *written,
                               rf_error *err) {
  rf_tiled_image *tiled_image;
  rf_tile_section section;
  rf_convert convert;
  rf_tile_change edit;
  uint32_t flags = request->flags & ~(uint32_t)RF_IMAGE_HELD;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  RF_TRY(rf_image_convert_init(&convert, &tiled_image->image, request->dtype, flags, err));
  RF_TRY(rf_tile_section_init(&section, tiled_image, request->section, err));
  input from = {&section, &convert, request->data, request->mask};
  rf_status status = check_in(section.count, &convert, request->data, request->data_bytes, err);
  if (status == RF_OK)
    status = rf_tile_check_values(tiled_image->codec, tiled_image->quantized, &tiled_image->image, request, err);
  if (status == RF_OK)
    judge_zeros(file, hdu->index, tiled_image, &convert, request->data, section.count);
  if (status == RF_OK && section.count > 0)
    status = rf_tile_change_begin(&edit, file, hdu->index, written, err);
  if (status == RF_OK && section.count > 0)
    status = write_section(&edit, &from, request->threads, err);
  rf_tile_section_free(&section);
  return status;
}

rf_status rf_tiled_image_check(rf_file *file, rf_hdu *hdu, const rf_image_request *request, rf_error *err) {
  rf_tiled_image *tiled_image;
  RF_TRY(rf_tiled_image_get(file, hdu, &tiled_image, err));
  return rf_tile_check_values(tiled_image->codec, tiled_image->quantized, &tiled_image->image, request, err);
}
