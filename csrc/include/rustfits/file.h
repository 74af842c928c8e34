/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/file.h: Files. Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_FILE_H
#define RUSTFITS_FILE_H

#include "rustfits/driver.h"
#include "rustfits/transport.h"
#include "rustfits/header.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Files ============================== */

/* An open FITS file. Many threads may read it at once. A call that changes the file waits for the running calls, and
 * excludes all others. In the comments below, "Threads: any" means this.
 *
 * "The statuses of an unreadable header" are RF_ERR_FORMAT, RF_ERR_CARD, RF_ERR_TRUNCATED and RF_ERR_LIMIT, of the
 * header of the HDU or of one before it. "The statuses of a call on a file" are RF_ERR_CLOSED; RF_ERR_TAINTED (an
 * earlier write failed halfway, or the process was forked during one); RF_ERR_CHANGED (another program changed the
 * HDU); RF_ERR_INTERRUPTED (another program is editing the file, or its edit was interrupted); RF_ERR_MEMORY; any of
 * "input and output", RF_ERR_CODEC and RF_ERR_LIMIT where bytes are read. */
typedef struct rf_file rf_file;

/* ------------------------------ opening and closing ------------------------------ */

/* rf_file_open() opens the FITS file `name`: a path, a URL, "mem://" or "memkeep://". Without "scheme://" it is a path,
 * but exactly "-" is standard input (RF_MODE_READ) or standard output (RF_MODE_CREATE).
 * name     UTF-8, ended by NUL, not empty; copied
 * mode     RF_MODE_READ, RF_MODE_READ_WRITE, or RF_MODE_CREATE, which truncates an existing file
 * options  NULL: defaults. Borrowed for the call, except progress_user, which must live as long as the file
 * file     receives the handle; the caller ends it with rf_file_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`name`, `mode`); RF_ERR_SCHEME (not allowed); RF_ERR_NO_DRIVER, RF_ERR_NOT_BUILT
 * (scheme or codec); RF_ERR_READONLY (the scheme cannot be written); RF_ERR_UNSUPPORTED (content; locks); RF_ERR_LOCKED
 * (RF_OPEN_LOCK); RF_ERR_INTERRUPTED (an edit that opening cannot complete); RF_ERR_NOT_FITS or the statuses of an
 * unreadable header (the first one, unless RF_MODE_CREATE); RF_ERR_CODEC (.gz); RF_ERR_LIMIT; RF_ERR_MEMORY; any of
 * "input and output". Threads: any. */
RF_API RF_CHECKED rf_status rf_file_open(const char *name, rf_mode mode, const rf_options *options, rf_file **file,
                                         rf_error *err);

/* rf_file_open_bytes() opens a private copy of `n` bytes as a FITS file. Writing changes the copy only. The library
 * recognises compressed content (.gz).
 * bytes    the content; copied. May be NULL when `n` is 0
 * n        bytes at `bytes`
 * mode     RF_MODE_READ or RF_MODE_READ_WRITE
 * options  NULL: defaults. Borrowed for the call
 * file     receives the handle; the caller ends it with rf_file_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`mode`, `bytes`); RF_ERR_NOT_FITS; RF_ERR_NOT_BUILT, RF_ERR_UNSUPPORTED (content);
 * RF_ERR_INTERRUPTED (an edit that opening cannot complete); RF_ERR_CODEC; RF_ERR_LIMIT; RF_ERR_MEMORY; the statuses of
 * an unreadable header. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_open_bytes(const void *bytes, size_t n, rf_mode mode, const rf_options *options,
                                               rf_file **file, rf_error *err);

/* rf_file_open_view() opens `n` bytes of the caller as a FITS file, for reading, without a copy. The library recognises
 * compressed content (.gz). rf_hdu_map() gives pointers into the bytes.
 * bytes    the content; borrowed: it must stay valid and unchanged until rf_file_close() or rf_file_free(), and until
 *          rf_map_free() of each mapping. May be NULL when `n` is 0
 * n        bytes at `bytes`
 * options  NULL: defaults. Borrowed for the call
 * file     receives the handle; the caller ends it with rf_file_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`bytes`); RF_ERR_NOT_FITS; RF_ERR_NOT_BUILT, RF_ERR_UNSUPPORTED (content);
 * RF_ERR_INTERRUPTED (an edit that opening cannot show as finished); RF_ERR_CODEC; RF_ERR_LIMIT; RF_ERR_MEMORY; the
 * statuses of an unreadable header. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_open_view(const void *bytes, size_t n, const rf_options *options, rf_file **file,
                                              rf_error *err);

/* rf_file_is_atomic() tells whether closing puts all changes in place at once, and none after rf_file_discard().
 * file  must not be NULL
 * Returns 1 with RF_OPEN_ATOMIC, and for files that are sent when they are closed, such as standard output and new
 * files on servers; else 0. Threads: any. */
