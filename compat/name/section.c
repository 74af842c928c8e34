/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Sections of images: "2:5,*", "1:10:3,-*".
 */
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "convert/convert.h"
#include "file/handle.h"
#include "name/filters.h"

#define MOST_AXES 9

typedef struct range {
  LONGLONG low; /* low <= high: the pixels in the order of the file */
  LONGLONG high;
  long step;
  bool flip; /* the section has them in reverse order */
  LONGLONG count;
} range;

typedef struct section {
  int naxis;
  int bitpix;
  LONGLONG naxes[MOST_AXES];
  range ranges[MOST_AXES];
  LONGLONG first[MOST_AXES]; /* the pixel that becomes number 1 */
} section;

static int parse_section(const char *text, section *s, int *status) {
  rf_name_range given[MOST_AXES];
  int64_t lengths[MOST_AXES];
  rf_error err;
  for (int i = 0; i < s->naxis; i++)
    lengths[i] = s->naxes[i];
  if (rf_name_parse_section(text, s->naxis, lengths, given, &err) != RF_OK)
    return cf_fail_core(status, err.code == RF_ERR_RANGE ? BAD_NAXIS : URL_PARSE_ERROR, &err);
  for (int i = 0; i < s->naxis; i++) {
    range *r = &s->ranges[i];
    r->flip = given[i].start > given[i].end;
    r->low = r->flip ? given[i].end : given[i].start;
    r->high = r->flip ? given[i].start : given[i].end;
    r->step = given[i].step < LONG_MAX ? (long)given[i].step : LONG_MAX;
    r->count = (r->high - r->low) / r->step + 1;
    s->first[i] = given[i].start;
    if (r->flip) /* the pixels counted from the other end */
      r->low = r->high - (r->count - 1) * r->step;
    else
      r->high = r->low + (r->count - 1) * r->step;
  }
  return *status;
}

static bool get_number(fitsfile *fptr, const char *name, double *value) {
  int none = 0;
  ffpmrk();
  bool exists = ffgkyd(fptr, name, value, NULL, &none) <= 0;
  ffcmrk();
  return exists;
}

/* Multiplies the value of a keyword if it exists. */
static int scale_key(fitsfile *fptr, const char *name, double factor, int *status) {
  double value = 0;
  return get_number(fptr, name, &value) ? ffmkyd(fptr, name, value * factor, 15, "&", status) : *status;
}

/* The keywords of the coordinates of an axis, of one description (0, 'A' ... 'Z'). */
static int update_axis(fitsfile *fptr, const section *s, int axis, char alternate, int *status) {
  char name[FLEN_KEYWORD], suffix[2] = {alternate, '\0'};
  double step = (double)s->ranges[axis].step, pixel = 0;
  if (s->ranges[axis].flip)
    step = -step;
  (void)snprintf(name, sizeof name, "CRPIX%d%s", axis + 1, suffix);
  if (!get_number(fptr, name, &pixel)) /* no reference: the axis has no coordinates */
    return *status;
  if (s->first[axis] != 1 || step != 1)
    ffmkyd(fptr, name, (pixel - (double)s->first[axis]) / step + 1, 15, "&", status);
  if (step == 1)
    return *status;
  (void)snprintf(name, sizeof name, "CDELT%d%s", axis + 1, suffix);
  scale_key(fptr, name, step, status);
  for (int i = 0; i < MOST_AXES && *status <= 0; i++) {
    (void)snprintf(name, sizeof name, "CD%d_%d%s", i + 1, axis + 1, suffix);
    scale_key(fptr, name, step, status);
  }
  return *status;
}

/* Finds which alternate descriptions the header has. */
static int find_alternates(fitsfile *fptr, bool *present, int *status) {
  char card[FLEN_CARD];
  int count = 0;
  ffghsp(fptr, &count, NULL, status);
  for (int i = 1; i <= count && *status <= 0; i++) {
    if (ffgrec(fptr, i, card, status) > 0)
      break;
    if (strncmp(card, "CRPIX", 5) != 0 && strncmp(card, "CD", 2) != 0)
      continue;
    size_t n = strcspn(card, " =");
    if (n > 0 && n <= 8 && card[n - 1] >= 'A' && card[n - 1] <= 'Z')
      present[card[n - 1] - 'A'] = true;
  }
  return *status;
}

static int update_coordinates(fitsfile *fptr, const section *s, int *status) {
  bool present[26] = {false};
  find_alternates(fptr, present, status);
  for (int i = 0; i < s->naxis && *status <= 0; i++) {
    update_axis(fptr, s, i, '\0', status);
    for (int a = 0; a < 26 && *status <= 0; a++)
      if (present[a])
        update_axis(fptr, s, i, (char)('A' + a), status);
  }
  return *status;
}

/* Reverses the axes that the section has in reverse order, but the last one. */
static void flip_plane(const section *s, char *pixels, size_t size) {
  size_t inner = size, total = size;
  for (int i = 0; i < s->naxis - 1; i++)
    total *= (size_t)s->ranges[i].count;
  for (int i = 0; i < s->naxis - 1; i++) {
    size_t n = (size_t)s->ranges[i].count;
    for (char *block = pixels; s->ranges[i].flip && block < pixels + total; block += inner * n)
      for (size_t a = 0, b = n - 1; a < b; a++, b--)
        for (size_t k = 0; k < inner; k++) {
          char t = block[a * inner + k];
          block[a * inner + k] = block[b * inner + k];
          block[b * inner + k] = t;
        }
    inner *= n;
  }
}

