/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading sections of images, and of arrays in columns of tables.
 */
#include <string.h>

#include "file/handle.h"
#include "image/image.h"

/* Reads `run` of a cell of a table. */
static int read_cell(const cf_pixels *pixels, int colnum, LONGLONG row, cf_run run) {
  int *status = pixels->status;
  const LONGLONG part = run.step == 1 ? run.count : 1;
  for (LONGLONG done = 0; done < run.count && *status <= 0; done += part) {
    cf_pixels at = cf_pixels_from(pixels, done);
    const LONGLONG first = run.first + done * run.step;
    int some = 0;
    if (pixels->nullcheck == 2)
      (void)ffgcf(at.fptr, at.datatype, colnum, row, first, part, at.array, at.flags, &some, status);
    else
      (void)ffgcv(at.fptr, at.datatype, colnum, row, first, part, pixels->nullcheck ? (void *)(size_t)at.nulval : NULL,
                  at.array, &some, status);
    *pixels->anynul |= some;
  }
  return *status;
}

static int read_rows(const cf_pixels *pixels, const cf_section *section, int colnum, LONGLONG group, LONGLONG *done) {
  cf_section_walk walk = {.section = section};
  cf_run run;
  int converted = 0, *status = pixels->status;
  while (*status <= 0 && cf_section_next(&walk, &run)) {
    cf_pixels part = cf_pixels_from(pixels, *done);
    int some = 0;
    if (colnum > 0) {
      (void)read_cell(&part, colnum, group, run);
    } else {
      part.anynul = &some;
      (void)cf_image_read(&part, CF_PIXELS, group, run);
      *pixels->anynul |= some;
    }
    if (*status == NUM_OVERFLOW) { /* the rest counts too */
      converted = *status;
      *status = 0;
    }
    *done += run.count;
  }
  if (*status <= 0 && converted > 0)
    *status = converted;
  return *status;
}

/* Makes one axis of the first two. Returns false if they are not side by side in the file. */
static bool join_two(cf_section *section) {
  const LONGLONG size = section->size[0], start = section->start[1], count = section->count[1];
  LONGLONG joined;
  if (section->naxis < 2 || section->step[0] != 1 || section->step[1] != 1 || section->start[0] != 1 ||
      section->count[0] != size || start < 1 || start > section->size[1] || count > section->size[1] - (start - 1) ||
      __builtin_mul_overflow(size, section->size[1], &joined))
    return false;
  section->start[0] = (start - 1) * size + 1;
  section->count[0] = count * size;
  section->size[0] = joined;
  section->naxis--;
  for (int i = 1; i < section->naxis; i++) {
    section->start[i] = section->start[i + 1];
    section->step[i] = section->step[i + 1];
    section->count[i] = section->count[i + 1];
    section->size[i] = section->size[i + 1];
  }
  return true;
}

/* Makes one axis of axes that a section has as a whole, so that rows are long. */
static void join_axes(cf_section *section) {
  while (join_two(section))
    ;
}

/* Checks that no axis is read backwards, which sections of columns, and those with flags, are not. */
static int check_forwards(const cf_pixels *pixels, int naxis, const long *blc, const long *trc) {
  for (int i = 0; i < naxis && i < CF_IMAGE_DIMS; i++)
    if (blc[i] > trc[i] && *pixels->status <= 0)
      (void)cf_fail(pixels->status, BAD_PIX_NUM, "the section ends before its begin along axis %d", i + 1);
  if (pixels->anynul != NULL)
    *pixels->anynul = 0;
  return *pixels->status;
}

/* Reads a section of the image, where `colnum` is the group, or of each row of a table from blc[naxis] to trc[naxis].
 */
