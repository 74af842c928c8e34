/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/parser.h"

#include "base/array.h"
#include "base/memory.h"
#include "expr/formula/build.h"
#include "expr/formula/call.h"

rf_status rf_formula_advance(rf_formula_parser *parser) {
  return rf_formula_next(parser->formula, parser->token.end, &parser->token, parser->err);
}

rf_status rf_formula_unexpected(const rf_formula_parser *parser) {
  const rf_formula_token *token = &parser->token;
  if (token->kind == RF_FT_END)
    return rf_formula_fail(parser->formula, parser->err, RF_ERR_ARGUMENT, token->at, "an end that is not expected");
  return rf_formula_fail(parser->formula, parser->err, RF_ERR_ARGUMENT, token->at, "an unexpected \"%.*s\"",
                         token->end - token->at < 20 ? (int)(token->end - token->at) : 20,
                         parser->formula->text + token->at);
}

rf_status rf_formula_expect(rf_formula_parser *parser, char c) {
  if (parser->token.other != c)
    return rf_formula_unexpected(parser);
  return rf_formula_advance(parser);
}

static rf_status enter(rf_formula_parser *parser) {
  if (++parser->depth > RF_FORMULA_DEPTH)
    return rf_formula_fail(parser->formula, parser->err, RF_ERR_LIMIT, parser->token.at, "more than %d levels",
                           RF_FORMULA_DEPTH);
  return RF_OK;
}

static rf_formula_type type_of(const rf_formula_parser *parser, uint32_t index) {
  return parser->formula->nodes[index].shape.type;
}

/* ------------------------------ lists ------------------------------ */

/* A list of operands that may be long: {a, b, ...}. */
static rf_status parse_elements(rf_formula_parser *parser, uint32_t **operands, size_t *count) {
  size_t capacity = 0;
  do {
    RF_TRY(rf_formula_advance(parser)); /* the '{' or ',' */
    RF_TRY(RF_ARRAY_GROW(*operands, capacity, *count + 1, "a vector", parser->err));
    RF_TRY(rf_formula_parse_any(parser, &(*operands)[*count]));
    ++*count;
  } while (parser->token.other == ',');
  return rf_formula_expect(parser, '}');
}

static rf_status parse_vector(rf_formula_parser *parser, uint32_t *index) {
  uint32_t at = parser->token.at;
  uint32_t *operands = NULL;
  size_t count = 0;
  rf_status status = parse_elements(parser, &operands, &count);
  if (status == RF_OK)
    status = rf_formula_build_vector(parser->formula, at, operands, count, index, parser->err);
  rf_free(operands);
  return status;
}

static rf_status parse_index(rf_formula_parser *parser, uint32_t *index) {
  uint32_t operands[RF_FORMULA_AXES + 1] = {*index};
  uint32_t at = parser->token.at;
  size_t count = 1;
  do {
    if (count > RF_FORMULA_AXES)
      return rf_formula_unexpected(parser);
    RF_TRY(rf_formula_advance(parser));
    RF_TRY(rf_formula_parse_any(parser, &operands[count++]));
  } while (parser->token.other == ',');
  RF_TRY(rf_formula_expect(parser, ']'));
  return rf_formula_build_index(parser->formula, at, operands, count, index, parser->err);
}

/* ------------------------------ primaries ------------------------------ */

