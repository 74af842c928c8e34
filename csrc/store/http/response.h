/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a server says before the bytes of a file: status, sizes, validators. Read line by line, then judged against
 * what was asked.
 */
#ifndef RF_STORE_HTTP_RESPONSE_H
#define RF_STORE_HTTP_RESPONSE_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_answer {
  int status;          /* HTTP status or FTP reply code; 0: none yet */
  int64_t length;      /* of the body, -1: not said */
  int64_t range_first; /* of Content-Range, -1: absent or unreadable */
  int64_t range_last;
  int64_t total_size; /* of the file, -1: not said */
  int accepts_ranges; /* as in rf_response */
  double retry_after; /* seconds, < 0: not said, or as a date */
  bool chunked;
  char encoding[32]; /* Content-Encoding, "" when absent */
  char content_type[160];
  char etag[128];
  char last_modified[64];
  char region[32]; /* of the bucket, "" when absent */
  char code[64];   /* S3's name for a refusal, "" when it says none */
} rf_answer;

/* What was asked for. */
typedef struct rf_answer_wish {
  const rf_byte_range *range; /* NULL: the whole file */
  bool several;               /* that range and others, in one request */
  bool whole_or_range;        /* as in rf_request */
  const char *validator;      /* sent as If-Range; NULL: none */
} rf_answer_wish;

/* Nothing heard yet. */
void rf_answer_reset(rf_answer *answer);

/* Takes a line as it came (its end does not matter). A status line begins a new answer: what interim answers and those
 * before an authentication said is forgotten. */
void rf_answer_http_line(rf_answer *answer, const char *line, size_t n);

/* The same for a reply of FTP. "213 <size>" answers SIZE (RFC 3659). */
void rf_answer_ftp_line(rf_answer *answer, const char *line, size_t n);

/* Takes what is there of the page that comes with a refusal: S3 says in XML what is wrong, and of which region a bucket
 * is. Of another answer: nothing. */
void rf_answer_page(rf_answer *answer, const char *page, size_t n);

/* Whether it sends us elsewhere. */
bool rf_answer_is_redirect(const rf_answer *answer);

/* Whether an answer with the whole file came although the file is still the one of the validator: the server would send
 * parts, but holds the validator for too weak. */
bool rf_answer_ignores_validator(const rf_answer *answer, const rf_answer_wish *wish);

/* RF_OK when a body that follows is what was asked for. Otherwise the failure, with err->http_status set. */
rf_status rf_answer_judge_http(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err);

/* The same for FTP, as far as the size that the server told goes. */
rf_status rf_answer_judge_ftp(const rf_answer *answer, const rf_answer_wish *wish, rf_error *err);

/* The bytes that the body of an answer that was judged well should have, -1 when nobody said. Not of several ranges. */
int64_t rf_answer_body_bytes(const rf_answer *answer, const rf_answer_wish *wish);

/* The facts that a receiver wants; also of a refusal. */
void rf_answer_report(const rf_answer *answer, rf_response *response);

/* Records `status` as an error's http_status where none is. Returns err->code, or `failure` when err is NULL. */
rf_status rf_answer_fail(const rf_answer *answer, rf_status failure, rf_error *err);

#endif
