/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How a program wants its next images to be compressed.
 */
#include <math.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"

/* A level of 0 means that reals are not quantized; in FITSfile, 0 means that there is no request. */
#define NOT_QUANTIZED 9999.0F

/* Begins a function. The request does not depend on the current HDU, so that it needs no cf_use(); and these functions
 * work with a status above 0, too. */
#define BEGIN(fptr, status)                                                                                            \
  do {                                                                                                                 \
    if ((status) == NULL)                                                                                              \
      return NULL_INPUT_PTR;                                                                                           \
    if ((fptr) == NULL || (fptr)->Fptr == NULL)                                                                        \
      return cf_fail(status, NULL_INPUT_PTR, "expected an open file, found NULL");                                     \
    if ((fptr)->Fptr->validcode != VALIDSTRUC)                                                                         \
      return cf_fail(status, BAD_FILEPTR, "the file is closed");                                                       \
  } while (0)

/* A function that sets, and one that gets, one member. */
#define SETTER(name, type, member)                                                                                     \
  int fits_set_##name(fitsfile *fptr, type value, int *status) {                                                       \
    BEGIN(fptr, status);                                                                                               \
    fptr->Fptr->member = value;                                                                                        \
    return *status;                                                                                                    \
  }
#define GETTER(name, type, member)                                                                                     \
  int fits_get_##name(fitsfile *fptr, type *value, int *status) {                                                      \
    BEGIN(fptr, status);                                                                                               \
    if (value == NULL)                                                                                                 \
      return cf_fail(status, NULL_INPUT_PTR, "expected a place for the value, found NULL");                            \
    *value = fptr->Fptr->member;                                                                                       \
    return *status;                                                                                                    \
  }

SETTER(hcomp_scale, float, request_hcomp_scale)
SETTER(hcomp_smooth, int, request_hcomp_smooth)
SETTER(lossy_int, int, request_lossy_int_compress)
SETTER(huge_hdu, int, request_huge_hdu)
GETTER(compression_type, int, request_compress_type)
GETTER(hcomp_scale, float, request_hcomp_scale)
GETTER(hcomp_smooth, int, request_hcomp_smooth)
GETTER(dither_seed, int, request_dither_seed)

int fits_set_compression_type(fitsfile *fptr, int ctype, int *status) {
  BEGIN(fptr, status);
  switch (ctype) {
  case 0:
  case NOCOMPRESS:
  case RICE_1:
  case GZIP_1:
  case GZIP_2:
  case PLIO_1:
  case HCOMPRESS_1:
  case BZIP2_1:
    fptr->Fptr->request_compress_type = ctype;
    return *status;
  default:
    return cf_fail(status, DATA_COMPRESSION_ERR, "there is no compression algorithm %d", ctype);
  }
}

int fits_set_tile_dim(fitsfile *fptr, int ndim, long *dims, int *status) {
  BEGIN(fptr, status);
  if (ndim < 0 || ndim > MAX_COMPRESS_DIM)
    return cf_fail(status, BAD_DIMEN, "tiles have at most %d axes, not %d", MAX_COMPRESS_DIM, ndim);
  if (dims == NULL && ndim > 0)
    return cf_fail(status, NULL_INPUT_PTR, "expected the axes of tiles, found NULL");
  for (int i = 0; i < ndim; i++)
    fptr->Fptr->request_tilesize[i] = dims[i];
  return *status;
}

int fits_get_tile_dim(fitsfile *fptr, int ndim, long *dims, int *status) {
  BEGIN(fptr, status);
  if (ndim < 0 || ndim > MAX_COMPRESS_DIM)
    return cf_fail(status, BAD_DIMEN, "tiles have at most %d axes, not %d", MAX_COMPRESS_DIM, ndim);
  if (dims == NULL && ndim > 0)
    return cf_fail(status, NULL_INPUT_PTR, "expected a place for the axes, found NULL");
  for (int i = 0; i < ndim; i++)
    dims[i] = fptr->Fptr->request_tilesize[i];
  return *status;
}

int fits_set_quantize_level(fitsfile *fptr, float qlevel, int *status) {
  BEGIN(fptr, status);
  fptr->Fptr->request_quantize_level = qlevel == 0.0F ? NOT_QUANTIZED : qlevel;
  return *status;
}

