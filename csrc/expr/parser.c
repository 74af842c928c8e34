/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Tokens to a tree, by precedence climbing. From loose to tight: or, and, not, comparisons, + and -, * / %, the sign,
 * **. So that "a < 3 & b > 2" means what it says, unlike in C and numpy.
 */
#include "expr/parser.h"

#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "expr/expr.h"
#include "expr/lexer.h"
#include "expr/message.h"
#include "expr/number.h"
#include "expr/string.h"

typedef enum precedence {
  PREC_NONE, /* no operator */
  PREC_OR,
  PREC_AND,
  PREC_NOT,
  PREC_COMPARE,
  PREC_ADD,
  PREC_MULTIPLY,
  PREC_SIGN,
  PREC_POWER
} precedence;

typedef struct parser {
  rf_expr *expr;
  rf_token token;    /* the next one */
  rf_token previous; /* the one taken last */
  int depth;
  rf_error *err;
} parser;

/* ------------------------------ operators and functions ------------------------------ */

static const struct {
  const char *text;
  int operands;
  bool function;
} ops[] = {
    [RF_OP_LOGICAL] = {"a literal", 0, false},
    [RF_OP_NUMBER] = {"a number", 0, false},
    [RF_OP_STRING] = {"a string", 0, false},
    [RF_OP_COLUMN] = {"a column", 0, false},
    [RF_OP_OR] = {"|", 2, false},
    [RF_OP_AND] = {"&", 2, false},
    [RF_OP_NOT] = {"!", 1, false},
    [RF_OP_IN] = {"in", 1, false},
    [RF_OP_EQ] = {"==", 2, false},
    [RF_OP_NE] = {"!=", 2, false},
    [RF_OP_LT] = {"<", 2, false},
    [RF_OP_LE] = {"<=", 2, false},
    [RF_OP_GT] = {">", 2, false},
    [RF_OP_GE] = {">=", 2, false},
    [RF_OP_ADD] = {"+", 2, false},
    [RF_OP_SUBTRACT] = {"-", 2, false},
    [RF_OP_MULTIPLY] = {"*", 2, false},
    [RF_OP_DIVIDE] = {"/", 2, false},
    [RF_OP_MODULO] = {"%", 2, false},
    [RF_OP_POWER] = {"**", 2, false},
    [RF_OP_PLUS] = {"+", 1, false},
    [RF_OP_NEGATE] = {"-", 1, false},
    [RF_OP_ISFINITE] = {"isfinite", 1, true},
    [RF_OP_ISNAN] = {"isnan", 1, true},
    [RF_OP_ISINF] = {"isinf", 1, true},
    [RF_OP_ISNULL] = {"isnull", 1, true},
    [RF_OP_ABS] = {"abs", 1, true},
    [RF_OP_FLOOR] = {"floor", 1, true},
    [RF_OP_CEIL] = {"ceil", 1, true},
    [RF_OP_ROUND] = {"round", 1, true},
    [RF_OP_SQRT] = {"sqrt", 1, true},
    [RF_OP_EXP] = {"exp", 1, true},
    [RF_OP_LOG] = {"log", 1, true},
    [RF_OP_LOG10] = {"log10", 1, true},
    [RF_OP_SIN] = {"sin", 1, true},
    [RF_OP_COS] = {"cos", 1, true},
    [RF_OP_TAN] = {"tan", 1, true},
    [RF_OP_MIN] = {"min", 2, true},
    [RF_OP_MAX] = {"max", 2, true},
    [RF_OP_BITAND] = {"bitand", 2, true},
    [RF_OP_CONTAINS] = {"contains", 2, true},
    [RF_OP_STARTSWITH] = {"startswith", 2, true},
    [RF_OP_ENDSWITH] = {"endswith", 2, true},
    [RF_OP_LOWER] = {"lower", 1, true},
    [RF_OP_UPPER] = {"upper", 1, true},
    [RF_OP_STRIP] = {"strip", 1, true},
};

/* Returns the number of operands of an operator or function. */
static int operands_of(rf_op op) {
  return ops[op].operands;
}

const char *rf_op_text(rf_op op) {
  return ops[op].text;
}

