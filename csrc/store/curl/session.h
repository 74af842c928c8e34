/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the fetches of one file share: handles of libcurl with their connections, cookies, and what redirects and logins
 * have taught.
 */
#ifndef RF_STORE_CURL_SESSION_H
#define RF_STORE_CURL_SESSION_H

#if defined(RF_HAVE_LIBCURL)

#include <curl/curl.h>

#include "base/error.h"
#include "base/system/platform.h"

/* Most easy handles of one fetch: rf_http_fetch_get_transfer_count() is never larger. */
#define RF_CURL_MAX_HANDLES 64

/* Handles that one fetch uses. The multi handle keeps the connections for the next fetch. */
typedef struct rf_curl_handles {
  CURLM *multi;
  CURL *easy[RF_CURL_MAX_HANDLES]; /* created when needed */
  struct rf_curl_handles *next;
} rf_curl_handles;

typedef struct rf_curl_session {
  rf_mutex lock;         /* of `idle` and `auth` */
  rf_curl_handles *idle; /* a list */
  long auth;             /* CURLAUTH_... that the server of the URL accepts; 0: unknown */
  rf_http_session *http;
  CURLSH *cookies; /* of the servers of this file; never written to disk */
  rf_mutex cookie_locks[CURL_LOCK_DATA_LAST];
} rf_curl_session;

rf_status rf_curl_session_open(rf_curl_session **session, rf_error *err);
void rf_curl_session_close(rf_curl_session *session);

/* Gets handles that no other fetch uses. Threads: any. */
rf_status rf_curl_handles_take(rf_curl_session *session, rf_curl_handles **handles, rf_error *err);

/* Gives handles back, or frees them where `keep` is false. Threads: any. */
void rf_curl_handles_leave(rf_curl_session *session, rf_curl_handles *handles, bool keep);

/* Gets and sets `auth`. Threads: any. */
long rf_curl_session_get_auth(rf_curl_session *session);
void rf_curl_session_set_auth(rf_curl_session *session, long auth);

#endif
#endif
