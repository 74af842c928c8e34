/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the members of a .gz store, forward only. One thread at a time.
 */
#ifndef RF_STORE_GZIP_DECODER_H
#define RF_STORE_GZIP_DECODER_H

#include <stdbool.h>

#include "store/store.h"

typedef struct rf_gzip_decoder {
  rf_store *inner; /* borrowed */
  const rf_stream_codec *codec;
  void *stream; /* NULL between members */
  uint8_t *in;
  size_t in_capacity;
  size_t in_start;
  size_t in_end;
  size_t in_chunk;        /* bytes to read next; grows */
  uint64_t in_offset;     /* where in the store in[in_end] comes from */
  bool in_finished;       /* the end of the store was reached */
  uint64_t member_offset; /* where the member at hand begins */
  uint64_t members;       /* begun so far */
  uint64_t total;         /* bytes given out so far */
  uint64_t stray;         /* 0, or where bytes begin that are behind the last member */
  bool broken;            /* a failure that no repetition can cure */
  bool lost;              /* the codec failed for a reason of its own: the next call has to start from the beginning */
} rf_gzip_decoder;

/* Gets memory and the first bytes. RF_ERR_NOT_FITS when the store is empty. */
rf_status rf_gzip_decoder_open(rf_gzip_decoder *gunzip, rf_store *inner, const rf_stream_codec *codec, rf_error *err);
void rf_gzip_decoder_close(rf_gzip_decoder *gunzip);

/* The first bytes of the store, at least 10 of them where it has so many. */
const uint8_t *rf_gzip_decoder_start(const rf_gzip_decoder *gunzip, size_t *n);

/* Fills out with n bytes; fewer only behind the last member (*done) or with an error. *made is valid in every
 * case. err->offset is a position in the compressed store. */
rf_status rf_gzip_decoder_read(rf_gzip_decoder *gunzip, uint8_t *out, size_t n, size_t *made, bool *done,
                               rf_error *err);

#endif
