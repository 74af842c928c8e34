/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(RF_HAVE_LIBCURL)

#include "store/curl/transfer.h"

#include <errno.h>
#include <stdio.h>

#include "store/curl/options.h"

/* ---- what arrives ---- */

static size_t on_header(char *line, size_t size, size_t count, void *context) {
  rf_curl_transfer *t = context;
  rf_http_fetch_take_header(t->fetch, t->index, line, size * count);
  return size * count;
}

/* Any other number than that of the bytes makes libcurl stop. */
static size_t on_body(char *data, size_t size, size_t count, void *context) {
  rf_curl_transfer *t = context;
  size_t n = size * count;
  return rf_http_fetch_take_body(t->fetch, t->index, data, n) == RF_HTTP_CONTINUE ? n : 0;
}

/* ---- begin ---- */

rf_status rf_curl_transfer_begin(rf_curl_transfer *t, bool *is_ftp, rf_http_action *action, rf_error *err) {
  rf_http_exchange exchange = {.size = sizeof exchange};
  *action = rf_http_fetch_begin(t->fetch, t->index, &exchange);
  if (*action != RF_HTTP_REQUEST)
    return RF_OK;
  *is_ftp = exchange.is_ftp == 1;
  t->sends_login = exchange.is_elsewhere == 0 && exchange.user != NULL && exchange.sigv4 == NULL;
  t->text[0] = '\0';
  curl_easy_reset(t->easy); /* keeps its connections */
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->text);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SHARE, t->session->cookies);
  return rf_curl_options_set(t->easy, t->request->remote, &exchange, rf_curl_session_get_auth(t->session), &t->headers,
                             err);
}

void rf_curl_transfer_free(rf_curl_transfer *t) {
  if (t->easy != NULL)
    curl_easy_reset(t->easy); /* it points to the transfer */
  curl_slist_free_all(t->headers);
  t->headers = NULL;
}

/* ---- the end ---- */

static rf_status status_of(CURLcode code) {
  switch (code) {
  case CURLE_OPERATION_TIMEDOUT:
    return RF_ERR_TIMEOUT;
  case CURLE_PARTIAL_FILE:
  case CURLE_BAD_DOWNLOAD_RESUME:
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
    return RF_ERR_HTTP_STATUS;
  case CURLE_FTP_COULDNT_USE_REST:
    return RF_ERR_UNSUPPORTED;
  default:
    return RF_ERR_NETWORK;
  }
}

/* The errno of a server that could not be reached, or 0. */
static int unreachable(const rf_curl_transfer *t, CURLcode code) {
  long number = 0;
  curl_off_t connected = 0;
  switch (code) {
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return EHOSTUNREACH;
  case CURLE_COULDNT_CONNECT:
#if !defined(_WIN32)
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
#endif
    return number > 0 ? (int)number : ECONNREFUSED;
  case CURLE_OPERATION_TIMEDOUT:
    curl_easy_getinfo(t->easy, CURLINFO_CONNECT_TIME_T, &connected);
    return connected == 0 ? ETIMEDOUT : 0;
  default:
    return 0;
  }
}

static const char *cause_of(const rf_curl_transfer *t, CURLcode code) {
  if (code == CURLE_USE_SSL_FAILED)
    return "the server does not offer TLS (AUTH TLS), which ftps:// requires";
  return t->text[0] != '\0' ? t->text : curl_easy_strerror(code);
}

/* Basic can be sent at once to a server that accepts nothing else. Digest requires a challenge every time. */
static void learn_auth(const rf_curl_transfer *t) {
  long offered = 0;
  if (!t->sends_login)
    return;
  curl_easy_getinfo(t->easy, CURLINFO_HTTPAUTH_AVAIL, &offered);
  if ((offered & (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST)) == (long)CURLAUTH_BASIC)
    rf_curl_session_set_auth(t->session, (long)CURLAUTH_BASIC);
}

rf_http_action rf_curl_transfer_end(rf_curl_transfer *t, CURLcode code) {
  curl_off_t microseconds = 0;
  rf_error ending;
  rf_error_clear(&ending);
  curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  learn_auth(t);
  if (code != CURLE_OK) {
    (void)rf_fail(&ending, status_of(code), "%s", cause_of(t, code));
    ending.sys_errno = unreachable(t, code);
  }
  return rf_http_fetch_end(t->fetch, t->index, &ending, (double)microseconds / 1e6);
}

#else
typedef int rf_curl_transfer_is_not_built; /* C requires a declaration in every file */
#endif
