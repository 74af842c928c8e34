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

/* Takes n bytes. Any status but RF_OK ends the producer, which returns it. `user` is that of the call. */
typedef rf_status (*rf_sink)(void *user, const void *data, size_t n, rf_error *err);

/* Does the server send ranges (Accept-Ranges, RFC 9110 14.3)? */
typedef enum rf_accept_ranges {
  RF_ACCEPT_RANGES_UNKNOWN = 0,
  RF_ACCEPT_RANGES_BYTES = 1, /* yes */
  RF_ACCEPT_RANGES_NONE = 2   /* no */
} rf_accept_ranges;

/* rf_request.refuse: schemes that redirects must not lead to. */
#define RF_REFUSE_HTTP 1
#define RF_REFUSE_HTTPS 2

/* A body that a request sends. Borrowed for the call. */
typedef struct rf_body {
  size_t size;    /* sizeof(rf_body) of the library */
  void *user;     /* for `read` */
  uint64_t bytes; /* of the body */

  /* MUST. Copies n bytes of the body from `offset` on to `buffer`; offset + n is at most `bytes`. One thread at a time
   * calls it. Bytes are read again after a redirect or a login. A status other than RF_OK ends the request, which
   * returns it. */
  rf_status (*read)(void *user, uint64_t offset, void *buffer, size_t n, rf_error *err);
} rf_body;

/* A request to a transport. The library fills it in. It is borrowed for the call, with all that it points at. */
typedef struct rf_request {
  size_t size;                     /* sizeof(rf_request) of the library */
  const char *url;                 /* without user and password; never NULL */
  const char *user;                /* NULL: none (FTP: anonymous) */
  const char *password;            /* NULL: none */
  const char *sigv4;               /* NULL, or "aws:amz:<region>:s3": user and password are an access key and its
                                      secret, and the request is signed (AWS Signature Version 4) */
  const char *const *headers;      /* header fields "Name: value" for the server of `url` only */
  size_t header_count;             /* of `headers` */
  const rf_remote_options *remote; /* of the caller, with more header fields; NULL: none */
  int max_redirects;               /* redirects to follow */
  uint32_t refuse;                 /* RF_REFUSE_... */
  uint64_t max_bytes;              /* bytes of a body; a longer file is RF_ERR_LIMIT */
  const rf_range *ranges;          /* of the file, none empty; NULL: the whole file */
  size_t range_count;              /* of `ranges` */
  size_t multirange;               /* most ranges in one request (RF_TRANSPORT_MULTIRANGE); 0: 1. If above 1, the ranges
                                      ascend and do not overlap, and a server that sends no multirange response is
                                      RF_ERR_UNSUPPORTED */
  unsigned concurrency;            /* most requests side by side; 0: 1 */
  const char *validator;           /* NULL, or for If-Range: an ETag or a date. A file that differs is RF_ERR_CHANGED */
  int whole_or_range;              /* 1: there is one range, and the server may send the whole file instead
                                      (rf_response.status is 200), or less than the range where the file ends */
  double delay;                    /* seconds to wait before the request */
  void *session;                   /* of the file, from session_open; NULL if the transport has no sessions */
  const char *method;              /* NULL: GET. "PUT", "POST" or "DELETE": a request that sends, which only transports
                                      with RF_TRANSPORT_SEND get. It has no ranges; the receiver gets the body of the
                                      response */
  const rf_body *body;             /* that `method` sends. FTP: of STOR. NULL: none */
  int only_new;                    /* 1: RF_ERR_EXISTS if there is a file (HTTP: If-None-Match: *) */
  int expect;                      /* 1: the server may refuse the request, so that a long body waits for its consent
                                      (Expect: 100-continue, RFC 9110 10.1.1) */
  const char *const *commands;     /* FTP: commands for the folder of the file, after the body */
  size_t command_count;            /* of `commands` */
} rf_request;

/* Facts of a response. The library sets `size` and the values for "unknown"; the transport fills in the rest. Texts are
 * cut to fit. */
