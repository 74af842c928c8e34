/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The ArrowSchema of a source. Each schema owns its texts and is released by itself, as arrays are.
 */
#include "arrow/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "base/text.h"

typedef struct content {
  char format[32];
  char *name;
  rf_text metadata;
  struct ArrowSchema **children;
  struct ArrowSchema *made;
} content;

static void release_schema(struct ArrowSchema *schema) {
  content *own = schema->private_data;
  for (int64_t i = 0; i < schema->n_children; i++)
    if (schema->children[i]->release != NULL)
      schema->children[i]->release(schema->children[i]);
  rf_free(own->name);
  rf_text_free(&own->metadata);
  rf_free(own->children);
  rf_free(own->made);
  rf_free(own);
  schema->release = NULL;
}

/* Adds text of a header as UTF-8: bytes that are not are Latin-1. */
static rf_status add_utf8(rf_text *text, const char *bytes, size_t n, rf_error *err) {
  if (rf_text_is_utf8(bytes, n))
    return rf_text_add(text, bytes, n, err);
  for (size_t i = 0; i < n; i++) {
    unsigned c = (unsigned char)bytes[i];
    char two[2] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F))};
    RF_TRY(c < 0x80 ? rf_text_add(text, bytes + i, 1, err) : rf_text_add(text, two, 2, err));
  }
  return RF_OK;
}

/* Makes a schema without children that are made. */
static rf_status begin(struct ArrowSchema *schema, const char *format, const char *name, size_t nchildren,
                       rf_error *err) {
  rf_text text = {0};
  rf_status status = add_utf8(&text, name, strlen(name), err);
  content *own = status == RF_OK ? rf_alloc_zero(1, sizeof *own) : NULL;
  memset(schema, 0, sizeof *schema);
  if (own != NULL) {
    own->name = text.bytes;
    own->children = rf_alloc_zero(nchildren, sizeof *own->children);
    own->made = rf_alloc_zero(nchildren, sizeof *own->made);
  }
  if (own == NULL || own->name == NULL || own->children == NULL || own->made == NULL) {
    rf_text_free(&text);
    if (own != NULL) {
      rf_free(own->children);
      rf_free(own->made);
    }
    rf_free(own);
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate an Arrow schema");
  }
  for (size_t i = 0; i < nchildren; i++)
    own->children[i] = &own->made[i];
  snprintf(own->format, sizeof own->format, "%s", format);
  schema->format = own->format;
  schema->name = own->name;
  schema->flags = ARROW_FLAG_NULLABLE; /* so that tables of several files have one schema */
  schema->n_children = (int64_t)nchildren;
  schema->children = own->children;
  schema->private_data = own;
  schema->release = release_schema;
  return RF_OK;
}

/* ---- metadata: a number of pairs, and keys and values with their lengths ---- */

static rf_status add_number(rf_text *text, size_t value, rf_error *err) {
  int32_t number = (int32_t)value;
  if (value > INT32_MAX)
    return rf_fail(err, RF_ERR_LIMIT, "the header is too long for metadata of Arrow");
  return rf_text_add(text, (const char *)&number, sizeof number, err);
}

static rf_status add_pair(rf_text *text, const char *key, const char *value, size_t n, rf_error *err) {
  RF_TRY(add_number(text, strlen(key), err));
  RF_TRY(rf_text_add(text, key, strlen(key), err));
  RF_TRY(add_number(text, n, err));
  return n > 0 ? rf_text_add(text, value, n, err) : RF_OK;
}

/* A text of a header, if there is one. */
static rf_status add_text(rf_text *text, size_t *count, const char *key, const char *value, rf_error *err) {
  rf_text utf8 = {0};
  if (value[0] == 0)
    return RF_OK;
  rf_status status = add_utf8(&utf8, value, strlen(value), err);
  if (status == RF_OK)
    status = add_pair(text, key, utf8.bytes, utf8.length, err);
  rf_text_free(&utf8);
  *count += 1;
  return status;
}

static rf_status add_dims(rf_text *text, size_t *count, const rf_column_info *info, rf_error *err) {
  char dims[RF_CELL_AXES * 21 + 3] = "(";
  size_t n = 1;
  if (info->descriptor == 0 || info->ndim == 0)
    return RF_OK;
  for (int i = info->ndim - 1; i >= 0; i--)
    n += (size_t)snprintf(dims + n, sizeof dims - n, "%" PRIu64 "%s", info->dims[i], i > 0 ? "," : ")");
  return add_text(text, count, "TDIM", dims, err);
}

