/* SPDX-License-Identifier: BSD-3-Clause */
#include "file/handle.h"

bool cf_is_open(fitsfile *fptr, int *status) {
  if (status == NULL || *status > 0)
    return false;
  if (fptr == NULL)
    (void)cf_fail(status, NULL_INPUT_PTR, "expected a file, found NULL");
  else if (fptr->Fptr == NULL || fptr->Fptr->validcode != VALIDSTRUC)
    (void)cf_fail(status, BAD_FILEPTR, "the file is not open");
  return *status <= 0;
}

bool cf_use(fitsfile *fptr, int *status) {
  if (cf_is_open(fptr, status) && fptr->HDUposition != fptr->Fptr->curhdu)
    (void)ffmahd(fptr, fptr->HDUposition + 1, NULL, status);
  return status != NULL && *status <= 0;
}

bool cf_begin_data(fitsfile *fptr, int *status) {
  return cf_use(fptr, status) && (fptr->Fptr->datastart >= 0 || ffrdef(fptr, status) <= 0);
}

/* Checks that the file may be written. */
static bool is_writable(fitsfile *fptr, int *status) {
  if (fptr->Fptr->writemode != READWRITE)
    (void)cf_fail(status, READONLY_FILE, "the file was opened for reading only: %s", fptr->Fptr->filename);
  return *status <= 0;
}

bool cf_use_write(fitsfile *fptr, int *status) {
  return cf_use(fptr, status) && is_writable(fptr, status);
}

bool cf_begin_write_data(fitsfile *fptr, int *status) {
  return cf_begin_data(fptr, status) && is_writable(fptr, status);
}
