/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Grouping tables as tables: creating, changing their columns, counting members.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "group/group.h"

#define GROUPING "GROUPING"

static const struct {
  const char *name;
  const char *form;
} columns[CF_GROUP_COLUMNS] = {
    {"MEMBER_XTENSION", "8A"}, {"MEMBER_NAME", "32A"},      {"MEMBER_VERSION", "1J"},
    {"MEMBER_POSITION", "1J"}, {"MEMBER_LOCATION", "256A"}, {"MEMBER_URI_TYPE", "3A"},
};

#define REFERENCE (1u << CF_GROUP_XTENSION | 1u << CF_GROUP_NAME | 1u << CF_GROUP_VERSION)
#define POSITION (1u << CF_GROUP_POSITION)
#define FILES (1u << CF_GROUP_LOCATION | 1u << CF_GROUP_URI_TYPE)

/* Returns the columns of a kind of table, one bit each. 0: there is no such kind. */
static unsigned columns_of(int grouptype) {
  switch (grouptype) {
  case GT_ID_ALL_URI:
    return REFERENCE | POSITION | FILES;
  case GT_ID_REF:
    return REFERENCE;
  case GT_ID_POS:
    return POSITION;
  case GT_ID_ALL:
    return REFERENCE | POSITION;
  case GT_ID_REF_URI:
    return REFERENCE | FILES;
  case GT_ID_POS_URI:
    return POSITION | FILES;
  default:
    return 0;
  }
}

bool cf_group_is(fitsfile *fptr) {
  char name[FLEN_VALUE] = "";
  int status = 0;
  ffpmrk();
  bool found = cf_use_data(fptr, &status) && fptr->Fptr->hdutype == BINARY_TBL &&
               ffgkys(fptr, "EXTNAME", name, NULL, &status) <= 0 && cf_same_text(name, GROUPING);
  ffcmrk();
  return found;
}

int cf_group_describe(fitsfile *gfptr, cf_group *group, int *status) {
  if (!cf_use_data(gfptr, status))
    return cf_refused(status);
  if (!cf_group_is(gfptr))
    return cf_fail(status, NOT_GROUP_TABLE, "the HDU is not a grouping table");
  for (int i = 0; i < CF_GROUP_COLUMNS; i++) {
    char name[FLEN_VALUE];
    int missing = 0;
    cf_copy(name, columns[i].name, sizeof name);
    ffpmrk();
    if (ffgcno(gfptr, CASEINSEN, name, &group->columns[i], &missing) > 0 && missing != COL_NOT_UNIQUE)
      group->columns[i] = 0;
    ffcmrk();
  }
  return ffgnrw(gfptr, &group->rows, status);
}

/* Makes 0 the null value of a column of integers. */
static int add_null(fitsfile *fptr, int column, int which, int *status) {
  char keyword[FLEN_KEYWORD], card[FLEN_CARD];
  if (*columns[which].form != '1')
    return *status;
  (void)snprintf(keyword, sizeof keyword, "TFORM%d", column);
  if (ffgcrd(fptr, keyword, card, status) > 0) /* the next card comes behind it */
    return *status;
  (void)snprintf(keyword, sizeof keyword, "TNULL%d", column);
  (void)ffikyj(fptr, keyword, 0, "Column Null Value", status);
  return fftnul(fptr, column, 0, status);
}

/* Adds a column behind the last one, and its null value. */
static int add_column(fitsfile *fptr, int which, int *status) {
  char name[FLEN_VALUE], form[FLEN_VALUE];
  int count = 0;
  cf_copy(name, columns[which].name, sizeof name);
  cf_copy(form, columns[which].form, sizeof form);
  if (ffgncl(fptr, &count, status) > 0 || fficol(fptr, count + 1, name, form, status) > 0)
    return *status;
  return add_null(fptr, count + 1, which, status);
}

