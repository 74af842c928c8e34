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
 * has the grammar. An expression belongs to no table, and any number of threads may use one at the same time. */
typedef struct rf_expr rf_expr;

/* rf_expr_parse() parses an expression.
 * text     UTF-8, without a NUL; copied
 * length   bytes of `text`, at most 65536
 * expr     receives the expression; the caller frees it with rf_expr_free(). Unchanged on failure
 * Returns RF_OK; RF_ERR_ARGUMENT (`text` breaks the grammar: the message points at the character, rf_error.offset is
 * its byte); RF_ERR_LIMIT (too long, too deep, or too many names); RF_ERR_MEMORY. Threads: any. */
RF_API RF_CHECKED rf_status rf_expr_parse(const char *text, size_t length, rf_expr **expr, rf_error *err);

/* rf_expr_free() frees `expr`, which may be NULL, and its names. Threads: any, once per expression. */
RF_API void rf_expr_free(rf_expr *expr);

/* Returns the number of different names in `expr`. A bare T or F counts, too: it is a column where the table has one of
 * that name, and a logical constant otherwise. Threads: any. */
RF_API size_t rf_expr_get_name_count(const rf_expr *expr);

/* Returns name `i` (0-based) of `expr` as it is written, without back-quotes, or NULL past the last. The text belongs
 * to the expression. Threads: any. */
RF_API const char *rf_expr_get_name(const rf_expr *expr, size_t i);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
