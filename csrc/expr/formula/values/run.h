/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The values of nodes for a chunk of rows. Each file runs some operations; the operands of the node have values.
 */
#ifndef RF_EXPR_FORMULA_VALUES_RUN_H
#define RF_EXPR_FORMULA_VALUES_RUN_H

#include "expr/formula/values/loop.h"

/* Computes the values of a node that is not fixed, for `rows` rows from row `first` of the table on. */
rf_status rf_formula_run(rf_formula *formula, rf_formula_node *node, uint64_t first, size_t rows, rf_error *err);

/* The operations of each file. */
void rf_formula_run_numbers(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_math(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_logic(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_choice(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_strings(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_bits(const rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_sky(const rf_formula *formula, rf_formula_node *node, size_t rows);
rf_status rf_formula_run_vector(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err);
rf_status rf_formula_run_summary(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err);
void rf_formula_run_sequence(rf_formula *formula, rf_formula_node *node, size_t rows);
void rf_formula_run_random(rf_formula *formula, rf_formula_node *node, size_t rows);
rf_status rf_formula_run_file(const rf_formula *formula, rf_formula_node *node, size_t rows, rf_error *err);

#endif
