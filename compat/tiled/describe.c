/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How the current HDU is compressed: Z keywords to members of FITSfile.
 */
#include <limits.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "tiled/tiled.h"

/* quantize_level of an image that was not quantized */
#define NOT_QUANTIZED 9999.0F

/* ---- sizes ---- */

int imcomp_calc_max_elem(int comptype, int nx, int zbitpix, int blocksize) {
  double pixels = nx, bytes = 4.0 * pixels;
  switch (comptype) {
  case RICE_1:
    bytes = (zbitpix == 16 ? 2.0 : 4.0) * pixels + (blocksize > 0 ? nx / blocksize : 0) + 6;
    break;
  case GZIP_1:
  case GZIP_2:
    bytes = (zbitpix == 8 ? 1.0 : zbitpix == 16 ? 2.0 : 4.0) * pixels;
    break;
  case HCOMPRESS_1:
    bytes = (zbitpix == 8 || zbitpix == 16 ? 2.2 : 4.4) * pixels + 26;
    break;
  case BZIP2_1:
    bytes = pixels * 1.01 * zbitpix / 8 + 601;
    break;
  default:
    break;
  }
  return bytes > INT_MAX ? INT_MAX : bytes < INT_MIN ? INT_MIN : (int)bytes;
}

/* ---- keywords that may be missing ---- */

/* Each gets the value of a keyword. Where it is missing, the value and *status stay. True: it is there. */
static bool may_int(fitsfile *fptr, const char *keyword, int *value, int *status) {
  int own = 0, found = 0;
  if (*status > 0 || (ffgky(fptr, TINT, keyword, &found, NULL, &own) == KEY_NO_EXIST))
    return false;
  if (own > 0)
    *status = own;
  else
    *value = found;
  return own <= 0;
}

static bool may_double(fitsfile *fptr, const char *keyword, double *value, int *status) {
  int own = 0;
  double found = 0;
  if (*status > 0 || (ffgky(fptr, TDOUBLE, keyword, &found, NULL, &own) == KEY_NO_EXIST))
    return false;
  if (own > 0)
    *status = own;
  else
    *value = found;
  return own <= 0;
}

static bool may_string(fitsfile *fptr, const char *keyword, char *value) {
  int own = 0;
  return ffgky(fptr, TSTRING, keyword, value, NULL, &own) <= 0;
}

/* ---- the parts ---- */

static int take_type(fitsfile *fptr, int *status) {
  static const struct {
    const char *name;
    int type;
  } types[] = {{"RICE_1", RICE_1}, {"RICE_ONE", RICE_1}, {"HCOMPRESS_1", HCOMPRESS_1}, {"GZIP_1", GZIP_1},
               {"GZIP_2", GZIP_2}, {"BZIP2_1", BZIP2_1}, {"PLIO_1", PLIO_1},           {"NOCOMPRESS", NOCOMPRESS}};
  FITSfile *file = fptr->Fptr;
  char value[FLEN_VALUE] = "";
  if (ffgky(fptr, TSTRING, "ZCMPTYPE", value, NULL, status) > 0)
    return cf_fail(status, *status, "a compressed image without ZCMPTYPE");
  cf_copy(file->zcmptype, value, sizeof file->zcmptype);
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    if (strcmp(value, types[i].name) == 0) {
      file->compress_type = types[i].type;
      return *status;
    }
  }
  return cf_fail(status, DATA_DECOMPRESSION_ERR, "ZCMPTYPE = '%s' is no algorithm of this library", value);
}

static int take_quantizing(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  char value[FLEN_VALUE];
  if (ffgky(fptr, TINT, "ZBITPIX", &file->zbitpix, NULL, status) > 0)
    return cf_fail(status, *status, "a compressed image without ZBITPIX");
  file->quantize_level = 0;
  file->quantize_method = 0;
  if (may_string(fptr, "ZQUANTIZ", value)) {
    if (cf_same_text(value, "NONE"))
      file->quantize_level = NOT_QUANTIZED;
    else if (cf_same_text(value, "SUBTRACTIVE_DITHER_1"))
      file->quantize_method = SUBTRACTIVE_DITHER_1;
    else if (cf_same_text(value, "SUBTRACTIVE_DITHER_2"))
      file->quantize_method = SUBTRACTIVE_DITHER_2;
    else if (cf_same_text(value, "NO_DITHER"))
      file->quantize_method = NO_DITHER;
  }
  file->dither_seed = 1;
  int ignored = 0;
  may_int(fptr, "ZDITHER0", &file->dither_seed, &ignored);
  return *status;
}

