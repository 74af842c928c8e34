/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver and codec tables as store/ sees them. A built-in driver file exports one const ops; the rows
 * themselves stand together in registry.c.
 */
#ifndef RF_STORE_DRIVER_H
#define RF_STORE_DRIVER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/system/filelock.h"
#include "store/store.h"

/* Built-in behaviours, one a file. */
extern const rf_driver_ops rf_file_ops;   /* file.c */
extern const rf_driver_ops rf_memory_ops; /* store/local/memory.c: mem, memkeep */
extern const rf_driver_ops
    rf_remote_ops; /* store/remote/remote.c: schemes with a transport; row->user is the rf_transport */

#if defined(RF_HAVE_LIBCURL)
/* store/curl/curl.c: what stands in the user member of the built-in rows http, https, ftp and ftps (flags
 * RF_DRIVER_REMOTE | RF_DRIVER_CODECS, ops &rf_remote_ops). Without libcurl their ops are NULL. */
extern const rf_transport rf_curl_transport;
#endif

/* file.c: locks the file behind the state of a file of the system for an edit (RF_LOCK_EDIT). */
rf_lock_answer rf_file_lock_edit(void *state, bool exclusive, double seconds, rf_filelock *lock);

/* Does the file that is written take its name only when it is closed? */
bool rf_file_is_private(void *state);

/* store/local/memory.c: a memory state. `pages` (from rf_pages_alloc, `capacity` bytes, `size` of them content) changes
 * owner on success; NULL with 0, 0 is an empty one. */
rf_status rf_memory_adopt(uint8_t *pages, size_t capacity, size_t size, void **state, rf_error *err);

/* store/remote/transport.c: true for a row whose transport takes names as they are written (RF_TRANSPORT_RAW_NAMES). */
bool rf_transport_takes_raw_names(const rf_driver *row);

/* file.c: rf_store_opened, rf_store_stamp, rf_store_stamp_behind, rf_store_size_then, rf_store_is_replaced and
 * rf_store_map_open for the state of a file behind rf_file_ops. */
bool rf_local_opened(const void *state, rf_file_stamp *stamp);
rf_status rf_local_stamp(void *state, rf_file_stamp *stamp, rf_error *err);
bool rf_local_stamp_behind(const void *state, rf_file_stamp *stamp);
bool rf_local_size_then(const void *state, const rf_file_stamp *stamp, uint64_t *size);
bool rf_local_is_replaced(void *state, const rf_file_stamp *stamp);
rf_status rf_local_map(void *state, size_t length, const uint8_t **base, rf_error *err);
rf_status rf_local_map_part(void *state, uint64_t offset, size_t length, uint8_t **base, rf_error *err);

/* A codec decodes the content of the store beneath it: rows of a const table in codec.c. */
typedef struct rf_codec {
  const char *name;     /* "gzip" */
  const char *suffix;   /* ".gz", compared without case; NULL: content only */
  const uint8_t *magic; /* first bytes of encoded content */
  size_t magic_length;
  /* Wraps *store (ownership passes on success). mode is the one that the file is opened with; with RF_MODE_CREATE the
   * store beneath is new and empty. NULL: known, but not in this build. */
  rf_status (*wrap)(rf_store **store, rf_mode mode, const rf_options *options, rf_error *err);
  const char *hint; /* what to do when wrap is NULL */
} rf_codec;

/* The codec that a file's name asks for (a path, or the path part of a URL: query and fragment do not count), or NULL.
 */
const rf_codec *rf_codec_by_name(const char *name);

/* The codec whose magic number stands at the beginning of these bytes, or NULL. */
const rf_codec *rf_codec_by_magic(const uint8_t *bytes, size_t n);

/* store/gzip/gzip.c */
rf_status rf_gzip_wrap(rf_store **store, rf_mode mode, const rf_options *options, rf_error *err);

/* Looks a scheme up (thread-safe). NULL when nobody knows it. */
const rf_driver *rf_driver_find(const char *scheme, size_t length);

/* The stream codec in force (stream_codec.c); never NULL. */
const rf_stream_codec *rf_stream_codec_current(void);

#endif
