/* SPDX-License-Identifier: BSD-3-Clause
 *
 * column.c: columns that an expression names.
 */
#ifndef RF_EXPR_COLUMN_H
#define RF_EXPR_COLUMN_H

#include "expr/operand.h"

/* Values of rf_binder.slots other than columns: not searched yet, and not found. */
#define RF_NOT_ASKED UINT32_MAX
#define RF_NO_COLUMN (UINT32_MAX - 1)

/* Binds a column to the operand. */
rf_status rf_bind_column(rf_binder *b, const rf_node *node, rf_operand *o);

#endif
