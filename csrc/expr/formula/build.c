/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/build.h"

#include <string.h>

#include "expr/formula/values/run.h"

static rf_formula_node *at_index(const rf_formula *formula, uint32_t index) {
  return &formula->nodes[index];
}

static rf_formula_type type_of(const rf_formula *formula, uint32_t index) {
  return formula->nodes[index].shape.type;
}

rf_formula_shape rf_formula_scalar(rf_formula_type type) {
  return (rf_formula_shape){.type = type, .count = 1, .naxis = 1, .naxes = {1, 1, 1, 1, 1}};
}

static bool varies(rf_formula_op op) {
  return op == RF_F_COLUMN || op == RF_F_ROW || op == RF_F_RANDOM || op == RF_F_RANDOMN || op == RF_F_RANDOMP ||
         op == RF_F_ACCUM || op == RF_F_SEQDIFF;
}

rf_status rf_formula_build(rf_formula *formula, rf_formula_op op, uint32_t at, const rf_formula_shape *shape,
                           const uint32_t *operands, size_t count, uint32_t *index, rf_error *err) {
  RF_TRY(rf_formula_add(formula, op, at, shape, operands, count, index, err));
  rf_formula_node *node = at_index(formula, *index);
  node->fixed = !varies(op);
  node->constant = op != RF_F_VECTOR;
  for (size_t i = 0; i < count; i++) {
    node->fixed = node->fixed && at_index(formula, operands[i])->fixed;
    node->constant = node->constant && at_index(formula, operands[i])->constant;
  }
  node->constant = node->constant && node->fixed;
  return node->fixed ? rf_formula_reserve(node, 1, err) : RF_OK;
}

rf_status rf_formula_finish(rf_formula *formula, uint32_t index, rf_error *err) {
  rf_formula_node *node = at_index(formula, index);
  if (!node->fixed)
    return RF_OK;
  RF_TRY(rf_formula_run(formula, node, 0, 1, err));
  node->has_nulls = node->has_nulls && memchr(node->nulls, 1, (size_t)rf_formula_row_flags(&node->shape)) != NULL;
  if (node->has_nulls && node->constant && node->op != RF_F_STRSTR && node->op != RF_F_STRMID)
    return rf_formula_fail(formula, err, RF_ERR_ARGUMENT, node->at, "a constant without a value");
  return RF_OK;
}

static rf_status build(rf_formula *formula, rf_formula_op op, uint32_t at, const rf_formula_shape *shape,
                       const uint32_t *operands, size_t count, uint32_t *index, rf_error *err) {
  RF_TRY(rf_formula_build(formula, op, at, shape, operands, count, index, err));
  return rf_formula_finish(formula, *index, err);
}

static rf_status wrong_operands(const rf_formula *formula, uint32_t at, rf_error *err) {
  return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "operands of types that do not fit the operator");
}

/* ------------------------------ literals ------------------------------ */

rf_status rf_formula_build_integer(rf_formula *formula, uint32_t at, int64_t value, uint32_t *index, rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_INTEGER);
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, at, &shape, NULL, 0, index, err));
  memcpy(at_index(formula, *index)->data, &value, sizeof value);
  return RF_OK;
}

rf_status rf_formula_build_real(rf_formula *formula, uint32_t at, double value, uint32_t *index, rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_REAL);
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, at, &shape, NULL, 0, index, err));
  memcpy(at_index(formula, *index)->data, &value, sizeof value);
  return RF_OK;
}

static rf_status build_logical(rf_formula *formula, uint32_t at, bool value, uint32_t *index, rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_LOGICAL);
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, at, &shape, NULL, 0, index, err));
  at_index(formula, *index)->data[0] = value;
  return RF_OK;
}

static rf_status build_string(rf_formula *formula, uint32_t at, const char *text, size_t length, uint32_t *index,
                              rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_STRING);
  shape.width = length;
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, at, &shape, NULL, 0, index, err));
  if (length > 0)
    memcpy(at_index(formula, *index)->data, text, length);
  return RF_OK;
}

