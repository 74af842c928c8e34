/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/transport.h: Transports: how bytes come from servers. Part of <rustfits.h>, which has the rules for every
 * function.
 */
#ifndef RUSTFITS_TRANSPORT_H
#define RUSTFITS_TRANSPORT_H

#include "rustfits/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Transports ============================== */

/* Takes n bytes; anything but RF_OK stops the producer, which passes the status on. */
typedef rf_status (*rf_sink)(void *context, const void *data, size_t n, rf_error *err);

/* Bytes first .. first+length-1 of a remote file. */
typedef struct rf_byte_range {
  uint64_t first;
  uint64_t length;
} rf_byte_range;

/* One request. Borrowed for the call. */
typedef struct rf_request {
  size_t size;          /* sizeof(rf_request) */
  const char *url;      /* without user and password */
  const char *user;     /* NULL: none (ftp: anonymous) */
  const char *password; /* NULL: none */
  const rf_remote_options *remote;
  int redirects;               /* most redirects to follow */
  uint64_t limit_bytes;        /* most bytes of body to take */
  const rf_byte_range *ranges; /* NULL: the whole file */
  size_t range_count;
  unsigned concurrency;       /* most ranges to be asked for side by side; 0: 1 */
  const char *validator;      /* NULL, or for If-Range: the file must still be this one. An answer with all of the file
                                 instead of a range then means that it is not: RF_ERR_CHANGED */
  int whole_or_range;         /* 1: there is one range. A server that sends the whole file instead is no error
                                 (response->status 200 tells), nor is a file that ends before the range does */
  const char *const *headers; /* more headers, for this server only */
  size_t header_count;
  const char *sigv4; /* NULL, or "aws:amz:<region>:s3": user and password are an access key and its secret */
  double delay;      /* seconds to wait first: here, because a transport knows how to be interrupted */
  void *session;     /* of the file, from session_open; NULL where there is none */
  size_t together;   /* most neighbouring ranges to be asked for in one request; 0: 1. Only of RF_TRANSPORT_SEVERAL.
                        Ranges that may go together ascend and do not overlap. A server that does not send several at
                        once is RF_ERR_UNSUPPORTED: nothing is wrong with the file then */
  uint32_t refuse;   /* RF_REFUSE_...: where redirects must not lead; rf_redirect_check judges */
} rf_request;

#define RF_REFUSE_HTTP 1
#define RF_REFUSE_HTTPS 2

/* For transports: RF_ERR_SCHEME, with a message that names it, when request->refuse forbids to follow a redirect to
 * `url`. Any thread. */
RF_API RF_CHECKED rf_status rf_redirect_check(const rf_request *request, const char *url, rf_error *err);

/* What the server said. Filled by the transport; strings are cut to fit. */
typedef struct rf_response {
  size_t size;            /* sizeof(rf_response), set by the caller */
  int status;             /* HTTP status or FTP reply code */
  int64_t total_size;     /* size of the whole file in bytes, -1: not said */
  int accepts_ranges;     /* 1 yes, 0 no, -1 not said */
  char etag[128];         /* "" when absent */
  char last_modified[64]; /* "" when absent */
  char region[32];        /* x-amz-bucket-region; "" when absent */
  double retry_after;     /* seconds (Retry-After); < 0: not said */
  uint64_t requests;      /* that were made, redirects included */
  uint64_t overhead;      /* bytes of bodies that nobody asked for: what stands between several ranges */
} rf_response;

/* Receives the body. `begin` is called once for each range (once for a whole file, range 0) before
 * its first byte, when total_size and status are known; `take` for each piece, in order within the
 * range; ranges that are fetched side by side come mixed, but never two calls at a time. A non-OK status from either
 * ends the request. */
typedef struct rf_receiver {
  rf_status (*begin)(void *context, size_t range, const rf_response *response, rf_error *err);
  rf_status (*take)(void *context, size_t range, const void *data, size_t n, rf_error *err);
  void *context;
} rf_receiver;

/* request->url is the name as the user wrote it, not a URL taken apart. */
#define RF_TRANSPORT_RAW_NAMES 1
/* Knows how to ask for several ranges in one request (request->together). */
#define RF_TRANSPORT_SEVERAL 2

/* Moves bytes from servers. */
typedef struct rf_transport {
  size_t size;         /* sizeof(rf_transport) */
  const char *name;    /* "libcurl", "pycurl" */
  const char *schemes; /* "http https ftp ftps" */
  void *user;
  uint32_t flags; /* RF_TRANSPORT_... */

  /* MUST. Fetches the file or its ranges. A body shorter than announced is RF_ERR_TRUNCATED, a
   * status that is no success RF_ERR_NO_FILE, _PERMISSION or _HTTP_STATUS. Messages name the cause, and the URL only
   * where a redirect led elsewhere (never user or password): the caller puts the URL asked for before them. What was
   * meant for the server in the URL (user, password, headers) goes to no other. Called from any thread, several at
   * once. A server that cannot be reached at all (no such name, connection refused) is RF_ERR_NETWORK with
   * rf_error.sys_errno set: trying again is for those who know that it was there before. */
  rf_status (*fetch)(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                     rf_error *err);

  /* MAY, both or none. What the fetches of one open file share: connections. Several threads may fetch with one session
   * at the same time. */
  rf_status (*session_open)(void *user, void **session, rf_error *err);
  void (*session_close)(void *user, void *session);
} rf_transport;

/* Makes `transport` serve its schemes: each of them becomes a row of the driver table with ops, in
 * the place of the transport before. Must stay alive for the life of the process. Thread-safe. */
RF_API RF_CHECKED rf_status rf_transport_register(const rf_transport *transport, rf_error *err);

/* The name of the transport that serves `scheme`, or NULL. */
RF_API const char *rf_transport_name(const char *scheme);

/* For transports: the body of an answer with several ranges (multipart/byteranges, RFC 9110 14.6), taken apart as it
 * arrives. */
typedef struct rf_multipart rf_multipart;

/* For a 206 to one request for ranges first .. first + count - 1 of `request`, which is borrowed until the end. The
 * answer has this Content-Type (NULL: none), or a Content-Range that says bytes from .. to (-1, -1: none): a server may
 * join ranges to one, and to parts. RF_ERR_UNSUPPORTED when it says neither. Free with rf_multipart_close. */
RF_API RF_CHECKED rf_status rf_multipart_open(const rf_request *request, size_t first, size_t count,
                                              const char *content_type, int64_t from, int64_t to,
                                              rf_multipart **multipart, rf_error *err);

/* Takes n bytes of the body, and passes what is of the ranges on to the receiver. Each part must be ranges that were
 * asked for and have not come yet (RF_ERR_UNSUPPORTED: this server's parts are of no use), of a file of
 * response->total_size bytes (RF_ERR_CHANGED), which is filled in where it is -1. */
RF_API RF_CHECKED rf_status rf_multipart_take(rf_multipart *multipart, const void *data, size_t n,
                                              const rf_receiver *receiver, rf_response *response, rf_error *err);

/* At the end of the body: RF_OK when all ranges have come, RF_ERR_TRUNCATED when it broke off, RF_ERR_UNSUPPORTED when
 * it ends in order with some of them missing. */
RF_API RF_CHECKED rf_status rf_multipart_end(const rf_multipart *multipart, rf_error *err);

/* NULL is fine. */
RF_API void rf_multipart_close(rf_multipart *multipart);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
