/* SPDX-License-Identifier: BSD-3-Clause
 *
 * lexer.c: characters to tokens.
 */
#ifndef RF_EXPR_LEXER_H
#define RF_EXPR_LEXER_H

#include "base/error.h"
#include "expr/number.h"
#include "expr/string.h"

typedef enum rf_token_kind {
  RF_TOKEN_END,
  RF_TOKEN_NUMBER,
  RF_TOKEN_STRING,
  RF_TOKEN_WORD, /* a name, or the name of a function */
  RF_TOKEN_NAME, /* in back-quotes */
  RF_TOKEN_TRUE,
  RF_TOKEN_FALSE,
  RF_TOKEN_OR,
  RF_TOKEN_AND,
  RF_TOKEN_NOT,
  RF_TOKEN_IN,
  RF_TOKEN_EQ,
  RF_TOKEN_NE,
  RF_TOKEN_LT,
  RF_TOKEN_LE,
  RF_TOKEN_GT,
  RF_TOKEN_GE,
  RF_TOKEN_PLUS,
  RF_TOKEN_MINUS,
  RF_TOKEN_TIMES,
  RF_TOKEN_DIVIDE,
  RF_TOKEN_MODULO,
  RF_TOKEN_POWER,
  RF_TOKEN_OPEN,
  RF_TOKEN_CLOSE,
  RF_TOKEN_OPEN_LIST,
  RF_TOKEN_CLOSE_LIST,
  RF_TOKEN_COMMA
} rf_token_kind;

typedef struct rf_token {
  rf_token_kind kind;
  uint32_t at; /* first byte */
  uint32_t end;
  rf_num number;
  rf_str string; /* of STRING, WORD and NAME, without quotes */
} rf_token;

/* Reads the token at text[at]. `room` receives the characters of strings and names from *used on; it is as long as the
 * text. */
rf_status rf_token_read(const rf_expr *expr, uint32_t at, char *room, size_t *used, rf_token *token, rf_error *err);

#endif
