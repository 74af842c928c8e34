/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/table.h: Tables (FITS 7.2, 7.3) and random groups (FITS 6). Part of <rustfits.h>, which has the rules for
 * every function.
 */
#ifndef RUSTFITS_TABLE_H
#define RUSTFITS_TABLE_H

#include "rustfits/expr.h"
#include "rustfits/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Tables (FITS 7.2, 7.3, 6) ============================== */

typedef struct rf_table_info {
  size_t size;          /* sizeof(rf_table_info), set by the caller */
  rf_hdu_kind kind;     /* RF_HDU_TABLE, RF_HDU_ASCII_TABLE or RF_HDU_GROUPS. A compressed table: RF_HDU_TABLE, and all
                           facts are those of the table in its tiles; of a compressed image: its binary table */
  uint64_t nrows;       /* NAXIS2; of random groups: GCOUNT */
  size_t ncols;         /* TFIELDS; of random groups: the parameters and, last, "DATA" */
  uint64_t row_bytes;   /* NAXIS1; of random groups: the bytes of one group */
  uint64_t data_offset; /* of the first row, in the file */
  uint64_t heap_offset; /* of the heap, from the beginning of the data (THEAP) */
  uint64_t heap_bytes;  /* from there to the end of the data (PCOUNT less the gap) */
} rf_table_info;

/* All calls below find HDU `index` (0-based) of `file` and share these statuses: RF_ERR_NOT_FOUND (no such HDU);
 * RF_ERR_TYPE (an HDU without rows, or one that the call cannot change); RF_ERR_FORMAT, RF_ERR_LIMIT, RF_ERR_CARD
 * (columns that the header does not describe, an unreadable header); RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_CHANGED;
 * RF_ERR_MEMORY; any of "input and output". Calls that change the file also return RF_ERR_READONLY. "Shared statuses"
 * in a comment means these. `request`, `spec` and all that they point at are borrowed for the call. */

/* rf_table_get_info() gets the facts of the table in HDU `index` of `file`.
 * info     receives the facts; its `size` is set by the caller. Unchanged on failure
 * Returns RF_OK; the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_get_info(rf_file *file, size_t index, rf_table_info *info, rf_error *err);

/* Most axes of a cell that TDIMn may give. */
#define RF_CELL_AXES 32

/* Facts about a column. Texts are cut to fit and ended by NUL. */
typedef struct rf_column_info {
  size_t size;         /* sizeof(rf_column_info), set by the caller */
  char name[256];      /* TTYPEn, case kept; "col<n>" (1-based) when there is none */
  char unit[128];      /* TUNITn, "" when there is none */
  char display[80];    /* TDISPn, "" when there is none */
  char form[80];       /* TFORMn as it stands in the header */
  char warning[256];   /* "", or one sentence on what in the keywords was read generously: worth a warning */
  char letter;         /* L X B I J K A E D C M of the elements (also of those in the heap); ASCII: A I F E D */
  char descriptor;     /* 0, or 'P' or 'Q': the cells are in the heap */
  uint64_t repeat;     /* as in TFORMn (of a descriptor: 0 or 1) */
  uint64_t max_length; /* descriptors: the longest cell by TFORMn, 0 when that does not say */
  uint64_t offset;     /* of the field, from the beginning of the row, in bytes (ASCII: TBCOLn - 1) */
  uint64_t bytes;      /* of the field in the row (ASCII: width of the field) */
  unsigned decimals;   /* ASCII: digits after the point by TFORMn */
  rf_dtype stored;     /* of the elements, as the file has them: strings RF_BYTES; bits and logicals RF_U8 */
  rf_dtype type;       /* of the values: the twin where TZEROn says so (FITS 5.2.5), F64 where TSCALn and TZEROn say
                              anything else, RF_BYTES (RF_TEXT can be read, too), LOGICAL, BIT, or `stored` */
  uint64_t count;      /* elements of one cell: product of dims (1 without any); of a descriptor 0 */
  uint64_t raw_count;  /* elements of one cell of type `stored`: bytes for logicals and bits */
  uint64_t width;      /* strings: bytes of one; else 0 */
  int ndim;            /* 0: one element; by TDIMn, else 1 for a repeat other than 1. Descriptors: by TDIMn, for cells
                          that have as many elements */
  uint64_t dims[32];   /* slowest first; of strings without their length */
  int scaled;          /* TSCALn and TZEROn apply */
  double tscal;
  double tzero;
  int has_null; /* TNULLn of an integer column: compared with the stored value */
  int64_t null;
  int has_null_text; /* ASCII: TNULLn */
  char null_text[80];
  int unnamed;   /* there is no TTYPEn: the library gives `name` */
  char key[256]; /* the name by which the column is found, which no other column has: `name`, or, for a column whose
                    name another one has before it, `name` with "_2", "_3" ... behind it. A generated key is never the
                    name of a column, in any case of letters. */
} rf_column_info;

