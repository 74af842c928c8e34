/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Closes, flushes and deletes files; tells their name and mode.
 */
#include <string.h>

#include "base/string.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "file/source.h"
#include "fitsio2.h"

int ffflsh(fitsfile *fptr, int clearbuf, int *status) {
  int own = 0;
  (void)clearbuf;
  if (!cf_is_open(fptr, &own)) {
    if (status != NULL && *status <= 0)
      *status = own;
    return cf_refused(status);
  }
  if (fptr->Fptr->writemode == READWRITE)
    (void)cf_flush(fptr, &own);
  if (status != NULL && *status <= 0)
    *status = own;
  return cf_refused(status);
}

int ffflus(fitsfile *fptr, int *status) {
  if (!cf_use(fptr, status))
    return cf_refused(status);
  int number = fptr->HDUposition + 1;
  if (ffchdu(fptr, status) > 0 || cf_flush(fptr, status) > 0)
    return *status;
  FITSfile *f = fptr->Fptr;
  f->headend = f->nextkey = f->headstart[number - 1];
  f->datastart = DATA_UNDEFINED;
  return ffrhdu(fptr, NULL, status);
}

/* Ends a file whose last handle is closed, and frees it. */
static void end_file(fitsfile *fptr, int *status) {
  cf_file *file = cf_file_of(fptr->Fptr);
  if (fptr->Fptr->writemode == READWRITE)
    (void)cf_flush(fptr, status);
  (void)cf_source_close(file, status);
  cf_file_free(file);
}

int ffclos(fitsfile *fptr, int *status) {
  int own = 0;
  if (status == NULL)
    return NULL_INPUT_PTR;
  if (!cf_is_open(fptr, &own)) /* whatever failed before */
    return *status = own;
  if (fptr->Fptr->open_count > 1) {
    fptr->Fptr->open_count--;
    (void)ffflsh(fptr, 0, &own);
  } else {
    cf_file_of(fptr->Fptr)->failed = *status > 0 && *status != NO_CLOSE_ERROR;
    (void)ffchdu(fptr, &own);
    int closed = 0;
    end_file(fptr, &closed);
    if (own <= 0)
      own = closed;
  }
  free(fptr);
  if (*status <= 0 || *status == NO_CLOSE_ERROR)
    *status = own > 0 ? own : *status;
  return *status;
}

/* Removes the file of a name, if it is local. */
static int remove_file(const char *name, int *status) {
  if (cf_begins(name, "file://"))
    name += 7;
  if (strstr(name, "://") == NULL && remove(name) != 0)
    return cf_fail(status, FILE_NOT_CLOSED, "%.200s cannot be deleted", name);
  return *status;
}

int ffdelt(fitsfile *fptr, int *status) {
  char name[FLEN_FILENAME];
  int ignored = 0;
  if (status == NULL)
    return NULL_INPUT_PTR;
  if (!cf_is_open(fptr, &ignored)) /* whatever failed before */
    return *status = ignored;
  cf_file *file = cf_file_of(fptr->Fptr);
  bool local = file->bytes != NULL;
  cf_copy(name, fptr->Fptr->filename, sizeof name);
  if (local)
    rf_bytes_discard(file->bytes);
  ffpmrk();
  (void)cf_source_close(file, &ignored);
  ffcmrk();
  cf_file_free(file);
  free(fptr);
  return local ? remove_file(name, status) : *status;
}

/* For programs that free Fptr and its members themselves (casacore): they close the file first, and then remove it from
 * the table of files. */
int file_close(int handle) {
  FITSfile key = {.filehandle = handle};
  cf_file *file = handle >= 0 && handle < CF_FILES ? cf_file_of(&key) : NULL;
  int status = 0;
  if (file == NULL)
    return FILE_NOT_CLOSED;
  return cf_source_close(file, &status);
}

int fits_clear_Fptr(FITSfile *Fptr, int *status) {
  if (Fptr != NULL && Fptr->validcode == VALIDSTRUC)
    cf_file_release(cf_file_of(Fptr));
  return cf_refused(status);
}

int ffflnm(fitsfile *fptr, char *filename, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  if (filename == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for a name, found NULL");
  cf_copy(filename, fptr->Fptr->filename, FLEN_FILENAME);
  return *status;
}

int ffflmd(fitsfile *fptr, int *filemode, int *status) {
  if (!cf_is_open(fptr, status))
    return cf_refused(status);
  if (filemode == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for a mode, found NULL");
  *filemode = fptr->Fptr->writemode;
  return *status;
}
