/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Subroutines that open and close units, and those whose arguments are not in the order of C.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "fortran/convert.h"
#include "fortran/unit.h"

typedef int open_function(fitsfile **fptr, const char *filename, int iomode, int *status);
typedef int create_function(fitsfile **fptr, const char *filename, int *status);

static void open_unit(open_function *function, int unit, const char *name, size_t n, int mode, int *status) {
  cf_string text;
  fitsfile *fptr = NULL;
  if (*status > 0 || !cf_unit_is_free(unit, status))
    return;
  cf_string_begin(&text, name, n, false);
  if (function(&fptr, text.text, mode, status) <= 0)
    cf_unit_set(unit, fptr);
  cf_string_free(&text);
}

static void create_unit(create_function *function, int unit, const char *name, size_t n, int *status) {
  cf_string text;
  fitsfile *fptr = NULL;
  if (*status > 0)
    return;
  if (!cf_unit_is_free(unit, status)) {
    if (*status == FILE_NOT_OPENED)
      *status = FILE_NOT_CREATED;
    return;
  }
  cf_string_begin(&text, name, n, false);
  if (function(&fptr, text.text, status) <= 0)
    cf_unit_set(unit, fptr);
  cf_string_free(&text);
}

/* ftxxxx(unit, filename, mode, blocksize, status) */
#define CF_OPEN_BLOCK(NAME, FUNCTION)                                                                                  \
  void NAME(const int *unit, const char *name, const int *mode, int *blocksize, int *status, size_t n);                \
  void NAME(const int *unit, const char *name, const int *mode, int *blocksize, int *status, size_t n) {               \
    *blocksize = 1;                                                                                                    \
    open_unit(FUNCTION, *unit, name, n, *mode, status);                                                                \
  }

/* ftxxxx(unit, filename, mode, status) */
#define CF_OPEN(NAME, FUNCTION)                                                                                        \
  void NAME(const int *unit, const char *name, const int *mode, int *status, size_t n);                                \
  void NAME(const int *unit, const char *name, const int *mode, int *status, size_t n) {                               \
    open_unit(FUNCTION, *unit, name, n, *mode, status);                                                                \
  }

/* ftxxxx(unit, filename, blocksize, status) */
#define CF_CREATE(NAME, FUNCTION)                                                                                      \
  void NAME(const int *unit, const char *name, const int *blocksize, int *status, size_t n);                           \
  void NAME(const int *unit, const char *name, const int *blocksize, int *status, size_t n) {                          \
    (void)blocksize;                                                                                                   \
    create_unit(FUNCTION, *unit, name, n, status);                                                                     \
  }

CF_OPEN_BLOCK(ftopen_, ffopen)
CF_OPEN_BLOCK(ftdkopn_, ffdkopn)
CF_OPEN(ftnopn_, ffopen)
CF_OPEN(ftdopn_, ffdopn)
CF_OPEN(ftiopn_, ffiopn)
CF_OPEN(fttopn_, fftopn)
CF_CREATE(ftinit_, ffinit)
CF_CREATE(ftdkinit_, ffdkinit)

void fttplt_(const int *unit, const char *name, const char *templt, int *status, size_t n2, size_t n3);
void fttplt_(const int *unit, const char *name, const char *templt, int *status, size_t n2, size_t n3) {
  cf_string text[2];
  fitsfile *fptr = NULL;
  if (*status > 0 || !cf_unit_is_free(*unit, status))
    return;
  cf_string_begin(&text[0], name, n2, false);
  cf_string_begin(&text[1], templt, n3, false);
  if (fftplt(&fptr, text[0].text, text[1].text, status) <= 0)
    cf_unit_set(*unit, fptr);
  cf_string_free(&text[0]);
  cf_string_free(&text[1]);
}

void ftreopen_(const int *unit, const int *other, int *status);
void ftreopen_(const int *unit, const int *other, int *status) {
  fitsfile *fptr = NULL;
  if (*status > 0 || !cf_unit_is_free(*other, status))
    return;
  if (ffreopen(CUnit2FITS(*unit), &fptr, status) <= 0)
    cf_unit_set(*other, fptr);
}

/* Closing a unit without a file does nothing. The unit stays reserved. */
void ftclos_(const int *unit, int *status);
void ftclos_(const int *unit, int *status) {
  fitsfile *fptr = CUnit2FITS(*unit);
  if (fptr == NULL)
    return;
  cf_unit_set(*unit, NULL);
  ffclos(fptr, status);
}

void ftdelt_(const int *unit, int *status);
void ftdelt_(const int *unit, int *status) {
  fitsfile *fptr = CUnit2FITS(*unit);
  if (fptr == NULL)
    return;
  cf_unit_set(*unit, NULL);
  ffdelt(fptr, status);
}

/* ftxxxx(unit, other, number, status): opens a member or a group as `other`. */
void ftgtop_(const int *unit, const int *number, const int *other, int *status);
void ftgtop_(const int *unit, const int *number, const int *other, int *status) {
  fitsfile *fptr = NULL;
  if (*status <= 0 && cf_unit_is_free(*other, status) && ffgtop(CUnit2FITS(*unit), *number, &fptr, status) <= 0)
    cf_unit_set(*other, fptr);
}

void ftgmop_(const int *unit, const int *number, const int *other, int *status);
void ftgmop_(const int *unit, const int *number, const int *other, int *status) {
  fitsfile *fptr = NULL;
  if (*status <= 0 && cf_unit_is_free(*other, status) && ffgmop(CUnit2FITS(*unit), *number, &fptr, status) <= 0)
    cf_unit_set(*other, fptr);
}

