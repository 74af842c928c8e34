/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An open store: a row of the driver table at work, with the codec that its name or first bytes asked for
 * stacked on top. Everything above store/ sees only this file and never learns which row it talks to.
 */
#ifndef RF_STORE_STORE_H
#define RF_STORE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/system/replace.h"

/* First bytes that rf_store.head keeps: one block of FITS. */
#define RF_STORE_HEAD_BYTES RF_BLOCK_BYTES

/* What a reader must know about a store to plan its reads. Opening fills it in; no reader asks which driver it uses. */
typedef struct rf_store_profile {
  size_t batch_bytes; /* most bytes that one call of rf_store_read_many() reads straight into the caller's memory */
  size_t stage_bytes; /* size of the buffer for stored bytes that are converted on their way to the caller */
  size_t keep_bytes;  /* largest table of descriptors that is read whole and kept for later calls */
  bool in_memory;     /* rf_store_peek() succeeds wherever there is content */
  bool prefetch;      /* each call may cost a round trip: prefetch what is known to follow, read it in few calls */
  bool shared_reads;  /* threads may share reads of bytes that rf_store_peek() does not give */
} rf_store_profile;

typedef struct rf_store {
  const rf_driver_ops *ops;
  void *state;
  uint32_t flags; /* RF_DRIVER_... of what is on top; for store/ only */
  rf_store_profile profile;
  bool writable;
  bool sequential;        /* content is decoded one byte after the other: its size is known once all of it is */
  char *name;             /* without secrets: rf_url_redact */
  uint64_t lowest_change; /* smallest offset that was written or cut since the user of this struct set it */
  bool touched;           /* a call that can change size or time of the file was made since the user cleared it */
  /* The first bytes of the file, kept where they had to be looked at anyway and cannot change through this store: the
   * only header of many a file is then there without another read. NULL elsewhere. */
  uint8_t *head;
  size_t head_length;
  bool durable;     /* edits sync what they write: RF_OPEN_DURABLE */
  rf_error *notice; /* what opening has to tell: a warning, not an error. NULL: nothing */
  /* Of a codec: 0, or where the encoded content ends and other bytes follow. Set when the end was reached; NULL of
   * stores that are no codec. */
  const atomic_uint_least64_t *stray;
} rf_store;

/* Fills in store->profile from the flags and operations of what is on top: after each change of these. */
void rf_store_describe(rf_store *store);

/* Makes a store over the state of a driver. Closes the state on failure. */
rf_status rf_store_new(const rf_driver_ops *ops, void *state, uint32_t flags, bool writable, const char *name,
                       rf_store **store, rf_error *err);

/* Returns `status`, with a message where a driver failed to `what` ("read") and left none. */
rf_status rf_store_result(rf_status status, const char *what, rf_error *err);

/* Frees the store whatever it returns. NULL allowed. */
rf_status rf_store_close(rf_store *store, rf_error *err);

/* n bytes of content that are in memory anyway, without a copy; NULL when they are not. Valid as long as what peek
 * gives, but asking never maps or reads anything. */
const uint8_t *rf_store_at_hand(rf_store *store, uint64_t offset, size_t n);

/* *got < n only at the end. */
rf_status rf_store_read_at(rf_store *store, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

/* All n bytes, or RF_ERR_TRUNCATED that says at which offset how many are missing. */
rf_status rf_store_read(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* All ranges, with the driver's read_many where it has one. */
rf_status rf_store_read_many(rf_store *store, const rf_read_range *ranges, size_t count, rf_error *err);

/* Which file of the system the bytes come from, and how it was when it was opened: before its first byte was read.
 * false: they come from elsewhere, or were decoded on the way. */
bool rf_store_opened(const rf_store *store, rf_file_stamp *stamp);

/* The same as it is now. For stores with rf_store_opened only. */
rf_status rf_store_stamp(rf_store *store, rf_file_stamp *stamp, rf_error *err);

/* The same from behind the last read of this thread, where that has looked and no thread has read of the file since.
 * It is given once. */
bool rf_store_stamp_behind(rf_store *store, rf_file_stamp *stamp);

/* The size of the file when it had this stamp. false: it has to be looked for. */
bool rf_store_size_then(const rf_store *store, const rf_file_stamp *stamp, uint64_t *size);

/* Has the file lost its name, or has another file taken it? The stamp is that of now. For stores with rf_store_opened
 * and writable only. */
bool rf_store_is_replaced(rf_store *store, const rf_file_stamp *stamp);

/* As rf_store_read, but never from what is kept. */
rf_status rf_store_read_again(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* Compares bytes that are kept of the beginning of the file, up to `n`, with those in the file, and keeps them no more.
 * *same is true when nothing is kept. */
rf_status rf_store_forget_head(rf_store *store, uint64_t n, bool *same, rf_error *err);

/* A mapping of n bytes from `offset` on, in the file that the store has open. It outlives the store. */
typedef struct rf_store_map {
  const uint8_t *base;  /* of the mapping */
  const uint8_t *bytes; /* those that were wanted */
  size_t length;        /* of the mapping */
} rf_store_map;

/* RF_ERR_UNSUPPORTED where the bytes are not those of a local file, RF_ERR_TRUNCATED when the file ends before. */
rf_status rf_store_map_open(rf_store *store, uint64_t offset, size_t n, rf_store_map *map, rf_error *err);
void rf_store_map_close(const rf_store_map *map);

/* Announces that these ranges will be read soon; `dest` does not count. Does nothing where profile.prefetch is false.
 */
rf_status rf_store_prefetch(rf_store *store, const rf_range *ranges, size_t count, rf_error *err);

/* As rf_driver_ops.stream. *streamed is false where the driver has none: the caller reads. */
rf_status rf_store_stream(rf_store *store, rf_range range, const rf_stream_sink *sink, bool *streamed, rf_error *err);

/* As rf_driver_ops.get_stats, of the lowest store that has it. false: not remote. */
bool rf_store_stats(rf_store *store, rf_remote_stats *stats);

/* As rf_driver_ops.peek; RF_ERR_UNSUPPORTED where the driver has none. Never fills err in that case. */
rf_status rf_store_peek(rf_store *store, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err);

rf_status rf_store_size(rf_store *store, uint64_t *size, rf_error *err);

/* The size as far as `offset`: *size is the size where that is `offset` or less, else any number above `offset` up to
 * the size. What must be decoded to know its size is decoded so far and no farther. */
rf_status rf_store_size_past(rf_store *store, uint64_t offset, uint64_t *size, rf_error *err);

/* RF_ERR_READONLY when the store is not writable. */
rf_status rf_store_write(rf_store *store, uint64_t offset, const void *buffer, size_t n, rf_error *err);
rf_status rf_store_truncate(rf_store *store, uint64_t size, rf_error *err);

rf_status rf_store_sync(rf_store *store, rf_error *err);

/* As rf_driver_ops.reserve; RF_OK where the driver has none. */
rf_status rf_store_reserve(rf_store *store, uint64_t size, rf_error *err);

/* Makes close drop what is pending, where the driver keeps anything back. */
void rf_store_discard(rf_store *store);

/* Writes `byte` over n bytes. */
rf_status rf_store_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err);

/* Moves n bytes from `from` to `to` inside the store, overlap allowed, in pieces of at most 1 MiB. */
rf_status rf_store_move(rf_store *store, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

#endif
