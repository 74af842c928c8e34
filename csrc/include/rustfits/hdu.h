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

typedef enum rf_hdu_kind {
  RF_HDU_IMAGE,            /* primary array or IMAGE extension, also without data */
  RF_HDU_GROUPS,           /* random groups (FITS 6) */
  RF_HDU_TABLE,            /* BINTABLE */
  RF_HDU_ASCII_TABLE,      /* TABLE */
  RF_HDU_COMPRESSED_IMAGE, /* BINTABLE with ZIMAGE = T */
  RF_HDU_COMPRESSED_TABLE, /* BINTABLE with ZTABLE = T */
  RF_HDU_OTHER             /* any other XTENSION */
} rf_hdu_kind;

typedef struct rf_hdu_info {
  size_t size; /* sizeof(rf_hdu_info), set by the caller */
  rf_hdu_kind kind;
  int bitpix;
  int naxis;
  int64_t pcount;
  int64_t gcount;
  uint64_t header_offset;
  uint64_t header_bytes; /* whole blocks */
  uint64_t data_offset;
  uint64_t data_bytes; /* by the header (FITS 4.4.1, eqs. 1 and 2), without padding */
  int has_data;        /* 1 when naxis > 0 and no axis is 0 */
  int64_t extver;      /* 1 when absent */
  int has_extname;
  char extname[80];
  size_t warnings; /* rf_file_warning_count, as it was when this was filled in */
} rf_hdu_info;

/* Facts about HDU `index`, found when first asked for. RF_ERR_NOT_FOUND when the file has no such HDU; the
 * error of its header (RF_ERR_FORMAT, ...) when it or one before it is unreadable. */
RF_API RF_CHECKED rf_status rf_hdu_get_info(rf_file *file, size_t index, rf_hdu_info *info, rf_error *err);

/* Copies up to `capacity` axis lengths, slowest first; *naxis is how many there are. */
RF_API RF_CHECKED rf_status rf_hdu_get_axes(rf_file *file, size_t index, uint64_t *axes, size_t capacity, size_t *naxis,
                                            rf_error *err);

/* A copy of the header, independent of the file. */
RF_API RF_CHECKED rf_status rf_hdu_get_header(rf_file *file, size_t index, rf_header **header, rf_error *err);

/* Puts `header` in the place of HDU `index`'s. Cards of protected keywords must be those the file has, with the
 * same values and in the same order (RF_ERR_PROTECTED otherwise). Grows the header by whole blocks, shifting what
 * follows in bounded pieces; never shrinks it. All checks come before the first byte is written. */
RF_API RF_CHECKED rf_status rf_hdu_set_header(rf_file *file, size_t index, const rf_header *header, rf_error *err);

/* As rf_hdu_get_header; of a compressed image or table the header of the image or table that it stands for (FITS 10.1,
 * 10.3: SIMPLE or XTENSION, BITPIX, NAXISn... from their Z keywords, nothing of the compression). An edit of the other
 * cards goes back by rf_hdu_set_logical_header, under the rules of rf_hdu_set_header; the cards that are about the
 * compression stay. */
RF_API RF_CHECKED rf_status rf_hdu_get_logical_header(rf_file *file, size_t index, rf_header **header, rf_error *err);
RF_API RF_CHECKED rf_status rf_hdu_set_logical_header(rf_file *file, size_t index, const rf_header *header,
                                                      rf_error *err);

/* Completes the HDU that this thread has begun by rf_image_create or rf_table_create with `deferred`: gives zeros to
 * data that were not written, adds padding, and writes the header, its first bytes last. Until then the header is in
 * memory only: a process that is killed leaves the file with the HDUs that it had, and bytes behind them that are
 * ignored. The thread that has begun the HDU can write to it, append to it and edit it by its index; reading what was
 * not written is RF_ERR_TRUNCATED. Other threads do not see it, and wait where they append. An empty primary HDU that
 * it needs is begun and published with it. On failure the HDU is taken off again, and the file is as it was; so it is
 * after a failed write to the HDU. RF_ERR_ARGUMENT when this thread has not begun it. */