/* Finds the function of a name, in any case. Returns false when none exists. */
static bool find_function(rf_str name, rf_op *op) {
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
    if (ops[i].function &&
        rf_str_equal(name, RF_FOLD_LOWER, (rf_str){ops[i].text, strlen(ops[i].text)}, RF_FOLD_NONE)) {
      *op = (rf_op)i;
      return true;
    }
  return false;
}

/* The operators between operands. */
static precedence infix(rf_token_kind token, rf_op *op) {
  switch (token) {
  case RF_TOKEN_OR:
    *op = RF_OP_OR;
    return PREC_OR;
  case RF_TOKEN_AND:
    *op = RF_OP_AND;
    return PREC_AND;
  case RF_TOKEN_IN:
  case RF_TOKEN_NOT: /* of "not in": nothing else can stand here */
    *op = RF_OP_IN;
    return PREC_COMPARE;
  case RF_TOKEN_EQ:
  case RF_TOKEN_NE:
  case RF_TOKEN_LT:
  case RF_TOKEN_LE:
  case RF_TOKEN_GT:
  case RF_TOKEN_GE:
    *op = (rf_op)(RF_OP_EQ + (token - RF_TOKEN_EQ));
    return PREC_COMPARE;
  case RF_TOKEN_PLUS:
  case RF_TOKEN_MINUS:
    *op = token == RF_TOKEN_PLUS ? RF_OP_ADD : RF_OP_SUBTRACT;
    return PREC_ADD;
  case RF_TOKEN_TIMES:
  case RF_TOKEN_DIVIDE:
  case RF_TOKEN_MODULO:
    *op = (rf_op)(RF_OP_MULTIPLY + (token - RF_TOKEN_TIMES));
    return PREC_MULTIPLY;
  case RF_TOKEN_POWER:
    *op = RF_OP_POWER;
    return PREC_POWER;
  default:
    return PREC_NONE;
  }
}

/* ------------------------------ growing the tree ------------------------------ */

static rf_status add_node(parser *p, rf_node node) {
  rf_expr *expr = p->expr;
  RF_TRY(RF_ARRAY_GROW(expr->nodes, expr->node_capacity, expr->node_count + 1, "an expression", p->err));
  expr->nodes[expr->node_count++] = node;
  return RF_OK;
}

static rf_status add_item(parser *p, rf_item item) {
  rf_expr *expr = p->expr;
  RF_TRY(RF_ARRAY_GROW(expr->items, expr->item_capacity, expr->item_count + 1, "an expression", p->err));
  expr->items[expr->item_count++] = item;
  return RF_OK;
}

static rf_status add_operator(parser *p, rf_op op, uint32_t at) {
  return add_node(p, (rf_node){.op = op, .at = at});
}

static rf_status add_literal(parser *p, rf_op op, rf_item item) {
  RF_TRY(add_node(p, (rf_node){.op = op, .at = item.at, .first = (uint32_t)p->expr->item_count, .count = 1}));
  return add_item(p, item);
}

/* The number of the name among those there are. */
static rf_status add_name(parser *p, rf_str name, uint32_t at, uint32_t *index) {
  rf_expr *expr = p->expr;
  for (size_t i = 0; i < expr->name_count; i++)
    if (rf_str_equal(name, RF_FOLD_NONE, (rf_str){expr->names[i], strlen(expr->names[i])}, RF_FOLD_NONE)) {
      *index = (uint32_t)i;
      return RF_OK;
    }
  if (expr->name_count == RF_EXPR_NAMES)
    return rf_expr_fail(expr, p->err, RF_ERR_LIMIT, at, "more than %d columns", RF_EXPR_NAMES);
  RF_TRY(RF_ARRAY_GROW(expr->names, expr->name_capacity, expr->name_count + 1, "an expression", p->err));
  char *copy = rf_strndup(name.text, name.length);
  if (!copy)
    return rf_fail(p->err, RF_ERR_MEMORY, "cannot allocate memory for the name of a column");
  *index = (uint32_t)expr->name_count;
  expr->names[expr->name_count++] = copy;
  return RF_OK;
}

/* ------------------------------ tokens ------------------------------ */

