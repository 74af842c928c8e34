/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cards that an edit of a header leaves alone: they describe the data.
 */
#ifndef RF_HEADER_PROTECTED_H
#define RF_HEADER_PROTECTED_H

#include "base/error.h"

/* RF_OK when the protected cards of both are the same: same keywords, same values, same order; else
 * RF_ERR_PROTECTED naming the first difference. CHECKSUM, DATASUM, ZHECKSUM and ZDATASUM count. */
rf_status rf_header_same_structure(const rf_header *old_header, const rf_header *new_header, rf_error *err);

#endif
