/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of files as URLs (RFC 3986): the scheme, the path, the parts that a request needs.
 */
#ifndef RF_STORE_HTTP_URL_H
#define RF_STORE_HTTP_URL_H

#include <stdbool.h>

#include "base/error.h"

/* Length of the scheme when `name` begins with "scheme://" (a letter, then letters, digits, '+', '-', '.'), else 0:
 * then it is a path. */
size_t rf_url_scheme(const char *name);

/* The part of a name that a suffix is looked for in: all of a path and of a "file://" name; of any other URL what
 * stands between host and query or fragment. */
void rf_url_path(const char *name, const char **path, size_t *length);

/* n bytes of `text` with %XX undone, freed with rf_free. RF_ERR_ARGUMENT for a bad escape and for %00. */
rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err);

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

/* Resolves a URI reference, such as a Location, against the URL `base` (RFC 3986 5.2). `url` receives the target, freed
 * with rf_free: absolute, not checked. */
rf_status rf_url_resolve(const char *base, const char *reference, char **url, rf_error *err);

#endif
