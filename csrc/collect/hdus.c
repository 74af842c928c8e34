/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A list of the HDUs of many files.
 */
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/memory.h"
#include "base/versioned.h"
#include "collect/batch.h"

/* Most files of one call, whose lists wait in memory to be joined. */
#define MOST_FILES 512

/* An entry. Offsets are in the numbers and texts of its list. */
typedef struct entry {
  size_t file;
  size_t index;
  int kind;
  int dtype;
  int has_extname;
  rf_status status;
  int64_t extver;
  uint64_t header_offset, data_offset, data_bytes;
  size_t naxis, axes;
  size_t extname, compression, message; /* texts with their NUL */
} entry;

struct rf_hdu_list {
  entry *entries;
  size_t count;
  size_t capacity;
  uint64_t *axes;
  size_t axes_count;
  size_t axes_capacity;
  char *texts;
  size_t texts_length;
  size_t texts_capacity;
  size_t files;
};

static void clear(rf_hdu_list *list) {
  rf_free(list->entries);
  rf_free(list->axes);
  rf_free(list->texts);
  *list = (rf_hdu_list){0};
}

static uint64_t bytes_of(const rf_hdu_list *list) {
  return (uint64_t)list->capacity * sizeof *list->entries + (uint64_t)list->axes_capacity * sizeof *list->axes +
         list->texts_capacity;
}

/* ---- entries ---- */

static rf_status add_text(rf_hdu_list *list, const char *text, size_t *offset, rf_error *err) {
  size_t n = strlen(text) + 1;
  RF_TRY(RF_ARRAY_GROW(list->texts, list->texts_capacity, list->texts_length + n, "a list of HDUs", err));
  memcpy(list->texts + list->texts_length, text, n);
  *offset = list->texts_length;
  list->texts_length += n;
  return RF_OK;
}

/* Makes room for `n` axes behind those of the list, which the caller fills in. */
static rf_status reserve_axes(rf_hdu_list *list, size_t n, entry *made, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(list->axes, list->axes_capacity, list->axes_count + n, "a list of HDUs", err));
  made->axes = list->axes_count;
  return RF_OK;
}

static rf_status add_entry(rf_hdu_list *list, const entry *made, rf_error *err) {
  RF_TRY(RF_ARRAY_GROW(list->entries, list->capacity, list->count + 1, "a list of HDUs", err));
  list->entries[list->count++] = *made;
  return RF_OK;
}

/* Adds the entry of an HDU, or of the rest of a file, that cannot be read. */
static rf_status add_failure(rf_hdu_list *list, entry *made, rf_status status, const char *message, rf_error *err) {
  made->status = status;
  RF_TRY(add_text(list, message, &made->message, err));
  return add_entry(list, made, err);
}

/* ---- one HDU ---- */

static rf_status describe_image(rf_hdu_list *list, rf_file *file, entry *made, rf_error *err) {
  rf_image_info info = {.size = sizeof info};
  size_t naxis;
  RF_TRY(rf_image_get_info(file, made->index, &info, err));
  RF_TRY(reserve_axes(list, (size_t)info.naxis, made, err));
  RF_TRY(rf_image_get_axes(file, made->index, list->axes + made->axes, (size_t)info.naxis, &naxis, err));
  made->naxis = (size_t)info.naxis;
  list->axes_count += made->naxis;
  made->dtype = info.naxis > 0 ? (int)info.dtype : 0;
  return RF_OK;
}

static rf_status describe_table(rf_hdu_list *list, rf_file *file, entry *made, rf_error *err) {
  rf_table_info info = {.size = sizeof info};
  RF_TRY(rf_table_get_info(file, made->index, &info, err));
  RF_TRY(reserve_axes(list, 2, made, err));
  list->axes[made->axes] = info.nrows;
  list->axes[made->axes + 1] = info.ncols;
  made->naxis = 2;
  list->axes_count += 2;
  return RF_OK;
}

static rf_status name_image_compression(rf_file *file, size_t index, char *text, size_t capacity, rf_error *err) {
  rf_compression found;
  rf_compression_init(&found);
  RF_TRY(rf_image_get_compression(file, index, &found, NULL, 0, NULL, err));
  const char *name = rf_zcmptype_get_name(found.type);
  (void)snprintf(text, capacity, "%s", name != NULL ? name : "unknown");
  return RF_OK;
}

