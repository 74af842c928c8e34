/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The groups of an HDU: GRPIDn has EXTVER of a group of the same file, or the negative EXTVER of one of the file
 * GRPLCn.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "group/group.h"
#include "header/cards.h"

#define MAX_GROUPS 999

static LONGLONG find(fitsfile *fptr, const char *root, int number) {
  char keyword[FLEN_KEYWORD];
  int status = 0;
  (void)snprintf(keyword, sizeof keyword, number > 0 ? "%s%d" : "%s", root, number);
  return cf_card_find(fptr, keyword, 0, LONGLONG_MAX, &status);
}

/* Renames a keyword with a number. */
static int renumber(fitsfile *fptr, const char *root, int from, int to, int *status) {
  char old[FLEN_KEYWORD], new[FLEN_KEYWORD];
  if (find(fptr, root, from) < 0)
    return *status;
  (void)snprintf(old, sizeof old, "%s%d", root, from);
  (void)snprintf(new, sizeof new, "%s%d", root, to);
  return ffmnam(fptr, old, new, status);
}

int ffgmng(fitsfile *mfptr, long *nmembers, int *status) {
  int count = 0;
  if (!cf_use_data(mfptr, status))
    return cf_refused(status);
  for (int i = 1; i <= MAX_GROUPS && *status <= 0; i++) {
    if (find(mfptr, "GRPID", i) < 0)
      continue;
    if (++count < i && cf_use_write(mfptr, status)) {
      (void)renumber(mfptr, "GRPID", i, count, status);
      (void)renumber(mfptr, "GRPLC", i, count, status);
    }
  }
  if (nmembers != NULL && *status <= 0)
    *nmembers = count;
  return *status;
}

/* Gets a link: the version of the group, and the path of its file, empty for the file of the member. */
static int read_link(fitsfile *mfptr, int number, long *version, char path[FLEN_FILENAME], int *status) {
  char keyword[FLEN_KEYWORD], own[FLEN_FILENAME], *location = NULL;
  *path = '\0';
  (void)snprintf(keyword, sizeof keyword, "GRPID%d", number);
  if (ffgkyj(mfptr, keyword, version, NULL, status) > 0 || *version >= 0)
    return *status;
  *version = *version == LONG_MIN ? 0 : -*version;
  (void)snprintf(keyword, sizeof keyword, "GRPLC%d", number);
  if (find(mfptr, "GRPLC", number) < 0) {
    return cf_fail(status, GROUP_NOT_FOUND, "%s is missing", keyword);
  }
  if (ffgkls(mfptr, keyword, &location, NULL, status) > 0 || cf_group_path(mfptr, own, status) > 0)
    return *status;
  cf_group_resolve(own, location != NULL ? location : "", path);
  if (strcmp(own, path) == 0)
    *path = '\0';
  free(location);
  return *status;
}

int ffgtop(fitsfile *mfptr, int group, fitsfile **gfptr, int *status) {
  char path[FLEN_FILENAME], name[] = "GROUPING";
  long groups = 0, version = 0;
  int own = 0;
  if (ffgmng(mfptr, &groups, status) > 0)
    return cf_refused(status);
  if (gfptr == NULL)
    return cf_fail(status, NULL_INPUT_PTR, "expected memory for a handle, found NULL");
  *gfptr = NULL;
  if (group > groups)
    return cf_fail(status, BAD_GROUP_ID, "the HDU belongs to %ld groups, and to no group %d", groups, group);
  if (read_link(mfptr, group, &version, path, status) > 0)
    return *status;
  if (*path == '\0')
    (void)ffreopen(mfptr, gfptr, status);
  else if (cf_group_open(gfptr, path, &own) > 0)
    return cf_fail(status, GROUP_NOT_FOUND, "the file of a group cannot be opened: %.200s", path);
  if (*status > 0)
    return *status;
  ffpmrk();
  (void)ffmnhd(*gfptr, ANY_HDU, name, version < 1 || version > INT_MAX ? INT_MAX : (int)version, &own);
  ffcmrk();
  if (own <= 0)
    return *status;
  own = 0;
  (void)ffclos(*gfptr, &own);
  *gfptr = NULL;
  return cf_fail(status, GROUP_NOT_FOUND, "the file has no grouping table of version %ld", version);
}

