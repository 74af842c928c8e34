/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The structure of the current HDU: its cards as members of FITSfile.
 */
#ifndef CF_HDU_STRUCTURE_H
#define CF_HDU_STRUCTURE_H

#include "file/state.h"

/* The mandatory keywords of an HDU, in their order (FITS 4.4.1). */
typedef struct cf_mandatory {
  int bitpix;
  int naxis;
  LONGLONG axes[999];
  LONGLONG pcount;
  LONGLONG gcount;
  int tfields;
} cf_mandatory;

/* Reads BITPIX, NAXIS and NAXISn, which follow the first card, PCOUNT and GCOUNT, and TFIELDS of a table. */
int cf_mandatory_read(fitsfile *fptr, bool table, cf_mandatory *keys, int *status);

/* Gets the value of a card as an integer. Returns false if it is none. */
bool cf_card_integer(const char *card, LONGLONG *value);

/* Gets the value of a card as a number. Returns false if it is none. */
bool cf_card_number(const char *card, double *value);

/* Gets the value of a card as a string without blanks at its end, cut to capacity - 1 characters. Returns false if it
 * is none. */
bool cf_card_string(const char *card, char *value, size_t capacity);

/* Makes the two columns of an image (group parameters, pixels), and what else FITSfile has of an image. */
int cf_image_describe(fitsfile *fptr, int *status);

/* Makes the columns of a table, and what else FITSfile has of a table. */
int cf_table_describe(fitsfile *fptr, bool ascii, int *status);

/* Writes the length of the longest array into TFORMn of each column of variable length: "1PE(max)". A header that is
 * copied comes before its rows. */
int cf_table_update_formats(fitsfile *fptr, int *status);

/* Lets THEAP follow a heap that calls have moved. What a program has written there itself stays. */
int cf_table_update_heap(fitsfile *fptr, int *status);

/* Sets the size of the data unit, and the start of the next HDU. */
int cf_data_describe(fitsfile *fptr, LONGLONG heapstart, LONGLONG heapsize, int *status);

#endif
