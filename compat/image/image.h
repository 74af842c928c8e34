/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of this room share: images as tables of two columns, and how pixels come and go.
 */
#ifndef CF_IMAGE_IMAGE_H
#define CF_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "convert/convert.h"

#define CF_IMAGE_DIMS 9 /* dimensions that sections and pixel positions may have */

/* The columns of an image. */
enum { CF_GROUP_PARAMETERS, CF_PIXELS };

/* The types of pixels: suffix of functions, type of C, code. */
#define CF_PIXEL_TYPES(X)                                                                                              \
  X(b, unsigned char, TBYTE)                                                                                           \
  X(sb, signed char, TSBYTE)                                                                                           \
  X(ui, unsigned short, TUSHORT)                                                                                       \
  X(i, short, TSHORT)                                                                                                  \
  X(uj, unsigned long, TULONG)                                                                                         \
  X(j, long, TLONG)                                                                                                    \
  X(ujj, ULONGLONG, TULONGLONG)                                                                                        \
  X(jj, LONGLONG, TLONGLONG)                                                                                           \
  X(uk, unsigned int, TUINT)                                                                                           \
  X(k, int, TINT)                                                                                                      \
  X(e, float, TFLOAT)                                                                                                  \
  X(d, double, TDOUBLE)

/* What a program passes for reading or writing pixels. */
typedef struct cf_pixels {
  fitsfile *fptr;
  int datatype;
  int nullcheck; /* as in cf_conversion */
  const void *nulval;
  void *array;
  char *flags; /* of null pixels, with nullcheck 2 */
  int *anynul;
  int *status;
} cf_pixels;

/* The pixels of a section: `count[i]` of each axis, from `start[i]` (1-based) in steps of `step[i]`, which may be
 * negative, in an array with axes `size[i]`. */
typedef struct cf_section {
  int naxis;
  LONGLONG size[CF_IMAGE_DIMS];
  LONGLONG start[CF_IMAGE_DIMS];
  LONGLONG step[CF_IMAGE_DIMS];
  LONGLONG count[CF_IMAGE_DIMS];
} cf_section;

/* A row of a section: `count` elements from element `first` on (1-based), in steps of `step`. */
typedef struct cf_run {
  LONGLONG first;
  LONGLONG step;
  LONGLONG count;
  bool apart; /* the next row is so far behind that the buffer of the file does not help */
} cf_run;

/* Goes through the rows of a section. `index` begins as zeros. Returns false at the end. */
typedef struct cf_section_walk {
  const cf_section *section;
  LONGLONG index[CF_IMAGE_DIMS];
  bool ended;
} cf_section_walk;
bool cf_section_next(cf_section_walk *walk, cf_run *run);

/* Makes a section from the corners that programs pass; blc > trc reads an axis backwards. */
int cf_section_make(cf_section *section, int naxis, const LONGLONG *size, const long *blc, const long *trc,
                    const long *inc, int *status);

/* Gets the axes of the current image, compressed or not. Returns NAXIS; `size` receives at most CF_IMAGE_DIMS. */
int cf_image_axes(fitsfile *fptr, LONGLONG *size);

/* Computes the element number (1-based) of a pixel. BAD_DIMEN without axes or with too many. Step `stride` of firstpix:
 * either `lng` or `lnglng` is not NULL. */
LONGLONG cf_image_element(fitsfile *fptr, const long *lng, const LONGLONG *lnglng, int *status);

/* Checks that the current HDU is an image; NOT_IMAGE, or BAD_COL_NUM if it has no axes. */
bool cf_image_check(fitsfile *fptr, int *status);

/* Reads elements of a group. */
int cf_image_read(const cf_pixels *pixels, int column, LONGLONG group, cf_run run);

/* Writes n elements of a group, from `first` on. */
int cf_image_write(const cf_pixels *pixels, int column, LONGLONG group, LONGLONG first, LONGLONG n);

/* Writes null pixels. */
int cf_image_write_null(fitsfile *fptr, LONGLONG group, LONGLONG first, LONGLONG n, int *status);

/* Fails if n bytes at `offset` reach into the HDU behind the current one. */
int cf_image_guard(fitsfile *fptr, LONGLONG offset, LONGLONG n, int *status);

/* The same for a compressed image. Pixels outside of it are left out. */
int cf_compressed_read(const cf_pixels *pixels, LONGLONG first, LONGLONG n);
int cf_compressed_write(const cf_pixels *pixels, LONGLONG first, LONGLONG n);
int cf_compressed_read_section(const cf_pixels *pixels, const long *blc, const long *trc, const long *inc);

/* Returns the pixels with the memory moved by n elements. */
cf_pixels cf_pixels_from(const cf_pixels *pixels, LONGLONG n);

#endif
