/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Carries an edit out, through a trailer where that is needed.
 */
#ifndef RF_STORE_TRAILER_COMMIT_H
#define RF_STORE_TRAILER_COMMIT_H

#include <stdbool.h>

#include "store/trailer/edit.h"

/* Carries the edit out. On failure, *written tells whether bytes of the file were changed; then the next open for
 * writing finishes the edit. If it is false, the file is unchanged. */
rf_status rf_edit_commit(rf_edit *edit, bool *written, rf_error *err);

#endif
