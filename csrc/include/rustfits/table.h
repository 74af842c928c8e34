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
                           facts are those of the table that it stands for; of a compressed image: its binary table */
  uint64_t nrows;       /* NAXIS2; of random groups: GCOUNT */
  size_t ncols;         /* TFIELDS; of random groups: the parameters and, last, "DATA" */
  uint64_t row_bytes;   /* NAXIS1; of random groups: the bytes of one group */
  uint64_t data_offset; /* of the first row, in the file */
  uint64_t heap_offset; /* of the heap, from the beginning of the data (THEAP) */
  uint64_t heap_bytes;  /* from there to the end of the data (PCOUNT less the gap) */
} rf_table_info;

/* RF_ERR_TYPE when the HDU is no table. RF_ERR_FORMAT when its columns cannot be made out. */
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
  unsigned decimals;   /* ASCII: digits behind the point by TFORMn */
  rf_dtype stored;     /* of the elements, as the file has them: strings RF_BYTES; bits and logicals RF_U8 */
  rf_dtype type;       /* of the values: the twin where TZEROn says so (FITS 5.2.5), F64 where TSCALn and TZEROn say
                              anything else, RF_BYTES (TEXT may be asked for too), LOGICAL, BIT, or `stored` */
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
  int unnamed;   /* there is no TTYPEn: `name` is made up */
  char key[256]; /* the name by which the column is found, which no other column has: `name`, or, for a column whose
                    name another one has before it, `name` with "_2", "_3" ... behind it. A made-up key is never the
                    name of a column, in any case of letters. */
} rf_column_info;

/* Facts of column `column` (0-based). RF_ERR_RANGE past the last. */
RF_API RF_CHECKED rf_status rf_table_get_column(rf_file *file, size_t index, size_t column, rf_column_info *info,
                                                rf_error *err);

/* The column of that name (rf_column_info.key): exact case is tried before any case, and of several the first one
 * counts. RF_ERR_NOT_FOUND. */
RF_API RF_CHECKED rf_status rf_table_find_column(rf_file *file, size_t index, const char *name, size_t *column,
                                                 rf_error *err);

/* Rows are chosen as pixels along an axis are. */
typedef rf_axis rf_rows;

/* Stored values: no TSCALn and TZEROn, logicals as T, F or 0 bytes, bits packed, strings whole. */
#define RF_CELL_RAW 1
/* The most threads that a read may use stand in the flags of its first request from this bit on (16 bits): 0 as
 * rf_options.threads says. */
#define RF_CELL_THREADS_SHIFT 16

/* One column to read or write, and where its cells are in memory: the elements of a cell one behind the other, cells
 * `stride` bytes apart, so that a column of its own and a field of a packed struct look the same. No alignment is
 * needed. Reading fills `data`; writing only looks at it. */
typedef struct rf_column_request {
  size_t size;       /* sizeof(rf_column_request), in each of a list */
  size_t column;     /* 0-based */
  rf_dtype type;     /* rf_column_info.type; RF_TEXT for strings; RF_F32 or F64 for any real numbers;
                            rf_column_info.stored with RF_CELL_RAW */
  uint32_t flags;    /* RF_CELL_RAW; reading: how many threads */
  size_t width;      /* strings: bytes or characters of one in memory; longer ones are cut when read and are
                        RF_ERR_RANGE when written */
  void *data;        /* the cell of the first row of the selection */
  ptrdiff_t stride;  /* bytes from one row's cell to the next one's; may be negative */
  uint8_t *mask;     /* NULL, or one byte an element (`count` of the column for each row, without gaps): 1 for TNULLn,
                        NaN, an undefined logical, what TNULLn says in an ASCII table. Writing: 1 stores those */
  size_t cell_bytes; /* 0, or bytes of the room for a cell at `data`. RF_ERR_ARGUMENT when the cells of the column take
                        others: it is no more the one that the room was made for */
} rf_column_request;

/* Reads columns of some rows (NULL: all of them) in one pass over the table, which several threads share where it is
 * long: parts of it may have been made when a later one fails. A column may be asked for twice.
 * Strings end at a NUL and lose trailing blanks; in TEXT, bytes above 0x7F are taken as Latin-1. Cells in the heap are
 * not read here (RF_ERR_TYPE). Errors: RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT before anything is read;
 * RF_ERR_FORMAT for a field of an ASCII table that is no number, with row and column; RF_ERR_TRUNCATED; I/O. */
RF_API RF_CHECKED rf_status rf_table_read(rf_file *file, size_t index, const rf_rows *rows,
                                          const rf_column_request *requests, size_t count, rf_error *err);

