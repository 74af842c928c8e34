/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How an HDU in a file grows and shrinks, and how the HDUs behind it move.
 */
#ifndef RF_FILE_LAYOUT_H
#define RF_FILE_LAYOUT_H

#include "file/file.h"
#include "store/trailer/edit.h"

/* Puts the bytes of a data unit where its new header will say they are. `data` is its offset in the store. */
typedef struct rf_rearrange {
  rf_status (*run)(void *context, rf_store *store, uint64_t data, rf_error *err);
  void *context;
  bool fresh; /* nothing moves, and all that is written goes where no HDU has bytes: padding, a gap, behind the end */
} rf_rearrange;

/* Gives HDU `index` a header and a data size at once: shifts what follows (in both directions), zeroes new data bytes
 * and padding, rewrites the header, refreshes the index. `rearrange` (may be NULL) is called before the header is
 * written: where the data grows, after there is room for all of it; else before anything has moved, and it must leave
 * what stays in the first data_bytes bytes. Exclusive lock held; *written becomes true when the first byte changed. */
rf_status rf_file_rearrange_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                   const rf_rearrange *rearrange, bool *written, rf_error *err);

/* The same without rearranging: data that gets shorter loses its end. */
rf_status rf_file_resize_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                bool *written, rf_error *err);

/* Calls `run`, which may make several edits, so that all of them are one: after a kill all are there, or none. Where
 * what is written is gone with the process, and for HDUs that are being made, `run` is just called. Exclusive lock
 * held. */
rf_status rf_file_edit_as_one(rf_file *file,
                              rf_status (*run)(void *context, rf_file *file, bool *written, rf_error *err),
                              void *context, bool *written, rf_error *err);

/* Writes `byte` over [from, to). */
rf_status rf_layout_fill(rf_file *file, uint64_t from, uint64_t to, int byte, rf_error *err);

/* The bytes of a header as the file will have them: at least `least` bytes. *bytes is freed with rf_free. RF_ERR_LIMIT
 * beyond the limit of the file. */
rf_status rf_layout_format_header(const rf_file *file, const rf_header *header, uint64_t least, char **bytes, size_t *n,
                                  rf_error *err);

/* RF_ERR_LIMIT for a header of so many bytes that the limit of the file forbids it. */
rf_status rf_layout_check_header(const rf_file *file, uint64_t bytes, rf_error *err);

/* Fills *hdu from a header that is about to be written. RF_ERR_ARGUMENT where it does not begin with SIMPLE (primary)
 * or XTENSION. */
rf_status rf_layout_parse_header(const rf_file *file, const rf_header *header, bool primary, rf_hdu *hdu,
                                 rf_error *err);

/* A kill can tear a write where a page of the file ends, and nowhere else. Pages have this many bytes, or a multiple.
 */
#define RF_PAGE_BYTES ((uint64_t)4096)
static inline bool rf_layout_crosses_page(uint64_t offset, uint64_t n) {
  return n > 0 && offset / RF_PAGE_BYTES != (offset + n - 1) / RF_PAGE_BYTES;
}

/* An edit (store/trailer/edit.h) of bytes that are there: all of them change, or none. Where rf_edit_is_wanted. */
rf_status rf_layout_begin_patch(rf_file *file, rf_edit **edit, rf_error *err);

/* Tells all that keep facts of the file that they have changed. */
void rf_layout_count_edit(rf_file *file);

#endif
