/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Turns what an edit records into steps.
 */
#ifndef RF_STORE_TRAILER_PLAN_H
#define RF_STORE_TRAILER_PLAN_H

#include "store/trailer/internal.h"

/* Fills in the steps and pairs of `trailer`, which has its sizes already. The pool may grow. */
rf_status rf_edit_plan(rf_edit *edit, rf_trailer *trailer, rf_error *err);

/* Fills in the guards of a planned trailer, before old bytes are overwritten. */
rf_status rf_edit_guard(rf_edit *edit, rf_trailer *trailer, rf_error *err);

#endif
