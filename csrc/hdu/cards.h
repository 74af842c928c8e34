/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Headers of any cards.
 */
#ifndef RF_HDU_CARDS_H
#define RF_HDU_CARDS_H

#include "file/file.h"

/* Overwrites n bytes of the stored header from `offset` on; they are within it. The header must remain one of legal
 * cards. Exclusive lock held. */
rf_status rf_cards_patch_locked(rf_file *file, rf_hdu *hdu, uint64_t offset, const void *bytes, size_t n, bool *written,
                                rf_error *err);

#endif