void ftrprt_(const char *stream, const int *status, size_t n);
void ftrprt_(const char *stream, const int *status, size_t n) {
  cf_string text;
  cf_string_begin(&text, stream, n, false);
  if (text.text != NULL && cf_same_text(text.text, "STDOUT"))
    ffrprt(stdout, *status);
  else if (text.text != NULL && cf_same_text(text.text, "STDERR"))
    ffrprt(stderr, *status);
  cf_string_free(&text);
}

void ftupch_(char *text, size_t n);
void ftupch_(char *text, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (text[i] >= 'a' && text[i] <= 'z')
      text[i] = (char)(text[i] - 'a' + 'A');
}

int ftgkcl_(const char *card, size_t n);
int ftgkcl_(const char *card, size_t n) {
  cf_string text;
  cf_string_begin(&text, card, n, false);
  int kind = text.text != NULL ? ffgkcl(text.text) : 0;
  cf_string_free(&text);
  return kind;
}

void ftghad_(const int *unit, int *start, int *next);
void ftghad_(const int *unit, int *start, int *next) {
  long header = 0, data = 0, end = 0;
  int status = 0;
  ffghad(CUnit2FITS(*unit), &header, &data, &end, &status);
  *start = cf_integer(header);
  *next = cf_integer(end);
}

void ftgcks_(const int *unit, double *datasum, double *hdusum, int *status);
void ftgcks_(const int *unit, double *datasum, double *hdusum, int *status) {
  unsigned long data = 0, hdu = 0;
  if (ffgcks(CUnit2FITS(*unit), &data, &hdu, status) > 0)
    return;
  *datasum = (double)data;
  *hdusum = (double)hdu;
}

void ftesum_(const double *sum, const int *complement, char *ascii, size_t n);
void ftesum_(const double *sum, const int *complement, char *ascii, size_t n) {
  char small[17] = "";
  cf_string text;
  cf_string_begin(&text, "", 0, true);
  ffesum(*sum >= 0 && *sum < 4294967296.0 ? (unsigned long)*sum : 0, *complement != 0, small);
  cf_copy(text.text, small, sizeof small);
  cf_string_write(&text, ascii, n);
}

void ftdsum_(const char *ascii, const int *complement, double *sum, size_t n);
void ftdsum_(const char *ascii, const int *complement, double *sum, size_t n) {
  char small[17] = "                ";
  unsigned long value = 0;
  memcpy(small, ascii, n < 16 ? n : 16);
  ffdsum(small, *complement != 0, &value);
  *sum = (double)value;
}

void ftgkls_(const int *unit, const char *keyword, char *value, char *comment, int *status, size_t n2, size_t n3,
             size_t n4);
void ftgkls_(const int *unit, const char *keyword, char *value, char *comment, int *status, size_t n2, size_t n3,
             size_t n4) {
  cf_string name, text;
  char *found = NULL;
  cf_string_begin(&name, keyword, n2, false);
  cf_string_begin(&text, comment, n4, true);
  if (ffgkls(CUnit2FITS(*unit), name.text, &found, text.text, status) <= 0 && found != NULL) {
    size_t used = strnlen(found, n3);
    memcpy(value, found, used);
    memset(value + used, ' ', n3 - used);
  }
  free(found);
  cf_string_free(&name);
  cf_string_write(&text, comment, n4);
}

void ftgsky_(const int *unit, const char *keyword, const int *first, const int *most, char *value, int *length,
             char *comment, int *status, size_t n2, size_t n5, size_t n7);
void ftgsky_(const int *unit, const char *keyword, const int *first, const int *most, char *value, int *length,
             char *comment, int *status, size_t n2, size_t n5, size_t n7) {
  cf_string name, text;
  char *part = malloc((size_t)(*most > 0 ? *most : 0) + 1);
  if (part == NULL) {
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d characters", *most);
    return;
  }
  *part = '\0';
  cf_string_begin(&name, keyword, n2, false);
  cf_string_begin(&text, comment, n7, true);
  if (ffgsky(CUnit2FITS(*unit), name.text, *first, *most, part, length, text.text, status) <= 0) {
    size_t used = strnlen(part, n5);
    memcpy(value, part, used);
    memset(value + used, ' ', n5 - used);
  }
  free(part);
  cf_string_free(&name);
  cf_string_write(&text, comment, n7);
}

void ftcsum_(const int *unit, const int *blocks, double *sum, int *status);
void ftcsum_(const int *unit, const int *blocks, double *sum, int *status) {
  unsigned long value = *sum >= 0 && *sum < 4294967296.0 ? (unsigned long)*sum : 0;
  if (ffcsum(CUnit2FITS(*unit), *blocks, &value, status) <= 0)
    *sum = (double)value;
}

void ftgtbs_(const int *unit, const int *row, const int *start, const int *count, char *text, int *status, size_t n);
void ftgtbs_(const int *unit, const int *row, const int *start, const int *count, char *text, int *status, size_t n) {
  if (*count > 0 && (size_t)*count > n)
    cf_fail(status, BAD_ELEM_NUM, "%d characters do not fit into %zu", *count, n);
  if (ffgtbb(CUnit2FITS(*unit), *row, *start, *count, (unsigned char *)text, status) <= 0 && *count >= 0)
    memset(text + *count, ' ', n - (size_t)*count);
}

void ftptbs_(const int *unit, const int *row, const int *start, const int *count, char *text, int *status, size_t n);
void ftptbs_(const int *unit, const int *row, const int *start, const int *count, char *text, int *status, size_t n) {
  if (*count > 0 && (size_t)*count > n)
    cf_fail(status, BAD_ELEM_NUM, "no %d characters, but %zu", *count, n);
  ffptbb(CUnit2FITS(*unit), *row, *start, *count, (unsigned char *)text, status);
}

void ftgtmo_(int *seconds);
void ftgtmo_(int *seconds) {
  *seconds = ffgtmo();
}
