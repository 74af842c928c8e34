/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bytes of one remote file, steadily: what may pass is tried again, from the byte where it broke off, and what comes is
 * held against what was there when the file was opened, so that two versions of it are never mixed.
 */
#ifndef RF_STORE_REMOTE_FETCHER_H
#define RF_STORE_REMOTE_FETCHER_H

#include "base/system/platform.h"
#include "store/remote/location.h"

/* Ranges in one request, at most: Apache takes up to 200, and servers have a few KiB for a line of a header. */
#define RF_FETCHER_MAX_RANGES ((size_t)128)

typedef struct rf_fetcher {
  const rf_transport *transport;
  void *session; /* of the transport, NULL where it has none */
  rf_location location;
  rf_remote_options remote; /* defaults filled in; what it points at is in `kept` */
  char **texts;
  size_t text_count;
  uint64_t stream_bytes; /* most bytes of one request of a stream from a server that is near */
  int redirects;
  uint32_t refuse; /* RF_REFUSE_... */
  uint64_t limit;
  uint64_t size; /* of the file, once known */
  rf_accept_ranges accepts_ranges;
  char validator[128]; /* for If-Range, "" for none */
  char etag[128];
  char last_modified[64];
  rf_mutex lock;   /* of what follows */
  bool multirange; /* several ranges may go into one request; false once the server has shown that it sends none */
  rf_remote_stats stats;
  double nearest; /* seconds from the quickest question to its answer; 0: nothing was asked yet */
} rf_fetcher;

/* One stretch to be fetched. `received` counts from its beginning; it is kept up to date for the one who takes. */
typedef struct rf_extent {
  uint64_t offset;
  uint64_t length;
  uint64_t received;
} rf_extent;

/* Takes n bytes of stretch `index`, those from stretches[index].received on. */
typedef rf_status (*rf_extent_take)(void *context, size_t index, const void *data, size_t n, rf_error *err);

/* For a name that the transport serves. Copies the options. */
rf_status rf_fetcher_new(const rf_transport *transport, const char *name, const rf_options *options,
                         rf_fetcher **fetcher, rf_error *err);
void rf_fetcher_free(rf_fetcher *fetcher);

/* What the first answer was about. */
typedef enum rf_first_body {
  RF_FIRST_RANGE, /* the first bytes of the file, whose size is known */
  RF_FIRST_WHOLE  /* all of it */
} rf_first_body;

/* Opens the file: asks for its first bytes, or (`whole`) for all of it, and learns size, validators and whether there
 * are ranges. `begin` is called before the first byte of a body, also again when a download has to begin from scratch;
 * `take` gets bytes in order from byte `at` of the file on. */
typedef struct rf_first_receiver {
  rf_status (*begin)(void *context, rf_first_body answer, int64_t total, rf_error *err);
  rf_status (*take)(void *context, uint64_t at, const void *data, size_t n, rf_error *err);
  void *context;
} rf_first_receiver;
rf_status rf_fetcher_open(rf_fetcher *fetcher, const char *name, bool whole, const rf_first_receiver *receiver,
                          rf_error *err);

/* Fetches all stretches, side by side, in one or more rounds. They lie within the file. `together`: several in one
 * request, then they ascend and do not overlap; RF_ERR_UNSUPPORTED when the server turns out to send none, which is
 * remembered. */
rf_status rf_fetcher_get(rf_fetcher *fetcher, rf_extent *extents, size_t count, bool multirange, rf_extent_take take,
                         void *context, rf_error *err);

/* May several ranges go into one request? */
bool rf_fetcher_has_multirange(rf_fetcher *fetcher);

/* Does the server answer so soon that waiting for it costs next to nothing? */
bool rf_fetcher_is_near(rf_fetcher *fetcher);

/* Adds to the statistics. */
void rf_fetcher_count(rf_fetcher *fetcher, uint64_t wanted, uint64_t hits, uint64_t misses);

#endif
