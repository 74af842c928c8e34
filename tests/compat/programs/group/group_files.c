/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Groups with members in other files, by relative names.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "group_show.h"

static char *ttype[] = {"A"}, *tform[] = {"1J"};

static void create(const char *name) {
  fitsfile *f = NULL;
  DO(ffinit(&f, name, &status));
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffpkys(f, "EXTNAME", "PRIME", NULL, &status));
  DO(ffcrim(f, 16, 0, NULL, &status));
  DO(ffpkys(f, "EXTNAME", "IMG", NULL, &status));
  DO(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, "TAB", &status));
  DO(ffclos(f, &status));
}

static void show_file(const char *name) {
  fitsfile *f = NULL;
  printf("---- %s\n", name);
  DO(ffopen(&f, name, READONLY, &status));
  show_groups(f);
  DO(ffclos(f, &status));
}

/* Returns a name without its folder, which differs. */
static const char *base(const char *name) {
  const char *slash = strrchr(name, '/');
  return slash != NULL ? slash + 1 : name;
}

static void open_all(fitsfile *g) {
  long n = 0;
  fitsfile *m = NULL, *back = NULL;
  DO(ffgtnm(g, &n, &status));
  for (long i = 1; i <= n; i++) {
    int result = ffgmop(g, i, &m, &status), failed = result > 0;
    did("ffgmop", result);
    if (failed)
      continue;
    char name[FLEN_FILENAME];
    int mode = -1;
    DO(ffflnm(m, name, &status));
    DO(ffflmd(m, &mode, &status));
    printf("member %ld: HDU %d, same file %d, '%s' mode %d\n", i, m->HDUposition, m->Fptr == g->Fptr, base(name), mode);
    result = ffgtop(m, 1, &back, &status);
    failed = result > 0;
    did("ffgtop", result);
    if (!failed) {
      DO(ffflnm(back, name, &status));
      printf("group: HDU %d, same file %d, '%s'\n", back->HDUposition, back->Fptr == g->Fptr, base(name));
      DO(ffclos(back, &status));
    }
    DO(ffclos(m, &status));
  }
  long failed = -9;
  DO(ffgtvf(g, &failed, &status));
  printf("first failed %ld\n", failed);
}

static void groups(int kind) {
  char names[4][40];
  fitsfile *g = NULL, *m = NULL, *other = NULL;
  for (int i = 0; i < 4; i++) {
    (void)snprintf(names[i], sizeof names[i], "%s%c%d.fits", i == 3 ? "sub/" : "", 'a' + i, kind);
    create(names[i]);
  }
  DO(ffopen(&g, names[0], READWRITE, &status));
  DO(ffgtcr(g, (char *)"all", kind, &status));
  for (int i = 0; i < 4; i++) {
    DO(ffopen(&m, names[i], READWRITE, &status));
    for (int hdu = 2; hdu < 4; hdu++) {
      DO(ffmahd(m, hdu, NULL, &status));
      DO(ffgtam(g, m, 0, &status));
      DO(ffgtam(g, m, 0, &status)); /* is a member */
    }
    DO(ffclos(m, &status));
  }
  show_rows(g);
  open_all(g);
  DO(ffclos(g, &status));
  for (int i = 0; i < 4; i++)
    show_file(names[i]);
  /* the group of a file in a folder has a member outside */
  DO(ffopen(&g, names[3], READWRITE, &status));
  DO(ffgtcr(g, (char *)"from sub", kind, &status));
  DO(ffopen(&m, names[1], READWRITE, &status));
  DO(ffmahd(m, 3, NULL, &status));
  DO(ffgtam(g, m, 0, &status));
  show_rows(g);
  open_all(g);
  DO(ffclos(m, &status));
  /* copies */
  (void)snprintf(names[0], sizeof names[0], "copy%d.fits", kind);
  DO(ffinit(&other, names[0], &status));
  DO(ffcrim(other, 8, 0, NULL, &status));
  DO(ffgtcp(g, other, OPT_GCP_ALL, &status));
  show_groups(other);
  DO(ffclos(other, &status));
  (void)snprintf(names[0], sizeof names[0], "table%d.fits", kind);
  DO(ffinit(&other, names[0], &status));
  DO(ffcrim(other, 8, 0, NULL, &status));
  DO(ffgtcp(g, other, OPT_GCP_GPT, &status));
  show_groups(other);
  DO(ffclos(other, &status));
  DO(ffgmrm(g, 1, OPT_RM_ENTRY, &status));
  show_groups(g);
  DO(ffclos(g, &status));
  for (int i = 1; i < 4; i++)
    show_file(names[i]);
  (void)remove(names[3]);
}

int main(void) {
  (void)mkdir("sub", 0777);
  groups(GT_ID_ALL_URI);
  groups(GT_ID_POS_URI);
  groups(GT_ID_REF_URI);
  (void)rmdir("sub");
  return 0;
}
