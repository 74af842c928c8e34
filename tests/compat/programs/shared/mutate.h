/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Text that is changed at random places, the same in every run.
 */
#ifndef TESTS_COMPAT_MUTATE_H
#define TESTS_COMPAT_MUTATE_H

#include <stdio.h>
#include <string.h>

static unsigned long long mutate_state = 88172645463325252ULL;

static inline unsigned random_below(unsigned n) {
  mutate_state ^= mutate_state << 13;
  mutate_state ^= mutate_state >> 7;
  mutate_state ^= mutate_state << 17;
  return (unsigned)((mutate_state >> 11) % n);
}

/* Changes, deletes or inserts up to 3 characters of `text`, which is at most `most` characters long. New ones are of
 * `alphabet`. */
static inline void mutate(char *text, size_t most, const char *alphabet) {
  for (unsigned edits = 1 + random_below(3); edits > 0; edits--) {
    size_t n = strlen(text), at = random_below((unsigned)n + 1);
    char letter = alphabet[random_below((unsigned)strlen(alphabet))];
    switch (random_below(3)) {
    case 0:
      if (at < n)
        text[at] = letter;
      break;
    case 1:
      if (at < n)
        memmove(text + at, text + at + 1, n - at);
      break;
    default:
      if (n < most) {
        memmove(text + at + 1, text + at, n - at + 1);
        text[at] = letter;
      }
    }
  }
}

#endif
