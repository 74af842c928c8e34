/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Members of groups: rows that name HDUs.
 */
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "group/group.h"

/* Gets EXTVER, 1 without it. */
static long version_of(fitsfile *fptr) {
  long version = 1;
  int missing = 0;
  ffpmrk();
  if (ffgkyj(fptr, "EXTVER", &version, NULL, &missing) > 0)
    version = 1;
  ffcmrk();
  return version;
}

/* Gets the value of a keyword, empty without it. */
static void get_text(fitsfile *fptr, const char *keyword, char value[FLEN_VALUE]) {
  int missing = 0;
  ffpmrk();
  if (ffgkys(fptr, keyword, value, NULL, &missing) > 0)
    *value = '\0';
  ffcmrk();
  cf_trim_end(value);
}

int cf_member_of(fitsfile *gfptr, fitsfile *mfptr, cf_member *member, int *status) {
  char group[FLEN_FILENAME];
  int position = 0;
  memset(member, 0, sizeof *member);
  if (!cf_use_data(mfptr, status))
    return *status;
  (void)ffghdn(mfptr, &position);
  get_text(mfptr, "XTENSION", member->xtension);
  get_text(mfptr, "EXTNAME", member->name);
  if (position == 1)
    cf_copy(member->xtension, "PRIMARY", sizeof member->xtension);
  member->version = version_of(mfptr);
  member->position = position;
  if (cf_group_path(mfptr, member->path, status) > 0 || cf_group_path(gfptr, group, status) > 0)
    return *status;
  if (mfptr->Fptr == gfptr->Fptr || strcmp(member->path, group) == 0)
    *member->path = '\0';
  return *status;
}