/* rf_table_get_column() gets the facts of column `column` (0-based) of the table in HDU `index` of `file`.
 * info     receives the facts; its `size` is set by the caller. Unchanged on failure
 * Returns RF_OK; RF_ERR_RANGE (past the last column); the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info,
                                                rf_error *err);

/* rf_table_find_column() finds a column of the table in HDU `index` of `file` by its rf_column_info.key.
 * name     NUL-terminated. Exact case is tried before any case
 * column   receives the number of the first such column, 0-based. Unchanged on failure
 * Returns RF_OK; RF_ERR_NOT_FOUND (column); the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column,
                                                 rf_error *err);

/* Rows are chosen as pixels along an axis are. */
typedef rf_axis rf_rows;

/* Stored values: no TSCALn and TZEROn, logicals as T, F or 0 bytes, bits packed, strings whole. */
#define RF_CELL_RAW 1
/* Reading strings of fixed length: keep blanks at the end. */
#define RF_CELL_BLANKS 2

/* One column to read or write, and where its cells are in memory. The elements of a cell are contiguous; cells are
 * `stride` bytes apart, so that an array and a member of an array of structs look the same. No alignment is needed. */
typedef struct rf_column_request {
  size_t size;       /* sizeof(rf_column_request) of the caller, the same in each of a list */
  size_t column;     /* 0-based */
  rf_dtype type;     /* rf_column_info.type; RF_TEXT for strings; RF_F32 or RF_F64 for any real numbers;
                        rf_column_info.stored with RF_CELL_RAW */
  uint32_t flags;    /* 0, RF_CELL_RAW, or when reading RF_CELL_BLANKS */
  size_t width;      /* strings: bytes or characters of one in memory; longer ones are cut when read and are
                        RF_ERR_RANGE when written */
  void *data;        /* the cell of the first row of the selection; reading fills it, writing reads it */
  ptrdiff_t stride;  /* bytes from one row's cell to the next one's; may be negative */
  uint8_t *mask;     /* NULL, or one byte an element (`count` of the column for each row, without gaps): 1 for TNULLn,
                        NaN, an undefined logical, what TNULLn says in an ASCII table. Writing: 1 stores those */
  size_t cell_bytes; /* 0, or bytes of the room for a cell at `data`: RF_ERR_ARGUMENT when the cells of the column take
                        others, because the columns have changed */
} rf_column_request;

/* Cells of one column with descriptors (FITS 7.3.5) to write. */
typedef struct rf_heap_cells {
  size_t size;             /* sizeof(rf_heap_cells) of the caller, the same in each of a list */
  size_t column;           /* 0-based */
  const uint64_t *lengths; /* elements of each cell; of strings characters, of bits bits */
  rf_dtype type;           /* as in rf_column_request; strings are RF_BYTES or RF_TEXT with an element a character */
  uint32_t flags;          /* 0 or RF_CELL_RAW: raw bits take (length + 7) / 8 bytes a cell */
  const void *data;        /* the elements of all cells, without gaps */
  uint64_t data_bytes;     /* bytes at `data`, exactly */
  const uint8_t *mask;     /* NULL, or one byte an element: 1 stores an undefined value */
} rf_heap_cells;

