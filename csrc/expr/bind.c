/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tree and the types of the columns to a program: a list of steps, each on whole chunks of rows. Types are settled
 * here, so that running meets none that do not fit.
 */
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "expr/internal.h"

/* Rows that are worked on at once: the registers of a usual expression stay in the first cache, and of one that needs
 * very many of them, within 4 MiB. */
#define CHUNK_ROWS 1024
#define CHUNK_ROWS_CROWDED 128
#define CROWDED 32

#define EXACT_INTEGER (INT64_C(1) << 53) /* up to here every integer is a double */

/* What is on the stack while the tree is walked. Literals and columns become steps only when an operator takes them. */
typedef struct operand {
  enum { IS_LITERAL, IS_COLUMN, IS_REGISTER } where;
  rf_kind kind;
  rf_fold fold;
  uint32_t at;
  uint32_t reg;
  uint32_t item;    /* literal */
  uint32_t column;  /* of the program */
  uint64_t element; /* of the cell */
  bool bare_letter; /* T or F */
} operand;

typedef struct binder {
  const rf_expr *expr;
  rf_program *program;
  rf_expr_find find;
  void *context;
  rf_error *err;
  uint32_t *slots;      /* of each name: the column of the program, or one of those below */
  rf_expr_column *info; /* of each column of the program */
  operand *stack;
  size_t depth;
  uint32_t *spare; /* registers that are free again */
  size_t spare_count;
} binder;

#define NOT_ASKED UINT32_MAX
#define NO_COLUMN (UINT32_MAX - 1)

static const char *kind_text(rf_kind kind) {
  static const char *const texts[] = {"a condition", "an integer", "a real number", "a string"};
  return texts[kind];
}

/* ------------------------------ steps and registers ------------------------------ */

static uint32_t new_register(binder *b) {
  if (b->spare_count > 0)
    return b->spare[--b->spare_count];
  return (uint32_t)b->program->register_count++;
}

static void release(binder *b, const operand *o) {
  if (o->where == IS_REGISTER)
    b->spare[b->spare_count++] = o->reg;
}

/* There is room: bind_start reserved it for the most steps that a tree can become. */
static rf_step *add_step(binder *b, rf_step_code code, rf_kind kind) {
  rf_step *step = &b->program->steps[b->program->step_count++];
  *step = (rf_step){.code = code, .kind = kind, .to = new_register(b), .a = RF_NO_REGISTER, .b = RF_NO_REGISTER};
  return step;
}

static void become_register(operand *o, uint32_t reg, rf_kind kind) {
  o->where = IS_REGISTER;
  o->reg = reg;
  o->kind = kind;
  o->bare_letter = false;
}

/* Puts a literal or a column into a register. */
static void materialise(binder *b, operand *o) {
  if (o->where == IS_REGISTER)
    return;
  rf_step *step = add_step(b, o->where == IS_LITERAL ? RF_STEP_LITERAL : RF_STEP_LOAD, o->kind);
  step->first = o->item;
  step->column = o->column;
  step->element = o->element;
  become_register(o, step->to, o->kind);
}

static void convert(binder *b, operand *o, rf_step_code code, rf_kind kind) {
  materialise(b, o);
  rf_step *step = add_step(b, code, o->kind);
  step->a = o->reg;
  release(b, o);
  become_register(o, step->to, kind);
}

/* A condition, an undefined one false. */
static void to_truth(binder *b, operand *o) {
  if (o->where == IS_COLUMN)
    convert(b, o, RF_STEP_TRUTH, RF_KIND_LOGICAL);
  materialise(b, o);
}

static void to_number(binder *b, operand *o) {
  if (o->kind == RF_KIND_LOGICAL)
    convert(b, o, RF_STEP_TO_INTEGER, RF_KIND_INTEGER);
}

static void to_real(binder *b, operand *o) {
  to_number(b, o);
  if (o->kind == RF_KIND_INTEGER && o->where == IS_REGISTER)
    convert(b, o, RF_STEP_TO_REAL, RF_KIND_REAL);
  o->kind = RF_KIND_REAL; /* literals and columns come as reals at once */
}

/* ------------------------------ checks ------------------------------ */

static rf_status missing_column(const binder *b, uint32_t at, const char *name) {
  return rf_expr_fail(b->expr, b->err, RF_ERR_NOT_FOUND, at, "there is no column '%.80s'", name);
}

