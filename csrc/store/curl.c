/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The transport over libcurl, for C programs. (Python brings pycurl, which hands the GIL over while bytes move.)
 *
 * libcurl follows no redirect here: this file does, so that what was meant for one server (user, password, extra
 * headers) is never told to another, and so that only http and https are reached that way.
 */
#if defined(RF_HAVE_LIBCURL)

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/platform.h"
#include "store/answer.h"
#include "store/driver.h"
#include "store/request.h"
#include "store/url.h"

/* 16 KiB, libcurl's own, halves the speed of a local network. */
#define BUFFER_BYTES (512L << 10)
/* Of the page that comes with a redirect; it is read so that the connection can be used again. */
#define REDIRECT_BYTES ((uint64_t)64 << 10)
#define CONNECT_SECONDS 30.0
/* Without a time limit of the caller's: a server that is silent for so long is taken for dead. */
#define SILENT_SECONDS 300L

/* One fetch. */
typedef struct {
  CURL *easy;
  const rf_request *request;
  const rf_receiver *receiver;
  rf_response *response;
  rf_error *err;
  struct curl_slist *headers;      /* for the server that was asked for */
  struct curl_slist *safe_headers; /* for any other */
  rf_url url;                      /* where to now */
  bool elsewhere;                  /* a redirect has led to another server */
  bool ftp;
  double seconds; /* spent so far */
  size_t range;   /* index of the range at work */
  rf_answer answer;
  bool begun;         /* the receiver knows of this body */
  uint64_t received;  /* of this body */
  uint64_t discarded; /* of a body that nobody wants */
  rf_status status;   /* first failure found while libcurl was at work */
  char text[CURL_ERROR_SIZE];
} curl_fetch;

/* ---- what arrives ---- */

static const rf_byte_range *current_range(const curl_fetch *f) {
  return f->request->ranges != NULL ? &f->request->ranges[f->range] : NULL;
}

/* What the body should have, -1 when nobody said. */
static int64_t expected_bytes(const curl_fetch *f) {
  const rf_byte_range *range = current_range(f);
  return range != NULL ? (int64_t)range->length : f->response->total_size;
}

/* All ranges of one fetch must come from one file. */
static rf_status check_unchanged(const rf_response *before, const rf_response *now, rf_error *err) {
  bool same = strcmp(before->etag, now->etag) == 0 && strcmp(before->last_modified, now->last_modified) == 0 &&
              before->total_size == now->total_size;
  return same ? RF_OK : rf_fail(err, RF_ERR_NETWORK, "the file has changed on the server while it was read");
}

/* Once for each body, before its first byte. */
static rf_status begin_body(curl_fetch *f) {
  const rf_byte_range *range = current_range(f);
  if (!f->ftp)
    RF_TRY(rf_answer_judge_http(&f->answer, range, f->err));
  rf_response said = *f->response;
  rf_answer_report(&f->answer, &said);
  if (f->range > 0)
    RF_TRY(check_unchanged(f->response, &said, f->err));
  *f->response = said;
  int64_t announced = expected_bytes(f);
  if (announced >= 0 && (uint64_t)announced > f->request->limit_bytes)
    return rf_fail(f->err, RF_ERR_LIMIT, "the file has %lld bytes; the limit for a remote file is %llu",
                   (long long)announced, (unsigned long long)f->request->limit_bytes);
  f->begun = true;
  return f->receiver->begin(f->receiver->context, f->range, f->response, f->err);
}

static rf_status take_body(curl_fetch *f, const char *data, size_t n) {
  if (!f->begun)
    RF_TRY(begin_body(f));
  int64_t expected = current_range(f) != NULL ? expected_bytes(f) : -1;
  if (expected >= 0 && n > (uint64_t)expected - f->received)
    n = (size_t)((uint64_t)expected - f->received); /* FTP has no way to ask for an end; libcurl cuts, we make sure */
  if (n > f->request->limit_bytes - f->received)
    return rf_fail(f->err, RF_ERR_LIMIT, "the file has more than %llu bytes, the limit for a remote file",
                   (unsigned long long)f->request->limit_bytes);
  f->received += n;
  return n == 0 ? RF_OK : f->receiver->take(f->receiver->context, f->range, data, n, f->err);
}

static size_t on_body(char *data, size_t size, size_t count, void *context) {
  curl_fetch *f = context;
  size_t n = size * count;
  if (!f->ftp && rf_answer_is_redirect(&f->answer)) {
    f->discarded += n;
    return f->discarded <= REDIRECT_BYTES ? n : 0;
  }
  if (f->status == RF_OK)
    f->status = take_body(f, data, n);
  return f->status == RF_OK ? n : 0; /* 0 makes libcurl stop */
}

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  curl_fetch *f = context;
  size_t n = size * count;
  if (f->ftp)
    rf_answer_ftp_line(&f->answer, line, n);
  else if (!f->begun) /* what stands behind a body in pieces says nothing about it any more */
    rf_answer_http_line(&f->answer, line, n);
  return n;
}

