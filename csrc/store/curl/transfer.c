/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What arrives in one lane, and what it came to.
 */
#if defined(RF_HAVE_LIBCURL)

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "store/curl/fetch.h"
#include "store/http/url.h"

/* Of the page that comes with a redirect; it is read so that the connection can be used again. */
#define REDIRECT_BYTES ((uint64_t)64 << 10)

rf_answer_wish rf_curl_wish(const rf_curl_lane *lane) {
  const rf_request *request = lane->fetch->request;
  rf_answer_wish wish = {.range = request->ranges != NULL ? &request->ranges[lane->range] : NULL};
  wish.several = wish.range != NULL && lane->count > 1;
  wish.whole_or_range = request->whole_or_range == 1;
  wish.validator = wish.range != NULL ? request->validator : NULL;
  return wish;
}

/* ---- what arrives ---- */

/* All ranges of one fetch must come from one file. Of several ranges only the parts say how long it is. */
static rf_status check_unchanged(const rf_response *before, rf_response *now, bool several, rf_error *err) {
  bool sized = before->total_size >= 0 && (!several || now->total_size >= 0);
  bool same = strcmp(before->etag, now->etag) == 0 && strcmp(before->last_modified, now->last_modified) == 0 &&
              (!sized || before->total_size == now->total_size);
  if (now->total_size < 0)
    now->total_size = before->total_size;
  return same ? RF_OK : rf_fail(err, RF_ERR_CHANGED, "the file has changed on the server while it was read");
}

/* Of several ranges nobody says. */
static int64_t expected_bytes(const rf_curl_lane *lane) {
  rf_answer_wish wish = rf_curl_wish(lane);
  return wish.several ? -1 : rf_answer_body_bytes(&lane->answer, &wish);
}

/* Once for each body, before its first byte. The receiver hears of several ranges part by part. */
static rf_status begin_body(rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  rf_answer_wish wish = rf_curl_wish(lane);
  RF_TRY(lane->ftp ? rf_answer_judge_ftp(&lane->answer, &wish, f->err)
                   : rf_answer_judge_http(&lane->answer, &wish, f->err));
  if (lane->led && strncmp(lane->answer.content_type, "text/html", 9) == 0)
    return rf_answer_fail(
        &lane->answer,
        rf_fail(f->err, RF_ERR_PERMISSION, "the server sends a web page (text/html), perhaps to log in, not the file"),
        f->err);
  rf_response said = *f->response;
  rf_answer_report(&lane->answer, &said);
  if (f->knows_file)
    RF_TRY(check_unchanged(f->response, &said, wish.several, f->err));
  *f->response = said;
  f->knows_file = true;
  int64_t announced = expected_bytes(lane);
  if (announced >= 0 && (uint64_t)announced > f->request->limit_bytes)
    return rf_fail(f->err, RF_ERR_LIMIT, "the file has %lld bytes; the limit for a remote file is %llu",
                   (long long)announced, (unsigned long long)f->request->limit_bytes);
  lane->begun = true;
  if (wish.several)
    return rf_multipart_open(f->request, lane->range, lane->count, lane->answer.content_type, lane->answer.range_first,
                             lane->answer.range_last, &lane->parts, f->err);
  return f->receiver->begin(f->receiver->context, lane->range, f->response, f->err);
}

static rf_status take_body(rf_curl_lane *lane, const char *data, size_t n) {
  rf_curl_fetch *f = lane->fetch;
  if (!lane->begun && !lane->ftp)
    rf_answer_page(&lane->answer, data, n);
  if (!lane->begun)
    RF_TRY(begin_body(lane));
  if (lane->parts != NULL) {
    lane->received += n;
    return rf_multipart_take(lane->parts, data, n, f->receiver, f->response, f->err);
  }
  int64_t expected = f->request->ranges != NULL ? expected_bytes(lane) : -1;
  if (expected >= 0 && n > (uint64_t)expected - lane->received)
    n = (size_t)((uint64_t)expected - lane->received); /* FTP cannot ask for an end; libcurl cuts, we make sure */
  if (n > f->request->limit_bytes - lane->received)
    return rf_fail(f->err, RF_ERR_LIMIT, "the file has more than %llu bytes, the limit for a remote file",
                   (unsigned long long)f->request->limit_bytes);
  lane->received += n;
  return n == 0 ? RF_OK : f->receiver->take(f->receiver->context, lane->range, data, n, f->err);
}