typedef struct rf_response {
  size_t size;                     /* sizeof(rf_response) of the library */
  int status;                      /* HTTP status or FTP reply code; 0: none */
  rf_accept_ranges accepts_ranges; /* does the server send ranges? */
  int64_t total_size;              /* bytes of the whole file, -1: unknown */
  double retry_after;              /* seconds (Retry-After), < 0: unknown */
  uint64_t requests;               /* that were sent, redirects included */
  uint64_t overhead;               /* bytes of bodies between the ranges of multirange responses */
  char etag[128];                  /* ETag, "": absent */
  char last_modified[64];          /* Last-Modified, "": absent */
  char region[32];                 /* region of an S3 bucket, "": absent */
} rf_response;

/* Receives bodies. The library fills it in. One thread at a time calls it. A status other than RF_OK from either
 * function ends the fetch, which returns it. */
typedef struct rf_receiver {
  size_t size; /* sizeof(rf_receiver) of the library */
  void *user;  /* for both functions */

  /* MUST. Called once for each range (for a whole file: range 0) before its first byte, when response->status and
   * total_size are known. */
  rf_status (*begin)(void *user, size_t range, const rf_response *response, rf_error *err);

  /* MUST. Takes the next n bytes of a range. Ranges that are fetched side by side come interleaved. */
  rf_status (*take)(void *user, size_t range, const void *data, size_t n, rf_error *err);
} rf_receiver;

/* rf_transport.flags: rf_request.url is the name of the file as the user wrote it. */
#define RF_TRANSPORT_RAW_NAMES 1
/* rf_transport.flags: sends multirange requests. */
#define RF_TRANSPORT_MULTIRANGE 2
/* rf_transport.flags: sends: heeds `method` and the members after it. With RF_TRANSPORT_RAW_NAMES, PUT replaces the
 * file as a whole, or leaves the old one. */
#define RF_TRANSPORT_SEND 4

/* Moves bytes from servers. Functions are called from any thread, several at once. */
typedef struct rf_transport {
  size_t size;         /* sizeof(rf_transport) */
  const char *name;    /* "libcurl", "pycurl" */
  const char *schemes; /* "http https ftp ftps" */
  void *user;          /* for all functions */
  uint32_t flags;      /* RF_TRANSPORT_... */

  /* MUST. Fetches the file or its ranges and delivers them to the receiver. An incomplete body is RF_ERR_TRUNCATED. An
   * error status is RF_ERR_NO_FILE, _PERMISSION or _HTTP_STATUS. A server that cannot be reached is RF_ERR_NETWORK with
   * rf_error.sys_errno set; the library repeats only if it reached the server before. Messages name the cause, and the
   * URL only after a redirect (never user or password). User, password and headers go to the server of the URL alone.
   * For HTTP and FTP, rf_http_fetch_open() and its kin do all of this but moving the bytes. */
  rf_status (*fetch)(void *user, const rf_request *request, const rf_receiver *receiver, rf_response *response,
                     rf_error *err);

  /* MAY, both or none. What the fetches of one open file share, such as connections. Several threads may fetch with one
   * session at the same time. */
  rf_status (*session_open)(void *user, void **session, rf_error *err);
  void (*session_close)(void *user, void *session);
} rf_transport;

/* rf_transport_register() makes `transport` serve its schemes. Each scheme becomes a row of the driver table and
 * replaces the row of the same scheme. Files that are open keep their transport.
 * transport  must stay alive, with its texts, for the life of the process
 * err        NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (size; no name, schemes or fetch; a scheme of more than 31 characters or with other
 * characters than letters, digits, '+', '-', '.'); RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_transport_register(const rf_transport *transport, rf_error *err);

/* rf_transport_name() gets the name of the transport that serves `scheme` ("http"; NULL gives NULL).
 * Returns a text that lives as long as the process, or NULL: no transport serves it. Threads: any. */
RF_API const char *rf_transport_name(const char *scheme);

/* ============================== HTTP and FTP for transports ============================== */

