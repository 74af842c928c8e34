/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/exchange.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/memory.h"

/* Two numbers below 2^63, a dash, a comma, and room for the NUL. */
#define RANGE_BYTES 44

void rf_http_texts_free(rf_http_texts *texts) {
  rf_free(texts->headers);
  rf_free(texts->range);
  *texts = (rf_http_texts){0};
}

/* ---- header fields ---- */

static bool header_is(const char *header, const char *name) {
  size_t n = strcspn(header, ":");
  return header[n] == ':' && rf_is_name(header, n, name);
}

/* Fields that hold no secret, whatever their value. They go to any server. */
static bool is_public(const char *header) {
  static const char *const names[] = {"accept", "accept-encoding", "accept-language", "user-agent", "referer",
                                      "from",   "content-type",    "if-none-match"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (header_is(header, names[i]))
      return true;
  return false;
}

static bool is_header(const char *header) {
  size_t name = strcspn(header, ":");
  bool valid = name > 0 && header[name] == ':';
  for (size_t i = 0; header[i] != '\0'; i++) {
    unsigned char c = (unsigned char)header[i];
    valid = valid && (c >= ' ' || c == '\t') && c != 0x7F && !(i < name && c == ' ');
  }
  return valid;
}

static bool has_header(const rf_http_exchange *exchange, const char *name) {
  for (size_t i = 0; i < exchange->header_count; i++)
    if (header_is(exchange->headers[i], name))
      return true;
  return false;
}

/* Adds the headers that may go to the server of the exchange. The first Content-Type counts. */
static rf_status add_headers(rf_http_exchange *exchange, rf_http_texts *texts, const char *const *headers, size_t count,
                             rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    if (!is_header(headers[i])) /* it may hold a secret: the message does not repeat it */
      return rf_fail(err, RF_ERR_ARGUMENT, "request header %zu is not of the form \"Name: value\" on one line", i);
    bool again = header_is(headers[i], "content-type") && has_header(exchange, "content-type");
    if (!again && (!exchange->is_elsewhere || is_public(headers[i])))
      texts->headers[exchange->header_count++] = headers[i];
  }
  return RF_OK;
}

static rf_status set_headers(const rf_request *request, const char *validator, rf_http_texts *texts,
                             rf_http_exchange *exchange, rf_error *err) {
  enum { OWN = 3 };
  const rf_remote_options *remote = request->remote;
  size_t given = remote != NULL ? remote->header_count : 0;
  texts->headers = rf_alloc_zero(given + request->header_count + OWN, sizeof *texts->headers);
  if (texts->headers == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the headers of a request");
  exchange->headers = texts->headers;
  if (given > 0)
    RF_TRY(add_headers(exchange, texts, remote->headers, given, err));
  RF_TRY(add_headers(exchange, texts, request->headers, request->header_count, err));
  if (request->only_new == 1)
    texts->headers[exchange->header_count++] = "If-None-Match: *";
  if (!has_header(exchange, "accept-encoding"))
    texts->headers[exchange->header_count++] = "Accept-Encoding: identity";
  if (validator == NULL)
    return RF_OK;
  int n = snprintf(texts->if_range, sizeof texts->if_range, "If-Range: %s", validator);
  if (n < 0 || (size_t)n >= sizeof texts->if_range || !is_header(texts->if_range))
    return rf_fail(err, RF_ERR_ARGUMENT, "the validator of a request is too long or not on one line");
  texts->headers[exchange->header_count++] = texts->if_range;
  return RF_OK;
}

/* ---- ranges ---- */

/* "0-99,200-299" */
static rf_status set_range(const rf_range *ranges, size_t count, rf_http_texts *texts, rf_error *err) {
  size_t used = 0, capacity = 0;
  uint64_t bytes;
  bool fits = rf_mul_u64(count, RANGE_BYTES, &bytes) && rf_to_size(bytes, &capacity);
  if (!fits || (texts->range = rf_alloc(capacity)) == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the text of %zu ranges", count);
  for (size_t i = 0; i < count; i++)
    used += (size_t)snprintf(texts->range + used, capacity - used, "%s%llu-%llu", i > 0 ? "," : "",
                             (unsigned long long)ranges[i].offset,
                             (unsigned long long)(ranges[i].offset + ranges[i].length - 1));
  return RF_OK;
}

rf_status rf_http_exchange_build(const rf_request *request, const rf_http_address *address,
                                 const rf_http_expectation *expected, size_t count, bool conditional,
                                 rf_http_texts *texts, rf_http_exchange *exchange, rf_error *err) {
  rf_http_texts_free(texts);
  exchange->url = address->url.text;
  exchange->user = address->url.user;
  exchange->password = address->url.password;
  exchange->is_elsewhere = address->elsewhere;
  exchange->is_ftp = rf_url_is_ftp(exchange->url);
  if (rf_url_has_scheme(exchange->url, "sftp") && exchange->url[strlen(exchange->url) - 1] == '/')
    return rf_fail(err, RF_ERR_DIRECTORY, "the URL is that of a directory"); /* libcurl would list it */
  exchange->sigv4 = address->elsewhere ? NULL : request->sigv4;
  exchange->headers = NULL;
  exchange->header_count = 0;
  exchange->method = request->method;
  exchange->has_body = request->body != NULL;
  exchange->body_bytes = request->body != NULL ? request->body->bytes : 0;
  exchange->expect = request->expect;
  exchange->commands = request->commands;
  exchange->command_count = request->command_count;
  if (expected->range != NULL)
    RF_TRY(set_range(expected->range, count, texts, err));
  exchange->range = texts->range;
  return set_headers(request, conditional ? expected->validator : NULL, texts, exchange, err);
}
