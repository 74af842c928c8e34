/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The lines of an ASCII template, with those of the files that it includes.
 */
#ifndef CF_GROUP_TEMPLATE_LINE_H
#define CF_GROUP_TEMPLATE_LINE_H

#include <stdbool.h>

#include "base/status.h"

#define CF_MAX_INCLUDES 10

typedef enum cf_line_kind {
  CF_LINE_EOF,
  CF_LINE_KEYWORD,
  CF_LINE_CARD,  /* text: a card as it is */
  CF_LINE_END,   /* END: the rest of the HDU does not count */
  CF_LINE_GROUP, /* \group; text: the name behind it */
  CF_LINE_GROUP_END
} cf_line_kind;

typedef struct cf_line {
  cf_line_kind kind;
  char name[FLEN_KEYWORD];
  char type;  /* L, I, F, C, S, or U: no value */
  char *text; /* the value as text; free it */
  LONGLONG integer;
  double number[2];
  char comment[FLEN_COMMENT];
} cf_line;

typedef struct cf_template cf_template;

/* Opens a template. NULL: *status says why. */
cf_template *cf_template_open(const char *name, int *status);

void cf_template_close(cf_template *reader);

/* Gets the next line that says something. The caller frees line->text. */
int cf_template_read(cf_template *reader, cf_line *line, int *status);

/* Makes the line, whose text the reader owns from now on, the next one again. */
void cf_template_unread(cf_template *reader, cf_line *line);

/* Begins an HDU: keywords that end in # get numbers from `first` on. */
void cf_template_number(cf_template *reader, int first);

#endif
