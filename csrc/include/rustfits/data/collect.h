/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/data/collect.h: Many files at once: their headers as a table, and their HDUs as a list. Part of
 * <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_DATA_COLLECT_H
#define RUSTFITS_DATA_COLLECT_H

#include "rustfits/hdu.h"
#include "rustfits/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Many files ============================== */

/* How files are read. rf_collect_options_init() sets `size` and zeroes the rest. */
typedef struct rf_collect_options {
  size_t size;            /* sizeof(rf_collect_options) of the caller; members that lie beyond it count as 0 */
  const rf_options *open; /* NULL: the defaults of rf_file_open(). Borrowed for the call */
  int64_t hdu;            /* the HDU of each file, 0-based; negative: from the end. Not used with `extname` */
  const char *extname;    /* NULL, or the name of the HDU, as rf_file_find() takes it. Borrowed for the call */
  const int64_t *extver;  /* NULL: any version. Borrowed for the call */
  unsigned threads;       /* most threads; 0: RUSTFITS_NUM_THREADS, or as many as help */
  unsigned milliseconds;  /* no file but the first is begun after this time; 0: no limit */
  int stop;               /* 1: a file that cannot be read is the last one */
} rf_collect_options;

/* rf_collect_options_init() sets `size` of `options` and zeroes the rest. NULL is allowed. Threads: any. */
RF_API void rf_collect_options_init(rf_collect_options *options);

/* ------------------------------ headers ------------------------------ */

/* A table of values: a row for each file, a column for each keyword. It stores a value where a header has one, so its
 * memory is in proportion to the values. */
typedef struct rf_header_table rf_header_table;

/* A column. */
typedef struct rf_key_column {
  size_t size;      /* sizeof(rf_key_column) of the caller; members that lie beyond it are not filled in */
  const char *name; /* the keyword, as the caller or the first header has it; belongs to the table */
  /* The type that holds all values: RF_VALUE_LOGICAL, _INTEGER, _REAL, _COMPLEX or _STRING, in this order of width.
   * RF_VALUE_UNDEFINED: there is no value. Reals beside integers that a double cannot hold, and integers beyond 64
   * bits, are strings. Numbers of a column of strings are texts as headers have them. */
  rf_value_kind type;
  uint64_t cells;      /* rows with a value */
  uint64_t longest;    /* of strings: bytes of the longest one */
  uint64_t text_bytes; /* of strings: bytes of all */
  int is_ascii;        /* of strings: 1: all bytes are ASCII */
} rf_key_column;

/* Where rf_header_table_fill() puts the cells of a column. */
typedef struct rf_key_cells {
  size_t size;   /* sizeof(rf_key_cells) */
  void *data;    /* the element of row 0; no alignment is needed */
  size_t stride; /* bytes from row to row */
  uint8_t *mask; /* NULL, or the byte of row 0, which becomes 0 where there is a value */
  size_t mask_stride;
  size_t rows;  /* rows that there is room for */
  size_t width; /* of strings: units of 4 bytes of an element (UCS-4) */
} rf_key_cells;

/* rf_header_table_new() creates a table without rows.
 * keys   NULL: a column for each keyword that a header has, or `count` keywords, as rf_header_find() takes them; copied
 * count  number of keys; not used for NULL
 * table  receives the table; the caller frees it with rf_header_table_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (a key is NULL, empty or named twice); RF_ERR_LIMIT (more than 10000 keys);
 * RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_header_table_new(const char *const *keys, size_t count, rf_header_table **table,
                                                rf_error *err);

/* rf_header_table_free() frees `table`, which may be NULL. Threads: any, once per table. */
RF_API void rf_header_table_free(rf_header_table *table);

