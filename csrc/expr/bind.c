/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Makes a program of the tree and the types of the columns: a list of steps, each on whole chunks of rows. Binding
 * checks all types, so that running needs no checks.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "expr/column.h"
#include "expr/expr.h"
#include "expr/list.h"
#include "expr/message.h"
#include "expr/number.h"
#include "expr/operand.h"
#include "expr/parser.h"
#include "expr/program.h"
#include "expr/string.h"

#define EXACT_INTEGER (INT64_C(1) << 53) /* up to here every integer is a double */

/* ------------------------------ operators ------------------------------ */

static rf_operand *pop(rf_binder *b) {
  return &b->stack[--b->depth];
}

/* A step with operands that are in registers; the result takes the place of the first on the stack. */
static rf_step *operate(rf_binder *b, const rf_node *node, rf_operand *x, rf_operand *y, rf_kind result) {
  rf_step *step = rf_binder_add_step(b, RF_STEP_OPERATE, x->kind);
  step->op = node->op;
  step->a = x->reg;
  step->fold_a = x->fold;
  if (y) {
    step->b = y->reg;
    step->fold_b = y->fold;
    rf_operand_release(b, y);
  }
  rf_operand_release(b, x);
  rf_operand made = {.at = node->at};
  rf_operand_become_register(&made, step->to, result);
  b->stack[b->depth++] = made;
  return step;
}

static rf_status bind_logic(rf_binder *b, const rf_node *node) {
  rf_operand *y = node->op == RF_OP_NOT ? NULL : pop(b);
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_condition(b, x, node->op));
  rf_operand_to_truth(b, x);
  if (y) {
    RF_TRY(rf_operand_check_condition(b, y, node->op));
    rf_operand_to_truth(b, y);
  }
  operate(b, node, x, y, RF_KIND_LOGICAL);
  return RF_OK;
}

/* Integers and reals are compared by value. Where a conversion keeps the value, it is made here; run.c sees to the
 * rest. */
static void match_reals(rf_binder *b, rf_operand *whole, rf_operand *real) {
  rf_item *literal = whole->where == RF_OPERAND_LITERAL ? &b->program->items[whole->item] : NULL;
  if (literal && literal->number.tag == RF_NUM_I64 && literal->number.i <= EXACT_INTEGER &&
      literal->number.i >= -EXACT_INTEGER) {
    whole->kind = RF_KIND_REAL;
    return;
  }
  if (whole->where == RF_OPERAND_COLUMN && b->program->columns[whole->column].element_bytes <= 4) {
    whole->kind = RF_KIND_REAL;
    return;
  }
  if (real->where == RF_OPERAND_LITERAL) {
    rf_num *number = &b->program->items[real->item].number;
    if (number->d == floor(number->d) && fabs(number->d) < 9.0e18) {
      *number = rf_num_i64((int64_t)number->d);
      real->kind = RF_KIND_INTEGER;
    }
  }
}

static rf_status bind_comparison(rf_binder *b, const rf_node *node) {
  rf_operand *y = pop(b);
  rf_operand *x = pop(b);
  if ((x->kind == RF_KIND_STRING) != (y->kind == RF_KIND_STRING))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "'%s' between %s and %s", rf_op_text(node->op),
                        rf_kind_text(x->kind), rf_kind_text(y->kind));
  if (x->kind != RF_KIND_LOGICAL)
    RF_TRY(rf_operand_check_letter(b, y));
  if (y->kind != RF_KIND_LOGICAL)
    RF_TRY(rf_operand_check_letter(b, x));
  if (x->kind != RF_KIND_STRING) {
    rf_operand_to_number(b, x);
    rf_operand_to_number(b, y);
    if (x->kind == RF_KIND_INTEGER && y->kind == RF_KIND_REAL)
      match_reals(b, x, y);
    else if (x->kind == RF_KIND_REAL && y->kind == RF_KIND_INTEGER)
      match_reals(b, y, x);
  }
  rf_operand_materialise(b, x);
  rf_operand_materialise(b, y);
  bool swap = node->op == RF_OP_GT || node->op == RF_OP_GE;
  rf_step *step = swap ? operate(b, node, y, x, RF_KIND_LOGICAL) : operate(b, node, x, y, RF_KIND_LOGICAL);
  if (swap)
    step->op = node->op == RF_OP_GT ? RF_OP_LT : RF_OP_LE;
  return RF_OK;
}

/* Exact on integers, as reals where one is a real or the operator asks for it. */
static rf_status bind_arithmetic(rf_binder *b, const rf_node *node) {
  rf_operand *y = pop(b);
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_number(b, x, node->op));
  RF_TRY(rf_operand_check_number(b, y, node->op));
  rf_operand_to_number(b, x);
  rf_operand_to_number(b, y);
  if (node->op == RF_OP_BITAND && (x->kind == RF_KIND_REAL || y->kind == RF_KIND_REAL))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, x->kind == RF_KIND_REAL ? x->at : y->at,
                        "bitand() needs integers, found a real number");
  bool real = x->kind == RF_KIND_REAL || y->kind == RF_KIND_REAL || node->op == RF_OP_DIVIDE || node->op == RF_OP_POWER;
  if (real) {
    rf_operand_to_real(b, x);
    rf_operand_to_real(b, y);
  }
  rf_operand_materialise(b, x);
  rf_operand_materialise(b, y);
  operate(b, node, x, y, real ? RF_KIND_REAL : RF_KIND_INTEGER);
  return RF_OK;
}

