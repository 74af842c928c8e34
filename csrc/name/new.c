/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of new files.
 */
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/versioned.h"
#include "name/part.h"

/* Reads the part between parentheses or brackets behind the plain name, and moves *p behind it. */
static rf_status take_enclosed(const char **p, char close, char *dest, rf_error *err) {
  const char *end = strchr(*p, close);
  if (end == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "no %c follows in the name of the new file: %.40s", close, *p);
  if (!rf_part_take(dest, *p + 1, (size_t)(end - *p - 1), RF_PART_SIZE))
    return rf_fail(err, RF_ERR_ARGUMENT, "a part of the file name has more than %d characters", RF_PART_SIZE - 1);
  *p = rf_part_skip_blanks(end + 1);
  return RF_OK;
}

/* Names of files that are special: standard output, and files that are compressed as a whole. */
static void find_type(rf_name_new *name) {
  size_t n = strlen(name->file);
  if (strcmp(name->file, "-") == 0 || rf_same_name(name->file, "stdout")) {
    rf_part_copy(name->type, "stdout://", sizeof name->type);
    name->file[0] = '\0';
  } else if (n > 3 && strcmp(name->file + n - 3, ".gz") == 0) {
    rf_part_copy(name->type, "compressoutfile://", sizeof name->type);
  }
}

static rf_status parse(const char *text, rf_name_new *name, rf_error *err) {
  text = rf_part_skip_blanks(text);
  if (*text == '!') {
    name->clobber = 1;
    text++;
  }
  const char *slashes = strstr(text, "://");
  bool typed = slashes != NULL && slashes < text + strcspn(text, "[(");
  size_t n = typed ? (size_t)(slashes - text) + 3 : 0;
  if (n >= sizeof name->type)
    return rf_fail(err, RF_ERR_ARGUMENT, "the type of the new file is unknown: %.50s", text);
  rf_part_copy_n(name->type, typed ? text : "file://", typed ? n : 7, sizeof name->type);
  text += n;
  n = strcspn(text, "[(");
  if (!rf_part_take(name->file, text, n, sizeof name->file))
    return rf_fail(err, RF_ERR_ARGUMENT, "a part of the file name has more than %d characters", RF_PART_SIZE - 1);
  if (!typed)
    find_type(name);
  text += n;
  if (*text == '(')
    RF_TRY(take_enclosed(&text, ')', name->template_file, err));
  if (*text == '[')
    RF_TRY(take_enclosed(&text, ']', name->compress, err));
  if (*text != '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "unexpected text in the name of the new file: %.40s", text);
  return RF_OK;
}

rf_status rf_name_parse_new(const char *text, rf_name_new *name, rf_error *err) {
  rf_name_new parts = {.size = sizeof parts};
  rf_error_clear(err);
  if (text == NULL || name == NULL || name->size < offsetof(rf_name_new, file))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_name_parse_new: text or name = NULL, or no size");
  rf_status status = parse(text, &parts, err);
  rf_struct_give(name, &parts, sizeof parts);
  return status;
}