/* #row, #pi ...; other keywords come from the source. */
static rf_status parse_keyword(rf_formula_parser *parser, uint32_t *index) {
  rf_formula_token token = parser->token;
  rf_formula *formula = parser->formula;
  rf_formula_shape row = rf_formula_scalar(RF_FORMULA_INTEGER);
  RF_TRY(rf_formula_advance(parser));
  if (rf_formula_is(token.text, token.length, "ROW"))
    return rf_formula_build(formula, RF_F_ROW, token.at, &row, NULL, 0, index, parser->err);
  if (rf_formula_is(token.text, token.length, "PI"))
    return rf_formula_build_real(formula, token.at, 3.141592653589793, index, parser->err);
  if (rf_formula_is(token.text, token.length, "E"))
    return rf_formula_build_real(formula, token.at, 2.718281828459045, index, parser->err);
  if (rf_formula_is(token.text, token.length, "DEG"))
    return rf_formula_build_real(formula, token.at, 0.017453292519943295, index, parser->err);
  if (rf_formula_is(token.text, token.length, "NULL"))
    return rf_formula_build_null(formula, token.at, RF_FORMULA_INTEGER, index, parser->err);
  if (rf_formula_is(token.text, token.length, "SNULL"))
    return rf_formula_build_null(formula, token.at, RF_FORMULA_STRING, index, parser->err);
  return rf_formula_build_name(formula, &token, index, parser->err);
}

/* Remembers the names of columns: regfilter() looks for them. */
static rf_status remember(rf_formula_parser *parser, const rf_formula_token *token, uint32_t index) {
  rf_formula *formula = parser->formula;
  if (formula->nodes[index].op != RF_F_COLUMN)
    return RF_OK;
  size_t count = formula->name_count, capacity = formula->name_capacity;
  RF_TRY(RF_ARRAY_GROW(formula->names, formula->name_capacity, count + 1, "an expression", parser->err));
  RF_TRY(RF_ARRAY_GROW(formula->name_nodes, capacity, count + 1, "an expression", parser->err));
  formula->names[count] = rf_strndup(token->text, token->length);
  if (formula->names[count] == NULL)
    return rf_fail(parser->err, RF_ERR_MEMORY, "cannot allocate the name of a column");
  formula->name_nodes[count] = index;
  formula->name_count++;
  return RF_OK;
}

static rf_status parse_name(rf_formula_parser *parser, uint32_t *index) {
  rf_formula_token token = parser->token;
  RF_TRY(rf_formula_advance(parser));
  RF_TRY(rf_formula_build_name(parser->formula, &token, index, parser->err));
  if (parser->token.other == '{') {
    uint32_t rows, at = parser->token.at;
    RF_TRY(rf_formula_advance(parser));
    RF_TRY(rf_formula_parse_any(parser, &rows));
    RF_TRY(rf_formula_expect(parser, '}'));
    RF_TRY(rf_formula_build_shift(parser->formula, at, *index, rows, index, parser->err));
  }
  return remember(parser, &token, *index);
}

static rf_status parse_primary(rf_formula_parser *parser, uint32_t *index) {
  rf_formula_token token = parser->token;
  switch (token.kind) {
  case RF_FT_LOGICAL:
  case RF_FT_INTEGER:
  case RF_FT_REAL:
  case RF_FT_STRING:
  case RF_FT_BITS:
    RF_TRY(rf_formula_advance(parser));
    return rf_formula_build_literal(parser->formula, &token, index, parser->err);
  case RF_FT_NAME:
    return parse_name(parser, index);
  case RF_FT_KEYWORD:
    return parse_keyword(parser, index);
  case RF_FT_CALL:
    return rf_formula_parse_call(parser, index);
  default:
    break;
  }
  if (token.other == '{')
    return parse_vector(parser, index);
  if (token.other != '(')
    return rf_formula_unexpected(parser);
  RF_TRY(rf_formula_advance(parser));
  RF_TRY(rf_formula_parse_any(parser, index));
  return rf_formula_expect(parser, ')');
}

static rf_status parse_postfix(rf_formula_parser *parser, uint32_t *index) {
  RF_TRY(parse_primary(parser, index));
  while (parser->token.other == '[')
    RF_TRY(parse_index(parser, index));
  return RF_OK;
}

/* ------------------------------ operators ------------------------------ */

/* Binary operators, by level. */
enum { LEVEL_OR, LEVEL_AND, LEVEL_EQUAL, LEVEL_ORDER, LEVEL_SUM, LEVEL_PRODUCT, LEVEL_BITS, LEVEL_POWER, LEVEL_NONE };