/* T and F without a column of that name are not taken for 1 and 0: "T > 300" means a column. */
static rf_status check_letter(const binder *b, const operand *o) {
  if (!o->bare_letter)
    return RF_OK;
  const char name[2] = {b->expr->text[o->at], '\0'};
  return missing_column(b, o->at, name);
}

static rf_status check_number(const binder *b, const operand *o, rf_op op) {
  RF_TRY(check_letter(b, o));
  if (o->kind == RF_KIND_STRING)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "'%s' needs a number, found a string", rf_op_text(op));
  return RF_OK;
}

static rf_status check_condition(const binder *b, const operand *o, rf_op op) {
  if (o->kind == RF_KIND_LOGICAL)
    return RF_OK;
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "'%s' joins conditions, found %s%s", rf_op_text(op),
                      kind_text(o->kind),
                      o->kind == RF_KIND_INTEGER ? " (compare it, as in x != 0; bits: bitand(x, 4) != 0)" : "");
}

static rf_status check_string(const binder *b, const operand *o, rf_op op) {
  if (o->kind == RF_KIND_STRING)
    return RF_OK;
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "%s() needs a string, found %s", rf_op_text(op),
                      kind_text(o->kind));
}

/* ------------------------------ columns ------------------------------ */

static bool kind_of_type(rf_dtype type, rf_kind *kind) {
  if (type <= RF_U64)
    *kind = RF_KIND_INTEGER;
  else if (type == RF_F32 || type == RF_F64)
    *kind = RF_KIND_REAL;
  else if (type == RF_LOGICAL || type == RF_BIT)
    *kind = RF_KIND_LOGICAL;
  else if (type == RF_BYTES)
    *kind = RF_KIND_STRING;
  else
    return false;
  return true;
}

/* "(3, 4)" */
static void shape_text(const rf_expr_column *info, char *out, size_t capacity) {
  size_t n = 0;
  for (int i = 0; i < info->ndim && n < capacity; i++) {
    int made = snprintf(out + n, capacity - n, "%s%llu", i == 0 ? "(" : ", ", (unsigned long long)info->dims[i]);
    n += made > 0 ? (size_t)made : 0;
  }
  if (n < capacity)
    (void)snprintf(out + n, capacity - n, info->ndim == 1 ? ",)" : ")");
}

static rf_status check_shape(const binder *b, const rf_node *node, const rf_expr_column *info, const char *name) {
  if (node->count == (uint32_t)info->ndim)
    return RF_OK;
  if (info->ndim == 0)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at,
                        "column '%.80s' has one value in each cell, so it takes no index,", name);
  char shape[64];
  shape_text(info, shape, sizeof shape);
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at,
                      "column '%.80s' has an array of shape %s in each cell: choose one element, as in x[%s],", name,
                      shape,
                      info->ndim == 1   ? "0"
                      : info->ndim == 2 ? "0, 0"
                                        : "0, 0, ...");
}

/* The element of the cell that the indices choose; negative ones count from the end. */
static rf_status find_element(const binder *b, const rf_node *node, const rf_expr_column *info, const char *name,
                              uint64_t *element) {
  RF_TRY(check_shape(b, node, info, name));
  *element = 0;
  for (uint32_t i = 0; i < node->count; i++) {
    const rf_item *item = &b->expr->items[node->first + i];
    uint64_t length = info->dims[i];
    int64_t given = item->number.i;
    uint64_t index = given < 0 ? length - -(uint64_t)given : (uint64_t)given;
    bool outside = given < 0 ? -(uint64_t)given > length : index >= length;
    if (outside || !rf_mul_u64(*element, length, element) || !rf_add_u64(*element, index, element))
      return rf_expr_fail(b->expr, b->err, RF_ERR_RANGE, item->at,
                          "index %lld is outside column '%.80s', whose axis %u has %llu elements,", (long long)given,
                          name, (unsigned)i, (unsigned long long)length);
  }
  return RF_OK;
}

