/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inserting, deleting and widening columns: all rows become longer or shorter, and keywords get other numbers.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/string.h"
#include "column/cells.h"
#include "column/rows.h"
#include "file/bytes.h"
#include "file/handle.h"
#include "hdu/structure.h"
#include "header/cards.h"

#define CHUNK 262144 /* bytes of rows that are rewritten at once */

/* Begins a change of columns: a table that may be written, whose header has the sizes of rows and heap. */
static bool begin(fitsfile *fptr, int *status) {
  return cf_use_write_data(fptr, status) && cf_is_table(fptr, status) && ffrdef(fptr, status) <= 0;
}

/* In each row, `removed` bytes at `at` become `added` bytes of filler. */
typedef struct change {
  LONGLONG at;
  LONGLONG removed;
  LONGLONG added;
  LONGLONG before; /* bytes of a row before */
  LONGLONG after;
} change;

static void rewrite_rows(const change *how, const unsigned char *from, unsigned char *to, LONGLONG rows, int filler) {
  size_t head = (size_t)how->at, tail = (size_t)(how->before - how->at - how->removed);
  for (LONGLONG i = 0; i < rows; i++, from += how->before, to += how->after) {
    memcpy(to, from, head);
    memset(to + head, filler, (size_t)how->added);
    memcpy(to + head + how->added, from + head + how->removed, tail);
  }
}

/* Rewrites all rows: from the first one if they become shorter, else from the last one. */
static int rewrite_table(fitsfile *fptr, const change *how, LONGLONG rows, int *status) {
  LONGLONG longer = how->before > how->after ? how->before : how->after, some = CHUNK / (longer > 0 ? longer : 1);
  LONGLONG start = fptr->Fptr->datastart;
  some = some < 1 ? 1 : some > rows ? rows : some;
  unsigned char *from = malloc((size_t)(some * how->before) + 1), *to = malloc((size_t)(some * how->after) + 1);
  if (from == NULL || to == NULL)
    (void)cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %lld bytes of rows", some * longer);
  for (LONGLONG done = 0; done < rows && *status <= 0; done += some) {
    LONGLONG n = rows - done < some ? rows - done : some;
    LONGLONG first = how->after > how->before ? rows - done - n : done;
    if (cf_read(fptr, start + first * how->before, (size_t)(n * how->before), from, status) > 0)
      break;
    rewrite_rows(how, from, to, n, cf_row_filler(fptr));
    (void)cf_write(fptr, start + first * how->after, (size_t)(n * how->after), to, status);
  }
  free(from);
  free(to);
  return *status;
}

/* Changes the rows and NAXIS1. The heap moves. */
static int change_rows(fitsfile *fptr, LONGLONG at, LONGLONG removed, LONGLONG added, int *status) {
  FITSfile *file = fptr->Fptr;
  change how = {at, removed, added, file->rowlength, file->rowlength - removed + added};
  LONGLONG rows = file->numrows, heap = file->heapstart, shift = rows * (added - removed);
  if (at < 0 || removed < 0 || at > file->rowlength - removed)
    return cf_fail(status, BAD_ROW_WIDTH, "a column does not fit rows of %lld bytes", file->rowlength);
  if (how.after > (LLONG_MAX / 4) / (rows + 1))
    return cf_fail(status, BAD_ROW_WIDTH, "rows of %lld bytes are too long", how.after);
  if (cf_data_complete(fptr, status) > 0)
    return *status;
  LONGLONG there = cf_size(fptr) - file->datastart - heap, size = there < file->heapsize ? there : file->heapsize;
  if (shift > 0 && cf_data_extend(fptr, heap + file->heapsize + shift, status) > 0)
    return *status;
  if (shift > 0 && size > 0)
    (void)cf_move(fptr, file->datastart + heap, file->datastart + heap + shift, size, status);
  if (*status <= 0)
    (void)rewrite_table(fptr, &how, rows, status);
  if (shift < 0 && size > 0 && *status <= 0)
    (void)cf_move(fptr, file->datastart + heap, file->datastart + heap + shift, size, status);
  if (*status > 0)
    return *status;
  file->heapstart += shift;
  file->rowlength = how.after;
  if (shift < 0)
    (void)cf_data_shrink(fptr, file->heapstart + file->heapsize, status);
  if (rows != file->origrows) /* else the card keeps its comment as it is */
    (void)cf_rows_set(fptr, rows, status);
  if (file->hdutype == BINARY_TBL && cf_table_update_heap(fptr, status) > 0)
    return *status;
  return ffmkyj(fptr, "NAXIS1", how.after, "&", status);
}

