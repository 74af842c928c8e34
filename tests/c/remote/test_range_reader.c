/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Ranged remote files over a server made up here: what is fetched, what is kept, what happens when it fails.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check.h"
#include "ranged_server.h"
#include "store/remote/host.h"
#include "store/open.h"

#define BLOCK ((size_t)64 << 10)

/* ---- how the file is opened ---- */

static void test_a_large_file_is_ranged(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.ranged == 1 && stats.requests == 1 && stats.bytes_fetched == 256 << 10);
  CHECK(stats.file_bytes == FILE_BYTES);
  CHECK(!store->profile.in_memory && store->profile.prefetch && !store->profile.shared_reads);
  uint64_t size;
  CHECK_OK(rf_store_size(store, &size, &err), err);
  CHECK(size == FILE_BYTES);
  CHECK(reads_right(store, 1000, 5000)); /* of the first request */
  CHECK(stats_of(store).requests == 1);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_a_small_file_is_downloaded(void) {
  for (size_t size = 1; size <= (size_t)4 << 20; size = size * 5 + 11) {
    serve(size);
    rf_options options = options_of(RF_REMOTE_AUTO);
    rf_store *store = open_file(&options);
    CHECK(stats_of(store).ranged == 0 && stats_of(store).bytes_fetched == size);
    CHECK(store->profile.in_memory && !store->profile.prefetch);
    CHECK(server.calls == (size > 256 << 10 ? 2 : 1));
    CHECK(reads_right(store, 0, size));
    CHECK_OK(rf_store_close(store, &err), err);
  }
}

static void test_a_server_without_ranges(void) {
  serve(FILE_BYTES);
  server.no_ranges = true;
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  CHECK(stats_of(store).ranged == 0 && server.calls == 1);
  CHECK(reads_right(store, 0, FILE_BYTES));
  CHECK_OK(rf_store_close(store, &err), err);

  serve(FILE_BYTES);
  server.no_ranges = true;
  options = options_of(RF_REMOTE_RANGES);
  CHECK(rf_store_open("ranged://host/file", RF_MODE_READ, &options, &store, &err) == RF_ERR_UNSUPPORTED);
  CHECK(strstr(err.message, "whole files only") != NULL);
}

static void test_modes_that_insist(void) {
  serve(100000);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  CHECK(stats_of(store).ranged == 1);
  CHECK(reads_right(store, 0, 100000));
  CHECK_OK(rf_store_close(store, &err), err);

  serve(FILE_BYTES);
  options = options_of(RF_REMOTE_DOWNLOAD);
  store = open_file(&options);
  CHECK(stats_of(store).ranged == 0 && server.calls == 1);
  CHECK_OK(rf_store_close(store, &err), err);
}

/* ---- what is fetched ---- */

