/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HDUs and groups from ASCII templates.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "group/template_line.h"
#include "hdu/change.h"
#include "name/open.h"

#define MAX_DEPTH 50      /* groups in groups */
#define MAX_LINES 1000000 /* of an HDU */
#define GROUP_COLUMNS 6

/* The lines of an HDU. */
typedef struct block {
  cf_line *lines;
  size_t count;
  size_t room;
} block;

typedef struct parser {
  fitsfile *fptr;
  cf_template *reader;
  int unnamed; /* groups without a name so far */
} parser;

static void free_block(block *lines) {
  for (size_t i = 0; i < lines->count; i++)
    free(lines->lines[i].text);
  free(lines->lines);
  *lines = (block){0};
}

static int append_line(block *lines, const cf_line *line, int *status) {
  if (lines->count == lines->room) {
    size_t room = 2 * lines->room + 32;
    cf_line *more = lines->count < MAX_LINES ? realloc(lines->lines, room * sizeof *more) : NULL;
    if (more == NULL)
      return cf_fail(status, NGP_NO_MEMORY, "cannot allocate memory for the lines of an HDU");
    lines->lines = more;
    lines->room = room;
  }
  lines->lines[lines->count++] = *line;
  return *status;
}

static bool is_keyword(const cf_line *line, const char *name) {
  return line->kind == CF_LINE_KEYWORD && strcmp(line->name, name) == 0;
}

/* Reads the lines up to what begins or ends another HDU or group, which is the next line then. */
static int read_block(parser *p, block *lines, int *status) {
  bool ended = false;
  for (;;) {
    cf_line line;
    if (cf_template_read(p->reader, &line, status) > 0) {
      free(line.text);
      return *status;
    }
    if (is_keyword(&line, "SIMPLE")) {
      free(line.text);
      return cf_fail(status, NGP_TOKEN_NOT_EXPECT, "SIMPLE is not the first keyword of the template");
    }
    if (line.kind == CF_LINE_END)
      ended = true;
    if (is_keyword(&line, "XTENSION") ||
        (line.kind != CF_LINE_KEYWORD && line.kind != CF_LINE_CARD && line.kind != CF_LINE_END)) {
      cf_template_unread(p->reader, &line);
      return *status;
    }
    if (ended || append_line(lines, &line, status) > 0)
      free(line.text);
    if (*status > 0)
      return *status;
  }
}

/* Returns the first line with this keyword and type, NULL: there is none. */
static const cf_line *find(const block *lines, const char *root, int number, char type) {
  char name[FLEN_KEYWORD];
  (void)snprintf(name, sizeof name, number > 0 ? "%s%d" : "%s", root, number);
  for (size_t i = 0; i < lines->count; i++)
    if (is_keyword(&lines->lines[i], name) && lines->lines[i].type == type)
      return &lines->lines[i];
  return NULL;
}

static LONGLONG get_integer(const block *lines, const char *root, int number) {
  const cf_line *line = find(lines, root, number, 'I');
  return line != NULL ? line->integer : 0;
}

static int clip(LONGLONG value) {
  return value > INT_MAX ? INT_MAX : value < -INT_MAX ? -INT_MAX : (int)value;
}

static int create_image(parser *p, const block *lines, int *status) {
  LONGLONG axes[CF_MAX_AXES], size;
  int naxis = clip(get_integer(lines, "NAXIS", 0)), bitpix = clip(get_integer(lines, "BITPIX", 0));
  for (int i = 0; i < naxis && i < CF_MAX_AXES; i++)
    axes[i] = get_integer(lines, "NAXIS", i + 1);
  if (cf_shape_check(bitpix, naxis, axes, &size, status) > 0)
    return *status;
  return ffcrimll(p->fptr, bitpix, naxis, axes, status);
}