rf_status rf_formula_build_null(rf_formula *formula, uint32_t at, rf_formula_type type, uint32_t *index,
                                rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(type);
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, at, &shape, NULL, 0, index, err));
  rf_formula_node *node = at_index(formula, *index);
  node->constant = false;
  node->nulls[0] = 1;
  node->has_nulls = true;
  return RF_OK;
}

static rf_status build_bits(rf_formula *formula, const rf_formula_token *token, uint32_t *index, rf_error *err) {
  char letter = token->text[0];
  uint32_t each = letter == 'b' || letter == 'B' ? 1 : letter == 'o' || letter == 'O' ? 3 : 4;
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_BITS);
  shape.count = (uint64_t)each * (token->length - 1);
  RF_TRY(rf_formula_build(formula, RF_F_LITERAL, token->at, &shape, NULL, 0, index, err));
  uint8_t *to = at_index(formula, *index)->data;
  for (uint32_t i = 1; i < token->length; i++) {
    char c = token->text[i];
    unsigned digit = c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
    for (uint32_t k = each; k-- > 0;)
      *to++ = c == 'x' || c == 'X' ? 2 : (uint8_t)(digit >> k & 1);
  }
  return RF_OK;
}

rf_status rf_formula_build_literal(rf_formula *formula, const rf_formula_token *token, uint32_t *index, rf_error *err) {
  switch (token->kind) {
  case RF_FT_LOGICAL:
    return build_logical(formula, token->at, token->integer != 0, index, err);
  case RF_FT_INTEGER:
    return rf_formula_build_integer(formula, token->at, token->integer, index, err);
  case RF_FT_REAL:
    return rf_formula_build_real(formula, token->at, token->real, index, err);
  case RF_FT_STRING:
    return build_string(formula, token->at, token->text, token->length, index, err);
  default:
    return build_bits(formula, token, index, err);
  }
}

/* ------------------------------ names ------------------------------ */

static rf_status check_info(const rf_formula *formula, const rf_formula_info *info, uint32_t at, rf_error *err) {
  uint64_t product = 1;
  bool right = info->type >= RF_FORMULA_LOGICAL && info->type <= RF_FORMULA_BITS && info->count > 0 &&
               info->naxis >= 1 && info->naxis <= RF_FORMULA_AXES;
  for (int i = 0; right && i < info->naxis; i++)
    right = info->naxes[i] > 0 && product <= info->count / info->naxes[i] && (product *= info->naxes[i]) > 0;
  if (!right || product != info->count || (info->type == RF_FORMULA_STRING && info->count != 1))
    return rf_formula_fail(formula, err, RF_ERR_ARGUMENT, at, "a column that the source describes wrongly");
  return RF_OK;
}

static rf_status build_keyword(rf_formula *formula, const rf_formula_info *info, uint32_t at, uint32_t *index,
                               rf_error *err) {
  switch (info->type) {
  case RF_FORMULA_LOGICAL:
    return build_logical(formula, at, info->integer != 0, index, err);
  case RF_FORMULA_INTEGER:
    return rf_formula_build_integer(formula, at, info->integer, index, err);
  case RF_FORMULA_REAL:
    return rf_formula_build_real(formula, at, info->real, index, err);
  case RF_FORMULA_STRING:
    return build_string(formula, at, info->text ? info->text : "", info->text ? strlen(info->text) : 0, index, err);
  default:
    return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "a keyword of a type that has no values here");
  }
}

static rf_status build_column(rf_formula *formula, const rf_formula_info *info, uint32_t at, uint32_t *index,
                              rf_error *err) {
  rf_formula_shape shape = {info->type, info->count, info->width, info->naxis, {0}};
  RF_TRY(check_info(formula, info, at, err));
  for (int i = 0; i < RF_FORMULA_AXES; i++)
    shape.naxes[i] = i < info->naxis ? info->naxes[i] : 1;
  RF_TRY(rf_formula_build(formula, RF_F_COLUMN, at, &shape, NULL, 0, index, err));
  at_index(formula, *index)->number = info->column;
  return RF_OK;
}