static rf_status advance(parser *p) {
  p->previous = p->token;
  return rf_token_read(p->expr, p->token.end, p->expr->strings, &p->expr->strings_used, &p->token, p->err);
}

static rf_status unexpected(parser *p, const char *wanted) {
  const rf_token *t = &p->token;
  if (t->kind == RF_TOKEN_END)
    return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, t->at, "expected %s", wanted);
  int shown = t->end - t->at > 40 ? 40 : (int)(t->end - t->at);
  return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, t->at, "expected %s, found %.*s", wanted, shown,
                      p->expr->text + t->at);
}

static rf_status expect(parser *p, rf_token_kind kind, const char *wanted) {
  return p->token.kind == kind ? advance(p) : unexpected(p, wanted);
}

/* One level further in; the caller steps out again. */
static rf_status descend(parser *p) {
  if (++p->depth > RF_EXPR_DEPTH)
    return rf_expr_fail(p->expr, p->err, RF_ERR_LIMIT, p->token.at, "more than %d levels of nesting", RF_EXPR_DEPTH);
  return RF_OK;
}

/* ------------------------------ operands ------------------------------ */

static rf_status parse(parser *p, precedence least);

/* A number with its signs, or a string. */
static rf_status list_item(parser *p) {
  rf_item item = {.at = p->token.at};
  bool negative = false;
  while (p->token.kind == RF_TOKEN_MINUS || p->token.kind == RF_TOKEN_PLUS) {
    negative ^= p->token.kind == RF_TOKEN_MINUS;
    RF_TRY(advance(p));
    if (p->token.kind != RF_TOKEN_NUMBER)
      return unexpected(p, "a number");
  }
  item.number = negative ? rf_num_negate(p->token.number) : p->token.number;
  item.string = p->token.string;
  item.is_string = p->token.kind == RF_TOKEN_STRING;
  if (p->token.kind != RF_TOKEN_NUMBER && p->token.kind != RF_TOKEN_STRING)
    return unexpected(p, "a number or a string (a list holds nothing else)");
  RF_TRY(advance(p));
  return add_item(p, item);
}

/* The list after "in". Binding tells lists of strings and of numbers apart. */
static rf_status parse_list(parser *p, rf_node *node) {
  rf_token_kind close = p->token.kind == RF_TOKEN_OPEN ? RF_TOKEN_CLOSE : RF_TOKEN_CLOSE_LIST;
  if (p->token.kind != RF_TOKEN_OPEN && p->token.kind != RF_TOKEN_OPEN_LIST)
    return unexpected(p, "a list ([1, 2, 3]) after 'in'");
  RF_TRY(advance(p));
  node->first = (uint32_t)p->expr->item_count;
  while (p->token.kind != close) {
    RF_TRY(list_item(p));
    if (p->token.kind != RF_TOKEN_COMMA)
      break;
    RF_TRY(advance(p));
  }
  node->count = (uint32_t)p->expr->item_count - node->first;
  return expect(p, close, close == RF_TOKEN_CLOSE ? "',' or ')'" : "',' or ']'");
}

/* Whole numbers in brackets, for a cell that is an array. */
static rf_status parse_indices(parser *p, rf_node *node) {
  RF_TRY(advance(p));
  do {
    if (node->count > 0)
      RF_TRY(advance(p));
    RF_TRY(list_item(p));
    const rf_item *item = &p->expr->items[p->expr->item_count - 1];
    if (item->is_string || item->number.tag != RF_NUM_I64)
      return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, item->at, "an index that is no whole number");
    node->count++;
  } while (p->token.kind == RF_TOKEN_COMMA);
  return expect(p, RF_TOKEN_CLOSE_LIST, "',' or ']'");
}

static rf_status parse_column(parser *p) {
  const rf_token *t = &p->previous;
  rf_node node = {.op = RF_OP_COLUMN, .at = t->at, .in_quotes = t->kind == RF_TOKEN_NAME};
  node.bare_letter = t->kind == RF_TOKEN_WORD && t->string.length == 1 && memchr("TF", t->string.text[0], 2) != NULL;
  if (t->string.length == 0)
    return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, t->at, "a column without a name");
  RF_TRY(add_name(p, t->string, t->at, &node.name));
  node.first = (uint32_t)p->expr->item_count;
  if (p->token.kind == RF_TOKEN_OPEN_LIST)
    RF_TRY(parse_indices(p, &node));
  return add_node(p, node);
}

