/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options of an easy handle: header fields, certificates, logins, limits.
 */
#ifndef RF_STORE_CURL_OPTIONS_H
#define RF_STORE_CURL_OPTIONS_H

#if defined(RF_HAVE_LIBCURL)

#include <curl/curl.h>

#include "base/error.h"

/* Sets the options of `easy` for `exchange`, but for callbacks and cookies.
 * remote   NULL: none
 * auth     CURLAUTH_... that the server of the request accepts; 0: unknown
 * headers  a list of the caller, which is replaced and must live as long as the exchange */
rf_status rf_curl_options_set(CURL *easy, const rf_remote_options *remote, const rf_http_exchange *exchange, long auth,
                              struct curl_slist **headers, rf_error *err);

/* Sets the method and the size of the body, for an exchange that sends, after rf_curl_options_set(). The list must
 * live as long as the exchange. */
rf_status rf_curl_options_send(CURL *easy, const rf_http_exchange *exchange, struct curl_slist **commands,
                               rf_error *err);

#endif
#endif
