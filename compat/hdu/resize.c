/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Other sizes and types of the current image, and the end of HDUs.
 */
#include <stdio.h>

#include "file/bytes.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "hdu/change.h"
#include "header/cards.h"
#include "header/text.h"

/* Deletes blocks of the current HDU, of which the file may have a part only. */
static int remove_blocks(fitsfile *fptr, LONGLONG offset, LONGLONG blocks, int *status) {
  FITSfile *f = fptr->Fptr;
  if (offset + blocks * IOBUFLEN <= cf_size(fptr))
    return cf_delete_blocks(fptr, offset, blocks, status);
  if (offset < cf_size(fptr) && cf_truncate(fptr, offset, status) > 0)
    return *status;
  for (int i = f->curhdu + 1; i <= f->maxhdu + 1; i++)
    f->headstart[i] -= blocks * IOBUFLEN;
  return *status;
}

/* Makes the data unit as long as an image of `size` bytes. */
static int resize_data(fitsfile *fptr, LONGLONG size, int *status) {
  LONGLONG start = 0, end = 0, blocks = (size + IOBUFLEN - 1) / IOBUFLEN;
  if (ffghadll(fptr, NULL, &start, &end, status) > 0)
    return *status;
  LONGLONG now = (end - start) / IOBUFLEN;
  if (blocks > now)
    return cf_insert_blocks(fptr, end, blocks - now, 0, status);
  return blocks < now ? remove_blocks(fptr, start + blocks * IOBUFLEN, now - blocks, status) : *status;
}

/* Sets NAXISn, which is new behind card `last` if n is above `axes`. */
static int set_axis(fitsfile *fptr, int n, int axes, LONGLONG length, int *status) {
  char name[FLEN_KEYWORD], card[160];
  (void)snprintf(name, sizeof name, "NAXIS%d", n);
  if (n <= axes)
    return ffmkyj(fptr, name, length, "&", status);
  (void)snprintf(card, sizeof card, "%-8s= %20lld / length of data axis", name, length);
  return cf_card_insert(fptr, n + 2, card, status);
}

/* Writes BZERO and BSCALE of an unsigned type, or of signed bytes. */
static int set_scaling(fitsfile *fptr, int type, int *status) {
  const char *zero = NULL, *name = NULL;
  char card[FLEN_CARD];
  if (type == SBYTE_IMG)
    zero = "-128", name = "signed byte";
  else if (type == USHORT_IMG)
    zero = "32768", name = "unsigned short";
  else if (type == ULONG_IMG)
    zero = "2147483648", name = "unsigned long";
  else if (type == ULONGLONG_IMG)
    zero = "9223372036854775808", name = "unsigned long long";
  else
    return *status;
  (void)snprintf(card, sizeof card, "BZERO   = %20s / offset data range to that of %s", zero, name);
  (void)ffucrd(fptr, "BZERO", card, status);
  return ffucrd(fptr, "BSCALE", "BSCALE  =                    1 / default scaling factor", status);
}

int ffrsimll(fitsfile *fptr, int bitpix, int naxis, LONGLONG *naxes, int *status) {
  LONGLONG size = 0;
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->hdutype != IMAGE_HDU)
    return cf_fail(status, NOT_IMAGE, "the HDU is a table, not an image");
  if (cf_shape_check(bitpix, naxis, naxes, &size, status) > 0 || resize_data(fptr, size, status) > 0)
    return *status;
  int axes = fptr->Fptr->imgdim;
  (void)ffmkyj(fptr, "BITPIX", cf_shape_bitpix(bitpix), "&", status);
  (void)ffmkyj(fptr, "NAXIS", naxis, "&", status);
  for (int i = 0; i < naxis; i++)
    (void)set_axis(fptr, i + 1, axes, naxes[i], status);
  for (int i = naxis; i < axes; i++) {
    char name[FLEN_KEYWORD];
    (void)snprintf(name, sizeof name, "NAXIS%d", i + 1);
    (void)ffdkey(fptr, name, status);
  }
  (void)set_scaling(fptr, bitpix, status);
  return ffrdef(fptr, status);
}

int ffrsim(fitsfile *fptr, int bitpix, int naxis, long *naxes, int *status) {
  LONGLONG wide[CF_MAX_AXES];
  return ffrsimll(fptr, bitpix, naxis, cf_shape_widen(naxis, naxes, wide), status);
}

/* Replaces the primary array by an empty one. */
static int empty_primary(fitsfile *fptr, int *hdutype, int *status) {
  FITSfile *f = fptr->Fptr;
  LONGLONG blocks = f->headstart[1] / IOBUFLEN - 1;
  if (blocks > 0 && remove_blocks(fptr, IOBUFLEN, blocks, status) > 0)
    return *status;
  cf_hdu_begin(fptr, 0);
  f->datastart = f->headstart[1] = IOBUFLEN;
  (void)ffphpr(fptr, TRUE, BYTE_IMG, 0, NULL, 0, 1, TRUE, status);
  if (ffrdef(fptr, status) <= 0 && hdutype != NULL)
    *hdutype = IMAGE_HDU;
  return *status;
}

/* Deletes the current extension. The next HDU becomes the current one, or the last one. */
static int delete_extension(fitsfile *fptr, int *hdutype, int *status) {
  FITSfile *f = fptr->Fptr;
  int index = f->curhdu;
  LONGLONG start = f->headstart[index];
  if (remove_blocks(fptr, start, (f->headstart[index + 1] - start) / IOBUFLEN, status) > 0)
    return *status;
  for (int i = index + 1; i <= f->maxhdu; i++)
    f->headstart[i] = f->headstart[i + 1];
  bool follows = start < cf_size(fptr);
  if (f->maxhdu > index || !follows)
    f->maxhdu--;
  cf_hdu_begin(fptr, follows ? index : index - 1);
  return ffrhdu(fptr, hdutype, status);
}

int ffdhdu(fitsfile *fptr, int *hdutype, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  if (ffchdu(fptr, status) <= 0 && cf_header_forget(fptr, status) <= 0)
    (void)(fptr->Fptr->curhdu > 0 ? delete_extension(fptr, hdutype, status) : empty_primary(fptr, hdutype, status));
  return *status > 0 ? cf_hdu_reopen(fptr, status) : *status;
}
