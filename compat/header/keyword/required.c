/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Required keywords of new headers of images.
 */
#include <stdbool.h>
#include <stdio.h>

#include "file/handle.h"
#include "header/keyword/required.h"
#include "tiled/tiled.h"

#define MAX_AXES 999

/* Types of images that are stored with an offset. */
static const struct offset_type {
  int type;
  int bitpix;
  ULONGLONG zero; /* -128 for signed bytes */
  const char *comment;
} offset_types[] = {
    {SBYTE_IMG, BYTE_IMG, 0, "offset data range to that of signed byte"},
    {USHORT_IMG, SHORT_IMG, 32768, "offset data range to that of unsigned short"},
    {ULONG_IMG, LONG_IMG, 2147483648U, "offset data range to that of unsigned long"},
    {ULONGLONG_IMG, LONGLONG_IMG, 9223372036854775808U, "offset data range to that of unsigned long long"},
};

static const struct offset_type *find_offset_type(int type) {
  for (size_t i = 0; i < sizeof offset_types / sizeof *offset_types; i++)
    if (offset_types[i].type == type)
      return &offset_types[i];
  return NULL;
}

bool cf_header_is_new(fitsfile *fptr, int *status) {
  const FITSfile *file;
  if (!cf_use_write(fptr, status))
    return false;
  file = fptr->Fptr;
  if (file->headend != file->headstart[file->curhdu])
    cf_fail(status, HEADER_NOT_EMPTY, "the header has cards already");
  return *status <= 0;
}

