/* SPDX-License-Identifier: BSD-3-Clause
 *
 * header.c: creating headers, and their form in a file.
 */
#ifndef RF_HEADER_HEADER_H
#define RF_HEADER_HEADER_H

#include "base/error.h"

/* Sets how the header is read: `flags` as for rf_header_parse(). */
void rf_header_set_flags(rf_header *header, uint32_t flags);

/* Writes cards, END and padding to `out`. `bytes` is a multiple of 2880, at least rf_header_get_file_bytes(). Where it
 * is larger, END begins the last block, after blank cards, as cfitsio writes it; rf_header_parse() skips such cards. */
void rf_header_format(const rf_header *header, void *out, uint64_t bytes);

#endif