static int take_axes(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  char keyword[FLEN_KEYWORD];
  LONGLONG rows = 1;
  int none = 0;
  if (ffgky(fptr, TINT, "ZNAXIS", &file->zndim, NULL, status) > 0)
    return cf_fail(status, *status, "a compressed image without ZNAXIS");
  if (file->zndim < 1 || file->zndim > MAX_COMPRESS_DIM)
    return cf_fail(status, BAD_NAXIS, "ZNAXIS = %d: a compressed image has 1 to 6 axes", file->zndim);
  for (int i = 0; i < file->zndim; i++) {
    LONGLONG length = 0, tile = 0;
    ffkeyn("ZNAXIS", i + 1, keyword, status);
    if (ffgky(fptr, TLONGLONG, keyword, &length, NULL, status) > 0)
      return cf_fail(status, *status, "a compressed image without %s", keyword);
    ffkeyn("ZTILE", i + 1, keyword, status);
    none = 0;
    if (ffgky(fptr, TLONGLONG, keyword, &tile, NULL, &none) > 0)
      tile = i == 0 ? length : 1;
    file->znaxis[i] = (long)length;
    file->tilesize[i] = (long)tile;
    if (tile < 1 || length < 0)
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "axis %d has %lld pixels in tiles of %lld", i + 1, length, tile);
    LONGLONG tiles = length / tile + (length % tile != 0);
    if (tiles > 0 && rows > LONGLONG_MAX / tiles)
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "the image has too many tiles");
    rows *= tiles;
  }
  if (rows != file->numrows)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "an image of %lld tiles lies in a table of %lld rows", rows,
                   file->numrows);
  return *status;
}

/* ZVALi are for the algorithm. */
static int take_parameters(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  double value = 0;
  if (file->compress_type == RICE_1) {
    file->rice_blocksize = 32;
    file->rice_bytepix = 4;
    if (may_double(fptr, "ZVAL1", &value, status) && value >= 1 && value < INT_MAX)
      file->rice_blocksize = (int)value;
    if (may_double(fptr, "ZVAL2", &value, status) && value >= 1 && value < INT_MAX)
      file->rice_bytepix = (int)value;
  } else if (file->compress_type == HCOMPRESS_1) {
    file->hcomp_scale = 0;
    file->hcomp_smooth = 0;
    if (may_double(fptr, "ZVAL1", &value, status))
      file->hcomp_scale = (float)value;
    may_int(fptr, "ZVAL2", &file->hcomp_smooth, status);
  }
  return *status;
}

static int take_lengths(FITSfile *file, int *status) {
  LONGLONG pixels = 1;
  for (int i = 0; i < file->zndim; i++) {
    if (pixels > LONG_MAX / file->tilesize[i])
      return cf_fail(status, DATA_DECOMPRESSION_ERR, "the tiles are too large");
    pixels *= file->tilesize[i];
  }
  file->maxtilelen = (long)pixels;
  file->maxelem = imcomp_calc_max_elem(file->compress_type, pixels > INT_MAX ? INT_MAX : (int)pixels, file->zbitpix,
                                       file->rice_blocksize);
  return *status;
}

/* Returns the number of a column, 0: there is none. Several of that name: the first. */
static int column(const FITSfile *file, const char *name) {
  for (int i = 0; i < file->tfield; i++)
    if (cf_same_text(file->tableptr[i].ttype, name))
      return i + 1;
  return 0;
}

static int take_columns(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  int own = 0;
  file->cn_compressed = column(file, "COMPRESSED_DATA");
  if (file->cn_compressed == 0)
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "a compressed image without a column COMPRESSED_DATA");
  file->cn_gzip_data = column(file, "GZIP_COMPRESSED_DATA");
  file->cn_uncompressed = column(file, "UNCOMPRESSED_DATA");
  file->cn_zscale = column(file, "ZSCALE");
  file->cn_zzero = column(file, "ZZERO");
  file->cn_zblank = column(file, "ZBLANK");
  if (file->cn_zscale == 0 && may_double(fptr, "ZSCALE", &file->zscale, &own))
    file->cn_zscale = -1;
  if (file->cn_zzero == 0 && may_double(fptr, "ZZERO", &file->zzero, &own))
    file->cn_zzero = -1;
  if (file->cn_zblank == 0 &&
      (may_int(fptr, "ZBLANK", &file->zblank, &own) || (own <= 0 && may_int(fptr, "BLANK", &file->zblank, &own))))
    file->cn_zblank = -1;
  file->cn_bscale = 1.0;
  file->cn_bzero = 0.0;
  may_double(fptr, "BSCALE", &file->cn_bscale, &own);
  may_double(fptr, "BZERO", &file->cn_bzero, &own);
  file->cn_actual_bzero = file->cn_bzero;
  return *status;
}

/* ---- the call ---- */

static bool is_image(fitsfile *fptr) {
  int own = 0, value = 0;
  return ffgky(fptr, TLOGICAL, "ZIMAGE", &value, NULL, &own) <= 0 && value != 0;
}

int cf_tiled_describe(fitsfile *fptr, int *status) {
  FITSfile *file = fptr->Fptr;
  cf_tiled_forget(file);
  file->compressimg = 0;
  if (*status > 0 || !is_image(fptr))
    return *status;
  file->cn_compressed = file->cn_uncompressed = file->cn_gzip_data = 0;
  file->cn_zscale = file->cn_zzero = file->cn_zblank = 0;
  if (take_type(fptr, status) > 0 || take_quantizing(fptr, status) > 0 || take_axes(fptr, status) > 0 ||
      take_parameters(fptr, status) > 0 || take_lengths(file, status) > 0 || take_columns(fptr, status) > 0)
    return *status;
  file->compressimg = 1;
  return *status;
}

int fits_is_compressed_image(fitsfile *fptr, int *status) {
  if (!cf_use_data(fptr, status))
    return 0;
  return fptr->Fptr->hdutype == BINARY_TBL && fptr->Fptr->compressimg != 0;
}

int fits_is_reentrant(void) {
  return 1;
}
