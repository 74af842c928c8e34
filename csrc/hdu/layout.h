/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What appending an HDU (append.c) and changing one (layout.c) share. The exclusive lock of the file is held in all of
 * these functions.
 */
#ifndef RF_HDU_LAYOUT_H
#define RF_HDU_LAYOUT_H

#include "hdu/file.h"

/* Writes `byte` over [from, to). */
rf_status rf_layout_fill(rf_file *file, uint64_t from, uint64_t to, int byte, rf_error *err);

/* The bytes of a header as the file will have them: at least `least` bytes. *bytes is freed with rf_free. RF_ERR_LIMIT
 * beyond the limit of the file. */
rf_status rf_layout_format_header(const rf_file *file, const rf_header *header, uint64_t least, char **bytes, size_t *n,
                                  rf_error *err);

/* Fills *hdu from a header that is about to be written. RF_ERR_ARGUMENT where it does not begin with SIMPLE (primary)
 * or XTENSION. */
rf_status rf_layout_parse_header(const rf_header *header, bool primary, rf_hdu *hdu, rf_error *err);

/* Tells all that keep facts of the file that they have changed. */
void rf_layout_count_edit(rf_file *file);

#endif