/* An answer whose body is of no interest, but for what a small one saves: a connection. */
static bool is_not_wanted(const rf_curl_lane *lane) {
  return !lane->ftp && rf_answer_is_redirect(&lane->answer);
}

/* Is this what a server says of a URL that is not good any more? Links that were signed for a while end so. */
static bool is_stale(const rf_curl_lane *lane) {
  int status = lane->answer.status;
  return lane->remembered && !lane->begun &&
         (status == 400 || status == 401 || status == 403 || status == 404 || status == 410);
}

static bool asks_again(const rf_curl_lane *lane) {
  rf_answer_wish wish = rf_curl_wish(lane);
  return !lane->ftp && !lane->unconditional && rf_answer_ignores_validator(&lane->answer, &wish);
}

size_t rf_curl_on_body(char *data, size_t size, size_t count, void *context) {
  rf_curl_lane *lane = context;
  size_t n = size * count;
  if (asks_again(lane) || is_stale(lane))
    return 0;
  if (is_not_wanted(lane)) {
    lane->discarded += n;
    return lane->discarded <= REDIRECT_BYTES ? n : 0;
  }
  if (lane->status == RF_OK)
    lane->status = take_body(lane, data, n);
  return lane->status == RF_OK ? n : 0; /* 0 makes libcurl stop */
}

size_t rf_curl_on_header(char *line, size_t size, size_t count, void *context) {
  rf_curl_lane *lane = context;
  size_t n = size * count;
  if (lane->ftp) {
    rf_answer_ftp_line(&lane->answer, line, n);
  } else if (!lane->begun) { /* what stands behind a body in pieces says nothing about it any more */
    rf_answer_http_line(&lane->answer, line, n);
    lane->answers += n >= 5 && memcmp(line, "HTTP/", 5) == 0 && lane->answer.status >= 200;
  }
  return n;
}

/* ---- what it came to ---- */

/* An FTP server's. What is no refusal was no answer either (some servers say twice how a transfer ended): it is worth
 * asking again. */
static rf_status refusal(const rf_curl_lane *lane) {
  int reply = lane->answer.status;
  return reply == 550 ? RF_ERR_NO_FILE : lane->ftp && reply < 400 ? RF_ERR_NETWORK : RF_ERR_HTTP_STATUS;
}

static rf_status status_of_code(const rf_curl_lane *lane, CURLcode code) {
  switch (code) {
  case CURLE_OPERATION_TIMEDOUT:
    return RF_ERR_TIMEOUT;
  case CURLE_PARTIAL_FILE:
    return RF_ERR_TRUNCATED;
  case CURLE_OUT_OF_MEMORY:
    return RF_ERR_MEMORY;
  case CURLE_URL_MALFORMAT:
    return RF_ERR_ARGUMENT;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CRL_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_USE_SSL_FAILED:
    return RF_ERR_TLS;
  case CURLE_LOGIN_DENIED:
    return RF_ERR_PERMISSION;
  case CURLE_REMOTE_ACCESS_DENIED: /* of a folder on the way to the file */
  case CURLE_REMOTE_FILE_NOT_FOUND:
  case CURLE_FTP_COULDNT_RETR_FILE:
    return refusal(lane);
  case CURLE_FTP_COULDNT_USE_REST:
    return lane->answer.status >= 500 ? RF_ERR_UNSUPPORTED : RF_ERR_NETWORK;
  case CURLE_BAD_DOWNLOAD_RESUME:
    return RF_ERR_TRUNCATED;
  default:
    return RF_ERR_NETWORK;
  }
}

