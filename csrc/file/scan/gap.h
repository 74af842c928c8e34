/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What stands on the block borders behind an HDU: blocks of fill, an extension, or bytes that are no HDU.
 */
#ifndef RF_FILE_SCAN_GAP_H
#define RF_FILE_SCAN_GAP_H

#include "store/store.h"

/* A reader looks past this many blocks of zeros or blanks: 4 MiB, of a remote file one request of 256 KiB. */
#define RF_GAP_BLOCKS 1456
#define RF_GAP_REMOTE_BLOCKS 91

/* What ended a row of blocks that hold zeros and blanks only. */
typedef enum rf_gap_end {
  RF_GAP_FILE_END,  /* the file ends */
  RF_GAP_EXTENSION, /* an XTENSION card */
  RF_GAP_OTHER,     /* a block with something else in it */
  RF_GAP_LIMIT      /* as many blocks as are looked at */
} rf_gap_end;

/* true when the bytes begin with a card whose keyword is XTENSION. */
bool rf_scan_is_extension(const uint8_t *bytes, size_t n);

/* true when all bytes are 0 or blank. */
bool rf_scan_is_fill(const uint8_t *bytes, size_t n);

/* Passes over the blocks of zeros and blanks from `from` (a block border) on. *offset is the border where they end. */
rf_status rf_scan_skip_fill(rf_store *store, uint64_t from, uint64_t *offset, rf_gap_end *end, rf_error *err);

/* Finds the first XTENSION card on a block border from `from` on and before `limit`, whatever stands between: reads 80
 * bytes of each block. *found says whether there is one, *offset where. */
rf_status rf_scan_find_extension(rf_store *store, uint64_t from, uint64_t limit, uint64_t *offset, bool *found,
                                 rf_error *err);

#endif
