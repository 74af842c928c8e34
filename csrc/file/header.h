/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The headers of HDUs as they are stored.
 */
#ifndef RF_FILE_HEADER_H
#define RF_FILE_HEADER_H

#include "file/file.h"

/* Gets the header of an HDU, which belongs to the entry. Lock held, shared or exclusively. */
rf_status rf_file_header_locked(rf_file *file, rf_hdu *hdu, const rf_header **header, rf_error *err);

/* Bytes of a stored header beyond what its cards need: blocks kept for more cards. */
uint64_t rf_hdu_spare_bytes(const rf_hdu *hdu, const rf_header *header);

#endif
