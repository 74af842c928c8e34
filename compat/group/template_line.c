/* SPDX-License-Identifier: BSD-3-Clause */
#include "group/template_line.h"

#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "fitsio2.h"

#define MAX_LINE ((size_t)1 << 20)
#define BLANKS " \t"

struct cf_template {
  FILE *files[CF_MAX_INCLUDES + 1];
  int depth;                  /* files that are open */
  char folder[FLEN_FILENAME]; /* of the first one, with a slash */
  char *line;                 /* the current line */
  size_t room;
  bool is_blank; /* the line has blanks, and nothing else */
  cf_line unread;
  bool has_unread;
  char counted[FLEN_KEYWORD]; /* the keyword that counts */
  int number;
};

cf_template *cf_template_open(const char *name, int *status) {
  cf_template *reader = calloc(1, sizeof *reader);
  if (reader == NULL) {
    (void)cf_fail(status, NGP_NO_MEMORY, "cannot allocate memory for a template");
    return NULL;
  }
  reader->files[0] = fopen(name, "rb");
  if (reader->files[0] == NULL) {
    (void)cf_fail(status, NGP_ERR_FOPEN, "the template cannot be opened: %.200s", name);
    free(reader);
    return NULL;
  }
  reader->depth = 1;
  const char *slash = strrchr(name, '/');
  if (slash != NULL)
    cf_copy_n(reader->folder, name, (size_t)(slash - name) + 1, sizeof reader->folder);
  cf_template_number(reader, 1);
  return reader;
}

void cf_template_close(cf_template *reader) {
  if (reader == NULL)
    return;
  while (reader->depth > 0)
    (void)fclose(reader->files[--reader->depth]);
  free(reader->line);
  if (reader->has_unread)
    free(reader->unread.text);
  free(reader);
}

void cf_template_unread(cf_template *reader, cf_line *line) {
  reader->unread = *line;
  reader->has_unread = true;
}

void cf_template_number(cf_template *reader, int first) {
  *reader->counted = '\0';
  reader->number = first;
}

/* Opens a file of a folder, NULL: it does not exist. */
static FILE *open_in(const char *folder, const char *name) {
  char path[FLEN_FILENAME];
  cf_copy(path, folder, sizeof path);
  cf_append(path, name, sizeof path);
  return fopen(path, "rb");
}

/* Looks for an included file: in the current folder, in those of the environment, beside the template. */
static FILE *find_file(const cf_template *reader, const char *name) {
  FILE *file = fopen(name, "rb");
  const char *folders = getenv("CFITSIO_INCLUDE_FILES");
  while (file == NULL && *name != '/' && folders != NULL && *folders != '\0') {
    char folder[FLEN_FILENAME];
    size_t n = strcspn(folders, ":");
    cf_copy_n(folder, folders, n, sizeof folder - 1);
    cf_append(folder, "/", sizeof folder);
    file = open_in(folder, name);
    folders += n + (folders[n] == ':');
  }
  return file != NULL || *name == '/' ? file : open_in(reader->folder, name);
}

static int include(cf_template *reader, const char *name, int *status) {
  if (reader->depth > CF_MAX_INCLUDES)
    return cf_fail(status, NGP_INC_NESTING, "templates include each other more than %d times", CF_MAX_INCLUDES);
  FILE *file = *name != '\0' ? find_file(reader, name) : NULL;
  if (file == NULL)
    return cf_fail(status, NGP_ERR_FOPEN, "an included template cannot be opened: %.200s", name);
  reader->files[reader->depth++] = file;
  return *status;
}

/* Reads a line of one file. Returns false at its end. */
static bool read_line(cf_template *reader, int *status) {
  FILE *file = reader->files[reader->depth - 1];
  size_t n = 0;
  int c;
  while ((c = fgetc(file)) != EOF && c != '\n' && n < MAX_LINE) {
    if (n + 2 > reader->room) {
      size_t room = 2 * reader->room + 256;
      char *more = realloc(reader->line, room);
      if (more == NULL) {
        (void)cf_fail(status, NGP_NO_MEMORY, "cannot allocate memory for a line of a template");
        return false;
      }
      reader->line = more;
      reader->room = room;
    }
    if (c != '\0')
      reader->line[n++] = (char)c;
  }
  if (c == EOF && n == 0)
    return false;
  if (reader->line == NULL)
    return (reader->line = calloc(reader->room = 256, 1)) != NULL;
  n -= n > 0 && reader->line[n - 1] == '\r';
  reader->is_blank = n > 0;
  while (n > 0 && strchr(BLANKS, reader->line[n - 1]) != NULL)
    n--;
  reader->is_blank = reader->is_blank && n == 0;
  reader->line[n] = '\0';
  return true;
}

