/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Expectations of programs that run on the layer alone.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include <fitsio.h>
#include <stdio.h>

static int failures;

#define EXPECT(condition)                                                                                              \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      printf("line %d: %s\n", __LINE__, #condition);                                                                   \
      failures++;                                                                                                      \
    }                                                                                                                  \
  } while (0)

/* Expects a status of a call, and clears it. */
#define IS(call, number)                                                                                               \
  do {                                                                                                                 \
    int result = (call);                                                                                               \
    if (result != (number) || status != (number)) {                                                                    \
      printf("line %d: %s is %d, not %d\n", __LINE__, #call, result, number);                                          \
      failures++;                                                                                                      \
    }                                                                                                                  \
    status = 0;                                                                                                        \
    ffcmsg();                                                                                                          \
  } while (0)

static int status;

#endif
