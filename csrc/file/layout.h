/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What appending an HDU (file/append.c) and changing one (file/layout.c) share. The exclusive lock of the file is held
 * in all of these functions.
 */
#ifndef RF_FILE_LAYOUT_H
#define RF_FILE_LAYOUT_H

#include "file/file.h"
#include "store/trailer/edit.h"

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

/* file/unpublished.c: makes the file have all data of an HDU that is being made: zeros where nothing was written. The
 * second one only where the HDU is compressed. */
rf_status rf_unpublished_fill(rf_file *file, const rf_hdu *hdu, rf_error *err);
rf_status rf_unpublished_fill_tiles(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Can the data unit stay in memory (rf_file.making_data) until the HDU is published? Its bytes are then to be all of
 * the data unit as they are to stand in the file. Exclusive lock held, here and below. */
bool rf_unpublished_can_hold(const rf_file *file, const rf_hdu *hdu);

/* Has this thread made an HDU whose data unit is in memory? */
bool rf_unpublished_holds(const rf_file *file);

/* Writes that data unit to the file. When that fails the HDU is taken off. */
rf_status rf_unpublished_flush(rf_file *file, rf_error *err);

/* rf_file_rearrange_locked of an HDU that is being made, the last one. *fresh has the facts and a copy
 * of its new header, and gets its offsets. Nothing has to stay readable meanwhile: data move plainly, `run` is called
 * when they are in their place whether they grow or not, and no header is written. */
rf_status rf_unpublished_rearrange(rf_file *file, const rf_hdu *hdu, rf_hdu *fresh, const rf_rearrange *rearrange,
                                   rf_error *err);

#endif
