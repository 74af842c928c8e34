/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Settings of remote access, for the whole process.
 */
#include <stdatomic.h>

#include "base/status.h"

/* Seconds. */
#define DEFAULT_TIMEOUT 360

static atomic_int timeout = DEFAULT_TIMEOUT;

int ffihtps(void) {
  return 0; /* the core has nothing to begin */
}

int ffchtps(void) {
  return 0;
}

void ffvhtps(int flag) {
  (void)flag; /* the core reports errors by messages, and prints nothing */
}

void ffshdwn(int flag) {
  (void)flag; /* the core shows no progress bar */
}

int ffgtmo(void) {
  return atomic_load(&timeout);
}

int ffstmo(int sec, int *status) {
  CF_GO(status);
  if (sec <= 0)
    return cf_fail(status, BAD_NETTIMEOUT, "a timeout of %d s is not above 0", sec);
  atomic_store(&timeout, sec);
  return *status;
}
