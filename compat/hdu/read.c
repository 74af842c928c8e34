/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The header of the current HDU becomes its structure.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "fitsio2.h"
#include "hdu/structure.h"
#include "header/text.h"

#define CARD 80

int ffrhdu(fitsfile *fptr, int *hdutype, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  char kind[FLEN_VALUE] = "";
  if (cf_header_scan(fptr, status) > 0 || cf_file_reserve_hdus(f, f->curhdu + 2, status) > 0)
    return *status;
  const char *first = cf_file_of(f)->header.text;
  if (*first == 'X' && !cf_card_string(first, kind, sizeof kind))
    return cf_fail(status, UNKNOWN_EXT, "XTENSION of HDU %d is no string", f->curhdu + 1);
  f->nextkey = f->headstart[f->curhdu];
  f->heapsize = 0;
  if (strcmp(kind, "TABLE") == 0)
    (void)cf_table_describe(fptr, true, status);
  else if (strcmp(kind, "BINTABLE") == 0 || strcmp(kind, "A3DTABLE") == 0 || strcmp(kind, "3DTABLE") == 0)
    (void)cf_table_describe(fptr, false, status);
  else
    (void)cf_image_describe(fptr, status);
  if (*status <= 0) {
    LONGLONG lacks = f->datastart + f->heapstart + f->heapsize - f->logfilesize;
    if (!cf_file_of(f)->header.dirty)
      cf_file_of(f)->missing = lacks > 0 ? lacks : 0;
    f->lasthdu = f->headstart[f->curhdu + 1] >= f->logfilesize;
    if (hdutype != NULL)
      *hdutype = f->hdutype;
  }
  return *status;
}

/* Sets a keyword of the structure to a value that a call has changed. */
static int update_size(fitsfile *fptr, const char *name, LONGLONG value, int *status) {
  LONGLONG old = 0;
  int missing = 0;
  ffpmrk();
  (void)ffgkyjj(fptr, name, &old, NULL, &missing);
  ffcmrk();
  if (missing > 0 || old != value)
    (void)ffmkyj(fptr, name, value, "&", status);
  return *status;
}

int cf_table_update_formats(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  if (f->hdutype != BINARY_TBL || f->heapsize <= 0 || f->logfilesize < f->datastart + f->rowlength * f->numrows)
    return *status;
  for (int i = 0; i < f->tfield && *status <= 0; i++) {
    LONGLONG longest = 0, length, offset;
    char name[FLEN_KEYWORD], form[FLEN_VALUE], more[FLEN_VALUE];
    if (f->tableptr[i].tdatatype >= 0)
      continue;
    (void)snprintf(name, sizeof name, "TFORM%d", i + 1);
    for (LONGLONG row = 1; row <= f->numrows && *status <= 0; row++)
      if (ffgdesll(fptr, i + 1, row, &length, &offset, status) <= 0 && length > longest)
        longest = length;
    if (*status > 0 || ffgkys(fptr, name, form, NULL, status) > 0)
      break;
    const char *letter = form + strspn(form, " 0123456789");
    if (*letter != 'P' && *letter != 'Q') /* a program has written another TFORMn */
      continue;
    char *bracket = strchr(form, '(');
    if (bracket != NULL && strtoll(bracket + 1, NULL, 10) == longest)
      continue;
    if (bracket != NULL)
      *bracket = '\0';
    (void)snprintf(more, sizeof more, "%.40s(%lld)", form, longest);
    (void)ffmkys(fptr, name, more, "&", status);
  }
  return *status;
}

int cf_table_update_heap(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  cf_file *file = cf_file_of(f);
  LONGLONG theap = 0;
  int missing = 0;
  if (f->heapstart == file->heapstart)
    return *status;
  file->heapstart = f->heapstart;
  ffpmrk();
  (void)ffgkyjj(fptr, "THEAP", &theap, NULL, &missing);
  ffcmrk();
  return missing > 0 || theap == f->heapstart ? *status : ffmkyj(fptr, "THEAP", f->heapstart, "&", status);
}

