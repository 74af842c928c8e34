/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The heads of responses, dates and redirect targets.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "check.h"
#include "store/http/date.h"
#include "store/http/expectation.h"
#include "store/http/url.h"

/* ---- heads ---- */

static void hear(rf_http_response *response, const char *lines) {
  rf_http_response_reset(response);
  while (*lines != '\0') {
    size_t n = strcspn(lines, "\n") + 1;
    rf_http_response_take_line(response, lines, n);
    lines += n;
  }
}

static rf_status judge(const char *lines, const rf_range *range, rf_http_response *response, rf_error *err) {
  hear(response, lines);
  rf_error_clear(err);
  const rf_http_expectation expected = {.range = range};
  return rf_http_expectation_check(&expected, response, err);
}

static void test_response_fields(void) {
  rf_http_response response;
  rf_response facts = {.size = sizeof facts};
  hear(&response, "HTTP/1.1 401 Unauthorized\r\nETag: \"old\"\r\n\r\n"
                  "HTTP/1.1 200 OK\r\ncontent-LENGTH:  1234 \r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\n"
                  "Last-Modified: Sun, 22 Nov 2026 08:00:00 GMT\r\nodd line\r\n\r\n");
  rf_http_response_report(&response, &facts);
  CHECK(facts.status == 200 && facts.total_size == 1234 && facts.accepts_ranges == RF_ACCEPT_RANGES_BYTES);
  CHECK_STR(facts.etag, "\"a\"");
  CHECK_STR(facts.last_modified, "Sun, 22 Nov 2026 08:00:00 GMT");
  hear(&response, "HTTP/2 200\r\nContent-Length: 99999999999999999999\r\nAccept-Ranges: none\r\n");
  rf_http_response_report(&response, &facts);
  CHECK(facts.status == 200 && facts.total_size == -1 && facts.accepts_ranges == RF_ACCEPT_RANGES_NONE);
  CHECK_STR(facts.etag, "");
  hear(&response, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\n");
  rf_http_response_report(&response, &facts);
  CHECK(facts.total_size == -1);
  hear(&response, "HTTP/1.1 206 Partial Content\r\nContent-Length: 7\r\nContent-Range: bytes 3-9/200\r\n");
  rf_http_response_report(&response, &facts);
  CHECK(facts.total_size == 200 && facts.accepts_ranges == RF_ACCEPT_RANGES_BYTES);
  hear(&response, "HTTP/1.1 206 Partial Content\r\nContent-Length: 7\r\nContent-Range: bytes 3-9/*\r\n");
  rf_http_response_report(&response, &facts);
  CHECK(facts.total_size == -1 && response.range_first == 3 && response.range_last == 9);
}

static void test_response_hostile_fields(void) {
  static const char *const ranges[] = {
      "bytes",     "bytes ",          "bytes 3",        "bytes 3-",      "bytes 9-3/200",
      "bytes 3-9", "bytes 3-900/200", "bytes -3-9/200", "lines 3-9/200", "bytes 3-99999999999999999999/200",
      "",
  };
  rf_http_response response;
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    char lines[200];
    snprintf(lines, sizeof lines, "HTTP/1.1 206 OK\r\nContent-Range: %s\r\n", ranges[i]);
    hear(&response, lines);
    CHECK(response.range_first == -1 && response.total_size == -1);
  }
  hear(&response, "HTTP/1.1\r\n");
  CHECK(response.status == 0);
  hear(&response, "HTTP/1.1 99999999999999999999 x\r\n");
  CHECK(response.status == 0);
  hear(&response, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 7\r\n");
  CHECK(response.length == 7);
  hear(&response, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 8\r\n");
  CHECK(response.length == -1);
  hear(&response, "HTTP/1.1 200 OK\r\nContent-Length: 7 bytes\r\n");
  CHECK(response.length == -1);
  hear(&response, "HTTP/1.1 200 OK\r\nETag: \"a\rX-Evil: 1\"\r\n"); /* the library sends ETags back */
  CHECK_STR(response.etag, "");
  hear(&response, "HTTP/1.1 200 OK\r\n\r\nContent-Length: 7\r\n"); /* a trailer */
  CHECK(response.length == -1);
  char tag[400] = "HTTP/1.1 200 OK\r\nETag: ";
  memset(tag + strlen(tag), 'x', 300);
  hear(&response, tag);
  CHECK(strlen(response.etag) == sizeof response.etag - 1);
}

static int64_t total_size(const char *lines) {
  rf_http_response response;
  rf_response facts = {.size = sizeof facts};
  hear(&response, lines);
  rf_http_response_report(&response, &facts);
  return facts.total_size;
}

static void test_total_size(void) {
  char digits[5100] = "HTTP/1.1 200 OK\r\nContent-Length: ";
  memset(digits + strlen(digits), '9', 5000);
  CHECK(total_size(digits) == -1);
  CHECK(total_size("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n") == 12);
  CHECK(total_size("HTTP/1.1 200 OK\r\ncontent-LENGTH:12 \r\n") == 12);
  CHECK(total_size("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n") == INT64_MAX);
  CHECK(total_size("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n") == -1);
  CHECK(total_size("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n") == -1);
  CHECK(total_size("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n") == -1);
  CHECK(total_size("HTTP/1.1 206 x\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/77\r\n") == 77);
  CHECK(total_size("HTTP/1.1 206 x\r\nContent-Length: 5\r\nContent-Range: bytes 0-4/*\r\n") == -1);
  CHECK(total_size("HTTP/1.1 401 no\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n") == -1);
  CHECK(total_size("HTTP/1.1 200 OK\r\n\r\nContent-Length: 5\r\n") == -1);
}

static void test_response_ftp_replies(void) {
  rf_http_response response;
  rf_http_response_reset(&response);
  static const char *const lines[] = {"220-Welcome\r\n", " 213 5 files\r\n", "220 ready\r\n", "213 2880\r\n",
                                      "150 Opening\r\n"};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
    rf_http_response_take_ftp_line(&response, lines[i], strlen(lines[i]));
  CHECK(response.status == 150 && response.total_size == 2880);
  static const char huge[] = "213 9999999999999999999999999999999999999999";
  rf_http_response_take_ftp_line(&response, huge, strlen(huge));
  CHECK(response.status == 213 && response.total_size == -1);
}

static void test_response_statuses(void) {
  static const struct {
    int status;
    rf_status failure;
  } cases[] = {
      {200, RF_OK},
      {203, RF_OK},
      {202, RF_ERR_HTTP_STATUS},
      {204, RF_ERR_HTTP_STATUS},
      {206, RF_ERR_HTTP_STATUS},
      {304, RF_ERR_HTTP_STATUS},
      {400, RF_ERR_HTTP_STATUS},
      {401, RF_ERR_PERMISSION},
      {403, RF_ERR_PERMISSION},
      {404, RF_ERR_NO_FILE},
      {410, RF_ERR_NO_FILE},
      {429, RF_ERR_HTTP_STATUS},
      {500, RF_ERR_HTTP_STATUS},
      {599, RF_ERR_HTTP_STATUS},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char line[40], number[8];
    rf_http_response response;
    rf_error err;
    snprintf(line, sizeof line, "HTTP/1.1 %d x\r\n", cases[i].status);
    snprintf(number, sizeof number, "%d", cases[i].status);
    CHECK(judge(line, NULL, &response, &err) == cases[i].failure);
    CHECK(cases[i].failure == RF_OK || (err.http_status == cases[i].status && strstr(err.message, number)));
    const rf_http_expectation whole = {.range = NULL};
    CHECK(rf_http_expectation_check(&whole, &response, NULL) == cases[i].failure);
  }
}

static void test_response_ranges(void) {
  const rf_range range = {10, 5};
  rf_http_response response;
  rf_error err;
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 10-14/20\r\n", &range, &response, &err) == RF_OK);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 10-14/*\r\n", &range, &response, &err) == RF_OK);
  CHECK(judge("HTTP/1.1 200 x\r\n", &range, &response, &err) == RF_ERR_UNSUPPORTED);
  CHECK(judge("HTTP/1.1 206 x\r\n", &range, &response, &err) == RF_ERR_NETWORK);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 11-15/20\r\n", &range, &response, &err) == RF_ERR_NETWORK);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 10-15/20\r\n", &range, &response, &err) == RF_ERR_NETWORK);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 10-12/20\r\n", &range, &response, &err) == RF_ERR_NETWORK);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 10-12/13\r\n", &range, &response, &err) == RF_ERR_TRUNCATED);
  CHECK(judge("HTTP/1.1 416 x\r\nContent-Range: bytes */8\r\n", &range, &response, &err) == RF_ERR_TRUNCATED);
  CHECK(strstr(err.message, "8 bytes") != NULL);
  CHECK(judge("HTTP/1.1 416 x\r\n", &range, &response, &err) == RF_ERR_TRUNCATED);
  CHECK(judge("HTTP/1.1 404 x\r\n", &range, &response, &err) == RF_ERR_NO_FILE);
}

