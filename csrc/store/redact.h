/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies of names without what is secret in them. Secrets are passwords, users that may be tokens before an '@', and
 * the values of keys that look secret (token, signature, code, ...) in path, query and fragment, in any encoding.
 */
#ifndef RF_STORE_REDACT_H
#define RF_STORE_REDACT_H

#include "base/error.h"

/* Returns a copy of `name` for messages: secrets are "***", and control characters are escaped. Freed with rf_free;
 * NULL: no memory. */
char *rf_url_display(const char *name);

/* Returns the same without escapes: a path stays a path that can be opened. */
char *rf_url_redact(const char *name);

/* Writes a URL that a server wrote (Location) for messages, without the contents of query and fragment, cut to
 * `capacity` bytes. NULL gives "". */
void rf_redirect_show(const char *url, char *text, size_t capacity);

#endif
