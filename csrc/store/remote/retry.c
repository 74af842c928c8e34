/* SPDX-License-Identifier: BSD-3-Clause */
#include "store/remote/retry.h"

#include <string.h>

#include "base/system/platform.h"

#define FIRST_DELAY 0.2 /* seconds before the first repeat; each later delay is twice as long */
#define MAX_DELAY 8.0

rf_retry rf_retry_begin(const rf_remote_options *remote) {
  return (rf_retry){remote, remote->retries, rf_time_seconds(), 0};
}

static bool is_temporary(const rf_error *failure, const rf_response *response) {
  switch (failure->code) {
  case RF_ERR_NETWORK:
  case RF_ERR_TIMEOUT:
  case RF_ERR_TRUNCATED:
    return true;
  case RF_ERR_HTTP_STATUS: {
    int status = failure->http_status != 0 ? failure->http_status : response->status;
    return status == 408 || status == 425 || status == 429 || (status >= 500 && status != 501 && status != 505) ||
           (status >= 420 && status <= 426 && response->status == status); /* FTP: temporary failures */
  }
  default:
    return false;
  }
}

/* Returns a number from 0 to 1 that differs between callers that failed together. */
static double random_fraction(const rf_retry *retry) {
  uint64_t mixed =
      (uint64_t)(rf_time_seconds() * 1e9) ^ (uint64_t)(uintptr_t)retry->remote ^ (uint64_t)retry->left << 32;
  mixed *= UINT64_C(0x9E3779B97F4A7C15);
  return (double)(mixed >> 40) / (double)(1 << 24);
}

bool rf_retry_again(rf_retry *retry, const rf_error *failure, const rf_response *response, bool progressed) {
  if (!is_temporary(failure, response))
    return false;
  if (progressed)
    retry->left = retry->remote->retries;
  if (retry->left <= 0)
    return false;
  double base = FIRST_DELAY;
  for (int i = retry->left; i < retry->remote->retries && base < MAX_DELAY; i++)
    base *= 2;
  retry->delay = base * (0.5 + random_fraction(retry));
  if (response->retry_after > retry->delay)
    retry->delay = response->retry_after;
  retry->left--;
  return rf_time_seconds() + retry->delay - retry->begun < retry->remote->retry_seconds;
}

/* Returns a remedy for some failures, or "". */
static const char *remedy(const rf_error *failure) {
  bool unknown = failure->code == RF_ERR_TLS &&
                 (strstr(failure->message, "issuer") != NULL || strstr(failure->message, "self-signed") != NULL ||
                  strstr(failure->message, "self signed") != NULL);
  if (unknown)
    return "; to trust who signed it, give that certificate as ca_bundle";
  if (strstr(failure->message, "RequestTimeTooSkewed") != NULL)
    return "; the clock of this machine is wrong";
  return strstr(failure->message, "ExpiredToken") != NULL ? "; get new credentials" : "";
}

rf_status rf_retry_give_up(const rf_error *failure, rf_status status, int attempts, rf_error *err) {
  if (err == NULL || err->code != RF_OK)
    return status;
  if (attempts > 1)
    rf_fail(err, status, "%.500s (after %d attempts)%s", failure->message, attempts, remedy(failure));
  else
    rf_fail(err, status, "%.600s%s", failure->message, remedy(failure));
  err->sys_errno = failure->sys_errno;
  err->http_status = failure->http_status;
  return status;
}
