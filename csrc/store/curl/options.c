/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(RF_HAVE_LIBCURL)

#include "store/curl/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "store/curl/ssh.h"
#include "store/http/url.h"

/* The default of libcurl, 16 KiB, halves the speed of a local network. */
#define BUFFER_BYTES (512L << 10)
#define CONNECT_SECONDS 30.0
/* Without a time limit of the caller: a server that is silent for so long counts as dead. */
#define SILENT_SECONDS 300L

static const char *environment(const char *name) {
  const char *value = getenv(name);
  return value != NULL && *value != '\0' ? value : NULL;
}

/* ---- certificates ---- */

static bool is_folder(const char *path) {
  struct stat facts;
  return stat(path, &facts) == 0 && (facts.st_mode & S_IFMT) == S_IFDIR;
}

/* Trusts the first of: `bundle`, CURL_CA_BUNDLE, SSL_CERT_FILE and SSL_CERT_DIR, REQUESTS_CA_BUNDLE, the certificates
 * of libcurl's build. File and folder are set together, because they replace those of the build. */
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

/* ---- logins ---- */

/* The netrc file has the logins of each server. Login servers that a redirect leads to may send no challenge. */
static void set_netrc(CURL *easy, const rf_http_exchange *exchange) {
  if (exchange->is_elsewhere == 1 && rf_url_has_scheme(exchange->url, "https"))
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
  curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
  const char *file = environment("NETRC");
  if (file != NULL)
    curl_easy_setopt(easy, CURLOPT_NETRC_FILE, file);
}

static void set_login(CURL *easy, const rf_remote_options *remote, const rf_http_exchange *exchange, long auth) {
  bool known = auth != 0 && exchange->is_elsewhere == 0;
  curl_easy_setopt(easy, CURLOPT_HTTPAUTH, known ? auth : (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
  curl_easy_setopt(easy, CURLOPT_USERNAME, exchange->user);
  curl_easy_setopt(easy, CURLOPT_PASSWORD, exchange->password);
#if LIBCURL_VERSION_NUM >= 0x074B00
  if (exchange->sigv4 != NULL)
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, exchange->sigv4);
#endif
  if (remote != NULL && remote->netrc == 1)
    set_netrc(easy, exchange);
}

/* ---- limits ---- */

static void set_limits(CURL *easy, const rf_remote_options *remote, double elapsed) {
  double connect = remote != NULL && remote->connect_timeout > 0 ? remote->connect_timeout : CONNECT_SECONDS;
  connect = connect < 1e6 ? connect : 1e6;
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000 + 1));
  double limit = remote != NULL ? remote->timeout : 0;
  if (limit > 0) {
    double left = limit > elapsed ? (limit - elapsed) * 1000 : 0;
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left < 1e9 ? (long)left + 1 : 1000000000L);
  } else {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SILENT_SECONDS);
  }
}

/* ---- the request ---- */

static void set_protocols(CURL *easy, bool sftp) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, sftp ? "sftp" : "http,https,ftp");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                   (long)(sftp ? CURLPROTO_SFTP : CURLPROTO_HTTP | CURLPROTO_HTTPS | CURLPROTO_FTP));
#endif
}

/* "ftps:" is FTP with AUTH TLS (RFC 4217). In libcurl, "ftps:" is TLS from the first byte, on port 990. */
static rf_status set_url(CURL *easy, const char *url, rf_error *err) {
  bool ftps = rf_url_has_scheme(url, "ftps");
  char *text = rf_strdup(ftps ? url + 1 : url);
  if (text == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
  if (ftps)
    memcpy(text, "ftp", 3);
  CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, text);
  rf_free(text);
  curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)(ftps ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(easy, CURLOPT_FTPSSLAUTH, (long)CURLFTPAUTH_TLS);
  return code == CURLE_OK ? RF_OK : rf_fail(err, RF_ERR_MEMORY, "cannot allocate a URL");
}

static rf_status append(struct curl_slist **list, const char *text, rf_error *err) {
  struct curl_slist *longer = curl_slist_append(*list, text);
  if (longer == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate the headers of a request");
  *list = longer;
  return RF_OK;
}

static rf_status set_headers(CURL *easy, const rf_http_exchange *exchange, struct curl_slist **headers, rf_error *err) {
  curl_slist_free_all(*headers);
  *headers = NULL;
  for (size_t i = 0; i < exchange->header_count; i++)
    RF_TRY(append(headers, exchange->headers[i], err));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, *headers);
  return RF_OK;
}

rf_status rf_curl_options_set(CURL *easy, const rf_remote_options *remote, const rf_http_exchange *exchange, long auth,
                              struct curl_slist **headers, rf_error *err) {
  char agent[40];
  snprintf(agent, sizeof agent, "rustfits/%s", rf_version());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, agent); /* libcurl copies texts */
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (exchange->is_ftp != 1)                        /* where libcurl 7.88 would never free the name of the file */
    curl_easy_setopt(easy, CURLOPT_COOKIEFILE, ""); /* turns cookies on, without a file */
  curl_easy_setopt(easy, CURLOPT_RANGE, exchange->range);
  bool sftp = rf_url_has_scheme(exchange->url, "sftp");
  set_protocols(easy, sftp);
  set_certificates(easy, remote != NULL ? remote->ca_bundle : NULL);
  set_login(easy, remote, exchange, auth);
  if (sftp)
    rf_curl_ssh_set(easy, remote, exchange);
  set_limits(easy, remote, exchange->elapsed);
  RF_TRY(set_url(easy, exchange->url, err));
  return set_headers(easy, exchange, headers, err);
}

/* ---- requests that send ---- */

static rf_status send_by_ftp(CURL *easy, const rf_http_exchange *exchange, struct curl_slist **commands,
                             rf_error *err) {
  curl_slist_free_all(*commands);
  *commands = NULL;
  for (size_t i = 0; i < exchange->command_count; i++)
    RF_TRY(append(commands, exchange->commands[i], err));
  curl_easy_setopt(easy, CURLOPT_POSTQUOTE, *commands);
  if (exchange->has_body == 0)
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  return RF_OK;
}

rf_status rf_curl_options_send(CURL *easy, const rf_http_exchange *exchange, struct curl_slist **commands,
                               rf_error *err) {
  if (exchange->has_body == 1) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange->body_bytes);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER_BYTES);
  }
  if (exchange->is_ftp == 1)
    return send_by_ftp(easy, exchange, commands, err);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, exchange->method);
  if (exchange->expect == 0) /* An empty header "Expect:" would spoil the signature of S3 in libcurl 7. */
    curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
  return RF_OK;
}

#else
typedef int rf_curl_options_are_not_built; /* C requires a declaration in every file */
#endif
