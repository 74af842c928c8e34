/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The types that a consumer requests. A schema is followed only as deep as the type of a column is, so one that is
 * deeper, or that contains itself, takes no longer.
 */
#include "arrow/requested.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static rf_status invalid(const char *why, rf_error *err) {
  return rf_fail(err, RF_ERR_ARGUMENT, "the requested Arrow schema is invalid: %s", why);
}

/* Checks a schema, without what is below its children. */
static rf_status check_node(const struct ArrowSchema *schema, rf_error *err) {
  if (schema == NULL || schema->release == NULL)
    return invalid("a field is missing or was released", err);
  if (schema->format == NULL)
    return invalid("a field has no format", err);
  const char *format = schema->format;
  bool list = strcmp(format, "+l") == 0 || strcmp(format, "+L") == 0 || strncmp(format, "+w:", 3) == 0;
  if (schema->n_children < 0 || (schema->n_children > 0 && schema->children == NULL) ||
      (list && schema->n_children != 1) || (format[0] != '+' && schema->n_children != 0))
    return invalid("a field has a wrong number of children", err);
  return RF_OK;
}

/* ---- types that lose nothing ---- */

/* The formats that hold all values of a type besides its own. */
static const struct {
  rf_dtype type;
  const char *formats;
} wider[] = {{RF_I8, "silfg"}, {RF_U8, "sSiIlLfg"}, {RF_I16, "ilfg"}, {RF_U16, "iIlLfg"},
             {RF_I32, "lg"},   {RF_U32, "lLg"},     {RF_F32, "g"},    {RF_C64, "g"}};

static const struct {
  const char *format;
  rf_dtype type;
} numbers[] = {{"s", RF_I16}, {"S", RF_U16}, {"i", RF_I32}, {"I", RF_U32},
               {"l", RF_I64}, {"L", RF_U64}, {"f", RF_F32}, {"g", RF_F64}};

static bool is_wider(rf_dtype type, char format) {
  for (size_t i = 0; i < sizeof wider / sizeof *wider; i++)
    if (wider[i].type == type)
      return strchr(wider[i].formats, format) != NULL;
  return false;
}

static void apply_number(rf_arrow_field *field, const char *format) {
  if (format[0] == 0 || format[1] != 0 || !is_wider(field->type, format[0]))
    return;
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (numbers[i].format[0] == format[0]) {
      field->format = numbers[i].format;
      field->type = field->complex ? RF_C128 : numbers[i].type;
    }
}

/* Strings of 32-bit offsets: those of fixed width are large only where these do not suffice. */
static void apply_text(rf_arrow_field *field, const char *format) {
  static const char *const formats[] = {"u", "U", "z", "Z"};
  for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
    if (strcmp(format, formats[i]) == 0 && (i % 2 == 1 || !field->large || field->variable)) {
      field->format = formats[i];
      field->utf8 = i < 2;
      field->large = i % 2 == 1;
    }
}

/* ---- the type of a column ---- */

/* Moves on to the only child of a fixed-size list of `length`; *schema becomes NULL if it is another type. */
static rf_status enter_fixed(const struct ArrowSchema **schema, uint64_t length, rf_error *err) {
  char format[32];
  snprintf(format, sizeof format, "+w:%" PRIu64, length);
  const struct ArrowSchema *child = strcmp((*schema)->format, format) == 0 ? (*schema)->children[0] : NULL;
  if (strcmp((*schema)->format, format) == 0)
    RF_TRY(check_node(child, err));
  *schema = child;
  return RF_OK;
}

static rf_status apply_field(rf_arrow_field *field, const struct ArrowSchema *schema, rf_error *err) {
  bool large = field->large;
  if (field->list) {
    large = strcmp(schema->format, "+L") == 0;
    if (!large && strcmp(schema->format, "+l") != 0)
      return RF_OK;
    schema = schema->children[0];
    RF_TRY(check_node(schema, err));
    field->large = large;
  }
  for (int i = 0; i < field->info.ndim && !field->variable && !field->list && schema != NULL; i++)
    RF_TRY(enter_fixed(&schema, field->info.dims[i], err));
  if (schema != NULL && field->complex)
    RF_TRY(enter_fixed(&schema, 2, err));
  if (schema == NULL || schema->dictionary != NULL)
    return RF_OK;
  if (field->text)
    apply_text(field, schema->format);
  else if (!field->bits)
    apply_number(field, schema->format);
  return RF_OK;
}

/* The child of this name, at this place if its name is right there; or NULL. */
static const struct ArrowSchema *find_child(const struct ArrowSchema *schema, const char *name, size_t place) {
  size_t count = (size_t)schema->n_children;
  for (size_t i = place < count ? place : count, k = 0; k <= count; i = k++)
    if (i < count && schema->children[i]->name != NULL && strcmp(schema->children[i]->name, name) == 0)
      return schema->children[i];
  return NULL;
}

rf_status rf_arrow_requested_apply(const struct ArrowSchema *schema, rf_arrow_field *fields, size_t count,
                                   rf_error *err) {
  RF_TRY(check_node(schema, err));
  if (strcmp(schema->format, "+s") != 0)
    return RF_OK;
  for (int64_t i = 0; i < schema->n_children; i++)
    RF_TRY(check_node(schema->children[i], err));
  for (size_t i = 0; i < count; i++) {
    const struct ArrowSchema *child = find_child(schema, fields[i].info.key, i);
    if (child != NULL)
      RF_TRY(apply_field(&fields[i], child, err));
  }
  return RF_OK;
}
