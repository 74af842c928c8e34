/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/formula/call.h"

#include <string.h>

#include "expr/formula/build.h"

rf_status rf_formula_wrong_call(const rf_formula_call *call) {
  return rf_formula_fail(call->formula, call->err, RF_ERR_TYPE, call->at, "a function %.*s() of these arguments",
                         call->length < 40 ? (int)call->length : 40, call->name);
}

static rf_formula_type type_of(const rf_formula_call *call, size_t i) {
  return rf_formula_argument(call, i)->type;
}

static bool is_number(const rf_formula_call *call, size_t i) {
  return rf_formula_is_number(type_of(call, i));
}

/* Adds the node and computes it if it is fixed. */
static rf_status build(rf_formula_call *call, rf_formula_op op, const rf_formula_shape *shape, size_t operands,
                       uint32_t *index) {
  RF_TRY(rf_formula_build(call->formula, op, call->at, shape, call->arguments, operands, index, call->err));
  return rf_formula_finish(call->formula, *index, call->err);
}

static rf_status build_scalar(rf_formula_call *call, rf_formula_op op, rf_formula_type type, uint32_t *index) {
  rf_formula_shape shape = rf_formula_scalar(type);
  return build(call, op, &shape, 1, index);
}

/* ------------------------------ functions of elements ------------------------------ */

/* All arguments are numbers, and become reals; the result has `type`. */
static rf_status build_reals(rf_formula_call *call, rf_formula_op op, rf_formula_type type, uint32_t *index) {
  rf_formula_shape shape;
  for (size_t i = 0; i < call->count; i++) {
    if (!is_number(call, i))
      return rf_formula_wrong_call(call);
    RF_TRY(rf_formula_convert(call->formula, RF_FORMULA_REAL, &call->arguments[i], call->err));
  }
  RF_TRY(rf_formula_join_shapes(call->formula, call->at, call->arguments, call->count, type, &shape, call->err));
  return build(call, op, &shape, call->count, index);
}

static rf_status build_same(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula_shape shape = *rf_formula_argument(call, 0);
  return is_number(call, 0) ? build(call, op, &shape, 1, index) : rf_formula_wrong_call(call);
}

static rf_status build_extreme(rf_formula_call *call, rf_formula_op one, rf_formula_op two, uint32_t *index) {
  rf_formula_shape shape;
  if (call->count == 1 && (is_number(call, 0) || type_of(call, 0) == RF_FORMULA_BITS))
    return build_scalar(call, one, type_of(call, 0), index);
  if (call->count != 2 || !is_number(call, 0) || !is_number(call, 1))
    return rf_formula_wrong_call(call);
  RF_TRY(rf_formula_same_type(call->formula, call->arguments, call->err));
  RF_TRY(rf_formula_join_shapes(call->formula, call->at, call->arguments, 2, type_of(call, 0), &shape, call->err));
  return build(call, two, &shape, 2, index);
}

static rf_status build_isnull(rf_formula_call *call, uint32_t *index) {
  rf_formula_shape shape = *rf_formula_argument(call, 0);
  if (shape.type == RF_FORMULA_BITS)
    return rf_formula_wrong_call(call);
  shape.type = RF_FORMULA_LOGICAL;
  shape.width = 0;
  return build(call, RF_F_ISNULL, &shape, 1, index);
}

/* defnull(x, y) has the shape of x, setnull(x, y) that of y; the other one may be a single value. */
static rf_status build_null_pair(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula_shape shape;
  size_t main = op == RF_F_DEFNULL ? 0 : 1;
  if (is_number(call, 0) && is_number(call, 1))
    RF_TRY(rf_formula_same_type(call->formula, call->arguments, call->err));
  else if (op == RF_F_SETNULL || type_of(call, 0) != type_of(call, 1) || type_of(call, 0) == RF_FORMULA_BITS)
    return rf_formula_wrong_call(call);
  RF_TRY(rf_formula_join_shapes(call->formula, call->at, call->arguments, 2, type_of(call, 0), &shape, call->err));
  bool whole = shape.count == rf_formula_argument(call, main)->count;
  if (!whole || (op == RF_F_SETNULL && rf_formula_argument(call, 0)->count > 1))
    return rf_formula_wrong_call(call);
  size_t a = rf_formula_argument(call, 0)->width, b = rf_formula_argument(call, 1)->width;
  shape.width = a > b ? a : b;
  return build(call, op, &shape, 2, index);
}

