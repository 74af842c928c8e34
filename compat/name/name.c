/* SPDX-License-Identifier: BSD-3-Clause */
#include "name/name.h"

#include <ctype.h>
#include <string.h>

#include "base/string.h"

/* Copies n characters without blanks at the end. False: they do not fit. */
static bool take(char *dest, const char *text, size_t n, size_t capacity) {
  while (n > 0 && text[n - 1] == ' ')
    n--;
  if (n >= capacity)
    return false;
  cf_copy_n(dest, text, n, capacity);
  return true;
}

static int too_long(int *status) {
  return cf_fail(status, URL_PARSE_ERROR, "a part of the file name has more than %d characters", FLEN_FILENAME - 1);
}

/* Finds the type of the file, which `name` receives. Returns what follows it, or NULL. */
static const char *parse_type(const char *text, cf_name *name, int *status) {
  static const char *const short_types[] = {"ftp:", "http:", "mem:", "shmem:", "gsiftp:", "file:"};
  size_t plain = strcspn(text, "[(");
  if (text[0] == '-' && (text[1] == '\0' || strchr(" [(", text[1]) != NULL)) {
    cf_copy(name->type, "stdin://", sizeof name->type);
    return text + 1;
  }
  if (cf_begins(text, "stdin") && strchr(" [(.", text[5]) != NULL) {
    cf_copy(name->type, "stdin://", sizeof name->type);
    return text + 5;
  }
  const char *slashes = strstr(text, "://");
  if (slashes != NULL && slashes < text + plain) {
    size_t n = (size_t)(slashes - text) + 3;
    if (n >= sizeof name->type) {
      cf_fail(status, URL_PARSE_ERROR, "the type of the file has more than %d characters: %.50s", CF_URL_TYPE - 1,
              text);
      return NULL;
    }
    cf_copy_n(name->type, text, n, sizeof name->type);
    name->typed = true;
    return text + n;
  }
  for (size_t i = 0; i < sizeof short_types / sizeof *short_types; i++) {
    size_t n = strlen(short_types[i]);
    if (strncmp(text, short_types[i], n) == 0) {
      cf_copy_n(name->type, text, n, sizeof name->type);
      cf_append(name->type, "//", sizeof name->type);
      return text + n;
    }
  }
  cf_copy(name->type, "file://", sizeof name->type);
  return text;
}

/* Returns where the name of the output begins: the last '(' before the first '[' whose ')' ends the plain name; else
 * NULL. *rest receives what follows the ')'. */
static const char *find_output(const char *text, const char **rest, int *status) {
  const char *open = NULL;
  for (const char *p = text; *p != '\0' && *p != '['; p++)
    if (*p == '(')
      open = p;
  if (open == NULL)
    return NULL;
  const char *close = strchr(open, ')');
  if (close == NULL) {
    cf_fail(status, URL_PARSE_ERROR, "no ) follows the ( in the file name");
    return NULL;
  }
  *rest = cf_skip_blanks(close + 1);
  return **rest == '\0' || **rest == '[' ? open : NULL;
}

/* "(*)": an output with the name of the file, in the current folder. */
static void copy_base_name(cf_name *name) {
  const char *slash = strrchr(name->file, '/');
  cf_copy(name->output, slash == NULL ? "" : slash + 1, sizeof name->output);
}

/* Moves "+2" at the end of the file into the HDU. */
static bool split_plus(cf_name *name) {
  char *plus = strrchr(name->file, '+');
  if (plus == NULL || plus == name->file || strchr(plus, '/') != NULL)
    return false;
  size_t digits = strspn(plus + 1, "0123456789");
  if (digits > 5 || plus[1 + digits] != '\0')
    return false;
  cf_copy(name->hdu, plus + 1, sizeof name->hdu);
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
  if (!cf_begins(text, word))
    return 0;
  if (text[n] != '\0' && strchr(letters, tolower((unsigned char)text[n])) != NULL)
    n++;
  if (one && text[n] == '1')
    n++;
  return n;
}

static bool is_columns(const char *text) {
  return cf_begins(text, "col ");
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
  return cf_begins(text, "compress") && (text[8] == ' ' || text[8] == ']');
}

/* Tells whether the first bracket holds a filter or an image section, and not an HDU. */
static bool is_filter(const char *text) {
  if (is_columns(text) || is_pixels(text) || is_compress(text))
    return true;
  if (is_bin(text, ' ') && *cf_skip_blanks(strchr(text, ' ')) != ']')
    return true;
  text = cf_skip_blanks(text);
  if (cf_begins(text, "gtifilter(") || cf_begins(text, "regfilter(") || strchr("-*:", *text) != NULL)
    return true;
  size_t digits = strspn(text, "0123456789");
  if (digits > 0 && (strchr("-*:", text[digits]) != NULL || *cf_skip_blanks(text + digits) == '*'))
    return true;
  /* an operator in the first word, or behind it */
  for (; *text != ']' && *text != '\0' && strchr(" ,;", *text) == NULL; text++)
    if (strchr("=<>", *text) != NULL || (strchr("&|", *text) != NULL && text[1] == *text))
      return true;
  text = cf_skip_blanks(text);
  return *text != '\0' && strchr("=<>&|*!", *text) != NULL;
}

