/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords of a column that holds images or pixels, and of the image that it stands in for: 1CTYP5 and CTYPE1.
 */
#ifndef CF_NAME_TRANSLATE_H
#define CF_NAME_TRANSLATE_H

#include "base/status.h"

/* Copies the keywords of a table, without those of other columns, to the header of the image in a cell of `column`. */
int cf_keys_from_cell(fitsfile *in, fitsfile *out, int column, int *status);

/* Copies the keywords of an image to the header of a table, as those of `column`.
 * coordinates_only  1: those that describe the coordinates, and nothing else */
int cf_keys_to_cell(fitsfile *in, fitsfile *out, int column, int coordinates_only, int *status);

/* Copies the keywords of a table from card `first` on, without those of other columns, to the header of a histogram of
 * `columns`: column columns[i] becomes axis i + 1. */
int cf_keys_from_pixels(fitsfile *in, fitsfile *out, int first, int naxis, const int *columns, int *status);

#endif