/* Reads the next line of all files. Returns false at the end of the last one. */
static bool next_line(cf_template *reader, int *status) {
  while (*status <= 0) {
    if (read_line(reader, status))
      return true;
    if (reader->depth == 1)
      return false;
    (void)fclose(reader->files[--reader->depth]);
  }
  return false;
}

static char *copy_text(const char *text, size_t n, int *status) {
  char *copy = malloc(n + 1);
  if (copy == NULL)
    (void)cf_fail(status, NGP_NO_MEMORY, "cannot allocate memory for a value");
  else
    cf_copy_n(copy, text, n, n + 1);
  return copy;
}

/* Returns the characters of a number with a point, or of an integer if `whole`; 0: it is none. */
static size_t number_length(const char *text, bool whole) {
  const char *p = text + (*text == '+' || *text == '-');
  size_t digits = strspn(p, "0123456789");
  p += digits;
  if (whole)
    return digits > 0 ? (size_t)(p - text) : 0;
  if (*p != '.')
    return 0;
  size_t more = strspn(++p, "0123456789");
  p += more;
  if (digits + more == 0)
    return 0;
  if (*p != '\0' && strchr("EeDd", *p) != NULL) {
    const char *power = p + 1;
    power += *power == '+' || *power == '-';
    size_t length = strspn(power, "0123456789");
    p = length > 0 ? power + length : p;
  }
  return (size_t)(p - text);
}

static bool is_number(const char *text, size_t n, double *value) {
  char digits[FLEN_VALUE];
  int status = 0;
  if (n == 0 || n >= sizeof digits || (number_length(text, true) != n && number_length(text, false) != n))
    return false;
  cf_copy_n(digits, text, n, sizeof digits);
  ffpmrk();
  (void)ffc2dd(digits, value, &status);
  ffcmrk();
  return status <= 0;
}

static bool is_complex(const char *text, double value[2]) {
  const char *comma = strchr(text, ',');
  size_t n = strlen(text);
  return *text == '(' && comma != NULL && text[n - 1] == ')' &&
         is_number(text + 1, (size_t)(comma - text) - 1, &value[0]) &&
         is_number(comma + 1, n - (size_t)(comma - text) - 2, &value[1]);
}

/* Parses an integer. Returns false if it is none of 64 bits. */
static bool is_integer(const char *text, LONGLONG *value) {
  bool negative = *text == '-';
  LONGLONG sum = 0;
  if (number_length(text, true) != strlen(text))
    return false;
  for (const char *p = text + strcspn(text, "0123456789"); *p != '\0'; p++) {
    if (sum > (LONGLONG_MAX - (*p - '0')) / 10)
      return false;
    sum = 10 * sum + (*p - '0');
  }
  *value = negative ? -sum : sum;
  return true;
}

/* Finds the type of a value without quotes. */
static char type_of(cf_line *line) {
  const char *text = line->text;
  if (*text != '\0' && text[1] == '\0' && strchr("TtFf", *text) != NULL) {
    line->integer = *text == 'T' || *text == 't';
    return 'L';
  }
  if (is_integer(text, &line->integer))
    return 'I';
  if (is_number(text, strlen(text), &line->number[0]))
    return 'F';
  return is_complex(text, line->number) ? 'C' : 'S';
}

/* Reads a string from behind its first quote. A quote ends it if a blank or nothing follows. Returns what follows. */
static const char *read_quoted(const char *text, cf_line *line, int *status) {
  char *out = line->text = copy_text(text, strlen(text), status);
  while (out != NULL && *text != '\0') {
    if (*text == '\'' && (text[1] == '\0' || strchr(BLANKS, text[1]) != NULL)) {
      text++;
      break;
    }
    text += text[0] == '\'' && text[1] == '\'';
    *out++ = *text++;
  }
  if (out != NULL)
    *out = '\0';
  line->type = 'S';
  return text;
}

/* Parses what follows the keyword: = value / comment. */
static int parse_value(const char *text, cf_line *line, int *status) {
  text += strspn(text, BLANKS);
  text += *text == '=';
  text += strspn(text, BLANKS);
  line->type = 'U';
  if (*text == '\'') {
    text = read_quoted(text + 1, line, status);
  } else if (*text != '\0' && *text != '/') {
    size_t n = strcspn(text, BLANKS);
    line->text = copy_text(text, n, status);
    line->type = line->text != NULL ? type_of(line) : 'U';
    text += n;
  }
  text += strspn(text, BLANKS);
  if (*text == '/')
    cf_copy(line->comment, text + 1 + (text[1] == ' '), sizeof line->comment);
  return *status;
}

