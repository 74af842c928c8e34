/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An edit of a file that is carried out as a whole or not at all. It is a store of its own that shows the file as it
 * will be: writes go to a pool, moves only change references. rf_edit_commit() then carries it out, through a trailer
 * (store/trailer/trailer.h) where that is needed.
 */
#ifndef RF_STORE_TRAILER_EDIT_H
#define RF_STORE_TRAILER_EDIT_H

#include "store/store.h"

typedef struct rf_edit rf_edit;

/* Tells whether edits of this store need a trailer. They do not if writes end with the process. */
bool rf_edit_is_wanted(const rf_store *store);

/* The new size is unknown until commit; the pool stays in memory until then. */
#define RF_EDIT_ANY_SIZE UINT64_MAX

/* Begins an edit of a file of old_size bytes that will have new_size. RF_ERR_CHANGED if the file has another size by
 * now. */
rf_status rf_edit_begin(rf_store *store, uint64_t old_size, uint64_t new_size, rf_edit **edit, rf_error *err);

/* Returns the store that shows the file as it will be. The edit owns it. */
rf_store *rf_edit_store(rf_edit *edit);

/* Frees the edit, without committing it. NULL is allowed. */
void rf_edit_free(rf_edit *edit);

/* ---- for callers that have a store and wonder whether it is an edit ---- */

/* Returns the edit of a store, or NULL. */
rf_edit *rf_edit_of(rf_store *store);

/* Writes n bytes of a header over an old one, which recovery compares with the file. */
rf_status rf_edit_header(rf_edit *edit, uint64_t offset, const void *bytes, size_t n, rf_error *err);

/* As rf_edit_header(), where the file and the edit so far have the n bytes `old`. */
rf_status rf_edit_header_over(rf_edit *edit, uint64_t offset, const void *old, const void *bytes, size_t n,
                              rf_error *err);

typedef enum rf_laid_kind { RF_LAID_COPY, RF_LAID_VALUES, RF_LAID_WIDEN } rf_laid_kind;

/* A part of a row. Bytes that no part covers are blank. */
typedef struct rf_laid_part {
  rf_laid_kind kind;
  uint64_t from; /* COPY, WIDEN: in the old row. VALUES: of rf_edit_values() */
  uint64_t to;
  uint64_t bytes; /* in the new row */
} rf_laid_part;

/* Changes the layout of nrows rows at `data`. *done is false if nothing was done, because the rows are not contiguous
 * in the old file or are too long; then the caller reads and writes. */
rf_status rf_edit_rows(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t old_bytes, uint64_t new_bytes,
                       const rf_laid_part *parts, size_t count, int blank, bool *done, rf_error *err);

/* Keeps those of nrows rows at `data` whose bit is set. Takes over `bits`, also on failure. */
rf_status rf_edit_keep(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint8_t *bits, uint64_t kept,
                       bool *done, rf_error *err);

/* Gives values to bytes [low, low + n) of nrows rows at `data`, whose layout this edit changed and which no part
 * covers. *place receives room for the values. *done is false if nothing was done. */
rf_status rf_edit_field(rf_edit *edit, uint64_t data, uint64_t nrows, uint64_t row_bytes, uint64_t low, uint64_t n,
                        uint64_t *place, bool *done, rf_error *err);

/* Reserves room in the pool for values of rows, and writes them. */
rf_status rf_edit_values(rf_edit *edit, uint64_t bytes, uint64_t *place, rf_error *err);
rf_status rf_edit_put_values(rf_edit *edit, uint64_t place, const void *bytes, size_t n, rf_error *err);

/* For tests: sets the size of halves (0: default), and whether sums cover all bytes. */
void rf_edit_tune(uint64_t half_bytes, bool whole);

#endif