/* ---- what is asked ---- */

static bool header_is(const char *header, const char *name) {
  size_t n = strcspn(header, ":");
  return header[n] == ':' && rf_url_scheme_is(header, n, name);
}

/* Headers that tell no secret, whatever is in them. */
static bool may_travel(const char *header) {
  static const char *const names[] = {"accept", "accept-encoding", "accept-language", "user-agent", "referer", "from"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (header_is(header, names[i]))
      return true;
  return false;
}

static rf_status append_header(struct curl_slist **list, const char *header, rf_error *err) {
  struct curl_slist *longer = curl_slist_append(*list, header);
  if (longer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "out of memory");
  *list = longer;
  return RF_OK;
}

static rf_status check_header(const char *header, size_t index, rf_error *err) {
  size_t name = strcspn(header, ":");
  bool good = name > 0 && header[name] == ':';
  for (size_t i = 0; header[i] != '\0'; i++) {
    unsigned char c = (unsigned char)header[i];
    good = good && (c >= ' ' || c == '\t') && c != 0x7F && !(i < name && c == ' ');
  }
  /* It may hold a secret: the message does not repeat it. */
  return good ? RF_OK
              : rf_fail(err, RF_ERR_ARGUMENT, "request header %zu is not of the form \"Name: value\" on one line",
                        index);
}

static rf_status make_headers(curl_fetch *f) {
  const rf_remote_options *remote = f->request->remote;
  bool has_encoding = false;
  for (size_t i = 0; remote != NULL && i < remote->header_count; i++) {
    const char *header = remote->headers[i];
    RF_TRY(check_header(header, i, f->err));
    has_encoding = has_encoding || header_is(header, "accept-encoding");
    RF_TRY(append_header(&f->headers, header, f->err));
    if (may_travel(header))
      RF_TRY(append_header(&f->safe_headers, header, f->err));
  }
  if (!has_encoding) {
    RF_TRY(append_header(&f->headers, "Accept-Encoding: identity", f->err));
    RF_TRY(append_header(&f->safe_headers, "Accept-Encoding: identity", f->err));
  }
  return RF_OK;
}

static const char *environment(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

static bool is_folder(const char *path) {
  struct stat facts;
  return stat(path, &facts) == 0 && (facts.st_mode & S_IFMT) == S_IFDIR;
}

/* The first that is set: the caller's, CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR, REQUESTS_CA_BUNDLE; else what
 * libcurl was built with. What is set replaces that: file and folder are both given, one of them perhaps as nothing. */
static void set_certificates(CURL *easy, const char *bundle) {
  const char *folder = NULL;
  if (bundle == NULL)
    bundle = environment("CURL_CA_BUNDLE");
  if (bundle == NULL) {
    bundle = environment("SSL_CERT_FILE");
    folder = environment("SSL_CERT_DIR");
  }
  if (bundle == NULL && folder == NULL)
    bundle = environment("REQUESTS_CA_BUNDLE");
  if (bundle == NULL && folder == NULL)
    return;
  if (bundle != NULL && is_folder(bundle)) {
    folder = bundle;
    bundle = NULL;
  }
  curl_easy_setopt(easy, CURLOPT_CAINFO, bundle);
  curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
}

static void set_protocols(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FTP);
#endif
}

/* What stays the same for all that one fetch asks. */
static void set_once(curl_fetch *f) {
  CURL *easy = f->easy;
  const rf_remote_options *remote = f->request->remote;
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, f->text);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, f);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, f);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  char agent[40];
  snprintf(agent, sizeof agent, "rustfits/%s", rf_version());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, agent); /* libcurl copies strings */
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_FTPSSLAUTH, (long)CURLFTPAUTH_TLS);
  set_protocols(easy);
  set_certificates(easy, remote != NULL ? remote->ca_bundle : NULL);
  double connect = remote != NULL && remote->connect_timeout > 0 ? remote->connect_timeout : CONNECT_SECONDS;
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000 + 1));
  if (remote == NULL || !(remote->timeout > 0)) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS);
  }
}

