/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Grouping tables: binary tables with EXTNAME = 'GROUPING' whose rows name HDUs, which name their groups in GRPIDn.
 */
#ifndef CF_GROUP_GROUP_H
#define CF_GROUP_GROUP_H

#include <stdbool.h>

#include "base/status.h"

enum {
  CF_GROUP_XTENSION,
  CF_GROUP_NAME,
  CF_GROUP_VERSION,
  CF_GROUP_POSITION,
  CF_GROUP_LOCATION,
  CF_GROUP_URI_TYPE,
  CF_GROUP_COLUMNS
};

/* The columns of a grouping table: their numbers, 0 where there is none. */
typedef struct cf_group {
  int columns[CF_GROUP_COLUMNS];
  long rows;
} cf_group;

/* How a row names an HDU. */
typedef struct cf_member {
  char xtension[FLEN_VALUE]; /* "PRIMARY" for a primary array; empty: not known */
  char name[FLEN_VALUE];     /* EXTNAME; empty: none */
  long version;              /* EXTVER */
  long position;             /* 1-based; 0: not known */
  char path[FLEN_FILENAME];  /* absolute, or a URL; empty: the file of the group */
} cf_member;

/* ---- url.c ---- */

/* Gets the absolute path, or the URL, of an open file. */
int cf_group_path(fitsfile *fptr, char path[FLEN_FILENAME], int *status);

/* Gets the path `target` relative to the folder of the file `from`, with %XX for characters that URLs do not have. */
void cf_group_relative(const char *from, const char *target, char relative[FLEN_FILENAME]);

/* Gets the path of a relative or absolute location in a header or table of the file `from`. */
void cf_group_resolve(const char *from, const char *location, char path[FLEN_FILENAME]);

/* Opens a file for reading and writing, or for reading only if it must be. */
int cf_group_open(fitsfile **fptr, const char *path, int *status);

/* ---- table.c ---- */

/* Finds the columns of the grouping table `gfptr`. NOT_GROUP_TABLE: it is none. */
int cf_group_describe(fitsfile *gfptr, cf_group *group, int *status);

/* Returns true if the HDU of the handle is a grouping table. */
bool cf_group_is(fitsfile *fptr);

/* ---- member.c ---- */

/* Describes the HDU of `mfptr` for the group `gfptr`. */
int cf_member_of(fitsfile *gfptr, fitsfile *mfptr, cf_member *member, int *status);

/* Writes row `row`, which exists. */
int cf_member_write(fitsfile *gfptr, const cf_group *group, long row, const cf_member *member, int *status);

/* Returns the row of a member, 0: none. */
long cf_member_find(fitsfile *gfptr, const cf_group *group, const cf_member *member, int *status);

/* ---- link.c ---- */

/* Writes GRPIDn, and GRPLCn where the files differ, into the header of a member. A file that is open for reading only
 * stays as it is. */
int cf_link_add(fitsfile *gfptr, fitsfile *mfptr, int *status);

/* Removes them, as far as the file may be written. */
int cf_link_remove(fitsfile *gfptr, fitsfile *mfptr, int *status);

/* Removes all of them. */
int cf_link_clear(fitsfile *mfptr, int *status);

#endif
