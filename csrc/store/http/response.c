/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/response.h"

#include <string.h>

#include "base/system/platform.h"
#include "store/http/date.h"
#include "base/ascii.h"

#define MAX_RETRY_SECONDS INT64_C(1000000000)

static int64_t now(void) {
  return rf_time_of_day() / 1000000000;
}

void rf_http_response_reset(rf_http_response *response) {
  memset(response, 0, offsetof(rf_http_response, location) + 1);
  response->length = response->range_first = response->range_last = response->total_size = -1;
  response->retry_seconds = response->retry_date = response->date = -1;
}

/* ---- text ---- */

typedef struct {
  const char *at;
  const char *end;
} span;

static span trim(span s) {
  while (s.at < s.end && (*s.at == ' ' || *s.at == '\t'))
    s.at++;
  while (s.at < s.end && (unsigned char)s.end[-1] <= ' ')
    s.end--;
  return s;
}

static bool is_word(span s, const char *word) {
  return rf_is_name(s.at, (size_t)(s.end - s.at), word); /* ASCII without case */
}

/* Takes the number at the beginning of *s. Returns -1 when there is none that fits. */
static int64_t take_number(span *s) {
  int64_t value = 0;
  const char *start = s->at;
  for (; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
    int digit = *s->at - '0';
    if (value > (INT64_MAX - digit) / 10)
      return -1;
    value = value * 10 + digit;
  }
  return s->at > start ? value : -1;
}

/* Returns the number that is all of `s`, or -1. */
static int64_t read_number(span s) {
  int64_t value = take_number(&s);
  return s.at == s.end ? value : -1;
}

static bool take_char(span *s, char c) {
  if (s->at == s->end || *s->at != c)
    return false;
  s->at++;
  return true;
}

static bool has_control(span s) {
  for (; s.at < s.end; s.at++)
    if ((unsigned char)*s.at < ' ' || *s.at == 0x7F)
      return true;
  return false;
}

/* Copies the text, cut to fit. A text with control characters counts as absent: the library sends validators back. */
static void copy_text(char *text, size_t capacity, span s) {
  size_t n = has_control(s) ? 0 : (size_t)(s.end - s.at);
  if (n >= capacity)
    n = capacity - 1;
  memcpy(text, s.at, n);
  text[n] = '\0';
}

/* ---- fields ---- */

/* "bytes 0-99/1234"; the size may be '*'. In a 416 response, the range is '*' (RFC 9110 14.4). */
static void read_content_range(rf_http_response *response, span value) {
  if (value.end - value.at < 6 || !is_word((span){value.at, value.at + 6}, "bytes "))
    return;
  value.at += 6;
  value = trim(value);
  int64_t first = -1, last = -1, total = -1;
  if (!take_char(&value, '*')) {
    first = take_number(&value);
    if (first < 0 || !take_char(&value, '-'))
      return;
    last = take_number(&value);
    if (last < first)
      return;
  }
  if (!take_char(&value, '/'))
    return;
  if (!take_char(&value, '*')) {
    total = take_number(&value);
    if (total < 0 || last >= total)
      return;
  }
  if (value.at != value.end)
    return;
  response->range_first = first;
  response->range_last = last;
  response->total_size = total;
}

/* Two lengths that differ say nothing. */
static void read_length(rf_http_response *response, span value) {
  int64_t length = read_number(value);
  response->length = response->has_length && response->length != length ? -1 : length;
  response->has_length = true;
}

static void read_retry_after(rf_http_response *response, span value) {
  int64_t seconds = read_number(value);
  response->retry_seconds = response->retry_date = -1;
  if (seconds >= 0 && seconds <= MAX_RETRY_SECONDS)
    response->retry_seconds = seconds;
  else
    (void)rf_http_date_parse(value.at, (size_t)(value.end - value.at), now(), &response->retry_date);
}

static void read_location(rf_http_response *response, span value) {
  size_t n = (size_t)(value.end - value.at);
  response->has_long_location = n >= sizeof response->location;
  n = response->has_long_location ? 0 : n;
  memcpy(response->location, value.at, n);
  response->location[n] = '\0';
}

static void read_field(rf_http_response *response, span name, span value) {
  if (is_word(name, "content-length")) {
    read_length(response, value);
  } else if (is_word(name, "transfer-encoding")) {
    response->chunked = true;
  } else if (is_word(name, "content-range")) {
    read_content_range(response, value);
  } else if (is_word(name, "accept-ranges")) {
    response->accepts_ranges = is_word(value, "bytes")  ? RF_ACCEPT_RANGES_BYTES
                               : is_word(value, "none") ? RF_ACCEPT_RANGES_NONE
                                                        : RF_ACCEPT_RANGES_UNKNOWN;
  } else if (is_word(name, "content-encoding")) {
    copy_text(response->encoding, sizeof response->encoding, value);
  } else if (is_word(name, "content-type")) {
    copy_text(response->content_type, sizeof response->content_type, value);
  } else if (is_word(name, "etag")) {
    copy_text(response->etag, sizeof response->etag, value);
  } else if (is_word(name, "last-modified")) {
    copy_text(response->last_modified, sizeof response->last_modified, value);
  } else if (is_word(name, "x-amz-bucket-region")) {
    copy_text(response->region, sizeof response->region, value);
  } else if (is_word(name, "retry-after")) {
    read_retry_after(response, value);
  } else if (is_word(name, "date")) {
    (void)rf_http_date_parse(value.at, (size_t)(value.end - value.at), now(), &response->date);
  } else if (is_word(name, "location")) {
    read_location(response, value);
  }
}

