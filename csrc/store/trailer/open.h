/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What opening a file does about the trailer of an edit.
 */
#ifndef RF_STORE_TRAILER_OPEN_H
#define RF_STORE_TRAILER_OPEN_H

#include "store/store.h"

/* As rf_store_stamp(), when no other process edits the file; waits for the end of an edit. RF_ERR_LOCKED: the edit goes
 * on. RF_ERR_INTERRUPTED: it was interrupted after bytes had moved. */
rf_status rf_trailer_stamp_whole(rf_store *store, rf_file_stamp *stamp, rf_error *err);

/* Handles a trailer at opening. Does nothing if the size is not that of a file with one. For writing, finishes the edit
 * and sets store->notice; for reading, makes *store the file as it will be. RF_ERR_INTERRUPTED: the file cannot be
 * shown, or does not fit the trailer. RF_ERR_LOCKED: another process edits it. `alone`: no other handle has this file,
 * so no lock is needed. The caller closes the store, also on failure. */
rf_status rf_trailer_open(rf_store *store, rf_mode mode, const rf_options *options, bool alone, rf_error *err);

#endif