static void test_response_encodings(void) {
  const rf_range range = {0, 5};
  rf_http_response response;
  rf_error err;
  CHECK(judge("HTTP/1.1 200 x\r\nContent-Encoding: gzip\r\n", NULL, &response, &err) == RF_OK);
  CHECK(judge("HTTP/1.1 200 x\r\nContent-Encoding: Identity\r\n", NULL, &response, &err) == RF_OK);
  CHECK(judge("HTTP/1.1 200 x\r\nContent-Encoding: br\r\n", NULL, &response, &err) == RF_ERR_UNSUPPORTED);
  CHECK(strstr(err.message, "\"br\"") != NULL);
  CHECK(judge("HTTP/1.1 206 x\r\nContent-Range: bytes 0-4/9\r\nContent-Encoding: gzip\r\n", &range, &response, &err) ==
        RF_ERR_UNSUPPORTED);
}

/* ---- dates ---- */

static int64_t date(const char *text, int64_t now) {
  int64_t seconds = -1;
  return rf_http_date_parse(text, strlen(text), now, &seconds) ? seconds : -1;
}

static void test_dates(void) {
  const int64_t now = 1795000000; /* 2026 */
  CHECK(date("Sun, 06 Nov 1994 08:49:37 GMT", now) == 784111777);
  CHECK(date("Sunday, 06-Nov-94 08:49:37 GMT", now) == 784111777);
  CHECK(date("Sun Nov  6 08:49:37 1994", now) == 784111777);
  CHECK(date("Wed Nov 16 08:49:37 1994", now) == 784111777 + 10 * 86400);
  CHECK(date("Thu, 01 Jan 1970 00:00:00 GMT", now) == 0);
  CHECK(date("Tue, 29 Feb 2028 23:59:60 GMT", now) == 1835481600);
  CHECK(date("Friday, 01-Jan-76 00:00:00 GMT", now) == 3345062400); /* 2076: 50 years ahead */
  CHECK(date("Friday, 01-Jan-77 00:00:00 GMT", now) == 220924800);  /* 1977 */
}

