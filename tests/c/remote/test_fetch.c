/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole fetches: the table of cases in response_cases.txt, which tests/unit/remote/test_response.py runs through both
 * transports, and what other servers, sessions and requests come to.
 */
#include <stdbool.h>
#include <stdlib.h>

#include "check.h"
#include "base/error.h"

/* ---- the table ---- */

#define MAX_RANGES 4
#define FILE_BYTES 100

typedef struct {
  char bytes[MAX_RANGES][FILE_BYTES];
  size_t got[MAX_RANGES];
  int begun[MAX_RANGES];
} received;

static rf_status receive_begin(void *user, size_t range, const rf_response *response, rf_error *err) {
  received *r = user;
  (void)response, (void)err;
  CHECK(range < MAX_RANGES && r->begun[range]++ == 0);
  return RF_OK;
}

static rf_status receive_take(void *user, size_t range, const void *data, size_t n, rf_error *err) {
  received *r = user;
  if (range >= MAX_RANGES || n > FILE_BYTES - r->got[range])
    return rf_fail(err, RF_ERR_CALLBACK, "too many bytes");
  memcpy(r->bytes[range] + r->got[range], data, n);
  r->got[range] += n;
  return RF_OK;
}

/* One case, and how far it is. */
typedef struct {
  char name[200];
  rf_request request;
  rf_remote_options remote;
  rf_range ranges[MAX_RANGES];
  char validator[20];
  rf_http_fetch *fetch;
  rf_response facts;
  received received;
  rf_receiver receiver;
  rf_http_action action; /* that the fetch demands now */
  bool in_body;
  size_t at;   /* offset in the file of the next byte of the body */
  size_t step; /* bytes of a body at a time */
  rf_status status;
  rf_error err;
} table_case;

static void read_ask(table_case *c, char *words) {
  for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " ")) {
    char *value = strchr(word, '=');
    value = value != NULL ? value + 1 : word;
    if (strncmp(word, "range=", 6) == 0) {
      char *length;
      c->ranges[c->request.range_count].offset = strtoull(value, &length, 10);
      c->ranges[c->request.range_count++].length = strtoull(length + 1, NULL, 10);
      c->request.ranges = c->ranges;
    } else if (strncmp(word, "multirange=", 11) == 0) {
      c->request.multirange = strtoul(value, NULL, 10);
    } else if (strncmp(word, "validator=", 10) == 0) {
      snprintf(c->validator, sizeof c->validator, "%s", value);
      c->request.validator = c->validator;
    } else if (strncmp(word, "limit=", 6) == 0) {
      c->request.max_bytes = strtoull(value, NULL, 10);
    } else if (strncmp(word, "redirects=", 10) == 0) {
      c->request.max_redirects = (int)strtol(value, NULL, 10);
    } else if (strncmp(word, "refuse=", 7) == 0) {
      c->request.refuse = (uint32_t)strtoul(value, NULL, 10);
    } else if (strcmp(word, "one_piece") == 0) {
      c->step = FILE_BYTES;
    } else if (strcmp(word, "whole_or_range") == 0) {
      c->request.whole_or_range = 1;
    } else {
      fprintf(stderr, "%s: unknown word %s\n", c->name, word);
      CHECK(0);
    }
  }
}

static void begin_case(table_case *c, const char *name, size_t step) {
  memset(c, 0, sizeof *c);
  snprintf(c->name, sizeof c->name, "%s", name);
  c->request = (rf_request){.size = sizeof c->request,
                            .url = "http://server.example/file",
                            .remote = &c->remote,
                            .max_redirects = 10,
                            .max_bytes = UINT64_C(1) << 40};
  c->step = step;
}

