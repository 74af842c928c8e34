/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating compressed images: a binary table with one row a tile, and its Z keywords.
 */
#include <string.h>

#include "tiled/writing/create.h"
#include "tiled/tiled.h"

/* request_quantize_level of images that are not quantized */
#define NOT_QUANTIZED 9999.0F
/* HCOMPRESS_1 needs so many pixels along both axes. */
#define LEAST_PLANE 4

/* ---- the size of tiles ---- */

/* Rows of a tile of HCOMPRESS_1: about 16, so that the last tile is not too small. */
static long plane_rows(LONGLONG rows) {
  static const int good[] = {16, 24, 20, 30, 28, 26, 22, 18, 14};
  if (rows <= 30)
    return (long)rows;
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    if (rows % good[i] == 0 || rows % good[i] >= LEAST_PLANE)
      return good[i];
  return 17;
}

/* Makes tiles of HCOMPRESS_1 longer until the last one has enough pixels. */
static int fit_plane(LONGLONG axis, long *tile, int *status) {
  LONGLONG rest = axis % *tile;
  if (*tile < axis && rest != 0 && rest < LEAST_PLANE) {
    LONGLONG tiles = axis / *tile;
    *tile += (long)((rest + tiles - 1) / tiles);
    rest = axis % *tile;
    if (rest != 0 && rest < LEAST_PLANE)
      return cf_fail(status, DATA_COMPRESSION_ERR, "the last tile of HCOMPRESS_1 has %lld pixels along an axis", rest);
  }
  return *status;
}

static int check_planes(const cf_tiled_plan *plan, long *tile, int *status) {
  const LONGLONG *axes = plan->axes;
  if (plan->naxis < 2)
    return cf_fail(status, DATA_COMPRESSION_ERR, "HCOMPRESS_1 does not hold images of one axis");
  if (axes[0] < LEAST_PLANE || axes[1] < LEAST_PLANE)
    if (axes[0] < LEAST_PLANE ? axes[0] != 1 : axes[1] != 1)
      return cf_fail(status, DATA_COMPRESSION_ERR, "HCOMPRESS_1 needs %d pixels along an axis", LEAST_PLANE);
  if (tile[0] <= 0 && (tile[1] == 0 || tile[1] == 1))
    tile[1] = plane_rows(axes[1]);
  else if (tile[1] < 0)
    for (int i = 2; i < plan->naxis; i++)
      tile[i] = tile[i] < 0 ? 1 : tile[i];
  for (int i = 0; i < plan->naxis; i++)
    tile[i] = tile[i] < 0 ? (long)axes[i] : tile[i] == 0 ? (i == 0 ? (long)axes[0] : 1) : tile[i];
  if (tile[0] == 1 || tile[1] == 1)
    return cf_fail(status, DATA_COMPRESSION_ERR, "tiles of HCOMPRESS_1 have two axes");
  for (int i = 2; i < plan->naxis; i++)
    if (tile[i] != 1)
      return cf_fail(status, DATA_COMPRESSION_ERR, "tiles of HCOMPRESS_1 have only two axes");
  for (int i = 0; i < 2; i++)
    if (tile[i] < LEAST_PLANE)
      return cf_fail(status, DATA_COMPRESSION_ERR, "tiles of HCOMPRESS_1 have %d pixels along an axis at least",
                     LEAST_PLANE);
  if (fit_plane(axes[0], &tile[0], status) <= 0)
    fit_plane(axes[1], &tile[1], status);
  return *status;
}

static int choose_tile(const FITSfile *file, cf_tiled_plan *plan, int *status) {
  long *tile = plan->tile;
  LONGLONG rows = 1;
  memcpy(tile, file->request_tilesize, sizeof plan->tile);
  if (plan->type == HCOMPRESS_1 && check_planes(plan, tile, status) > 0)
    return *status;
  for (int i = 0; i < plan->naxis; i++) {
    if (tile[i] <= 0)
      tile[i] = tile[i] < 0 || i == 0 ? (long)plan->axes[i] : 1;
    if (tile[i] < 1)
      return cf_fail(status, DATA_COMPRESSION_ERR, "axis %d of the image is empty", i + 1);
    LONGLONG tiles = (plan->axes[i] - 1) / tile[i] + 1;
    if (rows > LONGLONG_MAX / tiles)
      return cf_fail(status, DATA_COMPRESSION_ERR, "the image has too many tiles");
    rows *= tiles;
  }
  plan->rows = rows;
  return *status;
}

/* ---- the plan ---- */

