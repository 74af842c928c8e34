/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The decoded content of a compressed store, for any number of threads at once.
 */
#ifndef RF_STORE_FILTER_INFLATED_H
#define RF_STORE_FILTER_INFLATED_H

#include <stdatomic.h>

#include "store/filter/format.h"

typedef struct rf_inflated rf_inflated;

/* Reads the first compressed bytes; decodes nothing. `limit` is the largest size of the content,
 * `threads` as rf_options.threads. *stray (borrowed)
 * receives the offset of bytes behind the last unit when the content ends. Errors as of rf_decoder_open(). */
rf_status rf_inflated_open(rf_store *inner, const rf_format *format, const rf_stream_codec *codec, uint64_t limit,
                           unsigned threads, atomic_uint_least64_t *stray, rf_inflated **inflated, rf_error *err);
void rf_inflated_close(rf_inflated *inflated);

/* As rf_decoder_start(), before the first read. */
const uint8_t *rf_inflated_packed_start(const rf_inflated *inflated, size_t *n);

/* As the functions of rf_driver_ops. A read that ends less than a block before corrupt data fails, because the library
 * cannot know where the corruption begins. */
rf_status rf_inflated_read(rf_inflated *inflated, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_inflated_peek(rf_inflated *inflated, uint64_t offset, size_t n, const uint8_t **bytes);
rf_status rf_inflated_size(rf_inflated *inflated, uint64_t *size, rf_error *err);

/* Decodes everything and makes it the state of a memory store. Afterwards only rf_inflated_close() is allowed, which
 * ends pointers of earlier peeks. No other thread may read. */
rf_status rf_inflated_to_memory(rf_inflated *inflated, void **memory, rf_error *err);

#endif
