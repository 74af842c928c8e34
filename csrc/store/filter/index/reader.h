/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The content of a .gz store through an index, for any number of threads at once. Memory: the marks with their windows,
 * RF_CACHED_CHUNKS chunks, and a few decoders.
 */
#ifndef RF_STORE_FILTER_INDEX_READER_H
#define RF_STORE_FILTER_INDEX_READER_H

#include <stdatomic.h>

#include "store/filter/format.h"
#include "store/filter/index/mark.h"
#include "store/store.h"

typedef struct rf_indexed rf_indexed;

typedef struct rf_indexed_options {
  uint64_t limit;               /* largest size of the content */
  uint64_t index_bytes;         /* distance of the marks in the content; at least 1 */
  unsigned threads;             /* as rf_options.threads */
  const rf_format *format;      /* with `codec`: of the units at which the marks are */
  const rf_stream_codec *codec; /* NULL: a .gz, which is scanned for marks; else the marks are complete */
  atomic_uint_least64_t *stray; /* borrowed; as of rf_store.stray */
} rf_indexed_options;

/* Decodes nothing. `marks`, which the reader owns on success, are those of an index that was kept, or empty. If they
 * turn out to be wrong, the reader drops them. Those of frames (`codec`) stay. */
rf_status rf_indexed_open(rf_store *inner, const rf_indexed_options *options, rf_marks *marks, rf_indexed **indexed,
                          rf_error *err);
void rf_indexed_close(rf_indexed *indexed);

/* As the functions of rf_driver_ops. A read that ends less than a block before corrupt data fails, because the library
 * cannot know where the corruption begins. */
rf_status rf_indexed_read(rf_indexed *indexed, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_indexed_size(rf_indexed *indexed, uint64_t *size, rf_error *err);

/* Returns the marks. No other thread uses the reader. */
const rf_marks *rf_indexed_marks(const rf_indexed *indexed);

#endif