/* The keywords that belong to a column. */
static const char roots[][6] = {"TTYPE", "TFORM", "TUNIT", "TNULL", "TSCAL", "TZERO", "TDISP",
                                "TDIM",  "TBCOL", "TLMIN", "TLMAX", "TDMIN", "TDMAX", "TCTYP",
                                "TCRPX", "TCRVL", "TCDLT", "TCROT", "TCUNI"};

/* Returns the number of the column that a card belongs to, 0: none. *root receives the name without the number. */
static int column_of_card(const char *card, const char **root) {
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
    size_t n = strlen(roots[i]);
    int number = 0;
    if (memcmp(card, roots[i], n) != 0 || card[n] < '1' || card[n] > '9')
      continue;
    for (; n < 8 && isdigit((unsigned char)card[n]); n++)
      number = number * 10 + (card[n] - '0');
    while (n < 8 && card[n] == ' ')
      n++;
    *root = roots[i];
    return n == 8 ? number : 0;
  }
  return 0;
}

/* Adds `shift` to the numbers of the keywords of the columns first ... last. Those of column `drop` are deleted. */
static int renumber(fitsfile *fptr, int first, int last, int shift, int drop, int *status) {
  LONGLONG count = 0;
  for (LONGLONG i = 0; *status <= 0; i++) {
    char card[FLEN_CARD], name[16];
    const char *root = "", *cards = cf_cards(fptr, &count, status);
    if (cards == NULL || i >= count)
      break;
    cf_copy_n(card, cards + i * 80, 80, sizeof card);
    int number = column_of_card(card, &root);
    if (number == drop && drop > 0) {
      (void)cf_card_delete(fptr, i--, status);
    } else if (number >= first && number <= last && number > 0) {
      int length = snprintf(name, sizeof name, "%s%-3d", root, number + shift);
      memset(card, ' ', 8);
      memcpy(card, name, length < 8 ? (size_t)length : 8);
      (void)cf_card_set(fptr, i, card, status);
    }
  }
  return *status;
}

/* A column to insert. */
typedef struct plan {
  char form[FLEN_VALUE]; /* TFORMn, upper case; a type of FITS alone */
  LONGLONG bytes;        /* in a row, in ASCII tables with a blank between columns */
  double zero;           /* TZEROn of an unsigned type, else 0 */
} plan;

/* Replaces the letters that CFITSIO has for the types with an offset. */
static void plan_offset(plan *column) {
  char *letter = column->form + strspn(column->form, "0123456789");
  switch (*letter) {
  case 'U':
    *letter = 'I';
    column->zero = 32768;
    break;
  case 'V':
    *letter = 'J';
    column->zero = 2147483648.;
    break;
  case 'W':
    *letter = 'K';
    column->zero = 9223372036854775808.;
    break;
  case 'S':
    *letter = 'B';
    column->zero = -128;
    break;
  default:
    break;
  }
}

static int plan_binary(plan *column, int *status) {
  LONGLONG repeat = 0;
  int type = 0;
  long width = 0;
  plan_offset(column);
  if (ffbnfmll(column->form, &type, &repeat, &width, status) > 0)
    return *status;
  if (repeat < 0 || repeat > LLONG_MAX / 64)
    return cf_fail(status, BAD_TFORM, "TFORM '%s' is too long", column->form);
  size_t bytes = cf_array_width(type);
  if (type < 0)
    column->bytes = strchr(column->form, 'Q') != NULL ? 16 : 8;
  else if (type == TSTRING)
    column->bytes = repeat;
  else
    column->bytes = bytes > 0 ? repeat * (LONGLONG)bytes : (repeat + 7) / 8;
  return *status;
}

