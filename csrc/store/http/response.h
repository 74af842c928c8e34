/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The head of an HTTP response (RFC 9110), or the replies of an FTP server (RFC 959), read line by line.
 */
#ifndef RF_STORE_HTTP_RESPONSE_H
#define RF_STORE_HTTP_RESPONSE_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_http_response {
  int status;          /* HTTP status or FTP reply code; 0: none yet */
  bool complete;       /* the empty line after the fields has arrived */
  int64_t length;      /* Content-Length, or -1: absent or contradictory */
  bool has_length;     /* a Content-Length has arrived */
  int64_t range_first; /* of Content-Range, or -1: absent or unreadable */
  int64_t range_last;
  int64_t total_size; /* size of the file, or -1: unknown */
  rf_accept_ranges accepts_ranges;
  int64_t retry_seconds; /* Retry-After as seconds, or -1 */
  int64_t retry_date;    /* Retry-After as a date in seconds since 1970, or -1 */
  int64_t date;          /* Date in seconds since 1970, or -1 */
  bool chunked;          /* the length of the body is not in the head */
  char encoding[32];     /* Content-Encoding; "": absent. The same for the fields below */
  char content_type[160];
  char etag[128];
  char last_modified[64];
  char region[32]; /* x-amz-bucket-region, or <Region> of the error page */
  char code[64];   /* <Code> of the error page of an S3 server */
  bool has_long_location;
  char location[16384]; /* Location; "": absent, or too long */
} rf_http_response;

/* Forgets everything. */
void rf_http_response_reset(rf_http_response *response);

/* Takes a line of HTTP of n bytes, with or without its end. A status line forgets the lines before: those of interim
 * responses and of responses before an authentication. Lines after the empty line (trailers) are ignored. */
void rf_http_response_take_line(rf_http_response *response, const char *line, size_t n);

/* Takes a line of an FTP reply. "213 <size>" is the reply to SIZE (RFC 3659). */
void rf_http_response_take_ftp_line(rf_http_response *response, const char *line, size_t n);

/* Takes the beginning of the page of an error response: S3 servers name the error and the region of the bucket in XML.
 * Ignores the body of any other response. */
void rf_http_response_take_page(rf_http_response *response, const char *page, size_t n);

/* Does the response redirect, with a Location or without? */
bool rf_http_response_is_redirect(const rf_http_response *response);

/* Copies what a receiver needs to `facts`, also from an error response. */
void rf_http_response_report(const rf_http_response *response, rf_response *facts);

/* Records the status in `err`, where none is recorded. Returns err->code, or `failure` if `err` is NULL. */
rf_status rf_http_response_fail(const rf_http_response *response, rf_status failure, rf_error *err);

/* Fails because of the status: "the server answered 404 Not Found". */
rf_status rf_http_response_refuse(const rf_http_response *response, rf_error *err);

/* Returns the reason phrase of a status with a blank before it, or "". */
const char *rf_http_response_reason(int status);

#endif