/* Adds the columns from number `first` on, up to the first one without TFORMn. */
static int add_columns(parser *p, const block *lines, int first, int *status) {
  for (int i = first; i <= CF_MAX_AXES && *status <= 0; i++) {
    char name[FLEN_VALUE], form[FLEN_VALUE];
    const cf_line *tform = find(lines, "TFORM", i, 'S'), *ttype = find(lines, "TTYPE", i, 'S');
    if (tform == NULL)
      break;
    cf_copy(name, ttype != NULL ? ttype->text : "", sizeof name);
    cf_copy(form, tform->text, sizeof form);
    (void)fficol(p->fptr, i, name, form, status);
  }
  return *status;
}

static int create_table(parser *p, const block *lines, int type, int *status) {
  if (ffcrtb(p->fptr, type, get_integer(lines, "NAXIS2", 0), 0, NULL, NULL, NULL, NULL, status) > 0)
    return *status;
  return add_columns(p, lines, 1, status);
}

static bool has_number(const char *name, const char *root) {
  size_t n = strlen(root), digits = strspn(name + (strncmp(name, root, n) == 0 ? n : 0), "0123456789");
  return strncmp(name, root, n) == 0 && digits > 0 && name[n + digits] == '\0';
}

/* Tells whether the structure of the HDU has this keyword, so that its value in the template is not written. */
static bool is_structural(const char *name) {
  static const char *const names[] = {"SIMPLE", "XTENSION", "BITPIX",  "NAXIS",  "PCOUNT",
                                      "GCOUNT", "EXTEND",   "TFIELDS", "EXTVER", "THEAP"};
  static const char *const roots[] = {"NAXIS", "TTYPE", "TFORM", "TBCOL"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(name, names[i]) == 0)
      return true;
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    if (has_number(name, roots[i]))
      return true;
  return false;
}

static int write_keyword(fitsfile *fptr, cf_line *line, int *status) {
  const char *comment = *line->comment != '\0' ? line->comment : NULL;
  switch (line->type) {
  case 'L':
    return ffpkyl(fptr, line->name, (int)line->integer, comment, status);
  case 'I':
    return ffpkyj(fptr, line->name, line->integer, comment, status);
  case 'F':
    return ffpkyd(fptr, line->name, line->number[0], -15, comment, status);
  case 'C':
    return ffpkym(fptr, line->name, line->number, -15, comment, status);
  case 'S':
    return ffpkls(fptr, line->name, line->text, comment, status);
  default:
    return ffpkyu(fptr, line->name, comment, status);
  }
}

/* Replaces the comment of a keyword of the structure. */
static int write_comment(fitsfile *fptr, const cf_line *line, int *status) {
  int missing = 0;
  if (*line->comment == '\0' || strcmp(line->name, "EXTVER") == 0)
    return *status;
  ffpmrk();
  (void)ffmcom(fptr, line->name, line->comment, &missing);
  ffcmrk();
  return *status;
}

/* Writes what is not the structure. */
static int write_lines(parser *p, const block *lines, int *status) {
  if (ffrdef(p->fptr, status) > 0)
    return *status;
  for (size_t i = 0; i < lines->count && *status <= 0; i++) {
    cf_line *line = &lines->lines[i];
    if (line->kind == CF_LINE_CARD)
      (void)ffprec(p->fptr, line->text, status);
    else if (line->kind == CF_LINE_KEYWORD)
      (void)(is_structural(line->name) ? write_comment(p->fptr, line, status) : write_keyword(p->fptr, line, status));
  }
  return *status;
}

