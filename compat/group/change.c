/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Removing and copying members; removing, copying and merging groups.
 */
#include <stdio.h>
#include <string.h>

#include "base/string.h"
#include "file/handle.h"
#include "group/group.h"

/* The groups that a recursive call is in: a group that is its own member does not go on for ever. Deleting an HDU moves
 * the positions of their handles. */
typedef struct level {
  fitsfile *group;
  const struct level *above;
} level;

static int close_handle(fitsfile *fptr, int *status) {
  int own = 0;
  if (fptr != NULL)
    (void)ffclos(fptr, &own);
  if (*status <= 0)
    *status = own;
  return *status;
}

/* Tells whether a level has the HDU of the handle. */
static bool is_open_level(const level *levels, const fitsfile *fptr) {
  for (; levels != NULL; levels = levels->above)
    if (levels->group->Fptr == fptr->Fptr && levels->group->HDUposition == fptr->HDUposition)
      return true;
  return false;
}

/* Deletes the HDU of a handle. Handles of the levels stay at their HDUs. */
static int delete_hdu(fitsfile *fptr, const level *levels, int *status) {
  int position = fptr->HDUposition;
  if (!cf_use_write(fptr, status) || ffdhdu(fptr, NULL, status) > 0 || position == 0)
    return *status;
  for (; levels != NULL; levels = levels->above)
    if (levels->group->Fptr == fptr->Fptr && levels->group != fptr && levels->group->HDUposition > position)
      levels->group->HDUposition--;
  return *status;
}

/* Deletes the rows that name the HDU of `mfptr` from its groups. Links to groups that do not exist are nothing. */
static int leave_groups(fitsfile *mfptr, int *status) {
  long groups = 0;
  if (ffgmng(mfptr, &groups, status) > 0)
    return *status;
  for (int i = (int)groups; i >= 1 && *status <= 0; i--) {
    fitsfile *parent = NULL;
    int missing = 0;
    cf_group group;
    cf_member member;
    ffpmrk();
    if (ffgtop(mfptr, i, &parent, &missing) <= 0 && cf_use_write(parent, &missing) &&
        cf_member_of(parent, mfptr, &member, &missing) <= 0 && cf_group_describe(parent, &group, &missing) <= 0) {
      long row = cf_member_find(parent, &group, &member, &missing);
      if (row > 0)
        (void)ffdrow(parent, row, 1, &missing);
    }
    ffcmrk();
    (void)close_handle(parent, status);
  }
  return *status;
}

/* Removes row `member` and its link in the header of the member, which need not exist. */
static int remove_entry(fitsfile *gfptr, long member, int *status) {
  fitsfile *handle = NULL;
  int missing = 0;
  ffpmrk();
  (void)ffgmop(gfptr, member, &handle, &missing);
  ffcmrk();
  if (missing <= 0)
    (void)cf_link_remove(gfptr, handle, status);
  (void)close_handle(handle, status);
  return *status <= 0 ? ffdrow(gfptr, member, 1, status) : *status;
}

/* Checks that row `member` of a group exists, and that the table may be written. */
static int check_row(fitsfile *gfptr, long member, int *status) {
  cf_group group;
  if (cf_group_describe(gfptr, &group, status) > 0)
    return cf_refused(status);
  if (member < 1 || member > group.rows)
    return cf_fail(status, BAD_ROW_NUM, "the group has %ld members, and no member %ld", group.rows, member);
  (void)cf_use_write(gfptr, status);
  return *status;
}

int ffgmrm(fitsfile *fptr, long member, int rmopt, int *status) {
  fitsfile *handle = NULL;
  if (check_row(fptr, member, status) > 0)
    return cf_refused(status);
  if (rmopt == OPT_RM_ENTRY)
    return remove_entry(fptr, member, status);
  if (rmopt != OPT_RM_MBR)
    return cf_fail(status, BAD_OPTION, "no way of removing members has number %d", rmopt);
  if (ffgmop(fptr, member, &handle, status) > 0)
    return *status;
  if (cf_use_write(handle, status) && leave_groups(handle, status) <= 0)
    (void)delete_hdu(handle, &(level){.group = fptr}, status);
  return close_handle(handle, status);
}

/* Writes EXTVER behind EXTNAME, or in its place. */
static int put_version(fitsfile *fptr, long version, const char *comment, int *status) {
  char card[FLEN_CARD];
  int missing = 0;
  ffpmrk();
  (void)ffgcrd(fptr, "EXTVER", card, &missing);
  ffcmrk();
  if (missing <= 0)
    return ffmkyj(fptr, "EXTVER", version, comment, status);
  if (ffgcrd(fptr, "EXTNAME", card, status) > 0) /* the next card comes behind it */
    return *status;
  return ffikyj(fptr, "EXTVER", version, comment, status);
}