static rf_status build_random(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_REAL);
  if (call->count > 1 || (call->count == 1 && !is_number(call, 0)) || (call->count == 0 && op == RF_F_RANDOMP))
    return rf_formula_wrong_call(call);
  if (call->count == 1) {
    shape = *rf_formula_argument(call, 0);
    shape.type = op == RF_F_RANDOMP ? RF_FORMULA_INTEGER : RF_FORMULA_REAL;
    RF_TRY(rf_formula_convert(call->formula, RF_FORMULA_REAL, &call->arguments[0], call->err));
  }
  return build(call, op, &shape, call->count, index);
}

/* ------------------------------ functions of vectors ------------------------------ */

static rf_status build_sum(rf_formula_call *call, uint32_t *index) {
  rf_formula_type type = type_of(call, 0);
  if (type == RF_FORMULA_STRING)
    return rf_formula_wrong_call(call);
  return build_scalar(call, RF_F_SUM, type == RF_FORMULA_REAL ? RF_FORMULA_REAL : RF_FORMULA_INTEGER, index);
}

static rf_status build_accum(rf_formula_call *call, uint32_t *index) {
  rf_formula_shape shape = *rf_formula_argument(call, 0);
  if (shape.type == RF_FORMULA_STRING)
    return rf_formula_wrong_call(call);
  if (shape.type == RF_FORMULA_BITS)
    return build_scalar(call, RF_F_ACCUM, RF_FORMULA_INTEGER, index);
  shape.type = shape.type == RF_FORMULA_REAL ? RF_FORMULA_REAL : RF_FORMULA_INTEGER;
  return build(call, RF_F_ACCUM, &shape, 1, index);
}

static rf_status build_count(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  const rf_formula_shape *shape = rf_formula_argument(call, 0);
  bool is_string = shape->type == RF_FORMULA_STRING;
  if (op == RF_F_NVALID && shape->type == RF_FORMULA_LOGICAL)
    return rf_formula_wrong_call(call);
  if (op == RF_F_NVALID && shape->type != RF_FORMULA_BITS)
    return build_scalar(call, RF_F_NVALID, RF_FORMULA_INTEGER, index);
  return rf_formula_build_integer(call->formula, call->at, (int64_t)(is_string ? shape->width : shape->count), index,
                                  call->err);
}

static rf_status build_summary(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula_type type = type_of(call, 0);
  if (!is_number(call, 0))
    return rf_formula_wrong_call(call);
  return build_scalar(call, op, op == RF_F_MEDIAN ? type : RF_FORMULA_REAL, index);
}

/* Gets an argument that is a constant integer. */
static bool is_constant(const rf_formula_call *call, size_t i, int64_t *value) {
  const rf_formula_node *node = &call->formula->nodes[call->arguments[i]];
  if (!node->fixed || node->shape.type != RF_FORMULA_INTEGER || node->shape.count != 1 || node->has_nulls)
    return false;
  memcpy(value, node->data, sizeof *value);
  return true;
}

static rf_status build_axes(rf_formula_call *call, uint32_t *index) {
  const rf_formula_shape *shape = rf_formula_argument(call, 0);
  int64_t axis, value = 1;
  if (shape->type == RF_FORMULA_STRING || !is_constant(call, 1, &axis) || axis < 1)
    return rf_formula_wrong_call(call);
  if (axis <= shape->naxis)
    value = (int64_t)shape->naxes[axis - 1];
  return rf_formula_build_integer(call->formula, call->at, value, index, call->err);
}

static rf_status build_positions(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula_shape shape = *rf_formula_argument(call, 0);
  int64_t axis = 1;
  if ((!is_number(call, 0) && shape.type != RF_FORMULA_LOGICAL) ||
      (op == RF_F_AXISELEM && (!is_constant(call, 1, &axis) || axis < 1)))
    return rf_formula_wrong_call(call);
  shape.type = RF_FORMULA_INTEGER;
  RF_TRY(rf_formula_build(call->formula, op, call->at, &shape, call->arguments, 1, index, call->err));
  call->formula->nodes[*index].number = (size_t)(axis - 1);
  return rf_formula_finish(call->formula, *index, call->err);
}

