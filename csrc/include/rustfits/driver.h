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

/* ============================== Ranges ============================== */

/* The bytes offset .. offset + length - 1 of a file. */
typedef struct rf_range {
  uint64_t offset;
  uint64_t length;
} rf_range;

/* A range of a file, and the memory that receives its bytes. */
typedef struct rf_read_range {
  uint64_t offset;
  size_t length;
  void *dest; /* at least `length` bytes, of the caller */
} rf_read_range;

/* Receives the bytes of a stream. Borrowed for the call. */
typedef struct rf_stream_sink {
  size_t size; /* sizeof(rf_stream_sink) of the caller */
  void *user;  /* for `put` */

  /* MUST. Takes n bytes of the stream, whole units, from byte `start` of the stream on. One thread at a time calls it.
   * A status other than RF_OK ends the stream, which returns it. The function must not use the file. */
  rf_status (*put)(void *user, uint64_t start, const uint8_t *bytes, size_t n, rf_error *err);

  size_t unit_bytes;     /* bytes that must come together: an element, or a row; at least 1 */
  uint64_t wanted_bytes; /* bytes of the stream that the caller uses */
} rf_stream_sink;

/* Bytes of a file that were mapped into memory. They stay valid and in their place, also when the file is written or
 * closed, until the caller calls mapping->end(mapping). */
typedef struct rf_mapping {
  const uint8_t *bytes;                          /* the bytes that the caller wanted */
  void *base;                                    /* for `end` */
  size_t length;                                 /* for `end` */
  void (*end)(const struct rf_mapping *mapping); /* not NULL */
} rf_mapping;

/* ============================== Drivers ============================== */

struct rf_driver;

/* The operations of a driver. Offsets are absolute; there is no cursor. MUST members are not NULL, MAY members can be.
 * Threads: functions that read (read_at, read_many, peek, get_size, prefetch, stream, get_stats, map) run in several
 * threads at once; any other function runs alone on its state. `err` may be NULL; a function that fails sets it. */