RF_API int rf_file_is_atomic(const rf_file *file);

/* rf_file_is_stream() tells whether the bytes of the file come in order, once: a read waits for all bytes before it,
 * and with RF_OPEN_FORWARD they are lost. file  must not be NULL Returns 1 for pipes, sockets and terminals without
 * compression; else 0. Threads: any. */
RF_API int rf_file_is_stream(const rf_file *file);

/* rf_file_open_driver() opens a file of the caller's own driver, which needs no scheme and no row in the driver table.
 * driver   borrowed for the call: the library copies row and operations. Its scheme is used in messages and may be
 *          NULL; its flags apply; `user` must live as long as ops->open needs it
 * name     passed to driver->ops->open, and the name of the file in messages; UTF-8, ended by NUL; copied
 * mode     RF_MODE_READ, RF_MODE_READ_WRITE or RF_MODE_CREATE
 * options  NULL: defaults. Borrowed for the call. `schemes` does not apply
 * file     receives the handle; the caller ends it with rf_file_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`driver`, its size, a MUST member; `name`; `mode`); RF_ERR_READONLY (`mode` needs
 * RF_DRIVER_WRITE); RF_ERR_NOT_FITS; RF_ERR_NOT_BUILT, RF_ERR_UNSUPPORTED (content); RF_ERR_CODEC; RF_ERR_LIMIT;
 * RF_ERR_MEMORY; any status of the driver; the statuses of an unreadable header. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_open_driver(const rf_driver *driver, const char *name, rf_mode mode,
                                                const rf_options *options, rf_file **file, rf_error *err);

/* rf_file_open_transport() opens a remote file through the caller's own transport, which needs no scheme and no row in
 * the driver table.
 * transport  borrowed until the file is closed. `schemes` may be NULL; its name is used in messages
 * name       as for rf_file_open(). It may be a chain ("zip://a.fits::https://host/b.zip"): options->schemes and
 *            RUSTFITS_SCHEMES must allow the schemes of all its links
 * mode       as for rf_file_open()
 * options    NULL: defaults. Borrowed for the call, except progress_user, which must live as long as the file
 * file       receives the handle; the caller ends it with rf_file_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`transport`, its size, a MUST member; `name`; `mode`); RF_ERR_SCHEME; any other
 * status of rf_file_open() but RF_ERR_NO_DRIVER. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_open_transport(const rf_transport *transport, const char *name, rf_mode mode,
                                                   const rf_options *options, rf_file **file, rf_error *err);

/* rf_file_read_header() reads the header of one HDU of a file that does not stay open. It is rf_file_open() for
 * reading, rf_hdu_get_logical_header() and rf_file_free() in one call.
 * name     as for rf_file_open()
 * options  NULL: defaults. Borrowed for the call
 * index    the HDU, 0-based
 * header   receives the header; the caller frees it with rf_header_free(). Unchanged on failure
 * Returns RF_OK; the statuses of these three calls. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_read_header(const char *name, const rf_options *options, size_t index,
                                                rf_header **header, rf_error *err);

/* rf_file_free() closes `file` if it is open, and frees the handle, also on failure. NULL is allowed.
 * Returns RF_OK; the statuses of rf_file_close(). Threads: no other thread may use the handle. */
