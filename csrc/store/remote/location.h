/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a remote file is: the URL for the name that a user wrote, with the credentials and headers for its server.
 */
#ifndef RF_STORE_REMOTE_LOCATION_H
#define RF_STORE_REMOTE_LOCATION_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_location {
  char *url;      /* as in rf_request */
  char *user;     /* NULL: none */
  char *password; /* NULL: none */
  char *sigv4;    /* as in rf_request; NULL: not signed */
  char **headers; /* for this server only */
  size_t header_count;
  bool is_s3;
  bool is_signed;
  char region[32]; /* of an S3 bucket */
  int tries;       /* calls of rf_location_retry() for an S3 bucket */
} rf_location;

/* Parses a name, "scheme://...". s3://bucket/key becomes the URL of the object, unsigned unless remote->credentials is
 * RF_S3_SIGNED or the caller gives credentials. RF_ERR_ARGUMENT for malformed names; messages do not repeat the name.
 */
rf_status rf_location_parse(const char *name, const rf_remote_options *remote, rf_location *location, rf_error *err);

/* Changes the location after the server has refused a first request with the facts `said`: signs the request, or
 * chooses another region. Returns false if nothing is left to try. */
bool rf_location_retry(const char *name, const rf_remote_options *remote, const rf_response *said,
                       rf_location *location);

void rf_location_free(rf_location *location);

#endif