/* Gives the copy of an HDU with a name the first EXTVER that no HDU of this name has. */
static int set_version(fitsfile *fptr, const char *comment, int *status) {
  char name[FLEN_VALUE] = "";
  fitsfile *other = NULL;
  int missing = 0, version = 1, position = fptr->HDUposition + 1;
  ffpmrk();
  (void)ffgkys(fptr, "EXTNAME", name, NULL, &missing);
  ffcmrk();
  if (missing > 0 || *name == '\0')
    return *status;
  if (put_version(fptr, INT_MAX, comment, status) > 0 || ffreopen(fptr, &other, status) > 0)
    return *status;
  ffpmrk();
  for (; ffmnhd(other, ANY_HDU, name, version, &missing) <= 0; version++)
    ;
  ffcmrk();
  (void)close_handle(other, status);
  (void)ffmahd(fptr, position, NULL, status);
  return put_version(fptr, version, comment, status);
}

/* Copies the HDU of a member, which is no group, to the end of the file of `out`. */
static int copy_hdu(fitsfile *member, fitsfile *out, int *status) {
  if (ffcopy(member, out, 0, status) > 0 || cf_link_clear(out, status) > 0)
    return *status;
  return set_version(out, "Extension version ID", status);
}

static int copy_group(fitsfile *in, fitsfile *out, int *status);

int ffgmcp(fitsfile *gfptr, fitsfile *mfptr, long member, int cpopt, int *status) {
  fitsfile *handle = NULL;
  if (check_row(gfptr, member, status) > 0 || !cf_use_write(mfptr, status))
    return cf_refused(status);
  if (cpopt != OPT_MCP_ADD && cpopt != OPT_MCP_NADD && cpopt != OPT_MCP_REPL)
    return cf_fail(status, BAD_OPTION, "no way of copying members has number %d", cpopt);
  if (ffgmop(gfptr, member, &handle, status) > 0)
    return *status;
  (void)(cf_group_is(handle) ? copy_group(handle, mfptr, status) : copy_hdu(handle, mfptr, status));
  (void)close_handle(handle, status);
  if (*status <= 0 && cpopt == OPT_MCP_REPL)
    (void)remove_entry(gfptr, member, status);
  if (*status <= 0 && cpopt != OPT_MCP_NADD)
    (void)ffgtam(gfptr, mfptr, 0, status);
  return *status;
}

int ffgmtf(fitsfile *infptr, fitsfile *outfptr, long member, int tfopt, int *status) {
  fitsfile *handle = NULL;
  if (check_row(infptr, member, status) > 0)
    return cf_refused(status);
  if (tfopt != OPT_MCP_ADD && tfopt != OPT_MCP_MOV)
    return cf_fail(status, BAD_OPTION, "no way of transferring members has number %d", tfopt);
  if (ffgmop(infptr, member, &handle, status) > 0)
    return *status;
  (void)ffgtam(outfptr, handle, 0, status);
  (void)close_handle(handle, status);
  return *status <= 0 && tfopt == OPT_MCP_MOV ? remove_entry(infptr, member, status) : *status;
}

/* Removes a group: its table, the links of its members and the rows that name it. */
static int remove_table(fitsfile *gfptr, const level *above, int *status) {
  long members = 0;
  if (ffgtnm(gfptr, &members, status) > 0 || !cf_use_write(gfptr, status))
    return cf_refused(status);
  for (long i = members; i >= 1 && *status <= 0; i--)
    (void)remove_entry(gfptr, i, status);
  if (leave_groups(gfptr, status) > 0)
    return *status;
  return delete_hdu(gfptr, above, status);
}

/* Removes a group and its members, and theirs. */
static int remove_all(fitsfile *gfptr, const level *above, int *status) {
  level here = {.group = gfptr, .above = above};
  long members = 0;
  while (ffgtnm(gfptr, &members, status) <= 0 && members > 0) {
    fitsfile *handle = NULL;
    int missing = 0;
    ffpmrk();
    (void)ffgmop(gfptr, members, &handle, &missing);
    ffcmrk();
    if (missing > 0 || is_open_level(&here, handle)) {
      (void)ffdrow(gfptr, members, 1, status);
    } else if (cf_link_remove(gfptr, handle, status) <= 0 && ffdrow(gfptr, members, 1, status) <= 0) {
      if (cf_group_is(handle))
        (void)remove_all(handle, &here, status);
      else if (leave_groups(handle, status) <= 0)
        (void)delete_hdu(handle, &here, status);
    }
    (void)close_handle(handle, status);
  }
  return *status <= 0 ? remove_table(gfptr, above, status) : *status;
}

