/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Rows are short as a rule. So neighbours are read, and written, as one span of whole rows, and the cells are picked
 * out of it in memory.
 */
#include "column/cells.h"

#include <string.h>

#include "column/heap.h"
#include "column/rows.h"
#include "file/bytes.h"

#define SPAN 65536       /* bytes of neighbouring rows that one call reads */
#define LONGEST_ROW 2048 /* cells of longer rows are read one by one */
#define HUGE_REPEAT (1LL << 56)

tcolumn *cf_column(fitsfile *fptr, int colnum, int *status) {
  FITSfile *file = fptr->Fptr;
  if (colnum >= 1 && colnum <= file->tfield && file->tableptr != NULL)
    return &file->tableptr[colnum - 1];
  (void)cf_fail(status, BAD_COL_NUM, "column %d does not exist: the table has %d columns", colnum, file->tfield);
  return NULL;
}

size_t cf_array_width(int tdatatype) {
  switch (tdatatype < 0 ? -tdatatype : tdatatype) {
  case TBIT:
    return 0;
  case TSHORT:
    return 2;
  case TLONG:
  case TFLOAT:
    return 4;
  case TLONGLONG:
  case TDOUBLE:
  case TCOMPLEX:
    return 8;
  case TDBLCOMPLEX:
    return 16;
  default:
    return 1;
  }
}

/* Sets the type of the elements, their width, and how many a row of a fixed column has. */
static void set_type(cf_cells *cells, int type, LONGLONG repeat) {
  const tcolumn *column = cells->column;
  cells->stored = type;
  cells->width = cf_array_width(type);
  cells->repeat = repeat;
  switch (type) {
  case TBIT:
    cells->stored = TBYTE;
    cells->width = 1;
    cells->repeat = repeat / 8 + (repeat % 8 != 0);
    break;
  case TCOMPLEX:
  case TDBLCOMPLEX:
    cells->stored = type == TCOMPLEX ? TFLOAT : TDOUBLE;
    cells->width /= 2;
    cells->repeat = repeat * 2;
    break;
  case TSTRING:
    if (cells->as_bytes) {
      cells->stored = TBYTE;
      break;
    }
    cells->width = column->twidth > 0 && !cells->variable ? (size_t)column->twidth : 1;
    if (!cells->variable)
      cells->repeat = column->twidth > 0 ? repeat / column->twidth : 0;
    break;
  default:
    break;
  }
}

/* Checks the last row of a read, or adds the rows that a write needs: to the table, and to the file. */
static int reach_row(cf_cells *cells, LONGLONG last, int mode, int *status) {
  LONGLONG rows = cells->fptr->Fptr->numrows;
  if (mode == CF_CELLS_WRITE && last >= rows)
    return cf_rows_grow(cells->fptr, last + 1, status);
  if (mode == CF_CELLS_WRITE && cells->fptr->Fptr->hdutype == ASCII_TBL)
    return cf_rows_exist(cells->fptr, last + 1, status);
  if (last < rows)
    return *status;
  return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: the table has %lld rows", last + 1, rows);
}

/* Points `cells` at the array of one row, in the heap. */
static int find_array(cf_cells *cells, int colnum, LONGLONG row, LONGLONG elements, int mode, int *status) {
  LONGLONG length = 0, address = 0;
  int type = -cells->column->tdatatype;
  cells->variable = true;
  if (reach_row(cells, row - 1, mode, status) > 0)
    return *status;
  if (mode == CF_CELLS_WRITE && cf_rows_exist(cells->fptr, row, status) <= 0) {
    LONGLONG per = type == TCOMPLEX || type == TDBLCOMPLEX ? 2 : 1;
    LONGLONG whole = type == TBIT && elements < LLONG_MAX / 8 ? elements * 8 : elements / per + elements % per;
    (void)cf_heap_reserve(cells->fptr, colnum, row, whole, &length, &address, status);
  } else {
    (void)cf_heap_get(cells->fptr, colnum, row, &length, &address, status);
  }
  if (*status > 0)
    return *status;
  set_type(cells, type, length);
  cells->row = 0;
  cells->row_bytes = 0;
  return cf_heap_at(cells->fptr, address, length, type, &cells->base, status);
}

