/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/expr.h: Expressions over the columns of a table. Part of <rustfits.h>, which has the rules for every
 * function.
 */
#ifndef RUSTFITS_EXPR_H
#define RUSTFITS_EXPR_H

#include "rustfits/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Row expressions ============================== */

/* A condition on the columns of a row: "mag < 22 & (flag == 0 | name == 'M31') & isfinite(flux)". docs/expressions.md
 * has the grammar. It belongs to no table. */
typedef struct rf_expr rf_expr;

/* Reads an expression of `length` bytes of UTF-8, at most 65536. RF_ERR_ARGUMENT for one that breaks the grammar:
 * the message points at the character, rf_error.offset is its byte. RF_ERR_LIMIT for too long and too deep ones. */
RF_API RF_CHECKED rf_status rf_expr_parse(const char *text, size_t length, rf_expr **expr, rf_error *err);

RF_API void rf_expr_free(rf_expr *expr);

/* Number of the names it has, each counted once. A bare T or F counts too: it is a column where there is one of that
 * name, and a logical constant otherwise. */
RF_API size_t rf_expr_get_name_count(const rf_expr *expr);

/* Name i as it is written, without back-quotes; NULL past the last. Lives as long as the expression. */
RF_API const char *rf_expr_get_name(const rf_expr *expr, size_t i);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
