/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the members of a .gz store, forward only. One thread at a time.
 */
#ifndef RF_STORE_FILTER_DECODER_H
#define RF_STORE_FILTER_DECODER_H

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
  uint64_t in_offset;     /* offset in the store of in[in_end] */
  bool in_finished;       /* the end of the store was reached */
  uint64_t member_offset; /* where the current member begins */
  uint64_t members;       /* number of members so far */
  uint64_t total;         /* bytes decoded so far */
  uint64_t stray;         /* 0, or the offset of other bytes behind the last member */
  bool broken;            /* failed for good */
  bool lost;              /* failed for another reason than the data; the next call decodes from the beginning */
} rf_gzip_decoder;

/* Allocates buffers and reads the first bytes. RF_ERR_NOT_FITS if the store is empty. */
rf_status rf_gzip_decoder_open(rf_gzip_decoder *decoder, rf_store *inner, const rf_stream_codec *codec, rf_error *err);
void rf_gzip_decoder_close(rf_gzip_decoder *decoder);

/* Returns the first bytes of the store: *n is at least 10, or the size of a shorter store. */
const uint8_t *rf_gzip_decoder_start(const rf_gzip_decoder *decoder, size_t *n);

/* Decodes n bytes into `out`; fewer only behind the last member (*done) or on failure. *made is always set. err->offset
 * is an offset in the compressed store. */
rf_status rf_gzip_decoder_read(rf_gzip_decoder *decoder, uint8_t *out, size_t n, size_t *made, bool *done,
                               rf_error *err);

#endif