/* A fetch decides which requests a transport sends and what the responses mean: status, header fields, ranges,
 * validators, redirects, Retry-After, multipart bodies, FTP replies. The transport opens connections and moves bytes:
 *
 *   rf_http_fetch_open()
 *   for each transfer 0 .. rf_http_fetch_get_transfer_count() - 1, side by side:
 *     while rf_http_fetch_begin() is RF_HTTP_REQUEST:
 *       send the request
 *       rf_http_fetch_take_header() for each line, then rf_http_fetch_take_body() for the bytes
 *       rf_http_fetch_end(); RF_HTTP_STOP ends the fetch, RF_HTTP_IDLE the transfer
 *   rf_http_fetch_close()
 *
 * The bodies go to the receiver, the facts to the rf_response. */
typedef struct rf_http_fetch rf_http_fetch;

/* What the fetches of one file share: where its redirects lead. */
typedef struct rf_http_session rf_http_session;

/* What the transport does next. */
typedef enum rf_http_action {
  RF_HTTP_CONTINUE = 1, /* goes on with this response */
  RF_HTTP_REQUEST = 2,  /* calls rf_http_fetch_begin() for the next exchange of this transfer */
  RF_HTTP_IDLE = 3,     /* this transfer has nothing more to do */
  RF_HTTP_STOP = 4      /* take_body: ends this response and calls rf_http_fetch_end(). Others: ends the whole fetch */
} rf_http_action;

/* The request of one exchange. `size` is set by the caller, the rest by rf_http_fetch_begin(). Texts are valid until
 * the next call for this transfer, but for take_header and take_body. */
typedef struct rf_http_exchange {
  size_t size;                 /* sizeof(rf_http_exchange) of the caller */
  const char *url;             /* without user and password. "ftps:" is FTP with AUTH TLS (RFC 4217) */
  const char *user;            /* NULL: none */
  const char *password;        /* NULL: none */
  const char *sigv4;           /* NULL, or as in rf_request */
  const char *range;           /* NULL, or "0-99,200-299": the value of Range without its unit. FTP: one range */
  const char *const *headers;  /* all other header fields, "Name: value" */
  size_t header_count;         /* of `headers` */
  int is_ftp;                  /* 1: FTP or SFTP; headers do not apply */
  int is_elsewhere;            /* 1: a redirect led to another server than that of the request */
  double elapsed;              /* seconds that earlier exchanges took; they count for rf_remote_options.timeout */
  const char *method;          /* NULL: GET, or RETR. FTP: "PUT" is STOR; "DELETE" only sends `commands` */
  int has_body;                /* 1: rf_http_fetch_give_body() gives the body */
  uint64_t body_bytes;         /* of the body, for Content-Length; the body is not chunked */
  int expect;                  /* as in rf_request */
  const char *const *commands; /* FTP: sent in the folder of the file, after the body */
  size_t command_count;        /* of `commands` */
} rf_http_exchange;

/* rf_http_session_open() opens a session for the fetches of one file.
 * session  receives the session; the caller closes it with rf_http_session_close(). Unchanged on failure
 * err      NULL: no details
 * Returns RF_OK; RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_http_session_open(rf_http_session **session, rf_error *err);

/* rf_http_session_close() frees `session` (NULL is allowed), after the last fetch. Threads: one. */
RF_API void rf_http_session_close(rf_http_session *session);

/* rf_http_fetch_open() begins a fetch: one call of rf_transport.fetch.
 * session   NULL: none. Threads may share it
 * request   borrowed until the fetch is closed, as are receiver and response
 * receiver  receives the bodies
 * response  receives the facts
 * fetch     receives the fetch; the caller closes it with rf_http_fetch_close(). Unchanged on failure
 * err       NULL: no details
 * Returns RF_OK; RF_ERR_ARGUMENT (request->url, ->ranges; a NULL that is not allowed); RF_ERR_MEMORY. Threads: one at a
 * time per fetch, as for all functions below. */
