/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images. The room tiled reads and writes boxes; here are ranges of elements and sections of any kind.
 */
#include <string.h>

#include "image/image.h"
#include "tiled/tiled.h"

/* A box of pixels, and the axes of its image. */
typedef struct box {
  int naxis;
  LONGLONG size[CF_IMAGE_DIMS];
  LONGLONG first[CF_IMAGE_DIMS];
  LONGLONG last[CF_IMAGE_DIMS];
} box;

cf_pixels cf_pixels_from(const cf_pixels *pixels, LONGLONG n) {
  cf_pixels moved = *pixels;
  moved.array = (char *)pixels->array + (size_t)n * cf_size_of(pixels->datatype);
  moved.flags = pixels->flags != NULL ? pixels->flags + n : NULL;
  return moved;
}

static LONGLONG axes_of(fitsfile *fptr, box *area, int *status) {
  LONGLONG total = 1;
  area->naxis = cf_image_axes(fptr, area->size);
  if (area->naxis < 1 || area->naxis > MAX_COMPRESS_DIM) {
    (void)cf_fail(status, BAD_DIMEN, "expected 1 to %d axes, found %d", MAX_COMPRESS_DIM, area->naxis);
    return 0;
  }
  for (int i = 0; i < area->naxis; i++)
    if (__builtin_mul_overflow(total, area->size[i], &total))
      (void)cf_fail(status, BAD_NAXES, "the compressed image has too many pixels");
  return *status <= 0 ? total : 0;
}

static int read_box(const cf_pixels *pixels, const box *area, const long *step) {
  static const long single[MAX_COMPRESS_DIM] = {1, 1, 1, 1, 1, 1};
  int nulls = 0;
  (void)cf_tiled_read(pixels->fptr, pixels->datatype, area->first, area->last, step != NULL ? step : single,
                      pixels->nullcheck, pixels->nulval, pixels->array, pixels->flags, &nulls, pixels->status);
  if (pixels->anynul != NULL && nulls)
    *pixels->anynul = 1;
  return *pixels->status;
}

/* Sets the largest box that begins at element `from` (0-based) and has only elements before `end`. Returns its
 * number of elements. */
static LONGLONG next_box(box *area, LONGLONG from, LONGLONG end) {
  LONGLONG stride = 1, rest = from;
  int axis = 0;
  for (int i = 0; i < area->naxis; i++) {
    area->first[i] = area->last[i] = rest % area->size[i] + 1;
    rest /= area->size[i];
  }
  while (axis < area->naxis - 1 && area->first[axis] == 1 && stride * area->size[axis] <= end - from) {
    area->last[axis] = area->size[axis];
    stride *= area->size[axis++];
  }
  LONGLONG count = (end - from) / stride;
  if (count > area->size[axis] - (area->first[axis] - 1))
    count = area->size[axis] - (area->first[axis] - 1);
  area->last[axis] = area->first[axis] + count - 1;
  return count * stride;
}

/* Calls `act` for the boxes of n elements from `first` on (1-based). Elements behind the end are left out. */
static int for_boxes(const cf_pixels *pixels, LONGLONG first, LONGLONG n, int act(const cf_pixels *, const box *)) {
  box area;
  LONGLONG total = axes_of(pixels->fptr, &area, pixels->status);
  if (*pixels->status > 0)
    return *pixels->status;
  if (first < 1 || n < 0)
    return cf_fail(pixels->status, BAD_PIX_NUM, "%lld pixels from pixel %lld on are outside of the image", n, first);
  const LONGLONG begin = first - 1, end = n < total - begin ? begin + n : total;
  for (LONGLONG at = begin; at < end && *pixels->status <= 0;) {
    const LONGLONG count = next_box(&area, at, end);
    const cf_pixels part = cf_pixels_from(pixels, at - begin);
    (void)act(&part, &area);
    at += count;
  }
  return *pixels->status;
}

static int read_whole_box(const cf_pixels *pixels, const box *area) {
  return read_box(pixels, area, NULL);
}

static int write_box(const cf_pixels *pixels, const box *area) {
  return cf_tiled_write(pixels->fptr, pixels->datatype, area->first, area->last, pixels->nullcheck, pixels->nulval,
                        pixels->array, pixels->status);
}

int cf_compressed_read(const cf_pixels *pixels, LONGLONG first, LONGLONG n) {
  if (n != 0 && pixels->anynul != NULL)
    *pixels->anynul = 0;
  return n != 0 ? for_boxes(pixels, first, n, read_whole_box) : *pixels->status;
}

int cf_compressed_write(const cf_pixels *pixels, LONGLONG first, LONGLONG n) {
  return n > 0 ? for_boxes(pixels, first, n, write_box) : *pixels->status;
}

/* Reverses the order of `count` parts of `size` bytes. */
static void reverse(char *at, LONGLONG count, size_t size) {
  char room[256];
  for (LONGLONG i = 0, j = count - 1; i < j; i++, j--) {
    char *a = at + (size_t)i * size, *b = at + (size_t)j * size;
    for (size_t done = 0; done < size; done += sizeof room) {
      const size_t part = size - done < sizeof room ? size - done : sizeof room;
      memcpy(room, a + done, part);
      memcpy(a + done, b + done, part);
      memcpy(b + done, room, part);
    }
  }
}

/* Reverses the axes of a section that was read forwards. */
static void reverse_axes(char *array, size_t size, int naxis, const LONGLONG *count, const bool *backwards) {
  LONGLONG total = 1, inner = 1;
  for (int i = 0; i < naxis; i++)
    total *= count[i];
  for (int i = 0; i < naxis; i++) {
    const size_t part = (size_t)inner * size;
    inner *= count[i];
    for (LONGLONG at = 0; backwards[i] && at < total; at += inner)
      reverse(array + (size_t)at * size, count[i], part);
  }
}

int cf_compressed_read_section(const cf_pixels *pixels, const long *blc, const long *trc, const long *inc) {
  box area;
  LONGLONG count[CF_IMAGE_DIMS];
  long step[MAX_COMPRESS_DIM];
  bool backwards[CF_IMAGE_DIMS];
  int *status = pixels->status;
  (void)axes_of(pixels->fptr, &area, status);
  for (int i = 0; i < area.naxis && *status <= 0; i++) {
    backwards[i] = blc[i] > trc[i];
    area.first[i] = backwards[i] ? trc[i] : blc[i];
    area.last[i] = backwards[i] ? blc[i] : trc[i];
    step[i] = inc[i] < 0 && inc[i] != LONG_MIN ? -inc[i] : inc[i];
    if (area.first[i] < 1 || area.last[i] > area.size[i] || step[i] < 1)
      return cf_fail(status, BAD_PIX_NUM, "the section is outside of the compressed image along axis %d", i + 1);
    count[i] = (area.last[i] - area.first[i]) / step[i] + 1;
  }
  if (*status > 0)
    return *status;
  if (pixels->anynul != NULL)
    *pixels->anynul = 0;
  if (read_box(pixels, &area, step) > 0 && *status != NUM_OVERFLOW)
    return *status;
  reverse_axes(pixels->array, cf_size_of(pixels->datatype), area.naxis, count, backwards);
  if (pixels->flags != NULL)
    reverse_axes(pixels->flags, 1, area.naxis, count, backwards);
  return *status;
}
