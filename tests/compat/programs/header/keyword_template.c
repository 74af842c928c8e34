/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Keywords from a template file, dimensions of columns, copied keywords.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static int status;
static int from = 7; /* the first card that is printed */

static void show(fitsfile *f, int first, const char *what) {
  int cards = 0, room = 0, here = 0, zero = 0, n = 0;
  char card[FLEN_CARD], message[FLEN_ERRMSG];
  fits_get_hdrpos(f, &n, &here, &zero);
  fits_get_hdrspace(f, &cards, &room, &zero);
  printf("%.60s: status %d, %d cards, room %d\n", what, status, cards, room);
  for (int i = first; i <= cards; i++) {
    zero = 0;
    ffgrec(f, i, card, &zero);
    printf("  %3d [%s]\n", i, card);
  }
  while (fits_read_errmsg(message))
    ;
  status = 0;
}

#define SHOW(f, call) ((void)(call), show(f, from, #call))

static void write_template(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  if (file != NULL) {
    (void)fputs(text, file);
    (void)fclose(file);
  }
}

static void templates(void) {
  static const char *const texts[] = {
      "NEW = 5 / comment\nlower = 'text' / a string\nLOGICAL = T\nFLOAT 1.5 with a comment\nOBJECT NGC 1234\n",
      "- OLD\n-NONE\n",
      "COMMENT a comment\nHISTORY a history\n        blank keyword\n\nCOMMENT\n",
      "OLD = 6 / updated\nOLD2 = 7\n",
      "NAME 'it''s' / quoted\nLONG = 'a string of a template that is longer than a card can hold, so that something "
      "must "
      "happen to it' / comment\n",
      "BEFORE = 1\nEND\nAFTER = 2\n",
      "BAD KEY = 1\n",
      "a very long keyword = 5 / hierarch\nHIERARCH ESO DET ID = 7 / hierarch\n",
      "NOEND = 1\n",
      "CRLF = 1 / comment\r\nCRLF2 = 'text'\r\n",
      "TAB\t= 1\nEXP = 1.5D10\nCPLX = (1, 2)\nHEX = 0x10\n",
      "TTYPE# = 5\n",
  };
  fitsfile *f;
  for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++) {
    char name[40];
    printf("template %d\n", i);
    (void)snprintf(name, sizeof name, "template%d.txt", i);
    write_template(name, texts[i]);
    ffinit(&f, "!template.fits", &status);
    ffphps(f, 8, 0, NULL, &status);
    ffpkyj(f, "OLD", 1, "old comment", &status);
    ffpkyj(f, "OLD2", 2, "old comment", &status);
    SHOW(f, ffpktp(f, name, &status));
    if (i == 0)
      SHOW(f, ffpktp(f, "absent.txt", &status));
    ffclos(f, &status);
    status = 0;
  }
}

static void dimensions(void) {
  char *ttype[] = {"A", "B", "C", "D", "E"}, *tform[] = {"12J", "24A", "5E", "1PE(12)", "12X"};
  long axes[] = {3, 2, 2}, negative[] = {3, -2}, many[500];
  LONGLONG big[] = {4, 6, 1};
  fitsfile *f;
  ffinit(&f, "dimensions.fits", &status);
  from = 20;
  ffphps(f, 8, 0, NULL, &status);
  ffcrhd(f, &status);
  ffphbn(f, 2, 5, ttype, tform, NULL, "TABLE", 0, &status);
  ffrdef(f, &status);
  show(f, 1, "table");
  SHOW(f, ffptdm(f, 1, 3, axes, &status));
  SHOW(f, ffptdmll(f, 2, 2, big, &status));
  SHOW(f, ffptdm(f, 3, 3, axes, &status));
  SHOW(f, ffptdm(f, 4, 3, axes, &status));
  SHOW(f, ffptdm(f, 5, 3, axes, &status));
  SHOW(f, ffptdm(f, 0, 3, axes, &status));
  SHOW(f, ffptdm(f, 6, 3, axes, &status));
  SHOW(f, ffptdm(f, 1000, 3, axes, &status));
  SHOW(f, ffptdm(f, 1, 0, axes, &status));
  SHOW(f, ffptdm(f, 1, 2, negative, &status));
  for (int i = 0; i < 500; i++)
    many[i] = 1;
  many[0] = 12;
  SHOW(f, ffptdm(f, 1, 20, many, &status));
  SHOW(f, ffptdm(f, 1, 200, many, &status));
  ffclos(f, &status);
  status = 0;
}

static void copies(void) {
  fitsfile *f, *g;
  char root[] = "TUNIT", none[] = "TNONE", lower[] = "tunit";
  from = 7;
  ffinit(&f, "from.fits", &status);
  ffinit(&g, "to.fits", &status);
  ffphps(f, 8, 0, NULL, &status);
  ffphps(g, 8, 0, NULL, &status);
  ffpkys(f, "TUNIT1", "it's m", "unit 1", &status);
  ffpkys(f, "TUNIT12", "km", "unit 12", &status);
  ffpkyj(f, "TUNIT3", 3, NULL, &status);
  SHOW(g, ffcpky(f, g, 1, 2, root, &status));
  SHOW(g, ffcpky(f, g, 12, 3, root, &status));
  SHOW(g, ffcpky(f, g, 3, 999, root, &status));
  SHOW(g, ffcpky(f, g, 4, 5, root, &status));
  SHOW(g, ffcpky(f, g, 4, 5, none, &status));
  SHOW(g, ffcpky(f, g, 1, 7, lower, &status));
  SHOW(f, ffcpky(f, f, 1, 5, root, &status));
  ffclos(f, &status);
  ffclos(g, &status);
  printf("%d\n", status);
  status = 0;
}

static void dates(void) {
  fitsfile *f;
  char value[FLEN_VALUE], comment[FLEN_COMMENT], card[FLEN_CARD];
  ffinit(&f, "mem://", &status);
  ffphps(f, 8, 0, NULL, &status);
  for (int i = 0; i < 2; i++) {
    ffpdat(f, &status);
    ffgkey(f, "DATE", value, comment, &status);
    ffgrec(f, 0, card, &status);
    for (char *c = value; *c != '\0'; c++)
      if (*c >= '0' && *c <= '9')
        *c = '0';
    printf("%d %s %s\n", status, value, comment);
  }
  ffdkey(f, "DATE", &status);
  show(f, 1, "no date");
  ffclos(f, &status);
}

int main(void) {
  templates();
  dimensions();
  copies();
  dates();
  return 0;
}
