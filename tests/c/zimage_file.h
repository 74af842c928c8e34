/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files with one compressed image, put together cell by cell: rows and heap are not made by the code that is tested.
 */
#ifndef RF_TESTS_ZIMAGE_FILE_H
#define RF_TESTS_ZIMAGE_FILE_H

#include "fits_bytes.h"

#define ZFILE_COLUMNS 6
#define ZFILE_TILES 64

/* What one cell holds: bytes in the heap, or a number in the row. */
typedef struct zcell {
  const void *bytes;
  size_t n;       /* elements of the column's form */
  double real;    /* 1D, 1E */
  int64_t number; /* 1J, 1I */
} zcell;

typedef struct zfile {
  const char *codec;
  int bitpix;
  int naxis;
  const long long *axes;  /* NAXIS1 first */
  const long long *tiles; /* NULL: no ZTILEn */
  const char *cards;      /* more of them, each ended by \n */
  int columns;
  const char *names[ZFILE_COLUMNS];
  const char *forms[ZFILE_COLUMNS]; /* "1PB", "1QI", "1D", "1J" */
  long long rows;                   /* NAXIS2 */
  size_t gap;                       /* bytes between rows and heap (THEAP) */
  zcell cells[ZFILE_TILES][ZFILE_COLUMNS];
} zfile;

static inline size_t zfile_width(const char *form) {
  char letter = form[1];
  return letter == 'Q' ? 16 : letter == 'P' || letter == 'D' || letter == 'K' ? 8 : letter == 'I' ? 2 : 4;
}

static inline size_t zfile_element(const char *form) {
  return form[2] == 'I' ? 2 : form[2] == 'J' || form[2] == 'E' ? 4 : form[2] == 'D' ? 8 : 1;
}

static inline void zfile_big(uint8_t *to, uint64_t value, size_t width) {
  for (size_t i = 0; i < width; i++)
    to[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

static inline void zfile_lines(fits_bytes *fits, const char *lines) {
  while (lines != NULL && *lines != '\0') {
    char text[81];
    size_t n = strcspn(lines, "\n");
    snprintf(text, sizeof text, "%.*s", (int)n, lines);
    fits_card(fits, text);
    lines += lines[n] == '\n' ? n + 1 : n;
  }
}

static inline void zfile_header(fits_bytes *fits, const zfile *z, size_t row, size_t pcount) {
  char text[81];
  fits_card(fits, "XTENSION= 'BINTABLE'");
  fits_integer(fits, "BITPIX", 8);
  fits_integer(fits, "NAXIS", 2);
  fits_integer(fits, "NAXIS1", (long long)row);
  fits_integer(fits, "NAXIS2", z->rows);
  fits_integer(fits, "PCOUNT", (long long)pcount);
  fits_integer(fits, "GCOUNT", 1);
  fits_integer(fits, "TFIELDS", z->columns);
  for (int c = 0; c < z->columns; c++) {
    snprintf(text, sizeof text, "TTYPE%-3d= '%s'", c + 1, z->names[c]);
    fits_card(fits, text);
    snprintf(text, sizeof text, "TFORM%-3d= '%s'", c + 1, z->forms[c]);
    fits_card(fits, text);
  }
  if (z->gap > 0)
    fits_integer(fits, "THEAP", (long long)(row * (size_t)z->rows + z->gap));
  fits_card(fits, "ZIMAGE  =                    T");
  fits_integer(fits, "ZBITPIX", z->bitpix);
  fits_integer(fits, "ZNAXIS", z->naxis);
  for (int i = 0; i < z->naxis; i++) {
    snprintf(text, sizeof text, "ZNAXIS%d", i + 1);
    fits_integer(fits, text, z->axes[i]);
    snprintf(text, sizeof text, "ZTILE%d", i + 1);
    if (z->tiles != NULL)
      fits_integer(fits, text, z->tiles[i]);
  }
  snprintf(text, sizeof text, "ZCMPTYPE= '%s'", z->codec);
  fits_card(fits, text);
  zfile_lines(fits, z->cards);
  fits_end(fits);
}

/* A whole file: an empty primary HDU, and the compressed image behind it. Freed with fits_free. */
static inline fits_bytes zfile_make(const zfile *z) {
  fits_bytes fits = {NULL, 0, 0};
  size_t row = 0, heap = 0;
  for (int c = 0; c < z->columns; c++)
    row += zfile_width(z->forms[c]);
  for (long long t = 0; t < z->rows && t < ZFILE_TILES; t++)
    for (int c = 0; c < z->columns; c++)
      heap += z->cells[t][c].n * zfile_element(z->forms[c]);
  fits_begin(&fits, NULL, 8, 0, NULL);
  fits_end(&fits);
  zfile_header(&fits, z, row, z->gap + heap);
  size_t rows = fits.size;
  fits_grow(&fits, row * (size_t)z->rows + z->gap, 0xAA);
  size_t base = fits.size;
  for (long long t = 0; t < z->rows && t < ZFILE_TILES; t++) {
    size_t at = rows + row * (size_t)t;
    for (int c = 0; c < z->columns; c++) {
      const zcell *cell = &z->cells[t][c];
      const char *form = z->forms[c];
      size_t width = zfile_width(form), bytes = cell->n * zfile_element(form), offset = fits.size - base;
      uint64_t bits = 0;
      if (form[1] == 'P' || form[1] == 'Q') {
        if (bytes > 0)
          memcpy(fits_grow(&fits, bytes, 0), cell->bytes, bytes);
        zfile_big(fits.bytes + at, cell->n, width / 2);
        zfile_big(fits.bytes + at + width / 2, offset, width / 2);
      } else if (form[1] == 'D') {
        memcpy(&bits, &cell->real, sizeof bits);
        zfile_big(fits.bytes + at, bits, 8);
      } else {
        zfile_big(fits.bytes + at, (uint64_t)cell->number, width);
      }
      at += width;
    }
  }
  fits_pad(&fits, 0);
  return fits;
}

#endif