typedef struct binary {
  int level;
  rf_formula_op op;
} binary;

static binary binary_of(const rf_formula_token *token) {
  switch (token->kind) {
  case RF_FT_OR:
    return (binary){LEVEL_OR, RF_F_OR};
  case RF_FT_AND:
    return (binary){LEVEL_AND, RF_F_AND};
  case RF_FT_EQ:
    return (binary){LEVEL_EQUAL, RF_F_EQ};
  case RF_FT_NE:
    return (binary){LEVEL_EQUAL, RF_F_NE};
  case RF_FT_LT:
    return (binary){LEVEL_ORDER, RF_F_LT};
  case RF_FT_LE:
    return (binary){LEVEL_ORDER, RF_F_LE};
  case RF_FT_GT:
    return (binary){LEVEL_ORDER, RF_F_GT};
  case RF_FT_GE:
    return (binary){LEVEL_ORDER, RF_F_GE};
  case RF_FT_XOR:
    return (binary){LEVEL_BITS, RF_F_BITXOR};
  case RF_FT_POWER:
    return (binary){LEVEL_POWER, RF_F_POWER};
  default:
    break;
  }
  switch (token->other) {
  case '~':
    return (binary){LEVEL_EQUAL, RF_F_APPROX};
  case '+':
    return (binary){LEVEL_SUM, RF_F_ADD};
  case '-':
    return (binary){LEVEL_SUM, RF_F_SUBTRACT};
  case '%':
    return (binary){LEVEL_SUM, RF_F_MODULO};
  case '*':
    return (binary){LEVEL_PRODUCT, RF_F_MULTIPLY};
  case '/':
    return (binary){LEVEL_PRODUCT, RF_F_DIVIDE};
  case '&':
    return (binary){LEVEL_BITS, RF_F_BITAND};
  case '|':
    return (binary){LEVEL_BITS, RF_F_BITOR};
  default:
    return (binary){LEVEL_NONE, RF_F_LITERAL};
  }
}

static rf_status parse_level(rf_formula_parser *parser, int level, uint32_t *index);

static rf_status climb(rf_formula_parser *parser, int level, uint32_t *index);

/* "!a > b": where a is a number or a string, the comparison is the operand. */
static rf_status parse_not(rf_formula_parser *parser, uint32_t at, uint32_t *index) {
  uint32_t operand;
  RF_TRY(parse_level(parser, LEVEL_NONE, &operand));
  if (rf_formula_is_number(type_of(parser, operand)) || type_of(parser, operand) == RF_FORMULA_STRING)
    RF_TRY(climb(parser, LEVEL_EQUAL, &operand));
  return rf_formula_build_unary(parser->formula, RF_F_NOT, at, operand, index, parser->err);
}

static rf_status parse_cast(rf_formula_parser *parser, rf_formula_type type, uint32_t at, uint32_t *index) {
  RF_TRY(parse_level(parser, LEVEL_NONE, index));
  rf_formula_type from = type_of(parser, *index);
  if (!rf_formula_is_number(from) && from != RF_FORMULA_LOGICAL)
    return rf_formula_fail(parser->formula, parser->err, RF_ERR_TYPE, at, "a cast of what is no number");
  return rf_formula_convert(parser->formula, type, index, parser->err);
}

