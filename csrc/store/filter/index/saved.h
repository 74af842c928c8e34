/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An index in a file. All numbers are little-endian.
 *
 *   offset  bytes
 *        0      8  "RFINDEX" and a zero byte
 *        8      4  version: 1
 *       12      4  bytes of a chunk: 262,144
 *       16      8  size of the compressed file
 *       24      8  its modification time, in nanoseconds since 1970; 0: unknown
 *       32      4  CRC-32C of a validator; 0: none (the library knows none)
 *       36      4  flags; 1: the marks cover all of the content
 *       40      8  bytes of content that the marks cover
 *       48      8  offset of other bytes behind the last member, 0: none
 *       56      8  number of marks
 *       64         the marks
 *   the last    4  CRC-32C of everything before
 *
 * A mark:
 *        0      8  bytes of content up to the next mark
 *        8      8  offset in the compressed file of the next whole byte
 *       16      8  offset in the compressed file of the member
 *       24      4  CRC-32 of the member's content before the mark
 *       28      4  length of the same, modulo 2^32
 *       32      4  bytes of the window
 *       36      2  flags: bits 0 to 2: so many high bits of the byte before come first; 8: the mark is inside a member;
 *                  16: whole members follow, without sums
 *       38      2  bits of the prefix
 *       40         the window, as a gzip member
 *                  the prefix: what a decoder needs before the bits at the mark, lowest bits first
 *                  CRC-32C of each chunk up to the next mark, 4 bytes each
 */
#ifndef RF_STORE_FILTER_INDEX_SAVED_H
#define RF_STORE_FILTER_INDEX_SAVED_H

#include "store/filter/index/mark.h"

/* What tells a compressed file from another one. */
typedef struct rf_saved_source {
  uint64_t bytes;
  int64_t modified;   /* 0: unknown */
  uint32_t validator; /* 0: none */
} rf_saved_source;

/* Reads the marks of an index of n bytes. RF_ERR_CODEC if it is damaged, of another version or of another file, or if
 * its content is larger than `limit`; *marks is empty then. */
rf_status rf_saved_parse(const uint8_t *bytes, size_t n, const rf_saved_source *source, uint64_t limit, rf_marks *marks,
                         rf_error *err);

/* Loads the marks from a file. If there is none, or it is not usable, *marks is empty. RF_ERR_EXISTS if the file is not
 * an index, so that it must not be replaced. */
rf_status rf_saved_load(const char *path, const rf_saved_source *source, uint64_t limit, rf_marks *marks,
                        rf_error *err);

/* Replaces the file by one with these marks, as a whole. Of incomplete marks, the content behind the last one is left
 * out. */
rf_status rf_saved_store(const char *path, const rf_saved_source *source, const rf_marks *marks, rf_error *err);

/* Fails as rf_saved_store() would if the file cannot be created. */
rf_status rf_saved_try(const char *path, rf_error *err);

#endif
