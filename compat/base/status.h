/* SPDX-License-Identifier: BSD-3-Clause
 *
 * How functions fail: a number in *status, and a message on the stack of the process.
 */
#ifndef CF_BASE_STATUS_H
#define CF_BASE_STATUS_H

#include "fitsio.h"
#include "rustfits.h"

#if defined(__GNUC__)
#define CF_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define CF_PRINTF(text, first)
#endif

/* Sets *status to `number` if it is not above 0 yet, and pushes a message of one line. Returns *status. */
int cf_fail(int *status, int number, const char *format, ...) CF_PRINTF(3, 4);

/* Fails for a failure of the core. The number follows err->code, and is `number` where no other fits. */
int cf_fail_core(int *status, int number, const rf_error *err);

/* Leaves a function early if *status is above 0. For functions without a handle. NULL counts as an error. */
#define CF_GO(status)                                                                                                  \
  do {                                                                                                                 \
    if ((status) == NULL)                                                                                              \
      return NULL_INPUT_PTR;                                                                                           \
    if (*(status) > 0)                                                                                                 \
      return *(status);                                                                                                \
  } while (0)

#endif