/* Begins the exchange for `path` ("PATH" or "PATH without FIELD"). */
static void begin_exchange(table_case *c, const char *rest) {
  char path[200] = "";
  size_t n = strcspn(rest, " ");
  memcpy(path, rest, n);
  const char *without = strstr(rest, " without ");
  rf_http_exchange exchange = {.size = sizeof exchange};
  c->action = rf_http_fetch_begin(c->fetch, 0, &exchange);
  CHECK(c->action == RF_HTTP_REQUEST);
  if (c->action != RF_HTTP_REQUEST)
    return;
  CHECK_STR(strstr(exchange.url, "//") + strlen("//server.example"), path);
  CHECK(exchange.is_ftp == 0 && exchange.is_elsewhere == 0);
  CHECK((exchange.range != NULL) == (c->request.ranges != NULL));
  bool conditional = false;
  for (size_t i = 0; i < exchange.header_count; i++)
    conditional = conditional || strncmp(exchange.headers[i], "If-Range: ", 10) == 0;
  CHECK(conditional == (c->request.validator != NULL && without == NULL));
  c->in_body = false;
  c->at = 0;
}

static void begin_fetch(table_case *c) {
  if (c->fetch != NULL)
    return;
  c->facts = (rf_response){.size = sizeof c->facts, .total_size = -1};
  c->receiver = (rf_receiver){sizeof c->receiver, &c->received, receive_begin, receive_take};
  CHECK_OK(rf_http_fetch_open(NULL, &c->request, &c->receiver, &c->facts, &c->fetch, &c->err), c->err);
  CHECK(rf_http_fetch_get_transfer_count(c->fetch) == 1);
  begin_exchange(c, "/file");
}

static void send_head(table_case *c, const char *line) {
  char text[300];
  begin_fetch(c);
  int n = snprintf(text, sizeof text, "%s\r\n", line);
  rf_http_fetch_take_header(c->fetch, 0, text, (size_t)n);
  if (strncmp(line, "Content-Range: bytes ", 21) == 0)
    c->at = strtoul(line + 21, NULL, 10);
}

static void send_body(table_case *c, const char *bytes, size_t n) {
  if (!c->in_body) {
    rf_http_fetch_take_header(c->fetch, 0, "\r\n", 2);
    c->action = RF_HTTP_CONTINUE;
  }
  c->in_body = true;
  for (size_t at = 0, part; at < n && c->action == RF_HTTP_CONTINUE; at += part) {
    part = n - at < c->step ? n - at : c->step;
    c->action = rf_http_fetch_take_body(c->fetch, 0, bytes + at, part);
  }
}

static void send_file(table_case *c, size_t n) {
  char bytes[FILE_BYTES];
  for (size_t i = 0; i < n; i++)
    bytes[i] = (char)('a' + (c->at + i) % 26);
  send_body(c, bytes, n);
  c->at += n;
}

static void send_text(table_case *c, const char *text) {
  char bytes[600];
  size_t n = 0;
  for (; *text != '\0'; text++)
    bytes[n++] = text[0] == '\\' ? (*++text == 'r' ? '\r' : '\n') : text[0];
  send_body(c, bytes, n);
}

static void end_exchange(table_case *c) {
  send_body(c, "", 0);
  c->action = rf_http_fetch_end(c->fetch, 0, NULL, 0.1);
}

static void check_received(table_case *c, const char *rest) {
  char *colon;
  size_t range = strtoul(rest, &colon, 10), n = strtoul(colon + 1, NULL, 10);
  uint64_t first = c->request.ranges != NULL ? c->ranges[range].offset : 0;
  CHECK(c->received.begun[range] == 1 && c->received.got[range] == n);
  for (size_t i = 0; i < c->received.got[range]; i++)
    CHECK(c->received.bytes[range][i] == (char)('a' + (first + i) % 26));
  c->received.begun[range] = 0;
}

