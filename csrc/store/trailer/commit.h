/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Carries an edit out, through a trailer where that is needed.
 */
#ifndef RF_STORE_TRAILER_COMMIT_H
#define RF_STORE_TRAILER_COMMIT_H

#include <stdbool.h>

#include "store/trailer/edit.h"

/* Carries the edit out. *written: a failure has come when bytes of the file were changed already; then the next open
 * for writing finishes the edit. Otherwise a failure leaves the file as it was. */
rf_status rf_edit_commit(rf_edit *edit, bool *written, rf_error *err);

#endif