RF_API RF_CHECKED rf_status rf_http_fetch_open(rf_http_session *session, const rf_request *request,
                                               const rf_receiver *receiver, rf_response *response,
                                               rf_http_fetch **fetch, rf_error *err);

/* rf_http_fetch_get_transfer_count() gets the number of transfers of `fetch` that may run side by side.
 * Returns 1 to 64; never more than request->concurrency. Threads: one at a time per fetch. */
RF_API size_t rf_http_fetch_get_transfer_count(const rf_http_fetch *fetch);

/* rf_http_fetch_begin() begins the next exchange of a transfer of `fetch`.
 * transfer  0 .. rf_http_fetch_get_transfer_count() - 1
 * exchange  receives the request to send, where the result is RF_HTTP_REQUEST
 * Returns RF_HTTP_REQUEST; RF_HTTP_IDLE; RF_HTTP_STOP. Threads: one at a time per fetch. */
RF_API rf_http_action rf_http_fetch_begin(rf_http_fetch *fetch, size_t transfer, rf_http_exchange *exchange);

/* rf_http_fetch_take_header() takes a line of the head of the response to `transfer` of `fetch`: the status line, a
 * field, or the empty line; for FTP, a line of a reply. SFTP has neither. The transport makes fields of what it knows:
 * ETag, and Content-Range with '*' for the range and the size of the file, which a fetch of whole_or_range needs.
 * line  n bytes, with or without the end of the line
 * n     bytes at `line`
 * Threads: one at a time per fetch. */
RF_API void rf_http_fetch_take_header(rf_http_fetch *fetch, size_t transfer, const void *line, size_t n);

/* rf_http_fetch_take_body() takes bytes of the body of the response to `transfer` of `fetch`, without the framing of
 * chunked bodies, and delivers them to the receiver.
 * data  n bytes
 * n     bytes at `data`
 * Returns RF_HTTP_CONTINUE; RF_HTTP_STOP: the rest of the body is useless. Threads: one at a time per fetch. */
RF_API rf_http_action rf_http_fetch_take_body(rf_http_fetch *fetch, size_t transfer, const void *data, size_t n);

/* rf_http_fetch_give_body() copies bytes of the body of the request of `transfer` of `fetch`.
 * offset  of the first byte: after the bytes of the last call, or anywhere before, as after a login
 * buffer  receives the bytes
 * n       room in `buffer`
 * got     receives their number; 0: the body ends at `offset`
 * Returns RF_HTTP_CONTINUE; RF_HTTP_STOP: ends this request and calls rf_http_fetch_end(). Threads: one at a time per
 * fetch. */
RF_API rf_http_action rf_http_fetch_give_body(rf_http_fetch *fetch, size_t transfer, uint64_t offset, void *buffer,
                                              size_t n, size_t *got);

/* rf_http_fetch_end() ends the exchange of `transfer` of `fetch`, after the last byte, a failure, or RF_HTTP_STOP.
 * ending   NULL, or the failure of the transport: code, message, and sys_errno if the server could not be reached.
 *          RF_ERR_HTTP_STATUS is a refusal by an FTP server, RF_ERR_UNSUPPORTED one of its REST command,
 *          RF_ERR_READONLY one of STOR or of a command after it
 * seconds  that the exchange took
 * Returns RF_HTTP_REQUEST; RF_HTTP_IDLE; RF_HTTP_STOP. Threads: one at a time per fetch. */
RF_API rf_http_action rf_http_fetch_end(rf_http_fetch *fetch, size_t transfer, const rf_error *ending, double seconds);

/* rf_http_fetch_close() ends and frees `fetch` (NULL is allowed), also in the middle of its exchanges.
 * err  receives the failure of the fetch, unless it holds one; NULL: no details
 * Returns RF_OK; any status of rf_transport.fetch: that of the failure that ended the fetch. Threads: one at a time per
 * fetch. */
RF_API rf_status rf_http_fetch_close(rf_http_fetch *fetch, rf_error *err);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
