/* SPDX-License-Identifier: BSD-3-Clause
 *
 * compare.c: comparisons of numbers and strings.
 */
#ifndef RF_EXPR_COMPARE_H
#define RF_EXPR_COMPARE_H

#include "expr/program.h"

/* Runs a comparison on n rows. Integers and reals are compared by value, without rounding. */
void rf_run_comparison(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                       size_t n);

#endif
