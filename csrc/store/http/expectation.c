/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/expectation.h"

#include <string.h>

#include "base/ascii.h"

static unsigned long long last_byte(const rf_range *range) {
  return range->offset + range->length - 1;
}

static rf_status beyond_end(const rf_http_response *response, const rf_range *range, rf_error *err) {
  unsigned long long first = range->offset, last = last_byte(range);
  if (response->total_size < 0)
    return rf_fail(err, RF_ERR_TRUNCATED, "bytes %llu-%llu lie beyond the end of the file", first, last);
  return rf_fail(err, RF_ERR_TRUNCATED, "bytes %llu-%llu reach beyond the end of the file (%lld bytes)", first, last,
                 (long long)response->total_size);
}

/* ---- validators ---- */

static rf_status changed(rf_error *err) {
  return rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server since it was opened; open it again");
}

/* The validator of the response that is comparable with `validator`; "": none. */
static const char *validator_of(const rf_http_response *response, const char *validator) {
  return validator[0] == '"' ? response->etag : response->last_modified;
}

/* Is the response about another file? Servers may leave validators out of some responses. */
static bool contradicts(const rf_http_response *response, const char *validator) {
  if (validator == NULL)
    return false;
  const char *found = validator_of(response, validator);
  return found[0] != '\0' && strcmp(found, validator) != 0;
}

bool rf_http_expectation_is_unconditional(const rf_http_expectation *expected, const rf_http_response *response) {
  if (expected->validator == NULL || expected->range == NULL || expected->multirange || response->status != 200)
    return false;
  return strcmp(validator_of(response, expected->validator), expected->validator) == 0;
}

/* ---- ranges ---- */

static rf_status check_content_range(const rf_http_expectation *expected, const rf_http_response *response,
                                     rf_error *err) {
  unsigned long long first = expected->range->offset, last = last_byte(expected->range);
  if (response->range_first < 0)
    return rf_fail(err, RF_ERR_NETWORK, "206 response without Content-Range");
  if (contradicts(response, expected->validator))
    return changed(err);
  if (expected->whole_or_range && response->total_size < 0)
    return rf_fail(err, RF_ERR_UNSUPPORTED, "206 response without the size of the file");
  unsigned long long found_first = (uint64_t)response->range_first, found_last = (uint64_t)response->range_last;
  bool ends_early = found_first == first && found_last < last && response->total_size == response->range_last + 1;
  if (ends_early)
    return expected->whole_or_range ? RF_OK : beyond_end(response, expected->range, err);
  if (found_first != first || found_last != last)
    return rf_fail(err, RF_ERR_NETWORK, "expected bytes %llu-%llu, the server sends %llu-%llu", first, last,
                   found_first, found_last);
  return RF_OK;
}

static rf_status check_range(const rf_http_expectation *expected, const rf_http_response *response, rf_error *err) {
  unsigned long long first = expected->range->offset, last = last_byte(expected->range);
  int status = response->status;
  if (status == 206)
    return check_content_range(expected, response, err);
  if (status != 416 && status / 100 != 2)
    return rf_http_response_refuse(response, err);
  if (expected->validator != NULL)
    return changed(err);
  if (status == 416)
    return beyond_end(response, expected->range, err);
  return rf_fail(err, RF_ERR_UNSUPPORTED,
                 "the server cannot send parts of a file: it answered %d with the whole file to a request for bytes "
                 "%llu-%llu",
                 status, first, last);
}

/* Is the refusal about the file or the moment? Other refusals may be about the number of ranges: firewalls that count
 * ranges answer 400, 403 and others. */
static bool is_about_file(int status) {
  switch (status) {
  case 401:
  case 404:
  case 407:
  case 408:
  case 410:
  case 425:
  case 429:
    return true;
  default:
    return status >= 500 && status != 501;
  }
}

/* Servers may refuse multirange requests (RFC 9110 14.2). The caller then requests each range alone. */
static rf_status check_multirange(const rf_http_expectation *expected, const rf_http_response *response,
                                  rf_error *err) {
  if (response->status / 100 == 2 && contradicts(response, expected->validator))
    return changed(err);
  if (response->status == 206)
    return RF_OK;
  if (is_about_file(response->status))
    return rf_http_response_refuse(response, err);
  return rf_fail(err, RF_ERR_UNSUPPORTED, "the server does not send several ranges at once: it answered %d%s",
                 response->status, rf_http_response_reason(response->status));
}

/* ---- everything ---- */

/* The request asks for no encoding. A whole file in gzip is a .gz file, which the store recognizes by content. Parts of
 * an encoded file are useless. */
static rf_status check_encoding(const rf_http_response *response, bool whole, rf_error *err) {
  const char *encoding = response->encoding;
  size_t n = strlen(encoding);
  if (n == 0 || rf_is_name(encoding, n, "identity"))
    return RF_OK;
  if (whole && (rf_is_name(encoding, n, "gzip") || rf_is_name(encoding, n, "x-gzip")))
    return RF_OK;
  return rf_fail(err, RF_ERR_UNSUPPORTED, "the server sends %s with Content-Encoding \"%s\", expected none",
                 whole ? "the file" : "parts of the file", encoding);
}

static bool is_whole(const rf_http_expectation *expected, const rf_http_response *response) {
  return expected->range == NULL || (expected->whole_or_range && (response->status == 200 || response->status == 203));
}

rf_status rf_http_expectation_check(const rf_http_expectation *expected, const rf_http_response *response,
                                    rf_error *err) {
  rf_status status = RF_OK;
  bool whole = is_whole(expected, response);
  if (whole && response->status != 200 && response->status != 203)
    status = rf_http_response_refuse(response, err);
  else if (!whole)
    status = expected->multirange ? check_multirange(expected, response, err) : check_range(expected, response, err);
  if (status == RF_OK)
    status = check_encoding(response, whole, err);
  return status == RF_OK ? RF_OK : rf_http_response_fail(response, status, err);
}

rf_status rf_http_expectation_check_ftp(const rf_http_expectation *expected, const rf_http_response *response,
                                        rf_error *err) {
  const rf_range *range = expected->range;
  if (range == NULL)
    return RF_OK;
  if (response->total_size < 0)
    return expected->whole_or_range
               ? rf_fail(err, RF_ERR_UNSUPPORTED, "the server does not tell the size of the file (SIZE)")
               : RF_OK;
  uint64_t total = (uint64_t)response->total_size;
  if (range->offset + range->length <= total || (expected->whole_or_range && range->offset <= total))
    return RF_OK;
  return rf_http_response_fail(response, beyond_end(response, range, err), err);
}

int64_t rf_http_expectation_body_bytes(const rf_http_expectation *expected, const rf_http_response *response) {
  if (is_whole(expected, response))
    return response->total_size >= 0 ? response->total_size : response->chunked ? -1 : response->length;
  int64_t length = (int64_t)expected->range->length, left = response->total_size - (int64_t)expected->range->offset;
  return expected->whole_or_range && left < length ? left : length;
}
