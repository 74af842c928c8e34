/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the library has learnt about servers, for the life of the process: whether they send several ranges in one
 * response. Many do not (S3, CloudFront, GCS): they send the whole file instead. Any thread.
 */
#ifndef RF_STORE_REMOTE_HOST_H
#define RF_STORE_REMOTE_HOST_H

typedef enum rf_host_multirange {
  RF_HOST_UNKNOWN, /* no request so far, or too many servers since */
  RF_HOST_SENDS,
  RF_HOST_REFUSES
} rf_host_multirange;

/* Returns what is known about the server of a URL: its scheme, host and port. */
rf_host_multirange rf_host_get_multirange(const char *url);

void rf_host_set_multirange(const char *url, rf_host_multirange multirange);

#endif