/* What the header says of a column. `comment` may be NULL. */
static rf_status add_column(rf_text *text, const rf_column_info *info, const char *comment, rf_error *err) {
  size_t count = 0;
  char null[24] = "";
  int32_t pairs;
  if (info->has_null)
    snprintf(null, sizeof null, "%" PRId64, info->null);
  RF_TRY(add_number(text, 0, err));
  RF_TRY(add_text(text, &count, "TFORM", info->form, err));
  RF_TRY(add_text(text, &count, "TUNIT", info->unit, err));
  RF_TRY(add_text(text, &count, "TDISP", info->display, err));
  RF_TRY(add_text(text, &count, "TCOMM", comment != NULL ? comment : "", err));
  RF_TRY(add_text(text, &count, "TNULL", info->has_null_text ? info->null_text : null, err));
  RF_TRY(add_dims(text, &count, info, err));
  pairs = (int32_t)count;
  memcpy(text->bytes, &pairs, sizeof pairs);
  return RF_OK;
}

/* The cards as lines. */
static rf_status add_header(rf_text *text, const rf_header *header, rf_error *err) {
  rf_text lines = {0};
  rf_status status = RF_OK;
  char card[RF_CARD_BYTES];
  size_t count = rf_header_get_count(header);
  for (size_t i = 0; i < count && status == RF_OK; i++) {
    size_t n = RF_CARD_BYTES;
    status = rf_header_get_card(header, i, card, err);
    while (n > 0 && card[n - 1] == ' ')
      n--;
    if (status == RF_OK && i > 0)
      status = rf_text_add(&lines, "\n", 1, err);
    if (status == RF_OK && n > 0)
      status = add_utf8(&lines, card, n, err);
  }
  if (status == RF_OK)
    status = add_number(text, 1, err);
  if (status == RF_OK)
    status = add_pair(text, RF_ARROW_HEADER, lines.bytes, lines.length, err);
  rf_text_free(&lines);
  return status;
}

/* ---- types ---- */

static content *content_of(const struct ArrowSchema *schema) {
  return schema->private_data;
}

/* The type of values, without the lists around them. */
static rf_status add_values(const rf_arrow_field *field, const char *name, struct ArrowSchema *schema, rf_error *err) {
  if (!field->complex)
    return begin(schema, field->format, name, 0, err);
  RF_TRY(begin(schema, "+w:2", name, 1, err));
  return begin(schema->children[0], field->format, "item", 0, err);
}

static rf_status add_field(const rf_arrow_field *field, struct ArrowSchema *schema, rf_error *err) {
  const char *name = field->info.key;
  char format[32];
  if (field->list) {
    RF_TRY(begin(schema, field->large ? "+L" : "+l", name, 1, err));
    schema = schema->children[0];
    name = "item";
  }
  for (int i = 0; i < field->info.ndim && !field->variable && !field->list; i++) {
    snprintf(format, sizeof format, "+w:%" PRIu64, field->info.dims[i]);
    RF_TRY(begin(schema, format, name, 1, err));
    schema = schema->children[0];
    name = "item";
  }
  return add_values(field, name, schema, err);
}

/* The text of TCOMMn, or NULL. It belongs to the header. */
static const char *comment_of(rf_header *header, size_t column) {
  char keyword[16];
  rf_value value;
  rf_error ignored;
  snprintf(keyword, sizeof keyword, "TCOMM%zu", column + 1);
  if (rf_header_get(header, keyword, &value, &ignored) != RF_OK || value.kind != RF_VALUE_STRING)
    return NULL;
  return value.text;
}

static rf_status make(const rf_arrow_source *source, rf_header *header, struct ArrowSchema *schema, rf_error *err) {
  RF_TRY(begin(schema, "+s", "", source->count, err));
  RF_TRY(add_header(&content_of(schema)->metadata, header, err));
  schema->metadata = content_of(schema)->metadata.bytes;
  for (size_t i = 0; i < source->count; i++) {
    struct ArrowSchema *child = schema->children[i];
    const rf_arrow_field *field = &source->fields[i];
    RF_TRY(add_field(field, child, err));
    rf_text *metadata = &content_of(child)->metadata;
    RF_TRY(add_column(metadata, &field->info, comment_of(header, field->column), err));
    child->metadata = metadata->bytes;
  }
  return RF_OK;
}

rf_status rf_arrow_schema_make(const rf_arrow_source *source, struct ArrowSchema *schema, rf_error *err) {
  struct ArrowSchema made = {0};
  rf_header *header = NULL;
  RF_TRY(rf_hdu_get_logical_header(source->file, source->index, &header, err));
  rf_status status = make(source, header, &made, err);
  rf_header_free(header);
  if (status == RF_OK)
    *schema = made;
  else if (made.release != NULL)
    made.release(&made);
  return status;
}