static int find(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, LONGLONG step,
                int mode, cf_cells *cells, int *status) {
  FITSfile *file = fptr->Fptr;
  *cells = (cf_cells){.fptr = fptr, .step = step, .element = firstelem - 1, .row = firstrow - 1};
  cells->as_bytes = (mode & CF_CELLS_BYTES) != 0;
  mode &= ~CF_CELLS_BYTES;
  if (firstrow < 1)
    return cf_fail(status, BAD_ROW_NUM, "row %lld does not exist: rows count from 1", firstrow);
  if (firstelem < 1)
    return cf_fail(status, BAD_ELEM_NUM, "element %lld does not exist: elements count from 1", firstelem);
  if (nelem < 0)
    return cf_fail(status, NEG_BYTES, "negative number of elements: %lld", nelem);
  cells->column = cf_column(fptr, colnum, status);
  if (cells->column == NULL)
    return *status;
  if (step < 1 || firstrow > HUGE_REPEAT || firstelem > HUGE_REPEAT ||
      nelem > (step == 1 ? HUGE_REPEAT : HUGE_REPEAT / step))
    return cf_fail(status, BAD_ELEM_NUM, "too many elements for a file: %lld from %lld on", nelem, firstelem);
  LONGLONG behind = firstelem + (nelem > 0 ? (nelem - 1) * step + 1 : 0) - 1; /* elements from the row's first on */
  if (file->hdutype == BINARY_TBL && cells->column->tdatatype < 0) {
    if (find_array(cells, colnum, firstrow, behind, mode, status) > 0)
      return *status;
    if (behind > cells->repeat || (firstelem > cells->repeat && nelem > 0))
      return cf_fail(status, BAD_ELEM_NUM, "element %lld does not exist: the array of row %lld has %lld", behind,
                     firstrow, cells->repeat);
    return *status;
  }
  if (file->hdutype == ASCII_TBL) {
    cells->stored = TSTRING;
    cells->width = cells->column->twidth > 0 ? (size_t)cells->column->twidth : 0;
    cells->repeat = cells->width > 0;
  } else {
    set_type(cells, cells->column->tdatatype, cells->column->trepeat);
  }
  cells->row_bytes = file->rowlength;
  cells->base = file->datastart + cells->column->tbcol;
  if (firstelem > cells->repeat)
    return cf_fail(status, BAD_ELEM_NUM, "element %lld does not exist: a row has %lld", firstelem, cells->repeat);
  if (cells->column->tbcol < 0 || cells->repeat > file->rowlength || file->rowlength > HUGE_REPEAT ||
      cells->column->tbcol + cells->repeat * (LONGLONG)cells->width > file->rowlength)
    return cf_fail(status, BAD_ROW_WIDTH, "column %d is wider than the rows of %lld bytes", colnum, file->rowlength);
  LONGLONG rows = behind <= cells->repeat ? 0 : (behind - 1) / cells->repeat;
  return nelem > 0 ? reach_row(cells, firstrow - 1 + rows, mode, status) : *status;
}

int cf_cells_find(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem, int mode,
                  cf_cells *cells, int *status) {
  return find(fptr, colnum, firstrow, firstelem, nelem, 1, mode, cells, status);
}

int cf_cells_find_steps(fitsfile *fptr, int colnum, LONGLONG firstrow, LONGLONG firstelem, LONGLONG nelem,
                        LONGLONG step, int mode, cf_cells *cells, int *status) {
  return find(fptr, colnum, firstrow, firstelem, nelem, step, mode, cells, status);
}

size_t cf_cells_some(const cf_cells *cells, LONGLONG left) {
  if (left < 16 && cells->width < CF_CELLS_BUFFER / 16)
    return (size_t)left;
  LONGLONG fit = CF_CELLS_BUFFER / (LONGLONG)cells->width;
  return (size_t)(left < fit ? left : fit);
}

/* Goes n elements on. */
static void advance(cf_cells *cells, LONGLONG n) {
  cells->element += n * cells->step;
  if (cells->element == cells->repeat && !cells->variable) {
    cells->row++;
    cells->element = 0;
  } else if (cells->element > cells->repeat && !cells->variable) {
    cells->row += cells->element / cells->repeat;
    cells->element %= cells->repeat;
  }
}

static LONGLONG offset(const cf_cells *cells) {
  return cells->base + cells->row * cells->row_bytes + cells->element * (LONGLONG)cells->width;
}

/* Returns how many of n elements lie behind each other in the file. */
static size_t contiguous(const cf_cells *cells, size_t n) {
  if (cells->step > 1)
    return 1;
  if (cells->variable || cells->row_bytes == cells->repeat * (LONGLONG)cells->width)
    return n;
  LONGLONG rest = cells->repeat - cells->element;
  return rest < (LONGLONG)n ? (size_t)rest : n;
}

/* Returns how many of n elements lie in rows that one span holds. *bytes receives the length of the span. */
static size_t spanned(const cf_cells *cells, size_t n, size_t *bytes) {
  LONGLONG rows = SPAN / cells->row_bytes - 1;
  LONGLONG fit = rows * cells->repeat - cells->element;
  if (fit < (LONGLONG)n)
    n = (size_t)fit;
  LONGLONG last = cells->element + (LONGLONG)n - 1;
  *bytes = (size_t)(last / cells->repeat * cells->row_bytes +
                    (last % cells->repeat + 1 - cells->element) * (LONGLONG)cells->width);
  return n;
}

