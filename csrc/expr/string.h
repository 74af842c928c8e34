/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Strings of cells and literals: pointers into memory of the caller.
 */
#ifndef RF_EXPR_STRING_H
#define RF_EXPR_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rf_str {
  const char *text;
  size_t length;
} rf_str;

/* How a string is looked at; saves writing lower() and upper() into memory. ASCII letters only. */
typedef enum rf_fold { RF_FOLD_NONE, RF_FOLD_LOWER, RF_FOLD_UPPER } rf_fold;

/* Cut at a NUL, and trailing blanks off (FITS 7.3.3.1: what follows a NUL has no meaning). */
rf_str rf_str_trim(const char *text, size_t length);
rf_str rf_str_strip(rf_str s); /* blanks at the beginning too */

/* By bytes. Negative, 0 or positive. */
int rf_str_compare(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b);
bool rf_str_equal(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b);
bool rf_str_starts(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);
bool rf_str_ends(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);
bool rf_str_contains(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);

#endif
