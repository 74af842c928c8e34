/* SPDX-License-Identifier: BSD-3-Clause
 *
 * program.c: programs. Steps work on chunks of rows and read and write registers.
 */
#ifndef RF_EXPR_PROGRAM_H
#define RF_EXPR_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "expr/expr.h"
#include "expr/parser.h"

typedef enum rf_kind { RF_KIND_LOGICAL, RF_KIND_INTEGER, RF_KIND_REAL, RF_KIND_STRING } rf_kind;

/* One step for all rows of a chunk. */
typedef enum rf_step_code {
  RF_STEP_LITERAL, /* item */
  RF_STEP_LOAD,    /* column */
  RF_STEP_TRUTH,   /* logical: undefined becomes false */
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
  bool with_blanks; /* LITERAL: trailing spaces of the string count */
  uint32_t first;   /* LITERAL and IN: items */
  uint32_t count;
} rf_step;

/* The values of a register: one for all rows, or one per row. */
typedef struct rf_value_run {
  const void *data;     /* uint8_t, int64_t, double or rf_str */
  const uint8_t *tags;  /* integers: NULL, or the rf_num_tag of each; `data` has the bits of a real */
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

static inline const rf_value_run *rf_register_get(const rf_program *program, uint32_t reg) {
  return &program->registers[reg].value;
}

static inline rf_num rf_run_number(const rf_value_run *v, size_t i) {
  rf_num number;
  size_t at = v->one ? 0 : i;
  memcpy(&number.i, (const int64_t *)v->data + at, sizeof number.i);
  number.tag = v->kind == RF_KIND_REAL ? RF_NUM_REAL : v->tags ? v->tags[at] : RF_NUM_I64;
  return number;
}

static inline rf_str rf_run_string(const rf_value_run *v, size_t i) {
  return ((const rf_str *)v->data)[v->one ? 0 : i];
}

/* Makes the register of a step a result of `kind` without undefined values. */
static inline rf_value_run *rf_register_set(rf_program *program, const rf_step *step, rf_kind kind, bool one) {
  rf_register *reg = &program->registers[step->to];
  reg->value = (rf_value_run){.data = reg->data, .one = one, .kind = kind};
  return &reg->value;
}

/* Marks results of arithmetic as undefined where an operand is. */
static inline void rf_register_pass_nulls(rf_register *to, const rf_value_run *a, const rf_value_run *b, size_t n) {
  const uint8_t *x = a->nulls;
  const uint8_t *y = b ? b->nulls : NULL;
  if (!x && !y)
    return;
  if (x && y)
    for (size_t i = 0; i < n; i++)
      to->nulls[i] = x[i] | y[i];
  else
    memcpy(to->nulls, x ? x : y, n);
  to->value.nulls = to->nulls;
}

/* Makes results of a comparison false where an operand is undefined. */
static inline void rf_run_clear_nulls(uint8_t *truth, const rf_value_run *a, size_t n) {
  if (a && a->nulls)
    for (size_t i = 0; i < n; i++)
      truth[i] &= !a->nulls[i];
}

/* ------------------------------ loops ------------------------------ */

/* for each row r[i] = expression of x and y, where an operand may be one value for all rows. */
#define BINARY(name, R, T, expression)                                                                                 \
  static void name(R *restrict r, const T *a, bool one_a, const T *b, bool one_b, size_t n) {                          \
    if (one_a) {                                                                                                       \
      const T x = a[0];                                                                                                \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T y = b[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    } else if (one_b) {                                                                                                \
      const T y = b[0];                                                                                                \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T x = a[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    } else {                                                                                                           \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        const T x = a[i];                                                                                              \
        const T y = b[i];                                                                                              \
        r[i] = (R)(expression);                                                                                        \
      }                                                                                                                \
    }                                                                                                                  \
  }

#define UNARY(name, R, T, expression)                                                                                  \
  static void name(R *restrict r, const T *a, size_t n) {                                                              \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      const T x = a[i];                                                                                                \
      r[i] = (R)(expression);                                                                                          \
    }                                                                                                                  \
  }

/* Allocates the registers of a program whose steps are known. */
rf_status rf_program_reserve(rf_program *program, rf_error *err);

#endif
