/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options of an easy handle for SFTP: the user, keys, and the list of known hosts.
 */
#ifndef RF_STORE_CURL_SSH_H
#define RF_STORE_CURL_SSH_H

#if defined(RF_HAVE_LIBCURL)

#include <curl/curl.h>
#include <stdbool.h>

#include "base/error.h"

/* Sets the options of `easy` for an exchange with an SSH server. Servers whose key is not in ~/.ssh/known_hosts are
 * refused. */
void rf_curl_ssh_set(CURL *easy, const rf_remote_options *remote, const rf_http_exchange *exchange);

/* Returns the status of an error code of SFTP, or RF_OK: it has no meaning of its own there.
 * known       the size of the file was known when the range was requested
 * unreadable  the server found the file and sent no byte */
rf_status rf_curl_ssh_status(CURLcode code, bool known, bool unreadable);

/* Returns a message for an error code of SFTP, or NULL: that of libcurl is good. */
const char *rf_curl_ssh_cause(CURLcode code, bool unreadable);

#endif
#endif