/* Writes BITPIX, NAXIS, NAXISn. */
static int write_axes(fitsfile *fptr, int bitpix, int naxis, const LONGLONG *naxes, int *status) {
  char name[FLEN_KEYWORD], comment[FLEN_COMMENT];
  ffpkyj(fptr, "BITPIX", bitpix, "number of bits per data pixel", status);
  if (naxis < 0 || naxis > MAX_AXES)
    return cf_fail(status, BAD_NAXIS, "an image cannot have %d axes", naxis);
  ffpkyj(fptr, "NAXIS", naxis, "number of data axes", status);
  if (naxis > 0 && naxes == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no lengths of the axes");
  for (int i = 0; i < naxis && *status <= 0; i++) {
    if (naxes[i] < 0)
      return cf_fail(status, BAD_NAXES, "axis %d cannot have the length %lld", i + 1, naxes[i]);
    (void)snprintf(name, sizeof name, "NAXIS%d", i + 1);
    (void)snprintf(comment, sizeof comment, "length of data axis %d", i + 1);
    ffpkyj(fptr, name, naxes[i], comment, status);
  }
  return *status;
}

static int write_primary_end(fitsfile *fptr, LONGLONG pcount, LONGLONG gcount, int extend, int *status) {
  if (extend)
    ffpkyl(fptr, "EXTEND", 1, "FITS dataset may contain extensions", status);
  if (pcount < 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT cannot be %lld", pcount);
  if (gcount < 1)
    return cf_fail(status, BAD_GCOUNT, "GCOUNT cannot be %lld", gcount);
  if (pcount > 0 || gcount > 1) {
    ffpkyl(fptr, "GROUPS", 1, "random group records are present", status);
    ffpkyj(fptr, "PCOUNT", pcount, "number of random group parameters", status);
    ffpkyj(fptr, "GCOUNT", gcount, "number of random groups", status);
  }
  ffpcom(fptr, "  FITS (Flexible Image Transport System) format is defined in 'Astronomy", status);
  return ffpcom(fptr, "  and Astrophysics', volume 376, page 359; bibcode: 2001A&A...376..359H", status);
}

static int write_image_end(fitsfile *fptr, LONGLONG pcount, LONGLONG gcount, int *status) {
  if (pcount != 0)
    return cf_fail(status, BAD_PCOUNT, "PCOUNT of an image must be 0");
  if (gcount != 1)
    return cf_fail(status, BAD_GCOUNT, "GCOUNT of an image must be 1");
  ffpkyj(fptr, "PCOUNT", 0, "required keyword; must = 0", status);
  return ffpkyj(fptr, "GCOUNT", 1, "required keyword; must = 1", status);
}

static int write_offset(fitsfile *fptr, const struct offset_type *offset, int *status) {
  if (offset->zero == 0)
    ffpkyj(fptr, "BZERO", -128, offset->comment, status);
  else
    ffpkyuj(fptr, "BZERO", offset->zero, offset->comment, status);
  return ffpkyj(fptr, "BSCALE", 1, "default scaling factor", status);
}

int ffphprll(fitsfile *fptr, int simple, int bitpix, int naxis, LONGLONG naxes[], LONGLONG pcount, LONGLONG gcount,
             int extend, int *status) {
  if (!cf_header_is_new(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->request_compress_type != 0 && naxis > 0)
    return cf_tiled_create(fptr, bitpix, naxis, naxes, status);
  const struct offset_type *offset = find_offset_type(bitpix);
  bool primary = fptr->Fptr->curhdu == 0;
  int stored = offset != NULL ? offset->bitpix : bitpix;
  if (primary)
    ffpkyl(fptr, "SIMPLE", simple != 0,
           simple ? "file does conform to FITS standard" : "file does not conform to FITS standard", status);
  else
    ffpkys(fptr, "XTENSION", "IMAGE", "IMAGE extension", status);
  if (stored != BYTE_IMG && stored != SHORT_IMG && stored != LONG_IMG && stored != LONGLONG_IMG &&
      stored != FLOAT_IMG && stored != DOUBLE_IMG)
    return cf_fail(status, BAD_BITPIX, "no type of an image: %d", bitpix);
  if (write_axes(fptr, stored, naxis, naxes, status) > 0)
    return *status;
  if (primary)
    write_primary_end(fptr, pcount, gcount, extend, status);
  else
    write_image_end(fptr, pcount, gcount, status);
  if (offset != NULL && *status <= 0)
    write_offset(fptr, offset, status);
  return *status;
}

/* Copies lengths of axes. `wide` is NULL where `naxes` is, or `naxis` is no number of axes. */
static LONGLONG *widen(LONGLONG *wide, int naxis, const long *naxes) {
  if (naxes == NULL || naxis < 0 || naxis > MAX_AXES)
    return NULL;
  for (int i = 0; i < naxis; i++)
    wide[i] = naxes[i];
  return wide;
}

int ffphpr(fitsfile *fptr, int simple, int bitpix, int naxis, long naxes[], LONGLONG pcount, LONGLONG gcount,
           int extend, int *status) {
  LONGLONG wide[MAX_AXES];
  return ffphprll(fptr, simple, bitpix, naxis, widen(wide, naxis, naxes), pcount, gcount, extend, status);
}

int ffphps(fitsfile *fptr, int bitpix, int naxis, long naxes[], int *status) {
  return ffphpr(fptr, 1, bitpix, naxis, naxes, 0, 1, 1, status);
}

int ffphpsll(fitsfile *fptr, int bitpix, int naxis, LONGLONG naxes[], int *status) {
  return ffphprll(fptr, 1, bitpix, naxis, naxes, 0, 1, 1, status);
}

int ffphext(fitsfile *fptr, const char *xtension, int bitpix, int naxis, long naxes[], LONGLONG pcount, LONGLONG gcount,
            int *status) {
  LONGLONG wide[MAX_AXES];
  if (!cf_header_is_new(fptr, status))
    return cf_refused(status);
  if (naxis < 0 || naxis > MAX_AXES)
    return cf_fail(status, BAD_NAXIS, "an extension cannot have %d axes", naxis);
  ffpkys(fptr, "XTENSION", xtension, "extension type", status);
  write_axes(fptr, bitpix, naxis, widen(wide, naxis, naxes), status);
  ffpkyj(fptr, "PCOUNT", pcount, " ", status);
  return ffpkyj(fptr, "GCOUNT", gcount, " ", status);
}
