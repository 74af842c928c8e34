/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading scattered ranges of a remote file: one request fetches several, with servers that do less and with faults.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "ranged_server.h"
#include "store/remote/host.h"

/* ---- several ranges in one request ---- */

static rf_store *open_modern(rf_options *options) {
  serve(FILE_BYTES);
  name = "http://host/file";
  rf_host_set_multirange(name, RF_HOST_SENDS);
  *options = options_of(RF_REMOTE_RANGES);
  return open_file(options);
}

/* The same, of a server that sends one range at a time. */
static rf_store *open_simple(const char *url, rf_options *options) {
  serve(FILE_BYTES);
  server.one_by_one = true;
  name = url;
  *options = options_of(RF_REMOTE_RANGES);
  return open_file(options);
}

static void test_scattered_ranges_go_together(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  rf_options options;
  rf_store *store = open_modern(&options);
  scatter(ranges, out);
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.calls == 2 && server.group == 1);
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.requests == 1 + 3 && stats.round_trips == 2);
  CHECK(stats.bytes_fetched < (256 << 10) + SCATTERED * 2048);
  scatter(ranges, out); /* from the cache */
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.calls == 2);
  CHECK(reads_right(store, 500000 + 7 * FAR, PIECE) && server.calls == 2);
  CHECK(reads_right(store, 400000, 1000000) && server.calls == 3); /* what lies between, too */
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_what_lies_together_is_fetched_as_ever(void) {
  uint8_t out[8][100];
  rf_read_range ranges[8];
  rf_options options;
  rf_store *store = open_modern(&options);
  for (size_t i = 0; i < 8; i++)
    ranges[i] = (rf_read_range){1000000 + i * 60000, 100, out[i]};
  CHECK_OK(rf_store_read_many(store, ranges, 8, &err), err);
  CHECK(reads_right(store, 5000000, 5000000)); /* long */
  CHECK(server.group == 0);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_small_blocks_are_made_of_large_ones(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  rf_options options;
  rf_store *store = open_modern(&options);
  CHECK(reads_right(store, 3 << 20, 5 << 20)); /* is in the cache */
  uint64_t before = stats_of(store).bytes_fetched;
  scatter(ranges, out);
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.group == 1);
  CHECK(stats_of(store).bytes_fetched - before < (SCATTERED - ((5 << 20) / FAR) + 5) * 2048);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_prefetch_of_scattered_ranges(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range reads[SCATTERED];
  rf_range ranges[SCATTERED];
  rf_options options;
  rf_store *store = open_modern(&options);
  scatter(reads, out);
  for (size_t i = 0; i < SCATTERED; i++)
    ranges[i] = (rf_range){reads[i].offset, reads[i].length};
  CHECK_OK(rf_store_prefetch(store, ranges, SCATTERED, &err), err);
  CHECK(server.calls == 2 && server.group == 1);
  for (size_t i = 0; i < SCATTERED; i++)
    CHECK(reads_right(store, 500000 + i * FAR, PIECE));
  CHECK(server.calls == 2);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_a_server_that_sends_one_range_at_a_time(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  rf_options options;
  rf_store *store = open_simple("http://simple/file", &options);
  scatter(ranges, out);
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.group == 1 && err.code == RF_OK && err.message[0] == '\0');
  CHECK(stats_of(store).bytes_fetched > FILE_BYTES / 2);
  CHECK_OK(rf_store_close(store, &err), err);
  CHECK(rf_host_get_multirange("http://SIMPLE:80/other?x") == RF_HOST_REFUSES);
  CHECK(rf_host_get_multirange("http://simple:8080/file") == RF_HOST_UNKNOWN);
  store = open_simple("http://simple/other", &options); /* the server is remembered */
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.group == 0);
  CHECK_OK(rf_store_close(store, &err), err);
  store = open_simple("http://simple2/file", &options);
  for (size_t half = 0; half < 2; half++)
    CHECK_OK(rf_store_read_many(store, ranges + half * SCATTERED / 2, SCATTERED / 2, &err), err);
  CHECK(server.group == 1); /* is remembered */
  CHECK_OK(rf_store_close(store, &err), err);
}

