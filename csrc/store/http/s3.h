/* SPDX-License-Identifier: BSD-3-Clause
 *
 * s3://bucket/key: the URL of the object, and the credentials for it.
 */
#ifndef RF_STORE_HTTP_S3_H
#define RF_STORE_HTTP_S3_H

#include "store/remote/location.h"

/* Is the scheme of the name "s3"? */
bool rf_s3_is_name(const char *name);

/* Do what rf_location_parse() and rf_location_retry() do, for such names. All after the bucket is the key as it is: it
 * has no percent-encoding and no query. */
rf_status rf_s3_locate(const char *name, const rf_remote_options *remote, rf_location *location, rf_error *err);
bool rf_s3_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_location *location);

#endif