int ffgtrm(fitsfile *gfptr, int rmopt, int *status) {
  cf_group group;
  if (cf_group_describe(gfptr, &group, status) > 0 || !cf_use_write(gfptr, status))
    return cf_refused(status);
  if (rmopt == OPT_RM_GPT)
    return remove_table(gfptr, NULL, status);
  if (rmopt == OPT_RM_ALL)
    return remove_all(gfptr, NULL, status);
  return cf_fail(status, BAD_OPTION, "no way of removing groups has number %d", rmopt);
}

/* An HDU that a recursive copy has copied, and the position of the copy. */
typedef struct copied {
  const FITSfile *file;
  int from;
  int to;
} copied;

typedef struct copied_list {
  copied *items;
  size_t count;
} copied_list;

static int note_copy(copied_list *list, const fitsfile *from, int to, int *status) {
  copied *more = realloc(list->items, (list->count + 1) * sizeof *more);
  if (more == NULL)
    return cf_fail(status, MEMORY_ALLOCATION, "cannot allocate memory for a list of HDUs");
  list->items = more;
  more[list->count++] = (copied){.file = from->Fptr, .from = from->HDUposition, .to = to};
  return *status;
}

/* Returns the position (0-based) of the copy of an HDU, -1: it has not been copied. */
static int find_copy(const copied_list *list, const fitsfile *fptr) {
  for (size_t i = 0; i < list->count; i++)
    if (list->items[i].file == fptr->Fptr && list->items[i].from == fptr->HDUposition)
      return list->items[i].to;
  return -1;
}

/* Tells whether a column has members, and no other data of the program. */
static bool is_member_column(const cf_group *group, int column) {
  for (int i = 0; i < CF_GROUP_COLUMNS; i++)
    if (group->columns[i] == column)
      return true;
  return false;
}

/* Appends the cards that belong to the program. */
static int copy_cards(fitsfile *in, fitsfile *out, int *status) {
  char card[FLEN_CARD];
  int count = 0;
  (void)ffghsp(in, &count, NULL, status);
  for (int i = 1; i <= count && *status <= 0; i++) {
    if (ffgrec(in, i, card, status) > 0)
      break;
    bool own = ffgkcl(card) >= TYP_COMM_KEY && !cf_begins(card, "GRPID") && !cf_begins(card, "GRPLC") &&
               !cf_begins(card, "GRPNAME ") && !cf_begins(card, "LONGSTRN");
    if (own)
      (void)ffprec(out, card, status);
  }
  return *status;
}

/* Creates a grouping table of all columns at the end of a file, as a copy with as many rows, and with the data of the
 * program. */
static int copy_table(fitsfile *in, fitsfile *out, int *status) {
  cf_group group;
  char name[FLEN_VALUE] = "";
  int missing = 0, columns = 0, added = 0;
  if (cf_group_describe(in, &group, status) > 0)
    return *status;
  ffpmrk();
  if (ffgkys(in, "GRPNAME", name, NULL, &missing) > 0)
    *name = '\0';
  ffcmrk();
  if (ffgncl(in, &columns, status) > 0 || ffgtcr(out, name, GT_ID_ALL_URI, status) > 0 ||
      copy_cards(in, out, status) > 0 || ffirow(out, 0, group.rows, status) > 0)
    return *status;
  for (int i = 1; i <= columns && *status <= 0; i++)
    if (!is_member_column(&group, i))
      (void)ffcpcl(in, out, i, CF_GROUP_COLUMNS + ++added, TRUE, status);
  return *status;
}

static int copy_all(fitsfile *in, fitsfile *out, copied_list *list, int *status);

/* Copies a member unless it has been copied. `handle` becomes the copy. */
static int copy_once(fitsfile *member, fitsfile *handle, copied_list *list, int *status) {
  int copy = find_copy(list, member);
  if (copy >= 0)
    return ffmahd(handle, copy + 1, NULL, status);
  if (cf_group_is(member))
    return copy_all(member, handle, list, status);
  if (copy_hdu(member, handle, status) > 0)
    return *status;
  return note_copy(list, member, handle->HDUposition, status);
}

