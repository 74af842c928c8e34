/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/http/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/http/sent.h"
#include "store/redact.h"
#include "store/schemes.h"

/* The page of a redirect is read up to this size, which keeps the connection usable. */
#define REDIRECT_BYTES ((uint64_t)64 << 10)

static rf_http_expectation expectation_of(const rf_http_transfer *t) {
  const rf_request *request = t->shared->request;
  rf_http_expectation expected = {.range = request->ranges != NULL ? &request->ranges[t->range] : NULL};
  expected.multirange = expected.range != NULL && t->count > 1;
  expected.whole_or_range = request->whole_or_range == 1;
  expected.validator = expected.range != NULL ? request->validator : NULL;
  return expected;
}

/* Does the request send, and not fetch? */
static bool sends(const rf_http_transfer *t) {
  return t->shared->request->method != NULL;
}

/* The bytes of the body, or -1: unknown, as in multirange responses. */
static int64_t expected_bytes(const rf_http_transfer *t) {
  rf_http_expectation expected = expectation_of(t);
  return expected.multirange ? -1 : rf_http_expectation_body_bytes(&expected, &t->response);
}

/* ---- begin ---- */

static void free_exchange(rf_http_transfer *t) {
  rf_http_texts_free(&t->texts);
  rf_multipart_close(t->parts);
  t->parts = NULL;
}

void rf_http_transfer_free(rf_http_transfer *t) {
  free_exchange(t);
  rf_http_address_free(&t->address);
}

rf_status rf_http_transfer_start(rf_http_transfer *t, rf_http_shared *shared, size_t first, size_t count,
                                 const rf_http_address *address, bool remembered, rf_error *err) {
  rf_http_transfer_free(t);
  t->shared = shared;
  t->range = first;
  t->count = count;
  t->remembered = remembered;
  t->unconditional = false;
  t->hops = 0;
  t->elapsed = 0;
  return rf_http_address_copy(address, &t->address, err);
}

rf_status rf_http_transfer_begin(rf_http_transfer *t, rf_http_exchange *exchange, rf_error *err) {
  rf_http_expectation expected = expectation_of(t);
  free_exchange(t);
  rf_http_response_reset(&t->response);
  t->responses = 0;
  t->begun = false;
  t->received = t->discarded = t->given = 0;
  t->status = RF_OK;
  rf_error_clear(&t->failure);
  RF_TRY(rf_http_exchange_build(t->shared->request, &t->address, &expected, t->count, !t->unconditional, &t->texts,
                                exchange, err));
  exchange->elapsed = t->elapsed;
  t->is_ftp = exchange->is_ftp == 1;
  return RF_OK;
}

/* ---- the body ---- */

/* All ranges of one fetch must come from one file. In multirange responses, only the parts have the size of the file.
 */
static rf_status check_unchanged(const rf_response *before, rf_response *now, bool multirange, rf_error *err) {
  bool sized = before->total_size >= 0 && (!multirange || now->total_size >= 0);
  bool same = strcmp(before->etag, now->etag) == 0 && strcmp(before->last_modified, now->last_modified) == 0 &&
              (!sized || before->total_size == now->total_size);
  if (now->total_size < 0)
    now->total_size = before->total_size;
  return same ? RF_OK : rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server during the fetch");
}

/* Servers that want a login may redirect to a page for people. */
static rf_status check_login_page(const rf_http_transfer *t, rf_error *err) {
  if (!t->address.redirected || strncmp(t->response.content_type, "text/html", 9) != 0)
    return RF_OK;
  return rf_fail(err, RF_ERR_PERMISSION,
                 "the server sends a web page (text/html), perhaps a login page, instead of the file");
}

static rf_status check_response(const rf_http_transfer *t, rf_error *err) {
  rf_http_expectation expected = expectation_of(t);
  if (sends(t))
    return t->is_ftp ? RF_OK : rf_http_sent_check(&t->response, t->shared->request->only_new == 1, err);
  return t->is_ftp ? rf_http_expectation_check_ftp(&expected, &t->response, err)
                   : rf_http_expectation_check(&expected, &t->response, err);
}

static rf_status learn_file(rf_http_transfer *t, bool multirange, rf_error *err) {
  rf_http_shared *shared = t->shared;
  rf_response facts = *shared->response;
  rf_http_response_report(&t->response, &facts);
  if (shared->knows_file)
    RF_TRY(check_unchanged(shared->response, &facts, multirange, err));
  *shared->response = facts;
  shared->knows_file = true;
  return RF_OK;
}

