/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Type and size of the current image, plain or compressed.
 */
#include <stdbool.h>

#include "file/handle.h"

typedef struct image {
  int bitpix;
  int naxis;
  bool compressed;
  const FITSfile *f;
} image;

/* Returns the type of C of the pixels of a plain image as BITPIX. */
static int bitpix_of(int datatype) {
  switch (datatype) {
  case TBYTE:
    return BYTE_IMG;
  case TSHORT:
    return SHORT_IMG;
  case TLONG:
    return LONG_IMG;
  case TLONGLONG:
    return LONGLONG_IMG;
  case TFLOAT:
    return FLOAT_IMG;
  default:
    return DOUBLE_IMG;
  }
}

/* Describes the current HDU as an image. NOT_IMAGE: it is a table. */
static int get_image(fitsfile *fptr, image *found, int *status) {
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  const FITSfile *f = fptr->Fptr;
  *found = (image){.f = f, .naxis = f->imgdim};
  if (f->compressimg) {
    found->compressed = true;
    found->bitpix = f->zbitpix;
    found->naxis = f->zndim < MAX_COMPRESS_DIM ? f->zndim : MAX_COMPRESS_DIM;
  } else if (f->hdutype != IMAGE_HDU) {
    (void)cf_fail(status, NOT_IMAGE, "the HDU is a table, not an image");
  } else if (f->tfield >= 2 && f->tableptr != NULL) {
    found->bitpix = bitpix_of(f->tableptr[1].tdatatype);
  } else { /* an image without pixels has no columns */
    (void)ffgky(fptr, TINT, "BITPIX", &found->bitpix, NULL, status);
  }
  return *status;
}

static LONGLONG axis_of(const image *found, int i) {
  return found->compressed ? found->f->znaxis[i] : found->f->imgnaxis[i];
}

int ffgidt(fitsfile *fptr, int *imgtype, int *status) {
  image found;
  if (get_image(fptr, &found, status) <= 0 && imgtype != NULL)
    *imgtype = found.bitpix;
  return cf_refused(status);
}

int ffgidm(fitsfile *fptr, int *naxis, int *status) {
  image found;
  if (get_image(fptr, &found, status) <= 0 && naxis != NULL)
    *naxis = found.naxis;
  return cf_refused(status);
}

int ffgiszll(fitsfile *fptr, int nlen, LONGLONG *naxes, int *status) {
  image found;
  if (get_image(fptr, &found, status) <= 0 && naxes != NULL)
    for (int i = 0; i < nlen && i < found.naxis; i++)
      naxes[i] = axis_of(&found, i);
  return cf_refused(status);
}

int ffgisz(fitsfile *fptr, int nlen, long *naxes, int *status) {
  image found;
  if (get_image(fptr, &found, status) <= 0 && naxes != NULL)
    for (int i = 0; i < nlen && i < found.naxis; i++)
      naxes[i] = (long)axis_of(&found, i);
  return cf_refused(status);
}

int ffgiprll(fitsfile *fptr, int maxaxis, int *imgtype, int *naxis, LONGLONG *naxes, int *status) {
  if (imgtype != NULL)
    (void)ffgidt(fptr, imgtype, status);
  if (naxis != NULL)
    (void)ffgidm(fptr, naxis, status);
  return naxes != NULL ? ffgiszll(fptr, maxaxis, naxes, status) : cf_refused(status);
}

int ffgipr(fitsfile *fptr, int maxaxis, int *imgtype, int *naxis, long *naxes, int *status) {
  if (imgtype != NULL)
    (void)ffgidt(fptr, imgtype, status);
  if (naxis != NULL)
    (void)ffgidm(fptr, naxis, status);
  return naxes != NULL ? ffgisz(fptr, maxaxis, naxes, status) : cf_refused(status);
}

/* Tells whether a number is an integer of 64 bits. */
static bool is_integer(double value) {
  return value >= -9e18 && value <= 9e18 && value == (double)(LONGLONG)value;
}

/* Returns the smallest type that holds all values of an integer image with this scaling. */
static int scaled_type(int bitpix, double scale, double zero) {
  double low = bitpix == BYTE_IMG ? 0 : bitpix == SHORT_IMG ? -32768 : -2147483648.;
  double high = bitpix == BYTE_IMG ? 255 : bitpix == SHORT_IMG ? 32767 : 2147483647.;
  double a = low * scale + zero, b = high * scale + zero;
  double least = a < b ? a : b, most = a < b ? b : a;
  if (zero > 2147483648. || !is_integer(scale) || !is_integer(zero))
    return bitpix == LONG_IMG ? DOUBLE_IMG : FLOAT_IMG;
  if (least == -128 && most == 127)
    return SBYTE_IMG;
  if (least >= -32768 && most <= 32767)
    return SHORT_IMG;
  if (least >= 0 && most <= 65535)
    return USHORT_IMG;
  if (least >= -2147483648. && most <= 2147483647.)
    return LONG_IMG;
  return least >= 0 && most < 4294967296. ? ULONG_IMG : DOUBLE_IMG;
}

/* The keywords count, not what ffpscl() has set. */
int ffgiet(fitsfile *fptr, int *imgtype, int *status) {
  image found;
  if (get_image(fptr, &found, status) > 0 || imgtype == NULL)
    return cf_refused(status);
  double scale = 1, zero = 0;
  int missing = 0;
  ffpmrk();
  if (ffgky(fptr, TDOUBLE, "BSCALE", &scale, NULL, &missing) > 0)
    missing = 0, scale = 1;
  if (ffgky(fptr, TDOUBLE, "BZERO", &zero, NULL, &missing) > 0)
    zero = 0;
  ffcmrk();
  *imgtype = found.bitpix;
  if (found.bitpix > 0 && found.bitpix < LONGLONG_IMG && (scale != 1 || zero != 0))
    *imgtype = scaled_type(found.bitpix, scale, zero);
  return *status;
}
