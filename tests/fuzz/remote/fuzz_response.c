/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A fetch whose server sends anything: the first byte picks the request, the rest are responses. Their heads are lines;
 * the second byte of each response cuts its body into pieces. Whatever arrives, the receiver gets each byte of a range
 * at most once and in order, a fetch that succeeds is complete, and redirects end.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define COUNT 3
#define VALIDATOR "\"abc\""
#define REDIRECTS 3
#define LIMIT 100000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const rf_range ranges[COUNT] = {{1000, 5000}, {8000, 10}, {9000, 1}};

typedef struct {
  bool begun[COUNT];
  uint64_t got[COUNT];
  bool whole; /* a whole file arrives, perhaps instead of a range */
} heard;

static void require(bool condition) {
  if (!condition)
    abort();
}

static rf_status hear_begin(void *user, size_t range, const rf_response *facts, rf_error *err) {
  heard *h = user;
  (void)err;
  require(range < COUNT && !h->begun[range]);
  require(facts->total_size >= -1 && facts->accepts_ranges <= RF_ACCEPT_RANGES_NONE);
  require(memchr(facts->etag, '\0', sizeof facts->etag) != NULL);
  require(memchr(facts->last_modified, '\0', sizeof facts->last_modified) != NULL);
  require(memchr(facts->region, '\0', sizeof facts->region) != NULL);
  require(facts->retry_after >= 0 || facts->retry_after < 0); /* not NaN */
  h->begun[range] = true;
  h->whole = h->whole || facts->status == 200 || facts->status == 203;
  return RF_OK;
}

static rf_status hear_take(void *user, size_t range, const void *data, size_t n, rf_error *err) {
  heard *h = user;
  (void)data, (void)err;
  require(range < COUNT && h->begun[range] && n > 0);
  h->got[range] += n;
  require(h->got[range] <= (h->whole ? LIMIT : ranges[range].length));
  return RF_OK;
}

/* Each on the heap and of its very size, so that a byte read outside is seen. */
static uint8_t *copy(const uint8_t *data, size_t n) {
  uint8_t *made = malloc(n > 0 ? n : 1);
  if (made != NULL)
    memcpy(made, data, n);
  return made;
}

static void check_exchange(const rf_http_exchange *exchange, const rf_request *request, bool first) {
  for (size_t i = 0; i < exchange->header_count; i++)
    require(strchr(exchange->headers[i], ':') != NULL && strpbrk(exchange->headers[i], "\r\n") == NULL);
  for (const char *c = exchange->url; *c != '\0'; c++)
    require((unsigned char)*c > ' ' || !first);
  require((exchange->range != NULL) == (request->ranges != NULL));
  require(exchange->is_elsewhere == 0 || (exchange->user == NULL && exchange->sigv4 == NULL));
  require(!first || strcmp(exchange->url, request->url) == 0);
}

/* Feeds one response. Returns what is left of it. */
static size_t send_response(rf_http_fetch *fetch, const uint8_t *data, size_t size) {
  size_t at = 0;
  while (at < size) {
    const uint8_t *end = memchr(data + at, '\n', size - at);
    size_t n = end != NULL ? (size_t)(end - data) + 1 - at : size - at;
    uint8_t *line = copy(data + at, n);
    if (line == NULL)
      return size;
    rf_http_fetch_take_header(fetch, 0, line, n);
    bool empty = n == 1 || (n == 2 && line[0] == '\r');
    free(line);
    at += n;
    if (empty)
      break;
  }
  if (at + 2 > size)
    return size;
  size_t step = data[at] + 1, n = (size_t)data[at + 1] * 24; /* of a piece; of the body */
  at += 2;
  n = n < size - at ? n : size - at;
  for (size_t end = at + n, part; at < end; at += part) {
    part = end - at < step ? end - at : step;
    uint8_t *piece = copy(data + at, part);
    rf_http_action action = piece != NULL ? rf_http_fetch_take_body(fetch, 0, piece, part) : RF_HTTP_STOP;
    free(piece);
    require(action == RF_HTTP_CONTINUE || action == RF_HTTP_STOP);
    if (action == RF_HTTP_STOP)
      return end;
  }
  return at;
}

/* A transport may fail at the end of a response; its last byte tells how. */
static const rf_error *ending(uint8_t how, rf_error *failure) {
  static const rf_status statuses[] = {RF_ERR_NETWORK, RF_ERR_TRUNCATED, RF_ERR_HTTP_STATUS, RF_ERR_UNSUPPORTED};
  *failure = (rf_error){.message = "broken"};
  failure->code = statuses[how & 3];
  failure->sys_errno = how & 4 ? 111 : 0;
  return how >= 248 ? failure : NULL;
}

static void run(rf_http_session *session, const rf_request *request, const uint8_t *data, size_t size) {
  heard h = {.whole = request->ranges == NULL};
  const rf_receiver receiver = {sizeof receiver, &h, hear_begin, hear_take};
  rf_response facts = {.size = sizeof facts, .total_size = -1};
  rf_http_exchange exchange = {.size = sizeof exchange};
  rf_http_fetch *fetch = NULL;
  rf_error err, failure;
  rf_error_clear(&err);
  if (rf_http_fetch_open(session, request, &receiver, &facts, &fetch, &err) != RF_OK)
    return;
  require(rf_http_fetch_get_transfer_count(fetch) == 1);
  rf_http_action action = rf_http_fetch_begin(fetch, 0, &exchange);
  unsigned exchanges = 0;
  for (size_t at = 0; action == RF_HTTP_REQUEST;) {
    check_exchange(&exchange, request, exchanges == 0 && session == NULL);
    require(++exchanges <= COUNT * (REDIRECTS + 2) * 2);
    at += send_response(fetch, data + at, size - at);
    action = rf_http_fetch_end(fetch, 0, ending(at > 0 ? data[at - 1] : 0, &failure), 0.5);
    if (action == RF_HTTP_REQUEST)
      action = rf_http_fetch_begin(fetch, 0, &exchange);
  }
  require(action == RF_HTTP_IDLE || action == RF_HTTP_STOP);
  rf_status status = rf_http_fetch_close(fetch, &err);
  require(status == err.code && (status == RF_OK) == (err.message[0] == '\0'));
  for (size_t i = 0; status == RF_OK && i < request->range_count && request->whole_or_range == 0; i++)
    require(h.got[i] == ranges[i].length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t how = size > 0 ? data[0] : 0;
  rf_request request = {.size = sizeof request, .max_redirects = REDIRECTS, .max_bytes = LIMIT, .user = "me"};
  request.url = how & 1 ? "ftp://server.example/file" : "http://server.example/a/file";
  if (how & 2) {
    request.ranges = ranges;
    request.range_count = how & 16 ? COUNT : 1;
    request.multirange = how & 32 ? COUNT : 1;
    request.whole_or_range = (how & 4) != 0 && request.range_count == 1;
    request.validator = how & 8 ? VALIDATOR : NULL;
  }
  rf_http_session *session = NULL;
  if (how & 64 && rf_http_session_open(&session, NULL) != RF_OK)
    return 0;
  run(session, &request, data + 1, size > 0 ? size - 1 : 0);
  if (session != NULL) /* what the first fetch has taught must not break the second one */
    run(session, &request, data + 1, size > 0 ? size - 1 : 0);
  rf_http_session_close(session);
  return 0;
}
