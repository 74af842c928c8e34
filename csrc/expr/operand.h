/* SPDX-License-Identifier: BSD-3-Clause
 *
 * operand.c: operands of a program that a binder makes.
 */
#ifndef RF_EXPR_OPERAND_H
#define RF_EXPR_OPERAND_H

#include <stdbool.h>

#include "expr/expr.h"
#include "expr/parser.h"
#include "expr/program.h"

/* An entry of the stack while the tree is walked. Literals and columns become steps when an operator takes them. */
typedef struct rf_operand {
  enum { RF_OPERAND_LITERAL, RF_OPERAND_COLUMN, RF_OPERAND_REGISTER } where;
  rf_kind kind;
  rf_fold fold;
  uint32_t at;
  uint32_t reg;
  uint32_t item;    /* literal */
  uint32_t column;  /* of the program */
  uint64_t element; /* of the cell */
  bool bare_letter; /* T or F */
} rf_operand;

typedef struct rf_binder {
  const rf_expr *expr;
  rf_program *program;
  rf_expr_find find;
  void *context;
  rf_error *err;
  uint32_t *slots;      /* of each name: the column of the program, or a value of column.h */
  rf_expr_column *info; /* of each column of the program */
  rf_operand *stack;
  size_t depth;
  uint32_t *spare; /* registers that are free again */
  size_t spare_count;
} rf_binder;

/* Returns the kind in words, with its article. */
const char *rf_kind_text(rf_kind kind);

/* Frees the register of an operand for other steps. */
void rf_operand_release(rf_binder *b, const rf_operand *o);

/* Appends a step with a new register. bind.c has reserved memory for the largest number of steps. */
rf_step *rf_binder_add_step(rf_binder *b, rf_step_code code, rf_kind kind);

/* Makes register `reg` the place of an operand. */
void rf_operand_become_register(rf_operand *o, uint32_t reg, rf_kind kind);

/* Puts a literal or a column into a register. */
void rf_operand_materialise(rf_binder *b, rf_operand *o);

/* Converts a logical operand to a condition; undefined becomes false. */
void rf_operand_to_truth(rf_binder *b, rf_operand *o);

/* Convert a logical operand to an integer, and a number to a real. */
void rf_operand_to_number(rf_binder *b, rf_operand *o);

void rf_operand_to_real(rf_binder *b, rf_operand *o);

/* Fails with RF_ERR_NOT_FOUND for the name of a column. */
rf_status rf_binder_missing_column(const rf_binder *b, uint32_t at, const char *name);

/* Check the kind of an operand of `op`. The first call fails for T and F without a column of that name: "T > 300" means
 * a column, not 1. */
rf_status rf_operand_check_letter(const rf_binder *b, const rf_operand *o);

rf_status rf_operand_check_number(const rf_binder *b, const rf_operand *o, rf_op op);

rf_status rf_operand_check_condition(const rf_binder *b, const rf_operand *o, rf_op op);

rf_status rf_operand_check_string(const rf_binder *b, const rf_operand *o, rf_op op);

#endif
