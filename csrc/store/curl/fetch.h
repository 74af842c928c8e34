/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One fetch by libcurl: lanes that run side by side, each with one range (or the whole file) at a time.
 *
 * libcurl follows no redirect here: we do, so that what was meant for one server (user, password, headers) is never
 * told to another, and so that only http and https are reached that way.
 */
#ifndef RF_STORE_CURL_FETCH_H
#define RF_STORE_CURL_FETCH_H

#if defined(RF_HAVE_LIBCURL)

#include <curl/curl.h>

#include "base/system/platform.h"
#include "store/http/response.h"
#include "store/http/url.h"

/* Most requests of one fetch at a time, whatever the caller says; an FTP server counts logins. */
#define RF_CURL_LANES 64
#define RF_CURL_FTP_LANES 4

/* Handles of libcurl that one fetch uses at a time; connections are kept in `multi` for the next. */
typedef struct rf_curl_line {
  CURLM *multi;
  CURL *easy[RF_CURL_LANES]; /* made as they are needed */
  struct rf_curl_line *next;
} rf_curl_line;

/* What the fetches of one file share. */
typedef struct rf_curl_session {
  rf_mutex lock; /* of all below */
  rf_curl_line *idle;
  long auth;      /* CURLAUTH_..., once the server has said what it wants; 0: to be asked */
  char *asked;    /* the URL that redirects have led away from; NULL: none */
  rf_url led_to;  /* where to */
  bool elsewhere; /* that is another server */

  CURLSH *cookies; /* those of the servers of this file; never written to disk */
  rf_mutex cookie_locks[CURL_LOCK_DATA_LAST];
} rf_curl_session;

typedef struct rf_curl_fetch {
  const rf_request *request;
  const rf_receiver *receiver;
  rf_response *response;
  rf_error *err;
  rf_curl_session *session; /* NULL: none */
  rf_curl_line *line;
  long auth;
  rf_url url;      /* where the next range is asked for: redirects are followed once, then it is known where to */
  bool elsewhere;  /* that is another server than the one asked */
  bool led;        /* that is another URL than the one asked for */
  bool remembered; /* from another fetch: it may not hold any more */
  bool knows_file; /* `response` holds what the file is */
  size_t together; /* ranges in one request */
  size_t next;     /* the range to be asked for next */
  size_t busy;     /* lanes at work */

  /* After a failure that may pass, those under way come to their end: their bytes are wanted, too. What they hear and
   * fail for is kept apart from the first failure. */
  rf_status failed;
  rf_response heard;
  rf_error ignored;
} rf_curl_fetch;

/* One request and the redirects that it leads to. */
typedef struct rf_curl_lane {
  rf_curl_fetch *fetch;
  CURL *easy;
  struct curl_slist *headers;
  rf_url url;
  bool elsewhere;
  bool led;
  bool remembered;
  bool ftp;
  bool busy;
  bool unconditional; /* without If-Range: the server holds the validator for too weak */
  int hops;
  double seconds; /* spent so far */
  size_t range;   /* index */
  size_t count;   /* of ranges, from that one on, in this request */
  rf_multipart *parts;
  rf_answer answer;
  unsigned answers;   /* in this exchange */
  bool begun;         /* the receiver knows of this body */
  uint64_t received;  /* of this body */
  uint64_t discarded; /* of a body that nobody wants */
  rf_status status;   /* first failure found while libcurl was at work */
  char text[CURL_ERROR_SIZE];
} rf_curl_lane;

/* What lane asks for now. */
rf_answer_wish rf_curl_wish(const rf_curl_lane *lane);

/* store/curl/options.c: sets all options of lane->easy for the next exchange. */
rf_status rf_curl_prepare(rf_curl_lane *lane);

/* store/curl/curl.c: the URL that the request is for, with user and password. */
rf_status rf_curl_first_url(const rf_curl_fetch *fetch, rf_url *url);

/* Keeps where redirects have led for the other fetches of the file, or forgets it (NULL). */
rf_status rf_curl_remember(rf_curl_fetch *fetch, const rf_url *url, bool elsewhere);

/* store/curl/fetch.c */
rf_status rf_curl_copy_url(const rf_url *from, rf_url *to, rf_error *err);

/* Whether the fetch is in FTP. */
bool rf_curl_is_ftp(const rf_curl_fetch *fetch);

/* Fetches everything. */
rf_status rf_curl_fetch_all(rf_curl_fetch *fetch);

/* store/curl/transfer.c: libcurl's callbacks, with the lane as context. */
size_t rf_curl_on_body(char *data, size_t size, size_t count, void *lane);
size_t rf_curl_on_header(char *line, size_t size, size_t count, void *lane);

/* After a transfer: RF_OK with *again when there is another to make (a redirect). */
rf_status rf_curl_lane_finish(rf_curl_lane *lane, CURLcode code, bool *again);

#endif
#endif
