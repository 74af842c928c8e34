/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the pair programs of columns print.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

/* Prints the cards of the current HDU. */
static inline void show_cards(fitsfile *f) {
  char card[FLEN_CARD];
  int n = 0, status = 0;
  fits_get_hdrspace(f, &n, NULL, &status);
  for (int i = 1; i <= n; i++) {
    fits_read_record(f, i, card, &status);
    printf("  %s\n", card);
  }
}

/* Prints one card. */
static inline void show_card(fitsfile *f, const char *key) {
  char card[FLEN_CARD] = "";
  int status = 0;
  fits_read_card(f, (char *)key, card, &status);
  printf("  %d %s\n", status, card);
}

/* Prints numbers of rows and bytes. */
static inline void show_size(fitsfile *f, const char *what) {
  FITSfile *file = f->Fptr;
  printf("%s: %lld rows of %lld bytes, heap %lld + %lld, %d columns\n", what, file->numrows, file->rowlength,
         file->heapstart, file->heapsize, file->tfield);
}

/* Prints the bytes of all rows, as text in ASCII tables. */
static inline void show_rows(fitsfile *f) {
  unsigned char row[4000];
  LONGLONG rows = 0;
  int status = 0;
  fits_get_num_rowsll(f, &rows, &status);
  for (LONGLONG i = 1; i <= rows; i++) {
    status = 0;
    fits_read_tblbytes(f, i, 1, f->Fptr->rowlength, row, &status);
    printf("  row %lld (%d): ", i, status);
    for (LONGLONG k = 0; status == 0 && k < f->Fptr->rowlength; k++)
      printf(f->Fptr->hdutype == ASCII_TBL && row[k] >= ' ' && row[k] < 127 ? "%c" : "%02x", row[k]);
    printf("\n");
  }
}

/* Prints the heap. */
static inline void show_heap(fitsfile *f) {
  unsigned char heap[4000];
  int status = 0;
  LONGLONG size = f->Fptr->heapsize < 4000 ? f->Fptr->heapsize : 4000;
  fits_flush_file(f, &status);
  printf("  heap (%d): ", status);
  fits_read_ext(f, f->Fptr->heapstart, size, heap, &status);
  for (LONGLONG k = 0; status == 0 && k < size; k++)
    printf("%02x", heap[k]);
  printf("\n");
}

/* The types of numbers. */
static const int types[] = {TBYTE, TSBYTE, TSHORT, TUSHORT,   TINT,       TUINT,
                            TLONG, TULONG, TFLOAT, TLONGLONG, TULONGLONG, TDOUBLE};

/* Prints values of a type. */
static inline void show_values(int type, const void *values, int n) {
  for (int i = 0; i < n; i++)
    switch (type) {
    case TBYTE:
      printf(" %d", ((const unsigned char *)values)[i]);
      break;
    case TLOGICAL:
    case TBIT:
    case TSBYTE:
      printf(" %d", ((const signed char *)values)[i]);
      break;
    case TSHORT:
      printf(" %d", ((const short *)values)[i]);
      break;
    case TUSHORT:
      printf(" %d", ((const unsigned short *)values)[i]);
      break;
    case TINT:
      printf(" %d", ((const int *)values)[i]);
      break;
    case TUINT:
      printf(" %u", ((const unsigned *)values)[i]);
      break;
    case TLONG:
      printf(" %ld", ((const long *)values)[i]);
      break;
    case TULONG:
      printf(" %lu", ((const unsigned long *)values)[i]);
      break;
    case TLONGLONG:
      printf(" %lld", ((const LONGLONG *)values)[i]);
      break;
    case TULONGLONG:
      printf(" %llu", ((const ULONGLONG *)values)[i]);
      break;
    case TFLOAT:
      printf(" %.9g", ((const float *)values)[i]);
      break;
    case TCOMPLEX:
      printf(" (%.9g,%.9g)", ((const float *)values)[2 * i], ((const float *)values)[2 * i + 1]);
      break;
    case TDOUBLE:
      printf(" %.17g", ((const double *)values)[i]);
      break;
    case TDBLCOMPLEX:
      printf(" (%.17g,%.17g)", ((const double *)values)[2 * i], ((const double *)values)[2 * i + 1]);
      break;
    case TSTRING:
      printf(" [%s]", ((char *const *)values)[i]);
      break;
    default:
      break;
    }
}

#endif
