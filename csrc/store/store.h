/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An open store: a driver, with a filter on top where the name or the first bytes require one. Rooms above store/ see
 * only this file and never test which driver they use.
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
  size_t batch_bytes; /* limit of one call of rf_store_read_many() that reads directly into the caller's memory */
  size_t stage_bytes; /* size of the buffer for stored bytes that are converted on their way to the caller */
  size_t keep_bytes;  /* largest table of descriptors that is read whole and kept for later calls */
  bool in_memory;     /* rf_store_peek() succeeds wherever there is content */
  bool prefetch;      /* each call may cost a round trip: prefetch what is known to follow, read it in few calls */
  bool shared_reads;  /* threads may share reads of bytes that rf_store_peek() does not give */
  bool in_order;      /* one thread reads, in the order of offsets: bytes arrive so, or are lost when passed over */
  bool forward;       /* bytes that were passed over are lost: headers are parsed when they are found */
  bool at_close;      /* closing sends what was written, all of it or nothing */
} rf_store_profile;

typedef struct rf_store {
  const rf_driver_ops *ops;
  void *state;
  uint32_t flags; /* RF_DRIVER_... of what is on top; for store/ only */
  rf_store_profile profile;
  bool writable;
  bool sequential;        /* the content arrives or is decoded in order; its size is known when all of it is there */
  char *name;             /* without secrets (rf_url_redact()) */
  uint64_t lowest_change; /* lowest offset that was written or truncated since the caller set it */
  bool touched;           /* a call that can change size or time of the file was made since the caller cleared it */
  /* The first bytes of a file that this store cannot change, kept from opening. They often have the only header of the
   * file. NULL: none. */
  uint8_t *head;
  size_t head_length;
  bool durable;     /* edits sync their writes (RF_OPEN_DURABLE) */
  rf_error *notice; /* the warning of opening, NULL: none */
  void *own_row;    /* NULL, or the driver of the store, which the store frees behind all its users */
  /* Of a filter: 0, or the offset of bytes behind the encoded content, set when the content ends. NULL: no filter. */
  const atomic_uint_least64_t *stray;
  struct rf_store *beneath; /* of a filter: the store that it owns and decodes; NULL: a driver */
  uint64_t origin;          /* offset of the first byte in the file that messages about encoded content name */
} rf_store;

/* Fills in store->profile from flags and operations. The caller calls it after a change of these. */
void rf_store_describe(rf_store *store);

/* Makes a store over the state of a driver. Closes the state on failure. */
rf_status rf_store_new(const rf_driver_ops *ops, void *state, uint32_t flags, bool writable, const char *name,
                       rf_store **store, rf_error *err);

/* Returns `status`, with a message where a driver failed to `what` ("read") and left none. */
rf_status rf_store_result(rf_status status, const char *what, rf_error *err);

/* Closes and frees the store, also on failure. NULL is allowed. */
rf_status rf_store_close(rf_store *store, rf_error *err);

/* Returns n bytes of content that are in memory already, without a copy, or NULL. They are valid as long as those of
 * rf_store_peek(). Never maps or reads. */
const uint8_t *rf_store_at_hand(rf_store *store, uint64_t offset, size_t n);

/* Reads up to n bytes. *got < n only at the end. */
rf_status rf_store_read_at(rf_store *store, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

/* Reads all n bytes. RF_ERR_TRUNCATED: the message says how many bytes are missing. */
rf_status rf_store_read(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* Reads all ranges, with the driver's read_many if it has one. */
rf_status rf_store_read_many(rf_store *store, const rf_read_range *ranges, size_t count, rf_error *err);

/* Gets the stamp that the file of the system had when it was opened, before the first read. Returns false if the bytes
 * come from elsewhere or are decoded. */
bool rf_store_opened(const rf_store *store, rf_file_stamp *stamp);

/* Gets the current stamp. For stores with rf_store_opened() only. */
rf_status rf_store_stamp(rf_store *store, rf_file_stamp *stamp, rf_error *err);

/* Gets the stamp that the last read of this thread took after reading, once. Returns false if it took none, or another
 * read of the file has ended since. */
bool rf_store_stamp_behind(rf_store *store, rf_file_stamp *stamp);

/* Gets the size of the file that had this stamp. Returns false if it is unknown. */
bool rf_store_size_then(const rf_store *store, const rf_file_stamp *stamp, uint64_t *size);

/* Tells whether the file lost its name, or another file took it. `stamp` is the current one. For writable stores with
 * rf_store_opened() only. */
bool rf_store_is_replaced(rf_store *store, const rf_file_stamp *stamp);

/* As rf_store_read(), but never from rf_store.head. */
rf_status rf_store_read_again(rf_store *store, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* Compares up to n bytes of rf_store.head with the file, and drops them. *same is true if there are none. */
rf_status rf_store_forget_head(rf_store *store, uint64_t n, bool *same, rf_error *err);

/* As rf_driver_ops.map. RF_ERR_UNSUPPORTED if the driver has none. */
rf_status rf_store_map(rf_store *store, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err);

/* Announces reads of these ranges. Does nothing if profile.prefetch is false. */
rf_status rf_store_prefetch(rf_store *store, const rf_range *ranges, size_t count, rf_error *err);

/* As rf_driver_ops.stream; *streamed is false if the driver has none. */
rf_status rf_store_stream(rf_store *store, rf_range range, const rf_stream_sink *sink, bool *streamed, rf_error *err);

/* As rf_driver_ops.get_stats, of the driver beneath all filters. Returns false if it has none. */
bool rf_store_stats(rf_store *store, rf_remote_stats *stats);

/* As rf_driver_ops.peek. RF_ERR_UNSUPPORTED without a message if the driver has none. */
rf_status rf_store_peek(rf_store *store, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err);

rf_status rf_store_size(rf_store *store, uint64_t *size, rf_error *err);

/* Gets the size as far as `offset`: *size is the size if that is at most `offset`, else any number above `offset` up to
 * the size. Decodes no more than that needs. If bytes that are passed over are lost and the end is not known, *size is
 * offset + 1. */
rf_status rf_store_size_past(rf_store *store, uint64_t offset, uint64_t *size, rf_error *err);

/* RF_ERR_READONLY if the store is not writable. */
rf_status rf_store_write(rf_store *store, uint64_t offset, const void *buffer, size_t n, rf_error *err);
rf_status rf_store_truncate(rf_store *store, uint64_t size, rf_error *err);

rf_status rf_store_sync(rf_store *store, rf_error *err);

/* As rf_driver_ops.reserve; RF_OK if the driver has none. */
rf_status rf_store_reserve(rf_store *store, uint64_t size, rf_error *err);

/* Makes close drop pending writes. */
void rf_store_discard(rf_store *store);

/* Writes `byte` n times. */
rf_status rf_store_fill(rf_store *store, uint64_t offset, uint64_t n, int byte, rf_error *err);

/* Moves n bytes inside the store; the ranges may overlap. */
rf_status rf_store_move(rf_store *store, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

#endif
