/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What opening a file does about the trailer of an edit.
 */
#ifndef RF_STORE_TRAILER_OPEN_H
#define RF_STORE_TRAILER_OPEN_H

#include "store/store.h"

/* The same as rf_store_stamp, when no other process is editing the file: waits for the end of an edit. Failure:
 * RF_ERR_LOCKED while it goes on, RF_ERR_INTERRUPTED where it was interrupted when bytes had moved. */
rf_status rf_trailer_stamp_whole(rf_store *store, rf_file_stamp *stamp, rf_error *err);

/* What opening does about a trailer: nothing where the size is not that of a file with one. For writing it finishes the
 * edit, which store->notice then tells; for reading it makes *store the file as it will be. Failure:
 * RF_ERR_INTERRUPTED where the file cannot be shown, or file and trailer do not fit each other; RF_ERR_LOCKED while
 * another process is at work. `alone`: no other handle has this file, so no lock is needed. The caller closes the
 * store, whatever this returns. */
rf_status rf_trailer_open(rf_store *store, rf_mode mode, const rf_options *options, bool alone, rf_error *err);

#endif
