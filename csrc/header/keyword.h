/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords (FITS 4.1.2.1) as callers write them, and the ones that are protected.
 */
#ifndef RF_HEADER_KEYWORD_H
#define RF_HEADER_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

#define RF_KEYWORD_BYTES 80

/* A keyword as a caller gives it: blanks around it and "HIERARCH " before it cut. */
typedef struct rf_keyword {
  char name[RF_KEYWORD_BYTES]; /* upper case when it is a standard one, else as given */
  size_t length;
  bool hierarch;    /* does not fit columns 1-8 of FITS 4.1.2.1, or HIERARCH was asked for */
  bool commentary;  /* COMMENT, HISTORY or blank */
  uint64_t columns; /* the upper-cased first 8 columns as memory has them, for comparing; when !too_long */
  bool too_long;    /* more than 8 characters: only a HIERARCH card can have it */
} rf_keyword;

/* For looking up: never complains; what no card can have is just not found (false). */
bool rf_keyword_normalize(const char *keyword, rf_keyword *out);
/* For writing: RF_ERR_ARGUMENT when no card can have it. */
rf_status rf_keyword_check(const char *keyword, rf_keyword *out, rf_error *err);
/* Protected, for the 8 columns of a card. */
bool rf_keyword_protected_name(const char *name, size_t n);
/* A keyword whose string must not go on behind its card. */
bool rf_keyword_is_one_card(const rf_keyword *keyword);

/* Eight bytes in upper case; bytes above 0x7F are left alone. */
static inline uint64_t rf_upper8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t low = w & (0x7fu * ones);
  uint64_t above_z = low + (0x7fu - 'z') * ones;
  uint64_t from_a = low + (0x80u - 'a') * ones;
  uint64_t lower = (from_a ^ above_z) & ~w & (0x80u * ones);
  return w - (lower >> 2);
}

/* Eight bytes with blanks for control characters. */
static inline uint64_t rf_blank8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t control = ~((w & (0x7fu * ones)) + 0x60u * ones) & ~w & (0x80u * ones);
  uint64_t mask = (control >> 7) * 0xffu;
  return (w & ~mask) | ((0x20u * ones) & mask);
}

/* The columns of a keyword, for comparing. */
static inline uint64_t rf_columns8(const char *card) {
  uint64_t w;
  memcpy(&w, card, 8);
  return rf_upper8(rf_blank8(w));
}

/* Returns whether two names of n bytes are equal without regard to case; control characters are blanks. */
bool rf_keyword_equal(const char *a, const char *b, size_t n);

#endif
