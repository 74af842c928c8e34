/* SPDX-License-Identifier: BSD-3-Clause
 *
 * token.c: the tokens of a formula.
 */
#ifndef RF_EXPR_FORMULA_TOKEN_H
#define RF_EXPR_FORMULA_TOKEN_H

#include "expr/formula/node.h"

typedef enum rf_formula_token_kind {
  RF_FT_END,
  RF_FT_LOGICAL, /* integer */
  RF_FT_INTEGER, /* integer */
  RF_FT_REAL,    /* real */
  RF_FT_STRING,  /* text */
  RF_FT_BITS,    /* text: all of it, "b01x" */
  RF_FT_NAME,    /* text */
  RF_FT_KEYWORD, /* text, behind '#' */
  RF_FT_CALL,    /* text: the name of a function; the '(' belongs to it */
  RF_FT_TO_INTEGER,
  RF_FT_TO_REAL,
  RF_FT_EQ,
  RF_FT_NE,
  RF_FT_LT,
  RF_FT_LE,
  RF_FT_GT,
  RF_FT_GE,
  RF_FT_OR,
  RF_FT_AND,
  RF_FT_NOT,
  RF_FT_XOR,
  RF_FT_POWER,
  RF_FT_OTHER /* a character: `other` */
} rf_formula_token_kind;

typedef struct rf_formula_token {
  rf_formula_token_kind kind;
  char other; /* RF_FT_OTHER, else 0 */
  uint32_t at, end;
  const char *text; /* not NUL-terminated */
  uint32_t length;
  int64_t integer;
  double real;
} rf_formula_token;

/* Reads the token at or behind byte `at`. */
rf_status rf_formula_next(const rf_formula *formula, uint32_t at, rf_formula_token *token, rf_error *err);

/* Tells whether a text is `word`, ASCII letters in any case. `word` is in upper case. */
bool rf_formula_is(const char *text, size_t length, const char *word);

#endif