/* Writes EXTVER of an HDU with EXTNAME: the first one that no HDU of this name has. */
static int write_version(parser *p, const block *lines, int *status) {
  const cf_line *line = find(lines, "EXTNAME", 0, 'S');
  fitsfile *other = NULL;
  int version = 1, missing = 0, position = p->fptr->HDUposition + 1;
  char name[FLEN_VALUE];
  if (line == NULL || *status > 0)
    return *status;
  cf_copy(name, line->text, sizeof name);
  if (ffpkyj(p->fptr, "EXTVER", INT_MAX, "auto assigned by template parser", status) > 0 ||
      ffreopen(p->fptr, &other, status) > 0)
    return *status;
  ffpmrk();
  while (ffmnhd(other, ANY_HDU, name, version, &missing) <= 0)
    version++;
  missing = 0;
  (void)ffclos(other, &missing);
  ffcmrk();
  (void)ffmahd(p->fptr, position, NULL, status);
  return ffmkyj(p->fptr, "EXTVER", version, "&", status);
}

/* Tells whether the file has no HDU yet. */
static bool is_empty(const fitsfile *fptr) {
  const FITSfile *f = fptr->Fptr;
  return f->curhdu == 0 && f->maxhdu == 0 && f->headend == f->headstart[0];
}

/* Writes an empty primary array if extensions come first. */
static int begin_extensions(parser *p, int *status) {
  return is_empty(p->fptr) ? ffcrim(p->fptr, SHORT_IMG, 0, NULL, status) : *status;
}

/* Makes an HDU of `first`, which is SIMPLE or XTENSION, and the lines behind it. */
static int make_hdu(parser *p, const cf_line *first, int *status) {
  block lines = {0};
  bool primary = strcmp(first->name, "SIMPLE") == 0;
  char kind[FLEN_VALUE] = "";
  if (!primary && begin_extensions(p, status) > 0)
    return *status;
  cf_template_number(p->reader, 1);
  if (first->type == 'S')
    cf_copy(kind, first->text, sizeof kind);
  cf_trim_end(kind);
  if (read_block(p, &lines, status) <= 0) {
    if (primary ? first->type == 'L' && first->integer : cf_same_text(kind, "IMAGE"))
      (void)create_image(p, &lines, status);
    else if (!primary && cf_same_text(kind, "TABLE"))
      (void)create_table(p, &lines, ASCII_TBL, status);
    else if (!primary && cf_same_text(kind, "BINTABLE"))
      (void)create_table(p, &lines, BINARY_TBL, status);
    else
      (void)cf_fail(status, NGP_BAD_ARG, "no HDU begins with this %s", first->name);
  }
  if (*status <= 0 && write_comment(p->fptr, first, status) <= 0 && write_lines(p, &lines, status) <= 0)
    (void)write_version(p, &lines, status);
  free_block(&lines);
  return *status;
}

static int make_group(parser *p, const cf_line *first, int depth, int *status);

/* Makes an HDU or a group of `line`, and adds it to the group `gfptr`. */
static int make_member(parser *p, fitsfile *gfptr, const cf_line *line, int depth, int *status) {
  (void)(line->kind == CF_LINE_GROUP ? make_group(p, line, depth + 1, status) : make_hdu(p, line, status));
  return *status <= 0 ? ffgtam(gfptr, NULL, p->fptr->HDUposition + 1, status) : *status;
}

/* Makes the members up to \end. */
static int make_members(parser *p, fitsfile *gfptr, int depth, int *status) {
  while (*status <= 0) {
    cf_line line;
    bool ended = cf_template_read(p->reader, &line, status) <= 0 && line.kind == CF_LINE_GROUP_END;
    if (ended)
      break;
    if (*status <= 0 && (is_keyword(&line, "XTENSION") || line.kind == CF_LINE_GROUP))
      (void)make_member(p, gfptr, &line, depth, status);
    else
      (void)cf_fail(status, NGP_TOKEN_NOT_EXPECT, "a group of a template does not end");
    free(line.text);
  }
  return *status;
}

