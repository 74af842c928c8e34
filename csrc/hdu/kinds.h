/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The kinds of HDU that this library knows.
 */
#ifndef RF_HDU_KINDS_H
#define RF_HDU_KINDS_H

#include "file/hdu.h"

/* Ends with NULL. The first row that recognises a header wins; the last one recognises every header. */
extern const rf_hdu_ops *const rf_hdu_kinds[];

#endif