/* Cells of a table to read or write. */
typedef struct rf_table_request {
  size_t size;                      /* sizeof(rf_table_request) of the caller; members that lie beyond it count as 0 */
  const rf_rows *rows;              /* reading and writing: NULL: all rows. New rows: NULL */
  const rf_column_request *columns; /* `ncolumns` of them; a column may be there twice when read */
  size_t ncolumns;
  const rf_heap_cells *heaps; /* new rows: cells of `nheaps` columns with descriptors, each once. Else NULL */
  size_t nheaps;
  unsigned threads; /* reading: most threads; 0: rf_options.threads */
} rf_table_request;

/* ---- reading ---- */

/* rf_table_read() reads columns of some rows of the table in HDU `index` of `file` in one pass. Strings end at a NUL
 * and, without RF_CELL_BLANKS, lose trailing blanks; in RF_TEXT, bytes above 0x7F are taken as Latin-1. Cells in the
 * heap are not read here (RF_ERR_TYPE).
 * request  columns, rows, threads, and the memory that receives the cells
 * Returns RF_OK; RF_ERR_RANGE (a row or column), RF_ERR_TYPE (no conversion to `type`), RF_ERR_ARGUMENT, all before
 * anything is read; RF_ERR_FORMAT (a field of an ASCII table that is no number, with row and column);
 * RF_ERR_TRUNCATED (the message says how many bytes are missing); RF_ERR_CODEC (tiles); the shared statuses. On failure
 * the memory may be partly written. Threads: many may read one file at once. */
RF_API RF_CHECKED rf_status rf_table_read(rf_file *file, size_t index, const rf_table_request *request, rf_error *err);

/* The ranges of a file that a call would fetch. */
typedef struct rf_range_plan {
  size_t size;      /* sizeof(rf_range_plan) of the caller */
  rf_range *ranges; /* NULL, or room for `capacity` ranges, which the call fills */
  size_t capacity;
  size_t count;   /* receives the number of ranges, which may be more than `capacity` */
  uint64_t bytes; /* receives the bytes in all of them */
} rf_range_plan;

/* rf_table_plan() gets the ranges that reading columns of some rows of the table in HDU `index` of `file` needs, in
 * file order and with near ones merged.
 * rows      NULL: all
 * columns   `ncolumns` numbers of columns, 0-based; NULL: all
 * ncolumns  elements of `columns`
 * plan      receives the ranges, their number and their bytes. Unchanged on failure but for the ranges
 * Returns RF_OK; RF_ERR_RANGE (a row or column); RF_ERR_ARGUMENT (a step of 0); RF_ERR_TRUNCATED, RF_ERR_CODEC (tiles);
 * the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns,
                                          size_t ncolumns, rf_range_plan *plan, rf_error *err);

/* rf_table_read_descriptors() reads the descriptors (FITS 7.3.5) of `column` (0-based) of the table in HDU `index` of
 * `file`.
 * rows     NULL: all
 * lengths  receives the number of elements of each cell
 * offsets  receives the byte offset of each cell from the start of the heap, 0 for an empty cell; of a compressed
 *          table, which has no such heap, a number by which rf_table_read_heap() knows the cell
 * Returns RF_OK; RF_ERR_RANGE (a row or `column`); RF_ERR_TYPE (the column has no descriptors); RF_ERR_FORMAT (a
 * descriptor that does not lie in the heap, with its row); RF_ERR_ARGUMENT; RF_ERR_TRUNCATED; RF_ERR_CODEC (tiles); the
 * shared statuses. Threads: many may read one file at once. */