RF_API RF_CHECKED rf_status rf_hdu_publish(rf_file *file, size_t index, rf_error *err);

/* Takes the HDU that this thread has begun off again: the file is as long as it was. RF_OK when it is gone already, as
 * after a failed write. Closing the file does the same. */
RF_API RF_CHECKED rf_status rf_hdu_discard(rf_file *file, size_t index, rf_error *err);

/* Appends a copy of HDU `index` of `from` to `to`, byte for byte but for what its place in the file asks for: SIMPLE
 * becomes XTENSION and back. A compressed HDU stays compressed. The files must not be the same. On failure `to` is as
 * it was. */
RF_API RF_CHECKED rf_status rf_hdu_copy(rf_file *from, size_t index, rf_file *to, size_t *new_index, rf_error *err);

/* Number of edits so far that can have changed structure or headers, through this handle or another one of this process
 * that has the same file open; lets a caller keep what it has read. */
RF_API uint64_t rf_file_generation(const rf_file *file);

/* 1 when another handle of this process, or another program, may change the file while it is open here: a file of the
 * system that is not decoded on the way. 0: what was read through a handle that only reads stays true. */
RF_API int rf_file_can_change(const rf_file *file);

/* Looks once more at a file that another program appends to: finds HDUs that were added behind the last one, and takes
 * the last one as it is now (rows that were added to a table). *count (may be NULL) is the number of HDUs then.
 * What this process itself has written needs no refresh. Any thread; waits for running calls on the file.
 * RF_ERR_CHANGED where an HDU before the last one is another than before, RF_ERR_UNSUPPORTED where the file is not a
 * plain local one, RF_ERR_LOCKED or RF_ERR_INTERRUPTED where another program is editing the file or was ended in an
 * edit. */
RF_API RF_CHECKED rf_status rf_file_refresh(rf_file *file, size_t *count, rf_error *err);

/* A mapping of stored bytes. */
typedef struct rf_map rf_map;

/* Maps the first n bytes of the data unit of HDU `index`, of the file that the handle has open, whatever its name leads
 * to by now. *bytes can be read until rf_map_free, also when the file is closed. Another program that cuts the file
 * then ends this process with SIGBUS, when cut pages are touched. RF_ERR_UNSUPPORTED where the file is not a plain
 * local one, RF_ERR_RANGE beyond the data unit, RF_ERR_TRUNCATED where the file ends before, RF_ERR_ARGUMENT for n = 0.
 */
RF_API RF_CHECKED rf_status rf_hdu_map(rf_file *file, size_t index, size_t n, rf_map **map, const void **bytes,
                                       rf_error *err);

/* Ends a mapping. NULL is allowed. Any thread. */
RF_API void rf_map_free(rf_map *map);

/* A number, not 0, that the handles of this process on the same file have in common; no other handle has it while one
 * of them was not freed. For locks of callers that edit in several calls. Any thread, also after rf_file_close. */
RF_API uintptr_t rf_file_identity(const rf_file *file);

/* ============================== Checksums (FITS 4.4.2.7, appendix J) ============================== */

/* Writes DATASUM, and CHECKSUM too when with_checksum is not 0, in cfitsio's form. A compressed HDU gets ZDATASUM and
 * ZHECKSUM first: those of the HDU that it stands for, uncompressed (FITS 10.1.1, 10.3.1). */
RF_API RF_CHECKED rf_status rf_hdu_add_checksum(rf_file *file, size_t index, int with_checksum, rf_error *err);

/* *datasum and *checksum (each may be NULL): 1 right, 0 wrong, -1 no such card. Of a compressed HDU the Z keywords
 * count, too: right when all there are of DATASUM and ZDATASUM (CHECKSUM and ZHECKSUM) are right. */
RF_API RF_CHECKED rf_status rf_hdu_verify_checksum(rf_file *file, size_t index, int *datasum, int *checksum,
                                                   rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
