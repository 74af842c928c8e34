/* SPDX-License-Identifier: BSD-3-Clause
 *
 * s3://bucket/key: the address of the object, and who asks for it.
 */
#ifndef RF_STORE_HTTP_S3_H
#define RF_STORE_HTTP_S3_H

#include "store/remote/location.h"

/* Whether a name is one of S3. */
bool rf_s3_is_name(const char *name);

/* As rf_target_of and rf_target_retry, for such names. What comes behind the bucket is the key as it is: nothing in it
 * is encoded, nothing is a query. */
rf_status rf_s3_target(const char *name, const rf_remote_options *remote, rf_target *target, rf_error *err);
bool rf_s3_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_target *target);

#endif
