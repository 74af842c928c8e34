/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compares a file with the trailer at its end.
 */
#ifndef RF_STORE_TRAILER_CHECK_H
#define RF_STORE_TRAILER_CHECK_H

#include "store/trailer/progress.h"

/* Compares the file with the trailer and gets the progress of the edit. Writes nothing. */
rf_status rf_trailer_check(rf_store *store, const rf_trailer *trailer, rf_edit_progress *progress, rf_error *err);

#endif
