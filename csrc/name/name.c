/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of existing files. A function that returns a pointer returns NULL after invalid text, with the message in *err.
 */
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/versioned.h"
#include "name/part.h"

static rf_status too_long(rf_error *err) {
  return rf_fail(err, RF_ERR_ARGUMENT, "a part of the file name has more than %d characters", RF_PART_SIZE - 1);
}

/* Finds the type of the file, which `name` receives. Returns what follows it, or NULL. */
static const char *parse_type(const char *text, rf_name *name, rf_error *err) {
  static const char *const short_types[] = {"ftp:", "http:", "mem:", "shmem:", "gsiftp:", "file:"};
  size_t plain = strcspn(text, "[(");
  if (text[0] == '-' && (text[1] == '\0' || strchr(" [(", text[1]) != NULL)) {
    rf_part_copy(name->type, "stdin://", sizeof name->type);
    return text + 1;
  }
  if (rf_part_begins(text, "stdin") && strchr(" [(.", text[5]) != NULL) {
    rf_part_copy(name->type, "stdin://", sizeof name->type);
    return text + 5;
  }
  const char *slashes = strstr(text, "://");
  if (slashes != NULL && slashes < text + plain) {
    size_t n = (size_t)(slashes - text) + 3;
    if (n >= sizeof name->type) {
      (void)rf_fail(err, RF_ERR_ARGUMENT, "the type of the file has more than %d characters: %.50s",
                    (int)sizeof name->type - 1, text);
      return NULL;
    }
    rf_part_copy_n(name->type, text, n, sizeof name->type);
    name->typed = true;
    return text + n;
  }
  for (size_t i = 0; i < sizeof short_types / sizeof *short_types; i++) {
    size_t n = strlen(short_types[i]);
    if (strncmp(text, short_types[i], n) == 0) {
      rf_part_copy_n(name->type, text, n, sizeof name->type);
      rf_part_append(name->type, "//", sizeof name->type);
      return text + n;
    }
  }
  rf_part_copy(name->type, "file://", sizeof name->type);
  return text;
}

/* Finds the name of the output: *open receives the last '(' before the first '[' whose ')' ends the plain name, or
 * NULL; *rest what follows the ')'. */
static rf_status find_output(const char *text, const char **open, const char **rest, rf_error *err) {
  const char *last = NULL;
  *open = NULL;
  for (const char *p = text; *p != '\0' && *p != '['; p++)
    if (*p == '(')
      last = p;
  if (last == NULL)
    return RF_OK;
  const char *close = strchr(last, ')');
  if (close == NULL)
    return rf_fail(err, RF_ERR_ARGUMENT, "no ) follows the ( in the file name");
  *rest = rf_part_skip_blanks(close + 1);
  if (**rest == '\0' || **rest == '[')
    *open = last;
  return RF_OK;
}

/* "(*)": an output with the name of the file, in the current folder. */
static void copy_base_name(rf_name *name) {
  const char *slash = strrchr(name->file, '/');
  rf_part_copy(name->output, slash == NULL ? "" : slash + 1, sizeof name->output);
}

/* Moves "+2" at the end of the file into the HDU. */
static bool split_plus(rf_name *name) {
  char *plus = strrchr(name->file, '+');
  if (plus == NULL || plus == name->file || strchr(plus, '/') != NULL)
    return false;
  size_t digits = strspn(plus + 1, "0123456789");
  if (digits > 5 || plus[1 + digits] != '\0')
    return false;
  rf_part_copy(name->hdu, plus + 1, sizeof name->hdu);
  *plus = '\0';
  return true;
}

/* Returns the ']' that belongs to the '[' at `open`; NULL: none. Quoted text and pairs of brackets are skipped. */
static const char *closing_bracket(const char *open) {
  int depth = 0;
  for (const char *p = open; *p != '\0'; p++) {
    if (*p == '[') {
      depth++;
    } else if (*p == ']') {
      if (--depth == 0)
        return p;
    } else if (*p == '\'' || *p == '"') {
      const char *quote = strchr(p + 1, *p);
      if (quote != NULL)
        p = quote;
    }
  }
  return NULL;
}

/* Returns the length of the word that begins a filter, "bin" or "binr", with its letter of type; 0: another word. */
static size_t filter_word(const char *text, const char *word, const char *letters, bool one) {
  size_t n = strlen(word);
  if (!rf_part_begins(text, word))
    return 0;
  if (text[n] != '\0' && strchr(letters, rf_to_lower(text[n])) != NULL)
    n++;
  if (one && text[n] == '1')
    n++;
  return n;
}

static bool is_columns(const char *text) {
  return rf_part_begins(text, "col ");
}