/* Tells whether the bracket describes an array without a header, as [i512,512] or [rb100:2880]. */
static bool is_raw(const char *text) {
  if (strchr("bijurfd", tolower((unsigned char)*text)) == NULL)
    return false;
  text++;
  if (strchr("bl", tolower((unsigned char)*text)) != NULL)
    text++;
  size_t digits = strspn(text, "0123456789");
  return digits > 0 && strchr(",:]", text[digits]) != NULL;
}

/* Reads the first bracket, where it names an HDU. Returns its end, or NULL. */
static const char *parse_hdu(const char *open, cf_name *name, int *status) {
  const char *end = strchr(open, ']'), *cell = strchr(open, ';');
  if (end != NULL && cell != NULL && cell < end)
    end = closing_bracket(open);
  if (end == NULL) {
    cf_fail(status, URL_PARSE_ERROR, "no ] follows the [ in the file name");
    return NULL;
  }
  size_t n = (size_t)(end - open - 1), used = strlen(name->file);
  if (is_raw(open + 1)) {
    cf_copy(name->type, "rawfile://", sizeof name->type);
    cf_copy(name->hdu, "0", sizeof name->hdu);
    if (used + n + 2 >= sizeof name->file) {
      too_long(status);
      return NULL;
    }
    cf_copy_n(name->file + used, open, n + 2, sizeof name->file - used);
  } else if (n >= sizeof name->hdu) {
    too_long(status);
    return NULL;
  } else {
    cf_copy_n(name->hdu, open + 1, n, sizeof name->hdu);
  }
  return end;
}

/* Several row filters become "((a))&&((b))". */
static int add_rows(cf_name *name, const char *text, size_t n, int *count, int *status) {
  char *rows = name->rows;
  size_t used = strlen(rows);
  bool import = *cf_skip_blanks(text) == '@' || *cf_skip_blanks(rows) == '@';
  if (*count > 0 && import)
    return cf_fail(status, URL_PARSE_ERROR, "a row filter @file excludes other row filters");
  size_t extra = *count == 0 ? 1 : *count == 1 ? 11 : 7; /* parentheses, && and the NUL */
  if (n >= FLEN_FILENAME || used + n + extra > FLEN_FILENAME)
    return too_long(status);
  if (*count == 1) {
    memmove(rows + 2, rows, used + 1);
    memcpy(rows, "((", 2);
    cf_append(rows, "))", FLEN_FILENAME);
  }
  if (*count > 0) {
    cf_append(rows, "&&((", FLEN_FILENAME);
    used = strlen(rows);
  }
  cf_copy_n(rows + used, text, n, FLEN_FILENAME - used);
  if (*count > 0)
    cf_append(rows, "))", FLEN_FILENAME);
  ++*count;
  return *status;
}

/* Several column filters become "col a;b". */
static int add_columns(cf_name *name, const char *text, size_t n, int *status) {
  size_t used = strlen(name->columns);
  if (used > 0) {
    if (*cf_skip_blanks(text + 4) == '@' || *cf_skip_blanks(name->columns + 4) == '@')
      return cf_fail(status, URL_PARSE_ERROR, "a column filter @file excludes other column filters");
    cf_append(name->columns, ";", sizeof name->columns);
    used++;
    text += 4;
    n -= 4;
  }
  if (used + n >= sizeof name->columns)
    return too_long(status);
  cf_copy_n(name->columns + used, text, n, sizeof name->columns - used);
  return *status;
}

static int add_once(char *dest, const char *text, size_t n, const char *what, int *status) {
  if (*dest != '\0')
    return cf_fail(status, URL_PARSE_ERROR, "the file name has two [%s ...]", what);
  return take(dest, text, n, FLEN_FILENAME) ? *status : too_long(status);
}

/* Reads a filter. Returns its end, or NULL. */
static const char *parse_filter(const char *open, cf_name *name, int *row_filters, int *status) {
  const char *text = open + 1, *end = closing_bracket(open);
  if (end == NULL) {
    cf_fail(status, URL_PARSE_ERROR, "no ] follows the last [ in the file name");
    return NULL;
  }
  size_t n = (size_t)(end - text);
  if (is_columns(text))
    add_columns(name, text, n, status);
  else if (is_bin(text, ']'))
    add_once(name->bin, text, n, "bin", status);
  else if (is_pixels(text))
    add_once(name->pixels, text, n, "pix", status);
  else if (is_compress(text))
    add_once(name->compress, text, n, "compress", status);
  else if (n > 0)
    add_rows(name, text, n, row_filters, status);
  return *status > 0 ? NULL : end;
}

