/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The few macros that the C tests need. A test program is a list of RUN(function) in main() and ends with
 * `return check_report();`. A failed CHECK prints and counts, and the test goes on.
 */
#ifndef RF_TESTS_CHECK_H
#define RF_TESTS_CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int check_failures;
static int check_tests;

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: %s: failed: %s\n", __FILE__, __LINE__, __func__, #condition);                            \
      check_failures++;                                                                                                \
    }                                                                                                                  \
  } while (0)

/* The call succeeds; otherwise its message is shown. */
#define CHECK_OK(call, error)                                                                                          \
  do {                                                                                                                 \
    if ((call) != RF_OK) {                                                                                             \
      fprintf(stderr, "%s:%d: %s: %s: %s\n", __FILE__, __LINE__, __func__, #call, (error).message);                    \
      check_failures++;                                                                                                \
    }                                                                                                                  \
  } while (0)

#define CHECK_STR(actual, expected)                                                                                    \
  do {                                                                                                                 \
    const char *check_a_ = (actual), *check_e_ = (expected);                                                           \
    if (strcmp(check_a_, check_e_) != 0) {                                                                             \
      fprintf(stderr, "%s:%d: %s: \"%s\" is not \"%s\"\n", __FILE__, __LINE__, __func__, check_a_, check_e_);          \
      check_failures++;                                                                                                \
    }                                                                                                                  \
  } while (0)

#define RUN(test)                                                                                                      \
  do {                                                                                                                 \
    check_tests++;                                                                                                     \
    test();                                                                                                            \
  } while (0)

/* How many turns, or how far from one to the next: `few` where RF_TESTS_BRIEF is set. tools/test.sh sets it where
 * programs run slowly, on an emulated processor and under ThreadSanitizer. The other builds run the same tests in full.
 */
static inline size_t check_turns(size_t full, size_t few) {
  return getenv("RF_TESTS_BRIEF") != NULL ? few : full;
}

static inline int check_report(void) {
  printf("%d tests, %d failed checks\n", check_tests, check_failures);
  return check_failures == 0 ? 0 : 1;
}

#endif
