/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Axes of images, positions of pixels, and sections.
 */
#include "image/image.h"

#define APART_PIXELS 4096 /* of an axis: the parts of its rows are far apart in the file */

bool cf_image_check(fitsfile *fptr, int *status) {
  const FITSfile *file = fptr->Fptr;
  if (file->compressimg)
    return true;
  if (file->hdutype != IMAGE_HDU)
    (void)cf_fail(status, NOT_IMAGE, "HDU %d is no image", file->curhdu + 1);
  else if (file->tfield < 2 || file->tableptr == NULL)
    (void)cf_fail(status, BAD_COL_NUM, "the image in HDU %d has no axes", file->curhdu + 1);
  return *status <= 0;
}

int cf_image_axes(fitsfile *fptr, LONGLONG *size) {
  const FITSfile *file = fptr->Fptr;
  const int naxis = file->compressimg ? file->zndim : file->imgdim;
  for (int i = 0; i < naxis && i < CF_IMAGE_DIMS; i++)
    size[i] = file->compressimg && i < MAX_COMPRESS_DIM ? file->znaxis[i] : file->imgnaxis[i];
  return naxis;
}

static int check_dimensions(int naxis, int *status) {
  if (naxis < 1 || naxis > CF_IMAGE_DIMS)
    (void)cf_fail(status, BAD_DIMEN, "expected 1 to %d axes, found %d", CF_IMAGE_DIMS, naxis);
  return *status;
}

LONGLONG cf_image_element(fitsfile *fptr, const long *lng, const LONGLONG *lnglng, int *status) {
  LONGLONG size[CF_IMAGE_DIMS], element = 1, stride = 1, part;
  const int naxis = fptr->Fptr->hdutype == IMAGE_HDU || fptr->Fptr->compressimg ? cf_image_axes(fptr, size) : 0;
  if (lng == NULL && lnglng == NULL)
    (void)cf_fail(status, NULL_INPUT_PTR, "expected the position of a pixel, found NULL");
  if (*status > 0 || check_dimensions(naxis, status) > 0)
    return 0;
  for (int i = 0; i < naxis; i++) {
    LONGLONG index = lng != NULL ? (LONGLONG)lng[i] : lnglng[i];
    if (__builtin_sub_overflow(index, 1, &index) || __builtin_mul_overflow(index, stride, &part) ||
        __builtin_add_overflow(element, part, &element) || __builtin_mul_overflow(stride, size[i], &stride)) {
      (void)cf_fail(status, BAD_ELEM_NUM, "the position of the first pixel is beyond all images");
      return 0;
    }
  }
  return element;
}

int cf_section_make(cf_section *section, int naxis, const LONGLONG *size, const long *blc, const long *trc,
                    const long *inc, int *status) {
  if (check_dimensions(naxis, status) > 0)
    return *status;
  if (blc == NULL || trc == NULL || size == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected the corners of a section, found NULL");
  section->naxis = naxis;
  for (int i = 0; i < naxis; i++) {
    const long step = inc != NULL ? inc[i] : 1;
    LONGLONG span;
    if (step == 0)
      return cf_fail(status, BAD_PIX_NUM, "the step along axis %d is 0", i + 1);
    if (step < 0)
      return cf_fail(status, NEG_BYTES, "the step along axis %d is negative: %ld", i + 1, step);
    const bool backwards = blc[i] > trc[i];
    if (__builtin_sub_overflow(backwards ? blc[i] : trc[i], backwards ? trc[i] : blc[i], &span) || span == LONGLONG_MAX)
      return cf_fail(status, BAD_PIX_NUM, "the corners of the section are too far apart along axis %d", i + 1);
    section->size[i] = size[i];
    section->start[i] = blc[i];
    section->step[i] = backwards ? -step : step;
    section->count[i] = span / step + 1;
  }
  return *status;
}

bool cf_section_next(cf_section_walk *walk, cf_run *run) {
  const cf_section *section = walk->section;
  LONGLONG stride = 1;
  if (walk->ended)
    return false;
  run->first = section->start[0];
  run->step = section->step[0];
  run->count = section->count[0];
  run->apart = section->naxis > 1 && section->size[0] >= APART_PIXELS;
  for (int i = 1; i < section->naxis; i++) {
    /* corners may lie far outside: the element number may wrap around, which the check of elements finds */
    stride = (LONGLONG)((ULONGLONG)stride * (ULONGLONG)section->size[i - 1]);
    ULONGLONG at = (ULONGLONG)section->start[i] - 1 + (ULONGLONG)walk->index[i] * (ULONGLONG)section->step[i];
    run->first = (LONGLONG)((ULONGLONG)run->first + at * (ULONGLONG)stride);
  }
  int axis = 1;
  while (axis < section->naxis && ++walk->index[axis] == section->count[axis])
    walk->index[axis++] = 0;
  walk->ended = axis == section->naxis;
  return true;
}