/* Asks the caller about a name, once. */
static rf_status ask(binder *b, const rf_node *node) {
  rf_program *program = b->program;
  const char *name = b->expr->names[node->name];
  if (b->slots[node->name] == NOT_ASKED) {
    rf_expr_column *info = &b->info[program->column_count];
    rf_status status = b->find(b->context, name, info, b->err);
    if (status != RF_OK && status != RF_ERR_NOT_FOUND)
      return status;
    b->slots[node->name] = status == RF_OK ? (uint32_t)program->column_count : NO_COLUMN;
    if (status == RF_OK) {
      size_t i = program->column_count++;
      program->columns[i].type = info->type;
      program->columns[i].width = (size_t)info->width;
      program->columns[i].element_bytes = rf_dtype_bytes(info->type, (size_t)info->width);
    }
  }
  return RF_OK;
}

static rf_status bind_column(binder *b, const rf_node *node, operand *o) {
  const char *name = b->expr->names[node->name];
  RF_TRY(ask(b, node));
  uint32_t slot = b->slots[node->name];
  if (slot == NO_COLUMN) {
    if (!node->bare_letter || node->count > 0)
      return missing_column(b, node->at, name);
    *o = (operand){.where = IS_LITERAL, .kind = RF_KIND_LOGICAL, .at = node->at, .bare_letter = true};
    o->item = (uint32_t)(b->expr->item_count + (name[0] == 'T'));
    return RF_OK;
  }
  const rf_expr_column *info = &b->info[slot];
  *o = (operand){.where = IS_COLUMN, .at = node->at, .column = slot};
  if (info->unfit)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "column '%.80s' %s", name, info->unfit);
  if (!kind_of_type(info->type, &o->kind))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "column '%.80s' is complex, which has no order,", name);
  return find_element(b, node, info, name, &o->element);
}

/* ------------------------------ operators ------------------------------ */

static operand *pop(binder *b) {
  return &b->stack[--b->depth];
}

/* A step with operands that are in registers; the result takes the place of the first on the stack. */
static rf_step *operate(binder *b, const rf_node *node, operand *x, operand *y, rf_kind result) {
  rf_step *step = add_step(b, RF_STEP_OPERATE, x->kind);
  step->op = node->op;
  step->a = x->reg;
  step->fold_a = x->fold;
  if (y) {
    step->b = y->reg;
    step->fold_b = y->fold;
    release(b, y);
  }
  release(b, x);
  operand made = {.at = node->at};
  become_register(&made, step->to, result);
  b->stack[b->depth++] = made;
  return step;
}

static rf_status bind_logic(binder *b, const rf_node *node) {
  operand *y = node->op == RF_OP_NOT ? NULL : pop(b);
  operand *x = pop(b);
  RF_TRY(check_condition(b, x, node->op));
  to_truth(b, x);
  if (y) {
    RF_TRY(check_condition(b, y, node->op));
    to_truth(b, y);
  }
  operate(b, node, x, y, RF_KIND_LOGICAL);
  return RF_OK;
}

/* Integers and reals are compared by value. Where a conversion keeps the value, it is made here; run.c sees to the
 * rest. */
static void match_reals(binder *b, operand *whole, operand *real) {
  rf_item *literal = whole->where == IS_LITERAL ? &b->program->items[whole->item] : NULL;
  if (literal && literal->number.tag == RF_NUM_I64 && literal->number.i <= EXACT_INTEGER &&
      literal->number.i >= -EXACT_INTEGER) {
    whole->kind = RF_KIND_REAL;
    return;
  }
  if (whole->where == IS_COLUMN && b->program->columns[whole->column].element_bytes <= 4) {
    whole->kind = RF_KIND_REAL;
    return;
  }
  if (real->where == IS_LITERAL) {
    rf_num *number = &b->program->items[real->item].number;
    if (number->d == floor(number->d) && fabs(number->d) < 9.0e18) {
      *number = rf_num_i64((int64_t)number->d);
      real->kind = RF_KIND_INTEGER;
    }
  }
}

