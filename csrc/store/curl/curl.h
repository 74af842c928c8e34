/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The transport of libcurl.
 */
#ifndef RF_STORE_CURL_CURL_H
#define RF_STORE_CURL_CURL_H

#include "base/error.h"

#if defined(RF_HAVE_LIBCURL)
extern const rf_transport rf_curl_transport; /* http, https, ftp, ftps, s3, sftp */
#endif

#endif