/* "HTTP/1.1 206 Partial Content" */
static void read_status(rf_http_response *response, span line) {
  rf_http_response_reset(response);
  const char *blank = memchr(line.at, ' ', (size_t)(line.end - line.at));
  if (blank == NULL)
    return;
  line.at = blank;
  line = trim(line);
  int64_t status = take_number(&line);
  bool ends = line.at == line.end || *line.at == ' ';
  response->status = ends && status >= 100 && status <= 999 ? (int)status : 0;
}

void rf_http_response_take_line(rf_http_response *response, const char *line, size_t n) {
  span whole = {line, line + n};
  if (n >= 5 && is_word((span){line, line + 5}, "http/")) {
    read_status(response, whole);
    return;
  }
  span text = trim(whole);
  if (text.at == text.end) {
    response->complete = true;
    return;
  }
  const char *colon = memchr(line, ':', n);
  if (colon != NULL && !response->complete)
    read_field(response, trim((span){line, colon}), trim((span){colon + 1, line + n}));
}

void rf_http_response_take_ftp_line(rf_http_response *response, const char *line, size_t n) {
  span rest = trim((span){line, line + n});
  int64_t code = take_number(&rest);
  if (rest.at - line != 3 || code < 100 || (rest.at < rest.end && *rest.at != ' '))
    return; /* a line in the middle of a reply */
  if (code == 225 || ((code == 221 || code == 226) && response->status >= 400))
    return; /* The reply to ABOR or QUIT after a refusal. The refusal counts. */
  response->status = (int)code;
  if (code == 213)
    response->total_size = response->length = read_number(trim(rest));
}

/* ---- error pages ---- */

static bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

/* Copies the content of <tag> if it is one word. The rest of the page may hold a secret. */
static void read_element(const char *page, size_t n, const char *tag, char *text, size_t capacity) {
  size_t length = strlen(tag);
  for (size_t i = 0; i + length < n; i++) {
    if (memcmp(page + i, tag, length) != 0)
      continue;
    size_t first = i + length, end = first;
    while (end < n && is_letter_or_digit(page[end]))
      end++;
    if (end > first && end - first < capacity && end < n && page[end] == '<')
      copy_text(text, capacity, (span){page + first, page + end});
    return;
  }
}

void rf_http_response_take_page(rf_http_response *response, const char *page, size_t n) {
  if (response->status < 400)
    return;
  read_element(page, n, "<Code>", response->code, sizeof response->code);
  if (response->region[0] == '\0')
    read_element(page, n, "<Region>", response->region, sizeof response->region);
}

/* ---- facts ---- */

bool rf_http_response_is_redirect(const rf_http_response *response) {
  switch (response->status) {
  case 301:
  case 302:
  case 303:
  case 307:
  case 308:
    return true;
  default:
    return false;
  }
}

/* Returns the seconds that Retry-After demands, or -1. A date is compared with Date, if the response has it, else with
 * the clock of this machine. */
static double seconds_to_wait(const rf_http_response *response) {
  if (response->retry_seconds >= 0)
    return (double)response->retry_seconds;
  if (response->retry_date < 0)
    return -1;
  int64_t seconds = response->retry_date - (response->date >= 0 ? response->date : now());
  return seconds > MAX_RETRY_SECONDS ? -1 : seconds > 0 ? (double)seconds : 0;
}

void rf_http_response_report(const rf_http_response *response, rf_response *facts) {
  facts->status = response->status;
  facts->total_size = response->total_size;
  if (response->total_size < 0 && response->status != 206 && !response->chunked)
    facts->total_size = response->length;
  facts->accepts_ranges = response->status == 206 ? RF_ACCEPT_RANGES_BYTES : response->accepts_ranges;
  facts->retry_after = seconds_to_wait(response);
  memcpy(facts->etag, response->etag, sizeof facts->etag);
  memcpy(facts->last_modified, response->last_modified, sizeof facts->last_modified);
  memcpy(facts->region, response->region, sizeof facts->region);
}

/* ---- failures ---- */

const char *rf_http_response_reason(int status) {
  static const struct {
    int status;
    const char *text;
  } known[] = {
      {202, " Accepted"},
      {204, " No Content"},
      {400, " Bad Request"},
      {401, " Unauthorized"},
      {403, " Forbidden"},
      {404, " Not Found"},
      {405, " Method Not Allowed"},
      {407, " Proxy Authentication Required"},
      {408, " Request Timeout"},
      {409, " Conflict"},
      {410, " Gone"},
      {411, " Length Required"},
      {412, " Precondition Failed"},
      {413, " Content Too Large"},
      {416, " Range Not Satisfiable"},
      {423, " Locked"},
      {429, " Too Many Requests"},
      {500, " Internal Server Error"},
      {501, " Not Implemented"},
      {502, " Bad Gateway"},
      {503, " Service Unavailable"},
      {504, " Gateway Timeout"},
      {507, " Insufficient Storage"},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].status == status)
      return known[i].text;
  return "";
}

rf_status rf_http_response_fail(const rf_http_response *response, rf_status failure, rf_error *err) {
  if (err != NULL && err->http_status == 0)
    err->http_status = response->status;
  return err != NULL && err->code != RF_OK ? err->code : failure;
}

rf_status rf_http_response_refuse(const rf_http_response *response, rf_error *err) {
  int status = response->status;
  bool expired = strcmp(response->code, "ExpiredToken") == 0 || strcmp(response->code, "InvalidToken") == 0;
  rf_status failure = status == 404 || status == 410              ? RF_ERR_NO_FILE
                      : status == 401 || status == 403 || expired ? RF_ERR_PERMISSION
                                                                  : RF_ERR_HTTP_STATUS;
  const char *separator = response->code[0] != '\0' ? ": " : "";
  return rf_fail(err, failure, "the server answered %d%s%s%s", status, rf_http_response_reason(status), separator,
                 response->code);
}
