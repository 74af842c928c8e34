/* SPDX-License-Identifier: BSD-3-Clause
 *
 * gtifilter(), gtifind(), gtioverlap() and regfilter(): their files are read when they are parsed.
 */
#include <string.h>

#include "expr/formula/build.h"
#include "expr/formula/call.h"

/* A text among the arguments; `missing` where the call has fewer. */
static bool text_argument(const rf_formula_call *call, size_t i, const char *missing, const char **text) {
  *text = missing;
  if (i >= call->count)
    return true;
  const rf_formula_node *node = &call->formula->nodes[call->arguments[i]];
  if (node->shape.type != RF_FORMULA_STRING || !node->constant)
    return false;
  *text = (const char *)node->data;
  return true;
}

/* Takes an argument as a real; where the call has fewer, the column `name`. */
static rf_status real_argument(rf_formula_call *call, size_t i, const char *name, uint32_t *index) {
  rf_formula_token token = {.kind = RF_FT_NAME, .at = call->at, .text = name, .length = (uint32_t)strlen(name)};
  if (i < call->count)
    *index = call->arguments[i];
  else
    RF_TRY(rf_formula_build_name(call->formula, &token, index, call->err));
  if (!rf_formula_is_number(call->formula->nodes[*index].shape.type))
    return rf_formula_wrong_call(call);
  return rf_formula_convert(call->formula, RF_FORMULA_REAL, index, call->err);
}

static bool is_sorted(const rf_formula_intervals *gti) {
  for (uint64_t i = 0; i < gti->count; i++)
    if (gti->starts[i] > gti->stops[i] || (i > 0 && gti->starts[i] < gti->stops[i - 1]))
      return false;
  return true;
}

static rf_status build_intervals(rf_formula_call *call, rf_formula_op op, uint32_t *index) {
  rf_formula *formula = call->formula;
  const rf_formula_source *source = &formula->source;
  const char *file, *start, *stop;
  uint32_t times[2];
  size_t count = op == RF_F_GTIOVERLAP ? 2 : 1;
  rf_formula_shape shape;
  bool right = call->count == 0 || call->count == 1 || call->count == count + 1 || call->count == count + 3;
  if (!right || (count == 2 && call->count < 3) || !text_argument(call, 0, "", &file) ||
      !text_argument(call, count + 1, "*START*", &start) || !text_argument(call, count + 2, "*STOP*", &stop))
    return rf_formula_wrong_call(call);
  if (source->intervals == NULL)
    return rf_formula_fail(formula, call->err, RF_ERR_UNSUPPORTED, call->at, "a function of intervals");
  for (size_t i = 0; i < count; i++)
    RF_TRY(real_argument(call, i + 1, "TIME", &times[i]));
  rf_formula_type type = op == RF_F_GTIFILTER ? RF_FORMULA_LOGICAL
                         : op == RF_F_GTIFIND ? RF_FORMULA_INTEGER
                                              : RF_FORMULA_REAL;
  RF_TRY(rf_formula_join_shapes(formula, call->at, times, count, type, &shape, call->err));
  rf_formula_intervals gti = {.count = 0};
  RF_TRY(source->intervals(source->user, file, start, stop, &gti.starts, &gti.stops, &gti.count, call->err));
  gti.sorted = is_sorted(&gti);
  RF_TRY(rf_formula_build(formula, op, call->at, &shape, times, count, index, call->err));
  formula->nodes[*index].intervals = gti;
  return rf_formula_finish(formula, *index, call->err);
}

/* The column in a coordinate, if it has exactly one. */
static const char *column_in(const rf_formula_call *call, size_t i, const char *missing) {
  if (i >= call->count)
    return missing;
  return call->names[i + 1] == call->names[i] + 1 ? call->formula->names[call->names[i]] : "";
}

static rf_status build_region(rf_formula_call *call, uint32_t *index) {
  rf_formula *formula = call->formula;
  const rf_formula_source *source = &formula->source;
  const char *file, *columns;
  uint32_t point[2];
  rf_formula_shape shape;
  size_t region = 0;
  bool right = call->count == 1 || call->count == 3 || call->count == 4;
  if (!right || !text_argument(call, 0, "", &file) || !text_argument(call, 3, "", &columns))
    return rf_formula_wrong_call(call);
  if (source->region == NULL || source->inside == NULL)
    return rf_formula_fail(formula, call->err, RF_ERR_UNSUPPORTED, call->at, "a function of regions");
  RF_TRY(real_argument(call, 1, "X", &point[0]));
  RF_TRY(real_argument(call, 2, "Y", &point[1]));
  RF_TRY(rf_formula_join_shapes(formula, call->at, point, 2, RF_FORMULA_LOGICAL, &shape, call->err));
  RF_TRY(source->region(source->user, file, column_in(call, 1, "X"), column_in(call, 2, "Y"), columns, &region,
                        call->err));
  RF_TRY(rf_formula_build(formula, RF_F_REGFILTER, call->at, &shape, point, 2, index, call->err));
  formula->nodes[*index].number = region;
  return rf_formula_finish(formula, *index, call->err);
}

rf_status rf_formula_build_file_call(rf_formula_call *call, uint32_t *index) {
  if (rf_formula_is(call->name, call->length, "GTIFILTER"))
    return build_intervals(call, RF_F_GTIFILTER, index);
  if (rf_formula_is(call->name, call->length, "GTIFIND"))
    return build_intervals(call, RF_F_GTIFIND, index);
  if (rf_formula_is(call->name, call->length, "GTIOVERLAP"))
    return build_intervals(call, RF_F_GTIOVERLAP, index);
  if (rf_formula_is(call->name, call->length, "REGFILTER"))
    return build_region(call, index);
  return RF_ERR_NOT_FOUND;
}
