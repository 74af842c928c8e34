/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of the gzip filter share: store/gzip/gzip.c (the filter), store/gzip/inflated.c (decoded content),
 * store/gzip/gunzip.c (decoding forward), store/gzip/write.c (writing back) and store/gzip/inflate_whole.c (whole
 * buffers at once, with libdeflate).
 */
#ifndef RF_STORE_GZIP_GZIP_H
#define RF_STORE_GZIP_GZIP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"

/* Deflate cannot turn one byte into more than this many: one bit a match of 258 bytes, and a little. */
#define RF_DEFLATE_MOST 1032

/* stream_codec.c: the built-in zlib row, whatever is registered. */
extern const rf_stream_codec rf_zlib_codec;

/* store/gzip/gunzip.c: the content of a .gz store, forward only. One thread at a time. */
typedef struct rf_gunzip {
  rf_store *inner; /* borrowed */
  const rf_stream_codec *codec;
  void *stream; /* NULL between members */
  uint8_t *in;
  size_t in_capacity;
  size_t in_start;
  size_t in_end;
  size_t in_piece;        /* bytes to read next; grows */
  uint64_t in_offset;     /* where in the store in[in_end] comes from */
  bool in_finished;       /* the end of the store was reached */
  uint64_t member_offset; /* where the member at hand begins */
  uint64_t members;       /* begun so far */
  uint64_t total;         /* bytes given out so far */
  uint64_t stray;         /* 0, or where bytes begin that are behind the last member */
  bool broken;            /* a failure that no repetition can cure */
  bool lost;              /* the codec failed for a reason of its own: the next call has to start from the beginning */
} rf_gunzip;

/* Gets memory and the first bytes. RF_ERR_NOT_FITS when the store is empty. */
rf_status rf_gunzip_open(rf_gunzip *gunzip, rf_store *inner, const rf_stream_codec *codec, rf_error *err);
void rf_gunzip_close(rf_gunzip *gunzip);

/* The first bytes of the store, at least 10 of them where it has so many. */
const uint8_t *rf_gunzip_start(const rf_gunzip *gunzip, size_t *n);

/* Fills out with n bytes; fewer only behind the last member (*done) or with an error. *made is valid in every
 * case. err->offset is a position in the compressed store. */
rf_status rf_gunzip_read(rf_gunzip *gunzip, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err);

/* store/gzip/inflate_whole.c. RF_ERR_UNSUPPORTED, with nothing said in an error, means: go through the stream codec,
 * which finds out what is wrong if something is. A result is in pages of its own. */
typedef struct rf_pages {
  uint8_t *bytes;
  size_t capacity;
  size_t size;
} rf_pages;

/* All members in n bytes, CRC and length checked. `guess` is what the content probably takes and `most` what
 * it may take. *used is where they end; only zeros are behind. */
rf_status rf_inflate_whole(const uint8_t *in, size_t n, size_t guess, uint64_t most, rf_pages *out, size_t *used);

/* One member. */
rf_status rf_deflate_whole(const uint8_t *in, size_t n, int level, rf_pages *out);

/* For tests: 0 makes both say RF_ERR_UNSUPPORTED. Gives whether they work now. */
int rf_whole_set_enabled(int enabled);

/* store/gzip/inflated.c: the decoded content of a store, for any number of threads at once. */
typedef struct rf_inflated rf_inflated;

/* Reads the first compressed bytes and decodes nothing yet. `limit` is for the content. *stray (borrowed) becomes the
 * offset of bytes behind the last member when the end of the content is reached. Errors as of rf_gunzip_open. */
rf_status rf_inflated_open(rf_store *inner, const rf_stream_codec *codec, uint64_t limit, atomic_uint_least64_t *stray,
                           rf_inflated **inflated, rf_error *err);
void rf_inflated_close(rf_inflated *inflated);

/* As rf_gunzip_start, before anything was decoded. */
const uint8_t *rf_inflated_packed_start(const rf_inflated *inflated, size_t *n);

/* As the functions of rf_driver_ops. A read that ends less than a block before corrupt data fails like one that
 * needs it, because nobody knows where corruption began. */
rf_status rf_inflated_read(rf_inflated *inflated, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_inflated_peek(rf_inflated *inflated, uint64_t offset, size_t n, const uint8_t **bytes);
rf_status rf_inflated_size(rf_inflated *inflated, uint64_t *size, rf_error *err);

/* Decodes everything and makes it a memory store's state; only closing is left to do then. No other thread may be
 * reading, and pointers got by peeking into blocks of before end with rf_inflated_close. */
rf_status rf_inflated_to_memory(rf_inflated *inflated, void **memory, rf_error *err);

/* store/gzip/write.c: makes `content` (a memory store's state; borrowed) what `inner` holds, as one gzip member: all or
 * nothing where inner's driver can replace and not `in_place`, else by overwriting it. */
rf_status rf_gzip_write_back(rf_store *inner, const rf_stream_codec *codec, int level, bool in_place, void *content,
                             rf_error *err);

/* Fails as a write-back would when nothing can be put beside the file. */
rf_status rf_gzip_try_replace(rf_store *inner, rf_error *err);

#endif
