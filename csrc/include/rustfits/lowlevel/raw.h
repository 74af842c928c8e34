/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/lowlevel/raw.h: HDUs by their bytes and cards. Part of <rustfits.h>, which has the rules for every function.
 * It belongs to the low-level part: compatibility layers stand on it.
 */
#ifndef RUSTFITS_RAW_H
#define RUSTFITS_RAW_H

#include "rustfits/hdu.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== HDUs by bytes and cards ============================== */

/* These calls do not check what bytes and cards mean. CHECKSUM and DATASUM stay as they are: rf_hdu_add_checksum()
 * computes them again. To insert an HDU, append it (rf_hdu_begin() and rf_hdu_publish(), or any other call), and then
 * use rf_hdu_move(). After a kill between both calls, it is the last HDU. */

/* ------------------------------ bytes ------------------------------ */

/* The two parts of an HDU. */
typedef enum rf_hdu_part {
  RF_PART_HEADER = 1, /* rf_hdu_info.header_bytes: cards, END and padding */
  RF_PART_DATA = 2    /* rf_hdu_info.data_bytes: the data unit without padding, with gap and heap */
} rf_hdu_part;

/* rf_hdu_read_raw() copies stored bytes of HDU `index` (0-based) of `file`. Data are big-endian, and compressed tiles
 * stay compressed. Spare room that appends reserved is part of the data unit until rf_file_flush().
 * part    RF_PART_HEADER or RF_PART_DATA
 * offset  of the first byte in that part, 0-based
 * buffer  receives `n` bytes; on failure it may be partly written
 * n       bytes to copy; 0 is allowed
 * Returns RF_OK; RF_ERR_ARGUMENT (`part`; `buffer` is NULL); RF_ERR_RANGE (the part ends before the last byte);
 * RF_ERR_TRUNCATED (the file ends before, or the data of an HDU that this thread makes are not written); the statuses
 * of rf_hdu_get_info(). Threads: any. */
RF_API RF_CHECKED rf_status rf_hdu_read_raw(rf_file *file, size_t index, rf_hdu_part part, uint64_t offset,
                                            void *buffer, size_t n, rf_error *err);

/* rf_hdu_write_raw() overwrites stored bytes of HDU `index` (0-based) of `file`. No part becomes longer. Written data
 * are not logged: if the process is killed, the bytes that were reached are new, as for pixels. A header is written as
 * by rf_hdu_set_cards() with RF_DATA_KEEP. For an HDU that is not published, data that were not written are 0.
 * part    RF_PART_HEADER or RF_PART_DATA
 * offset  of the first byte in that part, 0-based
 * buffer  `n` bytes; borrowed for the call
 * n       bytes to write; 0 is allowed
 * Returns RF_OK; RF_ERR_ARGUMENT (`part`; `buffer` is NULL); RF_ERR_RANGE (the part ends before the last byte);
 * RF_ERR_TRUNCATED (the data unit is not whole); of a header RF_ERR_CARD (a card that the write reaches has bytes
 * outside printable ASCII or no legal keyword; the header loses its END; bytes after END are not blank) and the
 * statuses of rf_hdu_set_cards(); RF_ERR_READONLY; the statuses of an unreadable header; the statuses of a call on a
 * file. Threads: any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_hdu_write_raw(rf_file *file, size_t index, rf_hdu_part part, uint64_t offset,
                                             const void *buffer, size_t n, rf_error *err);

/* ------------------------------ cards ------------------------------ */

/* What happens to the data unit if a new header describes another size. With RF_DATA_KEEP, the next HDU must begin
 * where the new data unit ends; after the last HDU, the library looks for HDUs again, and ignores bytes that are not an
 * HDU. With RF_DATA_RESIZE, new bytes are 0, and bytes that remain keep their offsets: a heap does not follow the rows.
 */
typedef enum rf_data_fit {
  RF_DATA_KEEP = 1,  /* its bytes, and the HDUs after it, stay */
  RF_DATA_RESIZE = 2 /* it gets that size, and the HDUs after it move */
} rf_data_fit;

/* rf_hdu_set_cards() replaces the header of HDU `index` (0-based) of `file` by any cards that describe an HDU: NAXISn,
 * TFORMn, TSCALn and the Z keywords, too, which rf_hdu_set_header() refuses. The library reads the new header as
 * opening the file would: kind, size, columns. The header grows by whole blocks and never shrinks. The cards of
 * rf_hdu_get_header() may be outdated by rf_file_flush(), which writes pending changes: call it first. After a kill,
 * the file has the old header or the new one, with the data that belong to it. For an HDU that is not published, both
 * values of `fit` resize.
 * cards  `count` cards of 80 bytes without END, as of rf_header_get_cards(); borrowed for the call
 * count  number of cards, at least 1
 * fit    RF_DATA_KEEP or RF_DATA_RESIZE
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, `count`, `fit`; the first card is not SIMPLE of the first HDU, or XTENSION of
 * another one); RF_ERR_CARD (a card has bytes outside printable ASCII or no legal keyword (FITS 4.1.2.1), and was not
 * in the old header; END); RF_ERR_FORMAT (the cards do not describe an HDU; RF_DATA_KEEP: the next HDU does not begin
 * where the data would end); RF_ERR_TRUNCATED (the file ends before the data would end, or RF_DATA_RESIZE: the data
 * unit is not whole); RF_ERR_NOT_FOUND (HDU); RF_ERR_READONLY; RF_ERR_LIMIT; RF_ERR_NO_SPACE; RF_ERR_INTERRUPTED; the
 * statuses of an unreadable header; the statuses of a call on a file. On failure the file has the old header. Threads:
 * any; waits for running calls on the file. */
RF_API RF_CHECKED rf_status rf_hdu_set_cards(rf_file *file, size_t index, const char *cards, size_t count,
                                             rf_data_fit fit, rf_error *err);

/* rf_hdu_begin() begins an HDU after the last one of `file`, with a header and no data. The thread writes data by
 * rf_hdu_write_raw() or by the calls of its kind, may change the header by rf_hdu_set_cards(), and completes the HDU by
 * rf_hdu_publish() or removes it by rf_hdu_discard(). Until then, the header is in memory only. In an empty file, an
 * empty primary HDU is put before an extension.
 * cards  as for rf_hdu_set_cards(); the first card is SIMPLE in an empty file, or XTENSION
 * count  number of cards, at least 1
 * index  receives the 0-based index of the HDU. Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (NULL, `count`, the first card; an HDU that this thread makes is not published);
 * RF_ERR_CARD (a card has bytes outside printable ASCII or no legal keyword; END); RF_ERR_FORMAT (the cards do not
 * describe an HDU, or bytes after the last HDU may be an HDU); RF_ERR_TRUNCATED (the last HDU is not whole);
 * RF_ERR_READONLY; RF_ERR_LIMIT; RF_ERR_NO_SPACE; the statuses of an unreadable header; the statuses of a call on a
 * file. On failure the file is as it was before. Threads: any; the one that calls owns the HDU until it is published.
 */
RF_API RF_CHECKED rf_status rf_hdu_begin(rf_file *file, const char *cards, size_t count, size_t *index, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
