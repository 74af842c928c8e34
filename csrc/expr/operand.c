/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/operand.h"

#include "expr/message.h"
#include "expr/parser.h"
#include "expr/program.h"

const char *rf_kind_text(rf_kind kind) {
  static const char *const texts[] = {"a condition", "an integer", "a real number", "a string"};
  return texts[kind];
}

static uint32_t rf_binder_new_register(rf_binder *b) {
  if (b->spare_count > 0)
    return b->spare[--b->spare_count];
  return (uint32_t)b->program->register_count++;
}

void rf_operand_release(rf_binder *b, const rf_operand *o) {
  if (o->where == RF_OPERAND_REGISTER)
    b->spare[b->spare_count++] = o->reg;
}

/* There is room: bind_start reserved it for the most steps that a tree can become. */
rf_step *rf_binder_add_step(rf_binder *b, rf_step_code code, rf_kind kind) {
  rf_step *step = &b->program->steps[b->program->step_count++];
  *step =
      (rf_step){.code = code, .kind = kind, .to = rf_binder_new_register(b), .a = RF_NO_REGISTER, .b = RF_NO_REGISTER};
  return step;
}

void rf_operand_become_register(rf_operand *o, uint32_t reg, rf_kind kind) {
  o->where = RF_OPERAND_REGISTER;
  o->reg = reg;
  o->kind = kind;
  o->bare_letter = false;
}

/* Puts a literal or a column into a register. */
void rf_operand_materialise(rf_binder *b, rf_operand *o) {
  if (o->where == RF_OPERAND_REGISTER)
    return;
  rf_step *step = rf_binder_add_step(b, o->where == RF_OPERAND_LITERAL ? RF_STEP_LITERAL : RF_STEP_LOAD, o->kind);
  step->first = o->item;
  step->column = o->column;
  step->element = o->element;
  rf_operand_become_register(o, step->to, o->kind);
}

static void rf_operand_convert(rf_binder *b, rf_operand *o, rf_step_code code, rf_kind kind) {
  rf_operand_materialise(b, o);
  rf_step *step = rf_binder_add_step(b, code, o->kind);
  step->a = o->reg;
  rf_operand_release(b, o);
  rf_operand_become_register(o, step->to, kind);
}

/* A condition, an undefined one false. */
void rf_operand_to_truth(rf_binder *b, rf_operand *o) {
  if (o->where == RF_OPERAND_COLUMN)
    rf_operand_convert(b, o, RF_STEP_TRUTH, RF_KIND_LOGICAL);
  rf_operand_materialise(b, o);
}

void rf_operand_to_number(rf_binder *b, rf_operand *o) {
  if (o->kind == RF_KIND_LOGICAL)
    rf_operand_convert(b, o, RF_STEP_TO_INTEGER, RF_KIND_INTEGER);
}

void rf_operand_to_real(rf_binder *b, rf_operand *o) {
  rf_operand_to_number(b, o);
  if (o->kind == RF_KIND_INTEGER && o->where == RF_OPERAND_REGISTER)
    rf_operand_convert(b, o, RF_STEP_TO_REAL, RF_KIND_REAL);
  o->kind = RF_KIND_REAL; /* literals and columns come as reals at once */
}

rf_status rf_binder_missing_column(const rf_binder *b, uint32_t at, const char *name) {
  return rf_expr_fail(b->expr, b->err, RF_ERR_NOT_FOUND, at, "there is no column '%.80s'", name);
}

/* T and F without a column of that name are not 1 and 0: "T > 300" means a column. */
rf_status rf_operand_check_letter(const rf_binder *b, const rf_operand *o) {
  if (!o->bare_letter)
    return RF_OK;
  const char name[2] = {b->expr->text[o->at], '\0'};
  return rf_binder_missing_column(b, o->at, name);
}

rf_status rf_operand_check_number(const rf_binder *b, const rf_operand *o, rf_op op) {
  RF_TRY(rf_operand_check_letter(b, o));
  if (o->kind == RF_KIND_STRING)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "'%s' needs a number, found a string", rf_op_text(op));
  return RF_OK;
}

rf_status rf_operand_check_condition(const rf_binder *b, const rf_operand *o, rf_op op) {
  if (o->kind == RF_KIND_LOGICAL)
    return RF_OK;
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "'%s' joins conditions, found %s%s", rf_op_text(op),
                      rf_kind_text(o->kind),
                      o->kind == RF_KIND_INTEGER ? " (compare it, as in x != 0; bits: bitand(x, 4) != 0)" : "");
}

rf_status rf_operand_check_string(const rf_binder *b, const rf_operand *o, rf_op op) {
  if (o->kind == RF_KIND_STRING)
    return RF_OK;
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "%s() needs a string, found %s", rf_op_text(op),
                      rf_kind_text(o->kind));
}
