/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/hdu.h: HDUs of any kind (FITS 3) and their checksums (FITS 4.4.2.7). Part of <rustfits.h>, which has the
 * rules for every function.
 */
#ifndef RUSTFITS_HDU_H
#define RUSTFITS_HDU_H

#include "rustfits/file.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== HDUs (FITS 3) ============================== */

/* Kinds of HDU. */
typedef enum rf_hdu_kind {
  RF_HDU_IMAGE = 1,             /* primary array or IMAGE extension, also without data */
  RF_HDU_GROUPS = 2,            /* random groups (FITS 6) */
  RF_HDU_TABLE = 10,            /* BINTABLE */
  RF_HDU_ASCII_TABLE = 11,      /* TABLE */
  RF_HDU_COMPRESSED_IMAGE = 20, /* BINTABLE with ZIMAGE = T */
  RF_HDU_COMPRESSED_TABLE = 21, /* BINTABLE with ZTABLE = T */
  RF_HDU_OTHER = 100            /* any other XTENSION */
} rf_hdu_kind;

/* Properties of an HDU, as stored: for a compressed image or table, those of the binary table. */
typedef struct rf_hdu_info {
  size_t size; /* sizeof(rf_hdu_info) of the caller; members that lie beyond it are not filled in */
  rf_hdu_kind kind;
  int bitpix;
  int naxis;
  int64_t pcount;
  int64_t gcount;
  uint64_t header_offset; /* bytes from the start of the content */
  uint64_t header_bytes;  /* whole blocks */
  uint64_t data_offset;   /* bytes from the start of the content */
  uint64_t data_bytes;    /* by the header (FITS 4.4.1, eqs. 1 and 2), without padding */
  int has_data;           /* 1: naxis > 0 and no axis is 0; for a compressed image, of the image */
  int64_t extver;         /* 1 when absent */
  int has_extname;        /* 1: there is an EXTNAME */
  char extname[80];       /* ended by NUL; a longer name is cut */
  size_t warnings;        /* rf_file_get_warning_count(), when this was filled in */
} rf_hdu_info;

/* rf_hdu_get_info() gets the properties of HDU `index` (0-based) of `file`. It reads the headers up to that HDU if no
 * earlier call has read them.
 * info  the caller sets info->size; receives the rest. Unchanged on failure
 * Returns RF_OK; RF_ERR_NOT_FOUND (no such HDU, or another thread makes it); the statuses of an unreadable header; the
 * statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_get_info(rf_file *file, size_t index, rf_hdu_info *info, rf_error *err);

/* rf_hdu_get_axes() gets the lengths of the axes of HDU `index` (0-based) of `file`, slowest first.
 * axes      receives at most `capacity` lengths; NULL is allowed when `capacity` is 0
 * capacity  lengths that fit into `axes`
 * naxis     receives the number of axes, which may be larger than `capacity`
 * Returns RF_OK; the statuses of rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                                            rf_error *err);

/* ------------------------------ headers ------------------------------ */

/* rf_hdu_get_header() gets a copy of the header of HDU `index` (0-based) of `file`, as stored.
 * header  receives the copy, which is independent of the file; the caller frees it with rf_header_free(). Unchanged on
 *         failure
 * Returns RF_OK; the statuses of rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_get_header(rf_file *file, size_t index, rf_header **header, rf_error *err);

/* rf_hdu_set_header() replaces the header of HDU `index` (0-based) of `file`. The header grows by whole blocks and
 * never shrinks; the HDUs after it move. All checks come before the first byte is written.
 * header  borrowed for the call. Its protected cards must be those of the file, with the same values in the same order
 * Returns RF_OK; RF_ERR_NOT_FOUND (no such HDU); RF_ERR_PROTECTED (a card that describes the structure differs);
 * RF_ERR_TRUNCATED (the data unit is not whole); RF_ERR_LIMIT (size of the header or of the file); RF_ERR_READONLY;
 * RF_ERR_ARGUMENT (an HDU that this thread makes is not published); RF_ERR_INTERRUPTED (remains of an interrupted
 * edit); the statuses of an unreadable header; the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_set_header(rf_file *file, size_t index, const rf_header *header, rf_error *err);

/* rf_hdu_get_logical_header() gets the logical header of HDU `index` (0-based) of `file`. For a compressed image or
 * table, this is the header of the image or table in the tiles (FITS 10.1, 10.3): SIMPLE or XTENSION, BITPIX, NAXISn
 * ... from their Z keywords, without the keywords of the compression. For other HDUs, it is the stored header.
 * header  receives the header; the caller frees it with rf_header_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_FORMAT, RF_ERR_CARD, RF_ERR_UNSUPPORTED (keywords of the compression); the statuses of
 * rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_get_logical_header(rf_file *file, size_t index, rf_header **header, rf_error *err);

/* rf_hdu_set_logical_header() replaces the logical header of HDU `index` (0-based) of `file`. The keywords of the
 * compression stay.
 * header  as for rf_hdu_set_header(), with the protected cards of the logical header
 * Returns RF_OK; the statuses of rf_hdu_set_header() and rf_hdu_get_logical_header(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_set_logical_header(rf_file *file, size_t index, const rf_header *header,
                                                      rf_error *err);

/* ------------------------------ creating and copying ------------------------------ */

