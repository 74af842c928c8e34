/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Removing, copying, merging and compacting groups, and members of groups, in one and in several files.
 */
#include "group_show.h"

static char *ttype[] = {"A"}, *tform[] = {"1J"};

static void add_hdus(fitsfile *f, const char *prefix, int n) {
  for (int i = 0; i < n; i++) {
    char name[40];
    (void)snprintf(name, sizeof name, "%s%d", prefix, i);
    if (i % 2)
      DO(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, name, &status));
    else {
      DO(ffcrim(f, 16, 0, NULL, &status));
      DO(ffpkys(f, "EXTNAME", name, NULL, &status));
    }
  }
}

/* Not here: calls that delete HDUs of the file of the group. CFITSIO goes on with handles that are then at other HDUs.
 *
 * Creates a file of images and tables, a group of them, and a group with that group. */
static fitsfile *create(const char *name, int kind) {
  fitsfile *f = NULL;
  DO(ffinit(&f, name, &status));
  DO(ffcrim(f, 8, 0, NULL, &status));
  add_hdus(f, name, 4); /* HDUs 2 ... 5 */
  DO(ffrdef(f, &status));
  DO(ffgtcr(f, (char *)"inner", kind, &status));
  DO(ffgtam(f, NULL, 2, &status));
  DO(ffgtam(f, NULL, 3, &status));
  DO(ffgtcr(f, (char *)"outer", kind, &status));
  DO(ffgtam(f, NULL, 4, &status));
  DO(ffgtam(f, NULL, 6, &status));
  DO(ffgtam(f, NULL, 3, &status));
  return f;
}

static void members(int kind) {
  char name[40];
  (void)snprintf(name, sizeof name, "one%d.fits", kind);
  fitsfile *f = create(name, kind);
  show_groups(f);
  DO(ffmahd(f, 7, NULL, &status));
  DO(ffgmrm(f, 1, OPT_RM_ENTRY, &status));
  show_groups(f);
  DO(ffmahd(f, 6, NULL, &status));
  DO(ffgmrm(f, 1, 17, &status));
  DO(ffclos(f, &status));
  (void)snprintf(name, sizeof name, "copy%d.fits", kind);
  f = create(name, kind);
  fitsfile *g = NULL;
  DO(ffreopen(f, &g, &status));
  for (int option = OPT_MCP_ADD; option <= OPT_MCP_REPL; option++) {
    DO(ffmahd(g, 7, NULL, &status));
    DO(ffgmcp(g, f, 1, option, &status));
    printf("at %d\n", f->HDUposition);
    show_groups(f);
  }
  DO(ffclos(g, &status));
  DO(ffclos(f, &status));
  (void)snprintf(name, sizeof name, "move%d.fits", kind);
  f = create(name, kind);
  DO(ffreopen(f, &g, &status));
  DO(ffmahd(g, 7, NULL, &status));
  DO(ffmahd(f, 6, NULL, &status));
  DO(ffgmtf(g, f, 1, OPT_MCP_ADD, &status));
  show_groups(f);
  DO(ffmahd(g, 7, NULL, &status));
  DO(ffmahd(f, 6, NULL, &status));
  DO(ffgmtf(g, f, 2, OPT_MCP_MOV, &status));
  show_groups(f);
  DO(ffgmtf(g, f, 1, OPT_MCP_NADD, &status));
  DO(ffclos(g, &status));
  DO(ffclos(f, &status));
}

static void whole(int kind) {
  char name[40];
  fitsfile *f = NULL, *g = NULL;
  for (int option = OPT_RM_GPT; option < OPT_RM_ALL; option++) {
    (void)snprintf(name, sizeof name, "remove%d%d.fits", option, kind);
    f = create(name, kind);
    DO(ffmahd(f, 6, NULL, &status));
    DO(ffgtrm(f, option, &status));
    show_groups(f);
    DO(ffmahd(f, option == OPT_RM_GPT ? 6 : 7, NULL, &status));
    DO(ffgtrm(f, option, &status));
    show_groups(f);
    DO(ffclos(f, &status));
  }
  for (int option = OPT_GCP_GPT; option <= OPT_GCP_ALL; option += 2) {
    (void)snprintf(name, sizeof name, "group%d%d.fits", option, kind);
    f = create(name, kind);
    DO(ffreopen(f, &g, &status));
    DO(ffmahd(g, 7, NULL, &status));
    DO(ffgtcp(g, f, option, &status));
    show_groups(f);
    DO(ffclos(g, &status));
    DO(ffclos(f, &status));
  }
  for (int option = OPT_MRG_COPY; option <= OPT_MRG_COPY; option++) {
    (void)snprintf(name, sizeof name, "merge%d%d.fits", option, kind);
    f = create(name, kind);
    DO(ffreopen(f, &g, &status));
    DO(ffmahd(g, 6, NULL, &status));
    DO(ffmahd(f, 7, NULL, &status));
    DO(ffgtmg(g, f, option, &status));
    show_groups(f);
    DO(ffclos(g, &status));
    DO(ffclos(f, &status));
  }
  for (int option = 0; option < 3; option += 2) {
    (void)snprintf(name, sizeof name, "compact%d%d.fits", option, kind);
    f = create(name, kind);
    DO(ffmahd(f, 7, NULL, &status));
    DO(ffgtcm(f, option == 0 ? OPT_CMT_MBR : option == 1 ? OPT_CMT_MBR_DEL : 4, &status));
    show_groups(f);
    DO(ffclos(f, &status));
  }
}

int main(void) {
  members(GT_ID_ALL_URI);
  members(GT_ID_REF);
  members(GT_ID_POS);
  whole(GT_ID_ALL_URI);
  return 0;
}
