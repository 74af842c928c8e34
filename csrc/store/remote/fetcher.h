/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fetches bytes of one remote file. Resumes after a temporary failure, from the byte where it broke off. Compares each
 * response with the first one, so that two versions of the file are never mixed.
 */
#ifndef RF_STORE_REMOTE_FETCHER_H
#define RF_STORE_REMOTE_FETCHER_H

#include "base/system/platform.h"
#include "store/remote/location.h"

/* Most ranges in one request: Apache takes up to 200, and servers limit a header line to a few KiB. */
#define RF_FETCHER_MAX_RANGES ((size_t)128)

typedef struct rf_fetcher {
  const rf_transport *transport;
  void *session; /* of the transport, NULL: none */
  rf_location location;
  rf_remote_options remote; /* with defaults filled in; its texts are in `texts` */
  char **texts;
  size_t text_count;
  uint64_t stream_bytes; /* limit of a streaming request to a near server */
  int redirects;
  uint32_t refuse; /* RF_REFUSE_... */
  uint64_t limit;
  uint64_t size; /* of the file, once known */
  rf_accept_ranges accepts_ranges;
  char validator[128]; /* for If-Range, "": none */
  char etag[128];
  char last_modified[64];
  rf_mutex lock;   /* of the following members */
  bool multirange; /* requests may have several ranges; false once the server refused one */
  bool untried;    /* the server was never sent several ranges */
  rf_remote_stats stats;
  double latency; /* shortest time from request to response, in seconds; 0: unknown */
} rf_fetcher;

/* A part of the file to be fetched. The fetcher counts in `received`. */
typedef struct rf_extent {
  uint64_t offset;
  uint64_t length;
  uint64_t received;
} rf_extent;

/* Takes n bytes of extent `index`, from extents[index].received on. */
typedef rf_status (*rf_extent_take)(void *context, size_t index, const void *data, size_t n, rf_error *err);

/* Makes a fetcher for a name that the transport serves. Copies the options. */
rf_status rf_fetcher_new(const rf_transport *transport, const char *name, const rf_options *options,
                         rf_fetcher **fetcher, rf_error *err);
void rf_fetcher_free(rf_fetcher *fetcher);

/* Returns a request for the file with the options of the caller, to be sent after `delay` seconds. It is valid as long
 * as the fetcher and its location. */
rf_request rf_fetcher_request(const rf_fetcher *fetcher, double delay);

/* The body of the first response. */
typedef enum rf_first_body {
  RF_FIRST_RANGE, /* the first bytes of a file of known size */
  RF_FIRST_WHOLE  /* the whole file */
} rf_first_body;

/* Opens the file: requests its first bytes, or all of it (`whole`), and gets size, validators and whether there are
 * ranges. Calls `begin` before the first byte of a body, again if a download restarts, and `take` with bytes in order
 * from byte `at` on. */
typedef struct rf_first_receiver {
  rf_status (*begin)(void *context, rf_first_body answer, int64_t total, rf_error *err);
  rf_status (*take)(void *context, uint64_t at, const void *data, size_t n, rf_error *err);
  void *context;
} rf_first_receiver;
rf_status rf_fetcher_open(rf_fetcher *fetcher, const char *name, bool whole, const rf_first_receiver *receiver,
                          rf_error *err);

/* Fetches all extents, which lie within the file, in parallel. With `multirange`, several go into one request; they
 * ascend and do not overlap. RF_ERR_UNSUPPORTED: the server sends none, which the fetcher remembers. */
rf_status rf_fetcher_get(rf_fetcher *fetcher, rf_extent *extents, size_t count, bool multirange, rf_extent_take take,
                         void *context, rf_error *err);

/* Tells whether requests may have several ranges. */
bool rf_fetcher_has_multirange(rf_fetcher *fetcher);

/* Tells whether the server responds so fast that round trips cost almost nothing. */
bool rf_fetcher_is_near(rf_fetcher *fetcher);

/* Adds to the statistics. */
void rf_fetcher_count(rf_fetcher *fetcher, uint64_t wanted, uint64_t hits, uint64_t misses);

#endif
