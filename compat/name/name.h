/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extended file names: text to parts. Pure: no file is opened.
 *
 *   type://file(output)[HDU][filter]...    type://file+2[filter]...
 */
#ifndef CF_NAME_NAME_H
#define CF_NAME_NAME_H

#include <stdbool.h>

#include "base/status.h"

#define CF_URL_TYPE 20 /* characters of "type://", with the NUL */

/* The parts of a name. What the name does not have is "". */
typedef struct cf_name {
  char type[CF_URL_TYPE]; /* "file://", "mem://" ...; "stdin://" for "-"; "rawfile://", "irafmem://" */
  bool typed;             /* the name had "://" */
  char file[FLEN_FILENAME];
  char output[FLEN_FILENAME];   /* the name in parentheses */
  char hdu[FLEN_FILENAME];      /* "2", "EVENTS,1", "3;images(17)" */
  char rows[FLEN_FILENAME];     /* row filter or image section; several row filters are joined by && */
  char bin[FLEN_FILENAME];      /* "bin X,Y" */
  char columns[FLEN_FILENAME];  /* "col x;y"; several are joined by ; */
  char pixels[FLEN_FILENAME];   /* "pix X+1" */
  char compress[FLEN_FILENAME]; /* "compress R" */
} cf_name;

/* Takes a name apart. URL_PARSE_ERROR: `name` is partly filled in. */
int cf_name_parse(const char *text, cf_name *name, int *status);

/* As cf_name_parse(), for what stands before the brackets. */
int cf_name_parse_file(const char *text, cf_name *name, int *status);

/* What a name of a new file consists of. */
typedef struct cf_new_name {
  char type[CF_URL_TYPE];
  bool clobber; /* the name began with ! */
  char file[FLEN_FILENAME];
  char template_file[FLEN_FILENAME]; /* the name in parentheses */
  char compress[FLEN_FILENAME];
} cf_new_name;

/* Takes the name of a new file apart. */
int cf_new_name_parse(const char *text, cf_new_name *name, int *status);

#endif
