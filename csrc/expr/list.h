/* SPDX-License-Identifier: BSD-3-Clause
 *
 * list.c: lists after "in". All items of a list are numbers, or all are strings.
 */
#ifndef RF_EXPR_LIST_H
#define RF_EXPR_LIST_H

#include "expr/parser.h"

/* Sorts the list of an IN step; the next two calls search it. */
void rf_list_sort(rf_item *items, size_t count);
bool rf_list_has_number(const rf_item *items, size_t count, rf_num x);
bool rf_list_has_string(const rf_item *items, size_t count, rf_str s, rf_fold fold);

#endif