rf_status rf_formula_build_name(rf_formula *formula, const rf_formula_token *token, uint32_t *index, rf_error *err) {
  char name[256];
  rf_formula_info info = {.size = sizeof info};
  if (token->length >= sizeof name)
    return rf_formula_fail(formula, err, RF_ERR_NOT_FOUND, token->at, "a name of %u characters",
                           (unsigned)token->length);
  memcpy(name, token->text, token->length);
  name[token->length] = '\0';
  rf_status status = formula->source.find(formula->source.user, name, token->kind == RF_FT_KEYWORD, &info, err);
  if (status != RF_OK)
    return rf_formula_fail(formula, err, status, token->at, "the name \"%s\"", name);
  return info.constant ? build_keyword(formula, &info, token->at, index, err)
                       : build_column(formula, &info, token->at, index, err);
}

/* ------------------------------ types and shapes ------------------------------ */

rf_status rf_formula_convert(rf_formula *formula, rf_formula_type type, uint32_t *index, rf_error *err) {
  if (type_of(formula, *index) == type)
    return RF_OK;
  uint32_t operand = *index;
  rf_formula_shape shape = at_index(formula, operand)->shape;
  shape.type = type;
  return build(formula, type == RF_FORMULA_REAL ? RF_F_TO_REAL : RF_F_TO_INTEGER, at_index(formula, operand)->at,
               &shape, &operand, 1, index, err);
}

rf_status rf_formula_same_type(rf_formula *formula, uint32_t operands[2], rf_error *err) {
  rf_formula_type type =
      type_of(formula, operands[0]) == RF_FORMULA_REAL || type_of(formula, operands[1]) == RF_FORMULA_REAL
          ? RF_FORMULA_REAL
          : RF_FORMULA_INTEGER;
  RF_TRY(rf_formula_convert(formula, type, &operands[0], err));
  return rf_formula_convert(formula, type, &operands[1], err);
}

static bool same_axes(const rf_formula_shape *a, const rf_formula_shape *b) {
  bool same = a->naxis == b->naxis && a->count == b->count;
  for (int i = 0; same && i < a->naxis; i++)
    same = a->naxes[i] == b->naxes[i];
  return same;
}

rf_status rf_formula_join_shapes(const rf_formula *formula, uint32_t at, const uint32_t *operands, size_t count,
                                 rf_formula_type type, rf_formula_shape *shape, rf_error *err) {
  *shape = rf_formula_scalar(type);
  for (size_t i = 0; i < count; i++) {
    const rf_formula_shape *from = &at_index(formula, operands[i])->shape;
    if (from->count == 1 || from->type == RF_FORMULA_STRING)
      continue;
    if (shape->count > 1 && !same_axes(shape, from))
      return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "vectors of different dimensions");
    *shape = *from;
    shape->type = type;
    shape->width = 0;
  }
  return RF_OK;
}

/* ------------------------------ operators ------------------------------ */

rf_status rf_formula_build_unary(rf_formula *formula, rf_formula_op op, uint32_t at, uint32_t operand, uint32_t *index,
                                 rf_error *err) {
  rf_formula_shape shape = at_index(formula, operand)->shape;
  bool right = op == RF_F_NOT ? shape.type == RF_FORMULA_LOGICAL || shape.type == RF_FORMULA_BITS
                              : rf_formula_is_number(shape.type);
  if (!right)
    return wrong_operands(formula, at, err);
  return build(formula, op, at, &shape, &operand, 1, index, err);
}

static bool is_comparison(rf_formula_op op) {
  return op >= RF_F_EQ && op <= RF_F_APPROX;
}

