/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The keywords of histograms.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "filter/histogram.h"
#include "name/translate.h"

int fits_copy_pixlist2image(fitsfile *infptr, fitsfile *outfptr, int firstkey, int naxis, int *colnum, int *status) {
  if (!cf_use(infptr, status) || !cf_use_write(outfptr, status))
    return cf_refused(status);
  if (colnum == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the columns of the histogram are NULL");
  return cf_keys_from_pixels(infptr, outfptr, firstkey, naxis, colnum, status);
}

static bool has_key(fitsfile *fptr, const char *name) {
  char card[FLEN_CARD];
  int missing = 0;
  ffpmrk();
  bool found = ffgcrd(fptr, (char *)name, card, &missing) <= 0;
  ffcmrk();
  return found;
}

/* Gets a text keyword of a column, "" if there is none. */
static void get_column_text(fitsfile *fptr, const char *root, int column, char *value) {
  char name[FLEN_KEYWORD];
  int missing = 0;
  ffpmrk();
  ffkeyn(root, column, name, &missing);
  if (ffgkys(fptr, name, value, NULL, &missing) > 0)
    value[0] = '\0';
  ffcmrk();
}

int fits_write_keys_histo(fitsfile *fptr, fitsfile *histptr, int naxis, int *colnum, int *status) {
  static const struct {
    const char *root;
    const char *comment;
  } numbers[] = {{"CRPIX", "Reference Pixel"}, {"CRVAL", "Reference Value"}, {"CDELT", "Pixel size"}};
  char name[FLEN_KEYWORD], value[FLEN_VALUE];
  if (!cf_use(fptr, status) || !cf_use_write(histptr, status))
    return cf_refused(status);
  if (colnum == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the columns of the histogram are NULL");
  for (int i = 0; i < naxis && *status <= 0; i++) {
    ffkeyn("CTYPE", i + 1, name, status);
    if (has_key(histptr, name))
      continue;
    get_column_text(fptr, "TTYPE", colnum[i], value);
    ffpkys(histptr, name, value, "Coordinate Type", status);
    get_column_text(fptr, "TUNIT", colnum[i], value);
    ffkeyn("CUNIT", i + 1, name, status);
    if (value[0] != '\0')
      ffpkys(histptr, name, value, "Coordinate Units", status);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
      ffkeyn(numbers[k].root, i + 1, name, status);
      ffpkyd(histptr, name, 1.0, -14, numbers[k].comment, status);
    }
  }
  return *status;
}

/* Gets a number. False: there is no such keyword. */
static bool get_number(fitsfile *fptr, const char *root, int axis, char *name, double *value) {
  int missing = 0;
  ffpmrk();
  ffkeyn(root, axis, name, &missing);
  bool found = ffgkyd(fptr, name, value, NULL, &missing) <= 0;
  ffcmrk();
  return found;
}

static int rebin_axis(fitsfile *fptr, int axis, double low, double size, int *status) {
  char pixel_name[FLEN_KEYWORD], value_name[FLEN_KEYWORD], step_name[FLEN_KEYWORD];
  double pixel = 0, value = 0, step = 0;
  bool has_pixel = get_number(fptr, "CRPIX", axis, pixel_name, &pixel);
  bool has_value = get_number(fptr, "CRVAL", axis, value_name, &value);
  bool has_step = get_number(fptr, "CDELT", axis, step_name, &step);
  /* the keywords of fits_write_keys_histo(): the reference is moved to the first pixel */
  bool plain = has_pixel && has_value && has_step && pixel == 1 && value == 1 && step == 1;
  if (plain) {
    ffmkyd(fptr, value_name, low + size / 2, -14, "&", status);
    return ffmkyd(fptr, step_name, size, -14, "&", status);
  }
  if (has_pixel)
    ffmkyd(fptr, pixel_name, (pixel - low) / size + 0.5, -14, "&", status);
  if (has_step)
    ffmkyd(fptr, step_name, step * size, -14, "&", status);
  return *status;
}

int fits_rebin_wcsd(fitsfile *fptr, int naxis, double *amin, double *binsize, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (amin == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the bins of the histogram are NULL");
  for (int i = 0; i < naxis && *status <= 0; i++) {
    if (binsize[i] == 0)
      return cf_fail(status, ZERO_SCALE, "the bins of axis %d have size 0", i + 1);
    rebin_axis(fptr, i + 1, amin[i], binsize[i], status);
  }
  return *status;
}

int fits_rebin_wcs(fitsfile *fptr, int naxis, float *amin, float *binsize, int *status) {
  double low[CF_HISTOGRAM_AXES], size[CF_HISTOGRAM_AXES];
  CF_GO(status);
  if (amin == NULL || binsize == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the bins of the histogram are NULL");
  if (naxis < 0 || naxis > CF_HISTOGRAM_AXES)
    return cf_fail(status, BAD_DIMEN, "a histogram has 1 to %d axes, not %d", CF_HISTOGRAM_AXES, naxis);
  for (int i = 0; i < naxis; i++) {
    low[i] = amin[i];
    size[i] = binsize[i];
  }
  return fits_rebin_wcsd(fptr, naxis, low, size, status);
}
