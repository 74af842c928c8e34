/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the members of a .gz store (RFC 1952) from a mark on. One thread at a time.
 */
#ifndef RF_STORE_FILTER_INDEX_CURSOR_H
#define RF_STORE_FILTER_INDEX_CURSOR_H

#include "store/filter/format.h"
#include "store/filter/index/mark.h"
#include "store/store.h"

typedef struct rf_cursor rf_cursor;

/* Where the next byte is. */
typedef enum rf_cursor_place {
  RF_CURSOR_DATA,   /* anywhere in a member */
  RF_CURSOR_BLOCK,  /* in a member, between two deflate blocks */
  RF_CURSOR_MEMBER, /* a member begins */
  RF_CURSOR_END     /* behind the last member */
} rf_cursor_place;

/* Makes a cursor. rf_cursor_seek() must follow. `inner` is borrowed. `codec` is NULL for .gz files. With the codec of
 * another format, marks are at the beginning of units (frames), and none can be made. */
rf_status rf_cursor_new(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, rf_cursor **cursor,
                        rf_error *err);
void rf_cursor_free(rf_cursor *cursor);

/* Goes to a mark. With `scan`, marks can be made, and the CRC of its member is checked, too. */
rf_status rf_cursor_seek(rf_cursor *cursor, const rf_mark *mark, bool scan, rf_error *err);

/* Decodes up to n bytes, n > 0; fewer behind the last member, on failure and, with `stop`, at RF_CURSOR_BLOCK
 * and RF_CURSOR_MEMBER.
 * *made is always set. RF_ERR_CODEC and RF_ERR_TRUNCATED are for good; after another failure, the place is unknown
 * until the next seek. err->offset is an offset in the compressed store. */
rf_status rf_cursor_read(rf_cursor *cursor, uint8_t *out, size_t n, bool stop, size_t *made, rf_error *err);

rf_cursor_place rf_cursor_get_place(const rf_cursor *cursor);

/* Returns the offset in the content of the next byte; UINT64_MAX: unknown. */
uint64_t rf_cursor_get_content(const rf_cursor *cursor);

/* Checks that a unit ends here, and that the store has the next one at `packed` or behind it, or (UINT64_MAX) the end
 * of the content. With a codec only. The place is unknown afterwards. */
rf_status rf_cursor_expect_end(rf_cursor *cursor, uint64_t packed, rf_error *err);

/* Maximal number of bytes of content between two places at RF_CURSOR_DATA where a mark can be made. */
#define RF_CURSOR_STEP 258

/* Tells whether a mark can be made at RF_CURSOR_DATA: between two codes. */
bool rf_cursor_can_mark(rf_cursor *cursor);

/* Makes a mark for the place: RF_CURSOR_BLOCK, RF_CURSOR_MEMBER, or where rf_cursor_can_mark(). */
rf_status rf_cursor_mark(rf_cursor *cursor, rf_mark **mark, rf_error *err);

/* Returns 0, or the offset of other bytes behind the last member. At RF_CURSOR_END only. */
uint64_t rf_cursor_get_stray(const rf_cursor *cursor);

#endif