static int parse_brackets(const char *p, cf_name *name, bool has_hdu, int *status) {
  int row_filters = 0;
  for (bool first = !has_hdu; *p == '['; first = false) {
    const char *end =
        first && !is_filter(p + 1) ? parse_hdu(p, name, status) : parse_filter(p, name, &row_filters, status);
    if (end == NULL)
      return *status;
    p = end + 1;
  }
  if (*cf_skip_blanks(p) != '\0')
    return cf_fail(status, URL_PARSE_ERROR, "unexpected text behind the ] in the file name: %.40s", p);
  return *status;
}

static bool ends_in_imh(const char *file) {
  size_t n = strlen(file);
  return n > 4 && strcmp(file + n - 4, ".imh") == 0;
}

/* Reads all before the brackets. Returns the first bracket, or NULL. */
static const char *parse_file(const char *text, cf_name *name, int *status) {
  memset(name, 0, sizeof *name);
  if (text == NULL) {
    cf_fail(status, NULL_INPUT_PTR, "the file name is NULL");
    return NULL;
  }
  if (*text == '\0')
    return text;
  const char *p = parse_type(text, name, status), *rest = NULL;
  if (p == NULL)
    return NULL;
  const char *output = find_output(p, &rest, status);
  if (*status > 0)
    return NULL;
  size_t n = output != NULL ? (size_t)(output - p) : strcspn(p, "[");
  bool fits = take(name->file, p, n, sizeof name->file);
  if (output == NULL)
    rest = p + n;
  else
    fits = fits && take(name->output, output + 1, (size_t)(strchr(output, ')') - output - 1), sizeof name->output);
  if (!fits) {
    too_long(status);
    return NULL;
  }
  if (strcmp(name->output, "*") == 0)
    copy_base_name(name);
  bool plus = split_plus(name);
  if (ends_in_imh(name->file) && !plus)
    cf_copy(name->type, "irafmem://", sizeof name->type);
  if (strcmp(name->file, "-") == 0 && !name->typed && p == text) {
    cf_copy(name->type, "stdin://", sizeof name->type);
    name->file[0] = '\0';
  }
  return rest;
}

int cf_name_parse(const char *text, cf_name *name, int *status) {
  CF_GO(status);
  const char *rest = parse_file(text, name, status);
  return rest == NULL ? *status : parse_brackets(rest, name, name->hdu[0] != '\0', status);
}

int cf_name_parse_file(const char *text, cf_name *name, int *status) {
  CF_GO(status);
  (void)parse_file(text, name, status);
  return *status;
}

/* Reads the part between `open` and `close` behind the plain name, and moves *p behind it. */
static int take_enclosed(const char **p, char close, char *dest, int *status) {
  const char *end = strchr(*p, close);
  if (end == NULL)
    return cf_fail(status, URL_PARSE_ERROR, "no %c follows in the name of the new file: %.40s", close, *p);
  if (!take(dest, *p + 1, (size_t)(end - *p - 1), FLEN_FILENAME))
    return too_long(status);
  *p = cf_skip_blanks(end + 1);
  return *status;
}

/* Names of files that are special: standard output, and files that are compressed as a whole. */
static void find_new_type(cf_new_name *name) {
  size_t n = strlen(name->file);
  if (strcmp(name->file, "-") == 0 || cf_same_text(name->file, "stdout")) {
    cf_copy(name->type, "stdout://", sizeof name->type);
    name->file[0] = '\0';
  } else if (n > 3 && strcmp(name->file + n - 3, ".gz") == 0) {
    cf_copy(name->type, "compressoutfile://", sizeof name->type);
  }
}

int cf_new_name_parse(const char *text, cf_new_name *name, int *status) {
  CF_GO(status);
  memset(name, 0, sizeof *name);
  if (text == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "the name of the new file is NULL");
  text = cf_skip_blanks(text);
  if (*text == '!') {
    name->clobber = true;
    text++;
  }
  const char *slashes = strstr(text, "://");
  bool typed = slashes != NULL && slashes < text + strcspn(text, "[(");
  size_t n = typed ? (size_t)(slashes - text) + 3 : 0;
  if (n >= sizeof name->type)
    return cf_fail(status, URL_PARSE_ERROR, "the type of the new file is unknown: %.50s", text);
  cf_copy_n(name->type, typed ? text : "file://", typed ? n : 7, sizeof name->type);
  text += n;
  n = strcspn(text, "[(");
  if (!take(name->file, text, n, sizeof name->file))
    return too_long(status);
  if (!typed)
    find_new_type(name);
  text += n;
  if (*text == '(' && take_enclosed(&text, ')', name->template_file, status) > 0)
    return *status;
  if (*text == '[' && take_enclosed(&text, ']', name->compress, status) > 0)
    return *status;
  if (*text != '\0')
    return cf_fail(status, URL_PARSE_ERROR, "unexpected text in the name of the new file: %.40s", text);
  return *status;
}
