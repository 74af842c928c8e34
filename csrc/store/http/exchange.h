/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The request of one exchange: which header fields and ranges go to which server.
 */
#ifndef RF_STORE_HTTP_EXCHANGE_H
#define RF_STORE_HTTP_EXCHANGE_H

#include "store/http/expectation.h"
#include "store/http/session.h"

/* Texts that an rf_http_exchange points at. */
typedef struct rf_http_texts {
  const char **headers;
  char *range;
  char if_range[160];
} rf_http_texts;

void rf_http_texts_free(rf_http_texts *texts);

/* Fills in `exchange` but for `size` and `elapsed`: a request to `address` for the `count` ranges from
 * expected->range on (NULL: for the whole file). `conditional`: with If-Range. The exchange is valid until `texts`,
 * `address` or the request is freed. RF_ERR_ARGUMENT: a header of the caller is malformed. */
rf_status rf_http_exchange_build(const rf_request *request, const rf_http_address *address,
                                 const rf_http_expectation *expected, size_t count, bool conditional,
                                 rf_http_texts *texts, rf_http_exchange *exchange, rf_error *err);

#endif
