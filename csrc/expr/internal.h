/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the files of this room share: numbers, tokens, the tree.
 */
#ifndef RF_EXPR_INTERNAL_H
#define RF_EXPR_INTERNAL_H

#include <stdbool.h>
#include <string.h>

#include "expr/expr.h"

/* ------------------------------ number.c: exact integers ------------------------------ */

/* An integer between -2^63 and 2^64 - 1, or a real: what an integer operation gives beyond that. Never U64 for what
 * I64 holds. */
typedef enum rf_num_tag { RF_NUM_I64, RF_NUM_U64, RF_NUM_REAL } rf_num_tag;

typedef struct rf_num {
  union {
    int64_t i;
    uint64_t u;
    double d;
  };
  uint8_t tag; /* rf_num_tag */
} rf_num;

static inline rf_num rf_num_i64(int64_t i) {
  return (rf_num){.i = i, .tag = RF_NUM_I64};
}

static inline rf_num rf_num_u64(uint64_t u) {
  return u <= INT64_MAX ? rf_num_i64((int64_t)u) : (rf_num){.u = u, .tag = RF_NUM_U64};
}

static inline rf_num rf_num_real(double d) {
  return (rf_num){.d = d, .tag = RF_NUM_REAL};
}

static inline double rf_num_double(rf_num a) {
  return a.tag == RF_NUM_I64 ? (double)a.i : a.tag == RF_NUM_U64 ? (double)a.u : a.d;
}

/* -1, 0, 1, or RF_NUM_UNORDERED with a NaN. By value, without rounding an integer to a real. */
#define RF_NUM_UNORDERED 2
int rf_num_compare(rf_num a, rf_num b);

/* Exact where the result is an integer of the range above, rounded otherwise. Modulo has the sign of b; by 0 it is NaN.
 * rf_num_bitand is NaN for reals. */
rf_num rf_num_add(rf_num a, rf_num b);
rf_num rf_num_subtract(rf_num a, rf_num b);
rf_num rf_num_multiply(rf_num a, rf_num b);
rf_num rf_num_modulo(rf_num a, rf_num b);
rf_num rf_num_bitand(rf_num a, rf_num b);
rf_num rf_num_negate(rf_num a);
rf_num rf_num_abs(rf_num a);
rf_num rf_num_min(rf_num a, rf_num b);
rf_num rf_num_max(rf_num a, rf_num b);
double rf_real_modulo(double a, double b);

/* ------------------------------ string.c ------------------------------ */

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

/* ------------------------------ lexer.c ------------------------------ */

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
  rf_str string; /* of STRING, WORD and NAME: quotes undone */
} rf_token;

/* Reads the token at text[at]. `room` takes the characters of strings and names: one byte for each byte of the
 * text, used from *used on. */
rf_status rf_token_read(const rf_expr *expr, uint32_t at, char *room, size_t *used, rf_token *token, rf_error *err);

/* ------------------------------ parser.c: the tree ------------------------------ */

typedef enum rf_op {
  /* leaves */
  RF_OP_LOGICAL, /* item: a literal */
  RF_OP_NUMBER,
  RF_OP_STRING,
  RF_OP_COLUMN, /* name; count items: the indices behind it */
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

/* The nodes of the tree stand in postfix order: operands before their operator. So whoever walks it needs a loop and a
 * stack, and no recursion. */
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

/* Operands of an operator or function. */
int rf_op_operands(rf_op op);
/* As it is written, for messages. */
const char *rf_op_text(rf_op op);
/* The function of that name (any case) or false. */
bool rf_op_find(rf_str name, rf_op *op);

/* Records a failure: the message, then "at character 17 of ..." and what stands around there. */
rf_status rf_expr_fail(const rf_expr *expr, rf_error *err, rf_status code, uint32_t at, const char *format, ...)
    RF_PRINTF(5, 6);

/* ------------------------------ bind.c: the program ------------------------------ */

typedef enum rf_kind { RF_KIND_LOGICAL, RF_KIND_INTEGER, RF_KIND_REAL, RF_KIND_STRING } rf_kind;

/* One step for all rows of a chunk. */
typedef enum rf_step_code {
  RF_STEP_LITERAL, /* item */
  RF_STEP_LOAD,    /* column */
  RF_STEP_TRUTH,   /* logical: an undefined one is false */
  RF_STEP_TO_INTEGER,
  RF_STEP_TO_REAL,
  RF_STEP_OPERATE /* op on operands of `kind` */
} rf_step_code;

#define RF_NO_REGISTER UINT32_MAX

typedef struct rf_step {
  rf_step_code code;
  rf_op op;
  rf_kind kind; /* of the operands; of LITERAL and LOAD: of the result */
  uint32_t to, a, b;
  rf_fold fold_a, fold_b;
  uint32_t column; /* LOAD */
  uint64_t element;
  bool with_blanks; /* LITERAL: those at the end of the string count */
  uint32_t first;   /* LITERAL and IN: items */
  uint32_t count;
} rf_step;

/* What a register holds: one value for all rows, or one a row. */
typedef struct rf_value_run {
  const void *data;     /* uint8_t, int64_t, double or rf_str */
  const uint8_t *tags;  /* integers: NULL, or rf_num_tag of each (a real is there by its bits) */
  const uint8_t *nulls; /* NULL, or 1 for an undefined one */
  bool one;
  rf_kind kind;
} rf_value_run;

typedef struct rf_register {
  rf_value_run value;
  void *data; /* rows * 16 bytes */
  uint8_t *tags;
  uint8_t *nulls;
} rf_register;

struct rf_program {
  rf_step *steps;
  size_t step_count, step_capacity;
  rf_item *items;
  char *strings;
  struct {
    rf_dtype type;
    size_t width;
    size_t element_bytes;
  } * columns;
  size_t column_count;
  rf_register *registers;
  size_t register_count;
  void *memory; /* of the registers */
  size_t rows;  /* of a chunk */
  double *scratch[2];
  uint32_t result; /* the register */
};

/* Sorts the lists of IN steps, for rf_list_has. */
void rf_list_sort(rf_item *items, size_t count);
bool rf_list_has_number(const rf_item *items, size_t count, rf_num x);
bool rf_list_has_string(const rf_item *items, size_t count, rf_str s, rf_fold fold);

#endif
