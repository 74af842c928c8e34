/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the calls that make and change tables share.
 */
#ifndef RF_HDU_TABLE_EDIT_H
#define RF_HDU_TABLE_EDIT_H

#include "hdu/table.h"

/* Bytes that are read, changed and written at a time. */
#define RF_TABLE_PIECE ((size_t)1 << 20)

/* ---- column_spec.c: what a column to make becomes in the header ---- */

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
rf_status rf_table_set_text(rf_header *header, const char *keyword, unsigned number, const char *text, rf_error *err);

/* n of a keyword that names a column ("TFORM12", "TCRPX3", "12CTYP3" ...), 0 for any other. */
unsigned rf_column_of_keyword(const char *keyword);

/* ---- table_write.c ---- */

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
rf_status rf_write_plan_new(const rf_table *table, const rf_row_walk *walk, const rf_column_request *requests,
                            size_t count, rf_write_plan **plan, rf_error *err);
void rf_write_plan_free(rf_write_plan *plan);

/* Writes the rows of the walk. */
rf_status rf_write_plan_run(const rf_write_plan *plan, const rf_row_walk *walk, const rf_row_sink *sink, rf_error *err);

/* ---- table_resize.c ---- */

/* The table of HDU `index` for editing: RF_ERR_TYPE for what is no table of its own, RF_ERR_UNSUPPORTED for GCOUNT
 * other than 1, RF_ERR_FORMAT for a heap that overlaps the rows. `gap` is that between rows and heap. */
rf_status rf_table_editable(rf_file *file, size_t index, rf_hdu **hdu, const rf_table **table, uint64_t *gap,
                            rf_error *err);

/* Writes `byte` over n bytes. */
rf_status rf_table_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err);

#endif
