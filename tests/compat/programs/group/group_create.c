/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Grouping tables of all kinds; members in the same file.
 */
#include "group_show.h"

static const int kinds[] = {GT_ID_ALL_URI, GT_ID_REF, GT_ID_POS, GT_ID_ALL, GT_ID_REF_URI, GT_ID_POS_URI};

static void structures(void) {
  fitsfile *f = NULL;
  DO(ffinit(&f, "kinds.fits", &status));
  for (int i = 0; i < 6; i++) {
    char name[20];
    (void)snprintf(name, sizeof name, "group %d", i);
    DO(ffgtcr(f, i == 3 ? NULL : name, kinds[i], &status));
    show_cards(f);
  }
  DO(ffgtcr(f, (char *)"x", 7, &status));
  DO(ffgtcr(f, (char *)"x", -1, &status));
  DO(ffgtcr(f, (char *)"", GT_ID_REF, &status));
  show_cards(f);
  DO(ffmahd(f, 3, NULL, &status));
  DO(ffgtis(f, (char *)"in between", GT_ID_POS, &status));
  show_cards(f);
  DO(ffgtis(f, NULL, GT_ID_ALL_URI, &status));
  show_cards(f);
  for (int hdu = 2; hdu < 5; hdu++)
    for (int i = 0; i < 6; i++) {
      DO(ffmahd(f, hdu, NULL, &status));
      DO(ffgtch(f, kinds[i], &status));
      show_cards(f);
    }
  DO(ffgtch(f, 9, &status));
  DO(ffmahd(f, 1, NULL, &status));
  DO(ffgtch(f, 1, &status));
  show_all(f);
  DO(ffclos(f, &status));
}

/* Prints what a call has opened, and closes it. */
static void opened(const char *what, fitsfile *from, fitsfile **handle, int result) {
  int failed = result > 0;
  did(what, result);
  if (failed)
    return;
  printf("HDU %d, same file %d\n", (*handle)->HDUposition, (*handle)->Fptr == from->Fptr);
  DO(ffclos(*handle, &status));
}

static void members(void) {
  fitsfile *f = NULL, *g = NULL, *m = NULL;
  char *ttype[] = {"A"}, *tform[] = {"1J"};
  long n = 0;
  DO(ffinit(&f, "members.fits", &status));
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffpkys(f, "EXTNAME", "PRIME", NULL, &status)); /* members without a name are tested elsewhere */
  DO(ffcrim(f, 16, 0, NULL, &status));
  DO(ffpkys(f, "EXTNAME", "IMAGE A", NULL, &status));
  DO(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, "TABLE B", &status));
  DO(ffpkyj(f, "EXTVER", 3, NULL, &status));
  DO(ffcrtb(f, ASCII_TBL, 0, 0, NULL, NULL, NULL, "ASC", &status));
  DO(ffrdef(f, &status)); /* an incomplete HDU does not count, so that CFITSIO puts a group before it */
  for (int i = 0; i < 6; i++) {
    char name[20];
    (void)snprintf(name, sizeof name, "G%d", i);
    DO(ffgtcr(f, name, kinds[i], &status));
  }
  DO(ffreopen(f, &g, &status));
  for (int i = 0; i < 6; i++) {
    DO(ffmahd(g, 5 + i, NULL, &status));
    for (int j = 1; j < 5; j++)
      DO(ffgtam(g, NULL, j, &status));
    DO(ffmahd(f, 3, NULL, &status));
    DO(ffgtam(g, f, 0, &status)); /* is a member */
    DO(ffmahd(f, i == 5 ? 5 : 6 + i, NULL, &status));
    DO(ffgtam(g, f, 0, &status)); /* a group */
    DO(ffgtam(g, NULL, 99, &status));
    DO(ffgtnm(g, &n, &status));
    printf("%ld members\n", n);
    show_cards(g);
    show_rows(g);
  }
  for (int i = 1; i < 11; i++) {
    DO(ffmahd(f, i, NULL, &status));
    DO(ffgmng(f, &n, &status));
    printf("%ld groups\n", n);
    for (int k = 0; k < 8; k++)
      opened("group", f, &m, ffgtop(f, k, &m, &status));
    n = 0;
    DO(ffgtnm(f, &n, &status));
    for (int k = 0; k <= n; k++) /* CFITSIO frees a handle twice behind the last one */
      opened("member", f, &m, ffgmop(f, k, &m, &status));
    long failed = -99;
    DO(ffgtvf(f, &failed, &status));
    printf("first failed %ld\n", failed);
    DO(ffgtnm(f, &n, &status));
    printf("%ld members\n", n);
  }
  DO(ffclos(g, &status));
  show_all(f);
  DO(ffclos(f, &status));
}

static void unnamed(void) {
  fitsfile *f = NULL, *m = NULL;
  DO(ffinit(&f, "unnamed.fits", &status));
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffcrim(f, 8, 0, NULL, &status));
  DO(ffrdef(f, &status));
  DO(ffgtcr(f, (char *)"G", GT_ID_REF, &status));
  DO(ffgtam(f, NULL, 1, &status));
  DO(ffgtam(f, NULL, 2, &status));
  show_rows(f);
  opened("member", f, &m, ffgmop(f, 1, &m, &status));
  opened("member", f, &m, ffgmop(f, 2, &m, &status));
  DO(ffclos(f, &status));
}

static void gaps(void) {
  fitsfile *f = NULL, *g = NULL;
  long n = 0;
  DO(ffopen(&f, "members.fits", READWRITE, &status));
  DO(ffmahd(f, 2, NULL, &status));
  DO(ffdkey(f, "GRPID2", &status));
  DO(ffdkey(f, "GRPID4", &status));
  DO(ffgmng(f, &n, &status));
  printf("%ld groups\n", n);
  show_cards(f);
  DO(ffmkyj(f, "GRPID3", 77, "&", &status));
  DO(ffgtop(f, 3, &g, &status));
  DO(ffmkyj(f, "GRPID2", -7, "&", &status));
  DO(ffpkys(f, "GRPLC2", "nowhere.fits", NULL, &status));
  DO(ffgtop(f, 2, &g, &status));
  DO(ffclos(f, &status));
}

int main(void) {
  structures();
  members();
  unnamed();
  gaps();
  return 0;
}
