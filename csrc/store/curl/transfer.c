/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(RF_HAVE_LIBCURL)

#include "store/curl/transfer.h"

#include <errno.h>
#include <stdio.h>

#include "store/curl/options.h"
#include "store/curl/ssh.h"
#include "store/http/url.h"

/* ---- facts of a file, for SFTP ---- */

static void tell_number(rf_curl_transfer *t, const char *format, curl_off_t number) {
  char line[64];
  int n = snprintf(line, sizeof line, format, (long long)number);
  rf_http_fetch_take_header(t->fetch, t->index, line, (size_t)n);
}

static void tell_size(rf_curl_transfer *t, curl_off_t size) {
  tell_number(t, "Content-Range: bytes */%lld", size);
}

/* SFTP has no header fields. libcurl knows the time of the file before its first byte, and the length of the body. */
static void tell_facts(rf_curl_transfer *t) {
  curl_off_t length = -1, seconds = -1;
  if (!t->is_sftp || t->told)
    return;
  t->told = true;
  curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  curl_easy_getinfo(t->easy, CURLINFO_FILETIME_T, &seconds);
  t->sized = length >= 0;
  t->timed = seconds >= 0;
  if (t->sized && (t->looks || t->exchange.range == NULL))
    tell_size(t, length);
  if (t->timed)
    tell_number(t, "ETag: \"%lld\"", seconds);
}

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
  tell_facts(t);
  t->has_body = true;
  return rf_http_fetch_take_body(t->fetch, t->index, data, n) == RF_HTTP_CONTINUE ? n : 0;
}

/* ---- what is sent ---- */

static size_t on_read(char *buffer, size_t size, size_t count, void *context) {
  rf_curl_transfer *t = context;
  size_t got;
  if (rf_http_fetch_give_body(t->fetch, t->index, t->given, buffer, size * count, &got) != RF_HTTP_CONTINUE)
    return CURL_READFUNC_ABORT;
  t->given += got;
  return got;
}

/* libcurl begins again after a login or a redirect. */
static int on_seek(void *context, curl_off_t offset, int origin) {
  rf_curl_transfer *t = context;
  if (origin != SEEK_SET || offset < 0)
    return CURL_SEEKFUNC_CANTSEEK;
  t->given = (uint64_t)offset;
  return CURL_SEEKFUNC_OK;
}

/* ---- begin ---- */

/* Gets the next exchange, unless the look at the file has ended, which is the first half of one. */
static rf_http_action next_exchange(rf_curl_transfer *t) {
  if (t->looks) {
    t->looks = false;
    return RF_HTTP_REQUEST;
  }
  rf_http_exchange *exchange = &t->exchange;
  *exchange = (rf_http_exchange){.size = sizeof *exchange};
  rf_http_action action = rf_http_fetch_begin(t->fetch, t->index, exchange);
  if (action != RF_HTTP_REQUEST)
    return action;
  t->sends_login = exchange->is_elsewhere == 0 && exchange->user != NULL && exchange->sigv4 == NULL;
  t->is_sftp = rf_url_has_scheme(exchange->url, "sftp");
  t->looks = t->is_sftp && t->request->whole_or_range == 1;
  t->told = t->has_body = false;
  return action;
}

rf_status rf_curl_transfer_begin(rf_curl_transfer *t, bool *is_ftp, rf_http_action *action, rf_error *err) {
  *action = next_exchange(t);
  if (*action != RF_HTTP_REQUEST)
    return RF_OK;
  *is_ftp = t->exchange.is_ftp == 1;
  t->text[0] = '\0';
  curl_easy_reset(t->easy); /* keeps its connections */
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->text);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SHARE, t->session->cookies);
  RF_TRY(rf_curl_options_set(t->easy, t->request->remote, &t->exchange, rf_curl_session_get_auth(t->session),
                             &t->headers, err));
  if (t->looks) { /* the length of a range would hide that of the file */
    curl_easy_setopt(t->easy, CURLOPT_RANGE, NULL);
    curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
  }
  if (t->exchange.method == NULL)
    return RF_OK;
  t->given = 0;
  curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
  return rf_curl_options_send(t->easy, &t->exchange, &t->commands, err);
}

void rf_curl_transfer_free(rf_curl_transfer *t) {
  if (t->easy != NULL)
    curl_easy_reset(t->easy); /* it points to the transfer */
  curl_slist_free_all(t->headers);
  curl_slist_free_all(t->commands);
  t->headers = t->commands = NULL;
}

/* ---- the end ---- */

/* Tells whether an exchange of SFTP that begins with the first byte has brought none. */
static bool has_nothing(const rf_curl_transfer *t) {
  bool first = t->exchange.range == NULL || t->request->whole_or_range == 1;
  return t->is_sftp && first && !t->has_body;
}

static bool is_unreadable(const rf_curl_transfer *t) {
  return has_nothing(t) && !t->looks && t->timed;
}

static rf_status status_of(const rf_curl_transfer *t, CURLcode code) {
  rf_status status = t->is_sftp ? rf_curl_ssh_status(code, t->request->validator != NULL, is_unreadable(t)) : RF_OK;
  if (status != RF_OK)
    return status;
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
  case CURLE_UPLOAD_FAILED:
  case CURLE_QUOTE_ERROR:
  case CURLE_REMOTE_DISK_FULL:
    return RF_ERR_READONLY;
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
  const char *cause = t->is_sftp ? rf_curl_ssh_cause(code, is_unreadable(t)) : NULL;
  if (cause != NULL)
    return cause;
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

/* Tells whether libcurl took a lost connection of SFTP for the end of the file: it learned nothing of the file. */
static bool is_lost(const rf_curl_transfer *t) {
  return t->is_sftp && !t->timed && !t->sized && !t->has_body;
}

/* Fills in the failure of an exchange to which libcurl's loop gave `code`. */
static void find_ending(rf_curl_transfer *t, CURLcode code, rf_error *ending) {
  if (code != CURLE_OK) {
    (void)rf_fail(ending, status_of(t, code), "%s", cause_of(t, code));
    ending->sys_errno = unreachable(t, code);
  } else if (is_lost(t)) {
    (void)rf_fail(ending, RF_ERR_NETWORK, "the connection to the server was lost");
  } else if (!t->looks && !t->sized && has_nothing(t)) {
    tell_size(t, 0);
  }
}

rf_http_action rf_curl_transfer_end(rf_curl_transfer *t, CURLcode code) {
  curl_off_t microseconds = 0;
  rf_error ending;
  rf_error_clear(&ending);
  curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &microseconds);
  learn_auth(t);
  tell_facts(t);
  find_ending(t, code, &ending);
  if (t->looks && ending.code == RF_OK)
    return RF_HTTP_REQUEST;
  t->looks = false;
  return rf_http_fetch_end(t->fetch, t->index, &ending, (double)microseconds / 1e6);
}

#else
typedef int rf_curl_transfer_is_not_built; /* C requires a declaration in every file */
#endif
