/* SPDX-License-Identifier: BSD-3-Clause
 *
 * parser.c: the tree of an expression.
 */
#ifndef RF_EXPR_PARSER_H
#define RF_EXPR_PARSER_H

#include <stdbool.h>

#include "base/error.h"
#include "expr/number.h"
#include "expr/string.h"

typedef enum rf_op {
  /* leaves */
  RF_OP_LOGICAL, /* item: a literal */
  RF_OP_NUMBER,
  RF_OP_STRING,
  RF_OP_COLUMN, /* name; count items: the indices after it */
  /* operators, in the order of their tokens */
  RF_OP_OR,
  RF_OP_AND,
  RF_OP_NOT,
  RF_OP_IN, /* count items: the list */
  RF_OP_EQ,
  RF_OP_NE,
  RF_OP_LT,
  RF_OP_LE,
  RF_OP_GT,
  RF_OP_GE,
  RF_OP_ADD,
  RF_OP_SUBTRACT,
  RF_OP_MULTIPLY,
  RF_OP_DIVIDE,
  RF_OP_MODULO,
  RF_OP_POWER,
  RF_OP_PLUS, /* prefix */
  RF_OP_NEGATE,
  /* functions */
  RF_OP_ISFINITE,
  RF_OP_ISNAN,
  RF_OP_ISINF,
  RF_OP_ISNULL,
  RF_OP_ABS,
  RF_OP_FLOOR,
  RF_OP_CEIL,
  RF_OP_ROUND,
  RF_OP_SQRT,
  RF_OP_EXP,
  RF_OP_LOG,
  RF_OP_LOG10,
  RF_OP_SIN,
  RF_OP_COS,
  RF_OP_TAN,
  RF_OP_MIN,
  RF_OP_MAX,
  RF_OP_BITAND,
  RF_OP_CONTAINS,
  RF_OP_STARTSWITH,
  RF_OP_ENDSWITH,
  RF_OP_LOWER,
  RF_OP_UPPER,
  RF_OP_STRIP
} rf_op;

/* A literal: of its own, in a list, or an index. */
typedef struct rf_item {
  rf_num number; /* a logical: 0 or 1 */
  rf_str string;
  bool is_string;
  uint32_t at;
} rf_item;

/* A node of the tree. The nodes are in postfix order: operands before their operator, so that a loop with a stack walks
 * the tree without recursion. */
typedef struct rf_node {
  rf_op op;
  uint32_t at;    /* byte of the text that a message about it points at */
  uint32_t name;  /* COLUMN: which of the names */
  uint32_t first; /* the first of its items */
  uint32_t count;
  bool bare_letter; /* COLUMN: T or F, which is a literal where no column has that name */
  bool in_quotes;   /* COLUMN: from back-quotes */
} rf_node;

struct rf_expr {
  char *text;
  uint32_t length;
  char *strings; /* memory of strings */
  size_t strings_used;
  rf_node *nodes;
  size_t node_count, node_capacity;
  rf_item *items;
  size_t item_count, item_capacity;
  char **names; /* columns, each once */
  size_t name_count, name_capacity;
};

/* Returns the operator as it is written, for messages. */
const char *rf_op_text(rf_op op);
#endif