/* rf_header_table_read() reads the header of one HDU of each of `count` files, on several threads, and appends a row
 * for each file to `table`. The header is the logical one (rf_hdu_get_logical_header()). A file that cannot be read
 * gets a row without values and an entry of rf_header_table_get_error(). Of a repeated keyword the first card counts.
 * The texts of COMMENT, HISTORY and orphan CONTINUE cards are joined by newlines; blank cards are left out.
 * names    as for rf_file_open(); borrowed for the call
 * count    number of names
 * options  NULL: the defaults
 * done     receives the number of names that got a row, the first ones: at least 1 if `count` is not 0. It is below
 *          `count` after 512 files, after options->milliseconds, after an error with options->stop, and after much
 *          memory: call again with the rest. Unchanged on failure
 * Returns RF_OK, also where files cannot be read; RF_ERR_ARGUMENT (a name is NULL); RF_ERR_LIMIT (more than 10000
 * different keywords, or 4 billion rows); RF_ERR_CALLBACK (a function of the caller failed: an interrupt);
 * RF_ERR_MEMORY. After a failure, the table can only be freed. Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_read(rf_header_table *table, const char *const *names, size_t count,
                                                 const rf_collect_options *options, size_t *done, rf_error *err);

/* rf_header_table_add() appends a row with the values of `header` to `table`: for headers that the caller has read.
 * Returns RF_OK; RF_ERR_LIMIT; RF_ERR_MEMORY. Threads: one at a time per table and header. */
RF_API RF_CHECKED rf_status rf_header_table_add(rf_header_table *table, rf_header *header, rf_error *err);

/* rf_header_table_add_error() appends a row without values to `table`, with an error: for files that the caller could
 * not read.
 * status   not RF_OK
 * message  NUL-terminated; copied
 * Returns RF_OK; RF_ERR_ARGUMENT; RF_ERR_LIMIT; RF_ERR_MEMORY. Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_add_error(rf_header_table *table, rf_status status, const char *message,
                                                      rf_error *err);

/* Returns the number of rows of `table`. Threads: one at a time per table. */
RF_API size_t rf_header_table_get_rows(const rf_header_table *table);

/* Returns the number of columns of `table`. Threads: one at a time per table. */
RF_API size_t rf_header_table_get_columns(const rf_header_table *table);

/* Returns the number of rows of `table` that have an error. Threads: one at a time per table. */
RF_API size_t rf_header_table_get_errors(const rf_header_table *table);

/* rf_header_table_get_column() gets the properties of column `index` (0-based) of `table`, which stay until a row is
 * added.
 * column  the caller sets column->size; receives the rest. Unchanged on failure
 * Returns RF_OK; RF_ERR_RANGE (`index`); RF_ERR_MEMORY. Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_get_column(rf_header_table *table, size_t index, rf_key_column *column,
                                                       rf_error *err);

/* rf_header_table_fill() copies the values of column `index` of `table` to the rows of an array. Rows without a value
 * keep their bytes. An element is: of LOGICAL a byte, of INTEGER an int64_t, of REAL a double, of COMPLEX two doubles,
 * of STRING `width` units of 4 bytes, filled up with 0.
 * cells  the caller sets cells->size and all other members
 * Returns RF_OK; RF_ERR_RANGE (`index`, `rows` or `width` is too small); RF_ERR_TYPE (a column without values; strings
 * that are not ASCII, which rf_header_table_get_cell() gets); RF_ERR_MEMORY. Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_fill(rf_header_table *table, size_t index, const rf_key_cells *cells,
                                                 rf_error *err);

/* rf_header_table_get_cell() gets value `n` (0-based) of column `index` of `table`, in the order of rows.
 * row    receives its row
 * value  receives the value, whose kind is the type of the column. Its text belongs to the table, has no NUL, and is
 *        valid until a row is added
 * Returns RF_OK; RF_ERR_RANGE (`index`, `n`); RF_ERR_MEMORY. Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_get_cell(rf_header_table *table, size_t index, size_t n, size_t *row,
                                                     rf_value *value, rf_error *err);

/* rf_header_table_get_error() gets error `n` (0-based) of `table`, in the order of rows.
 * row      receives its row
 * status   receives the status of the call that failed
 * message  receives its message, which belongs to the table
 * Returns RF_OK; RF_ERR_RANGE (`n`). Threads: one at a time per table. */
RF_API RF_CHECKED rf_status rf_header_table_get_error(const rf_header_table *table, size_t n, size_t *row,
                                                      rf_status *status, const char **message, rf_error *err);