static int plan_column(fitsfile *fptr, const char *tform, plan *column, int *status) {
  if (tform == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no TFORM of a column");
  cf_copy(column->form, tform + strspn(tform, " "), sizeof column->form);
  cf_trim_end(column->form);
  cf_upper(column->form);
  column->zero = 0;
  if (fptr->Fptr->hdutype == BINARY_TBL)
    return plan_binary(column, status);
  int type;
  long width = 0;
  if (ffasfm(column->form, &type, &width, NULL, status) <= 0)
    column->bytes = width + 1;
  return *status;
}

/* Moves the TBCOLn of the columns from `first` on. */
static int shift_tbcol(fitsfile *fptr, int first, LONGLONG shift, int *status) {
  for (int i = first; i <= fptr->Fptr->tfield && *status <= 0; i++) {
    char key[FLEN_KEYWORD];
    (void)ffkeyn("TBCOL", i, key, status);
    (void)ffmkyj(fptr, key, fptr->Fptr->tableptr[i - 1].tbcol + 1 + shift, "&", status);
  }
  return *status;
}

static void numbered_key(const char *root, int number, char *key, int *status) {
  (void)ffkeyn(root, number, key, status);
}

/* Adds the keywords of a new column at the end of the header. */
static int write_keys(fitsfile *fptr, int number, const char *ttype, const plan *column, LONGLONG tbcol, int *status) {
  char key[FLEN_KEYWORD], name[FLEN_VALUE];
  cf_copy(name, ttype != NULL ? ttype : "", sizeof name);
  numbered_key("TTYPE", number, key, status);
  (void)ffpkys(fptr, key, name, "label for field", status);
  numbered_key("TFORM", number, key, status);
  (void)ffpkys(fptr, key, column->form, "format of field", status);
  if (fptr->Fptr->hdutype == ASCII_TBL) {
    numbered_key("TBCOL", number, key, status);
    (void)ffpkyj(fptr, key, tbcol, "beginning column of field", status);
  } else if (column->zero != 0) {
    numbered_key("TZERO", number, key, status);
    (void)ffpkyg(fptr, key, column->zero, 0,
                 column->zero < 0 ? "offset for signed bytes" : "offset for unsigned integers", status);
    numbered_key("TSCAL", number, key, status);
    (void)ffpkyg(fptr, key, 1., 0, "data are not scaled", status);
  }
  return *status;
}

/* Inserts columns whose plans are known. */
static int insert(fitsfile *fptr, int first, int ncols, char **ttype, const plan *plans, int *status) {
  FITSfile *file = fptr->Fptr;
  int columns = file->tfield;
  bool text = file->hdutype == ASCII_TBL;
  LONGLONG added = 0, at = first <= columns ? file->tableptr[first - 1].tbcol : file->rowlength;
  for (int i = 0; i < ncols; i++)
    added += plans[i].bytes;
  LONGLONG tbcol = first <= columns ? at + 1 : at + 2; /* a blank before the first one, or behind each */
  if (text && first <= columns && shift_tbcol(fptr, first, added, status) > 0)
    return *status;
  if (change_rows(fptr, at, 0, added, status) > 0 || ffmkyj(fptr, "TFIELDS", columns + ncols, "&", status) > 0 ||
      renumber(fptr, first, columns, ncols, 0, status) > 0)
    return *status;
  for (int i = 0; i < ncols && *status <= 0; i++) {
    (void)write_keys(fptr, first + i, ttype != NULL ? ttype[i] : NULL, &plans[i], tbcol, status);
    tbcol += plans[i].bytes;
  }
  return ffrhdu(fptr, NULL, status);
}

int fficls(fitsfile *fptr, int firstcol, int ncols, char **ttype, char **tform, int *status) {
  if (!begin(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (firstcol < 1)
    return cf_fail(status, BAD_COL_NUM, "cannot insert a column as number %d", firstcol);
  if (ncols < 1)
    return *status;
  if (tform == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "no TFORMs of columns");
  if (ncols > 999 - file->tfield)
    return cf_fail(status, BAD_TFIELDS, "%d columns and %d more are too many: 999 at most", file->tfield, ncols);
  plan *plans = malloc((size_t)ncols * sizeof *plans);
  if (plans == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %d columns", ncols);
  for (int i = 0; i < ncols && *status <= 0; i++)
    (void)plan_column(fptr, tform[i], &plans[i], status);
  if (*status <= 0)
    (void)insert(fptr, firstcol <= file->tfield ? firstcol : file->tfield + 1, ncols, ttype, plans, status);
  free(plans);
  return *status;
}

int fficol(fitsfile *fptr, int numcol, char *ttype, char *tform, int *status) {
  return fficls(fptr, numcol, 1, &ttype, &tform, status);
}

/* Finds the bytes of a column in each row. In ASCII tables the blanks before the next column belong to it; for the last
 * column those behind the one before. */
static int find_extent(fitsfile *fptr, int number, LONGLONG *at, LONGLONG *bytes, int *status) {
  FITSfile *file = fptr->Fptr;
  const tcolumn *column = &file->tableptr[number - 1];
  LONGLONG end = file->rowlength;
  *at = column->tbcol;
  if (file->hdutype == BINARY_TBL) {
    for (int i = 0; i < file->tfield; i++)
      if (file->tableptr[i].tbcol > *at && file->tableptr[i].tbcol < end)
        end = file->tableptr[i].tbcol;
    if (number < file->tfield)
      end = file->tableptr[number].tbcol;
  } else {
    LONGLONG before = 0;
    bool last = true;
    for (int i = 0; i < file->tfield; i++) {
      const tcolumn *other = &file->tableptr[i];
      if (other->tbcol > *at && (last || other->tbcol < end)) {
        end = other->tbcol;
        last = false;
      }
      if (other->tbcol < *at && other->tbcol + other->twidth > before)
        before = other->tbcol + other->twidth;
    }
    if (last && before < *at)
      *at = before;
  }
  *bytes = end - *at;
  if (*bytes < 0)
    return cf_fail(status, BAD_TBCOL, "columns of the table overlap");
  return *status;
}

int ffdcol(fitsfile *fptr, int numcol, int *status) {
  LONGLONG at, bytes;
  if (!begin(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (cf_column(fptr, numcol, status) == NULL || find_extent(fptr, numcol, &at, &bytes, status) > 0)
    return *status;
  int columns = file->tfield;
  for (int i = 1; file->hdutype == ASCII_TBL && i <= columns && *status <= 0; i++)
    if (file->tableptr[i - 1].tbcol > at && i != numcol) {
      char key[FLEN_KEYWORD];
      numbered_key("TBCOL", i, key, status);
      (void)ffmkyj(fptr, key, file->tableptr[i - 1].tbcol + 1 - bytes, "&", status);
    }
  if (*status > 0 || change_rows(fptr, at, bytes, 0, status) > 0 ||
      ffmkyj(fptr, "TFIELDS", columns - 1, "&", status) > 0 ||
      renumber(fptr, numcol + 1, columns, -1, numcol, status) > 0)
    return *status;
  return ffrhdu(fptr, NULL, status);
}

/* Makes the vectors of a column longer, with zeros at the end, or shorter. */
int ffmvec(fitsfile *fptr, int colnum, LONGLONG newveclen, int *status) {
  char key[FLEN_KEYWORD], form[FLEN_VALUE];
  if (!begin(fptr, status))
    return cf_refused(status);
  FITSfile *file = fptr->Fptr;
  if (file->hdutype != BINARY_TBL)
    return cf_fail(status, NOT_TABLE, "only columns of binary tables have vectors");
  const tcolumn *column = cf_column(fptr, colnum, status);
  if (column == NULL)
    return *status;
  if (column->tdatatype < 0)
    return cf_fail(status, BAD_TFORM, "the arrays of column %d have variable lengths", colnum);
  if (newveclen < 0 || newveclen > LLONG_MAX / 64)
    return cf_fail(status, BAD_TFORM, "a vector cannot have %lld elements", newveclen);
  if (column->trepeat == newveclen)
    return *status;
  size_t width = column->tdatatype == TSTRING ? 1 : cf_array_width(column->tdatatype);
  LONGLONG before = width > 0 ? column->trepeat * (LONGLONG)width : (column->trepeat + 7) / 8;
  LONGLONG after = width > 0 ? newveclen * (LONGLONG)width : (newveclen + 7) / 8;
  const char *letter = column->tform + strspn(column->tform, " 0123456789");
  if (column->tdatatype == TSTRING && column->twidth < column->trepeat)
    (void)snprintf(form, sizeof form, "%lld%c%ld", newveclen, *letter, column->twidth);
  else
    (void)snprintf(form, sizeof form, "%lld%c", newveclen, *letter);
  LONGLONG kept = before < after ? before : after;
  if (before != after && change_rows(fptr, column->tbcol + kept, before - kept, after - kept, status) > 0)
    return *status;
  numbered_key("TFORM", colnum, key, status);
  (void)ffmkys(fptr, key, form, "&", status);
  return ffrhdu(fptr, NULL, status);
}