/* Makes the rows of the copy `out` of a group name copies of the members (`list`), or the members themselves (NULL). */
static int fill_rows(fitsfile *in, fitsfile *out, copied_list *list, int *status) {
  cf_group group;
  fitsfile *handle = NULL;
  int position = out->HDUposition + 1;
  if (cf_group_describe(out, &group, status) > 0 || ffreopen(out, &handle, status) > 0)
    return *status;
  for (long row = 1; row <= group.rows && *status <= 0; row++) {
    fitsfile *member = NULL;
    cf_member described;
    int missing = 0;
    ffpmrk();
    (void)ffgmop(in, row, &member, &missing);
    ffcmrk();
    if (missing > 0)
      continue;
    fitsfile *named = member;
    if (list != NULL && copy_once(member, handle, list, status) <= 0)
      named = handle;
    if (cf_member_of(out, named, &described, status) <= 0 && ffmahd(out, position, NULL, status) <= 0 &&
        cf_member_write(out, &group, row, &described, status) <= 0)
      (void)cf_link_add(out, named, status);
    (void)close_handle(member, status);
  }
  return close_handle(handle, status);
}

/* Copies a group and its members, and theirs. */
static int copy_all(fitsfile *in, fitsfile *out, copied_list *list, int *status) {
  if (copy_table(in, out, status) > 0 || note_copy(list, in, out->HDUposition, status) > 0)
    return *status;
  return fill_rows(in, out, list, status);
}

static int copy_group(fitsfile *in, fitsfile *out, int *status) {
  return copy_table(in, out, status) <= 0 ? fill_rows(in, out, NULL, status) : *status;
}

int ffgtcp(fitsfile *infptr, fitsfile *outfptr, int cpopt, int *status) {
  cf_group group;
  copied_list list = {0};
  if (cf_group_describe(infptr, &group, status) > 0 || !cf_use_write(outfptr, status))
    return cf_refused(status);
  if (infptr == outfptr)
    return cf_fail(status, IDENTICAL_POINTERS, "input and output are the same handle");
  if (cpopt == OPT_GCP_GPT)
    return copy_group(infptr, outfptr, status);
  if (cpopt != OPT_GCP_ALL)
    return cf_fail(status, BAD_OPTION, "no way of copying groups has number %d", cpopt);
  (void)copy_all(infptr, outfptr, &list, status);
  free(list.items);
  return *status;
}

/* Adds the members of one group to another one. */
static int add_members(fitsfile *in, fitsfile *out, int *status) {
  cf_group group;
  if (cf_group_describe(in, &group, status) > 0)
    return *status;
  for (long row = 1; row <= group.rows && *status <= 0; row++) {
    fitsfile *handle = NULL;
    int present = 0;
    if (ffgmop(in, row, &handle, status) > 0)
      break;
    ffpmrk();
    (void)ffgtam(out, handle, 0, &present);
    ffcmrk();
    if (present > 0 && present != HDU_ALREADY_MEMBER)
      *status = present;
    (void)close_handle(handle, status);
  }
  return *status;
}

int ffgtmg(fitsfile *infptr, fitsfile *outfptr, int mgopt, int *status) {
  cf_group group;
  if (cf_group_describe(infptr, &group, status) > 0 || cf_group_describe(outfptr, &group, status) > 0)
    return cf_refused(status);
  if (infptr == outfptr)
    return cf_fail(status, IDENTICAL_POINTERS, "input and output are the same handle");
  if (mgopt != OPT_MRG_COPY && mgopt != OPT_MRG_MOV)
    return cf_fail(status, BAD_OPTION, "no way of merging groups has number %d", mgopt);
  if (add_members(infptr, outfptr, status) > 0 || mgopt == OPT_MRG_COPY)
    return *status;
  return remove_table(infptr, &(level){.group = outfptr}, status);
}

int ffgtcm(fitsfile *gfptr, int cmopt, int *status) {
  long members = 0;
  if (ffgtnm(gfptr, &members, status) > 0 || !cf_use_write(gfptr, status))
    return cf_refused(status);
  if (cmopt != OPT_CMT_MBR && cmopt != OPT_CMT_MBR_DEL)
    return cf_fail(status, BAD_OPTION, "no way of compacting groups has number %d", cmopt);
  for (long row = 1; row <= members && *status <= 0;) {
    fitsfile *handle = NULL;
    if (ffgmop(gfptr, row, &handle, status) > 0)
      break;
    bool merged = cf_group_is(handle) && !is_open_level(&(level){.group = gfptr}, handle);
    if (merged && add_members(handle, gfptr, status) <= 0 && remove_entry(gfptr, row, status) <= 0 &&
        cmopt == OPT_CMT_MBR_DEL)
      (void)remove_table(handle, &(level){.group = gfptr}, status);
    (void)close_handle(handle, status);
    members -= merged;
    row += !merged;
  }
  return *status;
}
