/* SPDX-License-Identifier: BSD-3-Clause
 *
 * arithmetic.c: arithmetic and functions of numbers.
 */
#ifndef RF_EXPR_ARITHMETIC_H
#define RF_EXPR_ARITHMETIC_H

#include "expr/program.h"

/* Runs an operation or a function of one (`b` is NULL) or two numbers on n rows. Integers are exact: rows whose results
 * leave 64 bits are computed again by number.c. */
void rf_run_arithmetic(rf_program *program, const rf_step *step, const rf_value_run *a, const rf_value_run *b,
                       size_t n);

#endif
