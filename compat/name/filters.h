/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The filters of names. Each makes a new file: `output`, or one in memory if it is "". It closes *fptr, and *fptr
 * becomes the new file, at the HDU with the same number. After a failure *fptr is the old file.
 */
#ifndef CF_NAME_FILTERS_H
#define CF_NAME_FILTERS_H

#include "base/status.h"

/* Creates the file of a filter. Files in memory are named mem://_NUMBER. */
int cf_new_file(fitsfile **fptr, const char *output, int number, int *status);

/* Ends a filter: closes *fptr, and *fptr becomes `copy`; after a failure closes and deletes `copy`. */
int cf_take_over(fitsfile **fptr, fitsfile *copy, int *status);

#define CF_LAST_HDU INT_MAX

/* Copies the HDUs `first` ... `last` of a file. */
int cf_copy_hdus(fitsfile *in, fitsfile *out, int first, int last, int *status);

/* [HDU;column(row)] */
int cf_open_cell(fitsfile **fptr, const char *output, const char *column, const char *row, int *status);

/* [col ...] */
int cf_edit_columns(fitsfile **fptr, const char *output, const char *spec, int *status);

/* [expression] */
int cf_select_rows(fitsfile **fptr, const char *output, const char *expression, int *status);

/* [rows][bin ...]; `rows` may be "". */
int cf_open_histogram(fitsfile **fptr, const char *output, const char *spec, const char *rows, int *status);

/* [pix ...] */
int cf_open_pixels(fitsfile **fptr, const char *output, const char *spec, int *status);

/* file[i512,512:offset] */
int cf_open_raw(fitsfile **fptr, const char *name, int *status);

#endif