RF_API RF_CHECKED rf_status rf_table_read_descriptors(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                                      uint64_t *lengths, uint64_t *offsets, rf_error *err);

/* Cells of one column with descriptors to read. */
typedef struct rf_heap_request {
  size_t size;             /* sizeof(rf_heap_request) of the caller; members that lie beyond it count as 0 */
  size_t column;           /* 0-based */
  const uint64_t *lengths; /* of `count` cells, as rf_table_read_descriptors() gives them */
  const uint64_t *offsets;
  size_t count;
  rf_dtype type;       /* as in rf_heap_cells */
  uint32_t flags;      /* 0 or RF_CELL_RAW */
  void *data;          /* receives the elements of all cells, without gaps. Strings come with their blanks and NULs */
  uint64_t data_bytes; /* bytes at `data`, exactly */
  uint8_t *mask;       /* NULL, or one byte an element: 1 where undefined */
} rf_heap_request;

/* rf_table_read_heap() reads cells of variable length of the table in HDU `index` of `file`. All places are checked
 * against the heap again.
 * request  column, places and memory of the cells
 * Returns RF_OK; RF_ERR_RANGE (the column, or a cell that does not lie in the heap); RF_ERR_TYPE (a column without
 * descriptors, or no conversion to `type`); RF_ERR_ARGUMENT (data_bytes, flags); RF_ERR_TRUNCATED; RF_ERR_CODEC
 * (tiles); the shared statuses. On failure the memory may be partly written. Threads: many may read one file at once.
 */
RF_API RF_CHECKED rf_status rf_table_read_heap(rf_file *file, size_t index, const rf_heap_request *request,
                                               rf_error *err);

/* rf_table_where() evaluates an expression for some rows of the table in HDU `index` of `file`. It reads the columns
 * that the expression names, in batches.
 * expr     from rf_expr_parse()
 * rows     NULL: all
 * selected receives one byte a row: 1 where the expression is true, else 0. Undefined on failure
 * matches  NULL, or receives the number of ones
 * Returns RF_OK; RF_ERR_NOT_FOUND (a name that is no column); RF_ERR_TYPE (values that an operator cannot take, an
 * array without index, a column with descriptors); RF_ERR_RANGE (a row, or an index in the expression);
 * RF_ERR_ARGUMENT; RF_ERR_TRUNCATED; RF_ERR_CODEC (tiles); the shared statuses. For the expression the message points
 * at the character, and rf_error.offset is its byte. Threads: many may read one file at once. */
RF_API RF_CHECKED rf_status rf_table_where(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows,
                                           uint8_t *selected, uint64_t *matches, rf_error *err);

/* ---- creating ---- */

/* A new column. */
typedef struct rf_column_spec {
  size_t size;          /* sizeof(rf_column_spec) of the caller, the same in each of a list */
  const char *name;     /* TTYPEn; NULL: none */
  rf_dtype type;        /* of the values (rf_column_info.type); of a scaled column the stored type */
  uint64_t width;       /* strings: bytes of one */
  int ndim;             /* 0: one element */
  const uint64_t *dims; /* slowest first; of strings without their length */
  char descriptor;      /* 0, or 'P' or 'Q': cells in the heap, dims are for TDIMn then */
  uint64_t max_length;  /* descriptors: as TFORMn is to say; 0: written as the cells come */
  const char *unit;     /* TUNITn; NULL: none */
  const char *display;  /* TDISPn; NULL: none */
  const char *form;     /* ASCII: TFORMn; NULL: by the type */
  int scaled;           /* 1: TSCALn and TZEROn as below */
  double tscal;
  double tzero;
  int has_null; /* 1: TNULLn of an integer column, as stored */
  int64_t null;
  const char *null_text; /* ASCII: TNULLn; NULL: none */
  const char *comment;   /* TCOMMn, what the column is; NULL: none */
} rf_column_spec;

