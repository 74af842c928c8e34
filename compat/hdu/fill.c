/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Checks of the bytes that fill blocks (FITS 3.3.2, 7.2.3).
 */
#include <string.h>

#include "file/bytes.h"
#include "file/handle.h"
#include "hdu/change.h"

#define CARD 80

/* Tells whether n bytes are all `byte`. */
static bool is_filled(const char *bytes, size_t n, int byte) {
  for (size_t i = 0; i < n; i++)
    if (bytes[i] != (char)byte)
      return false;
  return true;
}

int cf_hdu_pad(fitsfile *fptr, int *status) {
  const FITSfile *f = fptr->Fptr;
  LONGLONG size = cf_size(fptr), end = f->headstart[f->curhdu + 1];
  if (f->writemode == READWRITE && size < end && size >= f->datastart + f->heapstart + f->heapsize)
    (void)cf_fill(fptr, size, end - size, f->hdutype == ASCII_TBL ? ' ' : 0, status);
  return *status;
}

/* Blank cards, END and blanks follow the last card. */
int ffchfl(fitsfile *fptr, int *status) {
  char card[CARD];
  bool ended = false;
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  for (LONGLONG at = fptr->Fptr->headend; at < fptr->Fptr->datastart; at += CARD) {
    if (cf_read(fptr, at, CARD, card, status) > 0)
      return cf_fail(status, BAD_HEADER_FILL, "the file ends inside the header");
    bool end = !ended && memcmp(card, "END", 3) == 0;
    ended = ended || end;
    if (!is_filled(card + (end ? 3 : 0), CARD - (end ? 3 : 0), ' '))
      return cf_fail(status, BAD_HEADER_FILL, "the bytes behind the last card of the header are not blanks");
  }
  return *status;
}

int ffcdfl(fitsfile *fptr, int *status) {
  char fill[IOBUFLEN];
  if (!cf_use_data(fptr, status))
    return cf_refused(status);
  const FITSfile *f = fptr->Fptr;
  LONGLONG size = f->heapstart + f->heapsize, n = size % IOBUFLEN == 0 ? 0 : IOBUFLEN - size % IOBUFLEN;
  if (n == 0 || cf_hdu_pad(fptr, status) > 0)
    return *status;
  if (cf_read(fptr, f->datastart + size, (size_t)n, fill, status) > 0)
    return *status;
  if (!is_filled(fill, (size_t)n, f->hdutype == ASCII_TBL ? ' ' : 0))
    return cf_fail(status, BAD_DATA_FILL, "the bytes behind the data are not %s",
                   f->hdutype == ASCII_TBL ? "blanks" : "zeros");
  return *status;
}
