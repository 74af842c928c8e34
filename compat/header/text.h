/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of the current header in memory, and their way to the file.
 */
#ifndef CF_HEADER_TEXT_H
#define CF_HEADER_TEXT_H

#include "file/state.h"

/* Reads the cards of the current header unless they are in memory. What a program wrote into Fptr->headend counts. */
int cf_header_load(fitsfile *fptr, int *status);

/* Tells whether the header in memory has bytes of this range of the file. */
static inline bool cf_header_meets(const cf_file *file, LONGLONG offset, size_t n) {
  const cf_header *header = &file->header;
  LONGLONG end = header->start + (header->count + 1) * 80;
  if (file->fptr->datastart > end)
    end = file->fptr->datastart;
  return offset < end && offset + (LONGLONG)n > header->start;
}

/* Writes the cards to the file; with blanks and END if Fptr->datastart says where the data begin. END is in the last
 * block of the header (FITS 4.2.1 lets blank cards come before it). */
int cf_header_write(fitsfile *fptr, int *status);

/* Writes the cards if they are newer than the file, and drops them. */
int cf_header_forget(fitsfile *fptr, int *status);

/* Reads the current header from the file up to END. Sets Fptr->headend, behind the last card that is not blank, and
 * Fptr->datastart. UNKNOWN_REC if it does not begin as a header, END_OF_FILE if it has no END. */
int cf_header_scan(fitsfile *fptr, int *status);

/* Makes room for `cards` more cards and END in front of the data, by inserting blocks. */
int cf_header_grow(fitsfile *fptr, LONGLONG cards, int *status);

#endif