/* The number of a system call where a server could not be reached at all; 0 when it could. */
static int unreachable(const rf_curl_lane *lane, CURLcode code) {
  long number = 0;
  curl_off_t connected = 0;
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return EHOSTUNREACH;
  case CURLE_COULDNT_CONNECT:
#if !defined(_WIN32)
    curl_easy_getinfo(lane->easy, CURLINFO_OS_ERRNO, &number);
#endif
    return number > 0 ? (int)number : ECONNREFUSED;
  case CURLE_OPERATION_TIMEDOUT:
    curl_easy_getinfo(lane->easy, CURLINFO_CONNECT_TIME_T, &connected);
    return connected == 0 && lane->answer.status == 0 ? ETIMEDOUT : 0;
  default:
    return 0;
  }
}

/* libcurl's failure in words: its own, the reply of an FTP server, and how much had come. */
static rf_status fail_code(const rf_curl_lane *lane, CURLcode code) {
  rf_error *err = lane->fetch->err;
  const char *cause = lane->text[0] != '\0' ? lane->text : curl_easy_strerror(code);
  if (code == CURLE_USE_SSL_FAILED)
    cause = "the server does not offer TLS (AUTH TLS), which ftps:// asks for";
  char number[16] = "", reply[48] = "";
  snprintf(number, sizeof number, "%d", lane->answer.status);
  if (lane->ftp && lane->answer.status >= 400 && strstr(cause, number) == NULL)
    snprintf(reply, sizeof reply, " (the server replied %s)", number);
  rf_status failure = status_of_code(lane, code);
  int64_t expected = lane->begun ? expected_bytes(lane) : -1;
  if (expected >= 0)
    failure = rf_fail(err, failure, "the transfer ended after %llu of %lld bytes: %s%s",
                      (unsigned long long)lane->received, (long long)expected, cause, reply);
  else if (lane->begun)
    failure = rf_fail(err, failure, "the transfer ended after %llu bytes: %s%s", (unsigned long long)lane->received,
                      cause, reply);
  else
    failure = rf_fail(err, failure, "%s%s", cause, reply);
  int errno_like = unreachable(lane, code);
  if (err != NULL && err->sys_errno == 0)
    err->sys_errno = errno_like;
  return rf_answer_fail(&lane->answer, failure, err);
}

/* After a transfer that was neither stopped by us nor a redirect. */
static rf_status finish_body(rf_curl_lane *lane, CURLcode code) {
  rf_curl_fetch *f = lane->fetch;
  rf_answer_wish wish = rf_curl_wish(lane);
  if (!lane->ftp && !lane->begun && lane->answer.status >= 200)
    RF_TRY(rf_answer_judge_http(&lane->answer, &wish, f->err)); /* says more than a connection lost later */
  int64_t expected = lane->begun ? expected_bytes(lane) : -1;
  if (expected >= 0 && lane->received == (uint64_t)expected)
    return RF_OK; /* nothing is missing: how the connection ended does not matter, and FTP ends ranges by breaking off
                   */
  if (lane->parts != NULL && rf_multipart_end(lane->parts, NULL) != RF_ERR_TRUNCATED)
    return rf_multipart_end(lane->parts, f->err);
  if (code != CURLE_OK)
    return fail_code(lane, code);
  if (!lane->begun)
    RF_TRY(begin_body(lane));
  if (lane->parts != NULL)
    return rf_multipart_end(lane->parts, f->err);
  expected = expected_bytes(lane);
  if (expected >= 0 && lane->received < (uint64_t)expected)
    return rf_fail(f->err, RF_ERR_TRUNCATED, "the transfer ended after %llu of %lld bytes",
                   (unsigned long long)lane->received, (long long)expected);
  return RF_OK;
}

/* Goes where a redirect points. User and password come along to the same server only. */
static rf_status follow(rf_curl_lane *lane, const char *target) {
  rf_error *err = lane->fetch->err;
  if (!rf_url_has_scheme(target, "http") && !rf_url_has_scheme(target, "https")) {
    char shown[200];
    rf_redirect_show(target, shown, sizeof shown);
    return rf_fail(err, RF_ERR_NETWORK, "the server redirects to \"%s\", which is neither http nor https", shown);
  }
  RF_TRY(rf_redirect_check(lane->fetch->request, target, err));
  rf_url next;
  RF_TRY(rf_url_parse(target, &next, err));
  bool same = rf_url_same_server(lane->url.text, next.text);
  rf_free(next.user); /* what a server puts before an '@' is not ours to send */
  rf_free(next.password);
  next.user = same ? lane->url.user : NULL;
  next.password = same ? lane->url.password : NULL;
  if (same)
    lane->url.user = lane->url.password = NULL;
  lane->elsewhere = lane->elsewhere || !same;
  lane->led = true;
  rf_url_release(&lane->url);
  lane->url = next;
  return RF_OK;
}