static void test_texts_that_are_no_dates(void) {
  static const char *const bad[] = {"",
                                    "soon",
                                    "Sun",
                                    "Sun,",
                                    "Sun, 06 Nov 1994 08:49:37",
                                    "Sun, 06 Nov 1994 08:49:37 GMT ",
                                    "Sun, 06 Nov 1994 08:49:37 CET",
                                    "Sun, 6 Nov 1994 08:49:37 GMT",
                                    "Sun, 06 nov 1994 08:49:37 GMT",
                                    "Sun, 00 Nov 1994 08:49:37 GMT",
                                    "Sun, 31 Nov 1994 08:49:37 GMT",
                                    "Sun, 29 Feb 2027 08:49:37 GMT",
                                    "Sun, 06 Nov 1994 24:49:37 GMT",
                                    "Sun, 06 Nov 1994 08:60:37 GMT",
                                    "Sun, 06-Nov-94 08:49:37 GMT",
                                    "Sunday, 06 Nov 1994 08:49:37 GMT",
                                    "Sun Nov 6 08:49:37 1994",
                                    "Sun Nov  6 08:49:37 94"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CHECK(date(bad[i], 1795000000) == -1);
}

/* ---- redirect targets ---- */

static void test_references(void) {
  /* RFC 3986 5.4, and bases without a path */
  static const char *const cases[][3] = {
      {"http://a/b/c/d;p?q", "g:h", "g:h"},
      {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
      {"http://a/b/c/d;p?q", "./g", "http://a/b/c/g"},
      {"http://a/b/c/d;p?q", "g/", "http://a/b/c/g/"},
      {"http://a/b/c/d;p?q", "/g", "http://a/g"},
      {"http://a/b/c/d;p?q", "//g", "http://g"},
      {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
      {"http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y"},
      {"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
      {"http://a/b/c/d;p?q", "g?y#s", "http://a/b/c/g?y#s"},
      {"http://a/b/c/d;p?q", ";x", "http://a/b/c/;x"},
      {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
      {"http://a/b/c/d;p?q", ".", "http://a/b/c/"},
      {"http://a/b/c/d;p?q", "./", "http://a/b/c/"},
      {"http://a/b/c/d;p?q", "..", "http://a/b/"},
      {"http://a/b/c/d;p?q", "../", "http://a/b/"},
      {"http://a/b/c/d;p?q", "../g", "http://a/b/g"},
      {"http://a/b/c/d;p?q", "../..", "http://a/"},
      {"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
      {"http://a/b/c/d;p?q", "/./g", "http://a/g"},
      {"http://a/b/c/d;p?q", "/../g", "http://a/g"},
      {"http://a/b/c/d;p?q", "g.", "http://a/b/c/g."},
      {"http://a/b/c/d;p?q", "..g", "http://a/b/c/..g"},
      {"http://a/b/c/d;p?q", "./../g", "http://a/b/g"},
      {"http://a/b/c/d;p?q", "./g/.", "http://a/b/c/g/"},
      {"http://a/b/c/d;p?q", "g/./h", "http://a/b/c/g/h"},
      {"http://a/b/c/d;p?q", "g/../h", "http://a/b/c/h"},
      {"http://a/b/c/d;p?q", "g?y/../x", "http://a/b/c/g?y/../x"},
      {"http://a/b/c/d;p?q", "https://me:pw@x:1/y", "https://me:pw@x:1/y"},
      {"http://a", "g", "http://a/g"},
      {"http://a?q", "g", "http://a/g"},
      {"http://a?q", "?y", "http://a?y"},
      {"http://a", "/g", "http://a/g"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *url = NULL;
    rf_error err = {0};
    CHECK_OK(rf_url_resolve(cases[i][0], cases[i][1], &url, &err), err);
    CHECK_STR(url != NULL ? url : "", cases[i][2]);
    rf_free(url);
  }
  char *url;
  CHECK(rf_url_resolve("no base", "g", &url, NULL) == RF_ERR_ARGUMENT);
}

int main(void) {
  RUN(test_response_fields);
  RUN(test_response_hostile_fields);
  RUN(test_total_size);
  RUN(test_response_ftp_replies);
  RUN(test_response_statuses);
  RUN(test_response_ranges);
  RUN(test_response_encodings);
  RUN(test_dates);
  RUN(test_texts_that_are_no_dates);
  RUN(test_references);
  return check_report();
}
