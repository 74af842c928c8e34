/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of any type to the few types that programs work on: bytes, 64-bit integers, doubles, strings. Cells need no
 * alignment and may be fields of larger structs.
 */
#include "expr/load.h"

#include <string.h>

#include "expr/expr.h"
#include "expr/number.h"
#include "expr/program.h"
#include "expr/string.h"

/* A column of its own is the usual case and gets a loop that the compiler can make vectors of. */
#define LOAD(name, R, T)                                                                                               \
  static void name(R *restrict r, const uint8_t *cells, ptrdiff_t stride, size_t n) {                                  \
    T value;                                                                                                           \
    if (stride == (ptrdiff_t)sizeof value) {                                                                           \
      for (size_t i = 0; i < n; i++) {                                                                                 \
        memcpy(&value, cells + i * sizeof value, sizeof value);                                                        \
        r[i] = (R)value;                                                                                               \
      }                                                                                                                \
      return;                                                                                                          \
    }                                                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                                                   \
      memcpy(&value, cells + (ptrdiff_t)i * stride, sizeof value);                                                     \
      r[i] = (R)value;                                                                                                 \
    }                                                                                                                  \
  }

LOAD(integers_u8, int64_t, uint8_t)
LOAD(integers_i8, int64_t, int8_t)
LOAD(integers_i16, int64_t, int16_t)
LOAD(integers_u16, int64_t, uint16_t)
LOAD(integers_i32, int64_t, int32_t)
LOAD(integers_u32, int64_t, uint32_t)
LOAD(integers_i64, int64_t, int64_t)
LOAD(reals_u8, double, uint8_t)
LOAD(reals_i8, double, int8_t)
LOAD(reals_i16, double, int16_t)
LOAD(reals_u16, double, uint16_t)
LOAD(reals_i32, double, int32_t)
LOAD(reals_u32, double, uint32_t)
LOAD(reals_i64, double, int64_t)
LOAD(reals_u64, double, uint64_t)
LOAD(reals_f32, double, float)
LOAD(reals_f64, double, double)

typedef void integer_loader(int64_t *restrict, const uint8_t *, ptrdiff_t, size_t);
typedef void real_loader(double *restrict, const uint8_t *, ptrdiff_t, size_t);

/* A value of 2^63 and more keeps its bits and gets a tag; most columns have none. */
static void load_u64(rf_register *to, const uint8_t *cells, ptrdiff_t stride, size_t n) {
  int64_t *r = to->data;
  integers_i64(r, cells, stride, n);
  uint64_t bits = 0;
  for (size_t i = 0; i < n; i++)
    bits |= (uint64_t)r[i];
  if (bits >> 63 == 0)
    return;
  for (size_t i = 0; i < n; i++)
    to->tags[i] = r[i] < 0 ? RF_NUM_U64 : RF_NUM_I64;
  to->value.tags = to->tags;
}

static void load_logicals(uint8_t *restrict r, const uint8_t *cells, ptrdiff_t stride, size_t n) {
  for (size_t i = 0; i < n; i++)
    r[i] = cells[(ptrdiff_t)i * stride] != 0;
}

static void load_strings(rf_str *restrict r, const uint8_t *cells, ptrdiff_t stride, size_t width, size_t n) {
  for (size_t i = 0; i < n; i++)
    r[i] = rf_str_trim((const char *)cells + (ptrdiff_t)i * stride, width);
}

/* Undefined values of this chunk; mostly there are none, which saves every later step the look. */
static void load_nulls(rf_register *to, const uint8_t *nulls, ptrdiff_t stride, size_t n) {
  uint8_t any = 0;
  for (size_t i = 0; i < n; i++) {
    to->nulls[i] = nulls[(ptrdiff_t)i * stride] != 0;
    any |= to->nulls[i];
  }
  if (any)
    to->value.nulls = to->nulls;
}

void rf_program_load(rf_program *program, const rf_step *step, const rf_expr_cells *cells, size_t start, size_t n) {
  static integer_loader *const integers[] = {
      [RF_U8] = integers_u8,   [RF_I8] = integers_i8,   [RF_I16] = integers_i16, [RF_U16] = integers_u16,
      [RF_I32] = integers_i32, [RF_U32] = integers_u32, [RF_I64] = integers_i64};
  static real_loader *const reals[] = {
      [RF_U8] = reals_u8,   [RF_I8] = reals_i8,   [RF_I16] = reals_i16, [RF_U16] = reals_u16, [RF_I32] = reals_i32,
      [RF_U32] = reals_u32, [RF_I64] = reals_i64, [RF_U64] = reals_u64, [RF_F32] = reals_f32, [RF_F64] = reals_f64};
  rf_register *to = &program->registers[step->to];
  rf_dtype type = program->columns[step->column].type;
  const uint8_t *at = (const uint8_t *)cells->data + (ptrdiff_t)start * cells->stride +
                      step->element * program->columns[step->column].element_bytes;
  to->value = (rf_value_run){.data = to->data, .kind = step->kind};
  if (step->kind == RF_KIND_LOGICAL)
    load_logicals(to->data, at, cells->stride, n);
  else if (step->kind == RF_KIND_STRING)
    load_strings(to->data, at, cells->stride, program->columns[step->column].width, n);
  else if (step->kind == RF_KIND_REAL)
    reals[type](to->data, at, cells->stride, n);
  else if (type == RF_U64)
    load_u64(to, at, cells->stride, n);
  else
    integers[type](to->data, at, cells->stride, n);
  if (cells->nulls)
    load_nulls(to, cells->nulls + (ptrdiff_t)start * cells->null_stride + step->element, cells->null_stride, n);
}
