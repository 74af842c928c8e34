/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows of the table of a compressed image.
 */
#include "tiled/cell.h"

#include <stdint.h>
#include <string.h>

#include "file/bytes.h"

/* Bytes of rows that are read at a time. */
#define CHUNK 65536

static uint64_t big_endian(const unsigned char *at, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

static const tcolumn *column_of(const FITSfile *file, int number) {
  return number > 0 && number <= file->tfield && file->tableptr != NULL ? &file->tableptr[number - 1] : NULL;
}

/* The letter behind the repeat count: of the type, or P and Q with the type of the elements behind it. */
static const char *letter_of(const tcolumn *column) {
  return column->tform + strspn(column->tform, " 0123456789");
}

bool cf_column_is_wide(const FITSfile *file, int number) {
  const tcolumn *column = column_of(file, number);
  return column != NULL && (*letter_of(column) == 'Q' || *letter_of(column) == 'q');
}

size_t cf_column_element(const FITSfile *file, int number) {
  const tcolumn *column = column_of(file, number);
  int type = column == NULL ? TBYTE : column->tdatatype < 0 ? -column->tdatatype : column->tdatatype;
  switch (type) {
  case TSHORT:
    return 2;
  case TLONG:
  case TFLOAT:
    return 4;
  case TLONGLONG:
  case TDOUBLE:
    return 8;
  default:
    return 1;
  }
}

/* Gets the array of one column. Returns false where it is empty. */
static bool take_descriptor(fitsfile *fptr, const unsigned char *row, int number, cf_cell *cell, int *status) {
  const FITSfile *file = fptr->Fptr;
  const tcolumn *column = column_of(file, number);
  bool wide = cf_column_is_wide(file, number);
  if (column == NULL || column->tdatatype >= 0 || column->tbcol < 0 ||
      column->tbcol > file->rowlength - (wide ? 16 : 8))
    return false;
  const unsigned char *at = row + column->tbcol;
  uint64_t count = wide ? big_endian(at, 8) : big_endian(at, 4);
  uint64_t offset = wide ? big_endian(at + 8, 8) : big_endian(at + 4, 4);
  if (count == 0)
    return false;
  LONGLONG heap = file->datastart + file->heapstart, end = cf_size(fptr);
  uint64_t room = heap >= 0 && end > heap ? (uint64_t)(end - heap) : 0;
  size_t each = cf_column_element(file, number);
  if (offset > room || count > (room - offset) / each) {
    int error = end < heap                    ? NO_COMPRESSED_TILE
                : end < heap + file->heapsize ? READ_ERROR /* the file was cut */
                                              : DATA_DECOMPRESSION_ERR;
    cf_fail(status, error, "a tile lies outside the file");
    return false;
  }
  cell->offset = heap + (LONGLONG)offset;
  cell->bytes = (LONGLONG)(count * each);
  return true;
}

/* Gets a number out of a cell. */
static double take_number(const FITSfile *file, const unsigned char *row, int number, double otherwise) {
  const tcolumn *column = column_of(file, number);
  size_t each = cf_column_element(file, number);
  if (column == NULL || column->tdatatype < 0 || column->tbcol < 0 || column->tbcol > file->rowlength - (LONGLONG)each)
    return otherwise;
  uint64_t bits = big_endian(row + column->tbcol, (unsigned)each);
  uint32_t half = (uint32_t)bits;
  double wide;
  float narrow;
  switch (column->tdatatype) {
  case TDOUBLE:
    memcpy(&wide, &bits, sizeof wide);
    return wide;
  case TFLOAT:
    memcpy(&narrow, &half, sizeof narrow);
    return (double)narrow;
  case TLONGLONG:
    return (double)(int64_t)bits;
  case TLONG:
    return (double)(int32_t)half;
  case TSHORT:
    return (double)(int16_t)bits;
  default:
    return (double)bits;
  }
}

static void take_cell(fitsfile *fptr, const unsigned char *row, cf_cell *cell, int *status) {
  const FITSfile *file = fptr->Fptr;
  *cell = (cf_cell){.form = CF_CELL_EMPTY, .scale = 1.0};
  if (take_descriptor(fptr, row, file->cn_compressed, cell, status)) {
    cell->form = CF_CELL_COMPRESSED;
    cell->quantized = file->cn_zscale != 0;
    cell->scale = file->cn_zscale > 0 ? take_number(file, row, file->cn_zscale, 1.0) : file->zscale;
    cell->zero = file->cn_zzero > 0 ? take_number(file, row, file->cn_zzero, 0.0) : file->zzero;
  } else if (take_descriptor(fptr, row, file->cn_gzip_data, cell, status)) {
    cell->form = CF_CELL_GZIP;
  } else if (take_descriptor(fptr, row, file->cn_uncompressed, cell, status)) {
    cell->form = CF_CELL_RAW;
  }
  cell->has_null = file->cn_zblank != 0;
  double null = file->cn_zblank > 0 ? take_number(file, row, file->cn_zblank, 0.0) : (double)file->zblank;
  cell->null = null > -9.2e18 && null < 9.2e18 ? (LONGLONG)null : 0;
}

int cf_rows_read(fitsfile *fptr, LONGLONG offset, size_t n, unsigned char *buffer, int *status) {
  LONGLONG size = cf_size(fptr);
  size_t there = offset >= size ? 0 : (uint64_t)(size - offset) < n ? (size_t)(size - offset) : n;
  memset(buffer + there, 0, n - there);
  return there > 0 ? cf_read(fptr, offset, there, buffer, status) : *status;
}

int cf_cells_read(fitsfile *fptr, LONGLONG first, size_t count, cf_cell *cells, int *status) {
  const FITSfile *file = fptr->Fptr;
  unsigned char chunk[CHUNK];
  if (file->rowlength < 8 || file->rowlength > CHUNK || first < 0 || first > file->numrows ||
      count > (uint64_t)(file->numrows - first))
    return cf_fail(status, DATA_DECOMPRESSION_ERR, "the table of a compressed image has no row for tile %lld",
                   first + (LONGLONG)count);
  size_t most = CHUNK / (size_t)file->rowlength;
  for (size_t done = 0; done < count && *status <= 0;) {
    size_t n = count - done < most ? count - done : most;
    LONGLONG at = file->datastart + (first + (LONGLONG)done) * file->rowlength;
    if (cf_rows_read(fptr, at, n * (size_t)file->rowlength, chunk, status) > 0)
      return *status;
    for (size_t i = 0; i < n && *status <= 0; i++)
      take_cell(fptr, chunk + i * (size_t)file->rowlength, &cells[done + i], status);
    done += n;
  }
  return *status;
}