/* The first request for several ranges is alone, because the server may send the whole file instead. */
static void test_a_server_is_tried_by_one_request(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  rf_options options = options_of(RF_REMOTE_RANGES);
  serve(FILE_BYTES);
  name = "http://untried/file";
  rf_store *store = open_file(&options);
  scatter(ranges, out);
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.calls == 3 && server.group == 2);
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.requests == 1 + 1 + 2 && stats.round_trips == 3 && stats.retries == 0);
  CHECK(rf_host_get_multirange(name) == RF_HOST_SENDS);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void test_the_last_servers_are_remembered(void) {
  char url[400];
  for (int i = 0; i < 70; i++) {
    (void)snprintf(url, sizeof url, "https://h%d:%d/a/b?c", i % 2, 1000 + i);
    rf_host_set_multirange(url, RF_HOST_REFUSES);
  }
  CHECK(rf_host_get_multirange("https://h1:1069") == RF_HOST_REFUSES);
  CHECK(rf_host_get_multirange("https://h0:1006/z") == RF_HOST_REFUSES);
  CHECK(rf_host_get_multirange("https://h1:1005/z") == RF_HOST_UNKNOWN);
  CHECK(rf_host_get_multirange("https://h0:1069/z") == RF_HOST_UNKNOWN);
  (void)snprintf(url, sizeof url, "http://%0350d/a", 1);
  rf_host_set_multirange(url, RF_HOST_REFUSES);
  CHECK(rf_host_get_multirange(url) == RF_HOST_UNKNOWN);
}

static void test_scattered_ranges_that_break_off(void) {
  static uint8_t out[SCATTERED * PIECE];
  rf_read_range ranges[SCATTERED];
  rf_options options;
  rf_store *store = open_modern(&options);
  server.from_call = 1;
  server.cut = 100000;
  server.cuts = 1;
  scatter(ranges, out);
  CHECK_OK(rf_store_read_many(store, ranges, SCATTERED, &err), err);
  CHECK(is_scattered(ranges) && server.group == 2 && server.ranges < 1 + 2 * SCATTERED);
  rf_remote_stats stats = stats_of(store);
  CHECK(stats.retries == 1 && stats.bytes_fetched < (256 << 10) + SCATTERED * 2048);
  CHECK_OK(rf_store_close(store, &err), err);
}

static void *read_scattered(void *user) {
  static uint8_t out[4][SCATTERED * PIECE];
  static atomic_int next;
  rf_read_range ranges[SCATTERED];
  rf_error mine;
  rf_error_clear(&mine);
  scatter(ranges, out[next++ % 4]);
  return rf_store_read_many(user, ranges, SCATTERED, &mine) == RF_OK && is_scattered(ranges) ? NULL : user;
}

static void test_threads_share_small_blocks(void) {
  pthread_t threads[4];
  rf_options options;
  rf_store *store = open_modern(&options);
  for (int i = 0; i < 4; i++)
    CHECK(pthread_create(&threads[i], NULL, read_scattered, store) == 0);
  for (int i = 0; i < 4; i++) {
    void *result;
    CHECK(pthread_join(threads[i], &result) == 0 && result == NULL);
  }
  CHECK(stats_of(store).bytes_fetched < (256 << 10) + SCATTERED * 2048); /* no block twice */
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
  RUN(test_scattered_ranges_go_together);
  RUN(test_what_lies_together_is_fetched_as_ever);
  RUN(test_small_blocks_are_made_of_large_ones);
  RUN(test_prefetch_of_scattered_ranges);
  RUN(test_a_server_that_sends_one_range_at_a_time);
  RUN(test_a_server_is_tried_by_one_request);
  RUN(test_the_last_servers_are_remembered);
  RUN(test_scattered_ranges_that_break_off);
  RUN(test_threads_share_small_blocks);
  free(body);
  return check_report();
}
