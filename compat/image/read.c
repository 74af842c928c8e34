/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading pixels and group parameters.
 */
#include <string.h>

#include "file/handle.h"
#include "image/image.h"

/* Reads n pixels of a group of the current HDU from pixel `first` on. */
static int read_pixels(const cf_pixels *pixels, LONGLONG group, LONGLONG first, LONGLONG n) {
  if (n != 0 && pixels->anynul != NULL)
    *pixels->anynul = 0;
  if (pixels->array == NULL && n > 0)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected memory for pixels, found NULL");
  if (!cf_image_check(pixels->fptr, pixels->status))
    return *pixels->status;
  if (pixels->fptr->Fptr->compressimg)
    return cf_compressed_read(pixels, first, n);
  return cf_image_read(pixels, CF_PIXELS, group, (cf_run){.first = first, .step = 1, .count = n});
}

/* Tells whether *nulval is a null value to put into the array: not 0. */
static bool has_nulval(int datatype, const void *nulval) {
  static const char zeros[16];
  if (nulval == NULL)
    return false;
  if (datatype == TFLOAT)
    return *(const float *)nulval != 0.F;
  if (datatype == TDOUBLE)
    return *(const double *)nulval != 0.;
  return memcmp(nulval, zeros, cf_size_of(datatype)) != 0;
}

static bool is_pixel_type(int datatype, int *status) {
#define CASE_OF_TYPE(SUFFIX, T, CODE) case CODE:
  switch (datatype) {
    CF_PIXEL_TYPES(CASE_OF_TYPE)
    return true;
  default:
    (void)cf_fail(status, BAD_DATATYPE, "pixels of type %d do not exist", datatype);
    return false;
  }
}

int ffgpv(fitsfile *fptr, int datatype, LONGLONG firstelem, LONGLONG nelem, void *nulval, void *array, int *anynul,
          int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0 || !is_pixel_type(datatype, status))
    return *status;
  const cf_pixels pixels = {fptr, datatype, has_nulval(datatype, nulval), nulval, array, NULL, anynul, status};
  return read_pixels(&pixels, 1, firstelem, nelem);
}

int ffgpf(fitsfile *fptr, int datatype, LONGLONG firstelem, LONGLONG nelem, void *array, char *nullarray, int *anynul,
          int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0 || !is_pixel_type(datatype, status))
    return *status;
  const cf_pixels pixels = {fptr, datatype, nullarray != NULL ? 2 : 0, NULL, array, nullarray, anynul, status};
  return read_pixels(&pixels, 1, firstelem, nelem);
}

/* The position of a pixel is either `lng` or `lnglng`. */
static int read_from_position(fitsfile *fptr, int datatype, const long *lng, const LONGLONG *lnglng, LONGLONG nelem,
                              void *nulval, void *array, int *anynul, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0)
    return *status;
  const LONGLONG first = cf_image_element(fptr, lng, lnglng, status);
  return *status <= 0 ? ffgpv(fptr, datatype, first, nelem, nulval, array, anynul, status) : *status;
}

int ffgpxv(fitsfile *fptr, int datatype, long *firstpix, LONGLONG nelem, void *nulval, void *array, int *anynul,
           int *status) {
  return read_from_position(fptr, datatype, firstpix, NULL, nelem, nulval, array, anynul, status);
}

int ffgpxvll(fitsfile *fptr, int datatype, LONGLONG *firstpix, LONGLONG nelem, void *nulval, void *array, int *anynul,
             int *status) {
  return read_from_position(fptr, datatype, NULL, firstpix, nelem, nulval, array, anynul, status);
}

static int flags_from_position(fitsfile *fptr, int datatype, const long *lng, const LONGLONG *lnglng, LONGLONG nelem,
                               void *array, char *nullarray, int *anynul, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (nelem == 0)
    return *status;
  const LONGLONG first = cf_image_element(fptr, lng, lnglng, status);
  return *status <= 0 ? ffgpf(fptr, datatype, first, nelem, array, nullarray, anynul, status) : *status;
}

int ffgpxf(fitsfile *fptr, int datatype, long *firstpix, LONGLONG nelem, void *array, char *nullarray, int *anynul,
           int *status) {
  return flags_from_position(fptr, datatype, firstpix, NULL, nelem, array, nullarray, anynul, status);
}