/* The name was taken, '(' is next. */
static rf_status parse_call(parser *p) {
  const rf_token name = p->previous;
  int shown = name.string.length > 40 ? 40 : (int)name.string.length;
  rf_op op;
  if (!find_function(name.string, &op))
    return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, name.at, "there is no function '%.*s'", shown,
                        name.string.text);
  RF_TRY(descend(p));
  RF_TRY(advance(p));
  for (int i = 0; i < operands_of(op); i++) {
    if (i > 0)
      RF_TRY(expect(p, RF_TOKEN_COMMA, "',' and a second argument"));
    RF_TRY(parse(p, PREC_OR));
  }
  p->depth--;
  if (p->token.kind == RF_TOKEN_COMMA)
    return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, p->token.at, "%s() takes %d argument%s, found more",
                        rf_op_text(op), operands_of(op), operands_of(op) == 1 ? "" : "s");
  RF_TRY(expect(p, RF_TOKEN_CLOSE, "')'"));
  return add_operator(p, op, name.at);
}

static rf_status parse_group(parser *p) {
  RF_TRY(descend(p));
  RF_TRY(parse(p, PREC_OR));
  p->depth--;
  return expect(p, RF_TOKEN_CLOSE, "')'");
}

static rf_status parse_operand(parser *p) {
  const rf_token t = p->token;
  switch (t.kind) {
  case RF_TOKEN_NUMBER:
    RF_TRY(advance(p));
    return add_literal(p, RF_OP_NUMBER, (rf_item){.number = t.number, .at = t.at});
  case RF_TOKEN_STRING:
    RF_TRY(advance(p));
    return add_literal(p, RF_OP_STRING, (rf_item){.string = t.string, .is_string = true, .at = t.at});
  case RF_TOKEN_TRUE:
  case RF_TOKEN_FALSE:
    RF_TRY(advance(p));
    return add_literal(p, RF_OP_LOGICAL, (rf_item){.number = rf_num_i64(t.kind == RF_TOKEN_TRUE), .at = t.at});
  case RF_TOKEN_NAME:
    RF_TRY(advance(p));
    return parse_column(p);
  case RF_TOKEN_WORD:
    RF_TRY(advance(p));
    return p->token.kind == RF_TOKEN_OPEN ? parse_call(p) : parse_column(p);
  case RF_TOKEN_OPEN:
    RF_TRY(advance(p));
    return parse_group(p);
  default:
    return unexpected(p, "a column, a number, a string or '('");
  }
}

/* ------------------------------ operators ------------------------------ */

/* An operand with what stands before it. "!a < 3" is "!(a < 3)"; behind a tighter operator, as in "a == !b", the sign
 * binds what follows it. */
static rf_status parse_prefixed(parser *p, precedence least) {
  const rf_token t = p->token;
  rf_op op = t.kind == RF_TOKEN_NOT ? RF_OP_NOT : t.kind == RF_TOKEN_MINUS ? RF_OP_NEGATE : RF_OP_PLUS;
  if (t.kind != RF_TOKEN_NOT && t.kind != RF_TOKEN_MINUS && t.kind != RF_TOKEN_PLUS)
    return parse_operand(p);
  precedence inner = op == RF_OP_NOT ? PREC_NOT : PREC_SIGN;
  RF_TRY(descend(p));
  RF_TRY(advance(p));
  RF_TRY(parse(p, inner > least ? inner : least));
  p->depth--;
  return add_operator(p, op, t.at);
}

static rf_status parse_in(parser *p, const rf_token *token) {
  bool negated = token->kind == RF_TOKEN_NOT;
  if (negated)
    RF_TRY(expect(p, RF_TOKEN_IN, "an operator (or 'in' after 'not')"));
  rf_node node = {.op = RF_OP_IN, .at = token->at};
  RF_TRY(parse_list(p, &node));
  RF_TRY(add_node(p, node));
  return negated ? add_operator(p, RF_OP_NOT, token->at) : RF_OK;
}

