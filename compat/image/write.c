/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing pixels and group parameters.
 */
#include <string.h>

#include "file/handle.h"
#include "image/image.h"
#include "tiled/tiled.h"

static int write_pixels(const cf_pixels *pixels, LONGLONG group, LONGLONG first, LONGLONG n) {
  if (pixels->array == NULL && n > 0)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected pixels, found NULL");
  if (!cf_image_check(pixels->fptr, pixels->status))
    return *pixels->status;
  if (pixels->fptr->Fptr->compressimg)
    return cf_compressed_write(pixels, first, n);
  return cf_image_write(pixels, CF_PIXELS, group, first, n);
}

/* Writes an array with rows of `ncols` pixels and planes of `nrows` rows as a cube of naxis1 x naxis2 x naxis3 pixels.
 */
static int write_cube(const cf_pixels *pixels, LONGLONG group, LONGLONG ncols, LONGLONG nrows, LONGLONG naxis1,
                      LONGLONG naxis2, LONGLONG naxis3) {
  LONGLONG first = 1, n;
  int *status = pixels->status, converted = 0;
  if (ncols < naxis1 || nrows < naxis2)
    return cf_fail(status, BAD_DIMEN, "the array is smaller than the image");
  if (ncols == naxis1 && nrows == naxis2 && !__builtin_mul_overflow(naxis1, naxis2, &n) &&
      !__builtin_mul_overflow(n, naxis3, &n))
    return write_pixels(pixels, group, 1, n);
  for (LONGLONG plane = 0; plane < naxis3; plane++) {
    for (LONGLONG row = 0; row < naxis2; row++) {
      const cf_pixels part = cf_pixels_from(pixels, (plane * nrows + row) * ncols);
      if (write_pixels(&part, group, first, naxis1) == NUM_OVERFLOW) {
        converted = NUM_OVERFLOW;
        *status = 0;
      }
      if (*status > 0)
        return *status;
      first += naxis1;
    }
  }
  *status = converted > 0 ? converted : *status;
  return *status;
}

/* Writes a section, given by its first and last pixel. */
static int write_section(const cf_pixels *pixels, LONGLONG group, LONGLONG naxis, const LONGLONG *size,
                         const long *fpixel, const long *lpixel) {
  cf_section section;
  cf_section_walk walk = {.section = &section};
  cf_run run;
  LONGLONG done = 0;
  int *status = pixels->status, converted = 0;
  if (naxis < 1 || naxis > 7)
    return cf_fail(status, BAD_DIMEN, "expected 1 to 7 axes, found %lld", naxis);
  if (cf_section_make(&section, (int)naxis, size, fpixel, lpixel, NULL, status) > 0)
    return *status;
  for (int i = 0; i < naxis; i++) {
    if (lpixel[i] < fpixel[i] - 1 && i == 0)
      return cf_fail(status, NEG_BYTES, "the last pixel is before the first one");
    if (lpixel[i] < fpixel[i])
      return *status; /* no pixels */
  }
  while (*status <= 0 && cf_section_next(&walk, &run)) {
    const cf_pixels part = cf_pixels_from(pixels, done);
    if (write_pixels(&part, group, run.first, run.count) == NUM_OVERFLOW) {
      converted = NUM_OVERFLOW;
      *status = 0;
    }
    done += run.count;
  }
  *status = *status <= 0 && converted > 0 ? converted : *status;
  return *status;
}

/* Writes a section of a compressed image as one box. */
static int write_compressed_section(const cf_pixels *pixels, const long *fpixel, const long *lpixel) {
  LONGLONG size[CF_IMAGE_DIMS], first[CF_IMAGE_DIMS], last[CF_IMAGE_DIMS];
  const int naxis = cf_image_axes(pixels->fptr, size);
  if (naxis < 1 || naxis > MAX_COMPRESS_DIM)
    return cf_fail(pixels->status, BAD_DIMEN, "the compressed image has %d axes", naxis);
  for (int i = 0; i < naxis; i++) {
    first[i] = fpixel[i];
    last[i] = lpixel[i];
    if (first[i] < 1 || last[i] < first[i] || last[i] > size[i])
      return cf_fail(pixels->status, BAD_PIX_NUM, "the section is outside of the compressed image along axis %d",
                     i + 1);
  }
  return cf_tiled_write(pixels->fptr, pixels->datatype, first, last, pixels->nullcheck, pixels->nulval, pixels->array,
                        pixels->status);
}