RF_API rf_status rf_file_free(rf_file *file, rf_error *err);

/* rf_file_discard() lets closing `file` drop what has not reached the file yet. With RF_OPEN_ATOMIC, for a .gz, and
 * for a file that is sent to a server, the old file remains. Other files keep what was written, and lack what
 * rf_file_flush() would have completed. Returns RF_OK; RF_ERR_CLOSED. Threads: any. */
RF_API rf_status rf_file_discard(rf_file *file, rf_error *err);

/* rf_file_close() waits for running calls on `file`, completes it as rf_file_flush() does, and closes the underlying
 * file, also on failure. Later calls that need the file return RF_ERR_CLOSED; a second rf_file_close() returns RF_OK.
 * The caller still has to call rf_file_free(). It is for callers that cannot know whether another thread is about to
 * use the handle.
 * Returns RF_OK; RF_ERR_TAINTED (an earlier write failed halfway); RF_ERR_CHANGED (another program changed or replaced
 * the file before it was complete); RF_ERR_TRUNCATED, RF_ERR_LIMIT, RF_ERR_MEMORY (completing it failed); any of "input
 * and output". Threads: any. */
RF_API rf_status rf_file_close(rf_file *file, rf_error *err);

/* rf_file_flush() completes the content of `file`: it removes spare room that appends reserved, and stores tiles of
 * compressed images that were never written. Until then, the file is not complete. rf_file_sync(), rf_file_close() and
 * copying from the file do the same. Later calls may append again. It does nothing to a file that is open for reading.
 * Returns RF_OK; RF_ERR_TRUNCATED, RF_ERR_LIMIT (the HDU cannot be completed); the statuses of a call on a file.
 * Threads: any. */
RF_API RF_CHECKED rf_status rf_file_flush(rf_file *file, rf_error *err);

/* rf_file_sync() completes the content of `file` as rf_file_flush() does, and makes it durable: fsync, or writing the
 * .gz. It waits while another thread makes an HDU. It does nothing to a file that is open for reading.
 * Returns RF_OK; RF_ERR_ARGUMENT (this thread makes an HDU: publish or discard it first); the statuses of
 * rf_file_flush(). Threads: any. */
RF_API RF_CHECKED rf_status rf_file_sync(rf_file *file, rf_error *err);

/* ------------------------------ names ------------------------------ */

/* rf_name_show() copies `name` without its secrets and in printable form. Secrets in URLs become "***": passwords;
 * users that may be tokens (alone before an '@', except for FTP and SSH); the values of keys that look secret (token,
 * signature, code, key, ...) in path, query and fragment, percent-encoded or not, also in a URL inside another one.
 * Control characters, characters that change the direction of writing, and bytes that are not UTF-8 are escaped ("\n",
 * "\x1b", "\u202e").
 * name      UTF-8, ended by NUL; NULL, or no memory, gives ""
 * text      receives the text and a NUL. A longer text is cut between characters
 * capacity  bytes at `text`; 0: nothing is written
 * Threads: any. */
RF_API void rf_name_show(const char *name, char *text, size_t capacity);

/* rf_name_redact() does the same as rf_name_show() without the escapes, so that a path can still be opened. `name`,
 * `text` and `capacity` are as there. Threads: any. */
RF_API void rf_name_redact(const char *name, char *text, size_t capacity);

/* rf_key_is_secret() tells whether the value of `key` is a secret, judged by its name: a key of a URL, or a header of a
 * request. Returns 1 or 0; 0 for NULL. Threads: any. */
RF_API int rf_key_is_secret(const char *key);

/* ------------------------------ properties ------------------------------ */

/* rf_file_get_name() gets the name that was passed to open `file`, as rf_name_redact() writes it. Returns a text that
 * lives as long as the handle. Threads: any, also after rf_file_close(). */
RF_API const char *rf_file_get_name(const rf_file *file);

