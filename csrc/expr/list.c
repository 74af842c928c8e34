/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Lists after "in": sorted once, then searched by halving.
 */
#include "expr/list.h"

#include <stdlib.h>

#include "expr/number.h"
#include "expr/parser.h"
#include "expr/string.h"

static int compare_items(const void *a, const void *b) {
  const rf_item *x = a;
  const rf_item *y = b;
  if (x->is_string)
    return rf_str_compare(x->string, RF_FOLD_NONE, y->string, RF_FOLD_NONE);
  return rf_num_compare(x->number, y->number);
}

void rf_list_sort(rf_item *items, size_t count) {
  if (count > 1)
    qsort(items, count, sizeof *items, compare_items);
}

bool rf_list_has_number(const rf_item *items, size_t count, rf_num x) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = rf_num_compare(x, items[middle].number);
    if (order == 0 || order == RF_NUM_UNORDERED)
      return order == 0;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return false;
}

bool rf_list_has_string(const rf_item *items, size_t count, rf_str s, rf_fold fold) {
  size_t low = 0;
  size_t high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    int order = rf_str_compare(s, fold, items[middle].string, RF_FOLD_NONE);
    if (order == 0)
      return true;
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  return false;
}
