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

/* How a string is compared, so that lower() and upper() write no memory. ASCII letters only. */
typedef enum rf_fold { RF_FOLD_NONE, RF_FOLD_LOWER, RF_FOLD_UPPER } rf_fold;

/* Returns the string up to a NUL (FITS 7.3.3.1), without trailing spaces. */
rf_str rf_str_trim(const char *text, size_t length);
rf_str rf_str_strip(rf_str s); /* without leading spaces, too */

/* Compare bytes. The first function returns a negative number, 0 or a positive one. */
int rf_str_compare(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b);
bool rf_str_equal(rf_str a, rf_fold fold_a, rf_str b, rf_fold fold_b);
bool rf_str_starts(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);
bool rf_str_ends(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);
bool rf_str_contains(rf_str s, rf_fold fold_s, rf_str part, rf_fold fold_part);

#endif
