/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Decodes the units of a compressed store, forward only. One thread at a time.
 */
#ifndef RF_STORE_FILTER_DECODER_H
#define RF_STORE_FILTER_DECODER_H

#include <stdbool.h>

#include "store/filter/format.h"

typedef struct rf_decoder {
  rf_store *inner; /* borrowed */
  const rf_format *format;
  const rf_stream_codec *codec;
  void *stream; /* NULL between units */
  uint8_t *in;
  size_t in_capacity;
  size_t in_start;
  size_t in_end;
  size_t in_chunk;      /* bytes to read next; grows */
  uint64_t in_offset;   /* offset in the store of in[in_end] */
  bool in_finished;     /* the end of the store was reached */
  uint64_t unit_offset; /* where the current unit begins */
  uint64_t units;       /* number of units so far */
  uint64_t total;       /* bytes decoded so far */
  uint64_t stray;       /* 0, or the offset of other bytes behind the last unit */
  bool broken;          /* failed for good */
  bool lost;            /* failed for another reason than the data; the next call decodes from the beginning */
} rf_decoder;

/* Allocates buffers and reads the first bytes. RF_ERR_NOT_FITS if the store is empty. */
rf_status rf_decoder_open(rf_decoder *decoder, rf_store *inner, const rf_format *format, const rf_stream_codec *codec,
                          rf_error *err);

/* The same from a unit on that begins at `offset`, with content. A decoder that failed cannot go on. */
rf_status rf_decoder_open_at(rf_decoder *decoder, rf_store *inner, const rf_format *format,
                             const rf_stream_codec *codec, uint64_t offset, rf_error *err);
void rf_decoder_close(rf_decoder *decoder);

/* Returns the first bytes of the store: *n is at least rf_format.start_bytes, or the size of a
 * shorter store. */
const uint8_t *rf_decoder_start(const rf_decoder *decoder, size_t *n);

/* Decodes n bytes into `out`; fewer only behind the last unit (*done) or on failure. *made is always set. err->offset
 * is an offset in the compressed store. */
rf_status rf_decoder_read(rf_decoder *decoder, uint8_t *out, size_t n, size_t *made, bool *done, rf_error *err);

#endif
