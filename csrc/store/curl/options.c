/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What libcurl is told to do: headers, certificates, logins, limits.
 */
#if defined(RF_HAVE_LIBCURL)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ascii.h"
#include "base/memory.h"
#include "store/curl/fetch.h"
#include "store/http/url.h"

/* 16 KiB, libcurl's own, halves the speed of a local network. */
#define BUFFER_BYTES (512L << 10)
#define CONNECT_SECONDS 30.0
/* Without a time limit of the caller's: a server that is silent for so long is taken for dead. */
#define SILENT_SECONDS 300L

/* ---- headers ---- */

static bool header_is(const char *header, const char *name) {
  size_t n = strcspn(header, ":");
  return header[n] == ':' && rf_is_name(header, n, name);
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

/* Headers of one list, those that may go where the lane goes. */
static rf_status add_headers(rf_curl_lane *lane, const char *const *headers, size_t count, bool *has_encoding) {
  for (size_t i = 0; i < count; i++) {
    RF_TRY(check_header(headers[i], i, lane->fetch->err));
    if (lane->elsewhere && !may_travel(headers[i]))
      continue;
    *has_encoding = *has_encoding || header_is(headers[i], "accept-encoding");
    RF_TRY(append_header(&lane->headers, headers[i], lane->fetch->err));
  }
  return RF_OK;
}

static rf_status set_headers(rf_curl_lane *lane) {
  const rf_request *request = lane->fetch->request;
  const rf_remote_options *remote = request->remote;
  rf_answer_wish wish = rf_curl_wish(lane);
  bool has_encoding = false;
  curl_slist_free_all(lane->headers);
  lane->headers = NULL;
  if (remote != NULL)
    RF_TRY(add_headers(lane, remote->headers, remote->header_count, &has_encoding));
  RF_TRY(add_headers(lane, request->headers, request->header_count, &has_encoding));
  if (!has_encoding)
    RF_TRY(append_header(&lane->headers, "Accept-Encoding: identity", lane->fetch->err));
  if (wish.validator != NULL && !lane->unconditional) {
    char header[200];
    snprintf(header, sizeof header, "If-Range: %s", wish.validator);
    RF_TRY(append_header(&lane->headers, header, lane->fetch->err));
  }
  curl_easy_setopt(lane->easy, CURLOPT_HTTPHEADER, lane->headers);
  return RF_OK;
}

/* ---- whom to trust ---- */

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

/* ---- who we are ---- */

/* User and password travel to no other server; netrc holds those of each server itself. */
static void set_login(const rf_curl_lane *lane) {
  CURL *easy = lane->easy;
  const rf_curl_fetch *f = lane->fetch;
  const rf_remote_options *remote = f->request->remote;
  long known = lane->elsewhere ? 0 : f->auth;
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, known != 0 ? known : (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
  curl_easy_setopt(easy, CURLOPT_USERNAME, lane->url.user);
  curl_easy_setopt(easy, CURLOPT_PASSWORD, lane->url.password);
#if LIBCURL_VERSION_NUM >= 0x074B00
  if (f->request->sigv4 != NULL && !lane->elsewhere)
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, f->request->sigv4);
#endif
  if (remote == NULL || remote->netrc != 1)
    return;
  /* Those who send us to another server to log in do not always let it ask. */
  if (lane->elsewhere && rf_url_has_scheme(lane->url.text, "https"))
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
  curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
  const char *file = environment("NETRC");
  if (file != NULL)
    curl_easy_setopt(easy, CURLOPT_NETRC_FILE, file);
}

/* ---- all of it ---- */

static void set_limits(const rf_curl_lane *lane) {
  const rf_remote_options *remote = lane->fetch->request->remote;
  double connect = remote != NULL && remote->connect_timeout > 0 ? remote->connect_timeout : CONNECT_SECONDS;
  connect = connect < 1e6 ? connect : 1e6;
  curl_easy_setopt(lane->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000 + 1));
  double limit = remote != NULL ? remote->timeout : 0;
  if (limit > 0) {
    double left = limit > lane->seconds ? (limit - lane->seconds) * 1000 : 0;
    curl_easy_setopt(lane->easy, CURLOPT_TIMEOUT_MS, left < 1e9 ? (long)left + 1 : 1000000000L);
  } else {
    curl_easy_setopt(lane->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(lane->easy, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS);
  }
}

static void set_protocols(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FTP);
#endif
}

/* "ftps" is FTP made safe by AUTH TLS (RFC 4217) here; to libcurl it would be TLS from the first byte, on port 990. */
static rf_status set_url(rf_curl_lane *lane) {
  const char *text = lane->url.text;
  bool ftps = rf_url_has_scheme(text, "ftps");
  lane->ftp = ftps || rf_url_has_scheme(text, "ftp");
  CURLcode code;
  if (ftps) {
    char *plain = rf_strdup(text + 1);
    if (plain == NULL)
      return rf_fail(lane->fetch->err, RF_ERR_MEMORY, "out of memory");
    memcpy(plain, "ftp", 3);
    code = curl_easy_setopt(lane->easy, CURLOPT_URL, plain);
    rf_free(plain);
  } else {
    code = curl_easy_setopt(lane->easy, CURLOPT_URL, text);
  }
  curl_easy_setopt(lane->easy, CURLOPT_USE_SSL, (long)(ftps ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  return code == CURLE_OK ? RF_OK : rf_fail(lane->fetch->err, RF_ERR_MEMORY, "out of memory");
}

static rf_status set_range(const rf_curl_lane *lane) {
  enum { RANGE_BYTES = 44 }; /* two numbers below 2^63, a dash, a comma, room for the NUL */
  const rf_byte_range *range = rf_curl_wish(lane).range;
  if (range == NULL)
    return RF_OK;
  size_t capacity = lane->count * RANGE_BYTES, used = 0;
  char *text = rf_alloc(capacity);
  if (text == NULL)
    return rf_fail(lane->fetch->err, RF_ERR_MEMORY, "out of memory");
  for (size_t i = 0; i < lane->count; i++)
    used += (size_t)snprintf(text + used, capacity - used, "%s%llu-%llu", i > 0 ? "," : "",
                             (unsigned long long)range[i].first,
                             (unsigned long long)(range[i].first + range[i].length - 1));
  curl_easy_setopt(lane->easy, CURLOPT_RANGE, text);
  rf_free(text);
  return RF_OK;
}

rf_status rf_curl_prepare(rf_curl_lane *lane) {
  CURL *easy = lane->easy;
  const rf_remote_options *remote = lane->fetch->request->remote;
  char agent[40];
  curl_easy_reset(easy); /* connections stay */
  curl_easy_setopt(easy, CURLOPT_PRIVATE, lane);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, lane->text);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, rf_curl_on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, lane);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, rf_curl_on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, lane);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  snprintf(agent, sizeof agent, "rustfits/%s", rf_version());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, agent); /* libcurl copies strings */
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_FTPSSLAUTH, (long)CURLFTPAUTH_TLS);
  curl_easy_setopt(easy, CURLOPT_COOKIEFILE, ""); /* of none, and to none */
  if (lane->fetch->session != NULL)
    curl_easy_setopt(easy, CURLOPT_SHARE, lane->fetch->session->cookies);
  set_protocols(easy);
  set_certificates(easy, remote != NULL ? remote->ca_bundle : NULL);
  set_login(lane);
  set_limits(lane);
  RF_TRY(set_range(lane));
  RF_TRY(set_url(lane));
  return set_headers(lane);
}

#else
typedef int rf_curl_options_are_not_built; /* C wants something in every file */
#endif