/* Signs, abs, and what makes whole numbers of reals. */
static rf_status bind_sign(rf_binder *b, const rf_node *node) {
  rf_operand *x = &b->stack[b->depth - 1];
  RF_TRY(rf_operand_check_number(b, x, node->op));
  rf_operand_to_number(b, x);
  bool whole_already = x->kind == RF_KIND_INTEGER && node->op >= RF_OP_FLOOR && node->op <= RF_OP_ROUND;
  if (node->op == RF_OP_PLUS || whole_already)
    return RF_OK;
  b->depth--;
  rf_operand_materialise(b, x);
  operate(b, node, x, NULL, x->kind);
  return RF_OK;
}

/* Functions of a real number: mathematics, and questions. */
static rf_status bind_real_function(rf_binder *b, const rf_node *node, rf_kind result) {
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_number(b, x, node->op));
  rf_operand_to_real(b, x);
  rf_operand_materialise(b, x);
  operate(b, node, x, NULL, result);
  return RF_OK;
}

static rf_status bind_isnull(rf_binder *b, const rf_node *node) {
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_letter(b, x));
  rf_operand_materialise(b, x);
  operate(b, node, x, NULL, RF_KIND_LOGICAL);
  return RF_OK;
}

static rf_status bind_string_test(rf_binder *b, const rf_node *node) {
  rf_operand *y = pop(b);
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_string(b, x, node->op));
  RF_TRY(rf_operand_check_string(b, y, node->op));
  rf_operand_materialise(b, x);
  /* The blank of contains(name, 'M ') is looked for. */
  bool literal = y->where == RF_OPERAND_LITERAL;
  rf_operand_materialise(b, y);
  if (literal)
    b->program->steps[b->program->step_count - 1].with_blanks = true;
  operate(b, node, x, y, RF_KIND_LOGICAL);
  return RF_OK;
}

static rf_status bind_string_function(rf_binder *b, const rf_node *node) {
  rf_operand *x = &b->stack[b->depth - 1];
  RF_TRY(rf_operand_check_string(b, x, node->op));
  if (node->op != RF_OP_STRIP) {
    x->fold = node->op == RF_OP_LOWER ? RF_FOLD_LOWER : RF_FOLD_UPPER;
    return RF_OK;
  }
  rf_fold fold = x->fold;
  b->depth--;
  rf_operand_materialise(b, x);
  operate(b, node, x, NULL, RF_KIND_STRING);
  b->stack[b->depth - 1].fold = fold;
  return RF_OK;
}

static rf_status bind_in(rf_binder *b, const rf_node *node) {
  rf_operand *x = pop(b);
  RF_TRY(rf_operand_check_letter(b, x));
  bool strings = x->kind == RF_KIND_STRING;
  for (uint32_t i = 0; i < node->count; i++) {
    rf_item *item = &b->program->items[node->first + i];
    if (item->is_string != strings)
      return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, item->at, "%s in a list that %s is looked for in",
                          item->is_string ? "a string" : "a number", rf_kind_text(x->kind));
    if (strings)
      item->string = rf_str_trim(item->string.text, item->string.length);
  }
  rf_list_sort(b->program->items + node->first, node->count);
  rf_operand_to_number(b, x);
  rf_operand_materialise(b, x);
  rf_step *step = operate(b, node, x, NULL, RF_KIND_LOGICAL);
  step->first = node->first;
  step->count = node->count;
  return RF_OK;
}

static void bind_literal(const rf_binder *b, const rf_node *node, rf_operand *o) {
  const rf_item *item = &b->expr->items[node->first];
  *o = (rf_operand){.where = RF_OPERAND_LITERAL, .at = node->at, .item = node->first};
  if (node->op == RF_OP_STRING)
    o->kind = RF_KIND_STRING;
  else if (node->op == RF_OP_LOGICAL)
    o->kind = RF_KIND_LOGICAL;
  else
    o->kind = item->number.tag == RF_NUM_REAL ? RF_KIND_REAL : RF_KIND_INTEGER;
}