/* rf_hdu_publish() completes HDU `index` (0-based) of `file`, which this thread began by rf_image_create() or
 * rf_table_create() with `deferred`. It sets data that were not written to 0, adds padding, and writes the header, its
 * first bytes last. Until then, the header is in memory only: if the process ends, the file keeps its earlier HDUs, and
 * readers ignore the bytes after them. The thread that began the HDU can write to it, append to it and edit it by its
 * index; reading data that were not written returns RF_ERR_TRUNCATED. Other threads do not see the HDU, and wait when
 * they append. An empty primary HDU that it needs is published with it.
 * Returns RF_OK; RF_ERR_ARGUMENT (this thread makes no HDU with that index); RF_ERR_READONLY; RF_ERR_LIMIT; the
 * statuses of a call on a file. On failure the HDU is removed and the file is as it was before; a failed write to the
 * HDU removes it, too. Threads: the one that began the HDU. */
RF_API RF_CHECKED rf_status rf_hdu_publish(rf_file *file, size_t index, rf_error *err);

/* rf_hdu_discard() removes HDU `index` (0-based) of `file`, which this thread began: the file is as long as before. It
 * does nothing if the HDU no longer exists, as after a failed write. Closing the file does the same.
 * Returns RF_OK; RF_ERR_READONLY; the statuses of a call on a file. Threads: the one that began the HDU. */
RF_API RF_CHECKED rf_status rf_hdu_discard(rf_file *file, size_t index, rf_error *err);

/* rf_hdu_copy() appends a copy of HDU `index` (0-based) of `from` to `to`. Every byte is the same, except that SIMPLE
 * becomes XTENSION, and the reverse, as the place in the file requires. A compressed HDU stays compressed. The library
 * completes `from` first, as rf_file_flush() does.
 * to         may be `from`
 * new_index  receives the 0-based index of the copy; may be NULL. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (this thread makes an HDU in `to`); RF_ERR_NOT_FOUND (HDU);
 * RF_ERR_UNSUPPORTED (random groups must be the first HDU); RF_ERR_TRUNCATED (the data unit is not whole, or the last
 * one of `to` is not); RF_ERR_FORMAT (bytes after the last HDU of `to` may be an HDU); RF_ERR_READONLY (`to`);
 * RF_ERR_LIMIT; the statuses of an unreadable header; the statuses of a call on a file. On failure `to` is as it was
 * before. Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_copy(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* ------------------------------ order ------------------------------ */

/* rf_hdu_delete() removes HDU `index` (0-based) of `file`; the HDUs after it move, and their indices become smaller by
 * one. In the place of a first HDU, the next one becomes the primary HDU if it is an image; otherwise an empty primary
 * HDU is put there. After a kill, the file is as it was before or after the call. Indices that a caller keeps become
 * those of other HDUs.
 * Returns RF_OK; RF_ERR_NOT_FOUND (HDU); RF_ERR_ARGUMENT (this thread makes an HDU in `file`); RF_ERR_TRUNCATED (the
 * data unit of the HDU that becomes the primary one is not whole); RF_ERR_READONLY; RF_ERR_NO_SPACE; RF_ERR_LIMIT; the
 * statuses of an unreadable header; the statuses of a call on a file. Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_delete(rf_file *file, size_t index, rf_error *err);

/* rf_hdu_move() moves HDU `index` (0-based) of `file` so that its index becomes `position`. The HDUs between both
 * places move by one. An image that becomes the first HDU gets SIMPLE, the one that was first XTENSION; their other
 * cards and all data stay. After a kill, the file is as it was before or after the call. To insert an HDU, append it
 * and move it.
 * position  an index in `file`, 0-based
 * Returns RF_OK; RF_ERR_NOT_FOUND (`index`, `position`); RF_ERR_UNSUPPORTED (an HDU that is not an image would become
 * the first one, or random groups an extension); RF_ERR_TRUNCATED (a data unit that moves is not whole); those of
 * rf_hdu_delete(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_move(rf_file *file, size_t index, size_t position, rf_error *err);

/* ------------------------------ changes by others ------------------------------ */

