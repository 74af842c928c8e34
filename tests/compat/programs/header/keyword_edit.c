/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords that are modified, updated, inserted, deleted; the position in the header after each call.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static fitsfile *f;
static int status;
static char shown[400][FLEN_CARD];

/* Prints a status, the position, and the cards that are not as they were. */
static void show(const char *what) {
  int cards = 0, room = 0, here = 0, zero = 0, n = 0;
  char card[FLEN_CARD], message[FLEN_ERRMSG];
  fits_get_hdrpos(f, &n, &here, &zero);
  fits_get_hdrspace(f, &cards, &room, &zero);
  printf("%.60s: status %d, %d cards, room %d, position %d\n", what, status, cards, room, here);
  for (int i = 1; i <= cards && i < 400; i++) {
    zero = 0;
    ffgrec(f, i, card, &zero);
    if (strcmp(card, shown[i]) != 0)
      printf("  %3d [%s]\n", i, card);
    (void)snprintf(shown[i], FLEN_CARD, "%s", card);
  }
  zero = 0;
  ffmaky(f, here, &zero);
  while (fits_read_errmsg(message))
    ;
  status = 0;
}

#define SHOW(call) ((void)(call), show(#call))

static const char longer[] = "a string that needs more than one card because it is longer than the sixty-eight "
                             "characters of a card, by some";

static void fill(void) {
  ffphps(f, 8, 0, NULL, &status);
  ffpkyj(f, "AA", 1, "first", &status);
  ffpkyj(f, "BB", 2, "[m] second", &status);
  ffpkys(f, "CC", "it's", "third", &status);
  ffpkls(f, "DD", longer, "fourth", &status);
  ffpkyj(f, "AA", 3, "fifth", &status);
  ffpcom(f, "comment", &status);
  ffpkyj(f, "ESO DET X", 1, "sixth", &status);
  ffpkls(f, "EE", longer, "seventh", &status);
  ffpkyd(f, "FF", 1.5, 3, NULL, &status);
  ffphis(f, "history", &status);
  ffprec(f, "NOVALUE", &status);
  ffprec(f, "BADSTR  = 'no quote at the end", &status);
  ffprec(f, "NEXT    = 5 / behind the bad one", &status);
  ffmaky(f, 1, &status);
  show("begin");
}

static void modify(void) {
  float e[2] = {1, -2.5F};
  double d[2] = {1, -2.5};
  SHOW(ffmkyj(f, "AA", 11, NULL, &status));
  SHOW(ffmkyj(f, "AA", 12, "&", &status));
  SHOW(ffmkyj(f, "AA", 13, "", &status));
  SHOW(ffmkyj(f, "AA", 14, "&x", &status));
  SHOW(ffmkyj(f, "aa", 15, "new", &status));
  SHOW(ffmkyj(f, "BB", 15, "new", &status));
  SHOW(ffmkyj(f, "B*", 16, "&", &status));
  SHOW(ffmkyj(f, "NONE", 16, "&", &status));
  SHOW(ffmkyj(f, "ESO DET X", 2, "&", &status));
  SHOW(ffmkyj(f, "HIERARCH ESO DET X", 3, "&", &status));
  SHOW(ffmkyj(f, "eso det x", 4, "&", &status));
  SHOW(ffmkyl(f, "BB", 1, "&", &status));
  SHOW(ffmkyf(f, "BB", 1.25F, 3, NULL, &status));
  SHOW(ffmkye(f, "BB", 1.25F, 3, "float", &status));
  SHOW(ffmkyg(f, "BB", 1.25, -3, "float", &status));
  SHOW(ffmkyg(f, "BB", 1.25, 3, "float", &status));
  SHOW(ffmkyd(f, "BB", 1.25, -3, "&", &status));
  SHOW(ffmkyc(f, "BB", e, 3, "&", &status));
  SHOW(ffmkym(f, "BB", d, 3, "&", &status));
  SHOW(ffmkfc(f, "BB", e, 3, "&", &status));
  SHOW(ffmkfm(f, "BB", d, 3, "&", &status));
  SHOW(ffmkyu(f, "BB", "&", &status));
  SHOW(ffmkys(f, "BB", "a string", "&", &status));
  SHOW(ffmkys(f, "NOVALUE", "a string", "&", &status));
  SHOW(ffmkyj(f, "BADSTR", 5, "&", &status));
  SHOW(ffmkyj(f, "BADSTR", 5, "new", &status));
  SHOW(ffmkyj(f, "COMMENT", 5, "&", &status));
}

