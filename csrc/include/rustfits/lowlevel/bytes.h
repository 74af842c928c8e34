/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/bytes.h: Files as bytes, through the drivers and codecs of the library. Part of <rustfits.h>, which
 * has the rules for every function. It belongs to the low-level part: compatibility layers stand on it.
 */
#ifndef RUSTFITS_BYTES_H
#define RUSTFITS_BYTES_H

#include "rustfits/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Files as bytes ============================== */

/* An open file without structure. The library parses nothing in it, and does not order writes so that they survive a
 * kill: both are left to the caller. Other handles of the file, rf_file included, do not learn of its writes. Threads:
 * several may read at once; a call that changes the file excludes all others, and the caller takes care of that. */
typedef struct rf_bytes rf_bytes;

/* rf_bytes_open() opens `name` as rf_file_open() does, with driver and codec, but reads nothing of the content that a
 * codec does not need.
 * name     UTF-8, ended by NUL, not empty; copied
 * mode     RF_MODE_READ, RF_MODE_READ_WRITE, or RF_MODE_CREATE, which truncates an existing file
 * options  NULL: defaults. Borrowed for the call, except progress_user, which must live as long as the handle
 * bytes    receives the handle; the caller ends it with rf_bytes_close(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT; RF_ERR_SCHEME; RF_ERR_NO_DRIVER; RF_ERR_NOT_BUILT; RF_ERR_READONLY;
 * RF_ERR_UNSUPPORTED; RF_ERR_LOCKED; RF_ERR_CODEC; RF_ERR_LIMIT; RF_ERR_MEMORY; any of "input and output". Threads:
 * any. */
RF_API RF_CHECKED rf_status rf_bytes_open(const char *name, rf_mode mode, const rf_options *options, rf_bytes **bytes,
                                          rf_error *err);

/* rf_bytes_close() writes what is pending, closes the file and frees the handle, also on failure.
 * bytes  NULL is allowed
 * Returns RF_OK; RF_ERR_CODEC; RF_ERR_MEMORY; any of "input and output". Threads: no other thread may use the handle.
 */
RF_API rf_status rf_bytes_close(rf_bytes *bytes, rf_error *err);

/* rf_bytes_discard() lets closing `bytes` drop what has not reached the file yet, as rf_file_discard() does. Threads:
 * one. */
RF_API void rf_bytes_discard(rf_bytes *bytes);

/* rf_bytes_is_writable() tells whether `bytes` was opened for writing. Returns 1 or 0. Threads: any. */
RF_API int rf_bytes_is_writable(const rf_bytes *bytes);

/* rf_bytes_get_size() gets the size of the content, for a .gz that of the decompressed content.
 * size  receives the size in bytes. Unchanged on failure
 * Returns RF_OK; RF_ERR_CODEC; RF_ERR_LIMIT; RF_ERR_MEMORY; any of "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_bytes_get_size(rf_bytes *bytes, uint64_t *size, rf_error *err);

/* rf_bytes_read() copies bytes of the content.
 * offset  of the first byte, 0-based
 * buffer  receives at most `n` bytes; on failure it may be partly written
 * got     receives the number of bytes, less than `n` only where the content ends
 * Returns RF_OK; the statuses of rf_bytes_get_size(). Threads: any. */
RF_API RF_CHECKED rf_status rf_bytes_read(rf_bytes *bytes, uint64_t offset, void *buffer, size_t n, size_t *got,
                                          rf_error *err);

/* rf_bytes_peek() gets a pointer to `n` bytes of the content from `offset` on, without a copy.
 * content  receives the pointer, which stays valid until the next call that changes or closes the file
 * Returns RF_OK; RF_ERR_UNSUPPORTED (the bytes are not in memory: read them); the statuses of rf_bytes_get_size().
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_bytes_peek(rf_bytes *bytes, uint64_t offset, size_t n, const uint8_t **content,
                                          rf_error *err);

/* rf_bytes_write() writes all `n` bytes of `buffer` from `offset` on. A gap behind the end becomes zeros.
 * Returns RF_OK; RF_ERR_READONLY; the statuses of rf_bytes_get_size(). Threads: one. */
RF_API RF_CHECKED rf_status rf_bytes_write(rf_bytes *bytes, uint64_t offset, const void *buffer, size_t n,
                                           rf_error *err);

/* rf_bytes_set_size() cuts the content of `bytes` at `size`, or adds zeros up to there.
 * Returns RF_OK; RF_ERR_READONLY; the statuses of rf_bytes_get_size(). Threads: one. */
RF_API RF_CHECKED rf_status rf_bytes_set_size(rf_bytes *bytes, uint64_t size, rf_error *err);

/* rf_bytes_move() copies `n` bytes from offset `from` to offset `to`; the ranges may overlap.
 * Returns RF_OK; RF_ERR_READONLY; RF_ERR_TRUNCATED (the content ends before the last byte); the statuses of
 * rf_bytes_get_size(). Threads: one. */
RF_API RF_CHECKED rf_status rf_bytes_move(rf_bytes *bytes, uint64_t from, uint64_t to, uint64_t n, rf_error *err);

/* rf_bytes_sync() makes all that was written to `bytes` durable.
 * Returns RF_OK; the statuses of rf_bytes_get_size(). Threads: one. */
RF_API RF_CHECKED rf_status rf_bytes_sync(rf_bytes *bytes, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
