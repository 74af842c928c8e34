/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Dates in HTTP fields (RFC 9110 5.6.7).
 */
#ifndef RF_STORE_HTTP_DATE_H
#define RF_STORE_HTTP_DATE_H

#include <stdbool.h>

#include "rustfits.h"

/* Reads a date of n bytes in one of the three forms: "Sun, 06 Nov 1994 08:49:37 GMT",
 * "Sunday, 06-Nov-94 08:49:37 GMT" or "Sun Nov  6 08:49:37 1994". `seconds` receives seconds since 1970. `now` chooses
 * the century of a year of two digits. Returns false for any other text; `seconds` is then unchanged. */
bool rf_http_date_parse(const char *text, size_t n, int64_t now, int64_t *seconds);

#endif
