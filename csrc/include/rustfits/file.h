/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/file.h: Files. Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_FILE_H
#define RUSTFITS_FILE_H

#include "rustfits/driver.h"
#include "rustfits/header.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Files ============================== */

typedef struct rf_file rf_file;

/* Opens a file by path or URL. options may be NULL. With RF_MODE_READ and RF_MODE_READ_WRITE the first header
 * must be readable: RF_ERR_NOT_FITS, RF_ERR_TRUNCATED, RF_ERR_FORMAT or RF_ERR_CARD otherwise. A name without
 * "scheme://" is a path, whatever characters it has. "mem://" and "memkeep://" are files in memory. */
RF_API RF_CHECKED rf_status rf_file_open(const char *name, rf_mode mode, const rf_options *options, rf_file **file,
                                         rf_error *err);

/* Opens a copy of n bytes. RF_MODE_CREATE is RF_ERR_ARGUMENT. Writing is allowed in both other modes: it
 * changes the private copy. Compressed content (.gz) is recognised. */
RF_API RF_CHECKED rf_status rf_file_open_bytes(const void *bytes, size_t n, rf_mode mode, const rf_options *options,
                                               rf_file **file, rf_error *err);

/* The header of HDU `index` of a file that is not to stay open: rf_file_open, rf_hdu_get_logical_header and
 * rf_file_free in one call, with their errors. */
RF_API RF_CHECKED rf_status rf_file_read_header(const char *name, const rf_options *options, size_t index,
                                                rf_header **header, rf_error *err);

/* Writes back what is pending and frees the handle, also when it returns an error. No other thread may be
 * using it. NULL is allowed. */
RF_API rf_status rf_file_free(rf_file *file, rf_error *err);

/* What was written and is not in the file yet is not to get there: closing a file that was opened with RF_OPEN_ATOMIC,
 * or a .gz, leaves the old file. Other files keep what was written; what edits have put off (rf_file_flush) is not
 * done. RF_ERR_CLOSED after rf_file_close. */
RF_API rf_status rf_file_discard(rf_file *file, rf_error *err);

/* Does all that closing does but free the handle: waits for running calls, writes back what is pending, lets go of the
 * file (also when it returns an error). Any later call on the handle that needs the file is RF_ERR_CLOSED; a second
 * rf_file_close is RF_OK. rf_file_free still has to follow. For callers who cannot know whether another thread is about
 * to use the handle. */
RF_API rf_status rf_file_close(rf_file *file, rf_error *err);

/* Does what edits have put off until the file is closed: takes back room that appends left for more, and stores tiles
 * of compressed images that nobody has written. Until then the bytes of the file are those of a file that is not
 * finished; rf_file_sync, rf_file_free and copying from the file do it, too. Appending may go on afterwards. */
RF_API RF_CHECKED rf_status rf_file_flush(rf_file *file, rf_error *err);

/* Settles, and makes all that was written durable (fsync; .gz is written back). */
RF_API RF_CHECKED rf_status rf_file_sync(rf_file *file, rf_error *err);

/* Copies a name, with a NUL and cut to fit `capacity`, fit to be shown. Secrets in URLs become "***": passwords, users
 * that may be tokens (alone before an '@', but for FTP and SSH), and the values of keys that look secret (token,
 * signature, code, key, ...) in path, query and fragment, percent-encoded or not, also in a URL inside of another one.
 * Control characters, characters that turn the direction of writing, and bytes that are no UTF-8 are escaped ("\n",
 * "\x1b", "\u202e"). NULL gives "". */
RF_API void rf_name_show(const char *name, char *text, size_t capacity);

/* The same without the escapes: a path stays one that can be opened. */
RF_API void rf_name_redact(const char *name, char *text, size_t capacity);

/* 1 when the value of this key of a URL, or of this header of a request, is a secret by its name. NULL gives 0. */
RF_API int rf_key_is_secret(const char *key);

/* The name as given to open, as rf_name_redact has it. Lives as long as the file. */
RF_API const char *rf_file_name(const rf_file *file);

/* Size of the content in bytes (of a .gz: decompressed), as it is: see rf_file_flush. */
RF_API RF_CHECKED rf_status rf_file_get_size(rf_file *file, uint64_t *size, rf_error *err);

/* Copies n bytes of the content. RF_ERR_TRUNCATED past its end. */
RF_API RF_CHECKED rf_status rf_file_read_bytes(rf_file *file, uint64_t offset, void *buffer, size_t n, rf_error *err);

/* Number of HDUs: finds all of them. Trailing bytes that are no HDU do not count. An HDU with an unreadable
 * header ends the list: the HDUs before it stay usable, *count is their number, and this call reports the error. */
RF_API RF_CHECKED rf_status rf_file_count(rf_file *file, size_t *count, rf_error *err);

/* Finds the first HDU of that EXTNAME (any case, blanks in front and behind cut; the first EXTNAME of a header counts,
 * as text where it is a number, but "COMPRESSED_IMAGE" in front of the name of a compressed image does not; "PRIMARY"
 * is HDU 0 when nothing else has the name) and, when extver >= 0, that EXTVER (1 when absent). Looks no further than it
 * must. RF_ERR_NOT_FOUND. */
RF_API RF_CHECKED rf_status rf_file_find(rf_file *file, const char *extname, int64_t extver, size_t *index,
                                         rf_error *err);

/* As rf_file_find, with this very EXTVER: negative ones are versions, too. */
RF_API RF_CHECKED rf_status rf_file_find_version(rf_file *file, const char *extname, int64_t extver, size_t *index,
                                                 rf_error *err);

/* How many things that are odd were met in the file so far and read all the same: each is worth a warning. The same
 * cause counts once, for the HDU where it was met first. What is odd about a column is told by rf_table_get_column. */
RF_API size_t rf_file_warning_count(const rf_file *file);

/* Oddity n, in the order in which they were met: code, HDU, keyword, offset and message as a failure would have them.
 * RF_ERR_RANGE when there are not so many. */
RF_API RF_CHECKED rf_status rf_file_get_warning(rf_file *file, size_t n, rf_error *warning, rf_error *err);

/* What was fetched of a remote file. RF_ERR_TYPE when it is not remote. */
RF_API RF_CHECKED rf_status rf_file_get_remote_stats(rf_file *file, rf_remote_stats *stats, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
