/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The little that the store has to know about names: where a scheme ends, which part is a path, and what must not be
 * shown.
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

/* redact.c. A copy of `name` fit to be shown in messages: secrets are "***", and what is no plain text is escaped.
 * Secrets are passwords and users that may be tokens before an '@', and the values of keys that look secret (token,
 * signature, code, ...) in path, query and fragment, however they are encoded. Freed with rf_free; NULL: no memory. */
char *rf_url_display(const char *name);
/* The same without escapes: a path stays a path that can be opened. */
char *rf_url_redact(const char *name);

/* n bytes of `text` with %XX undone, freed with rf_free. RF_ERR_ARGUMENT for a bad escape and for %00. */
rf_status rf_url_decode(const char *text, size_t n, char **decoded, rf_error *err);

#endif