/* ------------------------------ HDUs ------------------------------ */

/* A list of the HDUs of many files. */
typedef struct rf_hdu_list rf_hdu_list;

/* An HDU, or a file or HDU that cannot be read. */
typedef struct rf_listed_hdu {
  size_t size;            /* sizeof(rf_listed_hdu) of the caller; members that lie beyond it are not filled in */
  size_t file;            /* number of its file: the first one that was added is 0 */
  size_t index;           /* 0-based */
  int kind;               /* an rf_hdu_kind; 0: the header could not be read */
  int has_extname;        /* 1: there is an EXTNAME */
  const char *extname;    /* "" when absent; of at most 79 bytes; belongs to the list */
  int64_t extver;         /* 1 when absent */
  size_t naxis;           /* numbers in `axes` */
  const uint64_t *axes;   /* of an image: the axes, slowest first; of a table: rows and columns; belong to the list. For
                             a compressed HDU, of the image or table in the tiles */
  int dtype;              /* the rf_dtype of the values of an image with axes; else 0 */
  uint64_t header_offset; /* as in rf_hdu_info */
  uint64_t data_offset;
  uint64_t data_bytes;
  const char
      *compression;    /* "", or the algorithms of a compressed HDU: "RICE_1", "GZIP_2,RICE_1"; belongs to the list */
  rf_status status;    /* RF_OK, or why the HDU, or the rest of the file, cannot be read */
  const char *message; /* NULL with RF_OK; belongs to the list */
} rf_listed_hdu;

/* rf_hdu_list_new() creates an empty list.
 * list  receives the list; the caller frees it with rf_hdu_list_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_list_new(rf_hdu_list **list, rf_error *err);

/* rf_hdu_list_free() frees `list`, which may be NULL. Threads: any, once per list. */
RF_API void rf_hdu_list_free(rf_hdu_list *list);

/* rf_hdu_list_read() appends the HDUs of `count` files to `list`, in the order of the names. It reads headers only, on
 * several threads. A header that cannot be read ends the HDUs of its file by an entry with a status. So does an HDU
 * whose image or columns the header does not describe, and the next HDUs follow it.
 * names    as for rf_header_table_read()
 * options  as for rf_header_table_read(); `hdu`, `extname` and `extver` do not count
 * done     as for rf_header_table_read()
 * Returns RF_OK, also where files cannot be read; the other statuses of rf_header_table_read(). After a failure, the
 * list can only be freed. Threads: one at a time per list. */
RF_API RF_CHECKED rf_status rf_hdu_list_read(rf_hdu_list *list, const char *const *names, size_t count,
                                             const rf_collect_options *options, size_t *done, rf_error *err);

/* rf_hdu_list_add() appends the HDUs of `file` to `list`: for files that the caller has opened.
 * Returns RF_OK, also where headers cannot be read; RF_ERR_MEMORY; RF_ERR_CALLBACK. Threads: one at a time per list. */
RF_API RF_CHECKED rf_status rf_hdu_list_add(rf_hdu_list *list, rf_file *file, rf_error *err);

/* rf_hdu_list_add_error() appends an entry for a file that the caller could not open. `status` and `message` are as for
 * rf_header_table_add_error(). Returns RF_OK; RF_ERR_ARGUMENT; RF_ERR_MEMORY. Threads: one at a time per list. */
RF_API RF_CHECKED rf_status rf_hdu_list_add_error(rf_hdu_list *list, rf_status status, const char *message,
                                                  rf_error *err);

/* Returns the number of entries of `list`. Threads: one at a time per list. */
RF_API size_t rf_hdu_list_get_count(const rf_hdu_list *list);

/* rf_hdu_list_get() gets entry `n` (0-based) of `list`.
 * hdu  the caller sets hdu->size; receives the rest, whose pointers are valid until an HDU is added
 * Returns RF_OK; RF_ERR_RANGE (`n`). Threads: one at a time per list. */
RF_API RF_CHECKED rf_status rf_hdu_list_get(const rf_hdu_list *list, size_t n, rf_listed_hdu *hdu, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
