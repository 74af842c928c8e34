/* SPDX-License-Identifier: BSD-3-Clause
 *
 * New HDUs at the end of the file.
 */
#include "file/handle.h"
#include "file/state.h"
#include "fitsio2.h"
#include "hdu/change.h"
#include "header/text.h"
#include "tiled/tiled.h"

void cf_hdu_begin(fitsfile *fptr, int index) {
  FITSfile *f = fptr->Fptr;
  fptr->HDUposition = f->curhdu = index;
  f->headend = f->nextkey = f->ENDpos = f->headstart[index];
  f->datastart = DATA_UNDEFINED;
  f->hdutype = IMAGE_HDU; /* until its header says more; no size of another HDU goes into it */
  f->compressimg = 0;
  f->numrows = f->origrows = f->heapsize = 0;
  cf_file_of(f)->header.valid = cf_file_of(f)->header.dirty = false;
  cf_file_of(f)->changed = false;
}

int cf_hdu_reopen(fitsfile *fptr, int *status) {
  int own = 0;
  ffpmrk();
  (void)ffrhdu(fptr, NULL, &own);
  ffcmrk();
  return *status;
}

/* Tells whether the current header has no card. */
static bool is_empty(const FITSfile *f) {
  return f->headend == f->headstart[f->curhdu];
}

/* Moves to the last HDU of the file, whatever is known of it so far. */
static int move_to_last(fitsfile *fptr, int *status) {
  int count = 0;
  if (ffthdu(fptr, &count, status) <= 0 && count > 0 && fptr->Fptr->curhdu != count - 1)
    (void)ffmahd(fptr, count, NULL, status);
  return *status;
}

int ffcrhd(fitsfile *fptr, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (is_empty(f))
    return *status;
  if (f->datastart < 0 && ffrdef(fptr, status) > 0) /* counting HDUs needs its end */
    return *status;
  if (move_to_last(fptr, status) > 0 || is_empty(f))
    return *status;
  if (ffchdu(fptr, status) > 0 || cf_header_forget(fptr, status) > 0 ||
      cf_file_reserve_hdus(f, f->maxhdu + 3, status) > 0)
    return cf_hdu_reopen(fptr, status);
  f->maxhdu++;
  f->headstart[f->maxhdu + 1] = 0;
  cf_hdu_begin(fptr, f->maxhdu);
  return *status;
}

int cf_shape_bitpix(int type) {
  switch (type) {
  case SBYTE_IMG:
    return BYTE_IMG;
  case USHORT_IMG:
    return SHORT_IMG;
  case ULONG_IMG:
    return LONG_IMG;
  case ULONGLONG_IMG:
    return LONGLONG_IMG;
  default:
    return type;
  }
}

LONGLONG *cf_shape_widen(int naxis, const long *naxes, LONGLONG *wide) {
  if (naxes == NULL || naxis > CF_MAX_AXES)
    return NULL;
  for (int i = 0; i < naxis; i++)
    wide[i] = naxes[i];
  return wide;
}

int ffcrimll(fitsfile *fptr, int bitpix, int naxis, LONGLONG *naxes, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (naxis > 0 && naxis <= CF_MAX_AXES && naxes == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected %d axes, found NULL", naxis);
  if (!is_empty(fptr->Fptr) && ffcrhd(fptr, status) > 0)
    return *status;
  if (fptr->Fptr->request_compress_type != 0)
    return cf_tiled_create(fptr, bitpix, naxis, naxes, status);
  return ffphprll(fptr, TRUE, bitpix, naxis, naxes, 0, 1, TRUE, status);
}

int ffcrim(fitsfile *fptr, int bitpix, int naxis, long *naxes, int *status) {
  LONGLONG wide[CF_MAX_AXES];
  return ffcrimll(fptr, bitpix, naxis, cf_shape_widen(naxis, naxes, wide), status);
}

/* Begins a table at the end, behind an empty primary array if the file is empty. */
static int begin_table(fitsfile *fptr, int *status) {
  if (is_empty(fptr->Fptr) && fptr->Fptr->curhdu == 0)
    (void)ffphpr(fptr, TRUE, SHORT_IMG, 0, NULL, 0, 1, TRUE, status);
  return ffcrhd(fptr, status);
}

/* Writes the header of an ASCII table. Without tbcol, a blank is between two fields. */
static int write_ascii(fitsfile *fptr, LONGLONG naxis2, int tfields, char **ttype, char **tform, char **tunit,
                       const char *extname, int *status) {
  long rowlen = 0, *tbcol = NULL;
  if (tfields > 0 && tfields <= CF_MAX_AXES)
    tbcol = calloc((size_t)tfields, sizeof *tbcol);
  if (tfields > 0 && tbcol == NULL && tfields <= CF_MAX_AXES)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for %d columns", tfields);
  if (tbcol != NULL)
    (void)ffgabc(tfields, tform, 1, &rowlen, tbcol, status);
  (void)ffphtb(fptr, rowlen, naxis2, tfields, ttype, tbcol, tform, tunit, extname, status);
  free(tbcol);
  return *status;
}

int ffcrtb(fitsfile *fptr, int tbltype, LONGLONG naxis2, int tfields, char **ttype, char **tform, char **tunit,
           const char *extname, int *status) {
  if (!cf_use_write(fptr, status) || begin_table(fptr, status) > 0)
    return cf_refused(status);
  if (tfields > 0 && (ttype == NULL || tform == NULL))
    return cf_fail(status, NULL_INPUT_PTR, "expected names and formats of columns, found NULL");
  if (tbltype == BINARY_TBL)
    return ffphbn(fptr, naxis2, tfields, ttype, tform, tunit, extname, 0, status);
  if (tbltype == ASCII_TBL)
    return write_ascii(fptr, naxis2, tfields, ttype, tform, tunit, extname, status);
  return cf_fail(status, NOT_TABLE, "a table is an ASCII table (1) or a binary table (2), not %d", tbltype);
}

int ffhdef(fitsfile *fptr, int morekeys, int *status) {
  if (!cf_use(fptr, status) || morekeys < 1 || fptr->Fptr->datastart >= 0)
    return cf_refused(status);
  if (!cf_use_write(fptr, status) || ffrdef(fptr, status) > 0)
    return *status;
  return cf_header_grow(fptr, morekeys, status);
}

int ffpthp(fitsfile *fptr, long theap, int *status) {
  if (!cf_use_write(fptr, status) || theap < 1)
    return cf_refused(status);
  fptr->Fptr->heapstart = theap;
  return ffukyj(fptr, "THEAP", theap, "byte offset to heap area", status);
}