static bool is_bin(const char *text, char end) {
  size_t n = filter_word(text, "bin", "bijrd", false);
  return n > 0 && (text[n] == ' ' || text[n] == end);
}

static bool is_pixels(const char *text) {
  size_t n = filter_word(text, "pix", "bijrd", true);
  return n > 0 && text[n] == ' ';
}

static bool is_compress(const char *text) {
  return rf_part_begins(text, "compress") && (text[8] == ' ' || text[8] == ']');
}

/* Tells whether the first bracket holds a filter or an image section, and not an HDU. */
static bool is_filter(const char *text) {
  if (is_columns(text) || is_pixels(text) || is_compress(text))
    return true;
  if (is_bin(text, ' ') && *rf_part_skip_blanks(strchr(text, ' ')) != ']')
    return true;
  text = rf_part_skip_blanks(text);
  if (rf_part_begins(text, "gtifilter(") || rf_part_begins(text, "regfilter(") || strchr("-*:", *text) != NULL)
    return true;
  size_t digits = strspn(text, "0123456789");
  if (digits > 0 && (strchr("-*:", text[digits]) != NULL || *rf_part_skip_blanks(text + digits) == '*'))
    return true;
  /* an operator in the first word, or behind it */
  for (; *text != ']' && *text != '\0' && strchr(" ,;", *text) == NULL; text++)
    if (strchr("=<>", *text) != NULL || (strchr("&|", *text) != NULL && text[1] == *text))
      return true;
  text = rf_part_skip_blanks(text);
  return *text != '\0' && strchr("=<>&|*!", *text) != NULL;
}

/* Tells whether the bracket describes an array without a header, as [i512,512] or [rb100:2880]. */
static bool is_raw(const char *text) {
  if (strchr("bijurfd", rf_to_lower(*text)) == NULL)
    return false;
  text++;
  if (strchr("bl", rf_to_lower(*text)) != NULL)
    text++;
  size_t digits = strspn(text, "0123456789");
  return digits > 0 && strchr(",:]", text[digits]) != NULL;
}

/* Reads the first bracket, where it names an HDU. Returns its end, or NULL. */
static const char *parse_hdu(const char *open, rf_name *name, rf_error *err) {
  const char *end = strchr(open, ']'), *cell = strchr(open, ';');
  if (end != NULL && cell != NULL && cell < end)
    end = closing_bracket(open);
  if (end == NULL) {
    (void)rf_fail(err, RF_ERR_ARGUMENT, "no ] follows the [ in the file name");
    return NULL;
  }
  size_t n = (size_t)(end - open - 1), used = strlen(name->file);
  if (is_raw(open + 1)) {
    rf_part_copy(name->type, "rawfile://", sizeof name->type);
    rf_part_copy(name->hdu, "0", sizeof name->hdu);
    if (used + n + 2 >= sizeof name->file) {
      (void)too_long(err);
      return NULL;
    }
    rf_part_copy_n(name->file + used, open, n + 2, sizeof name->file - used);
  } else if (n >= sizeof name->hdu) {
    (void)too_long(err);
    return NULL;
  } else {
    rf_part_copy_n(name->hdu, open + 1, n, sizeof name->hdu);
  }
  return end;
}

/* Several row filters become "((a))&&((b))". */
static rf_status add_rows(rf_name *name, const char *text, size_t n, int *count, rf_error *err) {
  char *rows = name->rows;
  size_t used = strlen(rows);
  bool import = *rf_part_skip_blanks(text) == '@' || *rf_part_skip_blanks(rows) == '@';
  if (*count > 0 && import)
    return rf_fail(err, RF_ERR_ARGUMENT, "a row filter @file excludes other row filters");
  size_t extra = *count == 0 ? 1 : *count == 1 ? 11 : 7; /* parentheses, && and the NUL */
  if (n >= RF_PART_SIZE || used + n + extra > RF_PART_SIZE)
    return too_long(err);
  if (*count == 1) {
    memmove(rows + 2, rows, used + 1);
    memcpy(rows, "((", 2);
    rf_part_append(rows, "))", RF_PART_SIZE);
  }
  if (*count > 0) {
    rf_part_append(rows, "&&((", RF_PART_SIZE);
    used = strlen(rows);
  }
  rf_part_copy_n(rows + used, text, n, RF_PART_SIZE - used);
  if (*count > 0)
    rf_part_append(rows, "))", RF_PART_SIZE);
  ++*count;
  return RF_OK;
}

