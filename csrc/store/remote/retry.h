/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Repeats after temporary failures, with growing random delays, within the caller's limits.
 */
#ifndef RF_STORE_REMOTE_RETRY_H
#define RF_STORE_REMOTE_RETRY_H

#include <stdbool.h>

#include "base/error.h"

typedef struct rf_retry {
  const rf_remote_options *remote; /* retries, retry_seconds; borrowed */
  int left;                        /* repeats */
  double begun;                    /* time of the first attempt */
  double delay;                    /* seconds before the next attempt */
} rf_retry;

rf_retry rf_retry_begin(const rf_remote_options *remote);

/* Tells whether to repeat after `failure`, and sets the delay. Progress since the last attempt resets the number of
 * repeats, within the time limit. */
bool rf_retry_again(rf_retry *retry, const rf_error *failure, const rf_response *response, bool progressed);

/* Reports the last failure, with a remedy if there is one. Returns `status`. */
rf_status rf_retry_give_up(const rf_error *failure, rf_status status, int attempts, rf_error *err);

#endif