static rf_status check_limit(const rf_http_transfer *t, rf_error *err) {
  int64_t announced = expected_bytes(t);
  uint64_t limit = t->shared->request->max_bytes;
  if (announced < 0 || (uint64_t)announced <= limit)
    return RF_OK;
  return rf_fail(err, RF_ERR_LIMIT, "the file has %lld bytes; the limit for a remote file is %llu",
                 (long long)announced, (unsigned long long)limit);
}

/* Once for each body, before its first byte. For multirange responses, the parts tell the receiver. */
static rf_status begin_body(rf_http_transfer *t, rf_error *err) {
  const rf_http_response *response = &t->response;
  const rf_receiver *receiver = t->shared->receiver;
  rf_http_expectation expected = expectation_of(t);
  RF_TRY(check_response(t, err));
  RF_TRY(sends(t) ? RF_OK : check_login_page(t, err));
  RF_TRY(learn_file(t, expected.multirange, err));
  RF_TRY(check_limit(t, err));
  t->begun = true;
  if (expected.multirange)
    return rf_multipart_open(t->shared->request, t->range, t->count, response->content_type, response->range_first,
                             response->range_last, &t->parts, err);
  return receiver->begin(receiver->user, t->range, t->shared->response, err);
}

static rf_status deliver(rf_http_transfer *t, const char *data, size_t n, rf_error *err) {
  const rf_request *request = t->shared->request;
  const rf_receiver *receiver = t->shared->receiver;
  if (t->parts != NULL) {
    t->received += n;
    return rf_multipart_take(t->parts, data, n, receiver, t->shared->response, err);
  }
  int64_t expected = request->ranges != NULL ? expected_bytes(t) : -1;
  if (expected >= 0 && n > (uint64_t)expected - t->received)
    n = (size_t)((uint64_t)expected - t->received); /* FTP requests have no end; the transport may send more */
  if (n > request->max_bytes - t->received)
    return rf_fail(err, RF_ERR_LIMIT, "the file has more than %llu bytes, the limit for a remote file",
                   (unsigned long long)request->max_bytes);
  t->received += n;
  return n == 0 ? RF_OK : receiver->take(receiver->user, t->range, data, n, err);
}

static rf_status take_body(rf_http_transfer *t, const char *data, size_t n, rf_error *err) {
  if (!t->begun && !t->is_ftp)
    rf_http_response_take_page(&t->response, data, n);
  if (!t->begun)
    RF_TRY(begin_body(t, err));
  return deliver(t, data, n, err);
}

/* A redirect that makes a GET of a PUT is none to follow. */
static bool is_redirect(const rf_http_transfer *t) {
  int status = t->response.status;
  return !t->is_ftp && rf_http_response_is_redirect(&t->response) && (!sends(t) || status == 307 || status == 308);
}

/* Is this the response of a server to a URL that it no longer serves? Signed URLs expire so. */
static bool is_out_of_date(const rf_http_transfer *t) {
  int status = t->response.status;
  return t->remembered && !t->begun &&
         (status == 400 || status == 401 || status == 403 || status == 404 || status == 410);
}

static bool needs_unconditional(const rf_http_transfer *t) {
  rf_http_expectation expected = expectation_of(t);
  return !t->is_ftp && !t->unconditional && rf_http_expectation_is_unconditional(&expected, &t->response);
}

bool rf_http_transfer_take_body(rf_http_transfer *t, const void *data, size_t n) {
  if (!t->begun && (needs_unconditional(t) || is_out_of_date(t)))
    return false;
  if (!t->begun && is_redirect(t)) {
    t->discarded += n;
    return t->discarded <= REDIRECT_BYTES;
  }
  if (t->status == RF_OK)
    t->status = take_body(t, data, n, &t->failure);
  return t->status == RF_OK;
}

/* ---- the body of the request ---- */

bool rf_http_transfer_give_body(rf_http_transfer *t, uint64_t offset, void *buffer, size_t n, size_t *got) {
  const rf_body *body = t->shared->request->body;
  *got = 0;
  if (body == NULL || offset >= body->bytes || t->status != RF_OK)
    return t->status == RF_OK;
  if (n > body->bytes - offset)
    n = (size_t)(body->bytes - offset);
  t->status = body->read(body->user, offset, buffer, n, &t->failure);
  if (t->status != RF_OK)
    return false;
  *got = n;
  if (offset + n > t->given)
    t->given = offset + n;
  return true;
}

void rf_http_transfer_take_header(rf_http_transfer *t, const char *line, size_t n) {
  if (t->is_ftp && !rf_url_has_scheme(t->address.url.text, "sftp")) {
    rf_http_response_take_ftp_line(&t->response, line, n);
  } else if (!t->begun) { /* trailers after a chunked body say nothing about it */
    rf_http_response_take_line(&t->response, line, n);
    t->responses += n >= 5 && memcmp(line, "HTTP/", 5) == 0 && t->response.status >= 200;
  }
}

