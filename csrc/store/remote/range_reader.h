/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A remote file of which only what is touched is fetched: blocks in a cache, and plans of ranges that are fetched
 * together. Thread-safe; no lock is held while anybody waits for the network.
 */
#ifndef RF_STORE_REMOTE_RANGE_READER_H
#define RF_STORE_REMOTE_RANGE_READER_H

#include "store/remote/fetcher.h"
#include "store/store.h"

typedef struct rf_ranged rf_ranged;

/* Takes `fetcher` (also on failure), which knows the size of the file, and its first n bytes, which are there already.
 */
rf_status rf_ranged_new(rf_fetcher *fetcher, const uint8_t *first, size_t n, rf_ranged **ranged, rf_error *err);
void rf_ranged_free(rf_ranged *ranged);

uint64_t rf_ranged_size(const rf_ranged *ranged);
void rf_ranged_stats(rf_ranged *ranged, rf_remote_stats *stats);

rf_status rf_ranged_read_at(rf_ranged *ranged, uint64_t offset, void *buffer, size_t n, size_t *got, rf_error *err);
rf_status rf_ranged_read_many(rf_ranged *ranged, const rf_range *ranges, size_t count, rf_error *err);
rf_status rf_ranged_prefetch(rf_ranged *ranged, const rf_range *ranges, size_t count, rf_error *err);

/* As rf_driver_ops.stream; *streamed is 0 before. */
rf_status rf_ranged_stream(rf_ranged *ranged, uint64_t offset, uint64_t length, const rf_stream_sink *sink,
                           int *streamed, rf_error *err);

#endif
