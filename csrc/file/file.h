/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An open FITS file: a store, the index of its HDUs found so far, and the locks around both.
 *
 * Locks: `shared->lock`, "the lock", is one for all handles of a file (file/shared.h). It is held shared by everything
 * that reads pixels, headers or facts, and exclusively by what writes. `scan_lock` lets one thread at a time extend the
 * index while others hold the lock shared; an entry that is in the index never moves and changes only under the
 * exclusive lock. Order: the lock, then scan_lock, then index_lock; the lock, then that of the registry. A call that
 * needs the locks of two files takes them in the order of the addresses of their rf_shared. Functions here with the
 * suffix _locked need the lock held as their comment says and do not take it.
 *
 * What a handle knows (its index, parsed headers, decoded tiles) is true for `seen_writes` and `foreign`. A call begins
 * by comparing these with shared->writes and shared->foreign, and drops what is true no more (file/access.c). Work that
 * one handle has put off is done before another handle reads or writes.
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

/* What a kind keeps for an entry that was dropped and not found again yet. */
typedef struct rf_kept_session {
  size_t index;
  const rf_hdu_ops *ops;
  void *session;
} rf_kept_session;

struct rf_file {
  const rf_hdu_ops *const *kinds; /* ends with NULL; hdu/kinds.c */
  rf_store *store;
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
  /* A file that is only read may be remote, and a scan then takes long: nobody who wants what was found has to wait for
   * it. Entries below `known` do not change any more; index_lock is held for moments only. */
  rf_mutex index_lock;
  size_t known;
  uint64_t ahead_until; /* headers up to here were fetched on a guess (file/scan/ahead.c) */
  size_t ahead_guesses;
  bool scanned;          /* the end was reached */
  rf_status scan_status; /* failure that ended the scan, repeated to everyone who asks for more */
  rf_error scan_error;
  uint64_t scan_offset; /* where the next HDU would begin */
  size_t header_guess;  /* bytes that the header found last took up to END */
  bool block_unsure;    /* of that header's last block not all was seen */
  /* What was odd (file/warning.h): grows under index_lock. */
  rf_error *warnings;
  atomic_size_t warning_count;
  uint32_t warning_kinds;
  bool discarded; /* what is not in the file yet is not to get there */
  /* HDUs that are being made, the last ones of the index: 0, 1, or 2 where an empty primary comes with its extension.
   * Changes under the exclusive lock. */
  size_t making;
  const void *maker;    /* the thread that makes them (rf_thread_mark) */
  unsigned maker_forks; /* rf_fork_count() there */
  unsigned changing;    /* 0, or rf_fork_count() + 1 of the process that changes the handle under the exclusive lock */
  uint64_t making_missing; /* bytes of padding that the file lacked before them */
  char *making_header;     /* NULL, or the bytes that the header of the last one is to have */
  uint8_t *making_data;    /* NULL, or the data unit of the last one, which is not in the file yet */
  bool tainted;
  char taint[256];
  const rf_error *write_error; /* what the running write reports into: the reason of a taint */
  bool closed;                 /* by rf_file_close, under the exclusive lock: store is NULL. rf_file_hdu_locked and
                                  rf_file_begin_write answer RF_ERR_CLOSED, and so does what uses the store without them */
};

/* For `index` where no HDU is meant. */
#define RF_NO_HDU SIZE_MAX

/* For `index` where a call has read nothing from the file. */
#define RF_NOT_READ (SIZE_MAX - 1)

/* rf_file_open() and rf_file_open_bytes() for files with these kinds of HDU, a list that ends with NULL and outlives
 * them. Its last row recognises every header. */
rf_status rf_file_open_with(const rf_hdu_ops *const *kinds, const char *name, rf_mode mode, const rf_options *options,
                            rf_file **file, rf_error *err);
rf_status rf_file_open_bytes_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, rf_mode mode,
                                  const rf_options *options, rf_file **file, rf_error *err);

/* Was the process forked while another thread changed this handle, or made HDUs by it? Lock held either way. */
static inline bool rf_file_is_abandoned(const rf_file *file) {
  return (file->changing != 0 && file->changing != rf_fork_count() + 1) ||
         (file->making > 0 && file->maker_forks != rf_fork_count());
}

#endif