/* Several column filters become "col a;b". */
static rf_status add_columns(rf_name *name, const char *text, size_t n, rf_error *err) {
  size_t used = strlen(name->columns);
  if (used > 0) {
    if (*rf_part_skip_blanks(text + 4) == '@' || *rf_part_skip_blanks(name->columns + 4) == '@')
      return rf_fail(err, RF_ERR_ARGUMENT, "a column filter @file excludes other column filters");
    rf_part_append(name->columns, ";", sizeof name->columns);
    used++;
    text += 4;
    n -= 4;
  }
  if (used + n >= sizeof name->columns)
    return too_long(err);
  rf_part_copy_n(name->columns + used, text, n, sizeof name->columns - used);
  return RF_OK;
}

static rf_status add_once(char *dest, const char *text, size_t n, const char *what, rf_error *err) {
  if (*dest != '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "the file name has two [%s ...]", what);
  return rf_part_take(dest, text, n, RF_PART_SIZE) ? RF_OK : too_long(err);
}

/* Adds a filter of n characters to its part. */
static rf_status add_filter(rf_name *name, const char *text, size_t n, int *row_filters, rf_error *err) {
  if (is_columns(text))
    return add_columns(name, text, n, err);
  if (is_bin(text, ']'))
    return add_once(name->bin, text, n, "bin", err);
  if (is_pixels(text))
    return add_once(name->pixels, text, n, "pix", err);
  if (is_compress(text))
    return add_once(name->compress, text, n, "compress", err);
  return n > 0 ? add_rows(name, text, n, row_filters, err) : RF_OK;
}

/* Reads a filter. Returns its end, or NULL. */
static const char *parse_filter(const char *open, rf_name *name, int *row_filters, rf_error *err) {
  const char *text = open + 1, *end = closing_bracket(open);
  if (end == NULL) {
    (void)rf_fail(err, RF_ERR_ARGUMENT, "no ] follows the last [ in the file name");
    return NULL;
  }
  return add_filter(name, text, (size_t)(end - text), row_filters, err) == RF_OK ? end : NULL;
}

static rf_status parse_brackets(const char *p, rf_name *name, rf_error *err) {
  int row_filters = 0;
  for (bool first = name->hdu[0] == '\0'; *p == '['; first = false) {
    const char *end = first && !is_filter(p + 1) ? parse_hdu(p, name, err) : parse_filter(p, name, &row_filters, err);
    if (end == NULL)
      return RF_ERR_ARGUMENT;
    p = end + 1;
  }
  if (*rf_part_skip_blanks(p) != '\0')
    return rf_fail(err, RF_ERR_ARGUMENT, "unexpected text behind the ] in the file name: %.40s", p);
  return RF_OK;
}

static bool ends_in_imh(const char *file) {
  size_t n = strlen(file);
  return n > 4 && strcmp(file + n - 4, ".imh") == 0;
}

/* Reads all before the brackets. Returns the first bracket, or NULL. */
static const char *parse_file(const char *text, rf_name *name, rf_error *err) {
  if (*text == '\0')
    return text;
  const char *p = parse_type(text, name, err), *output = NULL, *rest = NULL;
  if (p == NULL || find_output(p, &output, &rest, err) != RF_OK)
    return NULL;
  size_t n = output != NULL ? (size_t)(output - p) : strcspn(p, "[");
  bool fits = rf_part_take(name->file, p, n, sizeof name->file);
  if (output == NULL)
    rest = p + n;
  else
    fits =
        fits && rf_part_take(name->output, output + 1, (size_t)(strchr(output, ')') - output - 1), sizeof name->output);
  if (!fits) {
    (void)too_long(err);
    return NULL;
  }
  if (strcmp(name->output, "*") == 0)
    copy_base_name(name);
  bool plus = split_plus(name);
  if (ends_in_imh(name->file) && !plus)
    rf_part_copy(name->type, "irafmem://", sizeof name->type);
  if (strcmp(name->file, "-") == 0 && !name->typed && p == text) {
    rf_part_copy(name->type, "stdin://", sizeof name->type);
    name->file[0] = '\0';
  }
  return rest;
}

static rf_status parse(const char *text, rf_name *name, bool brackets, rf_error *err) {
  rf_name parts = {.size = sizeof parts};
  rf_error_clear(err);
  if (text == NULL || name == NULL || name->size < offsetof(rf_name, file))
    return rf_fail(err, RF_ERR_ARGUMENT, "rf_name_parse: text or name = NULL, or no size");
  const char *rest = parse_file(text, &parts, err);
  rf_status status = rest == NULL ? RF_ERR_ARGUMENT : brackets ? parse_brackets(rest, &parts, err) : RF_OK;
  rf_struct_give(name, &parts, sizeof parts);
  return status;
}

rf_status rf_name_parse(const char *text, rf_name *name, rf_error *err) {
  return parse(text, name, true, err);
}

rf_status rf_name_parse_file(const char *text, rf_name *name, rf_error *err) {
  return parse(text, name, false, err);
}
