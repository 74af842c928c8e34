/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/driver.h: Drivers: how files of a scheme are opened, read and written. Part of <rustfits.h>, which has the
 * rules for every function.
 */
#ifndef RUSTFITS_DRIVER_H
#define RUSTFITS_DRIVER_H

#include "rustfits/options.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Drivers ============================== */

/* One stretch of a file to be read into memory. */
typedef struct rf_range {
  uint64_t offset;
  size_t length;
  void *dest; /* at least length bytes */
} rf_range;

/* Where the bytes of a stream go. Borrowed for the call. */
typedef struct rf_stream_sink {
  size_t size; /* sizeof(rf_stream_sink) */
  /* MUST. Takes n bytes of the stream, which begin at byte `at` of it: whole units. Any status but RF_OK ends the
   * stream, which returns that status. Must not use the file that is streamed. */
  rf_status (*put)(void *user, uint64_t at, const uint8_t *bytes, size_t n, rf_error *err);
  void *user;
  size_t unit_bytes;     /* bytes that must come together: those of an element or of a row; at least 1 */
  uint64_t wanted_bytes; /* bytes of the stream that are of use */
} rf_stream_sink;

struct rf_driver;

/* What a driver does. Offsets are absolute; no cursor. Every function may be called from any
 * thread; read functions from several at once. Struct members marked MAY can be NULL. */
typedef struct rf_driver_ops {
  size_t size; /* sizeof(rf_driver_ops) */

  /* MUST. Opens `name` (the whole name with its scheme) and gives a state for the calls below. */
  rf_status (*open)(const struct rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                    void **state, rf_error *err);

  /* MUST. Reads up to n bytes; *got < n only at the end of the file. */
  rf_status (*read_at)(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

  /* MAY. Fills all ranges or fails (RF_ERR_TRUNCATED at the end of the file); the default calls
   * read_at for one after another. */
  rf_status (*read_many)(void *state, const rf_range *ranges, size_t count, rf_error *err);

  /* MAY. Points *bytes at n bytes of the content without copying. They stay valid and unchanged
   * until the next write, truncate or close; other reads must not move them. RF_ERR_UNSUPPORTED
   * (with or without a message) when this stretch cannot be had that way: the caller reads. */
  rf_status (*peek)(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err);

  /* MUST. The current size in bytes (a codec may have to decode all of it). */
  rf_status (*get_size)(void *state, uint64_t *size, rf_error *err);

  /* MAY (writable drivers MUST). Writes all n bytes; grows the file with zeros up to offset. */
  rf_status (*write_at)(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err);

  /* MAY (writable drivers MUST). Sets the size; new bytes are zero. */
  rf_status (*truncate)(void *state, uint64_t size, rf_error *err);

  /* MAY. Makes what was written durable. */
  rf_status (*sync)(void *state, rf_error *err);

  /* MAY. All-or-nothing rewriting: replace_open gives the state of a new empty file beside this one
   * that takes the same calls; replace_commit syncs it and puts it in this one's place (its state
   * ends; this state now stands for the new content); replace_abort drops it without a trace. */
  rf_status (*replace_open)(void *state, void **temp, rf_error *err);
  rf_status (*replace_commit)(void *state, void *temp, rf_error *err);
  void (*replace_abort)(void *state, void *temp);

  /* MAY. What was written and is not in the file yet must not get there: close drops it. */
  void (*discard)(void *state);

  /* MUST. Writes back what is pending and frees the state, also when it returns an error. */
  rf_status (*close)(void *state, rf_error *err);

  /* MAY. These stretches (dest does not count) will be read soon: a remote driver fetches together those that it has
   * not. Parts behind the end of the file are no error. */
  rf_status (*prefetch)(void *state, const rf_range *ranges, size_t count, rf_error *err);

  /* MAY. Fills in all but `size`. */
  void (*get_stats)(void *state, rf_remote_stats *stats);

  /* MAY. Reserves space so that the file can grow to `size` bytes, which does not change its size. RF_ERR_NO_SPACE
   * where there is not enough; RF_OK where the driver cannot reserve. What is reserved and not used is given back at
   * close at the latest. */
  rf_status (*reserve)(void *state, uint64_t size, rf_error *err);

  /* MAY. Hands `length` bytes from `offset` on, a whole number of units, to `sink` as they arrive, so that work on the
   * first bytes begins before the last ones are there. Bytes may come in any order, each of them once, one call of
   * `put` at a time. After a failure some have come. Sets *streamed to 1, or to 0 where the driver did nothing because
   * reading is as quick: the range is short, ends behind the file, or too little of it is wanted. */
  rf_status (*stream)(void *state, uint64_t offset, uint64_t length, const rf_stream_sink *sink, int *streamed,
                      rf_error *err);

  /* MAY. Moves n bytes from offset `from` to offset `to`; the ranges may overlap. The default reads and writes. */
  rf_status (*move)(void *state, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

  /* MAY. Writes `byte` (0 to 255) n times from `offset` on. The default writes buffers. */
  rf_status (*fill)(void *state, uint64_t offset, uint64_t n, int byte, rf_error *err);
} rf_driver_ops;

#define RF_DRIVER_WRITE 1   /* modes other than RF_MODE_READ are offered */
#define RF_DRIVER_REMOTE 2  /* bytes come over a network */
#define RF_DRIVER_MEMORY 4  /* bytes lie in memory: peek succeeds wherever there is content */
#define RF_DRIVER_CODECS 8  /* suffix and magic number of a codec (.gz) are looked at */
#define RF_DRIVER_ATOMIC 16 /* open heeds RF_OPEN_ATOMIC, _IN_PLACE, _NEW, _DURABLE, _LOCK; others never see them */
/* What is written is gone when the process ends before close: no edit has to be such that it can be finished later. */
#define RF_DRIVER_VOLATILE 32

/* One row of the driver table. */
typedef struct rf_driver {
  size_t size;              /* sizeof(rf_driver) */
  const char *scheme;       /* "http": what stands before "://", lower case */
  uint32_t flags;           /* RF_DRIVER_... */
  const rf_driver_ops *ops; /* NULL: known, but not in this build */
  const char *hint;         /* MAY: one sentence on what to do when ops is NULL */
  void *user;               /* MAY: for ops->open */
} rf_driver;

/* Adds a row, or replaces the one of the same scheme. The row and what it points at must stay alive
 * for the life of the process. Files that are open keep the driver they have. RF_ERR_ARGUMENT when a
 * MUST member is missing or the scheme is not letters, digits, '+', '-', '.'. Thread-safe. */
RF_API RF_CHECKED rf_status rf_driver_register(const rf_driver *driver, rf_error *err);

/* Copies up to `capacity` row pointers and gives the number of rows there are. rows may be NULL when
 * capacity is 0. */
RF_API RF_CHECKED rf_status rf_driver_list(const rf_driver **rows, size_t capacity, size_t *count, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