/* The ranges that reading columns of some rows needs, in file order and with near ones merged: copies up to `capacity`
 * of them (dest is NULL) and gives how many there are and the bytes in them. columns NULL: all. */
RF_API RF_CHECKED rf_status rf_table_plan(rf_file *file, size_t index, const rf_rows *rows, const size_t *columns,
                                          size_t column_count, rf_range *ranges, size_t capacity, size_t *count,
                                          uint64_t *bytes, rf_error *err);

/* ---- cells in the heap (FITS 7.3.5) ---- */

/* The descriptors of some rows (NULL: all): number of elements, and byte offset from the beginning of the heap (0 for
 * an empty cell; of a compressed table, which has no such heap, a number by which rf_table_read_heap knows the cell).
 * RF_ERR_TYPE when the column has none; RF_ERR_FORMAT, with the row, for one that does not lie in the heap. */
RF_API RF_CHECKED rf_status rf_table_read_descriptors(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                                      uint64_t *lengths, uint64_t *offsets, rf_error *err);

/* Reads `count` cells at these places of the heap (as rf_table_read_descriptors gives them; checked again) into `out`,
 * one behind the other without gaps: the sum of `lengths` elements, out_bytes exactly. type, flags as in
 * rf_column_request; strings are RF_BYTES (or TEXT) with an element a character, and come whole: blanks and NULs
 * are the caller's to strip. RAW bits: (length + 7) / 8 bytes a cell. mask: NULL, or one byte an element. */
RF_API RF_CHECKED rf_status rf_table_read_heap(rf_file *file, size_t index, size_t column, const uint64_t *lengths,
                                               const uint64_t *offsets, size_t count, rf_dtype type, uint32_t flags,
                                               void *out, uint64_t out_bytes, uint8_t *mask, rf_error *err);

/* ---- rows by condition ---- */

/* Judges some rows (NULL: all) by an expression over the columns of the table: selected[i] is 1 where the i-th of them
 * fulfils it and 0 where not; *matches (may be NULL) is the number of ones. Reads the columns that are named and no
 * others, in batches. RF_ERR_NOT_FOUND for a name that is no column, RF_ERR_TYPE for values that an operator cannot
 * take, an array without index, a column with descriptors; RF_ERR_RANGE for an index: the message points at the
 * character, rf_error.offset is its byte. `selected` is undefined after a failure. */
RF_API RF_CHECKED rf_status rf_table_where(rf_file *file, size_t index, const rf_expr *expr, const rf_rows *rows,
                                           uint8_t *selected, uint64_t *matches, rf_error *err);

/* ---- writing tables ---- */

/* A column to make. Strings and arrays are borrowed for the call. */
typedef struct rf_column_spec {
  size_t size;          /* sizeof(rf_column_spec), in each of a list */
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
  int scaled;           /* TSCALn and TZEROn as below */
  double tscal;
  double tzero;
  int has_null; /* TNULLn of an integer column, as stored */
  int64_t null;
  const char *null_text; /* ASCII: TNULLn; NULL: none */
} rf_column_spec;

typedef struct rf_table_spec {
  size_t size;      /* sizeof(rf_table_spec) */
  rf_hdu_kind kind; /* RF_HDU_TABLE or RF_HDU_ASCII_TABLE */
  uint64_t nrows;
  const rf_column_spec *columns;
  size_t ncols;                            /* at most 999, RF_ERR_LIMIT otherwise */
  const char *extname;                     /* NULL: none */
  int64_t extver;                          /* < 0: none */
  const rf_header *header;                 /* NULL, or cards to add, as in rf_image_spec */
  const rf_table_compression *compression; /* NULL: not compressed. Binary tables only */
  int deferred;                            /* 1: only begun, see rf_hdu_publish */
  uint32_t reserve_cards;                  /* as in rf_image_spec */
} rf_table_spec;

/* Appends a table whose rows are zero (ASCII: blank) and gives its index. An empty file gets an empty primary HDU
 * first. On failure the file is as it was. */
RF_API RF_CHECKED rf_status rf_table_create(rf_file *file, const rf_table_spec *spec, size_t *index, rf_error *err);

/* Writes columns of some rows (NULL: all) in one pass; bytes of the rows that are not asked for stay. Everything is
 * checked before the first byte is written: values that do not fit (RF_ERR_RANGE with row and column), masked ones
 * without TNULLn (RF_ERR_ARGUMENT). Columns with descriptors, and the rows of a compressed image, which belong to its
 * tiles: RF_ERR_TYPE. RF_ERR_TRUNCATED where the file ends before the last of these rows. */