/* array(x, n) or array(x, {n, m}) */
static rf_status build_array(rf_formula_call *call, uint32_t *index) {
  const rf_formula_node *axes = &call->formula->nodes[call->arguments[1]];
  rf_formula_shape shape = rf_formula_scalar(type_of(call, 0));
  bool right = (is_number(call, 0) || shape.type == RF_FORMULA_LOGICAL) && rf_formula_argument(call, 0)->count == 1 &&
               axes->fixed && axes->shape.type == RF_FORMULA_INTEGER && axes->shape.naxis == 1 &&
               axes->shape.count <= RF_FORMULA_AXES && !axes->has_nulls;
  if (!right)
    return rf_formula_wrong_call(call);
  shape.naxis = (int)axes->shape.count;
  for (int i = 0; i < shape.naxis; i++) {
    int64_t n;
    memcpy(&n, axes->data + 8 * i, sizeof n);
    if (n < 1 || n > INT32_MAX || shape.count > UINT32_MAX)
      return rf_formula_wrong_call(call);
    shape.naxes[i] = (uint64_t)n;
    shape.count *= (uint64_t)n;
  }
  return build(call, RF_F_ARRAY, &shape, 1, index);
}

/* ------------------------------ functions of strings ------------------------------ */

static rf_status build_strstr(rf_formula_call *call, uint32_t *index) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_INTEGER);
  if (type_of(call, 0) != RF_FORMULA_STRING || type_of(call, 1) != RF_FORMULA_STRING)
    return rf_formula_wrong_call(call);
  return build(call, RF_F_STRSTR, &shape, 2, index);
}

static rf_status build_strmid(rf_formula_call *call, uint32_t *index) {
  rf_formula_shape shape = rf_formula_scalar(RF_FORMULA_STRING);
  int64_t length;
  if (type_of(call, 0) != RF_FORMULA_STRING || type_of(call, 1) != RF_FORMULA_INTEGER ||
      type_of(call, 2) != RF_FORMULA_INTEGER || rf_formula_argument(call, 1)->count != 1 ||
      rf_formula_argument(call, 2)->count != 1)
    return rf_formula_wrong_call(call);
  shape.width = rf_formula_argument(call, 0)->width;
  if (is_constant(call, 2, &length)) {
    if (length < 1)
      return rf_formula_wrong_call(call);
    shape.width = length < 32768 ? (size_t)length : shape.width;
  }
  return build(call, RF_F_STRMID, &shape, 3, index);
}

/* ------------------------------ all ------------------------------ */

static const struct {
  const char *name;
  size_t fewest, most; /* arguments */
  rf_formula_op op;
} functions[] = {
    {"COS", 1, 1, RF_F_COS},           {"SIN", 1, 1, RF_F_SIN},         {"TAN", 1, 1, RF_F_TAN},
    {"ARCCOS", 1, 1, RF_F_ARCCOS},     {"ACOS", 1, 1, RF_F_ARCCOS},     {"ARCSIN", 1, 1, RF_F_ARCSIN},
    {"ASIN", 1, 1, RF_F_ARCSIN},       {"ARCTAN", 1, 1, RF_F_ARCTAN},   {"ATAN", 1, 1, RF_F_ARCTAN},
    {"COSH", 1, 1, RF_F_COSH},         {"SINH", 1, 1, RF_F_SINH},       {"TANH", 1, 1, RF_F_TANH},
    {"EXP", 1, 1, RF_F_EXP},           {"LOG", 1, 1, RF_F_LOG},         {"LOG10", 1, 1, RF_F_LOG10},
    {"SQRT", 1, 1, RF_F_SQRT},         {"FLOOR", 1, 1, RF_F_FLOOR},     {"CEIL", 1, 1, RF_F_CEIL},
    {"ROUND", 1, 1, RF_F_ROUND},       {"ERF", 1, 1, RF_F_ERF},         {"ERFC", 1, 1, RF_F_ERFC},
    {"GAMMA", 1, 1, RF_F_GAMMA},       {"ARCTAN2", 2, 2, RF_F_ARCTAN2}, {"ANGSEP", 4, 4, RF_F_ANGSEP},
    {"NEAR", 3, 3, RF_F_NEAR},         {"CIRCLE", 5, 5, RF_F_CIRCLE},   {"BOX", 7, 7, RF_F_BOX},
    {"ELLIPSE", 7, 7, RF_F_ELLIPSE},   {"ABS", 1, 1, RF_F_ABS},         {"SEQDIFF", 1, 1, RF_F_SEQDIFF},
    {"MIN", 1, 2, RF_F_MIN},           {"MAX", 1, 2, RF_F_MAX},         {"ISNULL", 1, 1, RF_F_ISNULL},
    {"DEFNULL", 2, 2, RF_F_DEFNULL},   {"SETNULL", 2, 2, RF_F_SETNULL}, {"RANDOM", 0, 1, RF_F_RANDOM},
    {"RANDOMN", 0, 1, RF_F_RANDOMN},   {"RANDOMP", 0, 1, RF_F_RANDOMP}, {"SUM", 1, 1, RF_F_SUM},
    {"ACCUM", 1, 1, RF_F_ACCUM},       {"NELEM", 1, 1, RF_F_LITERAL},   {"NVALID", 1, 1, RF_F_NVALID},
    {"AVERAGE", 1, 1, RF_F_AVERAGE},   {"MEDIAN", 1, 1, RF_F_MEDIAN},   {"STDDEV", 1, 1, RF_F_STDDEV},
    {"NAXIS", 1, 1, RF_F_ROW},         {"NAXES", 2, 2, RF_F_COLUMN},    {"ELEMENTNUM", 1, 1, RF_F_ELEMENTNUM},
    {"AXISELEM", 2, 2, RF_F_AXISELEM}, {"ARRAY", 2, 2, RF_F_ARRAY},     {"STRSTR", 2, 2, RF_F_STRSTR},
    {"STRMID", 3, 3, RF_F_STRMID},
};