/* Back to the URL that was asked for: where redirects led before, the file is no more. */
static rf_status go_back(rf_curl_lane *lane) {
  rf_curl_fetch *f = lane->fetch;
  lane->remembered = lane->led = lane->elsewhere = false;
  lane->hops = 0;
  rf_url_release(&lane->url);
  RF_TRY(rf_curl_first_url(f, &lane->url));
  if (!f->remembered) /* others know already */
    return RF_OK;
  f->remembered = f->led = f->elsewhere = false;
  rf_url_release(&f->url);
  RF_TRY(rf_curl_copy_url(&lane->url, &f->url, f->err));
  return rf_curl_remember(f, NULL, false);
}

/* A failure behind a redirect names the URL that failed; the one asked for is known to the caller. */
static rf_status name_target(const rf_curl_lane *lane, rf_status status) {
  rf_error *err = lane->fetch->err;
  if (!lane->led || status == RF_OK)
    return status;
  if (status == RF_ERR_ARGUMENT)
    status = RF_ERR_NETWORK; /* a bad URL is the server's doing then */
  if (err == NULL)
    return status;
  err->code = status;
  char shown[250], cause[sizeof err->message];
  rf_redirect_show(lane->url.text, shown, sizeof shown);
  memcpy(cause, err->message, sizeof cause);
  snprintf(err->message, sizeof err->message, "redirected to %s: %.370s", shown, cause);
  return status;
}

/* The facts of a refusal, for those who may try again. */
static void report_refusal(const rf_curl_lane *lane) {
  curl_off_t seconds = 0;
  rf_answer_report(&lane->answer, lane->fetch->response);
#if LIBCURL_VERSION_NUM >= 0x074200
  if (lane->answer.retry_after < 0) { /* it may be a date */
    curl_easy_getinfo(lane->easy, CURLINFO_RETRY_AFTER, &seconds);
    lane->fetch->response->retry_after = seconds > 0 ? (double)seconds : -1;
  }
#endif
}

static rf_status finish(rf_curl_lane *lane, CURLcode code, bool *again) {
  rf_curl_fetch *f = lane->fetch;
  char *target = NULL;
  if (lane->status != RF_OK)
    return lane->status;
  if (is_stale(lane) || (lane->remembered && !lane->begun && unreachable(lane, code) != 0)) {
    *again = true;
    return go_back(lane);
  }
  if (asks_again(lane)) {
    lane->unconditional = *again = true; /* that it is one file is seen by the answers, too */
    return RF_OK;
  }
  if (is_not_wanted(lane))
    curl_easy_getinfo(lane->easy, CURLINFO_REDIRECT_URL, &target);
  if (target == NULL)
    return finish_body(lane, code);
  if (lane->hops >= f->request->redirects) {
    lane->led = false; /* the failure is about the URL that was asked for */
    return rf_answer_fail(
        &lane->answer, rf_fail(f->err, RF_ERR_LIMIT, "redirected more than %d times", f->request->redirects), f->err);
  }
  *again = true;
  rf_status status = follow(lane, target);
  lane->hops++;
  return status;
}

rf_status rf_curl_lane_finish(rf_curl_lane *lane, CURLcode code, bool *again) {
  rf_curl_fetch *f = lane->fetch;
  curl_off_t microseconds = 0;
  curl_easy_getinfo(lane->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  lane->seconds += (double)microseconds / 1e6;
  f->response->requests += lane->answers > 1 ? lane->answers : 1;
  *again = false;
  bool refused = !lane->begun;
  rf_status status = finish(lane, code, again);
  if (status != RF_OK && refused)
    report_refusal(lane);
  return name_target(lane, status);
}

#else
typedef int rf_curl_lane_is_not_built; /* C wants something in every file */
#endif
