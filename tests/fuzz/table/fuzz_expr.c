/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Row expressions: any text, run over columns of every type. A row alone must be judged as it is among others, whatever
 * shortcuts a chunk of them takes, and the negation of an expression selects the other rows.
 *
 * Input: two bytes that choose the values, and the expression.
 */
#include <stdlib.h>
#include <string.h>

#include "expr/expr.h"

#define ROWS 150
#define WIDTH 6
#define LENGTH 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
  const char *name;
  rf_dtype type;
  size_t bytes; /* of a cell */
  int ndim;
} columns[] = {
    {"a", RF_U8, 1, 0},        {"b", RF_I8, 1, 0},    {"c", RF_I16, 2, 0},          {"d", RF_U16, 2, 0},
    {"e", RF_I32, 4, 0},       {"f", RF_U32, 4, 0},   {"g", RF_I64, 8, 0},          {"h", RF_U64, 8, 0},
    {"x", RF_F32, 4, 0},       {"y", RF_F64, 8, 0},   {"p", RF_LOGICAL, 1, 0},      {"q", RF_BIT, 1, 0},
    {"s", RF_BYTES, WIDTH, 0}, {"t", RF_BYTES, 0, 0}, {"u", RF_F64, 8 * LENGTH, 1}, {"v", RF_I64, 8 * LENGTH, 2}};

/* The cells of a column in memory of exactly their size, so that a sanitizer sees a byte too many. */
typedef struct cells {
  uint8_t *data;
  uint8_t *nulls;
  size_t bytes;
  size_t elements;
} cells;

typedef struct table {
  cells of[sizeof columns / sizeof columns[0]];
  size_t asked[sizeof columns / sizeof columns[0]];
  size_t count;
  uint64_t seed;
} table;

static void expect(int condition) {
  if (!condition)
    abort();
}

static uint64_t next(uint64_t *seed) {
  *seed += 0x9E3779B97F4A7C15u;
  uint64_t x = *seed;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

/* Small values, the ends of every type, and anything. */
static void fill(cells *c, rf_dtype type, uint64_t *seed) {
  static const uint8_t texts[][WIDTH] = {"M31", "m31", "M 31  ", "", " x", "\xFF\x80"};
  static const double reals[] = {0, -0.0, 1, -1.5, 1e300, 9007199254740993.0, 18446744073709551616.0};
  for (size_t i = 0; i < ROWS * c->elements; i++) {
    uint64_t choice = next(seed);
    uint8_t *at = c->data + i * c->bytes;
    uint64_t bits = choice >> 3 & 1 ? next(seed) : (choice >> 4 & 1 ? UINT64_MAX : 0) + (choice >> 5 & 3);
    if (choice >> 7 & 1)
      bits ^= (uint64_t)1 << 63;
    if (type == RF_BYTES)
      memcpy(at, texts[bits % 6], c->bytes);
    else if (type == RF_LOGICAL || type == RF_BIT)
      *at = bits & 1;
    else if (type == RF_F64 && (choice & 1))
      memcpy(at, &reals[bits % 7], c->bytes);
    else
      memcpy(at, &bits, c->bytes);
    if (c->nulls)
      c->nulls[i] = (choice >> 9 & 7) == 0;
  }
}

static void make_table(table *t, uint64_t seed) {
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    cells *c = &t->of[i];
    c->elements = columns[i].ndim > 0 ? LENGTH : 1;
    c->bytes = columns[i].bytes / c->elements;
    c->data = malloc(ROWS * columns[i].bytes + (columns[i].bytes == 0));
    c->nulls = seed >> i & 1 ? malloc(ROWS * c->elements) : NULL;
    expect(c->data != NULL);
    uint64_t state = seed * 31 + i;
    fill(c, columns[i].type, &state);
  }
}

static void free_table(table *t) {
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    free(t->of[i].data);
    free(t->of[i].nulls);
  }
}

static rf_status find(void *context, const char *name, rf_expr_column *column, rf_error *err) {
  table *t = context;
  if (strcmp(name, "bad") == 0)
    column->unfit = "is bad";
  else if (strcmp(name, "z") == 0)
    column->type = RF_C64;
  if (strcmp(name, "bad") == 0 || strcmp(name, "z") == 0)
    return RF_OK;
  (void)err;
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
    if (strcmp(name, columns[i].name) == 0) {
      column->type = columns[i].type;
      column->width = columns[i].type == RF_BYTES ? columns[i].bytes : 0;
      column->ndim = columns[i].ndim;
      column->dims[0] = columns[i].ndim == 1 ? LENGTH : 2;
      column->dims[1] = LENGTH / 2;
      t->asked[t->count++] = i;
      return RF_OK;
    }
  return RF_ERR_NOT_FOUND;
}

static rf_program *compile(const char *text, size_t length, table *t) {
  rf_expr *expr;
  rf_program *program;
  rf_error err;
  rf_status status = rf_expr_parse(text, length, &expr, &err);
  expect(status == err.code);
  if (status != RF_OK) {
    expect(err.message[0] != '\0' && err.offset <= (int64_t)length);
    return NULL;
  }
  t->count = 0;
  status = rf_expr_bind(expr, find, t, &program, &err);
  rf_expr_free(expr);
  expect(status == err.code);
  if (status == RF_OK)
    return program;
  expect(err.message[0] != '\0' && err.offset >= 0);
  return NULL;
}

/* Rows start .. start+count-1. */
static void run(rf_program *program, const table *t, size_t start, size_t count, uint8_t *selected) {
  rf_expr_cells given[sizeof columns / sizeof columns[0]];
  for (size_t i = 0; i < t->count; i++) {
    const cells *c = &t->of[t->asked[i]];
    size_t stride = c->bytes * c->elements;
    given[i] = (rf_expr_cells){c->data + start * stride, (ptrdiff_t)stride,
                               c->nulls ? c->nulls + start * c->elements : NULL, (ptrdiff_t)c->elements};
  }
  uint64_t matches = rf_program_run(program, given, count, selected + start);
  uint64_t ones = 0;
  for (size_t i = start; i < start + count; i++) {
    expect(selected[i] <= 1);
    ones += selected[i];
  }
  expect(matches == ones);
}

static void check_negation(const char *text, size_t length, table *t, const uint8_t *selected) {
  char *negated = malloc(length + 3);
  uint8_t others[ROWS];
  expect(negated != NULL);
  memcpy(negated, "!(", 2);
  memcpy(negated + 2, text, length);
  negated[length + 2] = ')';
  rf_program *program = compile(negated, length + 3, t);
  free(negated);
  if (!program) /* too long or too deep now */
    return;
  run(program, t, 0, ROWS, others);
  rf_program_free(program);
  for (size_t i = 0; i < ROWS; i++)
    expect(selected[i] != others[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2)
    return 0;
  const char *text = (const char *)data + 2;
  size_t length = size - 2;
  table t = {.count = 0};
  make_table(&t, (uint64_t)data[0] << 8 | data[1]);
  rf_program *program = compile(text, length, &t);
  if (program) {
    uint8_t together[ROWS], alone[ROWS];
    run(program, &t, 0, ROWS, together);
    for (size_t i = 0; i < ROWS; i++)
      run(program, &t, i, 1, alone);
    rf_program_free(program);
    expect(memcmp(together, alone, ROWS) == 0);
    check_negation(text, length, &t, together);
  }
  free_table(&t);
  return 0;
}
