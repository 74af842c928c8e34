/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the response to a request that sends a file means: PUT, POST and DELETE, and STOR of FTP.
 */
#ifndef RF_STORE_HTTP_SENT_H
#define RF_STORE_HTTP_SENT_H

#include "store/http/response.h"

/* Returns RF_OK when the server has done what the request says. Otherwise fails, with err->http_status. `only_new`: as
 * in rf_request. */
rf_status rf_http_sent_check(const rf_http_response *response, bool only_new, rf_error *err);

/* Returns the status for a refusal of an FTP server with this reply code; a code below 400 is no refusal. */
rf_status rf_http_sent_status_ftp(int reply);

#endif
