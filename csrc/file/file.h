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

#include "base/system/platform.h"
#include "file/hdu.h"
#include "file/shared.h"
#include "header/header.h"
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
  char *name; /* for messages and rf_file_name: outlives the store */
  rf_options options;
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
  uint64_t ahead_until; /* headers up to here were fetched on a guess (file/scan_ahead.c) */
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

/* rf_file_open() and rf_file_open_bytes() for files with these kinds of HDU, a list that ends with NULL and outlives
 * them. Its last row recognises every header. */
rf_status rf_file_open_with(const rf_hdu_ops *const *kinds, const char *name, rf_mode mode, const rf_options *options,
                            rf_file **file, rf_error *err);
rf_status rf_file_open_bytes_with(const rf_hdu_ops *const *kinds, const void *bytes, size_t n, rf_mode mode,
                                  const rf_options *options, rf_file **file, rf_error *err);

/* For `index` where no HDU is meant. */
#define RF_NO_HDU SIZE_MAX

/* For `index` where a call has read nothing from the file. */
#define RF_NOT_READ (SIZE_MAX - 1)

/* Locked shared, and good for reading: RF_ERR_CLOSED, RF_ERR_TAINTED or RF_ERR_CHANGED (with nothing locked) otherwise.
 */
rf_status rf_file_begin_read(rf_file *file, rf_error *err);

/* Ends a call that gives facts of the index: they are compared with the file when data are read by them. */
void rf_file_end_read(rf_file *file);

/* Ends a call that has read of HDU `index` and gives its status, or RF_ERR_CHANGED when another program has changed the
 * HDU meanwhile. */
rf_status rf_file_end_read_of(rf_file *file, size_t index, rf_status status, rf_error *err);

/* Another edit that can have changed structure or headers. Exclusive lock held. */
void rf_file_count_edit(rf_file *file);

/* Does what HDUs have put off. Exclusive lock held. */
rf_status rf_file_flush_locked(rf_file *file, bool *written, rf_error *err);

/* Forgets the index. Exclusive lock held. */
void rf_file_drop_index(rf_file *file);

/* Confirms what a call has read of HDU `index`: RF_ERR_CHANGED when another program has changed the HDU meanwhile. Lock
 * held either way. */
rf_status rf_file_confirm_read(rf_file *file, size_t index, rf_error *err);

/* Begins the use of a store that was just opened: finds the first HDU, or with `create` empties the file. `alone`: no
 * other handle has it open. */
rf_status rf_file_begin_use(rf_file *file, bool create, bool alone, rf_error *err);

/* Entry `index`, scanning as far as needed. `lock` held either way. RF_ERR_NOT_FOUND past the last HDU. */
rf_status rf_file_hdu_locked(rf_file *file, size_t index, rf_hdu **hdu, rf_error *err);

/* Compares the header of an entry with that in the file: RF_ERR_CHANGED when they differ, but for rows or planes that
 * were added to the last HDU. `lock` held either way. */
rf_status rf_file_compare_hdu(rf_file *file, size_t index, rf_hdu *hdu, rf_error *err);

/* All of them. *count is set in any case to how many there are before the failure. `lock` held either way. */
rf_status rf_file_scan_locked(rf_file *file, size_t *count, rf_error *err);

/* A new entry that belongs to the caller, and room for it at the end of the index. */
rf_status rf_file_add_entry(rf_file *file, rf_hdu **hdu, rf_error *err);

/* Is there an HDU that has put something off? `lock` held either way. */
bool rf_file_has_pending(rf_file *file);

/* Locked exclusively, and good for writing: RF_ERR_CLOSED, RF_ERR_READONLY, RF_ERR_TAINTED or RF_ERR_CHANGED (with
 * nothing locked) otherwise. */
rf_status rf_file_begin_write(rf_file *file, rf_error *err);

/* The same for the call that publishes an HDU: making_data stays in memory. */
rf_status rf_file_begin_publish(rf_file *file, rf_error *err);

/* May the handle write, in spite of what other programs have done? RF_ERR_CHANGED otherwise. Exclusive lock held. */
rf_status rf_file_may_write_locked(rf_file *file, rf_error *err);

/* The size of the file: as rf_file_begin_write found it, while the call has written nothing. Exclusive lock held. */
rf_status rf_file_size_locked(rf_file *file, uint64_t *size, rf_error *err);

/* Begins the part that another handle of the same file has in a call, whose rf_file_begin_write holds the lock. */
rf_status rf_file_begin_beside(rf_file *file, rf_error *err);

/* Unlocks. A `status` other than RF_OK with `written` true taints the file: what is on disk may be half done. Where
 * only HDUs that are being made were written, it takes them off instead. */
void rf_file_end_write(rf_file *file, rf_status status, bool written);