/* A new table. */
typedef struct rf_table_spec {
  size_t size;      /* sizeof(rf_table_spec) of the caller; members that lie beyond it count as 0 */
  rf_hdu_kind kind; /* RF_HDU_TABLE or RF_HDU_ASCII_TABLE */
  uint64_t nrows;
  const rf_column_spec *columns;
  size_t ncols;                            /* at most 999, RF_ERR_LIMIT otherwise */
  const char *extname;                     /* NULL: none */
  int64_t extver;                          /* < 0: none */
  const rf_header *header;                 /* NULL, or cards to add, as in rf_image_spec */
  const rf_table_compression *compression; /* NULL: not compressed. Binary tables only */
  int deferred;                            /* 1: only begun, see rf_hdu_publish() */
  uint32_t reserve_cards;                  /* as in rf_image_spec */
  const rf_table_request *cells;           /* NULL: blank rows; else cells of the `nrows` rows; its `rows` is NULL */
} rf_table_spec;

/* rf_table_create() appends a table to `file`. Rows are zero (ASCII: blank) where `spec` has no cells. An empty file
 * gets an empty primary HDU first. All cells are checked before a byte is written.
 * index    receives the index of the new HDU, 0-based. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT, RF_ERR_LIMIT, RF_ERR_TYPE, RF_ERR_UNSUPPORTED (`spec`); RF_ERR_RANGE (a value that
 * does not fit, with row and column); the shared statuses. On failure the file is as it was. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_create(rf_file *file, const rf_table_spec *spec, size_t *index, rf_error *err);

/* ---- writing ---- */

/* rf_table_write() writes columns of some rows of the table in HDU `index` of `file` in one pass. Other bytes of the
 * rows stay. Several processes may write to one uncompressed table at once, each through a handle of its own with
 * RF_MODE_READ_WRITE: size and header stay, so that no call returns RF_ERR_CHANGED because of another. Their rows must
 * be disjoint and contiguous, because a call also writes back the bytes of other columns and of rows between.
 * request  columns, rows, and the cells. Columns with descriptors are written by rf_table_write_heap()
 * Returns RF_OK; RF_ERR_RANGE (a row, a column, or a value that does not fit, with row and column), RF_ERR_TYPE,
 * RF_ERR_ARGUMENT (also a masked value without TNULLn), RF_ERR_TRUNCATED (the file ends before the last of these rows),
 * all before a byte is written; the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_write(rf_file *file, size_t index, const rf_table_request *request, rf_error *err);

/* rf_table_write_heap() appends cells to the heap of the table in HDU `index` of `file` and points the descriptors of
 * some rows at them. A P column becomes Q when its heap needs it.
 * rows     NULL: all
 * cells    one for each row
 * Returns RF_OK; the statuses of rf_table_write(); RF_ERR_LIMIT (more bytes than a file can hold). Threads: any. */
RF_API RF_CHECKED rf_status rf_table_write_heap(rf_file *file, size_t index, const rf_rows *rows,
                                                const rf_heap_cells *cells, rf_error *err);

