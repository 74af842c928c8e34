/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Row filters and pixel filters of names.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "name/filters.h"

int cf_copy_hdus(fitsfile *in, fitsfile *out, int first, int last, int *status) {
  for (int i = first; i <= last && *status <= 0; i++) {
    int missing = 0;
    ffpmrk();
    bool end = ffmahd(in, i, NULL, &missing) > 0;
    ffcmrk();
    if (end && last == CF_LAST_HDU)
      break;
    if (end)
      return cf_fail(status, missing, "the file has no HDU %d", i);
    ffcopy(in, out, 0, status);
  }
  return *status;
}

/* Copies the header of a table without its rows. */
static int copy_empty_table(fitsfile *in, fitsfile *out, int *status) {
  LONGLONG heap = 0;
  int none = 0;
  ffcphd(in, out, status);
  ffmkyj(out, "NAXIS2", 0, "&", status);
  ffpmrk();
  if (ffgkyjj(out, "PCOUNT", &heap, NULL, &none) <= 0 && heap != 0)
    ffmkyj(out, "PCOUNT", 0, "&", &none);
  ffcmrk();
  return ffrdef(out, status);
}

int cf_select_rows(fitsfile **fptr, const char *output, const char *expression, int *status) {
  fitsfile *copy = NULL;
  int number = 0, type = 0;
  bool alone = (*fptr)->Fptr->only_one != 0;
  ffghdn(*fptr, &number);
  if (ffghdt(*fptr, &type, status) > 0)
    return *status;
  if (type == IMAGE_HDU)
    return cf_fail(status, NOT_TABLE, "an image has no rows to be selected");
  if (cf_new_file(&copy, output, 2, status) > 0)
    return *status;
  cf_copy_hdus(*fptr, copy, 1, alone ? 1 : number - 1, status);
  ffmahd(*fptr, number, NULL, status);
  if (*status <= 0)
    copy_empty_table(*fptr, copy, status);
  ffsrow(*fptr, copy, (char *)expression, status);
  if (!alone)
    cf_copy_hdus(*fptr, copy, number + 1, CF_LAST_HDU, status);
  ffmahd(copy, alone ? 2 : number, NULL, status);
  return cf_take_over(fptr, copy, status);
}

/* Reads "pix", "pixr", "pixr1" and so on. Returns the expression. */
static const char *parse_pixels(const char *spec, int *bitpix, bool *alone) {
  static const struct {
    char letter;
    int bitpix;
  } types[] = {{'b', BYTE_IMG}, {'i', SHORT_IMG}, {'j', LONG_IMG}, {'r', FLOAT_IMG}, {'d', DOUBLE_IMG}};
  const char *p = spec + 3;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (tolower((unsigned char)*p) == types[i].letter) {
      *bitpix = types[i].bitpix;
      p++;
      break;
    }
  if (*p == '1') {
    *alone = true;
    p++;
  }
  while (*p == ' ')
    p++;
  return p;
}

int cf_open_pixels(fitsfile **fptr, const char *output, const char *spec, int *status) {
  fitsfile *copy = NULL, *input = *fptr;
  char tag[] = "X", *tags = tag, path[] = "", *paths = path;
  PixelFilter filter;
  int number = 0, type = 0;
  bool alone = input->Fptr->only_one != 0;
  memset(&filter, 0, sizeof filter);
  const char *expression = parse_pixels(spec, &filter.bitpix, &alone);
  ffghdn(input, &number);
  if (ffghdt(input, &type, status) > 0)
    return *status;
  if (type != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "a table has no pixels to be filtered");
  if (cf_new_file(&copy, output, 4, status) > 0)
    return *status;
  if (!alone)
    cf_copy_hdus(input, copy, 1, number - 1, status);
  ffmahd(input, number, NULL, status);
  filter.count = 1;
  filter.path = &paths;
  filter.tag = &tags;
  filter.ifptr = &input;
  filter.expression = (char *)expression;
  filter.ofptr = copy;
  if (*status <= 0)
    fits_pixel_filter(&filter, status);
  if (!alone)
    cf_copy_hdus(input, copy, number + 1, CF_LAST_HDU, status);
  ffmahd(copy, alone ? 1 : number, NULL, status);
  return cf_take_over(fptr, copy, status);
}