static rf_status build_function(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  switch (op) {
  case RF_F_ABS:
  case RF_F_SEQDIFF:
    return build_same(call, op, index);
  case RF_F_MIN:
    return build_extreme(call, RF_F_MIN, RF_F_MIN2, index);
  case RF_F_MAX:
    return build_extreme(call, RF_F_MAX, RF_F_MAX2, index);
  case RF_F_ISNULL:
    return build_isnull(call, index);
  case RF_F_DEFNULL:
  case RF_F_SETNULL:
    return build_null_pair(call, op, index);
  case RF_F_RANDOM:
  case RF_F_RANDOMN:
  case RF_F_RANDOMP:
    return build_random(call, op, index);
  case RF_F_SUM:
    return build_sum(call, index);
  case RF_F_ACCUM:
    return build_accum(call, index);
  case RF_F_LITERAL: /* nelem() and naxis() are known now */
  case RF_F_NVALID:
    return build_count(call, op, index);
  case RF_F_ROW:
    return rf_formula_build_integer(call->formula, call->at, rf_formula_argument(call, 0)->naxis, index, call->err);
  case RF_F_COLUMN:
    return build_axes(call, index);
  case RF_F_AVERAGE:
  case RF_F_MEDIAN:
  case RF_F_STDDEV:
    return build_summary(call, op, index);
  case RF_F_ELEMENTNUM:
  case RF_F_AXISELEM:
    return build_positions(call, op, index);
  case RF_F_ARRAY:
    return build_array(call, index);
  case RF_F_STRSTR:
    return build_strstr(call, index);
  case RF_F_STRMID:
    return build_strmid(call, index);
  case RF_F_NEAR:
  case RF_F_CIRCLE:
  case RF_F_BOX:
  case RF_F_ELLIPSE:
    return build_reals(call, op, RF_FORMULA_LOGICAL, index);
  default:
    return build_reals(call, op, RF_FORMULA_REAL, index);
  }
}

static rf_status build_call(rf_formula_call *call, uint32_t *index) {
  rf_status status = rf_formula_build_file_call(call, index);
  if (status != RF_ERR_NOT_FOUND || (call->err != NULL && call->err->code != RF_OK))
    return status;
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
    if (rf_formula_is(call->name, call->length, functions[i].name) && call->count >= functions[i].fewest &&
        call->count <= functions[i].most)
      return build_function(call, functions[i].op, index);
  return rf_formula_wrong_call(call);
}

static rf_status parse_arguments(rf_formula_parser *parser, rf_formula_call *call) {
  if (parser->token.other == ')')
    return rf_formula_advance(parser);
  for (;;) {
    if (call->count == RF_FORMULA_ARGUMENTS)
      return rf_formula_unexpected(parser);
    call->names[call->count] = parser->formula->name_count;
    RF_TRY(rf_formula_parse_any(parser, &call->arguments[call->count++]));
    call->names[call->count] = parser->formula->name_count;
    if (parser->token.other != ',')
      return rf_formula_expect(parser, ')');
    RF_TRY(rf_formula_advance(parser));
  }
}

rf_status rf_formula_parse_call(rf_formula_parser *parser, uint32_t *index) {
  rf_formula_call call = {.formula = parser->formula, .err = parser->err, .at = parser->token.at};
  call.name = parser->token.text;
  call.length = parser->token.length;
  RF_TRY(rf_formula_advance(parser));
  RF_TRY(parse_arguments(parser, &call));
  return build_call(&call, index);
}
