/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the calls that make and change tables share.
 */
#ifndef RF_TABLE_EDIT_H
#define RF_TABLE_EDIT_H

#include "table/table.h"

/* Bytes that are read, changed and written at a time. */
#define RF_TABLE_PIECE ((size_t)1 << 20)

/* ---- table/column/spec.c: what a column to make becomes in the header ---- */

typedef struct rf_spec_form {
  char form[64];  /* TFORMn */
  char dim[480];  /* TDIMn, "" for none */
  uint64_t bytes; /* of the field */
  const char *what;
} rf_spec_form;

/* Of a column of a binary table; checks all of the spec. `number` is 1-based, for messages. */
rf_status rf_spec_form_binary(const rf_column_spec *spec, unsigned number, rf_spec_form *form, rf_error *err);

/* Appends TTYPEn, TFORMn and the rest. */
rf_status rf_spec_cards_binary(rf_header *header, const rf_column_spec *spec, unsigned number, rf_error *err);

/* A copy of the caller's struct, as far as that goes. */
rf_status rf_spec_take(const rf_column_spec *from, size_t position, rf_column_spec *spec, rf_error *err);

/* ---- cards ---- */

rf_status rf_table_set_integer(rf_header *header, const char *keyword, uint64_t value, const char *comment,
                               rf_error *err);
/* ---- table/create.c ---- */

/* An extension needs a primary HDU before it: begins an empty one in an empty file, which is published or taken off
 * together with the extension. Exclusive lock held. */
rf_status rf_file_append_primary(rf_file *file, rf_error *err);

/* ---- table/column/keyword.c ---- */

/* Where in a keyword the numbers of columns stand ("TFORM12", "TCRPX3A", "2CTYP12", "TP3_4"): text[at[i]] is the first
 * of length[i] digits, which mean n[i]. Gives how many there are, 0 for any other keyword. */
typedef struct rf_keyword_columns {
  int count;
  size_t at[2];
  size_t length[2];
  unsigned n[2];
} rf_keyword_columns;
int rf_keyword_find_columns(const char *keyword, rf_keyword_columns *columns);

/* Appends the `span` cards of `from` at `index`, whose keyword is given, with the numbers that columns have now:
 * numbers[n] for column n, 0 for one that is gone, whose cards are left out. numbers NULL: as they are. */
rf_status rf_header_append_moved(rf_header *out, const rf_header *from, size_t index, size_t span, const char *keyword,
                                 const unsigned *numbers, rf_error *err);

/* A copy of the header of a table without the cards of column `without` (1-based, 0: none); numbers of columns from
 * `from` on get `shift` added. `cards` (may be NULL) are put in before those of column `from`, or behind those of the
 * last column. */
rf_status rf_header_renumber(const rf_header *header, unsigned without, unsigned from, int shift,
                             const rf_header *cards, rf_header **out, rf_error *err);

/* ---- table/write.c ---- */

/* Where rows are written and how. */
typedef struct rf_row_sink {
  rf_store *store;
  uint64_t data;      /* offset of the first row */
  uint64_t row_bytes; /* of the table */
  int blank;          /* what a new row is made of */
  bool fresh;         /* the rows are new: nothing of them is read */
  bool *written;      /* becomes true with the first byte */
} rf_row_sink;

typedef struct rf_write_plan rf_write_plan;

/* Checks requests and all their values against the table, which must live as long as the plan. */
rf_status rf_write_plan_new(const rf_table *table, const rf_row_selection *selection, const rf_column_request *requests,
                            size_t count, rf_write_plan **plan, rf_error *err);
void rf_write_plan_free(rf_write_plan *plan);

/* Writes the rows of the walk. */
rf_status rf_write_plan_run(const rf_write_plan *plan, const rf_row_selection *selection, const rf_row_sink *sink,
                            rf_error *err);

/* Writes one field of the rows of a walk: `step` has to be fit for rf_row_put and to have passed its check. */
rf_status rf_write_field(const rf_row_step *step, const rf_row_selection *selection, const rf_row_sink *sink,
                         rf_error *err);

/* Fields that are no requests and need no check, before the plan runs. */
rf_status rf_write_plan_add(rf_write_plan *plan, const rf_table *table, const rf_row_step *steps, size_t count,
                            rf_error *err);

/* rf_table_write and, in table/heap/write.c, rf_table_write_heap, with the lock held. */
rf_status rf_table_write_locked(rf_file *file, size_t index, const rf_rows *rows, const rf_column_request *requests,
                                size_t count, bool *written, rf_error *err);
rf_status rf_table_write_heap_locked(rf_file *file, size_t index, size_t column, const rf_rows *rows,
                                     const rf_heap_cells *cells, bool *written, rf_error *err);

/* A P column becomes Q. */
rf_status rf_heap_widen_locked(rf_file *file, size_t index, size_t column, bool *written, rf_error *err);

/* ---- table/rewrite.c ---- */

/* What becomes of the bytes of a row. */
typedef enum rf_row_mode {
  RF_ROW_COPY,
  RF_ROW_BLANK, /* `blank` of the rewriting */
  RF_ROW_WIDEN  /* P descriptor to Q */
} rf_row_mode;

typedef struct rf_row_part {
  rf_row_mode mode;
  uint64_t from;  /* in the old row */
  uint64_t to;    /* in the new one */
  uint64_t bytes; /* in the new one */
} rf_row_part;

/* Rows of other lengths, in place: in pieces, from the back when they grow. */
rf_status rf_rows_rewrite(rf_store *store, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                          const rf_row_part *parts, size_t count, int blank, rf_error *err);

/* Closes the gaps that the rows of a walk leave, which must ascend: the rows behind them move up, in pieces. */
rf_status rf_rows_squeeze(rf_store *store, uint64_t data, uint64_t nrows, uint64_t row_bytes,
                          const rf_row_selection *gone, rf_error *err);

/* ---- table/heap/repack.c ---- */

/* Writes the heap of a table, which has passed the checks of rf_table_editable or its like, without what no descriptor
 * points at, right behind the rows. *freed: bytes less. */
rf_status rf_heap_repack_locked(rf_file *file, size_t index, rf_hdu *hdu, const rf_table *table, uint64_t *freed,
                                bool *written, rf_error *err);

/* One of the public calls around what does it with the lock held. */
typedef rf_status rf_repack(rf_file *file, size_t index, uint64_t *freed, bool *written, rf_error *err);
rf_status rf_repack_call(rf_file *file, size_t index, rf_repack *step, uint64_t *freed, rf_error *err);

/* ---- table/resize.c ---- */

/* THEAP where there is a gap; none where the heap is right behind the rows, which is what its absence says. */
rf_status rf_table_set_heap_place(rf_header *header, uint64_t offset, uint64_t gap, rf_error *err);

/* The table of HDU `index` for editing: RF_ERR_TYPE for what is no table of its own, RF_ERR_UNSUPPORTED for GCOUNT
 * other than 1, RF_ERR_FORMAT for a heap that overlaps the rows. `gap` is that between rows and heap. */
rf_status rf_table_editable(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, uint64_t *gap,
                            rf_error *err);

/* Rows that are taken out have to ascend: RF_ERR_ARGUMENT. */
rf_status rf_row_selection_check_ascending(const rf_row_selection *selection, rf_error *err);

/* Writes `byte` over n bytes. */
rf_status rf_table_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err);

#endif