/* ---- the end ---- */

/* The status of a failure of the transport. Some statuses depend on the reply of the FTP server. A reply below 400 is
 * no refusal: some servers reply twice at the end of a transfer. A repeat helps. */
static rf_status status_of(const rf_http_transfer *t, rf_status ending) {
  int reply = t->response.status;
  if (!t->is_ftp)
    return ending;
  if (ending == RF_ERR_READONLY)
    return rf_http_sent_status_ftp(reply);
  if (ending == RF_ERR_HTTP_STATUS)
    return reply == 550 ? RF_ERR_NO_FILE : reply < 400 ? RF_ERR_NETWORK : RF_ERR_HTTP_STATUS;
  return ending == RF_ERR_UNSUPPORTED && reply < 500 ? RF_ERR_NETWORK : ending;
}

/* The errno of a server that could not be reached, or 0. */
static int unreachable(const rf_http_transfer *t, const rf_error *ending) {
  return ending != NULL && !t->begun && t->response.status == 0 ? ending->sys_errno : 0;
}

/* Reports a failure of the transport: its cause, the reply of the FTP server, and how many bytes had arrived. */
static rf_status fail_ending(const rf_http_transfer *t, const rf_error *ending, rf_error *err) {
  const char *cause = ending->message;
  char number[16], reply[48] = "";
  snprintf(number, sizeof number, "%d", t->response.status);
  if (t->is_ftp && t->response.status >= 400 && strstr(cause, number) == NULL)
    snprintf(reply, sizeof reply, " (the server replied %s)", number);
  rf_status failure = status_of(t, ending->code);
  int64_t expected = t->begun ? expected_bytes(t) : -1;
  unsigned long long received = t->received;
  const rf_body *body = t->shared->request->body;
  if (body != NULL && t->given > 0)
    failure = rf_fail(err, failure, "the upload ended after %llu of %llu bytes: %s%s", (unsigned long long)t->given,
                      (unsigned long long)body->bytes, cause, reply);
  else if (expected >= 0)
    failure = rf_fail(err, failure, "the transfer ended after %llu of %lld bytes: %s%s", received, (long long)expected,
                      cause, reply);
  else if (t->begun)
    failure = rf_fail(err, failure, "the transfer ended after %llu bytes: %s%s", received, cause, reply);
  else
    failure = rf_fail(err, failure, "%s%s", cause, reply);
  if (err != NULL && err->sys_errno == 0)
    err->sys_errno = unreachable(t, ending);
  return rf_http_response_fail(&t->response, failure, err);
}

/* A response that arrives before the end of the body of the request is about something else than the whole file. */
static rf_status check_given(const rf_http_transfer *t, rf_error *err) {
  const rf_body *body = t->shared->request->body;
  if (body == NULL || t->given == body->bytes)
    return RF_OK;
  return rf_fail(err, RF_ERR_NETWORK, "the server answered %d after %llu of %llu bytes of the file", t->response.status,
                 (unsigned long long)t->given, (unsigned long long)body->bytes);
}

static rf_status finish_body(rf_http_transfer *t, const rf_error *ending, rf_error *err) {
  if (!t->is_ftp && !t->begun && t->response.status >= 200)
    RF_TRY(check_response(t, err)); /* says more than a connection lost later */
  if (ending == NULL || t->begun)
    RF_TRY(check_given(t, err));
  int64_t bytes = t->begun ? expected_bytes(t) : -1;
  if (bytes >= 0 && t->received == (uint64_t)bytes)
    return RF_OK; /* Nothing is missing. How the connection ended does not matter; FTP ends ranges by aborting. */
  if (t->parts != NULL && rf_multipart_end(t->parts, NULL) != RF_ERR_TRUNCATED)
    return rf_multipart_end(t->parts, err);
  if (ending != NULL)
    return fail_ending(t, ending, err);
  if (!t->begun)
    RF_TRY(begin_body(t, err));
  if (t->parts != NULL)
    return rf_multipart_end(t->parts, err);
  bytes = expected_bytes(t);
  if (bytes >= 0 && t->received < (uint64_t)bytes)
    return rf_fail(err, RF_ERR_TRUNCATED, "the transfer ended after %llu of %lld bytes",
                   (unsigned long long)t->received, (long long)bytes);
  return RF_OK;
}

/* ---- redirects ---- */

static rf_status refuse_redirect(const char *url, rf_error *err) {
  char shown[200];
  rf_redirect_show(url, shown, sizeof shown);
  return rf_fail(err, RF_ERR_NETWORK, "the server redirects to \"%s\", which is neither http nor https", shown);
}