/* One line of the table: a keyword and the rest. */
static void run_line(table_case *c, const char *keyword, char *rest) {
  if (strcmp(keyword, "ask") == 0) {
    read_ask(c, rest);
  } else if (strcmp(keyword, "head") == 0) {
    send_head(c, rest);
  } else if (strcmp(keyword, "body") == 0) {
    send_file(c, strtoul(rest, NULL, 10));
  } else if (strcmp(keyword, "text") == 0) {
    send_text(c, rest);
  } else if (strcmp(keyword, "then") == 0) {
    end_exchange(c);
    CHECK(c->action == RF_HTTP_REQUEST);
    begin_exchange(c, rest);
  } else if (strcmp(keyword, "gives") == 0) {
    end_exchange(c);
    CHECK(c->action == RF_HTTP_IDLE || c->action == RF_HTTP_STOP);
    c->status = rf_http_fetch_close(c->fetch, &c->err);
    c->fetch = NULL;
    CHECK(c->status == c->err.code);
    CHECK_STR(rf_status_get_name(c->status), rest);
  } else if (strcmp(keyword, "http") == 0) {
    CHECK(c->err.http_status == (int)strtol(rest, NULL, 10));
  } else if (strcmp(keyword, "says") == 0) {
    CHECK(strstr(c->err.message, rest) != NULL);
  } else if (strcmp(keyword, "gets") == 0) {
    check_received(c, rest);
  } else if (strcmp(keyword, "retry") == 0) {
    CHECK(c->facts.retry_after == strtod(rest, NULL));
  } else if (strcmp(keyword, "size") == 0) {
    CHECK(c->facts.total_size == strtoll(rest, NULL, 10));
  } else {
    fprintf(stderr, "%s: unknown keyword %s\n", c->name, keyword);
    CHECK(0);
  }
}

static void end_case(const table_case *c, int failures_before) {
  for (size_t i = 0; i < MAX_RANGES; i++)
    CHECK(c->received.begun[i] == 0 || c->status != RF_OK);
  CHECK(c->fetch == NULL);
  if (check_failures > failures_before)
    fprintf(stderr, "in case \"%s\": %s\n", c->name, c->err.message);
}

static const char *table_path;

static void run_table(size_t step) {
  FILE *file = fopen(table_path, "r");
  CHECK(file != NULL);
  if (file == NULL)
    return;
  table_case *c = calloc(1, sizeof *c);
  char line[600];
  int cases = 0, failures = 0;
  while (c != NULL && fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '#' || line[0] == '\0')
      continue;
    char *rest = line + strcspn(line, " ");
    if (*rest != '\0')
      *rest++ = '\0';
    if (strcmp(line, "case") != 0) {
      run_line(c, line, rest);
      continue;
    }
    if (cases++ > 0)
      end_case(c, failures);
    failures = check_failures;
    begin_case(c, rest, step);
  }
  end_case(c, failures);
  CHECK(cases > 40);
  free(c);
  fclose(file);
}

static void test_table(void) {
  run_table(FILE_BYTES);
}

static void test_table_byte_by_byte(void) {
  run_table(1);
}

/* ---- other servers ---- */

typedef struct {
  rf_remote_options remote;
  rf_request request;
  rf_response facts;
  received received;
  rf_receiver receiver;
  rf_http_fetch *fetch;
  rf_http_exchange exchange;
} small_fetch;

static void open_small(small_fetch *s, rf_http_session *session, const char *url) {
  static const char *const headers[] = {"X-Token: secret", "User-Agent: me", "Accept: image/fits"};
  rf_error err = {0};
  *s = (small_fetch){0};
  s->remote = (rf_remote_options){.size = sizeof s->remote, .headers = headers, .header_count = 3};
  s->request = (rf_request){.size = sizeof s->request,
                            .url = url,
                            .user = "me",
                            .password = "pw",
                            .max_redirects = 10,
                            .remote = &s->remote,
                            .max_bytes = 1000};
  s->facts = (rf_response){.size = sizeof s->facts, .total_size = -1};
  s->receiver = (rf_receiver){sizeof s->receiver, &s->received, receive_begin, receive_take};
  s->exchange.size = sizeof s->exchange;
  CHECK_OK(rf_http_fetch_open(session, &s->request, &s->receiver, &s->facts, &s->fetch, &err), err);
  CHECK(rf_http_fetch_begin(s->fetch, 0, &s->exchange) == RF_HTTP_REQUEST);
}

static rf_http_action respond(small_fetch *s, const char *head, const char *body) {
  for (const char *end; *head != '\0'; head = end) {
    end = strchr(head, '\n') + 1;
    rf_http_fetch_take_header(s->fetch, 0, head, (size_t)(end - head));
  }
  if (*body != '\0')
    (void)rf_http_fetch_take_body(s->fetch, 0, body, strlen(body));
  rf_http_action action = rf_http_fetch_end(s->fetch, 0, NULL, 0.25);
  return action == RF_HTTP_REQUEST ? rf_http_fetch_begin(s->fetch, 0, &s->exchange) : action;
}