static rf_status bind_node(rf_binder *b, const rf_node *node) {
  switch (node->op) {
  case RF_OP_LOGICAL:
  case RF_OP_NUMBER:
  case RF_OP_STRING:
    bind_literal(b, node, &b->stack[b->depth++]);
    return RF_OK;
  case RF_OP_COLUMN:
    RF_TRY(rf_bind_column(b, node, &b->stack[b->depth]));
    b->depth++;
    return RF_OK;
  case RF_OP_OR:
  case RF_OP_AND:
  case RF_OP_NOT:
    return bind_logic(b, node);
  case RF_OP_IN:
    return bind_in(b, node);
  case RF_OP_EQ:
  case RF_OP_NE:
  case RF_OP_LT:
  case RF_OP_LE:
  case RF_OP_GT:
  case RF_OP_GE:
    return bind_comparison(b, node);
  case RF_OP_ADD:
  case RF_OP_SUBTRACT:
  case RF_OP_MULTIPLY:
  case RF_OP_DIVIDE:
  case RF_OP_MODULO:
  case RF_OP_POWER:
  case RF_OP_MIN:
  case RF_OP_MAX:
  case RF_OP_BITAND:
    return bind_arithmetic(b, node);
  case RF_OP_PLUS:
  case RF_OP_NEGATE:
  case RF_OP_ABS:
  case RF_OP_FLOOR:
  case RF_OP_CEIL:
  case RF_OP_ROUND:
    return bind_sign(b, node);
  case RF_OP_ISFINITE:
  case RF_OP_ISNAN:
  case RF_OP_ISINF:
    return bind_real_function(b, node, RF_KIND_LOGICAL);
  case RF_OP_ISNULL:
    return bind_isnull(b, node);
  case RF_OP_SQRT:
  case RF_OP_EXP:
  case RF_OP_LOG:
  case RF_OP_LOG10:
  case RF_OP_SIN:
  case RF_OP_COS:
  case RF_OP_TAN:
    return bind_real_function(b, node, RF_KIND_REAL);
  case RF_OP_CONTAINS:
  case RF_OP_STARTSWITH:
  case RF_OP_ENDSWITH:
    return bind_string_test(b, node);
  case RF_OP_LOWER:
  case RF_OP_UPPER:
  case RF_OP_STRIP:
    return bind_string_function(b, node);
  }
  return rf_fail(b->err, RF_ERR_ARGUMENT, "an operator that is unknown");
}

/* ------------------------------ whole programs ------------------------------ */

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory to run an expression");
}

/* The program keeps literals of its own: they are converted and sorted here. Behind them F and T. */
static rf_status copy_items(rf_binder *b) {
  const rf_expr *expr = b->expr;
  rf_program *program = b->program;
  program->items = rf_alloc_zero(expr->item_count + 2, sizeof *program->items);
  program->strings = rf_alloc(expr->strings_used);
  if (!program->items || !program->strings)
    return no_memory(b->err);
  if (expr->strings_used > 0)
    memcpy(program->strings, expr->strings, expr->strings_used);
  for (size_t i = 0; i < expr->item_count; i++) {
    program->items[i] = expr->items[i];
    if (expr->items[i].is_string)
      program->items[i].string.text = program->strings + (expr->items[i].string.text - expr->strings);
  }
  program->items[expr->item_count + 1].number = rf_num_i64(1);
  return RF_OK;
}

/* A node becomes at most one step (a leaf: the one that fetches it), and its result is converted at most twice. */
static rf_status bind_start(rf_binder *b) {
  size_t nodes = b->expr->node_count;
  size_t names = b->expr->name_count;
  rf_program *program = b->program;
  program->steps = rf_alloc_zero(3 * nodes + 2, sizeof *program->steps);
  program->columns = rf_alloc_zero(names, sizeof *program->columns);
  b->slots = rf_alloc_zero(names, sizeof *b->slots);
  b->info = rf_alloc_zero(names, sizeof *b->info);
  b->stack = rf_alloc_zero(nodes, sizeof *b->stack);
  b->spare = rf_alloc_zero(3 * nodes + 2, sizeof *b->spare);
  if (!program->steps || !program->columns || !b->slots || !b->info || !b->stack || !b->spare)
    return no_memory(b->err);
  for (size_t i = 0; i < names; i++)
    b->slots[i] = RF_NOT_ASKED;
  return copy_items(b);
}

static rf_status bind_result(rf_binder *b) {
  rf_operand *o = &b->stack[0];
  if (o->kind != RF_KIND_LOGICAL)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "the expression is %s and no condition: it has its value",
                        rf_kind_text(o->kind));
  rf_operand_to_truth(b, o);
  b->program->result = o->reg;
  return RF_OK;
}

static rf_status bind_all(rf_binder *b) {
  RF_TRY(bind_start(b));
  for (size_t i = 0; i < b->expr->node_count; i++)
    RF_TRY(bind_node(b, &b->expr->nodes[i]));
  RF_TRY(bind_result(b));
  return rf_program_reserve(b->program, b->err);
}

rf_status rf_expr_bind(const rf_expr *expr, rf_expr_find find, void *context, rf_program **program, rf_error *err) {
  rf_binder b = {.expr = expr, .find = find, .context = context, .err = err};
  b.program = rf_alloc_zero(1, sizeof *b.program);
  if (!b.program)
    return no_memory(err);
  rf_status status = bind_all(&b);
  rf_free(b.slots);
  rf_free(b.info);
  rf_free(b.stack);
  rf_free(b.spare);
  if (status != RF_OK) {
    rf_program_free(b.program);
    return status;
  }
  *program = b.program;
  return RF_OK;
}
