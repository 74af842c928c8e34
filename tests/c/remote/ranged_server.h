/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A transport that serves ranges of one body in memory, counts requests and fails, and the stores over it.
 */
#ifndef RF_TESTS_RANGED_SERVER_H
#define RF_TESTS_RANGED_SERVER_H

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "store/open.h"

/* What the options of these tests point at. */
static rf_remote_options fetching;

#define FILE_BYTES ((size_t)20 << 20)

static uint8_t *body;

typedef struct {
  size_t size;
  bool no_ranges;
  bool silent;       /* no validators */
  atomic_int calls;  /* of fetch */
  atomic_int ranges; /* total number of requested ranges */
  int busy;          /* so many calls are answered 503 first */
  int from_call;     /* counted from this call on */
  size_t cut;        /* a call ends with a lost connection after so many bytes; 0: never */
  int cuts;          /* so often */
  rf_status failure; /* all calls from from_call on fail with this */
  int errno_;        /* and this */
  const char *etag;
  bool lies;        /* sends one byte more than requested */
  bool one_by_one;  /* sends one range at a time */
  atomic_int group; /* fetches of several ranges in one request */
} fake_server;

static fake_server server;

static inline rf_status send_range(const rf_request *request, size_t i, const rf_receiver *receiver,
                                   rf_response *response, size_t *left, rf_error *err) {
  rf_range all = {0, server.size};
  const rf_range *range = request->ranges != NULL ? &request->ranges[i] : &all;
  uint64_t length = range->length;
  if (request->whole_or_range && range->offset + length > server.size)
    length = server.size - range->offset;
  CHECK(range->offset + length <= server.size);
  RF_TRY(receiver->begin(receiver->user, i, response, err));
  for (uint64_t at = 0; at < length;) {
    size_t n = length - at < 50000 ? (size_t)(length - at) : 50000;
    n = n < *left ? n : *left;
    if (n == 0)
      return rf_fail(err, RF_ERR_NETWORK, "the connection was lost");
    RF_TRY(receiver->take(receiver->user, i, body + range->offset + at, n, err));
    at += n;
    *left -= n;
  }
  return server.lies ? receiver->take(receiver->user, i, "x", 1, err) : RF_OK;
}

static inline rf_status fake_fetch(void *user, const rf_request *request, const rf_receiver *receiver,
                                   rf_response *response, rf_error *err) {
  (void)user;
  int call = server.calls++;
  bool later = call >= server.from_call;
  if (later && server.failure != RF_OK) {
    rf_fail(err, server.failure, "the server has stopped");
    if (err != NULL)
      err->sys_errno = server.errno_;
    return server.failure;
  }
  if (later && server.busy > 0) {
    server.busy--;
    rf_fail(err, RF_ERR_HTTP_STATUS, "the server answered 503");
    err->http_status = response->status = 503;
    return RF_ERR_HTTP_STATUS;
  }
  server.group += request->multirange > 1;
  if (request->multirange > 1 && server.one_by_one)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the server does not send several ranges at once");
  bool whole = request->ranges == NULL || server.no_ranges;
  if (whole && request->ranges != NULL && !request->whole_or_range)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "the server cannot send parts of a file");
  response->status = whole ? 200 : 206;
  response->total_size = (int64_t)server.size;
  response->accepts_ranges = server.no_ranges ? RF_ACCEPT_RANGES_NONE : RF_ACCEPT_RANGES_BYTES;
  if (!server.silent)
    snprintf(response->etag, sizeof response->etag, "%s", server.etag);
  size_t left = SIZE_MAX, count = whole ? 1 : request->range_count;
  if (later && server.cut > 0 && server.cuts > 0) {
    server.cuts--;
    left = server.cut;
  }
  server.ranges += (int)count;
  rf_request one = *request;
  if (whole)
    one.ranges = NULL;
  for (size_t i = 0; i < count; i++)
    RF_TRY(send_range(&one, i, receiver, response, &left, err));
  return RF_OK;
}

static const rf_transport fake = {sizeof fake, "fake", "ranged", NULL, 0, fake_fetch, NULL, NULL};

/* Knows how to ask for several ranges at once. */
static const rf_transport modern = {sizeof modern,           "modern",   "http", NULL,
                                    RF_TRANSPORT_MULTIRANGE, fake_fetch, NULL,   NULL};

static rf_error err;

static const char *name = "ranged://host/file";

static inline void serve(size_t size) {
  name = "ranged://host/file";
  server = (fake_server){.size = size, .etag = "\"one\""};
  rf_error_clear(&err);
}

static inline rf_options options_of(rf_remote_mode mode) {
  rf_options options;
  rf_options_init(&options);
  rf_remote_options_init(&fetching);
  options.remote = &fetching;
  fetching.mode = mode;
  fetching.retry_seconds = 5;
  fetching.retries = 1;
  return options;
}

static inline rf_store *open_file(const rf_options *options) {
  rf_store *store = NULL;
  CHECK_OK(rf_store_open(name, RF_MODE_READ, options, &store, &err), err);
  return store;
}

static inline rf_remote_stats stats_of(rf_store *store) {
  rf_remote_stats stats = {.size = sizeof stats};
  CHECK(rf_store_stats(store, &stats));
  return stats;
}

static inline bool reads_right(rf_store *store, uint64_t offset, size_t n) {
  uint8_t *buffer = malloc(n);
  bool right = rf_store_read(store, offset, buffer, n, &err) == RF_OK && memcmp(buffer, body + offset, n) == 0;
  free(buffer);
  return right;
}

enum { SCATTERED = 300, PIECE = 100, FAR = 61000 };

static inline void scatter(rf_read_range *ranges, uint8_t *out) {
  memset(out, 0, SCATTERED * PIECE);
  for (size_t i = 0; i < SCATTERED; i++)
    ranges[i] = (rf_read_range){500000 + (i * 77 % SCATTERED) * FAR, PIECE, out + i * PIECE}; /* in no order */
}

static inline bool is_scattered(const rf_read_range *ranges) {
  for (size_t i = 0; i < SCATTERED; i++)
    if (memcmp(ranges[i].dest, body + ranges[i].offset, PIECE) != 0)
      return false;
  return true;
}

#endif
