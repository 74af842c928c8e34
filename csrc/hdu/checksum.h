/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DATASUM and CHECKSUM.
 */
#ifndef RF_HDU_CHECKSUM_H
#define RF_HDU_CHECKSUM_H

#include "file/file.h"

/* rf_hdu_add_checksum under the exclusive lock, for an HDU that has been written just now: its own sums only, and blank
 * cards stay. */
rf_status rf_checksum_own_locked(rf_file *file, size_t index, bool with_checksum, bool *written, rf_error *err);

#endif
