/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A URL taken apart into what a request needs (RFC 3986), and what the built-in transport asks about URLs.
 */
#ifndef RF_STORE_HTTP_REQUEST_H
#define RF_STORE_HTTP_REQUEST_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_url {
  char *text;     /* without user, password and fragment; what must not stand in a URL is percent-encoded */
  char *user;     /* percent-decoded; NULL: none */
  char *password; /* percent-decoded; NULL: none */
} rf_url;

/* Takes `name` apart. RF_ERR_ARGUMENT when there is no host, or a control character anywhere (encoded ones in user and
 * password included: they would end a line of FTP). Messages do not repeat the name. Free with rf_url_release. */
rf_status rf_url_parse(const char *name, rf_url *url, rf_error *err);
void rf_url_release(rf_url *url);

/* Whether what was meant for the server of `a` may be told to that of `b`: same scheme, host and port, or the same host
 * by https instead of http, both on their own ports. */
bool rf_url_same_server(const char *a, const char *b);

/* Whether the URL has this scheme ("http"), in any case. */
bool rf_url_has_scheme(const char *url, const char *scheme);

#endif
