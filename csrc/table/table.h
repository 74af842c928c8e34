/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tables: the columns of an HDU, kept beside its entry in the index, and the plan by which rows become cells in memory.
 */
#ifndef RF_TABLE_TABLE_H
#define RF_TABLE_TABLE_H

#include "table/column/column.h"
#include "value/convert.h"

/* One block of memory (rf_free), columns included. */
typedef struct rf_table {
  rf_table_info info;
  rf_column *columns;
} rf_table;

/* ---- table/table.c ---- */

/* The table that a header describes: one block of memory, so that an entry of the index can let it go without knowing
 * what it is. Asks the header for values. */
rf_status rf_table_make(const rf_hdu *hdu, rf_header *header, rf_table **out, rf_error *err);

/* table/column/names.c: info.key of every column, once their names are there. */
void rf_table_make_keys(rf_table *table);

/* The table of HDU `index`, made when first asked for and kept until the entry changes. `lock` held either way; valid
 * as long as it is. RF_ERR_TYPE when the HDU is no table. */
/* The table of an HDU, parsed into *parsed when first needed. `lock` held. */
rf_status rf_table_get_parsed(rf_file *file, rf_hdu *hdu, rf_table **parsed, const rf_table **table, rf_error *err);

rf_status rf_table_locked(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, rf_error *err);

/* The first column of that name; exact case is tried before any case. RF_ERR_NOT_FOUND. */
rf_status rf_table_find(const rf_table *table, const char *name, size_t *column, rf_error *err);

/* Column `column`, or RF_ERR_RANGE. */
rf_status rf_table_column(const rf_table *table, size_t column, const rf_column **found, rf_error *err);

/* The cards of columns gathered by number: keywords[n - 1] is that of TFORMn; `texts` owns the strings. */
typedef struct rf_table_cards {
  rf_column_keywords *keywords;
  char *texts;
  size_t count;
} rf_table_cards;
rf_status rf_table_cards_take(const rf_header *header, size_t count, rf_table_cards *cards, rf_error *err);
void rf_table_cards_free(rf_table_cards *cards);

/* Fill table->columns (info.ncols of them, zero at first) and whatever of table->info the kind has its own way of
 * telling. Binary tables: table/table.c. */
rf_status rf_table_binary_columns(rf_table *table, const rf_hdu *hdu, const rf_table_cards *cards, rf_error *err);

/* A failure gets "column 3 'name', row 12" before its message; row < 0: no row. Gives err->code, or `status` when err
 * is NULL. */
rf_status rf_table_add_context(rf_error *err, rf_status status, const rf_column *column, size_t number, int64_t row);

/* ---- rows ---- */

/* A checked selection. */
typedef struct rf_row_selection {
  uint64_t count;
  uint64_t start;
  int64_t step; /* when there is no list */
  const uint64_t *indices;
  uint64_t low; /* least and greatest row, when count > 0 */
  uint64_t high;
} rf_row_selection;

/* rows NULL: all. RF_ERR_RANGE, RF_ERR_ARGUMENT. */
rf_status rf_row_selection_init(rf_row_selection *selection, const rf_table *table, const rf_rows *rows, rf_error *err);

static inline uint64_t rf_row_at(const rf_row_selection *selection, uint64_t i) {
  return selection->indices != NULL ? selection->indices[i] : selection->start + i * (uint64_t)selection->step;
}

/* ---- table/rows/plan.c: from rows in file order to cells in memory ---- */

struct rf_row_step;

/* Turns `count` fields, the first at src and the others src_stride bytes apart, into cells: the first at dest, mask as
 * in rf_column_request (NULL: none). On failure *bad is the number of the field. */
typedef rf_status (*rf_row_run)(const struct rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                                uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err);

/* One request, ready to run. */
typedef struct rf_row_step {
  const rf_column *column;
  size_t number; /* of the column, 0-based, for messages */
  rf_row_run run;
  uint64_t offset; /* of the field in the row */
  uint64_t bytes;
  size_t count;          /* elements of a cell in memory */
  unsigned stored_bytes; /* of one element in the file */
  rf_dtype type;
  bool raw;
  size_t width;      /* strings: in memory */
  size_t cell_bytes; /* of one cell in memory */
  uint8_t *data;
  ptrdiff_t stride;
  uint8_t *mask;
  size_t mask_stride; /* bytes of the mask for one row: elements of a cell */

  /* for the runs of binary tables */
  rf_convert convert; /* of numbers; of complex ones' parts */
  unsigned parts;     /* 2: complex */
  bool logical;
  bool complex_scale; /* TSCALn and TZEROn of complex numbers */
  bool maskable;      /* there can be undefined values */
  bool mask_apart;    /* `run` leaves the mask to rf_row_step_mask */
  bool shuffled;      /* the shuffle of the plan does it where it can */
} rf_row_step;