/* "ftps" is FTP made safe by AUTH TLS (RFC 4217) here; to libcurl it would be TLS from the first byte, on port 990. */
static rf_status set_url(curl_fetch *f) {
  const char *text = f->url.text;
  bool ftps = rf_url_has_scheme(text, "ftps");
  f->ftp = ftps || rf_url_has_scheme(text, "ftp");
  CURLcode code;
  if (ftps) {
    char *plain = rf_strdup(text + 1);
    if (plain == NULL)
      return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
    memcpy(plain, "ftp", 3);
    code = curl_easy_setopt(f->easy, CURLOPT_URL, plain);
    rf_free(plain);
  } else {
    code = curl_easy_setopt(f->easy, CURLOPT_URL, text);
  }
  curl_easy_setopt(f->easy, CURLOPT_USE_SSL, (long)(ftps ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  return code == CURLE_OK ? RF_OK : rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
}

static rf_status prepare(curl_fetch *f) {
  RF_TRY(set_url(f));
  curl_easy_setopt(f->easy, CURLOPT_USERNAME, f->url.user);
  curl_easy_setopt(f->easy, CURLOPT_PASSWORD, f->url.password);
  curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->elsewhere ? f->safe_headers : f->headers);
  const rf_byte_range *range = current_range(f);
  if (range != NULL) {
    char text[48];
    snprintf(text, sizeof text, "%llu-%llu", (unsigned long long)range->first,
             (unsigned long long)(range->first + range->length - 1));
    curl_easy_setopt(f->easy, CURLOPT_RANGE, text);
  }
  double limit = f->request->remote != NULL ? f->request->remote->timeout : 0;
  if (limit > 0) {
    double left = limit > f->seconds ? (limit - f->seconds) * 1000 : 0;
    curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, left < 1e9 ? (long)left + 1 : 1000000000L);
  }
  rf_answer_reset(&f->answer);
  f->begun = false;
  f->received = f->discarded = 0;
  f->text[0] = '\0';
  return RF_OK;
}

/* ---- what it came to ---- */

static rf_status status_of_code(const curl_fetch *f, CURLcode code) {
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
    return f->answer.status == 550 ? RF_ERR_NO_FILE : RF_ERR_HTTP_STATUS;
  case CURLE_FTP_COULDNT_RETR_FILE:
    return f->answer.status == 550 ? RF_ERR_NO_FILE : RF_ERR_HTTP_STATUS;
  case CURLE_FTP_COULDNT_USE_REST:
    return RF_ERR_UNSUPPORTED;
  case CURLE_BAD_DOWNLOAD_RESUME:
    return RF_ERR_TRUNCATED;
  default:
    return RF_ERR_NETWORK;
  }
}

/* libcurl's failure in words: its own, the reply of an FTP server, and how much had come. */
static rf_status fail_code(const curl_fetch *f, CURLcode code) {
  const char *cause = f->text[0] != '\0' ? f->text : curl_easy_strerror(code);
  if (code == CURLE_USE_SSL_FAILED)
    cause = "the server does not offer TLS (AUTH TLS), which ftps:// asks for";
  char number[16] = "", reply[48] = "";
  snprintf(number, sizeof number, "%d", f->answer.status);
  if (f->ftp && f->answer.status >= 400 && strstr(cause, number) == NULL)
    snprintf(reply, sizeof reply, " (the server replied %s)", number);
  rf_status failure = status_of_code(f, code);
  int64_t expected = f->begun ? expected_bytes(f) : -1;
  if (expected >= 0)
    failure = rf_fail(f->err, failure, "the transfer ended after %llu of %lld bytes: %s%s",
                      (unsigned long long)f->received, (long long)expected, cause, reply);
  else if (f->begun)
    failure = rf_fail(f->err, failure, "the transfer ended after %llu bytes: %s%s", (unsigned long long)f->received,
                      cause, reply);
  else
    failure = rf_fail(f->err, failure, "%s%s", cause, reply);
  return rf_answer_fail(&f->answer, failure, f->err);
}

/* After a transfer that was neither stopped by us nor a redirect. */
static rf_status finish_body(curl_fetch *f, CURLcode code) {
  if (!f->ftp && !f->begun && f->answer.status >= 200)
    RF_TRY(rf_answer_judge_http(&f->answer, current_range(f), f->err)); /* says more than a connection lost later */
  if (code != CURLE_OK)
    return fail_code(f, code);
  if (!f->begun)
    RF_TRY(begin_body(f));
  int64_t expected = expected_bytes(f);
  if (expected >= 0 && f->received < (uint64_t)expected)
    return rf_fail(f->err, RF_ERR_TRUNCATED, "the transfer ended after %llu of %lld bytes",
                   (unsigned long long)f->received, (long long)expected);
  return RF_OK;
}

