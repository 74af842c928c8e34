/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of files as URLs (RFC 3986): the scheme, the path, the parts that a request needs.
 */
#ifndef RF_STORE_HTTP_URL_H
#define RF_STORE_HTTP_URL_H

#include <stdbool.h>

#include "base/error.h"

/* Returns the length of the scheme of a name that begins with "scheme://" (a letter, then letters, digits, '+', '-',
 * '.'). Returns 0 for a path. */
size_t rf_url_scheme(const char *name);

/* Returns the length of "data:<media type>," where a data: URL (RFC 2397) begins with it, else 0. The media type is
 * empty, or begins with ';', or has a '/' inside. So "data:a,b" and "data:a/b" are paths. */
size_t rf_url_data(const char *name);

/* Gets the scheme whose driver opens a name: "stream" for exactly "-", "file" for a path. Returns its length. */
size_t rf_url_driver(const char *name, const char **scheme);

/* Gets the part of a name that has the suffix: all of a path or a "file://" name; of any other URL, the path before
 * query and fragment, and of a data: URL nothing. */
void rf_url_path(const char *name, const char **path, size_t *length);

/* Decodes %XX in n bytes of `text`. `decoded` is freed with rf_free. RF_ERR_ARGUMENT: a bad escape, or %00. */
rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err);

typedef struct rf_url {
  char *text;     /* without user, password and fragment; characters that URLs cannot hold are percent-encoded */
  char *user;     /* percent-decoded; NULL: none */
  char *password; /* percent-decoded; NULL: none */
} rf_url;

/* Parses `name`. RF_ERR_ARGUMENT: no host, or a control character (also encoded ones in user and password, which would
 * end a command of FTP). Messages do not repeat the name. Free with rf_url_free(). */
rf_status rf_url_parse(const char *name, rf_url *url, rf_error *err);
void rf_url_free(rf_url *url);

/* May the server of `b` get the secrets for the server of `a`? It may with the same scheme, host and port, and with
 * https instead of http on the same host, both on their default ports. */
bool rf_url_same_server(const char *a, const char *b);

/* Is it the URL of a protocol without header fields: ftp, ftps, sftp? */
bool rf_url_is_ftp(const char *url);

/* Does the URL have this scheme ("http"), in upper or lower case? */
bool rf_url_has_scheme(const char *url, const char *scheme);

/* Resolves a URI reference, such as a Location, against the URL `base` (RFC 3986 5.2). `url` receives the target, freed
 * with rf_free: absolute, not checked. */
rf_status rf_url_resolve(const char *base, const char *reference, char **url, rf_error *err);

#endif
