/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An open FITS file: a store, the index of its HDUs found so far, and the locks around both.
 *
 * Locks: `shared->lock`, "the lock", is one for all handles of a file (file/shared.h). It is held shared by calls
 * that read pixels, headers or properties, and exclusively by calls that write. `scan_lock` lets one thread at a time
 * extend the index while others hold the lock shared; an entry that is in the index never moves and changes only under
 * the exclusive lock. Order: the lock, then scan_lock, then index_lock; the lock, then that of the registry. A call
 * that needs the locks of two files takes them in the order of the addresses of their rf_shared. Functions here with
 * the suffix _locked need the lock held as their comment says and do not take it.
 *
 * The state of a handle (its index, parsed headers, decoded tiles) is valid for `seen_writes` and `foreign`. A call
 * first compares these with shared->writes and shared->foreign, and drops invalid state (file/access.c). Pending work
 * of one handle is flushed before another handle reads or writes.
 */
#ifndef RF_FILE_FILE_H
#define RF_FILE_FILE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/system/platform.h"
#include "file/hdu.h"
#include "file/shared.h"
#include "store/store.h"

/* The session of an entry that was dropped from the index and not found again yet. */
typedef struct rf_kept_session {
  size_t index;
  const rf_hdu_ops *ops;
  void *session;
} rf_kept_session;

struct rf_file {
  atomic_size_t holders;          /* the caller, and each object that refers to the handle: the last one frees it */
  const rf_hdu_ops *const *kinds; /* ends with NULL; hdu/kinds.c */
  rf_store *store;
  bool in_order;      /* rf_store_profile.in_order */
  bool atomic;        /* closing puts all changes in place at once, or none */
  char *name;         /* for messages and rf_file_get_name: outlives the store */
  rf_options options; /* .limits points at the next member; .remote and .schemes are NULL */
  rf_limits limits;
  rf_shared *shared;
  uint64_t seen_writes; /* rf_shared.writes, .foreign and .taints that this handle knows of. Exclusive lock held */
  uint64_t foreign;
  uint64_t accepted; /* rf_shared.foreign up to which this handle may write */
  uint64_t taints;
  int64_t named_changed; /* rf_file_stamp.changed and .links at which the name of the file last led to it */
  uint64_t named_links;
  rf_kept_session *sessions;
  size_t session_count;
  rf_mutex scan_lock;
  rf_hdu **hdus; /* found so far; grown under scan_lock, so read it there or through rf_file_hdu_locked */
  size_t hdu_count;
  size_t hdu_capacity;
  /* A scan of a remote file takes long, and calls that need known entries do not wait for it. Entries below `known` of
   * a file that is only read never change. index_lock is held briefly. */
  rf_mutex index_lock;
  size_t known;
  uint64_t ahead_until; /* headers up to here were prefetched (file/scan/ahead.c) */
  size_t ahead_guesses;
  bool scanned;          /* the scan has reached the end */
  rf_status scan_status; /* the failure that ended the scan; later calls that need more HDUs return it */
  rf_error scan_error;
  uint64_t scan_offset; /* where the next HDU would begin */
  size_t header_guess;  /* bytes of the last found header, up to and with END */
  bool block_unsure;    /* the last block of that header was not read completely */
  /* file/warning.h. Grow under index_lock. */
  rf_error *warnings;
  atomic_size_t warning_count;
  uint32_t warning_kinds;
  bool discarded; /* rf_file_discard() was called */
  /* Number of unpublished HDUs, the last ones of the index: 0, 1, or 2 for an empty primary HDU with its extension.
   * Changes under the exclusive lock. */
  size_t making;
  const void *maker;    /* the thread that makes them (rf_thread_mark) */
  unsigned maker_forks; /* rf_fork_count() there */
  unsigned changing;    /* 0, or rf_fork_count() + 1 of the process that changes the handle under the exclusive lock */
  uint64_t making_missing; /* bytes of padding that the file lacks before them */
  char *making_header;     /* NULL, or the bytes of the header of the last one */
  uint8_t *making_data;    /* NULL, or the data unit of the last one, not in the file yet */
  bool tainted;
  char taint[256];
  const rf_error *write_error; /* the error of the running write: the reason of a taint */
  bool closed; /* set by rf_file_close() under the exclusive lock; store is NULL then. Every function that
                  uses the store returns RF_ERR_CLOSED */
};

/* The `index` of a call that is not about an HDU. */
#define RF_NO_HDU SIZE_MAX

/* The `index` of a call that has read nothing from the file. */
#define RF_NOT_READ (SIZE_MAX - 1)

/* The public functions without "_with" for files with these kinds of HDU, a list that ends with NULL and outlives them.
 * Its last row recognises every header. */
rf_status rf_file_open_with(const rf_hdu_ops *const *kinds, const char *name, rf_mode mode, const rf_options *options,
                            rf_file **file, rf_error *err);
rf_status rf_file_open_bytes_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, rf_mode mode,
                                  const rf_options *options, rf_file **file, rf_error *err);
rf_status rf_file_open_view_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, const rf_options *options,
                                 rf_file **file, rf_error *err);
rf_status rf_file_open_transport_with(const rf_hdu_ops *const *kinds, const rf_transport *transport, const char *name,
                                      rf_mode mode, const rf_options *options, rf_file **file, rf_error *err);
rf_status rf_file_open_driver_with(const rf_hdu_ops *const *kinds, const rf_driver *driver, const char *name,
                                   rf_mode mode, const rf_options *options, rf_file **file, rf_error *err);

/* Adds a holder of the handle, and drops one. What a dropped caller leaves is closed: calls return RF_ERR_CLOSED. */
void rf_file_hold(rf_file *file);
void rf_file_drop(rf_file *file);

/* Returns whether the process was forked while another thread changed this handle or made HDUs with it. Lock held,
 * shared or exclusively. */
static inline bool rf_file_is_abandoned(const rf_file *file) {
  return (file->changing != 0 && file->changing != rf_fork_count() + 1) ||
         (file->making > 0 && file->maker_forks != rf_fork_count());
}

/* Returns whether this thread sees the HDU. Only the thread that began an unpublished HDU sees it. */
static inline bool rf_file_is_visible(const rf_file *file, const rf_hdu *hdu) {
  return !hdu->unpublished || file->maker == rf_thread_mark();
}

#endif
