/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Cells of a column to values of a register.
 */
#ifndef RF_EXPR_LOAD_H
#define RF_EXPR_LOAD_H

#include "expr/expr.h"
#include "expr/program.h"

/* A LOAD step for rows start .. start+n-1 of `cells`. */
void rf_program_load(rf_program *program, const rf_step *step, const rf_expr_cells *cells, size_t start, size_t n);

#endif
