/* SPDX-License-Identifier: BSD-3-Clause
 *
 * parser.c: the grammar. Operators from loosest to tightest: ?:, ||, &&, == != ~, < > <= >= and x = a : b, + - %, * /,
 * & | ^^, ** (from the right), ! and casts, sign, [ ].
 */
#ifndef RF_EXPR_FORMULA_PARSER_H
#define RF_EXPR_FORMULA_PARSER_H

#include "expr/formula/token.h"

#define RF_FORMULA_BYTES 65536
#define RF_FORMULA_DEPTH 200
#define RF_FORMULA_ARGUMENTS 10

typedef struct rf_formula_parser {
  rf_formula *formula;
  rf_formula_token token; /* the next one */
  int depth;
  rf_error *err;
} rf_formula_parser;

/* Parses the whole text. *index receives the node of the result. */
rf_status rf_formula_parse(rf_formula *formula, uint32_t *index, rf_error *err);

/* Takes the next token. */
rf_status rf_formula_advance(rf_formula_parser *parser);

/* Fails where the next token is. */
rf_status rf_formula_unexpected(const rf_formula_parser *parser);

/* Takes the next token, which must be the character c. */
rf_status rf_formula_expect(rf_formula_parser *parser, char c);

/* Parses a whole expression. */
rf_status rf_formula_parse_any(rf_formula_parser *parser, uint32_t *index);

#endif