/* Reads a string of a cell, cut to capacity - 1 characters. */
static int read_text(fitsfile *fptr, int column, long row, char *text, size_t capacity, int *status) {
  int type = 0, null = 0;
  long repeat = 0, width = 0;
  *text = '\0';
  if (column == 0 || ffgtcl(fptr, column, &type, &repeat, &width, status) > 0)
    return *status;
  if (type != TSTRING)
    return cf_fail(status, NOT_GROUP_TABLE, "a column of a grouping table is not of characters");
  char *value = calloc((size_t)width + 1, 1);
  if (value == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a cell");
  char none[] = "";
  (void)ffgcvs(fptr, column, row, 1, 1, none, &value, &null, status);
  if (*status <= 0)
    cf_copy(text, value, capacity);
  cf_trim_end(text);
  free(value);
  return *status;
}

static int read_number(fitsfile *fptr, int column, long row, long *value, int *status) {
  int null = 0;
  *value = 0;
  return column == 0 ? *status : ffgcvj(fptr, column, row, 1, 1, 0, value, &null, status);
}

/* Reads the row of a member. */
static int read_member(fitsfile *gfptr, const cf_group *group, long row, cf_member *member, int *status) {
  char location[FLEN_FILENAME], path[FLEN_FILENAME];
  const int *column = group->columns;
  memset(member, 0, sizeof *member);
  (void)read_text(gfptr, column[CF_GROUP_XTENSION], row, member->xtension, sizeof member->xtension, status);
  (void)read_text(gfptr, column[CF_GROUP_NAME], row, member->name, sizeof member->name, status);
  (void)read_number(gfptr, column[CF_GROUP_VERSION], row, &member->version, status);
  (void)read_number(gfptr, column[CF_GROUP_POSITION], row, &member->position, status);
  (void)read_text(gfptr, column[CF_GROUP_LOCATION], row, location, sizeof location, status);
  if (*status > 0 || *location == '\0' || cf_group_path(gfptr, path, status) > 0)
    return *status;
  cf_group_resolve(path, location, member->path);
  if (strcmp(path, member->path) == 0)
    *member->path = '\0';
  return *status;
}

static bool same_name(const cf_member *a, const cf_member *b) {
  return cf_same_text(a->xtension, b->xtension) && cf_same_text(a->name, b->name) && a->version == b->version;
}

/* An HDU with a name is found by name if no row has its position, too: positions change when HDUs are deleted. */
long cf_member_find(fitsfile *gfptr, const cf_group *group, const cf_member *member, int *status) {
  bool has_name = group->columns[CF_GROUP_NAME] != 0, has_position = group->columns[CF_GROUP_POSITION] != 0;
  long by_name = 0;
  for (long row = 1; row <= group->rows; row++) {
    cf_member found;
    if (read_member(gfptr, group, row, &found, status) > 0)
      return 0;
    if (group->columns[CF_GROUP_LOCATION] != 0 && strcmp(found.path, member->path) != 0)
      continue;
    bool name = has_name && same_name(&found, member);
    bool position = has_position && found.position == member->position;
    if ((name || !has_name) && (position || (!has_position && has_name)))
      return row;
    if (name && *member->name != '\0' && by_name == 0)
      by_name = row;
  }
  return by_name;
}

/* Writes a string. None are NUL characters. */
static int write_text(fitsfile *fptr, int column, long row, const char *text, int *status) {
  char value[FLEN_FILENAME], *pointer = value;
  if (column == 0 || *status > 0)
    return *status;
  cf_copy(value, text, sizeof value);
  if (*text != '\0')
    return ffpcls(fptr, column, row, 1, 1, &pointer, status);
  const tcolumn *cell = fptr->Fptr->tableptr + (column - 1);
  unsigned char *zeros = calloc((size_t)cell->trepeat + 1, 1);
  if (zeros == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a cell");
  (void)ffptbb(fptr, row, cell->tbcol + 1, cell->trepeat, zeros, status);
  free(zeros);
  return *status;
}

static int write_number(fitsfile *fptr, int column, long row, long value, int *status) {
  return column == 0 ? *status : ffpclj(fptr, column, row, 1, 1, &value, status);
}

int cf_member_write(fitsfile *gfptr, const cf_group *group, long row, const cf_member *member, int *status) {
  char path[FLEN_FILENAME], relative[FLEN_FILENAME] = "";
  const int *column = group->columns;
  if (*member->path != '\0' && cf_group_path(gfptr, path, status) <= 0)
    cf_group_relative(path, member->path, relative);
  (void)write_text(gfptr, column[CF_GROUP_XTENSION], row, member->xtension, status);
  (void)write_text(gfptr, column[CF_GROUP_NAME], row, member->name, status);
  (void)write_number(gfptr, column[CF_GROUP_VERSION], row, member->version, status);
  (void)write_number(gfptr, column[CF_GROUP_POSITION], row, member->position, status);
  (void)write_text(gfptr, column[CF_GROUP_LOCATION], row, relative, status);
  return write_text(gfptr, column[CF_GROUP_URI_TYPE], row, *relative != '\0' ? "URL" : "", status);
}

static int add_member(fitsfile *gfptr, fitsfile *mfptr, int *status) {
  cf_group group;
  cf_member member;
  if (cf_member_of(gfptr, mfptr, &member, status) > 0 || cf_group_describe(gfptr, &group, status) > 0)
    return *status;
  if (cf_member_find(gfptr, &group, &member, status) > 0)
    return cf_fail(status, HDU_ALREADY_MEMBER, "the HDU is a member of the group");
  if (!cf_use_write(gfptr, status) || ffirow(gfptr, group.rows, 1, status) > 0 ||
      cf_member_write(gfptr, &group, group.rows + 1, &member, status) > 0)
    return *status;
  return cf_link_add(gfptr, mfptr, status);
}

int ffgtam(fitsfile *gfptr, fitsfile *mfptr, int hdupos, int *status) {
  cf_group group;
  fitsfile *handle = NULL;
  if (!cf_use_data(gfptr, status))
    return cf_refused(status);
  if (mfptr != NULL)
    return add_member(gfptr, mfptr, status);
  if (ffreopen(gfptr, &handle, status) > 0)
    return *status;
  if (ffmahd(handle, hdupos, NULL, status) <= 0 && cf_group_describe(gfptr, &group, status) <= 0)
    (void)add_member(gfptr, handle, status);
  int closed = 0;
  (void)ffclos(handle, &closed);
  return *status;
}

/* Moves a handle of the file to the HDU of a member. */
static int move_to_member(fitsfile *mfptr, cf_member *member, int *status) {
  int missing = 0;
  bool primary = cf_same_text(member->xtension, "PRIMARY");
  if (*member->name != '\0') {
    int type = cf_same_text(member->xtension, "TABLE")      ? ASCII_TBL
               : cf_same_text(member->xtension, "BINTABLE") ? BINARY_TBL
               : cf_same_text(member->xtension, "IMAGE")    ? IMAGE_HDU
                                                            : ANY_HDU;
    ffpmrk();
    (void)ffmnhd(mfptr, type, member->name, (int)member->version, &missing);
    if (missing > 0 && type == IMAGE_HDU) { /* a compressed image */
      missing = 0;
      (void)ffmnhd(mfptr, ANY_HDU, member->name, (int)member->version, &missing);
    }
    ffcmrk();
    if (missing <= 0)
      return *status;
  }
  if (member->position > 0 && member->position <= 1000000) {
    missing = 0;
    ffpmrk();
    (void)ffmahd(mfptr, (int)member->position, NULL, &missing);
    ffcmrk();
    if (missing <= 0)
      return *status;
  }
  return cf_fail(status, MEMBER_NOT_FOUND, "the file has no HDU %.60s%s", member->name, primary ? " (primary)" : "");
}

int ffgmop(fitsfile *gfptr, long member, fitsfile **mfptr, int *status) {
  cf_group group;
  cf_member found;
  int own = 0;
  if (cf_group_describe(gfptr, &group, status) > 0)
    return cf_refused(status);
  if (mfptr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for a handle, found NULL");
  *mfptr = NULL;
  if (member < 1 || member > group.rows)
    return cf_fail(status, BAD_ROW_NUM, "the group has %ld members, and no member %ld", group.rows, member);
  if (read_member(gfptr, &group, member, &found, status) > 0)
    return *status;
  if (*found.path == '\0')
    (void)ffreopen(gfptr, mfptr, status);
  else if (cf_group_open(mfptr, found.path, &own) > 0)
    return cf_fail(status, MEMBER_NOT_FOUND, "the file of a member cannot be opened: %.200s", found.path);
  if (*status <= 0 && move_to_member(*mfptr, &found, status) > 0) {
    (void)ffclos(*mfptr, &own);
    *mfptr = NULL;
  }
  return *status;
}

/* Opens an HDU by a function, and closes it. */
static bool can_open(int (*open)(fitsfile *, long, fitsfile **, int *), fitsfile *fptr, long number, int *status) {
  fitsfile *handle = NULL;
  int closed = 0;
  if (open(fptr, number, &handle, status) > 0)
    return false;
  (void)ffclos(handle, &closed);
  return true;
}

static int open_group(fitsfile *mfptr, long number, fitsfile **gfptr, int *status) {
  return ffgtop(mfptr, (int)number, gfptr, status);
}

int ffgtvf(fitsfile *gfptr, long *firstfailed, int *status) {
  long members = 0, groups = 0, failed = 0;
  int missing = 0;
  if (firstfailed != NULL)
    *firstfailed = 1;
  if (ffgtnm(gfptr, &members, status) > 0 || ffgmng(gfptr, &groups, status) > 0)
    return cf_refused(status);
  ffpmrk();
  for (long i = 1; i <= members && failed == 0; i++)
    failed = can_open(ffgmop, gfptr, i, &missing) ? 0 : i;
  for (long i = 1; i <= groups && failed == 0; i++)
    failed = can_open(open_group, gfptr, i, &missing) ? 0 : -i;
  ffcmrk();
  if (firstfailed != NULL)
    *firstfailed = failed;
  return failed != 0 ? cf_fail(status, missing, "a member or a group does not exist") : *status;
}