/* Writes what calls have changed in the sizes of a table into its header. */
static int update_sizes(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  if (f->hdutype == IMAGE_HDU || f->datastart < 0)
    return *status;
  LONGLONG rows = f->numrows;
  if (rows != f->origrows) {
    (void)update_size(fptr, "NAXIS2", rows, status);
    f->origrows = rows;
  }
  if (f->hdutype == BINARY_TBL && (f->heapsize > 0 || f->heapstart > f->rowlength * rows))
    (void)update_size(fptr, "PCOUNT", f->heapstart + f->heapsize - f->rowlength * rows, status);
  if (f->hdutype == BINARY_TBL && *status <= 0)
    (void)cf_table_update_heap(fptr, status);
  return *status;
}

int ffrdef(fitsfile *fptr, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  FITSfile *f = fptr->Fptr;
  if (f->writemode == READWRITE) {
    cf_header *header = &cf_file_of(f)->header;
    if (update_sizes(fptr, status) > 0 || cf_header_load(fptr, status) > 0)
      return *status;
    if (header->count == 0)
      return cf_fail(status, UNKNOWN_REC, "HDU %d has no cards", f->curhdu + 1);
    if (f->datastart < 0)
      f->datastart = (f->headend + CARD + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
    header->dirty = true; /* what is in memory counts, and the file gets its END card */
    (void)ffrhdu(fptr, NULL, status);
    return *status;
  }
  return ffrhdu(fptr, NULL, status);
}

/* Fills the last block of the data unit, and the file up to there. */
static int fill_data(fitsfile *fptr, int *status) {
  FITSfile *f = fptr->Fptr;
  LONGLONG end = f->datastart + f->heapstart + f->heapsize, next = (end + IOBUFLEN - 1) / IOBUFLEN * IOBUFLEN;
  LONGLONG missing = cf_file_of(f)->missing;
  /* What lacks must be seen. A file that was cut, or whose header lies about its size, does not grow. */
  if (cf_file_of(f)->failed || (missing > 0 && end - f->logfilesize >= missing))
    return *status;
  if (f->hdutype == ASCII_TBL && f->logfilesize < end) /* rows that nothing has written are blank */
    end = f->logfilesize > f->datastart ? f->logfilesize : f->datastart;
  if (end < next)
    return cf_fill(fptr, end, next - end, f->hdutype == ASCII_TBL ? ' ' : 0, status);
  if (end > f->datastart && f->logfilesize < end)
    return cf_fill(fptr, end - 1, 1, 0, status);
  return *status;
}

/* Writes the cards of a new HDU that are no header of an HDU, END behind them: nothing that was written gets lost. */
static void write_incomplete(fitsfile *fptr) {
  int own = 0;
  LONGLONG start = fptr->Fptr->headstart[fptr->Fptr->curhdu];
  cf_file *file = cf_file_of(fptr->Fptr);
  char block[IOBUFLEN] = "END";
  if (fptr->Fptr->logfilesize > start)
    return;
  ffpmrk();
  if (cf_header_load(fptr, &own) <= 0) {
    file->header.dirty = true;
    (void)cf_header_forget(fptr, &own);
  }
  own = 0;
  if (fptr->Fptr->logfilesize <= start) { /* there are no cards */
    memset(block + 3, ' ', sizeof block - 3);
    (void)cf_write(fptr, start, sizeof block, block, &own);
  }
  ffcmrk();
}

int ffchdu(fitsfile *fptr, int *status) {
  int own = 0;
  if (!cf_use(fptr, &own)) {
    if (status != NULL && *status <= 0)
      *status = own;
    return own;
  }
  FITSfile *f = fptr->Fptr;
  cf_file *file = cf_file_of(f);
  if (f->writemode == READWRITE && (file->changed || f->datastart < 0)) {
    if (f->datastart < 0)
      (void)ffrdef(fptr, &own);
    else
      (void)(update_sizes(fptr, &own) > 0 || cf_table_update_formats(fptr, &own) > 0);
    if (own <= 0 && fill_data(fptr, &own) <= 0 && cf_header_load(fptr, &own) <= 0)
      file->header.dirty = true; /* a program may have written over END */
    else if (own > 0)
      write_incomplete(fptr);
  }
  if (f->writemode == READWRITE && own <= 0)
    (void)cf_header_forget(fptr, &own);
  file->header.valid = file->header.dirty = false;
  file->changed = false;
  file->missing = 0;
  free(f->tableptr);
  f->tableptr = NULL;
  f->tfield = 0;
  if (status != NULL && *status <= 0)
    *status = own;
  return own;
}