/* Joins the names of the algorithms of all columns, each once. */
static rf_status name_table_compression(rf_file *file, size_t index, size_t ncols, char *text, size_t capacity,
                                        rf_error *err) {
  static const rf_zcmptype all[] = {RF_Z_RICE_1, RF_Z_PLIO_1,     RF_Z_HCOMPRESS_1, RF_Z_GZIP_1,
                                    RF_Z_GZIP_2, RF_Z_NOCOMPRESS, RF_Z_AUTO};
  rf_table_compression found;
  rf_table_compression_init(&found);
  rf_zcmptype *types = rf_alloc_zero(ncols + 1, sizeof *types);
  if (types == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of %zu columns", ncols);
  rf_status status = rf_table_get_compression(file, index, &found, types, ncols, NULL, err);
  size_t used = 0;
  for (size_t k = 0; status == RF_OK && k < sizeof all / sizeof *all; k++) {
    size_t i = 0;
    while (i < ncols && types[i] != all[k])
      i++;
    const char *name = rf_zcmptype_get_name(all[k]);
    if (i < ncols)
      used += (size_t)snprintf(text + used, capacity - used, "%s%s", used > 0 ? "," : "", name ? name : "unknown");
  }
  rf_free(types);
  return status;
}

/* Fills in what the kind of the HDU has. */
static rf_status describe(rf_hdu_list *list, rf_file *file, entry *made, rf_error *err) {
  char text[96] = ""; /* the names of all algorithms */
  switch (made->kind) {
  case RF_HDU_IMAGE:
    return describe_image(list, file, made, err);
  case RF_HDU_COMPRESSED_IMAGE:
    RF_TRY(describe_image(list, file, made, err));
    RF_TRY(name_image_compression(file, made->index, text, sizeof text, err));
    return add_text(list, text, &made->compression, err);
  case RF_HDU_GROUPS:
  case RF_HDU_TABLE:
  case RF_HDU_ASCII_TABLE:
    return describe_table(list, file, made, err);
  case RF_HDU_COMPRESSED_TABLE:
    RF_TRY(describe_table(list, file, made, err));
    RF_TRY(name_table_compression(file, made->index, (size_t)list->axes[made->axes + 1], text, sizeof text, err));
    return add_text(list, text, &made->compression, err);
  default:
    return RF_OK;
  }
}

static bool is_fatal(rf_status status) {
  return status == RF_ERR_MEMORY || status == RF_ERR_CALLBACK;
}

/* Adds HDU `index`, if there is one. *more receives whether others may follow. */
static rf_status add_hdu(rf_hdu_list *list, rf_file *file, size_t index, bool *more, rf_error *err) {
  rf_hdu_info info = {.size = sizeof info};
  entry made = {.file = list->files, .index = index, .extver = 1};
  rf_error why;
  rf_error_clear(&why);
  rf_status status = rf_hdu_get_info(file, index, &info, &why);
  *more = status == RF_OK;
  if (status == RF_ERR_NOT_FOUND && index > 0)
    return RF_OK;
  if (status == RF_OK) {
    made.kind = (int)info.kind;
    made.has_extname = info.has_extname;
    made.extver = info.extver;
    made.header_offset = info.header_offset;
    made.data_offset = info.data_offset;
    made.data_bytes = info.data_bytes;
    RF_TRY(add_text(list, info.extname, &made.extname, err));
    status = describe(list, file, &made, &why);
  }
  if (status == RF_OK)
    return add_entry(list, &made, err);
  if (!is_fatal(status))
    return add_failure(list, &made, status, why.message, err);
  if (err != NULL)
    *err = why;
  return status;
}

static rf_status add_file(rf_hdu_list *list, rf_file *file, rf_error *err) {
  bool more = true;
  if (list->texts_length == 0) { /* offset 0 is the text of entries without one */
    size_t offset;
    RF_TRY(add_text(list, "", &offset, err));
  }
  for (size_t i = 0; more; i++)
    RF_TRY(add_hdu(list, file, i, &more, err));
  list->files++;
  return RF_OK;
}

/* ---- many files ---- */

typedef struct reading {
  rf_hdu_list *parts;
  rf_batch_item *items;
} reading;

static rf_status read_file(void *context, size_t i, rf_file *file, const rf_collect_options *options, uint64_t *kept,
                           rf_error *err) {
  const reading *r = context;
  (void)options;
  RF_TRY(add_file(&r->parts[i], file, err));
  *kept = bytes_of(&r->parts[i]);
  return RF_OK;
}

/* Appends the entries of a file to the list. */
static rf_status take_over(rf_hdu_list *list, const rf_hdu_list *part, rf_error *err) {
  size_t axes = list->axes_count, texts = list->texts_length;
  RF_TRY(RF_ARRAY_GROW(list->entries, list->capacity, list->count + part->count, "a list of HDUs", err));
  RF_TRY(RF_ARRAY_GROW(list->axes, list->axes_capacity, axes + part->axes_count, "a list of HDUs", err));
  RF_TRY(RF_ARRAY_GROW(list->texts, list->texts_capacity, texts + part->texts_length, "a list of HDUs", err));
  if (part->axes_count > 0)
    memcpy(list->axes + axes, part->axes, part->axes_count * sizeof *part->axes);
  memcpy(list->texts + texts, part->texts, part->texts_length);
  list->axes_count += part->axes_count;
  list->texts_length += part->texts_length;
  for (size_t i = 0; i < part->count; i++) {
    entry *made = &list->entries[list->count++];
    *made = part->entries[i];
    made->file = list->files;
    made->axes += axes;
    made->extname += texts;
    made->compression += texts;
    made->message += texts;
  }
  list->files++;
  return RF_OK;
}

/* Returns whether an entry has a status. With `stop`, it is the last one. */
static bool has_failure(const rf_hdu_list *part) {
  for (size_t i = 0; i < part->count; i++)
    if (part->entries[i].status != RF_OK)
      return true;
  return false;
}

rf_status rf_hdu_list_add_error(rf_hdu_list *list, rf_status failure, const char *message, rf_error *err) {
  entry made = {.file = list->files, .extver = 1};
  rf_error_clear(err);
  if (failure == RF_OK || message == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "expected a status that is not RF_OK, and a message");
  RF_TRY(add_text(list, "", &made.extname, err));
  made.compression = made.extname;
  RF_TRY(add_failure(list, &made, failure, message, err));
  list->files++;
  return RF_OK;
}

static rf_status keep_parts(rf_hdu_list *list, const reading *r, size_t count, bool stop, size_t *done, rf_error *err) {
  for (size_t i = 0; i < count; i++) {
    const rf_trouble *trouble = &r->items[i].trouble;
    *done = i + 1;
    if (trouble->status != RF_OK)
      RF_TRY(rf_hdu_list_add_error(list, trouble->status, trouble->message, err));
    else
      RF_TRY(take_over(list, &r->parts[i], err));
    if (stop && has_failure(&r->parts[i]))
      return RF_OK;
  }
  return RF_OK;
}

rf_status rf_hdu_list_read(rf_hdu_list *list, const char *const *names, size_t count, const rf_collect_options *options,
                           size_t *done, rf_error *err) {
  size_t n = 0, kept = 0;
  rf_error_clear(err);
  count = count < MOST_FILES ? count : MOST_FILES;
  reading r = {rf_alloc_zero(count > 0 ? count : 1, sizeof *r.parts),
               rf_alloc_zero(count > 0 ? count : 1, sizeof *r.items)};
  const rf_batch_work work = {.read = read_file, .context = &r};
  rf_status status = RF_OK;
  if (r.parts == NULL || r.items == NULL)
    status = rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the HDUs of %zu files", count);
  else
    status = rf_batch_run(&work, names, count, options, r.items, &n, err);
  if (status == RF_OK)
    status = keep_parts(list, &r, n, rf_batch_stops(options), &kept, err);
  for (size_t i = 0; i < count && r.parts != NULL && r.items != NULL; i++) {
    clear(&r.parts[i]);
    rf_free(r.items[i].trouble.message);
  }
  rf_free(r.parts);
  rf_free(r.items);
  if (status == RF_OK)
    *done = kept;
  return status;
}

rf_status rf_hdu_list_add(rf_hdu_list *list, rf_file *file, rf_error *err) {
  rf_hdu_list part = {0};
  rf_error_clear(err);
  rf_status status = add_file(&part, file, err);
  if (status == RF_OK)
    status = take_over(list, &part, err);
  clear(&part);
  return status;
}

/* ---- life and results ---- */

rf_status rf_hdu_list_new(rf_hdu_list **list, rf_error *err) {
  rf_error_clear(err);
  rf_hdu_list *made = rf_alloc_zero(1, sizeof *made);
  if (made == NULL)
    return rf_fail(err, RF_ERR_MEMORY, "cannot allocate a list of HDUs");
  *list = made;
  return RF_OK;
}

void rf_hdu_list_free(rf_hdu_list *list) {
  if (list == NULL)
    return;
  clear(list);
  rf_free(list);
}

size_t rf_hdu_list_get_count(const rf_hdu_list *list) {
  return list->count;
}

rf_status rf_hdu_list_get(const rf_hdu_list *list, size_t n, rf_listed_hdu *hdu, rf_error *err) {
  rf_error_clear(err);
  if (n >= list->count)
    return rf_fail(err, RF_ERR_RANGE, "no entry %zu: the list has %zu", n, list->count);
  const entry *e = &list->entries[n];
  const rf_listed_hdu own = {.size = sizeof own,
                             .file = e->file,
                             .index = e->index,
                             .kind = e->kind,
                             .has_extname = e->has_extname,
                             .extname = list->texts + e->extname,
                             .extver = e->extver,
                             .naxis = e->naxis,
                             .axes = e->naxis > 0 ? list->axes + e->axes : NULL,
                             .dtype = e->dtype,
                             .header_offset = e->header_offset,
                             .data_offset = e->data_offset,
                             .data_bytes = e->data_bytes,
                             .compression = list->texts + e->compression,
                             .status = e->status,
                             .message = e->status != RF_OK ? list->texts + e->message : NULL};
  rf_struct_give(hdu, &own, sizeof own);
  return RF_OK;
}
