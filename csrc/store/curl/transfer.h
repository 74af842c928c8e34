/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One transfer of a fetch in libcurl: an easy handle whose bytes go to the rf_http_fetch, which judges them.
 */
#ifndef RF_STORE_CURL_TRANSFER_H
#define RF_STORE_CURL_TRANSFER_H

#if defined(RF_HAVE_LIBCURL)

#include "store/curl/session.h"

typedef struct rf_curl_transfer {
  const rf_request *request;
  rf_curl_session *session;
  rf_http_fetch *fetch;
  size_t index; /* in the fetch */
  CURL *easy;
  struct curl_slist *headers;
  rf_http_exchange exchange;
  bool busy;                   /* an exchange is under way */
  bool sends_login;            /* that of the request, to its server */
  bool is_sftp;                /* all below are for SFTP */
  bool looks;                  /* the exchange begins with a look at the file: size and time, no body */
  bool told;                   /* the fetch knows what libcurl knows of the file */
  bool sized;                  /* libcurl knows the length of the body; it knows none of an empty file */
  bool timed;                  /* libcurl knows the time of the file: the server has answered */
  bool has_body;               /* a byte has arrived */
  struct curl_slist *commands; /* of FTP */
  uint64_t given;              /* bytes of the body of the request that libcurl has read */
  char text[CURL_ERROR_SIZE];
} rf_curl_transfer;

/* Begins the next exchange. `action` receives RF_HTTP_REQUEST if the handle is ready for libcurl's loop. */
rf_status rf_curl_transfer_begin(rf_curl_transfer *transfer, bool *is_ftp, rf_http_action *action, rf_error *err);

/* Ends the exchange, to which libcurl's loop gave `code`. */
rf_http_action rf_curl_transfer_end(rf_curl_transfer *transfer, CURLcode code);

void rf_curl_transfer_free(rf_curl_transfer *transfer);

#endif
#endif
