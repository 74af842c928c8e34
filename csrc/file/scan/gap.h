/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The blocks after an HDU: fill, an extension, or bytes that are not an HDU.
 */
#ifndef RF_FILE_SCAN_GAP_H
#define RF_FILE_SCAN_GAP_H

#include "store/store.h"

/* A reader skips at most this many blocks of zeros or blanks: 4 MiB, in a remote file one request of 256 KiB. */
#define RF_GAP_BLOCKS 1456
#define RF_GAP_REMOTE_BLOCKS 91

/* The end of a sequence of blocks of zeros and blanks. */
typedef enum rf_gap_end {
  RF_GAP_FILE_END,  /* the file ends */
  RF_GAP_EXTENSION, /* an XTENSION card */
  RF_GAP_OTHER,     /* a block with other bytes */
  RF_GAP_LIMIT      /* the maximal number of blocks */
} rf_gap_end;

/* Returns whether the bytes begin with a card whose keyword is XTENSION. */
bool rf_scan_is_extension(const uint8_t *bytes, size_t n);

/* Returns whether all bytes are 0 or blank. */
bool rf_scan_is_fill(const uint8_t *bytes, size_t n);

/* Skips the blocks of zeros and blanks from the block border `from` on. *offset receives the border where they end. */
rf_status rf_scan_skip_fill(rf_store *store, uint64_t from, uint64_t *offset, rf_gap_end *end, rf_error *err);

/* Finds the first XTENSION card on a block border in [from, limit). It reads 80 bytes of each block. *found tells
 * whether there is one, *offset where. */
rf_status rf_scan_find_extension(rf_store *store, uint64_t from, uint64_t limit, uint64_t *offset, bool *found,
                                 rf_error *err);

#endif
