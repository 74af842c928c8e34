/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Marks: places in a compressed file where decoding can begin, and the content between them.
 */
#ifndef RF_STORE_FILTER_INDEX_MARK_H
#define RF_STORE_FILTER_INDEX_MARK_H

#include <stdbool.h>

#include "base/error.h"

/* Content is decoded, checked and kept in chunks of this size. Chunks are counted from a mark; the last one before the
 * next mark is shorter. */
#define RF_CHUNK_BYTES ((uint64_t)256 * 1024)

/* Deflate refers at most this far back. */
#define RF_WINDOW_BYTES 32768

/* Maximal size of the header of a deflate block. */
#define RF_PREFIX_BYTES 640

/* A place where decoding can begin. A mark does not change, except that the last one gets sums. */
typedef struct rf_mark {
  uint64_t content; /* offset in the content */
  uint64_t packed;  /* offset in the store of the next byte to read */
  uint64_t member;  /* offset in the store of the member */
  uint32_t crc;     /* CRC-32 of the member's content before the mark */
  uint32_t length;  /* length of the same, modulo 2^32 */
  uint8_t bits;     /* so many high bits of the byte before `packed` come first: 0 to 7 */
  bool inside;      /* the mark is inside a member and needs the window */
  uint8_t *prefix;  /* bits to decode before those of the store: the header of the deflate block. NULL: none */
  unsigned prefix_bits;
  bool members;    /* up to the next mark there are whole members, whose own CRCs replace sums */
  uint8_t *window; /* the content before the mark, as a gzip member. NULL: none */
  size_t window_bytes;
  uint32_t *sums; /* CRC-32C of each chunk up to the next mark */
  size_t sum_count;
  size_t sum_capacity;
} rf_mark;

/* Marks with ascending `content`. The first one is at 0. */
typedef struct rf_marks {
  rf_mark **list;
  size_t count;
  size_t capacity;
  uint64_t content; /* length of the content that is known: the marks reach this far */
  uint64_t stray;   /* as of rf_store.stray, if `complete` */
  bool complete;    /* all content is known */
} rf_marks;

/* A chunk of known content. */
typedef struct rf_chunk_place {
  const rf_mark *mark;
  const rf_mark *next; /* the mark behind, NULL: none yet */
  uint64_t start;
  size_t length;
  bool last;     /* the next mark, or the end of what is known, is behind it */
  bool summed;   /* the chunk has a sum: neither members nor frames have one */
  uint32_t sum;  /* CRC-32C */
  uint64_t span; /* number of the mark */
} rf_chunk_place;

/* Makes a mark at the beginning of everything. */
rf_status rf_mark_new(rf_mark **mark, rf_error *err);
void rf_mark_free(rf_mark *mark);

/* Packs n bytes of content before the mark into mark->window. */
rf_status rf_mark_pack_window(rf_mark *mark, const uint8_t *window, size_t n, rf_error *err);

/* Unpacks the window into `window`, which has room for RF_WINDOW_BYTES. RF_ERR_CODEC if it is damaged. */
rf_status rf_mark_unpack_window(const rf_mark *mark, uint8_t *window, size_t *n, rf_error *err);

/* Copies `bits` bits, at most RF_PREFIX_BYTES, to mark->prefix. */
rf_status rf_mark_set_prefix(rf_mark *mark, const uint8_t *prefix, unsigned bits, rf_error *err);

/* Adds the sum of the next chunk. */
rf_status rf_mark_add_sum(rf_mark *mark, uint32_t sum, rf_error *err);

/* Adds a mark, which the list owns on success. */
rf_status rf_marks_add(rf_marks *marks, rf_mark *mark, rf_error *err);
void rf_marks_free(rf_marks *marks);

/* Finds the chunk with the byte at `offset`, which is below marks->content. */
rf_chunk_place rf_marks_find(const rf_marks *marks, uint64_t offset);

#endif
