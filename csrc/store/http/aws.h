/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the environment and the profile files of Amazon's tools say about who we are and where to.
 */
#ifndef RF_STORE_HTTP_AWS_H
#define RF_STORE_HTTP_AWS_H

#include "base/error.h"

/* Texts are freed by rf_aws_release; NULL: not said. */
typedef struct rf_aws {
  char *key; /* access key; with a secret or not at all */
  char *secret;
  char *token; /* of a session */
  char *region;
  char *endpoint;
} rf_aws;

/* Looks at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION,
 * AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL; for what is not there at the profile AWS_PROFILE ("default") of
 * AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config). Files that cannot be read say
 * nothing. Fails for want of memory only. */
rf_status rf_aws_look(rf_aws *aws, rf_error *err);
void rf_aws_release(rf_aws *aws);

/* Takes what `text` of n bytes, a profile file, says in [section] and was not said before. For rf_aws_look. */
rf_status rf_aws_read_profile(rf_aws *aws, const char *text, size_t n, const char *section, rf_error *err);

#endif