/* The right side of an operator that was taken. Operators of one precedence group from the left, but for **. */
static rf_status parse_right(parser *p, rf_op op, precedence level, const rf_token *token) {
  if (op == RF_OP_IN)
    return parse_in(p, token);
  if (op == RF_OP_POWER) {
    RF_TRY(descend(p));
    RF_TRY(parse(p, PREC_SIGN));
    p->depth--;
  } else {
    RF_TRY(parse(p, (precedence)(level + 1)));
  }
  return add_operator(p, op, token->at);
}

/* An operand and the operators after it that bind at least as tightly as `least`. */
static rf_status parse(parser *p, precedence least) {
  RF_TRY(parse_prefixed(p, least));
  bool compared = false;
  for (;;) {
    const rf_token token = p->token;
    rf_op op;
    precedence level = infix(token.kind, &op);
    if (level == PREC_NONE || level < least)
      return RF_OK;
    if (level == PREC_COMPARE && compared)
      return rf_expr_fail(p->expr, p->err, RF_ERR_ARGUMENT, token.at,
                          "a second comparison in a row (write a < b & b < c for a < b < c)");
    compared = level == PREC_COMPARE;
    RF_TRY(advance(p));
    RF_TRY(parse_right(p, op, level, &token));
  }
}

/* ------------------------------ whole expressions ------------------------------ */

static rf_status parse_whole(parser *p) {
  RF_TRY(rf_token_read(p->expr, 0, p->expr->strings, &p->expr->strings_used, &p->token, p->err));
  if (p->token.kind == RF_TOKEN_END)
    return rf_fail(p->err, RF_ERR_ARGUMENT, "the expression is empty");
  RF_TRY(parse(p, PREC_OR));
  return p->token.kind == RF_TOKEN_END ? RF_OK : unexpected(p, "an operator");
}

static rf_status expr_new(const char *text, size_t length, rf_expr **expr, rf_error *err) {
  if (length > RF_EXPR_BYTES)
    return rf_fail(err, RF_ERR_LIMIT, "an expression of %zu bytes is longer than %d", length, RF_EXPR_BYTES);
  rf_expr *made = rf_alloc_zero(1, sizeof *made);
  if (made) {
    made->text = rf_alloc(length + 1);
    made->strings = rf_alloc(length + 1);
  }
  if (!made || !made->text || !made->strings) {
    rf_expr_free(made);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for an expression of %zu bytes", length);
  }
  if (length > 0)
    memcpy(made->text, text, length);
  made->text[length] = '\0';
  made->length = (uint32_t)length;
  *expr = made;
  return RF_OK;
}

rf_status rf_expr_parse(const char *text, size_t length, rf_expr **expr, rf_error *err) {
  rf_error_clear(err);
  if (!text || !expr)
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_expr_parse: text and expr must not be NULL");
  rf_expr *made = NULL;
  RF_TRY(expr_new(text, length, &made, err));
  const char *nul = length > 0 ? memchr(text, '\0', length) : NULL;
  parser p = {.expr = made, .err = err};
  rf_status status =
      nul ? rf_expr_fail(made, err, RF_ERR_ARGUMENT, (uint32_t)(nul - text), "a NUL byte") : parse_whole(&p);
  if (status != RF_OK) {
    rf_expr_free(made);
    return status;
  }
  *expr = made;
  return RF_OK;
}

void rf_expr_free(rf_expr *expr) {
  if (!expr)
    return;
  for (size_t i = 0; i < expr->name_count; i++)
    rf_free(expr->names[i]);
  rf_free(expr->names);
  rf_free(expr->nodes);
  rf_free(expr->items);
  rf_free(expr->strings);
  rf_free(expr->text);
  rf_free(expr);
}

size_t rf_expr_get_name_count(const rf_expr *expr) {
  return expr ? expr->name_count : 0;
}

const char *rf_expr_get_name(const rf_expr *expr, size_t i) {
  return expr && i < expr->name_count ? expr->names[i] : NULL;
}
