/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The file as bytes, for programs: a position, and reads and writes from there on.
 */
#include "file/bytes.h"
#include "file/handle.h"
#include "file/source.h"
#include "fitsio2.h"
#include "header/text.h"

int ffmbyt(fitsfile *fptr, LONGLONG bytpos, int ignore_err, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  if (bytpos < 0)
    return cf_fail(status, NEG_FILE_POS, "a position in the file is negative: %lld", bytpos);
  if (fptr->HDUposition != fptr->Fptr->curhdu && !cf_use(fptr, status))
    return *status;
  if (!ignore_err && cf_file_of(fptr->Fptr)->header.dirty && cf_header_write(fptr, status) > 0)
    return *status;
  if (!ignore_err && bytpos >= fptr->Fptr->logfilesize)
    return cf_fail(status, END_OF_FILE, "the file has %lld bytes, and no byte %lld", fptr->Fptr->logfilesize, bytpos);
  fptr->Fptr->bytepos = bytpos;
  return *status;
}

int ffgbyt(fitsfile *fptr, LONGLONG nbytes, void *buffer, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  if (nbytes < 0)
    return cf_fail(status, NEG_BYTES, "a number of bytes is negative: %lld", nbytes);
  if (buffer == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for bytes, found NULL");
  if (cf_read(fptr, fptr->Fptr->bytepos, (size_t)nbytes, buffer, status) <= 0)
    fptr->Fptr->bytepos += nbytes;
  return *status;
}

int ffpbyt(fitsfile *fptr, LONGLONG nbytes, void *buffer, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (nbytes < 0)
    return cf_fail(status, NEG_BYTES, "a number of bytes is negative: %lld", nbytes);
  if (buffer == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected bytes, found NULL");
  if (cf_write(fptr, fptr->Fptr->bytepos, (size_t)nbytes, buffer, status) <= 0)
    fptr->Fptr->bytepos += nbytes;
  return *status;
}

/* Reads or writes groups of `gsize` bytes with `offset` bytes between them. */
static int move_groups(fitsfile *fptr, long gsize, long ngroups, long offset, char *buffer, bool write, int *status) {
  LONGLONG at = fptr->Fptr->bytepos;
  if (gsize < 0 || ngroups < 0)
    return cf_fail(status, NEG_BYTES, "a number of bytes is negative");
  if (buffer == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for bytes, found NULL");
  for (long i = 0; i < ngroups && *status <= 0; i++) {
    (void)(write ? cf_write(fptr, at, (size_t)gsize, buffer, status)
                 : cf_read(fptr, at, (size_t)gsize, buffer, status));
    buffer += gsize;
    at += (LONGLONG)gsize + (i + 1 < ngroups ? offset : 0);
  }
  if (*status <= 0)
    fptr->Fptr->bytepos = at;
  return *status;
}

int ffgbytoff(fitsfile *fptr, long gsize, long ngroups, long offset, void *buffer, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  return move_groups(fptr, gsize, ngroups, offset, buffer, false, status);
}

int ffpbytoff(fitsfile *fptr, long gsize, long ngroups, long offset, void *buffer, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  return move_groups(fptr, gsize, ngroups, offset, buffer, true, status);
}

int ffseek(FITSfile *fptr, LONGLONG position) {
  if (fptr == NULL || fptr->validcode != VALIDSTRUC || position < 0)
    return SEEK_ERROR;
  fptr->io_pos = position;
  return 0;
}

/* Reads from the position of ffseek() on, with all that is buffered. */
int ffread(FITSfile *fptr, long nbytes, void *buffer, int *status) {
  CF_GO(status);
  if (fptr == NULL || fptr->validcode != VALIDSTRUC)
    return cf_fail(status, BAD_FILEPTR, "the file is not open");
  if (nbytes < 0 || buffer == NULL)
    return cf_fail(status, NEG_BYTES, "a number of bytes is negative, or there is no memory for them");
  fitsfile handle = {.HDUposition = fptr->curhdu, .Fptr = fptr};
  if (cf_read(&handle, fptr->io_pos, (size_t)nbytes, buffer, status) <= 0)
    fptr->io_pos += nbytes;
  return *status;
}

int ffiblk(fitsfile *fptr, long nblock, int headdata, int *status) {
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (headdata == 0) {
    if (cf_header_load(fptr, status) <= 0 && f->datastart >= 0 &&
        cf_insert_blocks(fptr, f->datastart, nblock, ' ', status) <= 0)
      f->datastart += nblock * (LONGLONG)IOBUFLEN;
    return *status;
  }
  LONGLONG end = (f->datastart + f->heapstart + f->heapsize + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
  return cf_insert_blocks(fptr, end, nblock, f->hdutype == ASCII_TBL ? ' ' : 0, status);
}

int ffdblk(fitsfile *fptr, long nblocks, int *status) {
  if (!cf_use_write_data(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  LONGLONG end = (f->datastart + f->heapstart + f->heapsize + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
  return cf_delete_blocks(fptr, end - nblocks * (LONGLONG)IOBUFLEN, nblocks, status);
}
