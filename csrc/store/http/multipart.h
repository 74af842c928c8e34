/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The body of a response with several ranges (multipart/byteranges, RFC 9110 14.6), parsed as it arrives.
 *
 * RF_ERR_UNSUPPORTED means that the server's multirange responses are useless, not that the file is: the caller can
 * still request each range alone.
 */
#ifndef RF_STORE_HTTP_MULTIPART_H
#define RF_STORE_HTTP_MULTIPART_H

#include "base/error.h"

typedef struct rf_multipart rf_multipart;

/* Begins the body of a 206 response to a request for the ranges first .. first + count - 1 of `request`, which is
 * borrowed until the end. The response has this Content-Type (NULL: none), or a Content-Range of the bytes from .. to
 * (-1, -1: none): a server may join the ranges to one, or to fewer parts. RF_ERR_UNSUPPORTED: it has neither. */
rf_status rf_multipart_open(const rf_request *request, size_t first, size_t count, const char *content_type,
                            int64_t from, int64_t to, rf_multipart **multipart, rf_error *err);

/* Takes n bytes of the body and delivers the bytes of the ranges to the receiver. Each part must hold ranges of the
 * request that have not arrived yet (RF_ERR_UNSUPPORTED), of a file of response->total_size bytes (RF_ERR_CHANGED).
 * Fills in total_size where it is -1. */
rf_status rf_multipart_take(rf_multipart *multipart, const void *data, size_t n, const rf_receiver *receiver,
                            rf_response *response, rf_error *err);

/* Ends the body. RF_OK: all ranges have arrived; RF_ERR_TRUNCATED: the body is incomplete; RF_ERR_UNSUPPORTED: the body
 * is complete and ranges are missing. */
rf_status rf_multipart_end(const rf_multipart *multipart, rf_error *err);

/* Frees. NULL is allowed. */
void rf_multipart_close(rf_multipart *multipart);

#endif
