/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One column of a request: how its fields become cells in memory, and cells fields.
 */
#ifndef RF_TABLE_ROWS_STEP_H
#define RF_TABLE_ROWS_STEP_H

#include "table/table.h"
#include "value/convert.h"

struct rf_row_step;

/* Turns `count` fields, the first at src and the others src_stride bytes apart, into cells: the first at dest, mask as
 * in rf_column_request (NULL: none). On failure *bad is the number of the field. */
typedef rf_status (*rf_row_run)(const struct rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count,
                                uint8_t *dest, uint8_t *mask, size_t *bad, rf_error *err);

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
  bool blanks;       /* strings: trailing blanks are kept */
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

/* rf_row_format.read_step of binary tables: sets run and sizes of *step. */
rf_status rf_row_step_binary(rf_row_step *step, const rf_column *column, const rf_column_request *request,
                             rf_error *err);

/* Makes the mask of `count` fields, for a step with mask_apart. */
void rf_row_step_mask(const rf_row_step *step, const uint8_t *src, ptrdiff_t src_stride, size_t count, uint8_t *mask);

/* RF_ERR_TYPE or RF_ERR_ARGUMENT where values of this type cannot be read or written. */
rf_status rf_row_type_check(const rf_column *column, rf_dtype type, uint32_t flags, rf_error *err);

/* A step that converts elements of a binary table's column wherever they are: with rf_row_convert, and
 * rf_row_step_mask after count and mask_stride were set. The type has been checked. */
void rf_row_step_elements(rf_row_step *step, const rf_column *column, rf_dtype type, bool raw);

/* Converts contiguous elements; no strings to be stripped, no bits. */
void rf_row_convert(const rf_row_step *step, uint8_t *dst, const uint8_t *src, size_t elements);

/* Unpacks bits to bytes; the top bit of a byte is the first. */
void rf_bits_unpack(uint8_t *dst, const uint8_t *src, size_t bits);

#endif