typedef struct rf_row_shuffle rf_row_shuffle;
typedef struct rf_row_wide rf_row_wide;

typedef struct rf_row_plan {
  rf_row_step *steps;
  size_t count;
  unsigned threads; /* that may run it; 0: as the file says */
  uint64_t low;     /* first byte of a row that is needed, and the one behind the last */
  uint64_t high;
  rf_row_shuffle *shuffle; /* NULL, or all steps at once for rows that lie one behind the other */
  rf_row_wide *wide;       /* NULL, or the same for any rows; then there is no shuffle */
} rf_row_plan;

/* Checks the requests against the table. RF_ERR_RANGE, RF_ERR_TYPE, RF_ERR_ARGUMENT. */
rf_status rf_row_plan_init(rf_row_plan *plan, const rf_table *table, const rf_column_request *requests, size_t count,
                           rf_error *err);
void rf_row_plan_free(rf_row_plan *plan);

/* Runs all steps over `count` rows. `src` is byte plan->low of the first one, the others are src_stride bytes apart.
 * `first` is the number of the first one within the selection. `walk` is for messages. */
rf_status rf_row_plan_run(const rf_row_plan *plan, const rf_row_selection *selection, uint64_t first,
                          const uint8_t *src, ptrdiff_t src_stride, size_t count, rf_error *err);

/* How a column of a binary table is read as asked; sets run and sizes of *step. ASCII tables have their own. */
rf_status rf_row_step_binary(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                             rf_error *err);

/* The mask of `count` fields, for a step with mask_apart. */
void rf_row_step_mask(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count, uint8_t *mask);

/* May values of this type be asked for? RF_ERR_TYPE, RF_ERR_ARGUMENT. */
rf_status rf_row_type_check(const rf_column *column, rf_dtype type, uint32_t flags, rf_error *err);

/* How numbers of a column (or the parts of complex ones) become `type`, which has passed rf_row_type_check. */
void rf_row_convert_init(rf_convert *convert, const rf_column *column, rf_dtype type, bool raw);

/* A step that converts elements of a binary table's column wherever they are: with rf_row_convert, and
 * rf_row_step_mask after count and mask_stride were set. The type has been checked. */
void rf_row_step_elements(rf_row_step *step, const rf_column *column, rf_dtype type, bool raw);

/* Elements that lie one behind the other, both here and there; no strings to be stripped, no bits. */
void rf_row_convert(const rf_row_step *step, uint8_t *dst, const uint8_t *src, size_t elements);

/* Bits to bytes; the top bit of a byte is the first. */
void rf_bits_unpack(uint8_t *dst, const uint8_t *src, size_t bits);

/* ---- table/rows/strings.c ---- */

/* The loop for a step of strings. */
rf_row_run rf_row_strings(const rf_row_step *step);

/* Characters up to a NUL, without blanks at the end. */
size_t rf_string_length(const uint8_t *text, size_t width);

/* n bytes to 32-bit characters in machine order. */
void rf_text_widen(uint8_t *dst, const uint8_t *src, size_t n);

/* ---- table/read.c ---- */

/* Reads the rows of a walk that is not empty through a plan that is not empty. RF_ERR_TRUNCATED: see below. */
rf_status rf_table_read_plan(rf_file *file, const rf_table *table, const rf_row_plan *plan,
                             const rf_row_selection *selection, rf_error *err);

/* The same of any table: `z` is that of a compressed one, else NULL. What is cut short is explained. */
struct rf_tiled_table;
rf_status rf_table_read_rows(rf_file *file, const rf_hdu *hdu, const rf_table *table, const struct rf_tiled_table *z,
                             const rf_row_plan *plan, const rf_row_selection *selection, rf_error *err);

/* Says of a read that went past the end of the file how much of the table is missing. */
rf_status rf_table_explain_truncation(rf_file *file, const rf_table *table, const rf_hdu *hdu, rf_error *err);

/* ---- table/heap/heap.c ---- */

/* Takes the descriptor at `field` apart; false when it does not lie in the heap. P descriptors count as unsigned, Q
 * ones with the sign bit set do not fit anyhow. *offset is 0 for an empty cell. */
bool rf_descriptor_get(const rf_table *table, const rf_column *column, const uint8_t *field, uint64_t *length,
                       uint64_t *offset);

/* Bytes that a cell of `length` elements takes in the heap; false on overflow. */
bool rf_heap_cell_bytes(const rf_column *column, uint64_t length, uint64_t *bytes);

#endif