RF_API RF_CHECKED rf_status rf_table_write(rf_file *file, size_t index, const rf_rows *rows,
                                           const rf_column_request *requests, size_t count, rf_error *err);

/* Makes the table `nrows` rows long: new ones are zero (ASCII: blank), surplus ones are cut. The heap moves along and
 * so do the HDUs behind. */
RF_API RF_CHECKED rf_status rf_table_resize(rf_file *file, size_t index, uint64_t nrows, rf_error *err);

/* Takes rows out; those behind move up, byte by byte as they are. Indices have to ascend (RF_ERR_ARGUMENT). What cells
 * of the rows had in the heap stays there until rf_table_repack. Of a compressed table the tiles from the first one on
 * that loses a row are encoded anew. */
RF_API RF_CHECKED rf_status rf_table_delete_rows(rf_file *file, size_t index, const rf_rows *rows, rf_error *err);

/* Adds `nrows` rows at the end and writes these columns of them, after the checks of rf_table_write. */
RF_API RF_CHECKED rf_status rf_table_append(rf_file *file, size_t index, uint64_t nrows,
                                            const rf_column_request *requests, size_t count, rf_error *err);

/* Writes cells of one column with descriptors, for some rows (NULL: all): appends the elements (the sum of `lengths`,
 * one behind the other; strings an element a character) to the heap and points the descriptors at them. A P column
 * becomes Q when its heap needs it. type, flags and mask as in rf_table_read_heap. */
RF_API RF_CHECKED rf_status rf_table_write_heap(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                                const uint64_t *lengths, rf_dtype type, uint32_t flags, const void *in,
                                                uint64_t in_bytes, const uint8_t *mask, rf_error *err);

/* Cells of a column with descriptors, as rf_table_write_heap takes them. */
typedef struct rf_heap_cells {
  size_t size;             /* sizeof(rf_heap_cells), in each of a list */
  const uint64_t *lengths; /* elements of each cell */
  rf_dtype type;
  uint32_t flags;
  const void *in;
  uint64_t in_bytes;
  const uint8_t *mask;
  size_t column; /* 0-based; of cells that are appended */
} rf_heap_cells;

/* As rf_table_append, with cells of `heap_count` columns with descriptors: nrows in each. One edit: after a kill the
 * file has the rows with all of their cells, or is as it was. The checks of rf_table_write and rf_table_write_heap come
 * before a byte of the file changes; the same column twice in `heaps` is RF_ERR_ARGUMENT. Cells of columns that are not
 * given are empty. A P column becomes Q when its heap needs it. */
RF_API RF_CHECKED rf_status rf_table_append_filled(rf_file *file, size_t index, uint64_t nrows,
                                                   const rf_column_request *requests, size_t count,
                                                   const rf_heap_cells *heaps, size_t heap_count, rf_error *err);

/* Puts a column in front of column `position` (the number of columns: at the end), its cells zero (ASCII: blank). */
RF_API RF_CHECKED rf_status rf_table_insert_column(rf_file *file, size_t index, size_t position,
                                                   const rf_column_spec *spec, rf_error *err);

/* As rf_table_insert_column, with a cell for each row: of `request` (its `column` does not count), or of `heap` where
 * the new column has descriptors; the other one is NULL, and so may both be. One edit: after a kill the file has the
 * column with all of its cells, or is as it was. The checks of rf_table_write and rf_table_write_heap come when the
 * column is made in memory, before a byte of the file changes. */
RF_API RF_CHECKED rf_status rf_table_insert_filled(rf_file *file, size_t index, size_t position,
                                                   const rf_column_spec *spec, const rf_column_request *request,
                                                   const rf_heap_cells *heap, rf_error *err);

/* Takes a column out of every row and of the header. Its cells in the heap stay until rf_table_repack. */
RF_API RF_CHECKED rf_status rf_table_delete_column(rf_file *file, size_t index, size_t column, rf_error *err);

/* Sets name, unit and display of a column; NULL leaves one as it is, "" takes unit or display away. */
RF_API RF_CHECKED rf_status rf_table_describe_column(rf_file *file, size_t index, size_t column, const char *name,
                                                     const char *unit, const char *display, rf_error *err);

/* Writes the heap anew without what no descriptor points at, and shortens the data. *freed (may be NULL): bytes less.
 */
RF_API RF_CHECKED rf_status rf_table_repack(rf_file *file, size_t index, uint64_t *freed, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