/* rf_file_get_generation() gets a number that grows with each edit of `file` that can change structure or headers,
 * through any handle of this process on the same file. A caller can keep what it has read while the number stays.
 * Returns the number. Threads: any, also after rf_file_close(). */
RF_API uint64_t rf_file_get_generation(const rf_file *file);

/* rf_file_can_change() tells whether another handle of this process, or another program, can change `file` while it is
 * open here. Returns 1 for a local file that is not decoded; 0 otherwise: what a handle for reading has read stays
 * true. Threads: any, also after rf_file_close(). */
RF_API int rf_file_can_change(const rf_file *file);

/* rf_file_refresh() finds HDUs that another program has appended to `file`, and reads the last known HDU again, because
 * rows may have been added to it. Changes by this process need no refresh.
 * count  receives the number of HDUs; may be NULL. Unchanged on failure
 * Returns RF_OK; RF_ERR_UNSUPPORTED (not a plain local file); RF_ERR_CHANGED (an HDU before the last one has changed);
 * the statuses of an unreadable header (the last known one); RF_ERR_CLOSED; RF_ERR_TAINTED; RF_ERR_LOCKED or
 * RF_ERR_INTERRUPTED (another program is editing the file, or its edit was interrupted); RF_ERR_MEMORY; any of "input
 * and output". Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_file_refresh(rf_file *file, size_t *count, rf_error *err);

/* A mapping of stored bytes. */
typedef struct rf_map rf_map;

/* rf_hdu_map() maps the first `n` bytes of the data unit of HDU `index` (0-based) of `file`: of the file that the
 * handle has open, even if its name leads to another file now. If another program truncates the file, reading the lost
 * pages ends this process with SIGBUS.
 * n      bytes to map, at least 1
 * map    receives the mapping; the caller ends it with rf_map_free(). Unchanged on failure
 * bytes  receives the address of the first byte; valid until rf_map_free(), also after the file is closed
 * Returns RF_OK; RF_ERR_ARGUMENT (`n`); RF_ERR_RANGE (`n` is beyond the data unit); RF_ERR_TRUNCATED (the file ends
 * before); RF_ERR_UNSUPPORTED (the driver has no mappings: not a plain local file or shared memory); the statuses of
 * rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_map(rf_file *file, size_t index, size_t n, rf_map **map, const void **bytes,
                                       rf_error *err);

/* rf_map_free() ends the mapping `map`. NULL is allowed. Threads: any, once per mapping. */
RF_API void rf_map_free(rf_map *map);

/* rf_file_get_identity() gets a number that the handles of this process on the same file have in common. No other
 * handle has it before all of them are freed. Callers that edit in several calls can use it as the key of a lock.
 * Returns the number of `file`, never 0. Threads: any, also after rf_file_close(). */
RF_API uintptr_t rf_file_get_identity(const rf_file *file);

/* ============================== Checksums (FITS 4.4.2.7, appendix J) ============================== */

/* What rf_hdu_verify_checksum() finds. */
typedef enum rf_checksum_state {
  RF_CHECKSUM_ABSENT = 0, /* no such keyword, or an empty one: the sum is not known */
  RF_CHECKSUM_RIGHT = 1,
  RF_CHECKSUM_WRONG = 2
} rf_checksum_state;

/* rf_hdu_add_checksum() writes DATASUM of HDU `index` (0-based) of `file`, in cfitsio's form. Sums that are right keep
 * their cards. A compressed HDU also gets ZDATASUM and ZHECKSUM: the sums of the HDU without compression (FITS 10.1.1,
 * 10.3.1). An existing CHECKSUM is kept right.
 * with_checksum  not 0: CHECKSUM is written, too
 * Returns RF_OK; RF_ERR_CODEC, RF_ERR_FORMAT, RF_ERR_UNSUPPORTED (tiles); the statuses of rf_hdu_set_header().
 * Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_hdu_add_checksum(rf_file *file, size_t index, int with_checksum, rf_error *err);

/* rf_hdu_verify_checksum() compares DATASUM and CHECKSUM of HDU `index` (0-based) of `file` with the file. For a
 * compressed HDU that lost nothing, ZDATASUM and ZHECKSUM count, too: the state is RF_CHECKSUM_RIGHT only if both sums
 * that exist are right.
 * datasum   receives the state of DATASUM; may be NULL. Unchanged on failure
 * checksum  receives the state of CHECKSUM; may be NULL. Unchanged on failure
 * Returns RF_OK, also for wrong sums; RF_ERR_TRUNCATED (the data unit is not whole); RF_ERR_UNSUPPORTED, RF_ERR_LIMIT
 * (tiles); the statuses of rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_verify_checksum(rf_file *file, size_t index, rf_checksum_state *datasum,
                                                   rf_checksum_state *checksum, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
