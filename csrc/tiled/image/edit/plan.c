/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The plan of a compression: which codec, which tiles, which columns. It refuses what cannot be done, before anything
 * is written.
 */
#include "tiled/image/edit/plan.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "codec/codec.h"
#include "codec/quantize/quantize.h"
#include "file/hdu.h"
#include "tiled/image/edit/encode.h"
#include "base/versioned.h"

/* Length of tiles of an image of one axis that is empty so far. */
#define FIRST_ROW ((uint64_t)32768)
/* HCOMPRESS_1: smallest length of a tile that cfitsio writes and reads. */
#define LEAST_PLANE 4
/* A tile may exceed the present length of the slowest axis up to this many bytes. */
#define MAX_AHEAD ((uint64_t)256 << 20)
/* The quantize levels of fpack, with and without dithering. */
#define DITHERED_LEVEL 4.0
#define PLAIN_LEVEL 16.0

static bool is_real(const rf_tile_plan *plan) {
  return plan->image.bitpix < 0;
}

/* ---- the request ---- */

static rf_status check_codec(const rf_tile_plan *plan, rf_error *err) {
  const char *name = plan->codec->name;
  int bitpix = plan->image.bitpix;
  bool quantize = plan->asked.quantize != 0;
  if ((plan->codec->flags & RF_TILE_INTEGERS) != 0 && bitpix < 0 && !quantize)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "%s cannot hold float values as they are; use GZIP_2, which loses nothing, or quantize them", name);
  if ((plan->codec->flags & RF_TILE_INTEGERS) != 0 && bitpix == 64)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "%s cannot hold 64-bit integers; use GZIP_2", name);
  if (plan->asked.type == RF_Z_PLIO_1 && bitpix == 32 && plan->image.bzero != 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "PLIO_1 holds 0 to 16777215, and unsigned 32-bit values are stored less 2147483648; use RICE_1");
  if (plan->asked.type == RF_Z_PLIO_1 && quantize && plan->asked.dither == RF_DITHER_2)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "PLIO_1 holds no negative values, which quantizing with dither 2 gives; use RICE_1 or dither 1");
  if (plan->asked.type == RF_Z_HCOMPRESS_1 && quantize && plan->asked.dither == RF_DITHER_2)
    return rf_fail(err, RF_ERR_UNSUPPORTED,
                   "HCOMPRESS_1 does not go with dither 2, whose marks for zeros it may lose; use RICE_1 or dither 1");
  if (plan->asked.type == RF_Z_NOCOMPRESS && quantize)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "NOCOMPRESS stores values as they are; use RICE_1 to quantize them");
  return RF_OK;
}