static void modify_long(void) {
  SHOW(ffmkys(f, "DD", "short", "&", &status));
  SHOW(ffmkls(f, "DD", longer, "&", &status));
  SHOW(ffmkls(f, "DD", longer, "new comment", &status));
  SHOW(ffmkls(f, "DD", "short", NULL, &status));
  SHOW(ffmkls(f, "DD", longer, "new comment", &status));
  SHOW(ffmkls(f, "DD", longer + 2, NULL, &status));
  SHOW(ffmkls(f, "DD", longer + 30, "&", &status));
  SHOW(ffmkls(f, "DD", longer, "new comment", &status));
  SHOW(ffmkyj(f, "EE", 5, "&", &status));
  SHOW(ffmkls(f, "EE", longer, "again", &status));
  SHOW(ffmkls(f, "EE", "it's short", "again", &status));
  SHOW(ffmkls(f, "NONE", longer, "again", &status));
  SHOW(ffukls(f, "NEWLONG", longer, "a new one", &status));
  SHOW(ffukls(f, "NEWLONG", longer + 5, "&", &status));
  SHOW(ffukls(f, "NEWSHORT", "short", NULL, &status));
  SHOW(ffmkls(f, "HIERARCH ESO DET X", longer, "&", &status));
  SHOW(ffmcrd(f, "DD", "DD      = 'short string' / other", &status));
  SHOW(ffmcom(f, "NEWLONG", "comment of a long string", &status));
  SHOW(ffmnam(f, "NEWLONG", "OLDLONG", &status));
  SHOW(ffpunt(f, "OLDLONG", "km", &status));
}

static void update(void) {
  float e[2] = {1, -2.5F};
  double d[2] = {1, -2.5};
  int five = 5;
  SHOW(ffukyj(f, "NEW", 5, "&", &status));
  SHOW(ffukyj(f, "NEW", 6, NULL, &status));
  SHOW(ffukyj(f, "new2", 6, NULL, &status));
  SHOW(ffukyl(f, "NEW", 0, "logical", &status));
  SHOW(ffukyf(f, "NEW", 1.5F, 2, "&", &status));
  SHOW(ffukye(f, "NEW", 1.5F, 2, "&", &status));
  SHOW(ffukyg(f, "NEW", 1.5, 2, "&", &status));
  SHOW(ffukyd(f, "NEW", 1.5, -2, "&", &status));
  SHOW(ffukyc(f, "NEW", e, -2, "&", &status));
  SHOW(ffukym(f, "NEW", d, -2, "&", &status));
  SHOW(ffukfc(f, "NEW", e, 2, "&", &status));
  SHOW(ffukfm(f, "NEW", d, 2, "&", &status));
  SHOW(ffukyu(f, "NEW", "&", &status));
  SHOW(ffukys(f, "NEW", "text", "&", &status));
  SHOW(ffuky(f, TINT, "NEW", &five, "integer", &status));
  SHOW(ffuky(f, TINT, "NEW3", &five, "integer", &status));
  SHOW(ffuky(f, TSTRING, "NEW3", "string", NULL, &status));
  SHOW(ffuky(f, TDBLCOMPLEX, "NEW3", d, NULL, &status));
  SHOW(ffuky(f, 99, "NEW3", &five, "integer", &status));
  SHOW(ffukyj(f, "bad=key", 5, "&", &status));
  SHOW(ffucrd(f, "NEW3", "NEWER   = 5", &status));
  SHOW(ffucrd(f, "NEW3", "NEW3    = 5", &status));
  SHOW(ffmcrd(f, "NONE", "NEW3    = 5", &status));
  SHOW(ffmcrd(f, "NEW?", "NEWEST  = 5", &status));
  SHOW(ffmcrd(f, "N*ST", "comment now = lower", &status));
}

