/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How an HDU in a file grows and shrinks, and how the HDUs after it move.
 */
#ifndef RF_FILE_LAYOUT_H
#define RF_FILE_LAYOUT_H

#include "file/file.h"
#include "store/trailer/edit.h"

/* Moves the bytes of a data unit to the places that its new header describes. `data` is its offset in the store. */
typedef struct rf_rearrange {
  rf_status (*run)(void *context, rf_store *store, uint64_t data, rf_error *err);
  void *context;
  bool fresh; /* nothing moves; it writes only to bytes that no HDU uses: padding, a gap, after the end */
  bool whole; /* the HDU had no data: it makes all of them, and the call writes nothing to them afterwards */
} rf_rearrange;

/* Changes the header and the data size of HDU `index` together: moves the HDUs after it, zeroes new data and padding,
 * writes the header, updates the index. `rearrange` (may be NULL) runs before the header is written. If the data grow,
 * it runs when there is room for all of them. Otherwise it runs before anything moves, and must leave the remaining
 * data in the first data_bytes bytes. Exclusive lock held. *written becomes true with the first changed byte. */
rf_status rf_file_rearrange_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                   const rf_rearrange *rearrange, bool *written, rf_error *err);

/* Does the same without `rearrange`: data that shrink lose their end. */
rf_status rf_file_resize_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                bool *written, rf_error *err);

/* Replaces the header of a published HDU by `bytes`, n of them: cards, END and padding in whole blocks, at least as
 * many as it has. The cards describe any HDU. Its data and the HDUs after it stay: RF_ERR_FORMAT if the next one does
 * not begin where the data end by the new header, RF_ERR_TRUNCATED if the file ends before. Exclusive lock held. */
rf_status rf_file_replace_header_locked(rf_file *file, size_t index, const char *bytes, size_t n, bool *written,
                                        rf_error *err);

/* Calls `run`, whose edits count as one: after a kill, the file has all of them or none. If the file does not outlive
 * the process, or has unpublished HDUs, it only calls `run`. Exclusive lock held. */
rf_status rf_file_edit_as_one(rf_file *file,
                              rf_status (*run)(void *context, rf_file *file, bool *written, rf_error *err),
                              void *context, bool *written, rf_error *err);

/* Fills [from, to) with `byte`. */
rf_status rf_layout_fill(rf_file *file, uint64_t from, uint64_t to, int byte, rf_error *err);

/* Formats a header for the file, in at least `least` bytes. The caller frees *bytes by rf_free(). Returns RF_ERR_LIMIT
 * beyond rf_limits.header_bytes. */
rf_status rf_layout_format_header(const rf_file *file, const rf_header *header, uint64_t least, char **bytes, size_t *n,
                                  rf_error *err);

/* Returns the bytes that the header of `need` bytes takes in the place of that of `hdu`: at least as many as before,
 * and spare room if it grows. */
uint64_t rf_layout_choose_room(const rf_file *file, const rf_hdu *hdu, uint64_t need);

/* Returns RF_ERR_LIMIT if a header of so many bytes is beyond rf_limits.header_bytes. */
rf_status rf_layout_check_header(const rf_file *file, uint64_t bytes, rf_error *err);

/* Fills *hdu from a header that is about to be written. Returns RF_ERR_ARGUMENT if it does not begin with SIMPLE
 * (`primary`) or XTENSION. */
rf_status rf_layout_parse_header(const rf_file *file, const rf_header *header, bool primary, rf_hdu *hdu,
                                 rf_error *err);

/* Does the same for `count` cards, or those before END. */
rf_status rf_layout_parse_cards(const rf_file *file, const char *cards, size_t count, bool primary, rf_hdu *hdu,
                                rf_error *err);

/* A kill can interrupt a write only between pages of the file. Pages have this many bytes, or a multiple. */
#define RF_PAGE_BYTES ((uint64_t)4096)
static inline bool rf_layout_crosses_page(uint64_t offset, uint64_t n) {
  return n > 0 && offset / RF_PAGE_BYTES != (offset + n - 1) / RF_PAGE_BYTES;
}

/* Begins an edit (store/trailer/edit.h) of existing bytes: all of them change, or none. For files for which
 * rf_edit_is_wanted() is true. */
rf_status rf_layout_begin_patch(rf_file *file, rf_edit **edit, rf_error *err);

/* Begins an edit that moves bytes: the file will have new_size bytes. Returns RF_ERR_INTERRUPTED if it has remains of
 * an interrupted edit. For files for which rf_edit_is_wanted() is true. */
rf_status rf_layout_begin_move(rf_file *file, uint64_t new_size, rf_edit **edit, rf_error *err);

/* Counts an edit: state that callers keep about the file becomes invalid. */
void rf_layout_count_edit(rf_file *file);

#endif