static rf_status bind_comparison(binder *b, const rf_node *node) {
  operand *y = pop(b);
  operand *x = pop(b);
  if ((x->kind == RF_KIND_STRING) != (y->kind == RF_KIND_STRING))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "'%s' between %s and %s", rf_op_text(node->op),
                        kind_text(x->kind), kind_text(y->kind));
  if (x->kind != RF_KIND_LOGICAL)
    RF_TRY(check_letter(b, y));
  if (y->kind != RF_KIND_LOGICAL)
    RF_TRY(check_letter(b, x));
  if (x->kind != RF_KIND_STRING) {
    to_number(b, x);
    to_number(b, y);
    if (x->kind == RF_KIND_INTEGER && y->kind == RF_KIND_REAL)
      match_reals(b, x, y);
    else if (x->kind == RF_KIND_REAL && y->kind == RF_KIND_INTEGER)
      match_reals(b, y, x);
  }
  materialise(b, x);
  materialise(b, y);
  bool swap = node->op == RF_OP_GT || node->op == RF_OP_GE;
  rf_step *step = swap ? operate(b, node, y, x, RF_KIND_LOGICAL) : operate(b, node, x, y, RF_KIND_LOGICAL);
  if (swap)
    step->op = node->op == RF_OP_GT ? RF_OP_LT : RF_OP_LE;
  return RF_OK;
}

/* Exact on integers, as reals where one is a real or the operator asks for it. */
static rf_status bind_arithmetic(binder *b, const rf_node *node) {
  operand *y = pop(b);
  operand *x = pop(b);
  RF_TRY(check_number(b, x, node->op));
  RF_TRY(check_number(b, y, node->op));
  to_number(b, x);
  to_number(b, y);
  if (node->op == RF_OP_BITAND && (x->kind == RF_KIND_REAL || y->kind == RF_KIND_REAL))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, x->kind == RF_KIND_REAL ? x->at : y->at,
                        "bitand() needs integers, found a real number");
  bool real = x->kind == RF_KIND_REAL || y->kind == RF_KIND_REAL || node->op == RF_OP_DIVIDE || node->op == RF_OP_POWER;
  if (real) {
    to_real(b, x);
    to_real(b, y);
  }
  materialise(b, x);
  materialise(b, y);
  operate(b, node, x, y, real ? RF_KIND_REAL : RF_KIND_INTEGER);
  return RF_OK;
}

/* Signs, abs, and what makes whole numbers of reals. */
static rf_status bind_sign(binder *b, const rf_node *node) {
  operand *x = &b->stack[b->depth - 1];
  RF_TRY(check_number(b, x, node->op));
  to_number(b, x);
  bool whole_already = x->kind == RF_KIND_INTEGER && node->op >= RF_OP_FLOOR && node->op <= RF_OP_ROUND;
  if (node->op == RF_OP_PLUS || whole_already)
    return RF_OK;
  b->depth--;
  materialise(b, x);
  operate(b, node, x, NULL, x->kind);
  return RF_OK;
}

/* Functions of a real number: mathematics, and questions. */
static rf_status bind_real_function(binder *b, const rf_node *node, rf_kind result) {
  operand *x = pop(b);
  RF_TRY(check_number(b, x, node->op));
  to_real(b, x);
  materialise(b, x);
  operate(b, node, x, NULL, result);
  return RF_OK;
}

static rf_status bind_isnull(binder *b, const rf_node *node) {
  operand *x = pop(b);
  RF_TRY(check_letter(b, x));
  materialise(b, x);
  operate(b, node, x, NULL, RF_KIND_LOGICAL);
  return RF_OK;
}

static rf_status bind_string_test(binder *b, const rf_node *node) {
  operand *y = pop(b);
  operand *x = pop(b);
  RF_TRY(check_string(b, x, node->op));
  RF_TRY(check_string(b, y, node->op));
  materialise(b, x);
  /* The blank of contains(name, 'M ') is looked for. */
  bool literal = y->where == IS_LITERAL;
  materialise(b, y);
  if (literal)
    b->program->steps[b->program->step_count - 1].with_blanks = true;
  operate(b, node, x, y, RF_KIND_LOGICAL);
  return RF_OK;
}

static rf_status bind_string_function(binder *b, const rf_node *node) {
  operand *x = &b->stack[b->depth - 1];
  RF_TRY(check_string(b, x, node->op));
  if (node->op != RF_OP_STRIP) {
    x->fold = node->op == RF_OP_LOWER ? RF_FOLD_LOWER : RF_FOLD_UPPER;
    return RF_OK;
  }
  rf_fold fold = x->fold;
  b->depth--;
  materialise(b, x);
  operate(b, node, x, NULL, RF_KIND_STRING);
  b->stack[b->depth - 1].fold = fold;
  return RF_OK;
}