static rf_status build_numbers(rf_formula *formula, rf_formula_op op, uint32_t at, uint32_t operands[2],
                               uint32_t *index, rf_error *err) {
  rf_formula_shape shape;
  RF_TRY(rf_formula_same_type(formula, operands, err));
  rf_formula_type type = type_of(formula, operands[0]);
  bool of_bits = op == RF_F_BITAND || op == RF_F_BITOR || op == RF_F_BITXOR;
  if (op == RF_F_OR || op == RF_F_AND || (of_bits && type != RF_FORMULA_INTEGER))
    return wrong_operands(formula, at, err);
  type = is_comparison(op) ? RF_FORMULA_LOGICAL : type;
  RF_TRY(rf_formula_join_shapes(formula, at, operands, 2, type, &shape, err));
  return build(formula, op, at, &shape, operands, 2, index, err);
}

static rf_status build_logicals(rf_formula *formula, rf_formula_op op, uint32_t at, const uint32_t operands[2],
                                uint32_t *index, rf_error *err) {
  rf_formula_shape shape;
  if (op != RF_F_EQ && op != RF_F_NE && op != RF_F_OR && op != RF_F_AND)
    return wrong_operands(formula, at, err);
  RF_TRY(rf_formula_join_shapes(formula, at, operands, 2, RF_FORMULA_LOGICAL, &shape, err));
  return build(formula, op, at, &shape, operands, 2, index, err);
}

static rf_status build_strings(rf_formula *formula, rf_formula_op op, uint32_t at, const uint32_t operands[2],
                               uint32_t *index, rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(op == RF_F_ADD ? RF_FORMULA_STRING : RF_FORMULA_LOGICAL);
  if (op == RF_F_APPROX || (op != RF_F_ADD && !is_comparison(op)))
    return wrong_operands(formula, at, err);
  if (op == RF_F_ADD)
    shape.width = at_index(formula, operands[0])->shape.width + at_index(formula, operands[1])->shape.width;
  return build(formula, op, at, &shape, operands, 2, index, err);
}

static rf_status build_bit_operator(rf_formula *formula, rf_formula_op op, uint32_t at, const uint32_t operands[2],
                                    uint32_t *index, rf_error *err) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_BITS);
  uint64_t a = at_index(formula, operands[0])->shape.count, b = at_index(formula, operands[1])->shape.count;
  if (op == RF_F_ADD)
    shape.count = a + b;
  else if (op == RF_F_BITAND || op == RF_F_BITOR)
    shape.count = a > b ? a : b;
  else if (is_comparison(op) && op != RF_F_APPROX)
    shape.type = RF_FORMULA_LOGICAL;
  else
    return wrong_operands(formula, at, err);
  shape.naxes[0] = shape.count;
  return build(formula, op, at, &shape, operands, 2, index, err);
}

rf_status rf_formula_build_binary(rf_formula *formula, rf_formula_op op, uint32_t at, uint32_t left, uint32_t right,
                                  uint32_t *index, rf_error *err) {
  uint32_t operands[2] = {left, right};
  rf_formula_type a = type_of(formula, left), b = type_of(formula, right);
  bool both = rf_formula_is_number(a) && rf_formula_is_number(b);
  bool scaled = op == RF_F_MULTIPLY && (a == RF_FORMULA_LOGICAL) != (b == RF_FORMULA_LOGICAL) &&
                (rf_formula_is_number(a) || rf_formula_is_number(b));
  if (both || scaled)
    return build_numbers(formula, op, at, operands, index, err);
  if (a != b)
    return wrong_operands(formula, at, err);
  if (a == RF_FORMULA_LOGICAL)
    return build_logicals(formula, op, at, operands, index, err);
  if (a == RF_FORMULA_STRING)
    return build_strings(formula, op, at, operands, index, err);
  return build_bit_operator(formula, op, at, operands, index, err);
}

