/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The cards of a binary table that a test puts together.
 */
#ifndef RF_TESTS_TABLE_CARDS_H
#define RF_TESTS_TABLE_CARDS_H

#include "fits_bytes.h"
#include "table_calls.h"

static rf_error err;

static inline void number_card(fits_bytes *fits, const char *key, unsigned n, const char *value) {
  char keyword[32], text[81];
  snprintf(keyword, sizeof keyword, "%s%u", key, n);
  snprintf(text, sizeof text, "%-8.8s= %20s", keyword, value);
  fits_card(fits, text);
}

static inline void string_card(fits_bytes *fits, const char *key, unsigned n, const char *value) {
  char keyword[32], text[81];
  snprintf(keyword, sizeof keyword, "%s%u", key, n);
  snprintf(text, sizeof text, "%-8.8s= '%-8s'", keyword, value);
  fits_card(fits, text);
}

static inline void begin_table(fits_bytes *fits, long long row_bytes, long long nrows, long long pcount,
                               long long ncols) {
  fits_image(fits, true, 0, NULL);
  fits_card(fits, "XTENSION= 'BINTABLE'");
  fits_integer(fits, "BITPIX", 8);
  fits_integer(fits, "NAXIS", 2);
  fits_integer(fits, "NAXIS1", row_bytes);
  fits_integer(fits, "NAXIS2", nrows);
  fits_integer(fits, "PCOUNT", pcount);
  fits_integer(fits, "GCOUNT", 1);
  fits_integer(fits, "TFIELDS", ncols);
}

#endif