#define COPY_EACH(size)                                                                                                \
  for (size_t i = 0; i < n; i++)                                                                                       \
  memcpy(to + i * to_step, from + i * from_step, size)

/* Copies n pieces of `width` bytes. */
static void copy_pieces(unsigned char *to, size_t to_step, const unsigned char *from, size_t from_step, size_t width,
                        size_t n) {
  switch (width) {
  case 1:
    COPY_EACH(1);
    break;
  case 2:
    COPY_EACH(2);
    break;
  case 4:
    COPY_EACH(4);
    break;
  case 8:
    COPY_EACH(8);
    break;
  default:
    COPY_EACH(width);
    break;
  }
}

/* Copies n elements between packed memory and a span that begins at the next element. */
static void copy_span(const cf_cells *cells, unsigned char *span, unsigned char *packed, size_t n, bool into_span) {
  size_t width = cells->width, row_bytes = (size_t)cells->row_bytes, whole = (size_t)cells->repeat * width;
  size_t first = (size_t)(cells->repeat - cells->element), done = 0;
  unsigned char *start = span - (size_t)cells->element * width;
  for (size_t part = first < n ? first : n; part > 0; part = n - done < (size_t)cells->repeat ? n - done : 0) {
    unsigned char *at = done == 0 ? span : start;
    if (into_span)
      memcpy(at, packed + done * width, part * width);
    else
      memcpy(packed + done * width, at, part * width);
    done += part;
    start += row_bytes;
    size_t rows = (n - done) / (size_t)cells->repeat;
    if (into_span)
      copy_pieces(start, row_bytes, packed + done * width, whole, whole, rows);
    else
      copy_pieces(packed + done * width, whole, start, row_bytes, whole, rows);
    done += rows * (size_t)cells->repeat;
    start += rows * row_bytes;
  }
}

static bool in_spans(const cf_cells *cells, size_t n, size_t run) {
  return run < n && cells->step == 1 && cells->row_bytes <= LONGEST_ROW;
}

const unsigned char *cf_cells_get(cf_cells *cells, size_t n, unsigned char *buffer, int *status) {
  unsigned char span[SPAN];
  size_t run = contiguous(cells, n);
  if (run == n) {
    const unsigned char *at = cf_at_hand(cells->fptr, offset(cells), n * cells->width);
    if (at == NULL && cf_data_read(cells->fptr, offset(cells), n * cells->width, buffer, status) <= 0)
      at = buffer;
    advance(cells, (LONGLONG)n);
    return at;
  }
  for (unsigned char *to = buffer; n > 0 && *status <= 0;) {
    run = contiguous(cells, n);
    if (in_spans(cells, n, run)) {
      size_t bytes;
      run = spanned(cells, n, &bytes);
      const unsigned char *from = cf_at_hand(cells->fptr, offset(cells), bytes);
      if (from == NULL && cf_data_read(cells->fptr, offset(cells), bytes, span, status) <= 0)
        from = span;
      if (from != NULL)
        copy_span(cells, (unsigned char *)(uintptr_t)from, to, run, false);
    } else {
      (void)cf_data_read(cells->fptr, offset(cells), run * cells->width, to, status);
    }
    advance(cells, (LONGLONG)run);
    to += run * cells->width;
    n -= run;
  }
  return *status > 0 ? NULL : buffer;
}

int cf_cells_put(cf_cells *cells, size_t n, const unsigned char *packed, int *status) {
  unsigned char span[SPAN];
  LONGLONG last = cells->row;
  if (!cells->variable && cells->step == 1 && (LONGLONG)n <= cells->repeat - cells->element &&
      cells->fptr->Fptr->hdutype != IMAGE_HDU) { /* cells of one row */
    (void)cf_rows_write(cells->fptr, last + 1, offset(cells), n * cells->width, packed, status);
    advance(cells, (LONGLONG)n);
    return *status;
  }
  while (n > 0 && *status <= 0) {
    size_t run = contiguous(cells, n);
    if (in_spans(cells, n, run)) {
      size_t bytes;
      run = spanned(cells, n, &bytes);
      int filler = cf_row_filler(cells->fptr);
      if (cf_read_padded(cells->fptr, offset(cells), bytes, filler, span, status) <= 0) {
        copy_span(cells, span, (unsigned char *)(uintptr_t)packed, run, true);
        (void)cf_write(cells->fptr, offset(cells), bytes, span, status);
      }
    } else {
      (void)cf_write(cells->fptr, offset(cells), run * cells->width, packed, status);
    }
    advance(cells, (LONGLONG)run);
    last = cells->element > 0 ? cells->row : cells->row - 1;
    packed += run * cells->width;
    n -= run;
  }
  return cells->variable || *status > 0 ? *status : cf_rows_exist(cells->fptr, last + 1, status);
}