typedef struct rf_driver_ops {
  size_t size; /* sizeof(rf_driver_ops) of the caller; members beyond it count as NULL */

  /* MUST. Opens `name`, the whole name with its scheme. *state receives the state for all other functions. */
  rf_status (*open)(const struct rf_driver *driver, const char *name, rf_mode mode, const rf_options *options,
                    void **state, rf_error *err);

  /* MUST. Writes what is pending and frees the state, also where it returns an error. */
  rf_status (*close)(void *state, rf_error *err);

  /* MUST. Reads up to n bytes from `offset` on. *got < n only at the end of the file. */
  rf_status (*read_at)(void *state, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);

  /* MUST. Gets the current size in bytes. */
  rf_status (*get_size)(void *state, uint64_t *size, rf_error *err);

  /* MUST with RF_DRIVER_WRITE. Writes all n bytes from `offset` on. A gap before them is filled with zeros. */
  rf_status (*write_at)(void *state, uint64_t offset, const void *buffer, size_t n, rf_error *err);

  /* MUST with RF_DRIVER_WRITE. Sets the size; new bytes are zero. */
  rf_status (*truncate)(void *state, uint64_t size, rf_error *err);

  /* MAY. Reads all ranges, or fails; RF_ERR_TRUNCATED where the file ends before. NULL: read_at for each range. */
  rf_status (*read_many)(void *state, const rf_read_range *ranges, size_t count, rf_error *err);

  /* MAY. Points *bytes at n bytes of the content. They stay valid and unchanged until the next write, truncate or
   * close; reads must not move them. RF_ERR_UNSUPPORTED (no message needed): the caller reads instead. */
  rf_status (*peek)(void *state, uint64_t offset, size_t n, const uint8_t **bytes, rf_error *err);

  /* MAY. Announces reads. A remote driver fetches together what it does not have. Ranges beyond the end of the file are
   * no error. */
  rf_status (*prefetch)(void *state, const rf_range *ranges, size_t count, rf_error *err);

  /* MAY. Delivers `range`, a whole number of units, to `sink` as it arrives, so that the caller works on the first
   * bytes before the last ones are there. Each byte comes once, in any order; after a failure, some have come.
   * *streamed becomes 1; or 0 if the driver did nothing, because reading is as fast. NULL: the caller reads. */
  rf_status (*stream)(void *state, rf_range range, const rf_stream_sink *sink, int *streamed, rf_error *err);

  /* MAY. Makes all that was written durable. */
  rf_status (*sync)(void *state, rf_error *err);

  /* MAY. Reserves space so that the file can grow to `size` bytes; its size stays. RF_ERR_NO_SPACE if there is not
   * enough, RF_OK if the driver cannot reserve. The driver returns unused space at close at the latest. */
  rf_status (*reserve)(void *state, uint64_t size, rf_error *err);

  /* MAY. Moves n bytes from offset `from` to offset `to`; the ranges may overlap. NULL: the library reads and writes.
   */
  rf_status (*move)(void *state, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

  /* MAY. Writes `byte` (0 to 255) to each byte of `range`. NULL: the library writes buffers. */
  rf_status (*fill)(void *state, rf_range range, int byte, rf_error *err);

  /* MAY. Makes `close` drop what was written and is not in the file yet. */
  void (*discard)(void *state);

  /* MAY, all three or none. Replace the file as a whole. replace_open opens a new empty file beside this one; *temp is
   * its state, for read_at, write_at, truncate and reserve. replace_commit syncs it, puts it in the place of this file
   * and ends *temp; `state` then has the new content. replace_abort removes it and ends *temp. */
  rf_status (*replace_open)(void *state, void **temp, rf_error *err);
  rf_status (*replace_commit)(void *state, void *temp, rf_error *err);
  void (*replace_abort)(void *state, void *temp);

  /* MAY. Fills in all members of `stats` but `size`. */
  void (*get_stats)(void *state, rf_remote_stats *stats);

  /* MAY. Maps n bytes of the content from `offset` on, for reading, without a copy. RF_ERR_TRUNCATED where the content
   * ends before. NULL: rf_hdu_map() is RF_ERR_UNSUPPORTED. */
  rf_status (*map)(void *state, uint64_t offset, size_t n, rf_mapping *mapping, rf_error *err);

  /* MAY. Gets the flags of an open file, where they depend on the file. The library calls it once, after `open`. NULL:
   * those of the row. */
  uint32_t (*get_flags)(void *state);
} rf_driver_ops;

/* rf_driver.flags */
#define RF_DRIVER_WRITE 0x01    /* offers modes other than RF_MODE_READ */
#define RF_DRIVER_REMOTE 0x02   /* bytes come over a network */
#define RF_DRIVER_MEMORY 0x04   /* bytes are in memory: peek succeeds wherever there is content */
#define RF_DRIVER_CODECS 0x08   /* the library looks for codecs, by suffix and first bytes (.gz) */
#define RF_DRIVER_ATOMIC 0x10   /* `open` heeds RF_OPEN_ATOMIC, _IN_PLACE, _NEW, _DURABLE and _LOCK; others get none */
#define RF_DRIVER_VOLATILE 0x20 /* unclosed writes end with the process, so that edits need no trailer */
#define RF_DRIVER_SEQUENTIAL 0x40 /* bytes arrive in order; the size is known when all of them have arrived */
#define RF_DRIVER_FORWARD 0x80    /* with RF_DRIVER_SEQUENTIAL: bytes that were passed over are lost */
#define RF_DRIVER_AT_CLOSE 0x100  /* `close` sends what was written, all of it or nothing */

/* A row of the driver table. */
typedef struct rf_driver {
  size_t size;              /* sizeof(rf_driver) of the caller; members beyond it count as 0 */
  const char *scheme;       /* "http": what comes before "://", in lower case; at most 32 characters */
  uint32_t flags;           /* RF_DRIVER_... */
  const rf_driver_ops *ops; /* NULL: the scheme is known, but not in this build */
  const char *hint;         /* MAY. What to do if `ops` is NULL, in one sentence */
  void *user;               /* MAY. For ops->open */
} rf_driver;

/* rf_driver_register() adds a row to the driver table, or replaces the row of the same scheme. Files that are open keep
 * the driver they have.
 * driver  must stay alive, with all that it points at, for the life of the process
 * err     NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (`driver` is NULL; a size is too small; a MUST member is NULL; the scheme has other
 * characters than lower case letters, digits, '+', '-' and '.', or begins with another one than a letter);
 * RF_ERR_LIMIT (64 schemes were added). Threads: any. */
RF_API RF_CHECKED rf_status rf_driver_register(const rf_driver *driver, rf_error *err);

/* rf_driver_unregister() removes the row that was added for a scheme, so that the row of the library counts, if it has
 * one. Files that are open keep the driver they have, and the row must stay alive for them.
 * scheme  the scheme, without "://"
 * err     NULL: no details
 * Returns RF_OK; RF_ERR_NOT_FOUND (no row was added for `scheme`, or it is NULL). Threads: any. */
RF_API RF_CHECKED rf_status rf_driver_unregister(const char *scheme, rf_error *err);

/* rf_driver_list() gets the rows of the driver table: first those of the library, then those that were added.
 * rows      receives up to `capacity` rows, which live as long as the process; NULL is allowed if `capacity` is 0
 * capacity  number of elements of `rows`
 * count     receives the number of rows in the table, which may be larger than `capacity`
 * err       NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (`count` is NULL; `rows` is NULL with a capacity). Threads: any. */
RF_API RF_CHECKED rf_status rf_driver_list(const rf_driver **rows, size_t capacity, size_t *count, rf_error *err);

/* ============================== Interrupts ============================== */

/* Tells a call that waits for a stream whether to go on waiting. The library calls it in the thread that waits, at
 * least twice a second and after each signal that interrupts the wait. `user` is that of rf_interrupt_register(). A
 * status other than RF_OK ends the call with that status; RF_ERR_CALLBACK is usual. */
typedef rf_status (*rf_interrupt)(void *user, rf_error *err);

/* rf_interrupt_register() sets the function that interrupts waits for streams, for the whole process.
 * interrupt  NULL: signals interrupt no wait, unless they end the process
 * user       passed to `interrupt`
 * Threads: any. */
RF_API void rf_interrupt_register(rf_interrupt interrupt, void *user);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
