/* SPDX-License-Identifier: BSD-3-Clause
 *
 * keyword.c: keywords (FITS 4.1.2.1) as callers write them, and protected ones.
 */
#ifndef RF_HEADER_KEYWORD_H
#define RF_HEADER_KEYWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"

#define RF_KEYWORD_BYTES 80

/* A keyword of a caller, without spaces around it and "HIERARCH " before it. */
typedef struct rf_keyword {
  char name[RF_KEYWORD_BYTES]; /* a standard keyword in upper case, another as written */
  size_t length;
  bool hierarch;    /* does not fit FITS 4.1.2.1, or was written with HIERARCH */
  bool commentary;  /* COMMENT, HISTORY or blank */
  uint64_t columns; /* rf_columns8() of columns 1-8; only when !too_long */
  bool too_long;    /* more than 8 characters: only a HIERARCH card can have it */
} rf_keyword;

/* Sets *out for a search. Returns false for a keyword that no card can have. */
bool rf_keyword_normalize(const char *keyword, rf_keyword *out);
/* Sets *out for writing. RF_ERR_ARGUMENT for a keyword that no card can have. */
rf_status rf_keyword_check(const char *keyword, rf_keyword *out, rf_error *err);
/* Returns whether a keyword of n bytes, perhaps with trailing spaces, is protected. */
bool rf_keyword_protected_name(const char *name, size_t n);
/* Returns whether the string of a keyword must fit on one card. */
bool rf_keyword_is_one_card(const rf_keyword *keyword);

/* Returns eight bytes in upper case. Bytes above 0x7F stay. */
static inline uint64_t rf_upper8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t low = w & (0x7fu * ones);
  uint64_t above_z = low + (0x7fu - 'z') * ones;
  uint64_t from_a = low + (0x80u - 'a') * ones;
  uint64_t lower = (from_a ^ above_z) & ~w & (0x80u * ones);
  return w - (lower >> 2);
}

/* Returns eight bytes with spaces for control characters. */
static inline uint64_t rf_blank8(uint64_t w) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t control = ~((w & (0x7fu * ones)) + 0x60u * ones) & ~w & (0x80u * ones);
  uint64_t mask = (control >> 7) * 0xffu;
  return (w & ~mask) | ((0x20u * ones) & mask);
}

/* Returns columns 1-8 of a card in a form that can be compared. */
static inline uint64_t rf_columns8(const char *card) {
  uint64_t w;
  memcpy(&w, card, 8);
  return rf_upper8(rf_blank8(w));
}

/* Returns whether two names of n bytes are equal without regard to case; control characters are blanks. */
bool rf_keyword_equal(const char *a, const char *b, size_t n);

#endif
