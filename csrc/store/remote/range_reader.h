/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A remote file that is read by ranges: only blocks that reads need are fetched, several ranges together. Thread-safe;
 * no lock is held during a transfer.
 */
#ifndef RF_STORE_REMOTE_RANGE_READER_H
#define RF_STORE_REMOTE_RANGE_READER_H

#include "store/remote/fetcher.h"
#include "store/store.h"

typedef struct rf_range_reader rf_range_reader;

/* Makes a reader. Takes over `fetcher`, also on failure, and copies the first n bytes of the file. */
rf_status rf_range_reader_new(rf_fetcher *fetcher, const uint8_t *first, size_t n, rf_range_reader **reader,
                              rf_error *err);
void rf_range_reader_free(rf_range_reader *reader);

uint64_t rf_range_reader_size(const rf_range_reader *reader);
void rf_range_reader_stats(rf_range_reader *reader, rf_remote_stats *stats);

rf_status rf_range_reader_read_at(rf_range_reader *reader, uint64_t offset, void *buffer, size_t n, size_t *got,
                                  rf_error *err);
rf_status rf_range_reader_read_many(rf_range_reader *reader, const rf_read_range *ranges, size_t count, rf_error *err);
rf_status rf_range_reader_prefetch(rf_range_reader *reader, const rf_range *ranges, size_t count, rf_error *err);

/* As rf_driver_ops.stream; *streamed is 0 before. */
rf_status rf_range_reader_stream(rf_range_reader *reader, rf_range range, const rf_stream_sink *sink, int *streamed,
                                 rf_error *err);

#endif