static rf_status parse_prefix(rf_formula_parser *parser, uint32_t *index) {
  rf_formula_token token = parser->token;
  bool is_sign = token.other == '-' || token.other == '+';
  if (!is_sign && token.kind != RF_FT_NOT && token.kind != RF_FT_TO_INTEGER && token.kind != RF_FT_TO_REAL)
    return parse_postfix(parser, index);
  RF_TRY(rf_formula_advance(parser));
  if (token.kind == RF_FT_NOT)
    return parse_not(parser, token.at, index);
  if (!is_sign)
    return parse_cast(parser, token.kind == RF_FT_TO_INTEGER ? RF_FORMULA_INTEGER : RF_FORMULA_REAL, token.at, index);
  uint32_t operand;
  RF_TRY(parse_level(parser, LEVEL_NONE, &operand));
  if (token.other == '-')
    return rf_formula_build_unary(parser->formula, RF_F_NEGATE, token.at, operand, index, parser->err);
  *index = operand;
  return rf_formula_is_number(type_of(parser, operand)) ? RF_OK : rf_formula_unexpected(parser);
}

/* x = a : b */
static rf_status parse_range(rf_formula_parser *parser, uint32_t *index) {
  uint32_t at = parser->token.at, low, high, above, below;
  rf_formula *formula = parser->formula;
  RF_TRY(rf_formula_advance(parser));
  RF_TRY(parse_level(parser, LEVEL_SUM, &low));
  RF_TRY(rf_formula_expect(parser, ':'));
  RF_TRY(parse_level(parser, LEVEL_SUM, &high));
  if (!rf_formula_is_number(type_of(parser, *index)))
    return rf_formula_fail(formula, parser->err, RF_ERR_TYPE, at, "a range of what is no number");
  RF_TRY(rf_formula_build_binary(formula, RF_F_GE, at, *index, low, &above, parser->err));
  RF_TRY(rf_formula_build_binary(formula, RF_F_LE, at, *index, high, &below, parser->err));
  return rf_formula_build_binary(formula, RF_F_AND, at, above, below, index, parser->err);
}

/* Goes on behind an operand with operators of `level` and tighter ones. */
static rf_status climb(rf_formula_parser *parser, int level, uint32_t *index) {
  for (;;) {
    binary b = binary_of(&parser->token);
    uint32_t at = parser->token.at, right;
    if (parser->token.other == '=' && level <= LEVEL_ORDER) {
      RF_TRY(parse_range(parser, index));
      continue;
    }
    if (b.level == LEVEL_NONE || b.level < level)
      return RF_OK;
    RF_TRY(rf_formula_advance(parser));
    RF_TRY(parse_level(parser, b.level == LEVEL_POWER ? LEVEL_POWER : b.level + 1, &right));
    RF_TRY(rf_formula_build_binary(parser->formula, b.op, at, *index, right, index, parser->err));
  }
}

/* Parses operators of `level` and all tighter ones; LEVEL_NONE: prefixes and what they precede. */
static rf_status parse_level(rf_formula_parser *parser, int level, uint32_t *index) {
  RF_TRY(enter(parser));
  RF_TRY(parse_prefix(parser, index));
  RF_TRY(climb(parser, level, index));
  parser->depth--;
  return RF_OK;
}

rf_status rf_formula_parse_any(rf_formula_parser *parser, uint32_t *index) {
  uint32_t operands[3];
  RF_TRY(enter(parser));
  RF_TRY(parse_level(parser, LEVEL_OR, index));
  if (parser->token.other == '?') {
    uint32_t at = parser->token.at;
    operands[0] = *index;
    RF_TRY(rf_formula_advance(parser));
    RF_TRY(rf_formula_parse_any(parser, &operands[1]));
    RF_TRY(rf_formula_expect(parser, ':'));
    RF_TRY(rf_formula_parse_any(parser, &operands[2]));
    RF_TRY(rf_formula_build_choice(parser->formula, at, operands, index, parser->err));
  }
  parser->depth--;
  return RF_OK;
}

rf_status rf_formula_parse(rf_formula *formula, uint32_t *index, rf_error *err) {
  rf_formula_parser parser = {.formula = formula, .err = err};
  RF_TRY(rf_formula_advance(&parser));
  RF_TRY(rf_formula_parse_any(&parser, index));
  return parser.token.kind == RF_FT_END ? RF_OK : rf_formula_unexpected(&parser);
}
