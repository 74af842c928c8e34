/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Groups that CFITSIO does not survive or loses: deleted members, groups in circles, damaged grouping tables.
 */
#include <limits.h>
#include <string.h>

#include "../shared/expect.h"

static char *ttype[] = {"A"}, *tform[] = {"1J"};

/* Creates HDUs "a", "b", "c", "d" (2 ... 5), a group of a and b (6), and one of c, that group and b (7). */
static fitsfile *create(const char *name) {
  fitsfile *f = NULL;
  IS(ffinit(&f, name, &status), 0);
  IS(ffcrim(f, 8, 0, NULL, &status), 0);
  for (int i = 0; i < 4; i++) {
    char extname[2] = {(char)('a' + i), '\0'};
    IS(ffcrtb(f, BINARY_TBL, 0, 1, ttype, tform, NULL, extname, &status), 0);
  }
  IS(ffgtcr(f, (char *)"inner", GT_ID_ALL_URI, &status), 0);
  IS(ffgtam(f, NULL, 2, &status), 0);
  IS(ffgtam(f, NULL, 3, &status), 0);
  IS(ffgtcr(f, (char *)"outer", GT_ID_ALL_URI, &status), 0);
  IS(ffgtam(f, NULL, 4, &status), 0);
  IS(ffgtam(f, NULL, 6, &status), 0);
  IS(ffgtam(f, NULL, 3, &status), 0);
  return f;
}

/* Returns the names of all HDUs behind the primary array, one letter each; G for a group. */
static const char *names(fitsfile *f) {
  static char text[100];
  int count = 0, n = 0, position = 0;
  ffghdn(f, &position);
  IS(ffthdu(f, &count, &status), 0);
  for (int i = 2; i <= count && i < 90; i++) {
    char name[FLEN_VALUE] = "?";
    IS(ffmahd(f, i, NULL, &status), 0);
    ffgkys(f, "EXTNAME", name, NULL, &status);
    status = 0;
    text[n++] = name[0];
  }
  text[n] = '\0';
  IS(ffmahd(f, position, NULL, &status), 0);
  ffcmsg();
  return text;
}

static long members(fitsfile *f, int hdu) {
  long n = -1;
  IS(ffmahd(f, hdu, NULL, &status), 0);
  ffgtnm(f, &n, &status);
  status = 0;
  return n;
}

static void deleting(void) {
  long n = 0;
  fitsfile *f = create("!all.fits");
  IS(ffmahd(f, 6, NULL, &status), 0);
  IS(ffgtrm(f, OPT_RM_ALL, &status), 0);
  EXPECT(strcmp(names(f), "cdG") == 0);
  EXPECT(members(f, 4) == 1);
  IS(ffclos(f, &status), 0);
  f = create("!all.fits");
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgtrm(f, OPT_RM_ALL, &status), 0);
  EXPECT(strcmp(names(f), "d") == 0);
  IS(ffclos(f, &status), 0);
  f = create("!member.fits");
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgmrm(f, 3, OPT_RM_MBR, &status), 0); /* b, of both groups */
  EXPECT(f->HDUposition == 5);
  EXPECT(strcmp(names(f), "acdGG") == 0);
  IS(ffgtnm(f, &n, &status), 0);
  EXPECT(n == 2);
  EXPECT(members(f, 5) == 1);
  IS(ffgmrm(f, 1, OPT_RM_MBR, &status), 0);
  EXPECT(strcmp(names(f), "cdGG") == 0);
  IS(ffgmrm(f, 1, OPT_RM_MBR, &status), BAD_ROW_NUM);
  IS(ffclos(f, &status), 0);
}

static void merging(void) {
  fitsfile *f = create("!merge.fits"), *g = NULL;
  long failed = 9;
  IS(ffreopen(f, &g, &status), 0);
  IS(ffmahd(g, 6, NULL, &status), 0);
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgtmg(g, f, OPT_MRG_MOV, &status), 0);
  EXPECT(strcmp(names(f), "abcdG") == 0);
  EXPECT(members(f, 6) == 3);
  IS(ffgtvf(f, &failed, &status), 0);
  EXPECT(failed == 0);
  IS(ffgtmg(f, f, OPT_MRG_COPY, &status), IDENTICAL_POINTERS);
  IS(ffgtcp(f, f, OPT_GCP_ALL, &status), IDENTICAL_POINTERS);
  IS(ffclos(g, &status), 0);
  IS(ffclos(f, &status), 0);
  f = create("!compact.fits");
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgtcm(f, OPT_CMT_MBR_DEL, &status), 0);
  EXPECT(strcmp(names(f), "abcdG") == 0);
  EXPECT(members(f, 6) == 3);
  IS(ffclos(f, &status), 0);
}