rf_status rf_formula_build_choice(rf_formula *formula, uint32_t at, uint32_t operands[3], uint32_t *index,
                                  rf_error *err) {
  rf_formula_type a = type_of(formula, operands[1]), b = type_of(formula, operands[2]);
  rf_formula_shape shape;
  bool numbers =
      (rf_formula_is_number(a) || a == RF_FORMULA_LOGICAL) && (rf_formula_is_number(b) || b == RF_FORMULA_LOGICAL);
  if (type_of(formula, operands[0]) != RF_FORMULA_LOGICAL || a == RF_FORMULA_BITS || (a != b && !numbers))
    return wrong_operands(formula, at, err);
  if (a != b)
    RF_TRY(rf_formula_same_type(formula, operands + 1, err));
  RF_TRY(rf_formula_join_shapes(formula, at, operands, 3, type_of(formula, operands[1]), &shape, err));
  if (a == RF_FORMULA_STRING) {
    size_t x = at_index(formula, operands[1])->shape.width, y = at_index(formula, operands[2])->shape.width;
    if (shape.count > 1)
      return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "a vector of strings");
    shape.width = x > y ? x : y;
  }
  return build(formula, RF_F_CHOOSE, at, &shape, operands, 3, index, err);
}

/* ------------------------------ vectors ------------------------------ */

rf_status rf_formula_build_index(rf_formula *formula, uint32_t at, const uint32_t *operands, size_t count,
                                 uint32_t *index, rf_error *err) {
  const rf_formula_shape *vector = &at_index(formula, operands[0])->shape;
  rf_formula_shape shape = rf_formula_scalar(vector->type);
  if (vector->type == RF_FORMULA_STRING)
    return wrong_operands(formula, at, err);
  if (vector->count == 1)
    return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "an index of a single value");
  if (count != 2 && count - 1 != (size_t)vector->naxis)
    return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "%zu indices of a vector of %d axes", count - 1,
                           vector->naxis);
  if (count == 2 && vector->naxis > 1) {
    shape.naxis = vector->naxis - 1;
    for (int i = 0; i < shape.naxis; i++)
      shape.count *= shape.naxes[i] = vector->naxes[i];
  }
  for (size_t i = 1; i < count; i++)
    if (type_of(formula, operands[i]) != RF_FORMULA_INTEGER || at_index(formula, operands[i])->shape.count != 1)
      return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "an index that is no single integer");
  return build(formula, RF_F_INDEX, at, &shape, operands, count, index, err);
}

rf_status rf_formula_build_vector(rf_formula *formula, uint32_t at, uint32_t *operands, size_t count, uint32_t *index,
                                  rf_error *err) {
  rf_formula_type type = RF_FORMULA_LOGICAL;
  for (size_t i = 0; i < count; i++) {
    rf_formula_type each = type_of(formula, operands[i]);
    if (!rf_formula_is_number(each) && each != RF_FORMULA_LOGICAL)
      return wrong_operands(formula, at, err);
    if (each == RF_FORMULA_REAL || type == RF_FORMULA_LOGICAL)
      type = each;
  }
  rf_formula_shape shape = rf_formula_scalar(type);
  shape.count = 0;
  for (size_t i = 0; i < count; i++) {
    if (type != RF_FORMULA_LOGICAL)
      RF_TRY(rf_formula_convert(formula, type, &operands[i], err));
    shape.count += at_index(formula, operands[i])->shape.count;
  }
  shape.naxes[0] = shape.count;
  return build(formula, RF_F_VECTOR, at, &shape, operands, count, index, err);
}

rf_status rf_formula_build_shift(rf_formula *formula, uint32_t at, uint32_t column, uint32_t rows, uint32_t *index,
                                 rf_error *err) {
  const rf_formula_node *by = at_index(formula, rows), *from = at_index(formula, column);
  if (!by->constant || by->shape.type != RF_FORMULA_INTEGER || by->has_nulls)
    return rf_formula_fail(formula, err, RF_ERR_TYPE, at, "an offset of rows that is no constant integer");
  if (from->op != RF_F_COLUMN || from->shift != 0)
    return rf_formula_fail(formula, err, RF_ERR_ARGUMENT, at, "an offset of rows behind what is no column");
  int64_t shift;
  size_t number = from->number;
  rf_formula_shape shape = from->shape;
  memcpy(&shift, by->data, sizeof shift);
  RF_TRY(rf_formula_build(formula, RF_F_COLUMN, at, &shape, NULL, 0, index, err));
  at_index(formula, *index)->number = number;
  at_index(formula, *index)->shift = shift;
  return RF_OK;
}
