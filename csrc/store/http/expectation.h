/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a request expects, and whether the head of a response meets it.
 */
#ifndef RF_STORE_HTTP_EXPECTATION_H
#define RF_STORE_HTTP_EXPECTATION_H

#include "store/http/response.h"

typedef struct rf_http_expectation {
  const rf_range *range; /* NULL: the whole file */
  bool multirange;       /* that range and the ranges after it, in one response */
  bool whole_or_range;   /* as in rf_request */
  const char *validator; /* sent as If-Range; NULL: none */
} rf_http_expectation;

/* Returns RF_OK when the body of the response is what the request expects. Otherwise fails, with err->http_status. */
rf_status rf_http_expectation_check(const rf_http_expectation *expected, const rf_http_response *response,
                                    rf_error *err);

/* Does the same for FTP, by the size that the server replied. */
rf_status rf_http_expectation_check_ftp(const rf_http_expectation *expected, const rf_http_response *response,
                                        rf_error *err);

/* Returns the bytes of the body of a response that passed the check, or -1: unknown. Not for multirange. */
int64_t rf_http_expectation_body_bytes(const rf_http_expectation *expected, const rf_http_response *response);

/* Is the response the whole, unchanged file, only because the server finds the validator too weak for If-Range? */
bool rf_http_expectation_is_unconditional(const rf_http_expectation *expected, const rf_http_response *response);

#endif
