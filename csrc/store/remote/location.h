/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where a remote file is and what opens it: the name that a user gave becomes a URL, with the credentials and headers
 * for that server.
 */
#ifndef RF_STORE_REMOTE_LOCATION_H
#define RF_STORE_REMOTE_LOCATION_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_target {
  char *url;      /* as in rf_request */
  char *user;     /* NULL: none */
  char *password; /* NULL: none */
  char *sigv4;    /* NULL: not signed */
  char **headers; /* for this server only */
  size_t header_count;
  bool is_s3;
  bool is_signed;
  char region[32]; /* s3 */
  int tries;       /* s3: how often rf_target_retry was asked */
} rf_target;

/* Takes a name apart: "scheme://...". s3://bucket/key becomes the address of the object, not signed unless
 * remote->anonymous is -1. RF_ERR_ARGUMENT for names that cannot be; messages do not repeat the name. */
rf_status rf_target_of(const char *name, const rf_remote_options *remote, rf_target *target, rf_error *err);

/* After the server has refused a first request: true when the target was changed to something worth asking for (signed
 * where it was not and there are credentials; another region). `said` is what the server answered. Nothing to gain:
 * false. */
bool rf_target_retry(const char *name, const rf_remote_options *remote, const rf_response *said, rf_target *target);

void rf_target_release(rf_target *target);

#endif
