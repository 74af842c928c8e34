/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The state of a reader (store/filter/index/reader.h), and its repair.
 *
 * Threads: `mutex` guards all members. A thread does not hold it while it decodes or reads the store beneath: the
 * cursor and the chunk are its own then. Marks stay until the reader is closed.
 */
#ifndef RF_STORE_FILTER_INDEX_STATE_H
#define RF_STORE_FILTER_INDEX_STATE_H

#include "base/system/platform.h"
#include "store/filter/index/chunks.h"
#include "store/filter/index/reader.h"
#include "store/filter/index/scan.h"

/* Cursors that wait for a read that continues where they are. */
#define RF_IDLE_CURSORS 8

struct rf_indexed {
  rf_store *inner; /* borrowed */
  rf_indexed_options options;
  rf_mutex mutex;
  rf_cond changed; /* scanning, marks, failure, or a chunk */
  unsigned forks;  /* rf_fork_count() when a thread last had the mutex */

  rf_marks marks;
  bool kept;           /* marks are from an index that was kept, and unproven */
  unsigned generation; /* of the marks */
  rf_marks dropped[2]; /* marks that were wrong, because cursors may use them */
  bool plain;          /* members are not as their headers say */
  rf_chunks chunks;
  rf_cursor *idle[RF_IDLE_CURSORS];

  bool scanning;
  rf_scan scan;      /* of the scanning thread */
  rf_chunk *spare;   /* a pinned chunk for what the scan decodes; NULL: none */
  rf_status failure; /* the failure that ended the scan for good */
  rf_error failure_error;
};

/* Makes a state without marks. Returns NULL without memory. */
rf_indexed *rf_indexed_new(void);
void rf_indexed_free(rf_indexed *indexed);

/* Locks the mutex. In a forked child, the first call repairs the state. */
void rf_indexed_lock(rf_indexed *indexed);

/* Starts with one mark, at the beginning. Mutex held. */
rf_status rf_indexed_begin(rf_indexed *indexed, rf_error *err);

/* Drops marks that do not fit the file: once if they are from a kept index, once if members are not as their headers
 * say (`members`). The scan then decodes everything, and tells what is wrong. Mutex held. */
void rf_indexed_drop(rf_indexed *indexed, bool members);

#endif
