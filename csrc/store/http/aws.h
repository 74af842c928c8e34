/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Credentials, region and endpoint from the environment and the profile files of Amazon's tools.
 */
#ifndef RF_STORE_HTTP_AWS_H
#define RF_STORE_HTTP_AWS_H

#include "base/error.h"

/* Texts are freed by rf_aws_free(). NULL: absent. */
typedef struct rf_aws {
  char *key; /* access key; set together with the secret */
  char *secret;
  char *token; /* of a session; NULL: none */
  char *region;
  char *endpoint;
} rf_aws;

/* Loads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION,
 * AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL. What is absent comes from the profile AWS_PROFILE ("default") of
 * AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config). Ignores files that it cannot
 * read. Fails with RF_ERR_MEMORY only. */
rf_status rf_aws_load(rf_aws *aws, rf_error *err);
void rf_aws_free(rf_aws *aws);

/* Reads [section] of a profile file, `text` of n bytes, and fills in what is absent. For rf_aws_load(). */
rf_status rf_aws_read_profile(rf_aws *aws, const char *text, size_t n, const char *section, rf_error *err);

#endif