/* Goes where a redirect points. User and password come along to the same server only. */
static rf_status follow(curl_fetch *f, const char *target) {
  if (!rf_url_has_scheme(target, "http") && !rf_url_has_scheme(target, "https")) {
    char shown[200];
    rf_name_show(target, shown, sizeof shown);
    return rf_fail(f->err, RF_ERR_NETWORK, "the server redirects to \"%s\", which is neither http nor https", shown);
  }
  rf_url next;
  RF_TRY(rf_url_parse(target, &next, f->err));
  bool same = rf_url_same_server(f->url.text, next.text);
  if (same && next.user == NULL) {
    next.user = f->url.user;
    next.password = f->url.password;
    f->url.user = f->url.password = NULL;
  }
  f->elsewhere = f->elsewhere || !same;
  rf_url_release(&f->url);
  f->url = next;
  return RF_OK;
}

/* A failure behind a redirect names the URL that failed; the one asked for is known to the caller. */
static rf_status name_target(curl_fetch *f, rf_status status, int hops) {
  if (hops == 0)
    return status;
  if (status == RF_ERR_ARGUMENT)
    status = RF_ERR_NETWORK; /* a bad URL is the server's doing then */
  if (f->err == NULL)
    return status;
  f->err->code = status;
  char shown[250], cause[sizeof f->err->message];
  rf_name_show(f->url.text, shown, sizeof shown);
  memcpy(cause, f->err->message, sizeof cause);
  snprintf(f->err->message, sizeof f->err->message, "redirected to %s: %.370s", shown, cause);
  return status;
}

static rf_status fetch_body(curl_fetch *f) {
  for (int hops = 0;; hops++) {
    RF_TRY(prepare(f));
    CURLcode code = curl_easy_perform(f->easy);
    curl_off_t microseconds = 0;
    curl_easy_getinfo(f->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
    f->seconds += (double)microseconds / 1e6;
    if (f->status != RF_OK)
      return name_target(f, f->status, hops);
    char *target = NULL;
    if (!f->ftp && rf_answer_is_redirect(&f->answer))
      curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &target);
    if (target == NULL) {
      rf_status status = finish_body(f, code);
      return status == RF_OK ? RF_OK : name_target(f, status, hops);
    }
    if (hops >= f->request->redirects)
      return rf_answer_fail(
          &f->answer, rf_fail(f->err, RF_ERR_LIMIT, "redirected more than %d times", f->request->redirects), f->err);
    rf_status status = follow(f, target);
    if (status != RF_OK)
      return name_target(f, status, hops + 1);
  }
}

static rf_status check_request(const rf_request *request, rf_error *err) {
  if (request->ranges != NULL && request->range_count == 0)
    return rf_fail(err, RF_ERR_ARGUMENT, "a request for ranges has none");
  uint64_t last;
  for (size_t i = 0; request->ranges != NULL && i < request->range_count; i++)
    if (request->ranges[i].length == 0 || request->ranges[i].length > INT64_MAX ||
        !rf_add_u64(request->ranges[i].first, request->ranges[i].length, &last) || last > INT64_MAX)
      return rf_fail(err, RF_ERR_ARGUMENT, "range %zu is empty or ends beyond 2^63", i);
  return RF_OK;
}

/* libcurl wants one call before all others; old versions of it must not be asked by two threads at once. */
static bool curl_is_ready(void) {
  static rf_mutex lock = RF_MUTEX_INIT;
  static bool ready;
  rf_mutex_lock(&lock);
  if (!ready)
    ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  bool now = ready;
  rf_mutex_unlock(&lock);
  return now;
}

static rf_status run(curl_fetch *f) {
  RF_TRY(check_request(f->request, f->err));
  RF_TRY(rf_url_parse(f->request->url, &f->url, f->err));
  if (f->request->user != NULL && (f->url.user = rf_strdup(f->request->user)) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  if (f->request->password != NULL && (f->url.password = rf_strdup(f->request->password)) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "out of memory");
  RF_TRY(make_headers(f));
  if (!curl_is_ready() || (f->easy = curl_easy_init()) == NULL)
    return rf_fail(f->err, RF_ERR_MEMORY, "libcurl cannot be started");
  set_once(f);
  size_t count = f->request->ranges != NULL ? f->request->range_count : 1;
  for (f->range = 0; f->range < count; f->range++)
    RF_TRY(fetch_body(f));
  return RF_OK;
}

static rf_status curl_transport_fetch(void *user, const rf_request *request, const rf_receiver *receiver,
                                      rf_response *response, rf_error *err) {
  (void)user;
  curl_fetch f = {.request = request, .receiver = receiver, .response = response, .err = err};
  rf_status status = run(&f);
  curl_easy_cleanup(f.easy);
  curl_slist_free_all(f.headers);
  curl_slist_free_all(f.safe_headers);
  rf_url_release(&f.url);
  return status;
}

const rf_transport rf_curl_transport = {
    .size = sizeof(rf_transport),
    .name = "libcurl",
    .schemes = "http https ftp ftps",
    .fetch = curl_transport_fetch,
};

#else
typedef int rf_curl_is_not_built; /* C wants something in every file */
#endif
