/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The Arrow type of a column.
 */
#include "arrow/field.h"

#include <inttypes.h>

/* The format and the size of numbers. */
static bool number_format(rf_dtype type, const char **format, unsigned *width) {
  static const struct {
    rf_dtype type;
    unsigned width;
    const char *format;
  } known[] = {{RF_U8, 1, "C"},  {RF_I8, 1, "c"},  {RF_I16, 2, "s"}, {RF_U16, 2, "S"},
               {RF_I32, 4, "i"}, {RF_U32, 4, "I"}, {RF_I64, 8, "l"}, {RF_U64, 8, "L"},
               {RF_F32, 4, "f"}, {RF_F64, 8, "g"}, {RF_C64, 8, "f"}, {RF_C128, 16, "g"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i].type == type) {
      *format = known[i].format;
      *width = known[i].width;
      return true;
    }
  return false;
}

static bool is_real(rf_dtype type) {
  return type == RF_F32 || type == RF_F64 || type == RF_C64 || type == RF_C128;
}

/* Fixed-size lists count their elements in 32 bits. */
static rf_status check_dims(const rf_arrow_field *field, rf_error *err) {
  const rf_column_info *info = &field->info;
  for (int i = 0; i < info->ndim && !field->variable && !field->list; i++)
    if (info->dims[i] > INT32_MAX)
      return rf_fail(err, RF_ERR_UNSUPPORTED,
                     "column '%s' has cells of %" PRIu64 " elements along an axis, and lists of Arrow have at most %d",
                     info->key, info->dims[i], INT32_MAX);
  return RF_OK;
}

rf_status rf_arrow_field_init(rf_arrow_field *field, rf_arrow_nulls nulls, rf_arrow_strings strings, rf_error *err) {
  const rf_column_info *info = &field->info;
  field->type = info->type;
  field->variable = info->descriptor != 0;
  field->large = info->descriptor == 'Q';
  bool undefined = info->has_null || info->has_null_text || info->type == RF_LOGICAL;
  undefined = undefined || (nulls == RF_ARROW_NULLS_NAN && is_real(info->stored));
  if (info->type == RF_BYTES) {
    field->text = true;
    field->utf8 = strings == RF_ARROW_UTF8;
    if (!field->variable)
      field->large = info->width > 0 && info->count > RF_ARROW_MAX_TEXT / info->width;
    field->format = field->utf8 ? (field->large ? "U" : "u") : (field->large ? "Z" : "z");
    undefined = info->has_null_text;
  } else if (info->type == RF_LOGICAL || info->type == RF_BIT) {
    field->bits = true;
    field->format = "b";
    undefined = info->type == RF_LOGICAL;
  } else if (!number_format(info->type, &field->format, &field->width)) {
    return rf_fail(err, RF_ERR_UNSUPPORTED, "column '%s' has a type that Arrow does not have", info->key);
  }
  field->list = !field->text && (field->variable || info->count == 0);
  field->complex = info->type == RF_C64 || info->type == RF_C128;
  field->nullable = undefined && nulls != RF_ARROW_NULLS_NONE;
  return check_dims(field, err);
}
