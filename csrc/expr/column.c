/* SPDX-License-Identifier: BSD-3-Clause */
#include "expr/column.h"

#include <stdio.h>

#include "expr/expr.h"
#include "base/memory.h"
#include "expr/message.h"
#include "expr/operand.h"
#include "expr/parser.h"
#include "expr/program.h"

static bool kind_of_type(rf_dtype type, rf_kind *kind) {
  if (type <= RF_U64)
    *kind = RF_KIND_INTEGER;
  else if (type == RF_F32 || type == RF_F64)
    *kind = RF_KIND_REAL;
  else if (type == RF_LOGICAL || type == RF_BIT)
    *kind = RF_KIND_LOGICAL;
  else if (type == RF_BYTES)
    *kind = RF_KIND_STRING;
  else
    return false;
  return true;
}

/* "(3, 4)" */
static void shape_text(const rf_expr_column *info, char *out, size_t capacity) {
  size_t n = 0;
  for (int i = 0; i < info->ndim && n < capacity; i++) {
    int made = snprintf(out + n, capacity - n, "%s%llu", i == 0 ? "(" : ", ", (unsigned long long)info->dims[i]);
    n += made > 0 ? (size_t)made : 0;
  }
  if (n < capacity)
    (void)snprintf(out + n, capacity - n, info->ndim == 1 ? ",)" : ")");
}

static rf_status check_shape(const rf_binder *b, const rf_node *node, const rf_expr_column *info, const char *name) {
  if (node->count == (uint32_t)info->ndim)
    return RF_OK;
  if (info->ndim == 0)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at,
                        "column '%.80s' has one value in each cell, so it takes no index,", name);
  char shape[64];
  shape_text(info, shape, sizeof shape);
  return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at,
                      "column '%.80s' has an array of shape %s in each cell: choose one element, as in x[%s],", name,
                      shape,
                      info->ndim == 1   ? "0"
                      : info->ndim == 2 ? "0, 0"
                                        : "0, 0, ...");
}

/* The element of the cell that the indices choose; negative ones count from the end. */
static rf_status find_element(const rf_binder *b, const rf_node *node, const rf_expr_column *info, const char *name,
                              uint64_t *element) {
  RF_TRY(check_shape(b, node, info, name));
  *element = 0;
  for (uint32_t i = 0; i < node->count; i++) {
    const rf_item *item = &b->expr->items[node->first + i];
    uint64_t length = info->dims[i];
    int64_t given = item->number.i;
    uint64_t index = given < 0 ? length - -(uint64_t)given : (uint64_t)given;
    bool outside = given < 0 ? -(uint64_t)given > length : index >= length;
    if (outside || !rf_mul_u64(*element, length, element) || !rf_add_u64(*element, index, element))
      return rf_expr_fail(b->expr, b->err, RF_ERR_RANGE, item->at,
                          "index %lld is outside column '%.80s', whose axis %u has %llu elements,", (long long)given,
                          name, (unsigned)i, (unsigned long long)length);
  }
  return RF_OK;
}

/* Asks the caller about a name, once. */
static rf_status ask(rf_binder *b, const rf_node *node) {
  rf_program *program = b->program;
  const char *name = b->expr->names[node->name];
  if (b->slots[node->name] == RF_NOT_ASKED) {
    rf_expr_column *info = &b->info[program->column_count];
    rf_status status = b->find(b->context, name, info, b->err);
    if (status != RF_OK && status != RF_ERR_NOT_FOUND)
      return status;
    b->slots[node->name] = status == RF_OK ? (uint32_t)program->column_count : RF_NO_COLUMN;
    if (status == RF_OK) {
      size_t i = program->column_count++;
      program->columns[i].type = info->type;
      program->columns[i].width = (size_t)info->width;
      program->columns[i].element_bytes = rf_dtype_bytes(info->type, (size_t)info->width);
    }
  }
  return RF_OK;
}

rf_status rf_bind_column(rf_binder *b, const rf_node *node, rf_operand *o) {
  const char *name = b->expr->names[node->name];
  RF_TRY(ask(b, node));
  uint32_t slot = b->slots[node->name];
  if (slot == RF_NO_COLUMN) {
    if (!node->bare_letter || node->count > 0)
      return rf_binder_missing_column(b, node->at, name);
    *o = (rf_operand){.where = RF_OPERAND_LITERAL, .kind = RF_KIND_LOGICAL, .at = node->at, .bare_letter = true};
    o->item = (uint32_t)(b->expr->item_count + (name[0] == 'T'));
    return RF_OK;
  }
  const rf_expr_column *info = &b->info[slot];
  *o = (rf_operand){.where = RF_OPERAND_COLUMN, .at = node->at, .column = slot};
  if (info->unfit)
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "column '%.80s' %s", name, info->unfit);
  if (!kind_of_type(info->type, &o->kind))
    return rf_expr_fail(b->expr, b->err, RF_ERR_TYPE, node->at, "column '%.80s' is complex, which has no order,", name);
  return find_element(b, node, info, name, &o->element);
}
