/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a file that is carried out as a whole or not at all. It is a store of its own, which shows the file as it
 * will be: what is written to it goes to a pool, what is moved is taken from where it is. rf_edit_commit then does all
 * of it, through a trailer (store/trailer/trailer.h) where that is needed.
 */
#ifndef RF_STORE_TRAILER_EDIT_H
#define RF_STORE_TRAILER_EDIT_H

#include "store/store.h"

typedef struct rf_edit rf_edit;

/* Is there anything to gain? Not where what is written is gone with the process anyway. */
bool rf_edit_is_wanted(const rf_store *store);

/* The size is known when all is recorded: until then the pool stays in memory. */
#define RF_EDIT_ANY_SIZE UINT64_MAX

/* Begins an edit of a file of old_size bytes (RF_ERR_CHANGED when it has another size by now) that will have new_size.
 */
rf_status rf_edit_begin(rf_store *store, uint64_t old_size, uint64_t new_size, rf_edit **edit, rf_error *err);

/* The file as it will be, for all that takes a store. Freed with the edit. */
rf_store *rf_edit_store(rf_edit *edit);

/* Frees the edit; what was not committed has not been. NULL allowed. */
void rf_edit_free(rf_edit *edit);

/* ---- for callers that have a store and wonder whether it is an edit ---- */

/* The edit behind a store, or NULL. */
rf_edit *rf_edit_of(rf_store *store);

/* Writes n bytes of a header that takes the place of another one, which is compared when an interrupted edit is
 * finished. */
rf_status rf_edit_header(rf_edit *edit, uint64_t offset, const void *bytes, size_t n, rf_error *err);

/* The same where the file, and the edit so far, have the n bytes `old` there. */
rf_status rf_edit_header_over(rf_edit *edit, uint64_t offset, const void *old, const void *bytes, size_t n,
                              rf_error *err);

typedef enum rf_laid_kind { RF_LAID_COPY, RF_LAID_VALUES, RF_LAID_WIDEN } rf_laid_kind;

/* A part of a row; what no part covers is blank. */
typedef struct rf_laid_part {
  rf_laid_kind kind;
  uint64_t from; /* COPY, WIDEN: in the old row. VALUES: of rf_edit_values */
  uint64_t to;
  uint64_t bytes; /* in the new row */
} rf_laid_part;

/* Lays nrows rows at `data` out in another way. *done false: nothing was done, because these rows are not, byte for
 * byte, a stretch of the file as it is, or are too long; the caller reads and writes. */
rf_status rf_edit_rows(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                       const rf_laid_part *parts, size_t count, int blank, bool *done, rf_error *err);

/* Of nrows rows at `data` keeps those whose bit is set. Takes `bits` over, whatever it returns. */
rf_status rf_edit_keep(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint8_t *bits, uint64_t kept,
                       bool *done, rf_error *err);

/* Bytes [low, low + n) of each of nrows rows at `data`, which were laid out in this edit and have nothing there yet,
 * get values, for which there is room at *place. *done false: it is not so, and nothing was done. */
rf_status rf_edit_field(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint64_t low, uint64_t n,
                        uint64_t *place, bool *done, rf_error *err);

/* Room in the pool for values of rows, and writing them. */
rf_status rf_edit_values(rf_edit *edit, uint64_t bytes, uint64_t *place, rf_error *err);
rf_status rf_edit_put_values(rf_edit *edit, uint64_t place, const void *bytes, size_t n, rf_error *err);

/* For tests: halves of so many bytes (0: the default), and whether sums are of all bytes. */
void rf_edit_tune(uint64_t half_bytes, bool whole);

#endif