static rf_status bind_in(binder *b, const rf_node *node) {
  operand *x = pop(b);
  RF_TRY(check_letter(b, x));
  bool strings = x->kind == RF_KIND_STRING;
  for (uint32_t i = 0; i < node->count; i++) {
    rf_item *item = &b->program->items[node->first + i];
    if (item->is_string != strings)
      return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, item->at, "%s in a list that %s is looked for in",
                          item->is_string ? "a string" : "a number", kind_text(x->kind));
    if (strings)
      item->string = rf_str_trim(item->string.text, item->string.length);
  }
  rf_list_sort(b->program->items + node->first, node->count);
  to_number(b, x);
  materialise(b, x);
  rf_step *step = operate(b, node, x, NULL, RF_KIND_LOGICAL);
  step->first = node->first;
  step->count = node->count;
  return RF_OK;
}

static void bind_literal(const binder *b, const rf_node *node, operand *o) {
  const rf_item *item = &b->expr->items[node->first];
  *o = (operand){.where = IS_LITERAL, .at = node->at, .item = node->first};
  if (node->op == RF_OP_STRING)
    o->kind = RF_KIND_STRING;
  else if (node->op == RF_OP_LOGICAL)
    o->kind = RF_KIND_LOGICAL;
  else
    o->kind = item->number.tag == RF_NUM_REAL ? RF_KIND_REAL : RF_KIND_INTEGER;
}

static rf_status bind_node(binder *b, const rf_node *node) {
  switch (node->op) {
  case RF_OP_LOGICAL:
  case RF_OP_NUMBER:
  case RF_OP_STRING:
    bind_literal(b, node, &b->stack[b->depth++]);
    return RF_OK;
  case RF_OP_COLUMN:
    RF_TRY(bind_column(b, node, &b->stack[b->depth]));
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
  return rf_fail(err, RF_ERR_MEMORY, "no memory to run an expression");
}

/* The program keeps literals of its own: they are converted and sorted here. Behind them F and T. */
static rf_status copy_items(binder *b) {
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
static rf_status bind_start(binder *b) {
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
    b->slots[i] = NOT_ASKED;
  return copy_items(b);
}

static rf_status bind_result(binder *b) {
  operand *o = &b->stack[0];
  if (o->kind != RF_KIND_LOGICAL)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, o->at, "the expression is %s and no condition: it has its value",
                        kind_text(o->kind));
  to_truth(b, o);
  b->program->result = o->reg;
  return RF_OK;
}

static rf_status reserve_registers(rf_program *program, rf_error *err) {
  size_t count = program->register_count;
  size_t rows = count > CROWDED ? CHUNK_ROWS_CROWDED : CHUNK_ROWS;
  size_t data = rows * 16;
  program->rows = rows;
  program->registers = rf_alloc_zero(count, sizeof *program->registers);
  program->memory = rf_alloc_zero(count * (data + 2 * rows) + 2 * rows * sizeof(double), 1);
  if (!program->registers || !program->memory)
    return no_memory(err);
  uint8_t *at = program->memory;
  for (int i = 0; i < 2; i++, at += rows * sizeof(double))
    program->scratch[i] = (double *)(void *)at;
  for (size_t i = 0; i < count; i++, at += data)
    program->registers[i].data = at;
  for (size_t i = 0; i < count; i++, at += 2 * rows) {
    program->registers[i].tags = at;
    program->registers[i].nulls = at + rows;
  }
  return RF_OK;
}

static rf_status bind_all(binder *b) {
  RF_TRY(bind_start(b));
  for (size_t i = 0; i < b->expr->node_count; i++)
    RF_TRY(bind_node(b, &b->expr->nodes[i]));
  RF_TRY(bind_result(b));
  return reserve_registers(b->program, b->err);
}

rf_status rf_expr_bind(const rf_expr *expr, rf_expr_find find, void *context, rf_program **program, rf_error *err) {
  binder b = {.expr = expr, .find = find, .context = context, .err = err};
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

void rf_program_free(rf_program *program) {
  if (!program)
    return;
  rf_free(program->steps);
  rf_free(program->items);
  rf_free(program->strings);
  rf_free(program->columns);
  rf_free(program->registers);
  rf_free(program->memory);
  rf_free(program);
}