/* Gives a keyword that ends in # its number. The first such keyword counts where it comes again. */
static void set_number(cf_template *reader, cf_line *line) {
  char number[16];
  size_t n = strlen(line->name);
  if (n < 2 || line->name[n - 1] != '#')
    return;
  if (*reader->counted == '\0')
    cf_copy(reader->counted, line->name, sizeof reader->counted);
  else if (strcmp(reader->counted, line->name) == 0 && reader->number < INT_MAX)
    reader->number++;
  line->name[n - 1] = '\0';
  (void)snprintf(number, sizeof number, "%d", reader->number);
  cf_append(line->name, number, sizeof line->name);
}

/* Makes a card of a line that stands in headers as it is: from its 8th character on, behind `keyword`. */
static int parse_card(const char *keyword, const char *rest, cf_line *line, int *status) {
  char card[FLEN_CARD], text[FLEN_CARD];
  cf_copy(text, rest, sizeof text - 8);
  (void)snprintf(card, sizeof card, "%-8.8s%.72s", keyword, text);
  line->kind = CF_LINE_CARD;
  line->text = copy_text(card, strlen(card), status);
  return *status;
}

static int parse_keyword(cf_template *reader, const char *text, cf_line *line, int *status) {
  size_t n = strcspn(text, " \t=");
  line->kind = CF_LINE_KEYWORD;
  cf_copy_n(line->name, text, n, sizeof line->name);
  cf_upper(line->name);
  if (strcmp(line->name, "COMMENT") == 0 || strcmp(line->name, "HISTORY") == 0 || strcmp(line->name, "CONTINUE") == 0)
    return parse_card(line->name, text + n + (text[n] != '\0'), line, status);
  if (strcmp(line->name, "END") == 0) {
    line->kind = CF_LINE_END;
    return *status;
  }
  if (strcmp(line->name, "HIERARCH") == 0 && strchr(text, '=') != NULL) {
    n = strcspn(text, "=");
    cf_copy_n(line->name, text, n, sizeof line->name);
    cf_upper(line->name);
    cf_trim_end(line->name);
  }
  set_number(reader, line);
  return parse_value(text + n, line, status);
}

/* Parses \include, \group or \end. An included file goes on with its first line. */
static int parse_directive(cf_template *reader, const char *text, cf_line *line, int *status) {
  char word[16];
  size_t n = strcspn(text, BLANKS);
  cf_copy_n(word, text, n, sizeof word);
  text += n + strspn(text + n, BLANKS);
  n = strcspn(text, BLANKS);
  if (cf_same_text(word, "include")) {
    char name[FLEN_FILENAME];
    cf_copy_n(name, text, n, sizeof name);
    line->kind = CF_LINE_EOF;
    return include(reader, name, status);
  }
  if (cf_same_text(word, "group")) {
    line->kind = CF_LINE_GROUP;
    line->text = copy_text(text, n, status);
    return *status;
  }
  if (!cf_same_text(word, "end"))
    return cf_fail(status, NGP_TOKEN_NOT_EXPECT, "templates have no \\%.15s", word);
  line->kind = CF_LINE_GROUP_END;
  return *status;
}

int cf_template_read(cf_template *reader, cf_line *line, int *status) {
  memset(line, 0, sizeof *line);
  if (reader->has_unread) {
    *line = reader->unread;
    reader->has_unread = false;
    return *status;
  }
  while (*status <= 0 && next_line(reader, status)) {
    const char *text = reader->line + strspn(reader->line, BLANKS);
    if (reader->is_blank)
      return parse_card("", "", line, status);
    if (*text == '\0' || *reader->line == '#')
      continue;
    if (strspn(reader->line, " ") >= 8)
      return parse_card("", reader->line + 8, line, status);
    if (*text == '#')
      continue;
    if (*text != '\\') {
      (void)parse_keyword(reader, text, line, status);
      if (line->kind == CF_LINE_CARD && strlen(line->text != NULL ? line->text : "") <= 8) {
        free(line->text);
        memset(line, 0, sizeof *line);
        continue;
      }
      return *status;
    }
    if (parse_directive(reader, text + 1, line, status) > 0 || line->kind != CF_LINE_EOF)
      return *status;
  }
  line->kind = CF_LINE_EOF;
  return *status;
}
