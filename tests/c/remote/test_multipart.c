/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Several ranges in one answer: bodies as servers send them, cut at every place.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/http/multipart.h"
#include "check.h"

#define COUNT 3

static const rf_range ranges[] = {{5, 10}, {20, 4}, {30, 1}};
static const char file[] = "0123456789abcdefghijklmnopqrstuvwxyz";

typedef struct {
  char bytes[COUNT][64];
  size_t got[COUNT];
  int begun[COUNT];
  int64_t total;
  uint64_t overhead;
} heard;

static rf_status hear_begin(void *context, size_t range, const rf_response *response, rf_error *err) {
  heard *h = context;
  (void)err;
  if (range >= COUNT)
    return RF_ERR_CALLBACK;
  h->begun[range]++;
  h->total = response->total_size;
  return RF_OK;
}

static rf_status hear_take(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  heard *h = context;
  if (range >= COUNT || n > sizeof h->bytes[range] - h->got[range])
    return rf_fail(err, RF_ERR_CALLBACK, "too much");
  memcpy(h->bytes[range] + h->got[range], data, n);
  h->got[range] += n;
  return RF_OK;
}

/* In two pieces, cut at `cut`. */
static rf_status hear(const char *type, int64_t from, int64_t to, const char *body, size_t n, size_t cut, heard *h,
                      rf_error *err) {
  const rf_request request = {.size = sizeof request, .ranges = ranges, .range_count = COUNT};
  rf_response response = {.size = sizeof response, .total_size = -1};
  const rf_receiver receiver = {sizeof receiver, h, hear_begin, hear_take};
  rf_multipart *multipart = NULL;
  memset(h, 0, sizeof *h);
  rf_error_clear(err);
  RF_TRY(rf_multipart_open(&request, 0, COUNT, type, from, to, &multipart, err));
  rf_status status = rf_multipart_take(multipart, body, cut, &receiver, &response, err);
  if (status == RF_OK)
    status = rf_multipart_take(multipart, body + cut, n - cut, &receiver, &response, err);
  if (status == RF_OK)
    status = rf_multipart_end(multipart, err);
  h->overhead = response.overhead;
  rf_multipart_close(multipart);
  return status;
}

static void check_all(const char *type, int64_t from, int64_t to, const char *body, int64_t total) {
  size_t n = strlen(body);
  for (size_t cut = 0; cut <= n; cut++) {
    heard h;
    rf_error err;
    CHECK_OK(hear(type, from, to, body, n, cut, &h, &err), err);
    size_t all = 0;
    for (size_t i = 0; i < COUNT; i++) {
      CHECK(h.begun[i] == 1 && h.got[i] == ranges[i].length);
      CHECK(memcmp(h.bytes[i], file + ranges[i].offset, h.got[i]) == 0);
      all += h.got[i];
    }
    CHECK(h.total == total && h.overhead == n - all);
  }
}

#define TYPE "multipart/byteranges; boundary=B"
#define PART(span) "\r\n--B\r\nContent-Type: x/y\r\nContent-Range: bytes " span "\r\n\r\n"
#define A PART("5-14/36") "56789abcde"
#define B PART("20-23/36") "klmn"
#define C PART("30-30/36") "u"
#define END "\r\n--B--\r\n"

static void test_parts_cut_at_every_place(void) {
  check_all(TYPE, -1, -1, A B C END, 36);
  check_all(TYPE, -1, -1, C A B END "the end\r\n", 36);
  check_all(TYPE, -1, -1, PART("5-23/36") "56789abcdefghijklmn" C END, 36);
  check_all(TYPE, -1, -1, PART("5-14/*") "56789abcde" PART("20-23/*") "klmn" PART("30-30/*") "u" END, -1);
  check_all(TYPE, -1, -1, PART("5-14/*") "56789abcde" B C END, 36);
  check_all(NULL, 5, 30, "56789abcdefghijklmnopqrstu", -1);
  check_all("text/plain", 5, 30, "56789abcdefghijklmnopqrstu", -1);
}

static void test_boundaries(void) {
  check_all("Multipart/X-Byteranges;boundary=\"B\"", -1, -1, A B C END, 36);
  check_all("multipart/byteranges ; charset=\"a;\\\"b\" ; BOUNDARY=B ; x=y", -1, -1, A B C END, 36);
  check_all(TYPE, -1, -1,
            "--B  \nContent-Range: bytes 5-23/36\n\n56789abcdefghijklmn\n--B\ncontent-range:bytes 30-30/36\n\nu", 36);
  static const char *const bad[] = {
      "multipart/byteranges",        "multipart/byteranges; boundary=", "multipart/byteranges; boundary=\"B",
      "multipart/mixed; boundary=B", "multipart/byteranges boundary=B", "multipart/byteranges; boundary=\"B\\",
      "multipart/byteranges; bound", "multipart/byteranges;;;",         "",
  };
  heard h;
  rf_error err;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    CHECK(hear(bad[i], -1, -1, "", 0, 0, &h, &err) == RF_ERR_UNSUPPORTED);
  char type[200] = "multipart/byteranges; boundary=";
  memset(type + strlen(type), 'b', 70);
  CHECK(hear(type, -1, -1, "", 0, 0, &h, &err) == RF_ERR_TRUNCATED);
  strncat(type, "b", 2); /* 71 characters */
  CHECK(hear(type, -1, -1, "", 0, 0, &h, &err) == RF_ERR_UNSUPPORTED);
}

