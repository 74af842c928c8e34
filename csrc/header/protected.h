/* SPDX-License-Identifier: BSD-3-Clause
 *
 * protected.c: cards that an edit of a header must keep, because they describe the data.
 */
#ifndef RF_HEADER_PROTECTED_H
#define RF_HEADER_PROTECTED_H

#include "base/error.h"

/* Checks that both headers have the same protected keywords (CHECKSUM and DATASUM too) with the same values in the same
 * order. RF_ERR_PROTECTED names the first difference. */
rf_status rf_header_same_structure(const rf_header *old_header, const rf_header *new_header, rf_error *err);

#endif