int ffgpxfll(fitsfile *fptr, int datatype, LONGLONG *firstpix, LONGLONG nelem, void *array, char *nullarray,
             int *anynul, int *status) {
  return flags_from_position(fptr, datatype, NULL, firstpix, nelem, array, nullarray, anynul, status);
}

/* Reads a cube of naxis1 x naxis2 x naxis3 pixels into an array with rows of `ncols` pixels and planes of `nrows` rows.
 */
static int read_cube(const cf_pixels *pixels, LONGLONG group, LONGLONG ncols, LONGLONG nrows, LONGLONG naxis1,
                     LONGLONG naxis2, LONGLONG naxis3) {
  int *status = pixels->status, any = 0;
  LONGLONG first = 1, n;
  if (ncols < naxis1 || nrows < naxis2)
    return cf_fail(status, BAD_DIMEN, "the array is smaller than the image");
  if (ncols == naxis1 && nrows == naxis2 && !__builtin_mul_overflow(naxis1, naxis2, &n) &&
      !__builtin_mul_overflow(n, naxis3, &n))
    return read_pixels(pixels, group, 1, n);
  for (LONGLONG plane = 0; plane < naxis3; plane++) {
    for (LONGLONG row = 0; row < naxis2; row++) {
      int some = 0;
      cf_pixels part = cf_pixels_from(pixels, (plane * nrows + row) * ncols);
      part.anynul = &some;
      if (read_pixels(&part, group, first, naxis1) > 0)
        return *status;
      any |= some;
      first += naxis1;
    }
  }
  if (pixels->anynul != NULL)
    *pixels->anynul = any;
  return *status;
}

#define READERS(SUFFIX, T, CODE)                                                                                       \
  int ffgpv##SUFFIX(fitsfile *fptr, long group, LONGLONG firstelem, LONGLONG nelem, T nulval, T *array, int *anynul,   \
                    int *status) {                                                                                     \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, nulval != 0, &nulval, array, NULL, anynul, status};                          \
    return read_pixels(&pixels, group, firstelem, nelem);                                                              \
  }                                                                                                                    \
  int ffgpf##SUFFIX(fitsfile *fptr, long group, LONGLONG firstelem, LONGLONG nelem, T *array, char *nularray,          \
                    int *anynul, int *status) {                                                                        \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, nularray != NULL ? 2 : 0, NULL, array, nularray, anynul, status};            \
    return read_pixels(&pixels, group, firstelem, nelem);                                                              \
  }                                                                                                                    \
  int ffg3d##SUFFIX(fitsfile *fptr, long group, T nulval, LONGLONG ncols, LONGLONG nrows, LONGLONG naxis1,             \
                    LONGLONG naxis2, LONGLONG naxis3, T *array, int *anynul, int *status) {                            \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, nulval != 0, &nulval, array, NULL, anynul, status};                          \
    return read_cube(&pixels, group, ncols, nrows, naxis1, naxis2, naxis3);                                            \
  }                                                                                                                    \
  int ffg2d##SUFFIX(fitsfile *fptr, long group, T nulval, LONGLONG ncols, LONGLONG naxis1, LONGLONG naxis2, T *array,  \
                    int *anynul, int *status) {                                                                        \
    return ffg3d##SUFFIX(fptr, group, nulval, ncols, naxis2, naxis1, naxis2, 1, array, anynul, status);                \
  }                                                                                                                    \
  int ffggp##SUFFIX(fitsfile *fptr, long group, long firstelem, long nelem, T *array, int *status) {                   \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, 0, NULL, array, NULL, NULL, status};                                         \
    return read_parameters(&pixels, group, firstelem, nelem);                                                          \
  }

/* Reads group parameters. */
static int read_parameters(const cf_pixels *pixels, LONGLONG group, LONGLONG first, LONGLONG n) {
  if (pixels->array == NULL && n > 0)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected memory for group parameters, found NULL");
  if (pixels->fptr->Fptr->compressimg)
    return cf_fail(pixels->status, BAD_ELEM_NUM, "a compressed image has no group parameters");
  if (!cf_image_check(pixels->fptr, pixels->status))
    return *pixels->status;
  return cf_image_read(pixels, CF_GROUP_PARAMETERS, group, (cf_run){.first = first, .step = 1, .count = n});
}

CF_PIXEL_TYPES(READERS)
