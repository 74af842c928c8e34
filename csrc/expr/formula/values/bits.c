/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bits: a byte each, 0, 1, or 2 for any. Operands of two lengths are aligned at their ends; zeros fill the shorter one.
 */
#include "expr/formula/values/run.h"

#define ANY 2

typedef struct bits {
  const uint8_t *data;
  size_t n;
} bits;

static bits bits_of(const rf_formula *formula, const rf_formula_node *node, size_t i, size_t row) {
  rf_formula_view view = rf_formula_see(formula, node, i);
  size_t n = (size_t)rf_formula_operand(formula, node, i)->shape.count;
  return (bits){view.data + row * view.row, n};
}

/* Bit i of `n`, n being at least b.n. */
static uint8_t bit(bits b, size_t i, size_t n) {
  return i < n - b.n ? 0 : b.data[i - (n - b.n)];
}

static bool is_same(bits a, bits b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint8_t x = bit(a, i, n), y = bit(b, i, n);
    if (x != y && x != ANY && y != ANY)
      return false;
  }
  return true;
}

/* The order as numbers of the bits that both have. */
static int order_of(bits a, bits b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    uint8_t x = bit(a, i, n), y = bit(b, i, n);
    if (x != y && x != ANY && y != ANY)
      return x < y ? -1 : 1;
  }
  return 0;
}

static uint8_t compare(rf_formula_op op, bits a, bits b, size_t n) {
  if (op == RF_F_EQ || op == RF_F_NE)
    return is_same(a, b, n) == (op == RF_F_EQ);
  int order = order_of(a, b, n);
  return op == RF_F_LT ? order < 0 : op == RF_F_LE ? order <= 0 : op == RF_F_GT ? order > 0 : order >= 0;
}

static void combine(rf_formula_op op, bits a, bits b, size_t n, uint8_t *to) {
  uint8_t strong = op == RF_F_BITOR;
  for (size_t i = 0; i < n; i++) {
    uint8_t x = bit(a, i, n), y = bit(b, i, n);
    if (x == strong || y == strong)
      to[i] = strong;
    else
      to[i] = x == ANY || y == ANY ? ANY : !strong;
  }
}

void rf_formula_run_bits(const rf_formula *formula, rf_formula_node *node, size_t rows) {
  size_t count = (size_t)node->shape.count;
  for (size_t r = 0; r < rows; r++) {
    bits a = bits_of(formula, node, 0, r);
    uint8_t *to = node->data + r * count;
    if (node->op == RF_F_NOT) {
      for (size_t i = 0; i < a.n; i++)
        to[i] = a.data[i] == ANY ? ANY : !a.data[i];
      continue;
    }
    bits b = bits_of(formula, node, 1, r);
    size_t n = a.n > b.n ? a.n : b.n;
    if (node->op == RF_F_ADD) {
      memcpy(to, a.data, a.n);
      memcpy(to + a.n, b.data, b.n);
    } else if (node->op == RF_F_BITAND || node->op == RF_F_BITOR) {
      combine(node->op, a, b, n, to);
    } else {
      node->data[r] = compare(node->op, a, b, n);
    }
  }
}