static bool sends(const small_fetch *s, const char *header) {
  for (size_t i = 0; i < s->exchange.header_count; i++)
    if (strcmp(s->exchange.headers[i], header) == 0)
      return true;
  return false;
}

static void test_secrets_stay_with_their_server(void) {
  static const struct {
    const char *to;
    bool same;
  } cases[] = {{"/other", true},
               {"http://A.example:80/other", true},
               {"https://a.example/other", true},
               {"http://you:word@a.example/other", true},
               {"http://a.example:8080/other", false},
               {"http://b.example/other", false},
               {"//b.example/other", false},
               {"http://a.example@b.example/", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    small_fetch s;
    char head[200];
    open_small(&s, NULL, "http://a.example/file");
    CHECK(sends(&s, "X-Token: secret") && sends(&s, "User-Agent: me") && s.exchange.elapsed == 0);
    snprintf(head, sizeof head, "HTTP/1.1 302 Found\r\nLocation: %s\r\n\r\n", cases[i].to);
    CHECK(respond(&s, head, "") == RF_HTTP_REQUEST);
    CHECK(s.exchange.is_elsewhere == !cases[i].same && s.exchange.elapsed == 0.25);
    CHECK(sends(&s, "X-Token: secret") == cases[i].same);
    CHECK(sends(&s, "User-Agent: me") && sends(&s, "Accept: image/fits"));
    CHECK((s.exchange.user != NULL && strcmp(s.exchange.user, "me") == 0) == cases[i].same);
    CHECK((s.exchange.password != NULL) == cases[i].same);
    CHECK(strchr(s.exchange.url, '@') == NULL);
    CHECK(respond(&s, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", "a") == RF_HTTP_IDLE);
    CHECK(s.facts.requests == 2 && rf_http_fetch_close(s.fetch, NULL) == RF_OK);
  }
}

static void test_from_https_to_http(void) {
  small_fetch s;
  open_small(&s, NULL, "https://a.example/file");
  CHECK(respond(&s, "HTTP/1.1 302 Found\r\nLocation: http://a.example/file\r\n\r\n", "") == RF_HTTP_REQUEST);
  CHECK(s.exchange.is_elsewhere == 1 && s.exchange.user == NULL && !sends(&s, "X-Token: secret"));
  CHECK(rf_http_fetch_close(s.fetch, NULL) == RF_OK);
}

static const char redirect[] = "HTTP/1.1 302 Found\r\nLocation: http://b.example/signed\r\n\r\n";
static const char whole[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";

static void test_session_remembers_redirects(void) {
  rf_http_session *session = NULL;
  small_fetch s;
  CHECK(rf_http_session_open(&session, NULL) == RF_OK);
  open_small(&s, session, "http://a.example/file");
  CHECK(respond(&s, redirect, "") == RF_HTTP_REQUEST && respond(&s, whole, "a") == RF_HTTP_IDLE);
  CHECK(rf_http_fetch_close(s.fetch, NULL) == RF_OK);
  /* The next fetch goes there directly. The signed URL has expired: the fetch returns to the first URL. */
  open_small(&s, session, "http://a.example/file");
  CHECK_STR(s.exchange.url, "http://b.example/signed");
  CHECK(s.exchange.is_elsewhere == 1 && s.exchange.user == NULL && !sends(&s, "X-Token: secret"));
  CHECK(respond(&s, "HTTP/1.1 403 Forbidden\r\n\r\n", "<html>") == RF_HTTP_REQUEST);
  CHECK_STR(s.exchange.url, "http://a.example/file");
  CHECK(s.exchange.is_elsewhere == 0 && sends(&s, "X-Token: secret"));
  CHECK(respond(&s, whole, "a") == RF_HTTP_IDLE && rf_http_fetch_close(s.fetch, NULL) == RF_OK);
  open_small(&s, session, "http://a.example/file");
  CHECK_STR(s.exchange.url, "http://a.example/file");
  CHECK(rf_http_fetch_close(s.fetch, NULL) == RF_OK);
  rf_http_session_close(session);
  rf_http_session_close(NULL);
}

/* A server that was there, and is no longer. */
static void test_session_forgets_servers_that_are_unreachable(void) {
  rf_http_session *session = NULL;
  rf_error refused = {.code = RF_ERR_NETWORK, .sys_errno = 111, .message = "refused"}, err = {0};
  small_fetch s;
  CHECK(rf_http_session_open(&session, NULL) == RF_OK);
  open_small(&s, session, "http://a.example/file");
  CHECK(respond(&s, redirect, "") == RF_HTTP_REQUEST && respond(&s, whole, "a") == RF_HTTP_IDLE);
  CHECK(rf_http_fetch_close(s.fetch, NULL) == RF_OK);
  open_small(&s, session, "http://a.example/file");
  CHECK(rf_http_fetch_end(s.fetch, 0, &refused, 1) == RF_HTTP_REQUEST);
  CHECK(rf_http_fetch_begin(s.fetch, 0, &s.exchange) == RF_HTTP_REQUEST);
  CHECK_STR(s.exchange.url, "http://a.example/file");
  CHECK(rf_http_fetch_end(s.fetch, 0, &refused, 1) == RF_HTTP_IDLE);
  CHECK(rf_http_fetch_close(s.fetch, &err) == RF_ERR_NETWORK && err.sys_errno == 111);
  CHECK_STR(err.message, "refused");
  rf_http_session_close(session);
}

/* ---- requests ---- */

static void test_malformed_requests(void) {
  const rf_range empty = {5, 0}, beyond = {UINT64_MAX, 5}, fine = {0, 5};
  const rf_range *const bad[] = {&empty, &beyond};
  rf_receiver receiver = {sizeof receiver, NULL, receive_begin, receive_take};
  rf_response facts = {.size = sizeof facts};
  rf_http_fetch *fetch = NULL;
  for (size_t i = 0; i < 2; i++) {
    const rf_request request = {.size = sizeof request, .url = "http://a/", .ranges = bad[i], .range_count = 1};
    CHECK(rf_http_fetch_open(NULL, &request, &receiver, &facts, &fetch, NULL) == RF_ERR_ARGUMENT);
  }
  const rf_request none = {.size = sizeof none, .url = "http://a/", .ranges = &fine};
  CHECK(rf_http_fetch_open(NULL, &none, &receiver, &facts, &fetch, NULL) == RF_ERR_ARGUMENT);
  const rf_request no_host = {.size = sizeof no_host, .url = "http:///a"};
  CHECK(rf_http_fetch_open(NULL, &no_host, &receiver, &facts, &fetch, NULL) == RF_ERR_ARGUMENT);
  CHECK(rf_http_fetch_open(NULL, NULL, &receiver, &facts, &fetch, NULL) == RF_ERR_ARGUMENT);
  CHECK(fetch == NULL && rf_http_fetch_close(NULL, NULL) == RF_OK);
}

static void test_malformed_headers(void) {
  static const char *const bad[] = {"no colon", ": no name", "A b: c", "A: b\r\nC: d", "A: \x7F"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const rf_request request = {.size = sizeof request, .url = "http://a/", .headers = &bad[i], .header_count = 1};
    rf_receiver receiver = {sizeof receiver, NULL, receive_begin, receive_take};
    rf_response facts = {.size = sizeof facts};
    rf_http_exchange exchange = {.size = sizeof exchange};
    rf_http_fetch *fetch = NULL;
    rf_error err = {0};
    CHECK_OK(rf_http_fetch_open(NULL, &request, &receiver, &facts, &fetch, &err), err);
    CHECK(rf_http_fetch_begin(fetch, 0, &exchange) == RF_HTTP_STOP);
    CHECK(rf_http_fetch_close(fetch, &err) == RF_ERR_ARGUMENT && strstr(err.message, "header 0") != NULL);
  }
}

/* Ranges that are not shared out evenly, and transfers that a failure leaves under way. */
static void test_transfers_side_by_side(void) {
  rf_range ranges[10];
  for (size_t i = 0; i < 10; i++)
    ranges[i] = (rf_range){10 * i, 5};
  rf_request request = {.size = sizeof request,
                        .url = "http://a/file",
                        .ranges = ranges,
                        .range_count = 10,
                        .max_bytes = 1000,
                        .concurrency = 3,
                        .multirange = 4};
  rf_receiver receiver = {sizeof receiver, NULL, receive_begin, receive_take};
  rf_response facts = {.size = sizeof facts, .total_size = -1};
  rf_http_exchange exchange = {.size = sizeof exchange};
  rf_http_fetch *fetch = NULL;
  rf_error err = {0};
  CHECK_OK(rf_http_fetch_open(NULL, &request, &receiver, &facts, &fetch, &err), err);
  CHECK(rf_http_fetch_get_transfer_count(fetch) == 3);
  CHECK(rf_http_fetch_begin(fetch, 0, &exchange) == RF_HTTP_REQUEST);
  CHECK_STR(exchange.range, "0-4,10-14,20-24,30-34");
  CHECK(rf_http_fetch_begin(fetch, 1, &exchange) == RF_HTTP_REQUEST);
  CHECK_STR(exchange.range, "40-44,50-54,60-64,70-74");
  static const char busy[] = "HTTP/1.1 503 Busy", missing[] = "HTTP/1.1 404 Not Found";
  rf_http_fetch_take_header(fetch, 0, busy, strlen(busy));
  CHECK(rf_http_fetch_end(fetch, 0, NULL, 0) == RF_HTTP_IDLE); /* temporary: the other one goes on */
  CHECK(rf_http_fetch_begin(fetch, 2, &exchange) == RF_HTTP_IDLE);
  rf_http_fetch_take_header(fetch, 1, missing, strlen(missing)); /* permanent: counts more */
  CHECK(rf_http_fetch_end(fetch, 1, NULL, 0) == RF_HTTP_STOP);
  CHECK(rf_http_fetch_close(fetch, &err) == RF_ERR_NO_FILE && err.http_status == 404);
  CHECK(facts.status == 503 && facts.requests == 2);
}

/* After two refusals, the third transfer is still about the same file. */
static void test_refusals_do_not_change_the_file(void) {
  const rf_range ranges[] = {{0, 1}, {10, 1}, {20, 1}, {30, 1}};
  rf_request request = {
      .size = sizeof request, .url = "http://a/file", .ranges = ranges, .range_count = 4, .max_bytes = 9};
  request.concurrency = 4;
  received got = {0};
  rf_receiver receiver = {sizeof receiver, &got, receive_begin, receive_take};
  rf_response facts = {.size = sizeof facts, .total_size = -1};
  rf_http_exchange exchange = {.size = sizeof exchange};
  rf_http_fetch *fetch = NULL;
  rf_error err = {0};
  CHECK_OK(rf_http_fetch_open(NULL, &request, &receiver, &facts, &fetch, &err), err);
  for (size_t i = 0; i < 4; i++)
    CHECK(rf_http_fetch_begin(fetch, i, &exchange) == RF_HTTP_REQUEST);
  static const char busy[] = "HTTP/1.1 503 Busy", partial[] = "HTTP/1.1 206 Partial", tag[] = "ETag: \"1\"";
  static const char first[] = "Content-Range: bytes 0-0/99", last[] = "Content-Range: bytes 30-30/99";
  for (size_t i = 0; i < 4; i++) {
    bool fine = i == 0 || i == 3;
    rf_http_fetch_take_header(fetch, i, fine ? partial : busy, fine ? strlen(partial) : strlen(busy));
    rf_http_fetch_take_header(fetch, i, i == 3 ? last : first, i == 3 ? strlen(last) : strlen(first));
    rf_http_fetch_take_header(fetch, i, tag, fine ? strlen(tag) : 0);
    CHECK(!fine || rf_http_fetch_take_body(fetch, i, "x", 1) == RF_HTTP_CONTINUE);
    CHECK(rf_http_fetch_end(fetch, i, NULL, 0) == RF_HTTP_IDLE);
  }
  CHECK(rf_http_fetch_close(fetch, &err) == RF_ERR_HTTP_STATUS && err.http_status == 503);
  CHECK(got.got[0] == 1 && got.got[3] == 1 && facts.status == 503 && facts.requests == 4);
}

static void test_ftp_replies_to_a_fetch(void) {
  static const struct {
    const char *reply;
    rf_status ending, status;
  } cases[] = {{"550 No such file", RF_ERR_HTTP_STATUS, RF_ERR_NO_FILE},
               {"450 Busy", RF_ERR_HTTP_STATUS, RF_ERR_HTTP_STATUS},
               {"226 Done", RF_ERR_HTTP_STATUS, RF_ERR_NETWORK},
               {"502 No REST", RF_ERR_UNSUPPORTED, RF_ERR_UNSUPPORTED},
               {"350 Go on", RF_ERR_UNSUPPORTED, RF_ERR_NETWORK},
               {"530 Login incorrect", RF_ERR_PERMISSION, RF_ERR_PERMISSION}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    small_fetch s;
    rf_error ending = {.code = cases[i].ending, .message = "cause"}, err = {0};
    open_small(&s, NULL, "ftp://a.example/file");
    CHECK(s.exchange.is_ftp == 1);
    rf_http_fetch_take_header(s.fetch, 0, cases[i].reply, strlen(cases[i].reply));
    (void)rf_http_fetch_end(s.fetch, 0, &ending, 0);
    CHECK(rf_http_fetch_close(s.fetch, &err) == cases[i].status);
    CHECK(strstr(err.message, "cause") != NULL);
  }
}

static void test_sftp_has_fields_that_the_transport_makes(void) {
  static const char size[] = "Content-Range: bytes */7", time[] = "ETag: \"1796062500\"";
  const rf_range ranges[] = {{0, 1000}};
  rf_request request = {.size = sizeof request, .url = "sftp://me@a.example/file", .ranges = ranges, .range_count = 1};
  request.max_bytes = 1000;
  request.whole_or_range = 1;
  received got = {0};
  rf_receiver receiver = {sizeof receiver, &got, receive_begin, receive_take};
  rf_response facts = {.size = sizeof facts, .total_size = -1};
  rf_http_exchange exchange = {.size = sizeof exchange};
  rf_http_fetch *fetch = NULL;
  rf_error err = {0};
  char body[7] = {0};
  CHECK_OK(rf_http_fetch_open(NULL, &request, &receiver, &facts, &fetch, &err), err);
  CHECK(rf_http_fetch_begin(fetch, 0, &exchange) == RF_HTTP_REQUEST);
  CHECK(exchange.is_ftp == 1 && strcmp(exchange.range, "0-999") == 0);
  rf_http_fetch_take_header(fetch, 0, size, strlen(size));
  rf_http_fetch_take_header(fetch, 0, time, strlen(time));
  CHECK(rf_http_fetch_take_body(fetch, 0, body, sizeof body) == RF_HTTP_CONTINUE);
  CHECK(rf_http_fetch_end(fetch, 0, NULL, 0) == RF_HTTP_IDLE);
  CHECK_OK(rf_http_fetch_close(fetch, &err), err);
  CHECK(got.got[0] == 7 && facts.total_size == 7 && strcmp(facts.etag, time + 6) == 0);
}

int main(int argc, char **argv) {
  char path[1000];
  snprintf(path, sizeof path, "%s/response_cases.txt", argc > 1 ? argv[1] : ".");
  table_path = path;
  RUN(test_table);
  RUN(test_table_byte_by_byte);
  RUN(test_secrets_stay_with_their_server);
  RUN(test_from_https_to_http);
  RUN(test_session_remembers_redirects);
  RUN(test_session_forgets_servers_that_are_unreachable);
  RUN(test_malformed_requests);
  RUN(test_malformed_headers);
  RUN(test_transfers_side_by_side);
  RUN(test_refusals_do_not_change_the_file);
  RUN(test_ftp_replies_to_a_fetch);
  RUN(test_sftp_has_fields_that_the_transport_makes);
  return check_report();
}