/* rf_table_resize() sets the number of rows of the table in HDU `index` of `file`. New rows are zero (ASCII: blank),
 * surplus ones are removed. The heap and the HDUs after it move.
 * nrows    the new number of rows
 * Returns RF_OK; RF_ERR_LIMIT (more bytes than a file can hold); RF_ERR_UNSUPPORTED (GCOUNT); RF_ERR_TRUNCATED; the
 * shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_resize(rf_file *file, size_t index, uint64_t nrows, rf_error *err);

/* rf_table_delete_rows() removes rows of the table in HDU `index` of `file`; the rows after them move up. Their cells
 * in the heap stay until rf_table_repack(). In a compressed table the tiles from the first one on that loses a row are
 * encoded again.
 * rows     ascending, each once; NULL: all
 * Returns RF_OK; RF_ERR_RANGE (a row); RF_ERR_ARGUMENT (not ascending); RF_ERR_UNSUPPORTED (GCOUNT); RF_ERR_TRUNCATED;
 * the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, rf_error *err);

/* rf_table_append() adds rows at the end of the table in HDU `index` of `file`, as one edit: after a kill the file has
 * the rows with all of their cells, or is as it was. Fields of columns that are not given are zero (ASCII: blank),
 * cells of variable length empty. A P column becomes Q when its heap needs it.
 * nrows    the number of new rows
 * request  columns and heaps with `nrows` cells each; NULL: blank rows
 * Returns RF_OK; the statuses of rf_table_write() and rf_table_resize(), before a byte is written; RF_ERR_ARGUMENT also
 * where a column is twice in `heaps`. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows,
                                            const rf_table_request *request, rf_error *err);

/* rf_table_insert_rows() adds rows before a row of the table in HDU `index` of `file`, as rf_table_append() adds them
 * at the end. A compressed table takes no rows there.
 * row      the row that the new ones precede, 0-based; the number of rows: at the end
 * nrows    the number of new rows
 * request  columns and heaps with `nrows` cells each; NULL: blank rows
 * Returns RF_OK; RF_ERR_RANGE also where `row` is larger than the number of rows; RF_ERR_UNSUPPORTED (a compressed
 * table); the statuses of rf_table_append(). Threads: any. */
RF_API RF_CHECKED rf_status rf_table_insert_rows(rf_file *file, size_t index, uint64_t row, uint64_t nrows,
                                                 const rf_table_request *request, rf_error *err);

/* ---- columns ---- */

/* rf_table_insert_column() inserts a column into the table in HDU `index` of `file`, as one edit: after a kill the file
 * has the column with all of its cells, or is as it was.
 * position the new column comes in front of this one, 0-based; the number of columns: at the end
 * spec     the new column
 * cells    NULL, or a cell for each row; its `column` does not count
 * heap     NULL, or a cell for each row where the column has descriptors. NULL for both: zero (ASCII: blank)
 * Returns RF_OK; RF_ERR_RANGE (`position`, or a value that does not fit); RF_ERR_ARGUMENT (also a name that exists);
 * RF_ERR_LIMIT; RF_ERR_UNSUPPORTED (GCOUNT); RF_ERR_TRUNCATED; the shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_insert_column(rf_file *file, size_t index, size_t position,
                                                   const rf_column_spec *spec, const rf_column_request *cells,
                                                   const rf_heap_cells *heap, rf_error *err);

/* rf_table_delete_column() removes `column` (0-based) from every row and from the header of the table in HDU `index` of
 * `file`. Its cells in the heap stay until rf_table_repack().
 * Returns RF_OK; RF_ERR_RANGE (`column`); RF_ERR_UNSUPPORTED (GCOUNT); RF_ERR_TRUNCATED; the shared statuses.
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_table_delete_column(rf_file *file, size_t index, size_t column, rf_error *err);

/* rf_table_describe_column() sets texts of `column` (0-based) of the table in HDU `index` of `file`. NULL leaves a text
 * as it is.
 * name     TTYPEn, not empty
 * unit     TUNITn; "" removes it
 * display  TDISPn; "" removes it
 * Returns RF_OK; RF_ERR_RANGE (`column`); RF_ERR_ARGUMENT (an empty name, or one that exists); the shared statuses.
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_table_describe_column(rf_file *file, size_t index, size_t column, const char *name,
                                                     const char *unit, const char *display, rf_error *err);

/* rf_table_repack() removes the bytes of the heap that no descriptor points at, from the table in HDU `index` of
 * `file`, and shortens the data. freed    NULL, or receives the number of bytes removed Returns RF_OK; RF_ERR_FORMAT (a
 * descriptor that does not lie in the heap); RF_ERR_UNSUPPORTED (GCOUNT); RF_ERR_TRUNCATED; RF_ERR_CODEC (tiles); the
 * shared statuses. Threads: any. */
RF_API RF_CHECKED rf_status rf_table_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