static void check_refused(const char *body, rf_status expected) {
  heard h;
  rf_error err;
  size_t n = strlen(body);
  for (size_t cut = 0; cut <= n; cut++) {
    CHECK(hear(TYPE, -1, -1, body, n, cut, &h, &err) == expected && err.code == expected);
    for (size_t i = 0; i < COUNT; i++)
      CHECK(h.got[i] <= ranges[i].length && memcmp(h.bytes[i], file + ranges[i].offset, h.got[i]) == 0);
  }
}

static void test_what_no_server_should_send(void) {
  check_refused(A B END, RF_ERR_UNSUPPORTED);                                /* one is missing */
  check_refused(A B "\r\n--B--", RF_ERR_UNSUPPORTED);                        /* the same */
  check_refused(A A C END, RF_ERR_UNSUPPORTED);                              /* twice */
  check_refused(PART("5-15/36") "56789abcdef", RF_ERR_UNSUPPORTED);          /* not requested */
  check_refused(PART("4-14/36") "456789abcde", RF_ERR_UNSUPPORTED);          /* the same */
  check_refused(PART("0-35/36") "0123", RF_ERR_UNSUPPORTED);                 /* all of the file */
  check_refused(PART("14-5/36") "0123", RF_ERR_UNSUPPORTED);                 /* no range */
  check_refused("\r\n--B\r\n\r\n0123", RF_ERR_UNSUPPORTED);                  /* does not say which */
  check_refused(PART("5-14/36") "56789abcdeXX" B C END, RF_ERR_UNSUPPORTED); /* longer than it says */
  check_refused(A PART("20-23/37") "klmn" C END, RF_ERR_CHANGED);            /* of another file */
  check_refused(A B "\r\n--B\r\nContent-Range", RF_ERR_TRUNCATED);
  check_refused(A B, RF_ERR_TRUNCATED);
  check_refused("", RF_ERR_TRUNCATED);
}

static void test_text_without_end(void) {
  heard h;
  rf_error err;
  size_t n = 200000;
  char *body = malloc(n);
  for (int kind = 0; kind < 4; kind++) {
    static const char *const begins[] = {"", "", "\r\n--B\r\n", A B C END};
    memset(body, 'a', n);
    size_t begin = strlen(begins[kind]);
    memcpy(body, begins[kind], begin);
    for (size_t i = begin + 9; kind != 1 && i < n; i += 10)
      body[i] = '\n';
    CHECK(hear(TYPE, -1, -1, body, n, 100, &h, &err) == RF_ERR_UNSUPPORTED);
  }
  free(body);
}

static void test_ranges_that_cannot_go_together(void) {
  static const rf_range bad[][2] = {{{5, 0}, {9, 1}},
                                    {{5, 10}, {14, 3}},
                                    {{20, 3}, {5, 3}},
                                    {{5, UINT64_MAX - 2}, {20, 1}},
                                    {{1, INT64_MAX}, {20, 1}}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const rf_request request = {.size = sizeof request, .ranges = bad[i], .range_count = 2};
    rf_multipart *multipart = NULL;
    CHECK(rf_multipart_open(&request, 0, 2, TYPE, -1, -1, &multipart, NULL) == RF_ERR_ARGUMENT && multipart == NULL);
  }
}

static rf_status refuse(void *context, size_t range, const void *data, size_t n, rf_error *err) {
  (void)context, (void)range, (void)data, (void)n;
  return rf_fail(err, RF_ERR_CALLBACK, "enough");
}

static void test_receiver_that_has_enough(void) {
  const rf_request request = {.size = sizeof request, .ranges = ranges, .range_count = COUNT};
  rf_response response = {.size = sizeof response, .total_size = -1};
  heard h = {0};
  const rf_receiver receiver = {sizeof receiver, &h, hear_begin, refuse};
  rf_multipart *multipart = NULL;
  rf_error err;
  rf_error_clear(&err);
  CHECK_OK(rf_multipart_open(&request, 0, COUNT, TYPE, -1, -1, &multipart, &err), err);
  CHECK(rf_multipart_take(multipart, A, strlen(A), &receiver, &response, &err) == RF_ERR_CALLBACK);
  CHECK_STR(err.message, "enough");
  rf_multipart_close(multipart);
  rf_multipart_close(NULL);
}

int main(void) {
  RUN(test_parts_cut_at_every_place);
  RUN(test_boundaries);
  RUN(test_what_no_server_should_send);
  RUN(test_text_without_end);
  RUN(test_ranges_that_cannot_go_together);
  RUN(test_receiver_that_has_enough);
  return check_report();
}