/* Returns the number of the link to a group, 0: none. *version receives EXTVER of the group. */
static int find_link(fitsfile *gfptr, fitsfile *mfptr, long *version, bool *same_file, int *status) {
  char group[FLEN_FILENAME], member[FLEN_FILENAME], path[FLEN_FILENAME];
  long groups = 0, linked = 0;
  if (cf_group_path(gfptr, group, status) > 0 || cf_group_path(mfptr, member, status) > 0)
    return 0;
  if (ffgkyj(gfptr, "EXTVER", version, NULL, status) > 0 || ffgmng(mfptr, &groups, status) > 0)
    return 0;
  *same_file = gfptr->Fptr == mfptr->Fptr || strcmp(group, member) == 0;
  for (int i = 1; i <= groups; i++) {
    int bad = 0;
    ffpmrk();
    bool found = read_link(mfptr, i, &linked, path, &bad) <= 0 && linked == *version &&
                 (*same_file ? *path == '\0' : strcmp(path, group) == 0);
    ffcmrk();
    if (found)
      return i;
  }
  return 0;
}

/* Makes the card behind the links, or behind what names the HDU or ends its mandatory cards, the next one. */
static int move_behind_links(fitsfile *fptr, long groups, int *status) {
  static const char *const names[] = {"GRPNAME", "EXTVER", "EXTNAME", "TFIELDS", "GCOUNT", "EXTEND", "NAXIS"};
  char card[FLEN_CARD];
  LONGLONG last = groups > 0 ? find(fptr, "GRPLC", (int)groups) : -1;
  if (groups > 0 && last < find(fptr, "GRPID", (int)groups))
    last = find(fptr, "GRPID", (int)groups);
  for (size_t i = 0; last < 0 && i < sizeof names / sizeof *names; i++)
    last = find(fptr, names[i], 0);
  if (last == 2) /* NAXIS */
    last += fptr->Fptr->imgdim;
  return ffgrec(fptr, (int)(last < 0 ? 0 : last) + 1, card, status);
}

int cf_link_add(fitsfile *gfptr, fitsfile *mfptr, int *status) {
  char keyword[FLEN_KEYWORD], group[FLEN_FILENAME], member[FLEN_FILENAME], relative[FLEN_FILENAME];
  long version = 0, groups = 0;
  bool same_file = false;
  if (find_link(gfptr, mfptr, &version, &same_file, status) > 0 || *status > 0)
    return *status;
  if (mfptr->Fptr->writemode != READWRITE)
    return *status;
  if (!cf_use_write(mfptr, status) || ffgmng(mfptr, &groups, status) > 0)
    return *status;
  if (groups >= MAX_GROUPS)
    return cf_fail(status, BAD_GROUP_ATTACH, "the HDU belongs to %d groups: no more are possible", MAX_GROUPS);
  (void)move_behind_links(mfptr, groups, status);
  (void)snprintf(keyword, sizeof keyword, "GRPID%ld", groups + 1);
  (void)ffikyj(mfptr, keyword, same_file ? version : -version, "EXTVER of Group containing this HDU", status);
  if (same_file || cf_group_path(gfptr, group, status) > 0 || cf_group_path(mfptr, member, status) > 0)
    return *status;
  cf_group_relative(member, group, relative);
  (void)snprintf(keyword, sizeof keyword, "GRPLC%ld", groups + 1);
  if (!cf_use_write(mfptr, status))
    return *status;
  (void)ffikls(mfptr, keyword, relative, "URL of file containing Group", status);
  return ffplsw(mfptr, status);
}

static int remove_number(fitsfile *mfptr, int number, int *status) {
  char keyword[FLEN_KEYWORD];
  (void)snprintf(keyword, sizeof keyword, "GRPID%d", number);
  (void)ffdkey(mfptr, keyword, status);
  (void)snprintf(keyword, sizeof keyword, "GRPLC%d", number);
  return find(mfptr, "GRPLC", number) >= 0 ? ffdkey(mfptr, keyword, status) : *status;
}

int cf_link_remove(fitsfile *gfptr, fitsfile *mfptr, int *status) {
  long version = 0;
  bool same_file = false;
  int number = find_link(gfptr, mfptr, &version, &same_file, status);
  if (number == 0 || mfptr->Fptr->writemode != READWRITE)
    return *status;
  if (cf_use_write(mfptr, status) && remove_number(mfptr, number, status) <= 0)
    (void)ffgmng(mfptr, NULL, status);
  return *status;
}

int cf_link_clear(fitsfile *mfptr, int *status) {
  long groups = 0;
  if (ffgmng(mfptr, &groups, status) > 0 || (groups > 0 && !cf_use_write(mfptr, status)))
    return *status;
  for (int i = (int)groups; i >= 1 && *status <= 0; i--)
    (void)remove_number(mfptr, i, status);
  return *status;
}