/* Was the process forked while another thread changed this handle, or made HDUs by it? Lock held either way. */
static inline bool rf_file_is_abandoned(const rf_file *file) {
  return (file->changing != 0 && file->changing != rf_fork_count() + 1) ||
         (file->making > 0 && file->maker_forks != rf_fork_count());
}

/* The file must not be used any more: `why` a write failed half way. The first reason counts. */
void rf_file_taint(rf_file *file, const char *why);

/* --- appending (file/append.c, file/unpublished.c) ---
 *
 * An HDU is made behind the last one without its header: data go where they will stand, the header is kept in memory
 * and written at the end, its first bytes last. Until then nothing in the file says that there is an HDU: a process
 * that dies leaves bytes that are no HDU, a failure cuts them off again. */

/* rf_file_begin_write for a call that appends: waits until no other thread is making an HDU. RF_ERR_ARGUMENT when this
 * thread is. */
rf_status rf_file_begin_append(rf_file *file, rf_error *err);

/* The end of such a call: after RF_OK publishes what was begun, if `publish` says so; else takes it off again. Gives
 * `status`, or what publishing came to. */
rf_status rf_file_end_append(rf_file *file, rf_status status, bool publish, rf_error *err);

/* Begins an HDU: `header` complete (structural cards included) and at least `least` bytes long (whole blocks: room for
 * cards to come). Bytes of the data that nothing is written to are zero. The entry is in the index, `unpublished`. When
 * the file is empty, the header must be a primary one; one more HDU can be begun behind that. Exclusive lock held; on
 * failure the file is as it was. */
rf_status rf_file_append_begin_locked(rf_file *file, const rf_header *header, uint64_t least, size_t *index,
                                      rf_error *err);

/* All data of the last HDU that was begun are going to be written: takes space for them, where they are many. */
rf_status rf_file_append_reserve_locked(rf_file *file, rf_error *err);

/* The header of the last HDU that was begun is to have these bytes (rf_alloc, taken over), which must say the same, and
 * be as many. Forgotten when the header changes. */
void rf_file_append_header_bytes_locked(rf_file *file, char *bytes);

/* Completes the data with zeros and padding and writes the headers of what was begun, the last HDU first. On failure
 * takes all of it off again. */
rf_status rf_file_append_commit_locked(rf_file *file, rf_error *err);

/* Forgets what was begun, which another handle has overwritten. */
void rf_file_append_forget_locked(rf_file *file);

/* Takes off what was begun: the file is as long as it was. Taints the file where that fails. */
void rf_file_append_abort_locked(rf_file *file);

/* Does this thread see the HDU? One that is being made is there for the thread that makes it only. */
bool rf_file_is_visible(const rf_file *file, const rf_hdu *hdu);

/* RF_ERR_TRUNCATED where the file does not have the whole data unit of an HDU, which is then not to be changed: writing
 * behind the end of the file would complete it with zeros. Of an HDU that is being made nothing is missing. */
rf_status rf_file_check_whole_locked(rf_file *file, const rf_hdu *hdu, rf_error *err);

/* Puts the bytes of a data unit where its new header will say they are. `data` is its offset in the store. */
typedef struct rf_rearrange {
  rf_status (*run)(void *context, rf_store *store, uint64_t data, rf_error *err);
  void *context;
  bool fresh; /* nothing moves, and all that is written goes where no HDU has bytes: padding, a gap, behind the end */
} rf_rearrange;

/* Gives HDU `index` a header and a data size at once: shifts what follows (in both directions), zeroes new data bytes
 * and padding, rewrites the header, refreshes the index. `rearrange` (may be NULL) is called before the header is
 * written: where the data grows, after there is room for all of it; else before anything has moved, and it must leave
 * what stays in the first data_bytes bytes. Exclusive lock held; *written becomes true when the first byte changed. */
rf_status rf_file_rearrange_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                   const rf_rearrange *rearrange, bool *written, rf_error *err);

/* The same without rearranging: data that gets shorter loses its end. */
rf_status rf_file_resize_locked(rf_file *file, size_t index, const rf_header *header, uint64_t data_bytes,
                                bool *written, rf_error *err);

/* Calls `run`, which may make several edits, so that all of them are one: after a kill all are there, or none. Where
 * what is written is gone with the process, and for HDUs that are being made, `run` is just called. Exclusive lock
 * held. */
rf_status rf_file_edit_as_one(rf_file *file,
                              rf_status (*run)(void *context, rf_file *file, bool *written, rf_error *err),
                              void *context, bool *written, rf_error *err);

/* The cached header of an HDU (do not change or free). `lock` held either way. */
rf_status rf_file_header_locked(rf_file *file, rf_hdu *hdu, const rf_header **header, rf_error *err);

#endif