/* Makes a group. Its grouping table is the current HDU afterwards. */
static int make_group(parser *p, const cf_line *first, int depth, int *status) {
  block lines = {0};
  fitsfile *gfptr = NULL;
  char name[FLEN_VALUE];
  int closed = 0;
  if (depth > MAX_DEPTH)
    return cf_fail(status, NGP_TOKEN_NOT_EXPECT, "more than %d groups are in each other", MAX_DEPTH);
  if (begin_extensions(p, status) > 0)
    return *status;
  cf_copy(name, first->text != NULL ? first->text : "", sizeof name);
  if (*name == '\0')
    (void)snprintf(name, sizeof name, "DEFAULT_GROUP_%d", ++p->unnamed);
  cf_template_number(p->reader, GROUP_COLUMNS + 1);
  if (read_block(p, &lines, status) <= 0 && ffgtcr(p->fptr, name, GT_ID_ALL_URI, status) <= 0 &&
      add_columns(p, &lines, GROUP_COLUMNS + 1, status) <= 0)
    (void)write_lines(p, &lines, status);
  free_block(&lines);
  if (*status > 0 || ffreopen(p->fptr, &gfptr, status) > 0)
    return *status;
  int position = p->fptr->HDUposition + 1;
  if (ffmahd(gfptr, position, NULL, status) <= 0 && make_members(p, gfptr, depth, status) <= 0)
    (void)ffmahd(p->fptr, position, NULL, status);
  (void)ffclos(gfptr, &closed);
  return *status;
}

/* Deletes the HDUs from position `first` (0-based) on, after a failure. */
static void delete_from(fitsfile *fptr, int first) {
  int status = 0;
  ffpmrk();
  while (fptr->Fptr->maxhdu >= first && fptr->Fptr->maxhdu > 0 && status <= 0)
    if (ffmahd(fptr, fptr->Fptr->maxhdu + 1, NULL, &status) <= 0)
      (void)ffdhdu(fptr, NULL, &status);
  ffcmrk();
}

/* Makes the HDU or group that begins with `line`; all of it or nothing. */
static int make_block(parser *p, const cf_line *line, bool first, int *status) {
  bool extension = is_keyword(line, "XTENSION") || line->kind == CF_LINE_GROUP;
  if (!extension && !(is_keyword(line, "SIMPLE") && first && is_empty(p->fptr)))
    return cf_fail(status, NGP_TOKEN_NOT_EXPECT, "a template begins with SIMPLE or XTENSION or \\group");
  if (extension && begin_extensions(p, status) > 0)
    return *status;
  int count = 0;
  if (!is_empty(p->fptr) && (!cf_use_data(p->fptr, status) || ffthdu(p->fptr, &count, status) > 0))
    return *status;
  (void)(line->kind == CF_LINE_GROUP ? make_group(p, line, 1, status) : make_hdu(p, line, status));
  if (*status > 0)
    delete_from(p->fptr, count);
  return *status;
}

int fits_execute_template(fitsfile *ff, char *ngp_template, int *status) {
  parser p = {.fptr = ff};
  CF_GO(status);
  if (ff == NULL || ngp_template == NULL)
    return cf_fail(status, NGP_NUL_PTR, "expected a file and a template, found NULL");
  if (!cf_use_write(ff, status))
    return *status;
  p.reader = cf_template_open(ngp_template, status);
  cf_line line;
  for (bool first = true; *status <= 0; first = first && line.kind == CF_LINE_CARD) {
    bool more = cf_template_read(p.reader, &line, status) <= 0 && line.kind != CF_LINE_EOF;
    bool blank = more && line.kind == CF_LINE_CARD && strspn(line.text, " ") == strlen(line.text);
    if (more && !blank)
      (void)make_block(&p, &line, first, status);
    free(line.text);
    if (!more)
      break;
  }
  cf_template_close(p.reader);
  return *status;
}

int fftplt(fitsfile **fptr, const char *filename, const char *tempname, int *status) {
  if (ffinit(fptr, filename, status) > 0 || tempname == NULL || *tempname == '\0')
    return cf_refused(status);
  if (cf_template_apply(*fptr, tempname, status) <= 0)
    (void)ffmahd(*fptr, 1, NULL, status);
  return *status;
}