static rf_status check_quantize(const rf_tile_plan *plan, rf_error *err) {
  const rf_compression *asked = &plan->asked;
  if (asked->quantize && !is_real(plan))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a float image to quantize, found BITPIX %d", plan->image.bitpix);
  if (asked->dither != RF_DITHER_NONE && asked->dither != RF_DITHER_1 && asked->dither != RF_DITHER_2)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown dithering %d", (int)asked->dither);
  if (!asked->quantize && (asked->dither != RF_DITHER_NONE || asked->quantize_level != 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "dithering and a level are for quantized images");
  if (!isfinite(asked->quantize_level))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a number as the quantize level, found NaN or infinity");
  if (asked->seed < 0 || asked->seed > RF_DITHER_VALUES)
    return rf_fail(err, RF_ERR_ARGUMENT, "a seed of %d, where 1 to %d (or 0) is expected", asked->seed,
                   RF_DITHER_VALUES);
  return RF_OK;
}

static rf_status check_numbers(const rf_tile_plan *plan, rf_error *err) {
  const rf_compression *asked = &plan->asked;
  if (asked->heap_format != 0 && asked->heap_format != 'P' && asked->heap_format != 'Q')
    return rf_fail(err, RF_ERR_ARGUMENT, "expected heap format 'P', 'Q' or 0, found %d", asked->heap_format);
  if (asked->level < 0 || asked->level > 12)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a level of 1 to 12, or 0, found %d", asked->level);
  if (!isfinite(asked->hcomp_scale))
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a number as the scale of HCOMPRESS_1, found NaN or infinity");
  if (asked->type != RF_Z_HCOMPRESS_1 && (asked->hcomp_scale != 0 || asked->hcomp_smooth != 0))
    return rf_fail(err, RF_ERR_ARGUMENT, "scale and smooth are for HCOMPRESS_1, not for %s", plan->codec->name);
  return RF_OK;
}

static rf_status take_asked(rf_tile_plan *plan, const rf_compression *compression, rf_error *err) {
  rf_compression *asked = &plan->asked;
  memset(asked, 0, sizeof *asked);
  rf_struct_take(asked, sizeof *asked, compression);
  asked->quantize = asked->quantize != 0;
  if (asked->type == RF_Z_AUTO)
    asked->type = (is_real(plan) ? asked->quantize : plan->image.bitpix <= 32) ? RF_Z_RICE_1 : RF_Z_GZIP_2;
  plan->codec = rf_tile_codec_of(asked->type);
  if (plan->codec == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "unknown codec %d", (int)asked->type);
  if (asked->blocksize == 0)
    asked->blocksize = 32;
  RF_TRY(check_quantize(plan, err));
  RF_TRY(check_codec(plan, err));
  RF_TRY(check_numbers(plan, err));
  if (asked->quantize && asked->quantize_level == 0)
    asked->quantize_level = asked->dither == RF_DITHER_NONE ? PLAIN_LEVEL : DITHERED_LEVEL;
  plan->seed_open = asked->quantize && asked->dither != RF_DITHER_NONE && asked->seed == 0;
  if (asked->seed == 0)
    asked->seed = 1;
  return RF_OK;
}

/* ---- tiles ---- */

/* Returns the rows of a tile of HCOMPRESS_1 as fpack chooses them: 16, or another number that leaves no narrow rest. */
static uint64_t plane_rows(uint64_t rows) {
  static const uint64_t good[] = {16, 24, 20, 30, 28, 26, 22, 18, 14};
  if (rows <= 30 && rows > 0)
    return rows;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    if (rows % good[i] == 0 || rows % good[i] >= LEAST_PLANE)
      return good[i];
  return 17;
}

static void default_tile(rf_tile_plan *plan) {
  const uint64_t *axes = plan->image.axes;
  plan->tile[0] = axes[0] > 0 ? axes[0] : plan->image.naxis > 1 ? 1 : FIRST_ROW;
  for (int i = 1; i < plan->image.naxis; i++)
    plan->tile[i] = 1;
  if (plan->asked.type == RF_Z_HCOMPRESS_1 && plan->image.naxis > 1)
    plan->tile[1] = plane_rows(axes[1]);
}

/* No longer than the axis. The slowest axis may grow: tiles that the caller chose fill up then. */
static uint64_t tile_length(const rf_tile_plan *plan, int axis, uint64_t asked, uint64_t others) {
  uint64_t length = plan->image.axes[axis], bytes;
  if (asked <= length)
    return asked;
  if (axis == plan->image.naxis - 1 && rf_mul_u64(others, asked, &bytes) && bytes <= MAX_AHEAD)
    return asked;
  return length > 0 ? length : 1;
}

static rf_status asked_tile(rf_tile_plan *plan, rf_error *err) {
  int naxis = plan->image.naxis;
  uint64_t others = (uint64_t)(is_real(plan) ? -plan->image.bitpix : plan->image.bitpix) / 8;
  if (plan->asked.tile_ndim != naxis || plan->asked.tile == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "the tile has %d axes and the image has %d", plan->asked.tile_ndim, naxis);
  for (int i = 0; i < naxis; i++) {
    uint64_t asked = plan->asked.tile[naxis - 1 - i];
    if (asked == 0)
      return rf_fail(err, RF_ERR_ARGUMENT, "the tile has length 0 along axis %d", naxis - 1 - i);
    plan->tile[i] = tile_length(plan, i, asked, others);
    if (!rf_mul_u64(others, plan->tile[i], &others))
      return rf_fail(err, RF_ERR_LIMIT, "the tile has more bytes than memory can hold");
  }
  return RF_OK;
}

/* HCOMPRESS_1 is for planes; cfitsio neither writes nor reads other tiles. */
static rf_status check_plane(const rf_tile_plan *plan, rf_error *err) {
  int longer = 0;
  for (int i = 0; i < plan->image.naxis; i++) {
    if (plan->tile[i] == 1)
      continue;
    longer++;
    if (plan->tile[i] < LEAST_PLANE)
      return rf_fail(err, RF_ERR_ARGUMENT,
                     "%s needs tiles at least %d long along both of their axes, and these have %" PRIu64
                     " along axis %d; use RICE_1, or other tiles",
                     plan->codec->name, LEAST_PLANE, plan->tile[i], plan->image.naxis - 1 - i);
  }
  if (longer != 2)
    return rf_fail(err, RF_ERR_ARGUMENT,
                   "%s needs tiles that are longer than 1 along two axes, and these are along %d; use RICE_1, or other "
                   "tiles",
                   plan->codec->name, longer);
  return RF_OK;
}

static rf_status check_size(const rf_tile_plan *plan, rf_error *err) {
  int naxis = plan->image.naxis;
  uint64_t count = 1;
  size_t bytes;
  for (int i = 0; i < naxis; i++)
    if (!rf_mul_u64(count, plan->tile[i], &count) || count > SIZE_MAX / 8)
      return rf_fail(err, RF_ERR_LIMIT, "the tile has more bytes than memory can hold");
  rf_tile_shape shape = rf_tile_encode_shape(naxis, plan->tile, 4);
  shape.width = is_real(plan) && plan->asked.quantize ? 4 : (unsigned)abs(plan->image.bitpix) / 8;
  rf_tile_params params = {.blocksize = plan->asked.blocksize, .bytepix = shape.width < 4 ? shape.width : 4};
  if (!plan->codec->bound(&params, &shape, &bytes) || bytes > INT32_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "tiles of %" PRIu64 " pixels are too large for %s; give smaller ones", count,
                   plan->codec->name);
  return RF_OK;
}

static rf_status choose_tile(rf_tile_plan *plan, rf_error *err) {
  int naxis = plan->image.naxis;
  if (naxis < 1)
    return rf_fail(err, RF_ERR_ARGUMENT, "an image without axes (NAXIS = 0) has nothing to compress");
  plan->tile = rf_alloc_zero((size_t)naxis, sizeof *plan->tile);
  if (plan->tile == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the lengths of a tile");
  if (plan->asked.tile_ndim != 0)
    RF_TRY(asked_tile(plan, err));
  else
    default_tile(plan);
  plan->asked.tile = NULL; /* borrowed until here */
  if ((plan->codec->flags & RF_TILE_PLANE) != 0)
    RF_TRY(check_plane(plan, err));
  RF_TRY(check_size(plan, err));
  plan->ntiles = 1;
  for (int i = 0; i < naxis; i++) {
    uint64_t along = plan->image.axes[i] / plan->tile[i] + (plan->image.axes[i] % plan->tile[i] != 0);
    if (!rf_mul_u64(plan->ntiles, along, &plan->ntiles) || plan->ntiles > INT64_MAX / 64)
      return rf_fail(err, RF_ERR_LIMIT, "the image has more tiles than a table can have rows");
  }
  return RF_OK;
}

/* ---- columns ---- */

static void add_column(rf_tile_plan *plan, const char *name, rf_dtype type, bool heap) {
  char format = plan->asked.heap_format == 'Q' ? 'Q' : 'P';
  plan->columns[plan->ncols++] =
      (rf_column_spec){.size = sizeof(rf_column_spec), .name = name, .type = type, .descriptor = heap ? format : 0};
}

/* cfitsio expects COMPRESSED_DATA with every codec. */
static void choose_columns(rf_tile_plan *plan) {
  static const rf_dtype types[] = {RF_U8, RF_I16, RF_I32, RF_I64};
  int bitpix = plan->image.bitpix;
  add_column(plan, "COMPRESSED_DATA", plan->asked.type == RF_Z_PLIO_1 ? RF_I16 : RF_U8, true);
  if (plan->asked.type == RF_Z_NOCOMPRESS)
    add_column(plan, "UNCOMPRESSED_DATA",
               bitpix == -32   ? RF_F32
               : bitpix == -64 ? RF_F64
                               : types[bitpix == 8    ? 0
                                       : bitpix == 16 ? 1
                                       : bitpix == 32 ? 2
                                                      : 3],
               true);
  if (!plan->asked.quantize)
    return;
  add_column(plan, "GZIP_COMPRESSED_DATA", RF_U8, true);
  add_column(plan, "ZSCALE", RF_F64, false);
  add_column(plan, "ZZERO", RF_F64, false);
}

/* ---- the call ---- */

rf_status rf_tile_plan_init(rf_tile_plan *plan, const rf_compression *compression, const rf_hdu *image, rf_error *err) {
  memset(plan, 0, sizeof *plan);
  plan->image = *image;
  rf_status status = take_asked(plan, compression, err);
  if (status == RF_OK)
    status = choose_tile(plan, err);
  if (status == RF_OK)
    choose_columns(plan);
  else
    rf_tile_plan_free(plan);
  return status;
}

void rf_tile_plan_free(rf_tile_plan *plan) {
  rf_free(plan->tile);
  plan->tile = NULL;
}