/* Groups that are members of each other, and of themselves. */
static void circles(void) {
  fitsfile *f = create("!circle.fits"), *out = NULL, *m = NULL;
  IS(ffmahd(f, 6, NULL, &status), 0);
  IS(ffgtam(f, NULL, 7, &status), 0);
  IS(ffgtam(f, NULL, 6, &status), 0);
  IS(ffinit(&out, "!copied.fits", &status), 0);
  IS(ffcrim(out, 8, 0, NULL, &status), 0);
  IS(ffgtcp(f, out, OPT_GCP_ALL, &status), 0);
  EXPECT(strcmp(names(out), "GabGc") == 0);
  IS(ffclos(out, &status), 0);
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgtcm(f, OPT_CMT_MBR, &status), 0);
  IS(ffmahd(f, 6, NULL, &status), 0);
  IS(ffgmop(f, 9, &m, &status), BAD_ROW_NUM);
  EXPECT(m == NULL);
  IS(ffgtrm(f, OPT_RM_ALL, &status), 0);
  EXPECT(strcmp(names(f), "d") == 0);
  IS(ffclos(f, &status), 0);
}

/* Tries all that reads a group on each HDU. */
static void use(fitsfile *f) {
  int count = 0;
  long n = 0, failed = 0;
  ffthdu(f, &count, &status);
  for (int i = 1; i <= count; i++) {
    status = 0;
    ffmahd(f, i, NULL, &status);
    ffgtnm(f, &n, &status);
    status = 0;
    ffgtvf(f, &failed, &status);
    status = 0;
    ffgmng(f, &n, &status);
    for (int k = -1; k < 5; k++) {
      fitsfile *m = NULL;
      status = 0;
      if (ffgmop(f, k, &m, &status) <= 0)
        ffclos(m, &status);
      status = 0;
      if (ffgtop(f, k, &m, &status) <= 0)
        ffclos(m, &status);
    }
    status = 0;
    ffgtam(f, NULL, 2, &status);
    status = 0;
    ffgmrm(f, 1, OPT_RM_ENTRY, &status);
    status = 0;
    ffgtcm(f, OPT_CMT_MBR, &status);
    status = 0;
    ffgtch(f, i % 4, &status);
  }
  status = 0;
  ffcmsg();
}

static void damaged(void) {
  const char *const forms[] = {"1J", "0A", "1D", "300A", "3J", "1PJ", "20A5", "1X"};
  char *columns[] = {"MEMBER_XTENSION", "MEMBER_NAME",     "MEMBER_VERSION",
                     "MEMBER_POSITION", "MEMBER_LOCATION", "MEMBER_URI_TYPE"};
  for (unsigned i = 0; i < 64; i++) {
    fitsfile *f = create("!damaged.fits");
    char *types[6];
    for (unsigned k = 0; k < 6; k++)
      types[k] = (char *)forms[(i + k * (1 + i % 7)) % 8];
    IS(ffcrtb(f, BINARY_TBL, 3, 6, columns, types, NULL, "GROUPING", &status), 0);
    IS(ffpkyj(f, "EXTVER", i % 3 ? 3 : LONG_MAX, NULL, &status), 0);
    use(f);
    IS(ffmahd(f, 6, NULL, &status), 0);
    long positions[2] = {i % 2 ? LONG_MAX / 2 : -5, INT_MIN};
    ffpclj(f, 4, 1, 1, 2, positions, &status);
    status = 0;
    IS(ffmahd(f, 2, NULL, &status), 0);
    IS(ffpkyj(f, "GRPID7", i % 2 ? LONG_MIN : LONG_MAX, NULL, &status), 0);
    IS(ffpkys(f, "GRPID9", "text", NULL, &status), 0);
    IS(ffpkyj(f, "GRPID11", -1, NULL, &status), 0);
    IS(ffpkls(f, "GRPLC11", i % 2 ? "../../../../../../../../../../../../../../nothing%zz%2" : "http://[", NULL,
              &status),
       0);
    use(f);
    IS(ffclos(f, &status), 0);
  }
}

/* A member in a file that may not be written. */
static void read_only(void) {
  fitsfile *f = create("!group.fits"), *m = NULL, *g = NULL;
  long n = 0;
  IS(ffinit(&m, "!readonly.fits", &status), 0);
  IS(ffcrim(m, 8, 0, NULL, &status), 0);
  IS(ffclos(m, &status), 0);
  IS(ffopen(&m, "readonly.fits", READONLY, &status), 0);
  IS(ffmahd(f, 7, NULL, &status), 0);
  IS(ffgtam(f, m, 0, &status), 0);
  EXPECT(members(f, 7) == 4);
  IS(ffclos(m, &status), 0);
  IS(ffclos(f, &status), 0);
  IS(ffopen(&g, "group.fits", READONLY, &status), 0);
  IS(ffmahd(g, 7, NULL, &status), 0);
  IS(ffgtnm(g, &n, &status), 0);
  IS(ffgtam(g, NULL, 2, &status), READONLY_FILE);
  IS(ffgmrm(g, 1, OPT_RM_ENTRY, &status), READONLY_FILE);
  IS(ffgtch(g, GT_ID_REF, &status), READONLY_FILE);
  IS(ffclos(g, &status), 0);
}

int main(void) {
  deleting();
  merging();
  circles();
  read_only();
  damaged();
  return failures > 0;
}
