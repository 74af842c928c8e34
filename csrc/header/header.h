/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The life of a header: parsing, copying, and its form in a file.
 */
#ifndef RF_HEADER_HEADER_H
#define RF_HEADER_HEADER_H

#include "base/error.h"

/* Says how texts of the header are read: `flags` as for rf_header_parse. */
void rf_header_set_flags(rf_header *header, uint32_t flags);

/* Writes cards, END and padding: rf_header_get_file_bytes() bytes, or more when `bytes` is larger (a multiple of 2880).
 * More means blank cards and END at the beginning of the last block, as cfitsio does; rf_header_parse takes such cards
 * for padding. */
void rf_header_format(const rf_header *header, void *out, uint64_t bytes);

#endif
