/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Column filters: "col X; -Y; Q==T; Z(1D)=X+1; #KEY(comment)=3; *".
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "name/filters.h"

#define MOST_COLUMNS 999

typedef struct edit {
  fitsfile *fptr;
  bool table;
  bool keep[MOST_COLUMNS + 1]; /* columns that the filter names */
  bool named;                  /* it names columns to be kept */
  bool deleted;                /* it deletes columns: all others are kept */
  int last;                    /* the column that was named last, for TUNIT# */
} edit;

static char *skip_blanks(char *p) {
  while (isspace((unsigned char)*p))
    p++;
  return p;
}

static void trim(char *text) {
  size_t n = strlen(text);
  while (n > 0 && isspace((unsigned char)text[n - 1]))
    n--;
  text[n] = '\0';
}

/* Returns the end of a clause: a comma or semicolon outside of brackets and quotes. */
static char *clause_end(char *p) {
  int depth = 0;
  for (; *p != '\0'; p++) {
    if (*p == '\'' || *p == '"') {
      char *quote = strchr(p + 1, *p);
      p = quote != NULL ? quote : p;
    } else if (strchr("([{", *p) != NULL) {
      depth++;
    } else if (strchr(")]}", *p) != NULL) {
      depth--;
    } else if ((*p == ';' || *p == ',') && depth <= 0) {
      break;
    }
  }
  return p;
}

/* Finds the first column behind `after` whose name matches one with wild cards. 0: none. */
static int next_column(const edit *e, char *name, int after) {
  int status = 0, match = 0, exact = 0;
  if (!e->table || strlen(name) >= FLEN_VALUE || !cf_use_data(e->fptr, &status))
    return 0;
  for (int i = after; i < e->fptr->Fptr->tfield; i++) {
    char *column = e->fptr->Fptr->tableptr[i].ttype;
    if (cf_same_text(name, column))
      return i + 1;
    ffcmps(name, column, CASEINSEN, &match, &exact);
    if (match)
      return i + 1;
  }
  return 0;
}

/* Finds a column by its name, or by its number. 0: none. */
static int find_column(const edit *e, char *name) {
  int number = next_column(e, name, 0), status = 0;
  size_t n = strlen(name);
  if (number > 0 || n == 0 || n > 5 || strspn(name, "0123456789") != n || !e->table || !cf_use_data(e->fptr, &status))
    return number;
  number = (int)strtol(name, NULL, 10);
  return number <= e->fptr->Fptr->tfield ? number : 0;
}

/* Finds the first keyword that matches. 0: none. */
static int find_key(const edit *e, char *name) {
  char card[FLEN_CARD], key[FLEN_KEYWORD];
  int count = 0, status = 0, length = 0, match = 0, exact = 0;
  if (strlen(name) >= FLEN_KEYWORD)
    return 0;
  ffghsp(e->fptr, &count, NULL, &status);
  for (int i = 1; i <= count && status <= 0; i++) {
    if (ffgrec(e->fptr, i, card, &status) > 0 || ffgknm(card, key, &length, &status) > 0)
      break;
    ffcmps(name, key, CASEINSEN, &match, &exact);
    if (match)
      return i;
  }
  return 0;
}

static int delete_column(edit *e, int number, int *status) {
  if (ffdcol(e->fptr, number, status) > 0)
    return *status;
  memmove(e->keep + number, e->keep + number + 1, (size_t)(MOST_COLUMNS - number) * sizeof *e->keep);
  e->keep[MOST_COLUMNS] = false;
  e->deleted = true;
  return *status;
}

/* "-name": deletes a column or a keyword. "-name+": all that match, or none. "-#name": a keyword. */
static int delete_clause(edit *e, char *name, int *status) {
  bool many = false, found = false;
  int number;
  name = skip_blanks(name);
  size_t n = strlen(name);
  if (n > 0 && name[n - 1] == '+') {
    many = true;
    name[n - 1] = '\0';
    trim(name);
  }
  bool key_only = *name == '#';
  if (key_only)
    name++;
  while (!key_only && *status <= 0 && (many || !found) && (number = find_column(e, name)) > 0) {
    delete_column(e, number, status);
    found = true;
  }
  bool keys = !found;
  while (keys && *status <= 0 && (many || !found) && (number = find_key(e, name)) > 0) {
    ffdrec(e->fptr, number, status);
    found = true;
  }
  if (many && *status <= 0 && e->table)
    e->deleted = true;
  if (!found && !many && *status <= 0)
    cf_fail(status, KEY_NO_EXIST, "there is no column or keyword %.40s to be deleted", name);
  return *status;
}