static int write_section_lng(const cf_pixels *pixels, LONGLONG group, LONGLONG naxis, const long *naxes,
                             const long *fpixel, const long *lpixel) {
  LONGLONG size[CF_IMAGE_DIMS];
  if (fpixel == NULL || lpixel == NULL || pixels->array == NULL)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected corners and pixels of a section, found NULL");
  if (pixels->fptr->Fptr->compressimg)
    return write_compressed_section(pixels, fpixel, lpixel);
  for (int i = 0; i < naxis && i < CF_IMAGE_DIMS; i++)
    size[i] = naxes != NULL ? naxes[i] : 0;
  return write_section(pixels, group, naxis, size, fpixel, lpixel);
}

static int write_parameters(const cf_pixels *pixels, LONGLONG group, LONGLONG first, LONGLONG n) {
  if (pixels->array == NULL && n > 0)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected group parameters, found NULL");
  if (pixels->fptr->Fptr->compressimg)
    return cf_fail(pixels->status, BAD_ELEM_NUM, "a compressed image has no group parameters");
  if (!cf_image_check(pixels->fptr, pixels->status))
    return *pixels->status;
  return cf_image_write(pixels, CF_GROUP_PARAMETERS, group, first, n);
}

#define WRITERS(SUFFIX, T, CODE)                                                                                       \
  int ffppr##SUFFIX(fitsfile *fptr, long group, LONGLONG firstelem, LONGLONG nelem, T *array, int *status) {           \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, 0, NULL, array, NULL, NULL, status};                                         \
    return write_pixels(&pixels, group, firstelem, nelem);                                                             \
  }                                                                                                                    \
  int ffppn##SUFFIX(fitsfile *fptr, long group, LONGLONG firstelem, LONGLONG nelem, T *array, T nulval, int *status) { \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    if (nelem < 0)                                                                                                     \
      nelem = 0; /* no pixels, while ffppr() fails */                                                                  \
    const cf_pixels pixels = {fptr, CODE, 1, &nulval, array, NULL, NULL, status};                                      \
    return write_pixels(&pixels, group, firstelem, nelem);                                                             \
  }                                                                                                                    \
  int ffp3d##SUFFIX(fitsfile *fptr, long group, LONGLONG ncols, LONGLONG nrows, LONGLONG naxis1, LONGLONG naxis2,      \
                    LONGLONG naxis3, T *array, int *status) {                                                          \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, 0, NULL, array, NULL, NULL, status};                                         \
    return write_cube(&pixels, group, ncols, nrows, naxis1, naxis2, naxis3);                                           \
  }                                                                                                                    \
  int ffp2d##SUFFIX(fitsfile *fptr, long group, LONGLONG ncols, LONGLONG naxis1, LONGLONG naxis2, T *array,            \
                    int *status) {                                                                                     \
    return ffp3d##SUFFIX(fptr, group, ncols, naxis2, naxis1, naxis2, 1, array, status);                                \
  }                                                                                                                    \
  int ffpss##SUFFIX(fitsfile *fptr, long group, long naxis, long *naxes, long *fpixel, long *lpixel, T *array,         \
                    int *status) {                                                                                     \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, 0, NULL, array, NULL, NULL, status};                                         \
    return write_section_lng(&pixels, group, naxis, naxes, fpixel, lpixel);                                            \
  }                                                                                                                    \
  int ffpgp##SUFFIX(fitsfile *fptr, long group, long firstelem, long nelem, T *array, int *status) {                   \
    if (!cf_use_write_data(fptr, status))                                                                              \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, 0, NULL, array, NULL, NULL, status};                                         \
    return write_parameters(&pixels, group, firstelem, nelem);                                                         \
  }

CF_PIXEL_TYPES(WRITERS)