/* Moves the transfer to the absolute URL `url`. User and password stay with their server. */
static rf_status go_to(rf_http_transfer *t, const char *url, rf_error *err) {
  if (!rf_url_has_scheme(url, "http") && !rf_url_has_scheme(url, "https"))
    return refuse_redirect(url, err);
  RF_TRY(rf_schemes_check_redirect(t->shared->request->refuse, url, err));
  rf_url next;
  rf_error cause = {0};
  rf_status status = rf_url_parse(url, &next, &cause);
  if (status != RF_OK) /* the URL is the server's fault, not the caller's */
    return rf_fail(err, status == RF_ERR_ARGUMENT ? RF_ERR_NETWORK : status, "malformed redirect: %s", cause.message);
  rf_url *now = &t->address.url;
  bool same = rf_url_same_server(now->text, next.text);
  rf_free(next.user); /* a login that a server writes is not the user's */
  rf_free(next.password);
  next.user = same ? now->user : NULL;
  next.password = same ? now->password : NULL;
  if (same)
    now->user = now->password = NULL;
  rf_url_free(now);
  *now = next;
  t->address.elsewhere = t->address.elsewhere || !same;
  t->address.redirected = true;
  return RF_OK;
}

static rf_status follow(rf_http_transfer *t, rf_error *err) {
  int most = t->shared->request->max_redirects;
  if (t->hops >= most) {
    t->address.redirected = false; /* the failure is about the URL of the request */
    return rf_http_response_fail(&t->response, rf_fail(err, RF_ERR_LIMIT, "redirected more than %d times", most), err);
  }
  char *url;
  RF_TRY(rf_url_resolve(t->address.url.text, t->response.location, &url, err));
  rf_status status = go_to(t, url, err);
  rf_free(url);
  t->hops++;
  return status;
}

/* Returns to the URL of the request: the file is no longer at the remembered one. */
static rf_status go_back(rf_http_transfer *t, rf_error *err) {
  t->remembered = false;
  t->hops = 0;
  rf_http_address_free(&t->address);
  return rf_http_address_of(t->shared->request, &t->address, err);
}

/* A failure after a redirect names the URL that failed. The caller knows the URL of the request. */
static rf_status name_redirect(const rf_http_transfer *t, rf_status status, rf_error *err) {
  if (!t->address.redirected || status == RF_OK)
    return status;
  if (status == RF_ERR_ARGUMENT)
    status = RF_ERR_NETWORK; /* the URL is the server's fault, not the caller's */
  if (err == NULL || err->code == RF_OK)
    return status;
  err->code = status;
  char shown[250], cause[sizeof err->message];
  rf_redirect_show(t->address.url.text, shown, sizeof shown);
  memcpy(cause, err->message, sizeof cause);
  snprintf(err->message, sizeof err->message, "redirected to %s: %.370s", shown, cause);
  return status;
}

static rf_status finish(rf_http_transfer *t, const rf_error *ending, rf_http_outcome *outcome, rf_error *err) {
  const rf_http_response *response = &t->response;
  if (t->status != RF_OK) {
    if (err != NULL)
      *err = t->failure;
    return t->status;
  }
  if (is_out_of_date(t) || (t->remembered && unreachable(t, ending) != 0)) {
    *outcome = RF_HTTP_BACK;
    return go_back(t, err);
  }
  if (!t->begun && needs_unconditional(t)) {
    t->unconditional = true; /* the validators of the responses still show whether it is one file */
    *outcome = RF_HTTP_AGAIN;
    return RF_OK;
  }
  if (is_redirect(t) && response->has_long_location)
    return rf_fail(err, RF_ERR_NETWORK, "the server redirects to a URL of more than %zu bytes",
                   sizeof response->location - 1);
  if (is_redirect(t) && response->location[0] != '\0') {
    *outcome = RF_HTTP_AGAIN;
    return follow(t, err);
  }
  *outcome = RF_HTTP_COMPLETE;
  return finish_body(t, ending, err);
}

rf_status rf_http_transfer_end(rf_http_transfer *t, const rf_error *ending, double seconds, rf_http_outcome *outcome,
                               rf_error *err) {
  rf_response *facts = t->shared->response;
  t->elapsed += seconds > 0 ? seconds : 0;
  facts->requests += t->responses > 1 ? t->responses : 1;
  bool refused = !t->begun;
  rf_status status = finish(t, ending, outcome, err);
  if (status != RF_OK && refused)
    rf_http_response_report(&t->response, facts);
  return name_redirect(t, status, err);
}