int fits_get_quantize_level(fitsfile *fptr, float *qlevel, int *status) {
  BEGIN(fptr, status);
  if (qlevel == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a place for the level, found NULL");
  float level = fptr->Fptr->request_quantize_level;
  *qlevel = level == NOT_QUANTIZED ? 0.0F : level;
  return *status;
}

int fits_set_noise_bits(fitsfile *fptr, int noisebits, int *status) {
  BEGIN(fptr, status);
  if (noisebits < 1 || noisebits > 16)
    return cf_fail(status, DATA_COMPRESSION_ERR, "%d bits of noise are not within 1 to 16", noisebits);
  return fits_set_quantize_level(fptr, (float)(1 << noisebits), status);
}

int fits_get_noise_bits(fitsfile *fptr, int *noisebits, int *status) {
  BEGIN(fptr, status);
  if (noisebits == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected a place for the bits, found NULL");
  double level = (double)fptr->Fptr->request_quantize_level;
  *noisebits = level > 0.0 && level < 65537.0 ? (int)(log(level) / log(2.0) + 0.5) : 0;
  return *status;
}

int fits_set_quantize_method(fitsfile *fptr, int method, int *status) {
  BEGIN(fptr, status);
  if (method < NO_DITHER || method > SUBTRACTIVE_DITHER_2)
    return cf_fail(status, DATA_COMPRESSION_ERR, "there is no dithering method %d", method);
  fptr->Fptr->request_quantize_method = method == 0 ? SUBTRACTIVE_DITHER_1 : method;
  return *status;
}

int fits_set_quantize_dither(fitsfile *fptr, int dither, int *status) {
  return fits_set_quantize_method(fptr, dither, status);
}

int fits_set_dither_seed(fitsfile *fptr, int seed, int *status) {
  BEGIN(fptr, status);
  if (seed > 10000)
    return cf_fail(status, DATA_COMPRESSION_ERR, "the seed %d is above 10000", seed);
  fptr->Fptr->request_dither_seed = seed;
  return *status;
}

int fits_set_dither_offset(fitsfile *fptr, int offset, int *status) {
  return fits_set_dither_seed(fptr, offset, status);
}

/* ---- requests in a header: FZ keywords ---- */

/* Gets the value of a keyword as text. False: it is missing. */
static bool preference(fitsfile *fptr, const char *keyword, char *value, int *status) {
  int own = 0;
  return *status <= 0 && ffgky(fptr, TSTRING, keyword, value, NULL, &own) <= 0;
}

static int set_algorithm(fitsfile *fptr, const char *value, int *status) {
  static const struct {
    const char *name;
    int type;
  } names[] = {{"RICE_1", RICE_1}, {"HCOMPRESS_1", HCOMPRESS_1}, {"PLIO_1", PLIO_1},
               {"GZIP_1", GZIP_1}, {"GZIP_2", GZIP_2},           {"NONE", NOCOMPRESS}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (cf_same_text(value, names[i].name))
      return fits_set_compression_type(fptr, names[i].type, status);
  return cf_fail(status, DATA_COMPRESSION_ERR, "FZALGOR = '%s' is no algorithm", value);
}

/* "ROW", "WHOLE", or lengths in parentheses. The lengths before an error count. */
static int set_tiles(fitsfile *fptr, const char *value, int *status) {
  long tile[MAX_COMPRESS_DIM] = {1, 1, 1, 1, 1, 1};
  const char *at = strchr(value, '(');
  bool good = at != NULL;
  if (cf_same_text(value, "ROW") || cf_same_text(value, "WHOLE")) {
    tile[0] = -1;
    if (cf_same_text(value, "WHOLE"))
      tile[1] = tile[2] = -1;
    return fits_set_tile_dim(fptr, MAX_COMPRESS_DIM, tile, status);
  }
  for (int i = 0; good && i < MAX_COMPRESS_DIM; i++) {
    char *end;
    tile[i] = strtol(at + 1, &end, 10);
    good = end != at + 1 && tile[i] >= 0;
    end += strspn(end, " ");
    at = strchr(end, ',');
    if (at == NULL) {
      good = good && strchr(end, ')') != NULL;
      break;
    }
  }
  int own = 0;
  fits_set_tile_dim(fptr, MAX_COMPRESS_DIM, tile, &own);
  return good ? *status : cf_fail(status, BAD_TDIM, "FZTILE = '%s' is no list of lengths", value);
}

static int set_method(fitsfile *fptr, const char *value, int *status) {
  if (cf_same_text(value, "NO_DITHER"))
    return fits_set_quantize_method(fptr, NO_DITHER, status);
  if (cf_same_text(value, "SUBTRACTIVE_DITHER_1"))
    return fits_set_quantize_method(fptr, SUBTRACTIVE_DITHER_1, status);
  if (cf_same_text(value, "SUBTRACTIVE_DITHER_2"))
    return fits_set_quantize_method(fptr, SUBTRACTIVE_DITHER_2, status);
  return cf_fail(status, DATA_COMPRESSION_ERR, "FZQMETHD = '%s' is no dithering method", value);
}

static int set_seed(fitsfile *fptr, const char *value, int *status) {
  if (cf_same_text(value, "CLOCK"))
    return fits_set_dither_seed(fptr, 0, status);
  if (cf_same_text(value, "CHECKSUM"))
    return fits_set_dither_seed(fptr, -1, status);
  long seed = strtol(value, NULL, 10);
  if (seed < 1 || seed > 10000)
    return cf_fail(status, DATA_COMPRESSION_ERR, "FZDTHRSD = '%s' is not CLOCK, CHECKSUM or 1 to 10000", value);
  return fits_set_dither_seed(fptr, (int)seed, status);
}

int fits_set_compression_pref(fitsfile *infptr, fitsfile *outfptr, int *status) {
  char value[FLEN_VALUE];
  float number;
  int own = 0;
  if (!cf_use(infptr, status))
    return cf_refused(status);
  BEGIN(outfptr, status);
  if (preference(infptr, "FZALGOR", value, status))
    set_algorithm(outfptr, value, status);
  if (preference(infptr, "FZTILE", value, status))
    set_tiles(outfptr, value, status);
  if (*status <= 0 && ffgky(infptr, TFLOAT, "FZQVALUE", &number, NULL, &own) <= 0)
    fits_set_quantize_level(outfptr, number, status);
  if (preference(infptr, "FZQMETHD", value, status))
    set_method(outfptr, value, status);
  if (preference(infptr, "FZDTHRSD", value, status))
    set_seed(outfptr, value, status);
  own = 0;
  if (*status <= 0 && ffgky(infptr, TFLOAT, "FZHSCALE", &number, NULL, &own) <= 0)
    fits_set_hcomp_scale(outfptr, number, status);
  return *status;
}
