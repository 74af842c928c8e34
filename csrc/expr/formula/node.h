/* SPDX-License-Identifier: BSD-3-Clause
 *
 * node.c: the nodes of a formula, operands before their operator, and the memory of their values.
 */
#ifndef RF_EXPR_FORMULA_NODE_H
#define RF_EXPR_FORMULA_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef enum rf_formula_op {
  RF_F_LITERAL, /* its values are in place */
  RF_F_COLUMN,
  RF_F_ROW, /* the number of the row */
  RF_F_TO_REAL,
  RF_F_TO_INTEGER,
  /* operators */
  RF_F_ADD,
  RF_F_SUBTRACT,
  RF_F_MULTIPLY,
  RF_F_DIVIDE,
  RF_F_MODULO,
  RF_F_POWER,
  RF_F_BITAND,
  RF_F_BITOR,
  RF_F_BITXOR,
  RF_F_EQ,
  RF_F_NE,
  RF_F_LT,
  RF_F_LE,
  RF_F_GT,
  RF_F_GE,
  RF_F_APPROX, /* ~ */
  RF_F_OR,
  RF_F_AND,
  RF_F_NOT,
  RF_F_NEGATE,
  RF_F_CHOOSE, /* ? : */
  RF_F_INDEX,
  RF_F_VECTOR, /* { } */
  /* functions of each element */
  RF_F_ABS,
  RF_F_COS,
  RF_F_SIN,
  RF_F_TAN,
  RF_F_ARCCOS,
  RF_F_ARCSIN,
  RF_F_ARCTAN,
  RF_F_COSH,
  RF_F_SINH,
  RF_F_TANH,
  RF_F_EXP,
  RF_F_LOG,
  RF_F_LOG10,
  RF_F_SQRT,
  RF_F_FLOOR,
  RF_F_CEIL,
  RF_F_ROUND,
  RF_F_ERF,
  RF_F_ERFC,
  RF_F_GAMMA,
  RF_F_ARCTAN2,
  RF_F_MIN2,
  RF_F_MAX2,
  RF_F_ISNULL,
  RF_F_DEFNULL,
  RF_F_SETNULL,
  RF_F_NEAR,
  RF_F_ANGSEP,
  RF_F_CIRCLE,
  RF_F_BOX,
  RF_F_ELLIPSE,
  RF_F_ACCUM,
  RF_F_SEQDIFF,
  RF_F_RANDOM,
  RF_F_RANDOMN,
  RF_F_RANDOMP,
  /* functions of a vector */
  RF_F_MIN,
  RF_F_MAX,
  RF_F_SUM,
  RF_F_NVALID,
  RF_F_AVERAGE,
  RF_F_MEDIAN,
  RF_F_STDDEV,
  RF_F_ELEMENTNUM,
  RF_F_AXISELEM,
  RF_F_ARRAY,
  /* functions of strings */
  RF_F_STRSTR,
  RF_F_STRMID,
  /* functions of files */
  RF_F_GTIFILTER,
  RF_F_GTIFIND,
  RF_F_GTIOVERLAP,
  RF_F_REGFILTER
} rf_formula_op;

/* A value of a row. */
typedef struct rf_formula_shape {
  rf_formula_type type;
  uint64_t count; /* elements, or bits */
  size_t width;   /* strings */
  int naxis;
  uint64_t naxes[RF_FORMULA_AXES];
} rf_formula_shape;

/* Sorted intervals may be searched by halving. */
typedef struct rf_formula_intervals {
  const double *starts, *stops;
  uint64_t count;
  bool sorted;
} rf_formula_intervals;

typedef struct rf_formula_node {
  rf_formula_op op;
  uint32_t at;    /* byte of the text */
  uint32_t first; /* of its operands in rf_formula.operands */
  uint32_t count;
  rf_formula_shape shape;
  bool fixed;    /* one value for all rows, which is in place */
  bool constant; /* fixed, and of keywords and literals alone */
  size_t number; /* COLUMN: of the source; AXISELEM: the axis; REGFILTER: the region */
  int64_t shift; /* COLUMN: rows */
  rf_formula_intervals intervals;
  struct {
    bool started, null;
    int64_t integer;
    double real;
  } state; /* ACCUM, SEQDIFF */

  uint8_t *data;
  uint8_t *nulls; /* strings and bits: one a row, others one an element */
  bool has_nulls;
} rf_formula_node;

struct rf_formula {
  char *text; /* with a NUL */
  uint32_t length;
  rf_formula_source source;
  rf_formula_node *nodes;
  size_t node_count, node_capacity;
  uint32_t *operands;
  size_t operand_count, operand_capacity;
  char **names; /* of columns, for regfilter(); parallel to name_nodes */
  uint32_t *name_nodes;
  size_t name_count, name_capacity;
  uint64_t row_bytes; /* of all nodes */
  uint32_t result;
  uint64_t chunk;    /* rows; 0: no memory yet */
  uint64_t next_row; /* behind the last call */
  uint64_t random;   /* state */
};

/* An operand in loops: element e of row r is number r * row + e * element. */
typedef struct rf_formula_view {
  const uint8_t *data;
  const uint8_t *nulls; /* NULL: none */
  size_t row, element;  /* of the values, in values */
  size_t bytes;         /* of a value */
  bool one;             /* the same value for all rows and elements */
} rf_formula_view;

/* Bytes of one value of a row, for strings and bits of the whole. */
size_t rf_formula_value_bytes(const rf_formula_shape *shape);

/* Values of a row in memory, and flags. */
uint64_t rf_formula_row_values(const rf_formula_shape *shape);
uint64_t rf_formula_row_flags(const rf_formula_shape *shape);

/* Appends a node whose operands are `operands`. *index receives its number. */
rf_status rf_formula_add(rf_formula *formula, rf_formula_op op, uint32_t at, const rf_formula_shape *shape,
                         const uint32_t *operands, size_t count, uint32_t *index, rf_error *err);

/* Reserves the memory of a node for `rows` rows. */
rf_status rf_formula_reserve(rf_formula_node *node, uint64_t rows, rf_error *err);

/* Returns operand i of a node, and how a loop walks over it. */
static inline rf_formula_node *rf_formula_operand(const rf_formula *formula, const rf_formula_node *node, size_t i) {
  return &formula->nodes[formula->operands[node->first + i]];
}
rf_formula_view rf_formula_see(const rf_formula *formula, const rf_formula_node *node, size_t i);

/* Records a failure: the message, then the place in the text. */
rf_status rf_formula_fail(const rf_formula *formula, rf_error *err, rf_status code, uint32_t at, const char *format,
                          ...) RF_PRINTF(5, 6);

#endif
