/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoded content of a .gz store, for any number of threads at once.
 */
#ifndef RF_STORE_GZIP_INFLATED_H
#define RF_STORE_GZIP_INFLATED_H

#include <stdatomic.h>

#include "store/store.h"

typedef struct rf_inflated rf_inflated;

/* Reads the first compressed bytes and decodes nothing yet. `limit` is for the content. *stray (borrowed) becomes the
 * offset of bytes behind the last member when the end of the content is reached. Errors as of rf_gzip_decoder_open. */
rf_status rf_inflated_open(rf_store *inner, const rf_stream_codec *codec, uint64_t limit, atomic_uint_least64_t *stray,
                           rf_inflated **inflated, rf_error *err);
void rf_inflated_close(rf_inflated *inflated);

/* As rf_gzip_decoder_start, before anything was decoded. */
const uint8_t *rf_inflated_packed_start(const rf_inflated *inflated, size_t *n);

/* As the functions of rf_driver_ops. A read that ends less than a block before corrupt data fails like one that
 * needs it, because nobody knows where corruption began. */
rf_status rf_inflated_read(rf_inflated *inflated, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_inflated_peek(rf_inflated *inflated, uint64_t offset, size_t n, const uint8_t **bytes);
rf_status rf_inflated_size(rf_inflated *inflated, uint64_t *size, rf_error *err);

/* Decodes everything and makes it a memory store's state; only closing is left to do then. No other thread may be
 * reading, and pointers got by peeking into blocks of before end with rf_inflated_close. */
rf_status rf_inflated_to_memory(rf_inflated *inflated, void **memory, rf_error *err);

#endif
