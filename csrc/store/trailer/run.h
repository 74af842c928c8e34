/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Carries an edit out.
 */
#ifndef RF_STORE_TRAILER_RUN_H
#define RF_STORE_TRAILER_RUN_H

#include "store/trailer/progress.h"

/* Finishes the edit from progress `at` on, and truncates the trailer. */
rf_status rf_trailer_finish(rf_store *store, const rf_trailer *trailer, rf_edit_progress at, rf_error *err);

#endif