static void keep_column(edit *e, int number) {
  if (number > 0 && number <= MOST_COLUMNS)
    e->keep[number] = true;
  e->named = true;
  e->last = number;
}

/* "new == old" */
static int rename_clause(edit *e, char *new_name, char *old_name, int *status) {
  char key[FLEN_KEYWORD], value[FLEN_VALUE];
  int number = *old_name == '#' ? 0 : find_column(e, old_name);
  if (number == 0) {
    old_name += *old_name == '#';
    new_name += *new_name == '#';
    return ffmnam(e->fptr, old_name, new_name, status);
  }
  ffkeyn("TTYPE", number, key, status);
  cf_copy(value, new_name, sizeof value);
  ffmkys(e->fptr, key, value, "&", status);
  ffrdef(e->fptr, status);
  if (*status <= 0)
    keep_column(e, number);
  return *status;
}

/* "#COMMENT='text'" appends a card. */
static int append_text(fitsfile *fptr, const char *name, char *text, int *status) {
  size_t n = strlen(text);
  if (n >= 2 && (*text == '\'' || *text == '"') && text[n - 1] == *text) {
    text[n - 1] = '\0';
    text++;
  }
  return cf_same_text(name, "COMMENT") ? ffpcom(fptr, text, status) : ffphis(fptr, text, status);
}

/* Gets the comment of a keyword. */
static void get_comment(fitsfile *fptr, const char *name, char *comment) {
  char value[FLEN_VALUE];
  int none = 0;
  comment[0] = '\0';
  ffpmrk();
  if (ffgkey(fptr, name, value, comment, &none) > 0)
    comment[0] = '\0';
  ffcmrk();
}

/* "#name(comment) = expression" */
static int key_clause(edit *e, const char *name, const char *info, char *expression, int *status) {
  char key[FLEN_KEYWORD + 16], comment[FLEN_COMMENT];
  size_t n = strlen(name);
  if (n == 0 || n >= FLEN_KEYWORD)
    return cf_fail(status, BAD_KEYCHAR, "a keyword cannot be named %.40s", name);
  if (cf_same_text(name, "COMMENT") || cf_same_text(name, "HISTORY"))
    return append_text(e->fptr, name, expression, status);
  if (name[n - 1] == '#' && e->last == 0)
    return cf_fail(status, URL_PARSE_ERROR, "no column comes before keyword %.40s", name);
  if (name[n - 1] == '#')
    (void)snprintf(key, sizeof key, "#%.*s%d", (int)(n - 1), name, e->last);
  else
    (void)snprintf(key, sizeof key, "#%s", name);
  cf_copy(comment, info, sizeof comment);
  if (strcmp(info, "&") == 0)
    get_comment(e->fptr, key + 1, comment);
  ffcalc(e->fptr, expression, e->fptr, key, comment, status);
  return *info == '\0' ? ffmcom(e->fptr, key + 1, "", status) : *status;
}

/* "name(form) = expression" */
static int column_clause(edit *e, char *name, char *form, char *expression, int *status) {
  int number = find_column(e, name);
  if (number == 0 && (!e->table || find_key(e, name) > 0 || name[strlen(name) - 1] == '#'))
    return key_clause(e, name, form, expression, status);
  if (ffcalc(e->fptr, expression, e->fptr, name, form, status) > 0)
    return *status;
  number = find_column(e, name);
  if (number > 0)
    keep_column(e, number);
  return *status;
}

/* "X", "T*": the columns to be kept. */
static int keep_clause(edit *e, char *name, int *status) {
  int number = find_column(e, name);
  if (!e->table && strcmp(name, "*") == 0) /* all of none */
    return *status;
  if (number == 0)
    return cf_fail(status, URL_PARSE_ERROR, "there is no column %.40s", name);
  for (; number > 0; number = next_column(e, name, number))
    keep_column(e, number);
  return *status;
}