/* Inserts a table with these columns (bits) behind the current HDU. */
static int insert_table(fitsfile *fptr, unsigned wanted, int *status) {
  char names[CF_GROUP_COLUMNS][FLEN_VALUE], forms[CF_GROUP_COLUMNS][FLEN_VALUE];
  char *ttype[CF_GROUP_COLUMNS], *tform[CF_GROUP_COLUMNS];
  int which[CF_GROUP_COLUMNS], count = 0;
  for (int i = 0; i < CF_GROUP_COLUMNS; i++) {
    if (!(wanted >> i & 1))
      continue;
    cf_copy(names[count], columns[i].name, FLEN_VALUE);
    cf_copy(forms[count], columns[i].form, FLEN_VALUE);
    ttype[count] = names[count];
    tform[count] = forms[count];
    which[count++] = i;
  }
  if (ffibin(fptr, 0, count, ttype, tform, NULL, NULL, 0, status) > 0 || ffrdef(fptr, status) > 0)
    return *status;
  for (int i = 0; i < count; i++)
    (void)add_null(fptr, i + 1, which[i], status);
  return *status;
}

/* Gets the first EXTVER that no grouping table of the file has. */
static int next_version(fitsfile *fptr, int *version, int *status) {
  fitsfile *other = NULL;
  char name[] = GROUPING;
  int missing = 0;
  if (ffreopen(fptr, &other, status) > 0)
    return *status;
  ffpmrk();
  for (*version = 1; ffmnhd(other, ANY_HDU, name, *version, &missing) <= 0; ++*version)
    ;
  ffcmrk();
  return ffclos(other, status);
}

int ffgtis(fitsfile *fptr, char *grpname, int grouptype, int *status) {
  unsigned wanted = columns_of(grouptype);
  int version = 1, position = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (wanted == 0)
    return cf_fail(status, BAD_OPTION, "no kind of grouping table has number %d", grouptype);
  (void)ffghdn(fptr, &position);
  if (fptr->Fptr->headend > fptr->Fptr->headstart[fptr->Fptr->curhdu] &&
      (!cf_use_data(fptr, status) || next_version(fptr, &version, status) > 0 ||
       ffmahd(fptr, position, NULL, status) > 0))
    return *status;
  char card[FLEN_CARD];
  if (insert_table(fptr, wanted, status) > 0 || ffgcrd(fptr, "TFIELDS", card, status) > 0)
    return *status;
  (void)ffikys(fptr, "EXTNAME", GROUPING, "HDU contains a Grouping Table", status);
  (void)ffikyj(fptr, "EXTVER", version, "Grouping Table vers. (this file)", status);
  if (grpname != NULL && *grpname != '\0')
    (void)ffikys(fptr, "GRPNAME", grpname, "Grouping Table name", status);
  return *status;
}

int ffgtcr(fitsfile *fptr, char *grpname, int grouptype, int *status) {
  int count = 0;
  if (!cf_use_write(fptr, status))
    return cf_refused(status);
  if (fptr->Fptr->headend > fptr->Fptr->headstart[fptr->Fptr->curhdu] &&
      (!cf_use_data(fptr, status) || ffthdu(fptr, &count, status) > 0 || ffmahd(fptr, count, NULL, status) > 0))
    return *status;
  return ffgtis(fptr, grpname, grouptype, status);
}

int ffgtch(fitsfile *gfptr, int grouptype, int *status) {
  unsigned wanted = columns_of(grouptype);
  cf_group group;
  if (cf_group_describe(gfptr, &group, status) > 0)
    return cf_refused(status);
  if (wanted == 0)
    return cf_fail(status, BAD_OPTION, "no kind of grouping table has number %d", grouptype);
  for (int i = 0; i < CF_GROUP_COLUMNS && *status <= 0; i++)
    if (group.columns[i] == 0 && (wanted >> i & 1))
      (void)add_column(gfptr, i, status);
  for (int i = 0; i < CF_GROUP_COLUMNS && *status <= 0; i++) {
    if (group.columns[i] == 0 || (wanted >> i & 1))
      continue;
    (void)ffdcol(gfptr, group.columns[i], status);
    for (int j = 0; j < CF_GROUP_COLUMNS; j++)
      group.columns[j] -= group.columns[j] > group.columns[i];
  }
  return *status;
}

int ffgtnm(fitsfile *gfptr, long *nmembers, int *status) {
  cf_group group;
  if (cf_group_describe(gfptr, &group, status) <= 0 && nmembers != NULL)
    *nmembers = group.rows;
  return cf_refused(status);
}