int ffppr(fitsfile *fptr, int datatype, LONGLONG firstelem, LONGLONG nelem, void *array, int *status) {
#define WRITE_CASE(SUFFIX, T, CODE)                                                                                    \
  case CODE:                                                                                                           \
    return ffppr##SUFFIX(fptr, 1, firstelem, nelem, array, status);
  CF_GO(status);
  switch (datatype) {
    CF_PIXEL_TYPES(WRITE_CASE)
  default:
    return cf_fail(status, BAD_DATATYPE, "pixels of type %d do not exist", datatype);
  }
}

int ffppn(fitsfile *fptr, int datatype, LONGLONG firstelem, LONGLONG nelem, void *array, void *nulval, int *status) {
#define WRITE_NULL_CASE(SUFFIX, T, CODE)                                                                               \
  case CODE:                                                                                                           \
    return ffppn##SUFFIX(fptr, 1, firstelem, nelem, array, *(T *)nulval, status);
  CF_GO(status);
  if (nulval == NULL)
    return ffppr(fptr, datatype, firstelem, nelem, array, status);
  switch (datatype) {
    CF_PIXEL_TYPES(WRITE_NULL_CASE)
  default:
    return cf_fail(status, BAD_DATATYPE, "pixels of type %d do not exist", datatype);
  }
}

/* The position of a pixel is either `lng` or `lnglng`. */
static int write_from_position(fitsfile *fptr, int datatype, const long *lng, const LONGLONG *lnglng, LONGLONG nelem,
                               void *array, void *nulval, int *status) {
  if (!cf_use_data(fptr, status) || !cf_image_check(fptr, status))
    return cf_refused(status);
  const LONGLONG first = cf_image_element(fptr, lng, lnglng, status);
  return *status <= 0 ? ffppn(fptr, datatype, first, nelem, array, nulval, status) : *status;
}

int ffppx(fitsfile *fptr, int datatype, long *firstpix, LONGLONG nelem, void *array, int *status) {
  return write_from_position(fptr, datatype, firstpix, NULL, nelem, array, NULL, status);
}

int ffppxll(fitsfile *fptr, int datatype, LONGLONG *firstpix, LONGLONG nelem, void *array, int *status) {
  return write_from_position(fptr, datatype, NULL, firstpix, nelem, array, NULL, status);
}

int ffppxn(fitsfile *fptr, int datatype, long *firstpix, LONGLONG nelem, void *array, void *nulval, int *status) {
  return write_from_position(fptr, datatype, firstpix, NULL, nelem, array, nulval, status);
}

int ffppxnll(fitsfile *fptr, int datatype, LONGLONG *firstpix, LONGLONG nelem, void *array, void *nulval, int *status) {
  return write_from_position(fptr, datatype, NULL, firstpix, nelem, array, nulval, status);
}

int ffpss(fitsfile *fptr, int datatype, long *fpixel, long *lpixel, void *array, int *status) {
  LONGLONG size[CF_IMAGE_DIMS];
  long naxes[CF_IMAGE_DIMS] = {0};
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (!cf_image_check(fptr, status) && *status != BAD_COL_NUM)
    return *status;
  *status = *status == BAD_COL_NUM ? 0 : *status; /* an image without axes is BAD_DIMEN here */
  const int naxis = cf_image_axes(fptr, size);
  for (int i = 0; i < naxis && i < CF_IMAGE_DIMS; i++)
    naxes[i] = (long)size[i];
#define WRITE_SECTION_CASE(SUFFIX, T, CODE)                                                                            \
  case CODE:                                                                                                           \
    return ffpss##SUFFIX(fptr, 1, naxis, naxes, fpixel, lpixel, array, status);
  switch (datatype) {
    CF_PIXEL_TYPES(WRITE_SECTION_CASE)
  default:
    return cf_fail(status, BAD_DATATYPE, "pixels of type %d do not exist", datatype);
  }
}

int ffppru(fitsfile *fptr, long group, LONGLONG firstelem, LONGLONG nelem, int *status) {
  if (!cf_use_write_data(fptr, status) || !cf_image_check(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->compressimg)
    return cf_fail(status, DATA_COMPRESSION_ERR, "null pixels cannot be written into a compressed image this way");
  return cf_image_write_null(fptr, group, firstelem, nelem, status);
}

int ffpprn(fitsfile *fptr, LONGLONG firstelem, LONGLONG nelem, int *status) {
  return ffppru(fptr, 1, firstelem, nelem, status);
}
