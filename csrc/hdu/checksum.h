/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DATASUM and CHECKSUM.
 */
#ifndef RF_HDU_CHECKSUM_H
#define RF_HDU_CHECKSUM_H

#include "file/file.h"

/* Does what rf_hdu_add_checksum() does, for a new HDU: writes only its own sums, and keeps blank cards. Exclusive lock
 * held. */
rf_status rf_checksum_own_locked(rf_file *file, size_t index, bool with_checksum, bool *written, rf_error *err);

#endif