static void insert(void) {
  float e[2] = {1, -2.5F};
  double d[2] = {1, -2.5};
  ffmaky(f, 8, &status);
  SHOW(ffikyj(f, "INS1", 4, "inserted", &status));
  SHOW(ffikyl(f, "INS2", 4, NULL, &status));
  SHOW(ffikyf(f, "INS3", 1.5F, 3, "&", &status));
  SHOW(ffikye(f, "INS4", 1.5F, 3, "", &status));
  SHOW(ffikyg(f, "INS5", 1.5, 3, "", &status));
  SHOW(ffikyd(f, "INS6", 1.5, -3, "", &status));
  SHOW(ffikyc(f, "INS7", e, 3, "", &status));
  SHOW(ffikym(f, "INS8", d, 3, "", &status));
  SHOW(ffikfc(f, "INS9", e, 3, "", &status));
  SHOW(ffikfm(f, "INS10", d, 3, "", &status));
  SHOW(ffikyu(f, "INS11", "undefined", &status));
  SHOW(ffikys(f, "INS12", "it's", "string", &status));
  SHOW(ffikls(f, "INS13", longer, "long string", &status));
  SHOW(ffikls(f, "INS14", "short", "long string", &status));
  SHOW(ffikey(f, "INS15   = 5", &status));
  SHOW(ffikey(f, "lower   = 'low", &status));
  SHOW(ffirec(f, 9, "REC     = 5", &status));
  SHOW(ffirec(f, 1, "FIRST   = 5", &status));
  SHOW(ffdrec(f, 1, &status));
  int cards = 0, room = 0;
  fits_get_hdrspace(f, &cards, &room, &status);
  SHOW(ffirec(f, cards + 1, "LAST    = 5", &status));
  SHOW(ffmrec(f, cards + 1, "LAST2   = 5", &status));
  SHOW(ffmrec(f, 9, "a=b", &status));
}

static void delete (void) {
  SHOW(ffdkey(f, "INS13", &status));
  SHOW(ffdkey(f, "INS?", &status));
  SHOW(ffdkey(f, "INS*", &status));
  ffmaky(f, 1, &status);
  SHOW(ffdkey(f, "INS*", &status));
  SHOW(ffdkey(f, "NOTHERE", &status));
  SHOW(ffdkey(f, "ins7", &status));
  SHOW(ffdkey(f, "eso det x", &status));
  SHOW(ffdkey(f, "COMMENT", &status));
  SHOW(ffdkey(f, "HISTORY", &status));
  ffmaky(f, 1, &status);
  SHOW(ffdstr(f, "it''s", &status));
  SHOW(ffdstr(f, "comm", &status));
  ffmaky(f, 20, &status);
  ffmaky(f, 1, &status);
  SHOW(ffdrec(f, 5, &status));
  SHOW(ffdrec(f, 0, &status));
  SHOW(ffdrec(f, -1, &status));
}

static void names(void) {
  SHOW(ffpkyj(f, "NN", 1, "to be named", &status));
  SHOW(ffmcom(f, "NN", "new one", &status));
  SHOW(ffmcom(f, "NN", "", &status));
  SHOW(ffmcom(f, "NN", "[unit] comment", &status));
  SHOW(ffmcom(f, "NOT", "starred", &status));
  SHOW(ffmnam(f, "NN", "ZZ", &status));
  SHOW(ffmnam(f, "ZZ", "LONG NAME", &status));
  SHOW(ffmnam(f, "LONG NAME", "zz", &status));
  SHOW(ffmnam(f, "ZZ", "bad=", &status));
  SHOW(ffmnam(f, "NONE", "YES", &status));
  SHOW(ffpunt(f, "ZZ", "km/s", &status));
  SHOW(ffpunt(f, "ZZ", "", &status));
  SHOW(ffpunt(f, "ZZ", "a/b", &status));
}

/* A header that fills a block, with data behind it. */
static void grow(void) {
  long axes[] = {10};
  short pixels[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  ffinit(&f, "grow.fits", &status);
  ffphps(f, 8, 0, NULL, &status);
  ffcrhd(f, &status);
  ffphps(f, 16, 1, axes, &status);
  ffppri(f, 1, 1, 10, pixels, &status);
  memset(shown, 0, sizeof shown);
  ffmaky(f, 5, &status);
  show("image");
  for (int i = 0; i < 70; i++) {
    char name[FLEN_KEYWORD];
    (void)snprintf(name, sizeof name, "KEY%d", i);
    if (i % 3 == 0)
      SHOW(ffikyj(f, name, i, NULL, &status));
    else
      SHOW(ffukyj(f, name, i, "grown", &status));
  }
  for (int i = 0; i < 70; i += 2) {
    char name[FLEN_KEYWORD];
    (void)snprintf(name, sizeof name, "KEY%d", i);
    SHOW(ffdkey(f, name, &status));
  }
}

int main(void) {
  ffinit(&f, "edit.fits", &status);
  fill();
  modify();
  modify_long();
  update();
  insert();
  delete ();
  names();
  ffclos(f, &status);
  status = 0;
  grow();
  ffclos(f, &status);
  printf("%d\n", status);
  return 0;
}
