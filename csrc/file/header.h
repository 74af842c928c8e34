/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The headers of HDUs as they are stored.
 */
#ifndef RF_FILE_HEADER_H
#define RF_FILE_HEADER_H

#include "file/file.h"

/* Gets the header of an HDU, which belongs to the entry. Lock held, shared or exclusively. */
rf_status rf_file_header_locked(rf_file *file, rf_hdu *hdu, const rf_header **header, rf_error *err);

/* Parses the header of an HDU that the scan has just found, for the entry. scan_lock held. */
rf_status rf_file_keep_header_locked(rf_file *file, rf_hdu *hdu, rf_error *err);

/* Copies the stored header of an HDU. Lock held. */
rf_status rf_file_copy_header_locked(rf_file *file, rf_hdu *hdu, rf_header **header, rf_error *err);

/* Returns whether the header is parsed, or its stored bytes are in memory. Lock held. */
bool rf_file_is_header_known(rf_file *file, const rf_hdu *hdu);

/* Bytes of a stored header beyond what its cards need: blocks kept for more cards. */
uint64_t rf_hdu_spare_bytes(const rf_hdu *hdu, const rf_header *header);

#endif