/* Takes "name(info)" apart. */
static void split_info(char *text, char **info) {
  char *open = strchr(text, '('), *close = strrchr(text, ')');
  *info = text + strlen(text);
  if (open != NULL && close != NULL && close > open) {
    *close = '\0';
    *open = '\0';
    *info = open + 1;
  }
  trim(text);
}

/* Finds the = that makes a clause an assignment: outside of parentheses. */
static char *find_equal(char *p) {
  int depth = 0;
  for (; *p != '\0'; p++) {
    if (*p == '(')
      depth++;
    else if (*p == ')')
      depth--;
    else if (*p == '=' && depth <= 0)
      return p;
  }
  return NULL;
}

static int run_clause(edit *e, char *clause, int *status) {
  char *info;
  clause = skip_blanks(clause);
  trim(clause);
  if (*clause == '\0')
    return *status;
  if (*clause == '-' || *clause == '!')
    return delete_clause(e, clause + 1, status);
  char *equal = find_equal(clause);
  if (equal == NULL) {
    clause[strcspn(clause, " ")] = '\0'; /* CFITSIO ignores what follows */
    return keep_clause(e, clause, status);
  }
  *equal = '\0';
  if (equal[1] == '=') {
    trim(clause);
    return rename_clause(e, clause, skip_blanks(equal + 2), status);
  }
  split_info(clause, &info);
  char *expression = skip_blanks(equal + 1);
  if (*clause == '#')
    return key_clause(e, skip_blanks(clause + 1), info, expression, status);
  if (*clause == '\0')
    return cf_fail(status, PARSE_SYNTAX_ERR, "a column filter assigns to nothing: %.40s", expression);
  return column_clause(e, clause, info, expression, status);
}

/* Deletes the columns that the filter did not name. */
static int delete_others(edit *e, int *status) {
  int count = 0;
  if (!e->table || !e->named || e->deleted || ffgncl(e->fptr, &count, status) > 0)
    return *status;
  for (int i = count; i > 0 && *status <= 0; i--)
    if (i <= MOST_COLUMNS && !e->keep[i])
      ffdcol(e->fptr, i, status);
  return *status;
}

/* Edits the current HDU. */
static int edit_hdu(fitsfile *fptr, char *text, int *status) {
  int type = 0;
  edit *e = calloc(1, sizeof *e);
  if (e == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a column filter", sizeof *e);
  e->fptr = fptr;
  ffghdt(fptr, &type, status);
  e->table = type != IMAGE_HDU;
  for (char *p = text; *status <= 0 && *p != '\0';) {
    char *end = clause_end(p);
    bool more = *end != '\0';
    *end = '\0';
    run_clause(e, p, status);
    p = more ? end + 1 : end;
  }
  delete_others(e, status);
  free(e);
  return *status;
}

/* Copies the text behind "col", or the file that it names. */
static char *get_text(const char *spec, int *status) {
  char name[FLEN_FILENAME], *text = NULL;
  spec += 3 + strspn(spec + 3, " ");
  if (*spec == '@') {
    cf_copy(name, spec + 1, sizeof name);
    trim(name);
    ffimport_file(name, &text, status);
    return text;
  }
  size_t n = strlen(spec) + 1;
  text = malloc(n);
  if (text == NULL)
    cf_fail(status, MEMORY_ALLOCATION, "cannot allocate %zu bytes for a column filter", n);
  else
    cf_copy(text, spec, n);
  return text;
}

int cf_edit_columns(fitsfile **fptr, const char *output, const char *spec, int *status) {
  fitsfile *copy = NULL;
  int number = 0;
  bool alone = (*fptr)->Fptr->only_one != 0;
  char *text = get_text(spec, status);
  if (text == NULL || *status > 0)
    return *status;
  ffghdn(*fptr, &number);
  if (cf_new_file(&copy, output, 1, status) <= 0) {
    if (number > 1)
      cf_copy_hdus(*fptr, copy, 1, alone ? 1 : number - 1, status);
    cf_copy_hdus(*fptr, copy, number, number, status);
    if (!alone)
      cf_copy_hdus(*fptr, copy, number + 1, CF_LAST_HDU, status);
    ffmahd(copy, alone && number > 1 ? 2 : number, NULL, status);
    if (*status <= 0)
      edit_hdu(copy, text, status);
    cf_take_over(fptr, copy, status);
  }
  free(text);
  return *status;
}