static int read_section(cf_pixels pixels, int colnum, int naxis, const LONGLONG *size, const long *blc, const long *trc,
                        const long *inc) {
  cf_section section;
  LONGLONG done = 0;
  int any = 0, *status = pixels.status;
  const bool table = pixels.fptr->Fptr->hdutype != IMAGE_HDU && !pixels.fptr->Fptr->compressimg;
  if (pixels.array == NULL || blc == NULL || trc == NULL || inc == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected corners, steps and memory of a section, found NULL");
  if ((table || pixels.flags != NULL) && check_forwards(&pixels, naxis, blc, trc) > 0)
    return *status;
  if (pixels.fptr->Fptr->compressimg)
    return cf_compressed_read_section(&pixels, blc, trc, inc);
  if (cf_section_make(&section, naxis, size, blc, trc, inc, status) > 0 ||
      (!table && !cf_image_check(pixels.fptr, status)))
    return *status;
  if (!table && colnum < 0)
    return cf_fail(status, BAD_ROW_NUM, "group %d does not exist", colnum);
  if (table && inc[naxis] < 1)
    return cf_fail(status, BAD_PIX_NUM, "the step of rows is %ld", inc[naxis]);
  int *anynul = pixels.anynul;
  pixels.anynul = &any;
  if (!table) {
    join_axes(&section);
    (void)read_rows(&pixels, &section, 0, colnum == 0 ? 1 : colnum, &done);
  }
  for (LONGLONG row = table ? blc[naxis] : 1; table && row <= trc[naxis] && *status <= 0; row += inc[naxis])
    (void)read_rows(&pixels, &section, colnum > 0 ? colnum : 1, row, &done);
  if (anynul != NULL)
    *anynul = any;
  return *status;
}

static int read_section_lng(const cf_pixels *pixels, int colnum, int naxis, const long *naxes, const long *blc,
                            const long *trc, const long *inc) {
  LONGLONG size[CF_IMAGE_DIMS];
  if (naxis < 1 || naxis > CF_IMAGE_DIMS)
    return cf_fail(pixels->status, BAD_DIMEN, "expected 1 to %d axes, found %d", CF_IMAGE_DIMS, naxis);
  if (naxes == NULL)
    return cf_fail(pixels->status, NULL_INPUT_PTR, "expected the axes of an array, found NULL");
  for (int i = 0; i < naxis; i++)
    size[i] = naxes[i];
  return read_section(*pixels, colnum, naxis, size, blc, trc, inc);
}

#define SECTION_READERS(SUFFIX, T, CODE)                                                                               \
  int ffgsv##SUFFIX(fitsfile *fptr, int colnum, int naxis, long *naxes, long *blc, long *trc, long *inc, T nulval,     \
                    T *array, int *anynul, int *status) {                                                              \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, nulval != 0, &nulval, array, NULL, anynul, status};                          \
    return read_section_lng(&pixels, colnum, naxis, naxes, blc, trc, inc);                                             \
  }                                                                                                                    \
  int ffgsf##SUFFIX(fitsfile *fptr, int colnum, int naxis, long *naxes, long *blc, long *trc, long *inc, T *array,     \
                    char *flagval, int *anynul, int *status) {                                                         \
    if (!cf_use_data(fptr, status))                                                                                    \
      return cf_refused(status);                                                                                       \
    const cf_pixels pixels = {fptr, CODE, flagval != NULL ? 2 : 0, NULL, array, flagval, anynul, status};              \
    return read_section_lng(&pixels, colnum, naxis, naxes, blc, trc, inc);                                             \
  }

CF_PIXEL_TYPES(SECTION_READERS)

int ffgsv(fitsfile *fptr, int datatype, long *blc, long *trc, long *inc, void *nulval, void *array, int *anynul,
          int *status) {
  LONGLONG size[CF_IMAGE_DIMS];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  if (!cf_image_check(fptr, status) && *status != BAD_COL_NUM)
    return *status;
  *status = *status == BAD_COL_NUM ? 0 : *status; /* an image without axes is BAD_DIMEN here */
  const int naxis = cf_image_axes(fptr, size);
#define SECTION_CASE(SUFFIX, T, CODE)                                                                                  \
  case CODE: {                                                                                                         \
    const bool check = nulval != NULL && *(const T *)nulval != 0;                                                      \
    const cf_pixels pixels = {fptr, CODE, check, nulval, array, NULL, anynul, status};                                 \
    return read_section(pixels, 0, naxis, size, blc, trc, inc);                                                        \
  }
  switch (datatype) {
    CF_PIXEL_TYPES(SECTION_CASE)
  default:
    return cf_fail(status, BAD_DATATYPE, "pixels of type %d do not exist", datatype);
  }
}