/* rf_file_get_size() gets the size of the content of `file`, for a .gz that of the decompressed content. The content
 * may be incomplete: see rf_file_flush(). HDUs that are not published do not count.
 * size  receives the size in bytes
 * Returns RF_OK; the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_get_size(rf_file *file, uint64_t *size, rf_error *err);

/* rf_file_read_bytes() copies bytes of the content of `file`, for a .gz of the decompressed content.
 * offset  of the first byte, 0-based
 * buffer  receives `n` bytes; on failure it may be partly written
 * n       bytes to copy
 * Returns RF_OK; RF_ERR_TRUNCATED (the content ends before the last byte); the statuses of a call on a file. Threads:
 * any. */
RF_API RF_CHECKED rf_status rf_file_read_bytes(rf_file *file, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* rf_file_get_hdu_count() finds all HDUs of `file` and gets their number. Trailing bytes that are not an HDU do not
 * count. An HDU with an unreadable header ends the list; the HDUs before it stay usable.
 * count  receives the number; after the statuses of an unreadable header, the number of HDUs before it
 * Returns RF_OK; the statuses of an unreadable header; the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_get_hdu_count(rf_file *file, size_t *count, rf_error *err);

/* rf_file_find() finds the first HDU of `file` with a name, and with a version where one is given. It reads no more
 * headers than it needs.
 * extname  EXTNAME, in any case, without leading and trailing blanks. The first EXTNAME of a header counts, as text if
 *          it is a number. For a compressed image, "COMPRESSED_IMAGE" is skipped if another EXTNAME follows. "PRIMARY"
 *          is HDU 0 if no HDU has that name
 * extver   EXTVER, which is 1 in a header without it; NULL: any. Borrowed for the call
 * index    receives the 0-based index of the HDU. Unchanged on failure
 * Returns RF_OK; RF_ERR_NOT_FOUND; the statuses of an unreadable header; the statuses of a call on a file. Threads:
 * any. */
RF_API RF_CHECKED rf_status rf_file_find(rf_file *file, const char *extname, const int64_t *extver, size_t *index,
                                         rf_error *err);

/* rf_file_get_warning_count() gets the number of warnings about `file` so far: departures from the standard that the
 * library still reads. Each cause counts once, for the first HDU that has it. Warnings about a column are in
 * rf_column_info. Returns the number. Threads: any. */
RF_API size_t rf_file_get_warning_count(const rf_file *file);

/* rf_file_get_warning() gets warning `n` (0-based) about `file`, in the order in which they were found.
 * warning  receives code, HDU, keyword, offset and message, as a failure would have them. Unchanged on failure
 * Returns RF_OK; RF_ERR_RANGE (`n` is not below rf_file_get_warning_count()). Threads: any. */
RF_API RF_CHECKED rf_status rf_file_get_warning(rf_file *file, size_t n, rf_error *warning, rf_error *err);

/* rf_file_get_remote_stats() gets what the library has fetched of `file`.
 * stats  the caller sets stats->size; receives the rest. Unchanged on failure
 * Returns RF_OK; RF_ERR_TYPE (the file is not remote); the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_get_remote_stats(rf_file *file, rf_remote_stats *stats, rf_error *err);

/* What tells one content of a file from a later one. */
typedef struct rf_content_id {
  size_t size;            /* sizeof(rf_content_id) of the caller; members that lie beyond it are not filled in */
  uint64_t file_bytes;    /* size of the file, for a .gz before decompression */
  int64_t modified;       /* of a local file: time of its last change, in nanoseconds since 1970; 0: unknown */
  char etag[128];         /* of a remote file: the ETag that its server sent; "": none */
  char last_modified[64]; /* the same for Last-Modified */
} rf_content_id;

/* rf_file_get_content_id() gets what identifies the content of `file`. For a local file, it is that of the open file
 * now, even if another file has its name. For a remote file, it is that of the first response.
 * id  the caller sets id->size; receives the rest. Unchanged on failure
 * Returns RF_OK; RF_ERR_UNSUPPORTED (a stream); the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_file_get_content_id(rf_file *file, rf_content_id *id, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
