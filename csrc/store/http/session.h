/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where the redirects of one file lead: the fetches of the file share a session, and later ones go there directly.
 */
#ifndef RF_STORE_HTTP_SESSION_H
#define RF_STORE_HTTP_SESSION_H

#include "store/http/url.h"

/* Where an exchange sends its request. */
typedef struct rf_http_address {
  rf_url url;      /* with the user and password for that server */
  bool redirected; /* not the URL of the request */
  bool elsewhere;  /* not the server of the request: its credentials and headers stay away */
} rf_http_address;

/* Copies `from` to `to`, which is freed with rf_http_address_free. */
rf_status rf_http_address_copy(const rf_http_address *from, rf_http_address *to, rf_error *err);
void rf_http_address_free(rf_http_address *address);

/* Gets the address of `request` itself. */
rf_status rf_http_address_of(const rf_request *request, rf_http_address *address, rf_error *err);

/* Gets the address that redirects of the same request led to before (*remembered), or that of `request` itself.
 * `session` may be NULL. Threads: any. */
rf_status rf_http_session_recall(rf_http_session *session, const rf_request *request, rf_http_address *address,
                                 bool *remembered, rf_error *err);

/* Remembers that redirects of `request` lead to `address` (NULL: forgets). `session` may be NULL. Threads: any. */
rf_status rf_http_session_remember(rf_http_session *session, const rf_request *request, const rf_http_address *address,
                                   rf_error *err);

#endif
