/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The begin of every function with a handle: it checks status and handle, and makes the HDU of the handle current.
 *
 *   int ffabc(fitsfile *fptr, int *status) {
 *     if (!cf_use(fptr, status))
 *       return cf_refused(status);
 */
#ifndef CF_FILE_HANDLE_H
#define CF_FILE_HANDLE_H

#include <stdbool.h>

#include "base/status.h"

/* Returns true if *status is at most 0, the handle is open, and its HDU is current now. Otherwise *status is above 0
 * (unless `status` is NULL). */
bool cf_use(fitsfile *fptr, int *status);

/* As cf_use() without moving to the HDU of the handle. */
bool cf_is_open(fitsfile *fptr, int *status);

/* As cf_use(), and the structure of the HDU is known: Fptr->datastart, hdutype, columns or axes. A header that is not
 * complete is completed as ffrdef() does. */
static inline bool cf_use_data(fitsfile *fptr, int *status);

/* As cf_use(), and the file may be written, else READONLY_FILE. */
bool cf_use_write(fitsfile *fptr, int *status);

/* As cf_use_data() and cf_use_write(). */
static inline bool cf_use_write_data(fitsfile *fptr, int *status);

/* Both, where there is something to do. */
bool cf_begin_data(fitsfile *fptr, int *status);
bool cf_begin_write_data(fitsfile *fptr, int *status);

/* Tells whether a call on data may go on at once. Programs make millions of them. */
static inline bool cf_is_ready(const fitsfile *fptr, const int *status) {
  return status != NULL && *status <= 0 && fptr != NULL && fptr->Fptr != NULL && fptr->Fptr->validcode == VALIDSTRUC &&
         fptr->HDUposition == fptr->Fptr->curhdu && fptr->Fptr->datastart >= 0;
}

static inline bool cf_use_data(fitsfile *fptr, int *status) {
  return cf_is_ready(fptr, status) || cf_begin_data(fptr, status);
}

static inline bool cf_use_write_data(fitsfile *fptr, int *status) {
  return (cf_is_ready(fptr, status) && fptr->Fptr->writemode == READWRITE) || cf_begin_write_data(fptr, status);
}

/* Returns what the function has to return after one of the calls above was false. */
static inline int cf_refused(const int *status) {
  return status != NULL ? *status : NULL_INPUT_PTR;
}

#endif