static void test_any_range_is_right(void) {
  serve(FILE_BYTES - 12345);
  rf_options options = options_of(RF_REMOTE_RANGES);
  fetching.cache_bytes = 1 << 20; /* blocks come and go */
  rf_store *store = open_file(&options);
  uint64_t seed = 1;
  for (int i = 0; i < 300; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    uint64_t offset = (seed >> 20) % server.size;
    size_t n = 1 + (size_t)((seed >> 40) % (i % 50 == 0 ? 12000000 : 200000));
    n = n < server.size - offset ? n : (size_t)(server.size - offset);
    CHECK(reads_right(store, offset, n));
  }
  uint8_t byte;
  size_t got;
  CHECK_OK(rf_store_read_at(store, server.size - 1, &byte, 1, &got, &err), err);
  CHECK(got == 1 && byte == body[server.size - 1]);
  CHECK_OK(rf_store_read_at(store, server.size, &byte, 1, &got, &err), err);
  CHECK(got == 0);
  rf_read_range behind = {server.size - 10, 20, &byte};
  CHECK(rf_store_read_many(store, &behind, 1, &err) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "10 bytes are missing") != NULL);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_many_ranges_are_one_round_trip(void) {
  enum { ROWS = 200, ROW = 800, STEP = 8192 };
  static uint8_t out[ROWS * ROW];
  rf_read_range ranges[ROWS];
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  for (size_t i = 0; i < ROWS; i++)
    ranges[i] = (rf_read_range){10000000 + i * STEP, ROW, out + i * ROW};
  CHECK_OK(rf_store_read_many(store, ranges, ROWS, &err), err);
  for (size_t i = 0; i < ROWS; i++)
    CHECK(memcmp(out + i * ROW, body + ranges[i].offset, ROW) == 0);
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.round_trips == 2 && stats.bytes_fetched < 2 << 20 && stats.bytes_wanted >= ROWS * ROW);
  CHECK_OK(rf_store_read_many(store, ranges, ROWS, &err), err); /* from the cache */
  CHECK(server.calls == 2);
  CHECK(stats_of(store).cache_hits >= stats.cache_misses);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_far_ranges_run_side_by_side(void) {
  uint8_t out[8][100];
  rf_read_range ranges[8];
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  for (size_t i = 0; i < 8; i++)
    ranges[i] = (rf_read_range){((size_t)2 << 20) * (9 - i), 100, out[i]}; /* in no order */
  CHECK_OK(rf_store_read_many(store, ranges, 8, &err), err);
  for (size_t i = 0; i < 8; i++)
    CHECK(memcmp(out[i], body + ranges[i].offset, 100) == 0);
  CHECK(server.calls == 2 && server.ranges == 9); /* none of them worth joining */
  CHECK(stats_of(store).bytes_fetched == (256 << 10) + 8 * BLOCK);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_prefetch_is_what_reads_use(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  rf_range soon[3] = {{5000000, 10}, {9000000, 300000}, {FILE_BYTES + 5, 100}};
  CHECK_OK(rf_store_prefetch(store, soon, 3, &err), err);
  CHECK(server.calls == 2);
  CHECK(reads_right(store, 5000000, 10) && reads_right(store, 9000000, 300000));
  CHECK(server.calls == 2);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_reading_on_fetches_ahead(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  for (uint64_t at = 0; at < FILE_BYTES; at += 32768)
    CHECK(reads_right(store, at, 32768));
  CHECK(server.calls < 20);
  CHECK(stats_of(store).bytes_fetched == FILE_BYTES);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_the_cache_keeps_to_its_budget(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  fetching.cache_bytes = 1 << 20;
  rf_store *store = open_file(&options);
  for (uint64_t at = BLOCK; at < 4 << 20; at += BLOCK)
    CHECK(reads_right(store, at + 7, 100));
  int calls = server.calls;
  CHECK(reads_right(store, BLOCK + 7, 100)); /* no longer in the cache */
  CHECK(server.calls == calls + 1);
  CHECK_OK(rf_store_close(store, &err), err);
}

/* ---- faults ---- */

static void test_what_broke_off_goes_on_at_the_byte(void) {
  serve(FILE_BYTES);
  server.from_call = 1;
  server.cut = 3000001;
  server.cuts = 6;
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  CHECK(reads_right(store, 1000000, 16000000));
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.retries >= 5 && stats.bytes_fetched < FILE_BYTES);
  CHECK_OK(rf_store_close(store, &err), err);

  serve(FILE_BYTES);
  server.cut = 7000000;
  server.cuts = 2;
  options = options_of(RF_REMOTE_DOWNLOAD);
  store = open_file(&options);
  CHECK(reads_right(store, 0, FILE_BYTES));
  CHECK(stats_of(store).bytes_fetched == FILE_BYTES);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_busy_then_fine(void) {
  serve(FILE_BYTES);
  server.busy = 1;
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  CHECK(stats_of(store).retries == 1);
  server.busy = 1;
  CHECK(reads_right(store, 3000000, 10));
  server.busy = 2; /* more often than there are retries */
  CHECK(!reads_right(store, 9000000, 10));
  CHECK(err.code == RF_ERR_HTTP_STATUS && err.http_status == 503);
  CHECK(strstr(err.message, "after 2 attempts") != NULL);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_a_server_that_has_stopped(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  server.failure = RF_ERR_NETWORK;
  server.from_call = server.calls;
  rf_error_clear(&err);
  CHECK(reads_right(store, 100, 1000)); /* the cache has these bytes */
  CHECK(!reads_right(store, 9000000, 10));
  CHECK(err.code == RF_ERR_NETWORK);
  CHECK_OK(rf_store_close(store, NULL), err);

  serve(FILE_BYTES);
  server.failure = RF_ERR_NETWORK;
  server.errno_ = 111; /* it was never there: no use in waiting */
  CHECK(rf_store_open("ranged://host/file", RF_MODE_READ, &options, &store, &err) == RF_ERR_NETWORK);
  CHECK(server.calls == 1);
}

static void test_a_file_that_changes(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  server.etag = "\"two\"";
  CHECK(!reads_right(store, 9000000, 10));
  CHECK(err.code == RF_ERR_CHANGED);
  server.etag = "\"one\"";
  server.size--;
  rf_error_clear(&err);
  CHECK(!reads_right(store, 9000000, 10));
  CHECK(err.code == RF_ERR_CHANGED);
  server.size++;
  server.silent = true; /* says nothing: then only the size counts */
  rf_error_clear(&err);
  CHECK(reads_right(store, 9000000, 10));
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_a_server_that_sends_too_much(void) {
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_AUTO);
  rf_store *store = open_file(&options);
  server.lies = true;
  CHECK(reads_right(store, 9000000, 10)); /* the reader takes the requested bytes and ignores the rest */
  CHECK_OK(rf_store_close(store, NULL), err);
}

static rf_status stop_at_once(void *user, uint64_t done, int64_t total) {
  int *calls = user;
  ++*calls;
  CHECK(total < 0 || done <= (uint64_t)total);
  return RF_ERR_CALLBACK;
}

static void test_progress_can_end_a_fetch(void) {
  serve(FILE_BYTES);
  int calls = 0;
  rf_options options = options_of(RF_REMOTE_DOWNLOAD);
  fetching.progress = stop_at_once;
  fetching.progress_user = &calls;
  rf_store *store;
  CHECK(rf_store_open("ranged://host/file", RF_MODE_READ, &options, &store, &err) == RF_ERR_CALLBACK);
  CHECK(calls == 1 && server.calls == 1);
}

/* ---- headers ---- */

/* A file of `count` image extensions after an empty primary HDU, of `periods` sizes in turn, into `body`. */
static size_t make_extensions(size_t count, size_t periods, size_t blocks) {
  rf_file *file;
  size_t index;
  uint64_t size;
  CHECK_OK(rf_file_open("mem://extensions", RF_MODE_CREATE, NULL, &file, &err), err);
  for (size_t i = 0; i < count; i++) {
    uint64_t axes[1] = {(blocks + i % periods) * RF_BLOCK_BYTES};
    rf_image_spec spec = {.size = sizeof spec, .dtype = RF_U8, .naxis = i > 0, .axes = axes, .extver = -1};
    CHECK_OK(rf_image_create(file, &spec, &index, &err), err);
  }
  CHECK_OK(rf_file_get_size(file, &size, &err), err);
  body = realloc(body, size > FILE_BYTES ? size : FILE_BYTES);
  CHECK_OK(rf_file_read_bytes(file, 0, body, (size_t)size, &err), err);
  CHECK_OK(rf_file_free(file, &err), err);
  return (size_t)size;
}

static void count_extensions(size_t periods, size_t blocks, int most) {
  serve(make_extensions(101, periods, blocks));
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_file *file;
  size_t count = 0;
  CHECK_OK(rf_file_open("ranged://host/file", RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_file_get_hdu_count(file, &count, &err), err);
  CHECK(count == 101);
  rf_remote_stats stats = {.size = sizeof stats};
  CHECK_OK(rf_file_get_remote_stats(file, &stats, &err), err);
  CHECK(server.calls <= most);
  CHECK(stats.bytes_fetched < 9 << 20); /* of 100 headers of a block each, not of the data */
  CHECK_OK(rf_file_free(file, &err), err);
}

static void test_headers_of_many_extensions_are_few_requests(void) {
  count_extensions(1, 200, 12); /* 600 kB each */
  count_extensions(3, 200, 18);
  count_extensions(1, 1, 3);
}

static void test_one_header_is_not_a_guess_at_others(void) {
  serve(make_extensions(101, 1, 200));
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_file *file;
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_file_open("ranged://host/file", RF_MODE_READ, &options, &file, &err), err);
  CHECK_OK(rf_hdu_get_info(file, 1, &info, &err), err);
  CHECK(server.calls == 1);
  CHECK_OK(rf_hdu_get_info(file, 2, &info, &err), err);
  CHECK(server.calls == 2 && server.ranges == 2);
  CHECK_OK(rf_file_free(file, &err), err);
}

/* ---- memory and threads ---- */

static size_t allocations_left;

static void *scarce_realloc(void *user, void *block, size_t size) {
  (void)user;
  return allocations_left > 0 && allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void scarce_free(void *user, void *block) {
  (void)user;
  free(block);
}

static void check_each_allocation(const char *file, const rf_read_range *ranges, size_t count) {
  const rf_allocator scarce = {scarce_realloc, scarce_free, NULL};
  bool done = false;
  for (size_t n = 0; n < 1000 && !done; n++) {
    serve(FILE_BYTES);
    rf_options options = options_of(RF_REMOTE_RANGES);
    rf_store *store = NULL;
    rf_allocator_set(&scarce);
    allocations_left = n;
    rf_status status = rf_store_open(file, RF_MODE_READ, &options, &store, &err);
    if (status == RF_OK)
      status = rf_store_read_many(store, ranges, count, &err);
    done = status == RF_OK;
    CHECK(done || status == RF_ERR_MEMORY);
    (void)rf_store_close(store, NULL);
    rf_allocator_set(NULL);
  }
  CHECK(done);
}

static void test_each_allocation_that_fails(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  scatter(ranges, out);
  rf_host_set_multirange("http://host/file", RF_HOST_SENDS);
  check_each_allocation("ranged://host/file", ranges, 2);
  check_each_allocation("http://host/file", ranges, SCATTERED);
  CHECK(is_scattered(ranges) && server.group == 1);
}

static void *read_here_and_there(void *user) {
  rf_store *store = user;
  uint64_t seed = (uint64_t)(uintptr_t)&seed;
  uint8_t buffer[5000];
  rf_error mine;
  size_t wrong = 0;
  for (int i = 0; i < 200; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    uint64_t offset = (seed >> 30) % (FILE_BYTES - sizeof buffer);
    rf_error_clear(&mine);
    wrong += rf_store_read(store, offset, buffer, sizeof buffer, &mine) != RF_OK ||
             memcmp(buffer, body + offset, sizeof buffer) != 0;
  }
  return wrong == 0 ? NULL : store;
}

static void test_threads_share_blocks(void) {
  pthread_t threads[4];
  serve(FILE_BYTES);
  rf_options options = options_of(RF_REMOTE_RANGES);
  rf_store *store = open_file(&options);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, read_here_and_there, store) == 0);
  for (int i = 0; i < 4; i++) {
    void *result;
    CHECK(pthread_join(threads[i], &result) == 0);
    CHECK(result == NULL);
  }
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.bytes_fetched <= FILE_BYTES); /* no block twice */
  CHECK_OK(rf_store_close(store, &err), err);
}

int main(void) {
  body = malloc(FILE_BYTES);
  uint64_t seed = 7;
  for (size_t i = 0; i < FILE_BYTES; i++) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    body[i] = (uint8_t)(seed >> 56);
  }
  CHECK_OK(rf_transport_register(&fake, &err), err);
  CHECK_OK(rf_transport_register(&modern, &err), err);
  RUN(test_a_large_file_is_ranged);
  RUN(test_a_small_file_is_downloaded);
  RUN(test_a_server_without_ranges);
  RUN(test_modes_that_insist);
  RUN(test_any_range_is_right);
  RUN(test_many_ranges_are_one_round_trip);
  RUN(test_far_ranges_run_side_by_side);
  RUN(test_prefetch_is_what_reads_use);
  RUN(test_reading_on_fetches_ahead);
  RUN(test_the_cache_keeps_to_its_budget);
  RUN(test_what_broke_off_goes_on_at_the_byte);
  RUN(test_busy_then_fine);
  RUN(test_a_server_that_has_stopped);
  RUN(test_a_file_that_changes);
  RUN(test_a_server_that_sends_too_much);
  RUN(test_progress_can_end_a_fetch);
  RUN(test_each_allocation_that_fails);
  RUN(test_threads_share_blocks);
  RUN(test_headers_of_many_extensions_are_few_requests);
  RUN(test_one_header_is_not_a_guess_at_others);
  free(body);
  return check_report();
}