int cf_tiled_plan_init(cf_tiled_plan *plan, const FITSfile *file, int bitpix, int naxis, const LONGLONG *axes,
                       int *status) {
  memset(plan, 0, sizeof *plan);
  if (naxis < 1 || naxis > MAX_COMPRESS_DIM)
    return cf_fail(status, BAD_NAXIS, "a compressed image has 1 to %d axes, not %d", MAX_COMPRESS_DIM, naxis);
  if (axes == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected the lengths of the axes, found NULL");
  plan->type = file->request_compress_type;
  plan->naxis = naxis;
  for (int i = 0; i < naxis; i++) {
    if (axes[i] < 1)
      return cf_fail(status, BAD_NAXES, "NAXIS%d = %lld: a compressed image has pixels", i + 1, axes[i]);
    plan->axes[i] = axes[i];
  }
  plan->bitpix = bitpix;
  plan->zbitpix = bitpix == SBYTE_IMG    ? BYTE_IMG
                  : bitpix == USHORT_IMG ? SHORT_IMG
                  : bitpix == ULONG_IMG  ? LONG_IMG
                                         : bitpix;
  if (bitpix == ULONGLONG_IMG)
    return cf_fail(status, DATA_COMPRESSION_ERR, "images of unsigned 64-bit integers cannot be compressed");
  plan->lossless = file->request_quantize_level == NOT_QUANTIZED;
  if (plan->zbitpix < 0) {
    if (plan->lossless && plan->type != GZIP_1 && plan->type != GZIP_2)
      return cf_fail(status, DATA_COMPRESSION_ERR, "reals that are not quantized need GZIP_1 or GZIP_2");
    plan->method = file->request_quantize_method == 0 ? SUBTRACTIVE_DITHER_1 : file->request_quantize_method;
    if (plan->type == HCOMPRESS_1 && plan->method == SUBTRACTIVE_DITHER_2)
      plan->method = SUBTRACTIVE_DITHER_1;
    double level = (double)file->request_quantize_level;
    plan->level = level != 0.0 ? level : plan->method == NO_DITHER ? 16.0 : 4.0;
  }
  return choose_tile(file, plan, status);
}

/* ---- the header ---- */

static const char *name_of(int type) {
  switch (type) {
  case RICE_1:
    return "RICE_1";
  case GZIP_1:
    return "GZIP_1";
  case GZIP_2:
    return "GZIP_2";
  case PLIO_1:
    return "PLIO_1";
  case HCOMPRESS_1:
    return "HCOMPRESS_1";
  case BZIP2_1:
    return "BZIP2_1";
  default:
    return "NOCOMPRESS";
  }
}

static int put_int(fitsfile *fptr, const char *keyword, LONGLONG value, const char *comment, int *status) {
  return ffpky(fptr, TLONGLONG, keyword, &value, comment, status);
}

static int put_text(fitsfile *fptr, const char *keyword, const char *value, const char *comment, int *status) {
  return ffpky(fptr, TSTRING, keyword, (void *)(size_t)value, comment, status);
}

static int put_table(fitsfile *fptr, const cf_tiled_plan *plan, int *status) {
  bool wide = fptr->Fptr->request_huge_hdu != 0, shorts = plan->type == PLIO_1;
  char names[3][16] = {"COMPRESSED_DATA", "ZSCALE", "ZZERO"}, forms[3][4] = {"1PB", "1D", "1D"};
  char *ttype[3] = {names[0], names[1], names[2]}, *tform[3] = {forms[0], forms[1], forms[2]};
  forms[0][1] = wide ? 'Q' : 'P';
  forms[0][2] = shorts ? 'I' : 'B';
  int columns = plan->zbitpix < 0 && !plan->lossless ? 3 : 1;
  return ffcrtb(fptr, BINARY_TBL, plan->rows, columns, ttype, tform, NULL, NULL, status);
}

static int put_structure(fitsfile *fptr, const cf_tiled_plan *plan, bool primary, int *status) {
  char keyword[FLEN_KEYWORD];
  int yes = 1;
  if (primary)
    ffpky(fptr, TLOGICAL, "ZSIMPLE", &yes, "file does conform to FITS standard", status);
  put_int(fptr, "ZBITPIX", plan->zbitpix, "data type of original image", status);
  put_int(fptr, "ZNAXIS", plan->naxis, "dimension of original image", status);
  for (int i = 0; i < plan->naxis; i++) {
    ffkeyn("ZNAXIS", i + 1, keyword, status);
    put_int(fptr, keyword, plan->axes[i], "length of original image axis", status);
  }
  return *status;
}

int cf_tiled_put_quantizing(fitsfile *fptr, const cf_tiled_plan *plan, bool history, int *status) {
  bool second = plan->method == SUBTRACTIVE_DITHER_2, none = plan->method == NO_DITHER;
  char card[FLEN_CARD], text[FLEN_CARD];
  if (plan->zbitpix > 0)
    return *status;
  if (plan->lossless)
    return put_text(fptr, "ZQUANTIZ", "NONE", "Lossless compression without quantization", status);
  put_text(fptr, "ZQUANTIZ",
           none     ? "NO_DITHER"
           : second ? "SUBTRACTIVE_DITHER_2"
                    : "SUBTRACTIVE_DITHER_1",
           none ? "No dithering during quantization" : "Pixel Quantization Algorithm", status);
  if (history) {
    ffphis(fptr, "Image was compressed by CFITSIO using scaled integer quantization:", status);
    (void)snprintf(text, sizeof text, "  q = %f / quantized level scaling parameter", plan->level);
    ffphis(fptr, text, status);
    if (ffgcrd(fptr, "ZQUANTIZ", card, status) <= 0)
      ffphis(fptr, card + 10, status);
  }
  if (none)
    return *status;
  return put_int(fptr, "ZDITHER0", fptr->Fptr->request_dither_seed, "dithering offset when quantizing floats", status);
}

static int put_parameters(fitsfile *fptr, const cf_tiled_plan *plan, int *status) {
  /* The other name of RICE_1 keeps software away that does not know this dithering. */
  bool other = plan->type == RICE_1 && plan->zbitpix < 0 && plan->method == SUBTRACTIVE_DITHER_2;
  put_text(fptr, "ZCMPTYPE", other ? "RICE_ONE" : name_of(plan->type), "compression algorithm", status);
  if (plan->type == RICE_1) {
    const char *bytepix = "bytes per pixel (1, 2, 4, or 8)";
    put_text(fptr, "ZNAME1", "BLOCKSIZE", "compression block size", status);
    put_int(fptr, "ZVAL1", 32, "pixels per block", status);
    put_text(fptr, "ZNAME2", "BYTEPIX", bytepix, status);
    put_int(fptr, "ZVAL2", plan->zbitpix == BYTE_IMG ? 1 : plan->zbitpix == SHORT_IMG ? 2 : 4, bytepix, status);
  } else if (plan->type == HCOMPRESS_1) {
    float scale = fptr->Fptr->request_hcomp_scale;
    put_text(fptr, "ZNAME1", "SCALE", "HCOMPRESS scale factor", status);
    ffpkye(fptr, "ZVAL1", scale, 7, "HCOMPRESS scale factor", status);
    put_text(fptr, "ZNAME2", "SMOOTH", "HCOMPRESS smooth option", status);
    put_int(fptr, "ZVAL2", fptr->Fptr->request_hcomp_smooth, "HCOMPRESS smooth option", status);
  }
  return *status;
}

static int put_offset(fitsfile *fptr, int bitpix, int *status) {
  double zero = bitpix == SBYTE_IMG ? -128.0 : bitpix == USHORT_IMG ? 32768.0 : 2147483648.0;
  const char *comment = bitpix == SBYTE_IMG    ? "offset data range to that of signed byte"
                        : bitpix == USHORT_IMG ? "offset data range to that of unsigned short"
                                               : "offset data range to that of unsigned long";
  if (bitpix != SBYTE_IMG && bitpix != USHORT_IMG && bitpix != ULONG_IMG)
    return *status;
  ffpkyg(fptr, "BZERO", zero, 0, comment, status);
  return ffpkyg(fptr, "BSCALE", 1.0, 0, "default scaling factor", status);
}

int cf_tiled_begin(fitsfile *fptr, const cf_tiled_plan *plan, bool primary, bool structure, int *status) {
  char keyword[FLEN_KEYWORD];
  if (put_table(fptr, plan, status) > 0)
    return *status;
  int yes = 1;
  ffpky(fptr, TLOGICAL, "ZIMAGE", &yes, "extension contains compressed image", status);
  if (structure)
    put_structure(fptr, plan, primary, status);
  for (int i = 0; i < plan->naxis; i++) {
    ffkeyn("ZTILE", i + 1, keyword, status);
    put_int(fptr, keyword, plan->tile[i], "size of tiles to be compressed", status);
  }
  if (structure)
    cf_tiled_put_quantizing(fptr, plan, false, status);
  put_parameters(fptr, plan, status);
  return put_offset(fptr, plan->bitpix, status);
}

/* Tells whether the file has no HDU yet. */
static bool is_empty(const FITSfile *file) {
  return file->maxhdu == 0 && file->curhdu == 0 && file->headend <= file->headstart[0];
}

int cf_tiled_create(fitsfile *fptr, int bitpix, int naxis, const LONGLONG *naxes, int *status) {
  FITSfile *file = fptr->Fptr;
  cf_tiled_plan plan;
  bool primary = is_empty(file);
  if (cf_tiled_plan_init(&plan, file, bitpix, naxis, naxes, status) > 0)
    return *status;
  if (primary) {
    file->request_compress_type = 0;
    ffcrim(fptr, SHORT_IMG, 0, NULL, status);
    file->request_compress_type = plan.type;
  }
  return *status > 0 ? *status : cf_tiled_begin(fptr, &plan, primary, true, status);
}