/* NaN becomes the NaN of CFITSIO, all bits set. CFITSIO also makes NaN of infinities, and 0 of small numbers. */
static void unify_nan(int type, char *pixels, size_t n) {
  float *narrow = (float *)(void *)pixels;
  double *wide = (double *)(void *)pixels;
  for (size_t i = 0; i < n; i++)
    if (type == TFLOAT ? isnan(narrow[i]) : isnan(wide[i]))
      memset(type == TFLOAT ? (void *)&narrow[i] : (void *)&wide[i], 0xff,
             type == TFLOAT ? sizeof *narrow : sizeof *wide);
}

/* Copies the pixels, a plane of the last axis at a time, as they are stored. */
static int copy_pixels(fitsfile *in, fitsfile *out, const section *s, int *status) {
  size_t size = (size_t)abs(s->bitpix) / 8, n = 1;
  long first[MOST_AXES], last[MOST_AXES], step[MOST_AXES];
  int type = cf_image_type(s->bitpix), top = s->naxis - 1;
  for (int i = 0; i < top; i++) {
    if (n > SIZE_MAX / 16 / (size_t)s->ranges[i].count)
      return cf_fail(status, ARRAY_TOO_BIG, "a plane of the image section is too large");
    n *= (size_t)s->ranges[i].count;
    first[i] = (long)s->ranges[i].low;
    last[i] = (long)s->ranges[i].high;
    step[i] = s->ranges[i].step;
  }
  char *plane = malloc(n * size);
  if (plane == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a plane of the image section", n * size);
  ffpscl(in, 1, 0, status);
  ffpscl(out, 1, 0, status);
  const range *r = &s->ranges[top];
  step[top] = 1;
  for (LONGLONG k = 0; k < r->count && *status <= 0; k++) {
    first[top] = last[top] = (long)(r->flip ? r->high - k * r->step : r->low + k * r->step);
    ffgsv(in, type, first, last, step, NULL, plane, NULL, status);
    flip_plane(s, plane, size);
    if (type == TFLOAT || type == TDOUBLE)
      unify_nan(type, plane, n);
    ffppr(out, type, k * (LONGLONG)n + 1, (LONGLONG)n, plane, status);
  }
  free(plane);
  return *status;
}

/* Creates the image, and copies the keywords that are not its structure. */
static int copy_header(fitsfile *in, fitsfile *out, const section *s, int *status) {
  LONGLONG naxes[MOST_AXES];
  char card[FLEN_CARD];
  int count = 0;
  for (int i = 0; i < s->naxis; i++)
    naxes[i] = s->ranges[i].count;
  ffcrimll(out, s->bitpix, s->naxis, naxes, status);
  ffghsp(in, &count, NULL, status);
  for (int i = 1; i <= count && *status <= 0; i++)
    if (ffgrec(in, i, card, status) <= 0 && ffgkcl(card) > TYP_CMPRS_KEY)
      ffprec(out, card, status);
  update_coordinates(out, s, status);
  return ffrdef(out, status);
}

int fits_copy_image_section(fitsfile *infptr, fitsfile *outfile, char *imagesection, int *status) {
  section s;
  int type = 0;
  memset(&s, 0, sizeof s);
  if (!cf_use_data(infptr, status) || ffghdt(infptr, &type, status) > 0)
    return cf_refused(status);
  if (imagesection == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the image section is NULL");
  if (type != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "only an image has sections");
  if (ffgiprll(infptr, MOST_AXES, &s.bitpix, &s.naxis, s.naxes, status) > 0)
    return *status;
  if (s.naxis < 1 || s.naxis > MOST_AXES)
    return cf_fail(status, BAD_NAXIS, "an image of %d axes has no sections", s.naxis);
  if (parse_section(imagesection, &s, status) > 0 || copy_header(infptr, outfile, &s, status) > 0)
    return *status;
  copy_pixels(infptr, outfile, &s, status);
  ffrdef(infptr, status);
  return ffrdef(outfile, status);
}

int fits_select_image_section(fitsfile **fptr, char *outfile, char *imagesection, int *status) {
  fitsfile *copy = NULL;
  int number = 0;
  if (fptr == NULL || status == NULL)
    return NULL_INPUT_PTR;
  if (!cf_use(*fptr, status))
    return cf_refused(status);
  bool alone = (*fptr)->Fptr->only_one != 0;
  ffghdn(*fptr, &number);
  if (cf_new_file(&copy, outfile == NULL ? "" : outfile, 2, status) > 0)
    return *status;
  if (!alone)
    cf_copy_hdus(*fptr, copy, 1, number - 1, status);
  ffmahd(*fptr, number, NULL, status);
  fits_copy_image_section(*fptr, copy, imagesection, status);
  if (!alone)
    cf_copy_hdus(*fptr, copy, number + 1, CF_LAST_HDU, status);
  ffmahd(copy, alone ? 1 : number, NULL, status);
  return cf_take_over(fptr, copy, status);
}
