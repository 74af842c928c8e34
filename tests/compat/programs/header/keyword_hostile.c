/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What CFITSIO does not survive: NULL arguments, long names and values, random ones. Runs on the layer alone. Fails if
 * a card has more than 80 characters or a header loses its end; the sanitizers see the rest.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static unsigned seed = 1;

static unsigned next(unsigned n) {
  seed = seed * 1103515245u + 12345u;
  return (seed >> 8) % n;
}

/* Makes a string of at most `most` characters. */
static char *make(char *text, unsigned most) {
  static const char letters[] = "ABCDEFXYZ0129-_ '&=/[]\"abc.*?#\t\n\xe9HIERARCH ";
  unsigned n = next(4) == 0 ? next(most + 1) : next(most < 20 ? most + 1 : 20);
  if (next(8) == 0)
    n = most;
  for (unsigned i = 0; i < n; i++)
    text[i] = letters[next(sizeof letters - 1)];
  text[n] = '\0';
  return text;
}

static int failures;

static void check(fitsfile *f) {
  char card[FLEN_CARD];
  int cards = 0, room = 0, status = 0;
  ffghsp(f, &cards, &room, &status);
  if (status > 0 || cards < 0 || cards > 100000)
    failures++;
  for (int i = 1; i <= cards; i++) {
    memset(card, 'x', sizeof card);
    if (ffgrec(f, i, card, &status) > 0 || memchr(card, '\0', sizeof card) == NULL)
      failures++;
  }
}

/* Calls a function that is chosen by a number. */
static void call(fitsfile *f, char *name, char *value, char *comment) {
  int status = 0, number = (int)next(40) - 2;
  double d[2] = {next(1000) / 7.0, -1e300};
  float e[2] = {1.5F, 3e38F};
  char *list[] = {value, comment, name}, *comments[] = {comment, name, value};
  long axes[] = {(long)next(5) - 1, 2, 3};
  switch (next(40)) {
  case 0:
    ffpkys(f, name, value, comment, &status);
    break;
  case 1:
    ffpkls(f, name, value, comment, &status);
    break;
  case 2:
    ffukls(f, name, value, comment, &status);
    break;
  case 3:
    ffmkls(f, name, value, comment, &status);
    break;
  case 4:
    ffikls(f, name, value, comment, &status);
    break;
  case 5:
    ffukys(f, name, value, comment, &status);
    break;
  case 6:
    ffmkys(f, name, value, comment, &status);
    break;
  case 7:
    ffikys(f, name, value, comment, &status);
    break;
  case 8:
    ffpkyj(f, name, number, comment, &status);
    break;
  case 9:
    ffukyj(f, name, number, comment, &status);
    break;
  case 10:
    ffpkyd(f, name, d[0], number * 5, comment, &status);
    break;
  case 11:
    ffukyg(f, name, d[1], number, comment, &status);
    break;
  case 12:
    ffpkyc(f, name, e, number, comment, &status);
    break;
  case 13:
    ffpkfm(f, name, d, number, comment, &status);
    break;
  case 14:
    ffprec(f, value, &status);
    break;
  case 15:
    ffirec(f, number, value, &status);
    break;
  case 16:
    ffmrec(f, number, value, &status);
    break;
  case 17:
    ffmcrd(f, name, value, &status);
    break;
  case 18:
    ffucrd(f, name, value, &status);
    break;
  case 19:
    ffmnam(f, name, comment, &status);
    break;
  case 20:
    ffmcom(f, name, comment, &status);
    break;
  case 21:
    ffpunt(f, name, value, &status);
    break;
  case 22:
    ffdkey(f, name, &status);
    break;
  case 23:
    ffdstr(f, name, &status);
    break;
  case 24:
    ffdrec(f, number, &status);
    break;
  case 25:
    ffpcom(f, value, &status);
    break;
  case 26:
    ffphis(f, value, &status);
    break;
  case 27:
    ffpkns(f, name, number, 3, list, comments, &status);
    break;
  case 28:
    ffpknd(f, name, number, 2, d, number, comments, &status);
    break;
  case 29:
    ffikey(f, value, &status);
    break;
  case 30:
    ffpkyt(f, name, number, d[0] / 200, comment, &status);
    break;
  case 31:
    ffcpky(f, f, number, number + 1, name, &status);
    break;
  case 32:
    ffptdm(f, number, 3, axes, &status);
    break;
  case 33:
    ffphps(f, 8, 3, axes, &status);
    break;
  case 34:
    ffphext(f, name, number, 3, axes, number, number, &status);
    break;
  case 35:
    ffphbn(f, number, 3, list, comments, list, name, 0, &status);
    break;
  case 36:
    ffphtb(f, number, number, 3, list, axes, comments, list, name, &status);
    break;
  case 37:
    ffpkyu(f, name, comment, &status);
    break;
  case 38:
    ffmaky(f, number, &status);
    break;
  default:
    ffplsw(f, &status);
    break;
  }
}

static void random_calls(void) {
  char name[300], value[3000], comment[300];
  fitsfile *f;
  for (int round = 0; round < 60; round++) {
    int status = 0;
    ffinit(&f, "mem://", &status);
    if (round % 3 != 0)
      ffphps(f, 8, 0, NULL, &status);
    for (int i = 0; i < 120; i++) {
      make(name, next(5) == 0 ? sizeof name - 1 : 9);
      make(value, next(20) == 0 ? sizeof value - 1 : 120);
      make(comment, next(5) == 0 ? sizeof comment - 1 : 50);
      if (next(3) == 0)
        (void)snprintf(name, sizeof name, "KEY%u", next(9));
      call(f, name, value, comment);
    }
    check(f);
    status = 0;
    ffclos(f, &status);
    ffcmsg();
  }
}

/* Each call must fail: a status above 0 that is returned. */
#define REFUSED(call)                                                                                                  \
  do {                                                                                                                 \
    int status = 0;                                                                                                    \
    if ((call) <= 0 || status <= 0) {                                                                                  \
      printf("not refused: %s\n", #call);                                                                              \
      failures++;                                                                                                      \
    }                                                                                                                  \
  } while (0)

static void null_arguments(void) {
  fitsfile *f, *none = NULL;
  int good = 0;
  char text[FLEN_VALUE] = "1";
  ffinit(&f, "mem://", &good);
  ffphps(f, 8, 0, NULL, &good);
  REFUSED(ffpkyj(none, "A", 1, NULL, &status));
  REFUSED(ffpkyj(f, NULL, 1, NULL, &status));
  REFUSED(ffukyj(f, NULL, 1, NULL, &status));
  REFUSED(ffikyj(f, NULL, 1, NULL, &status));
  REFUSED(ffpkys(f, "A", NULL, NULL, &status));
  REFUSED(ffpkls(f, "A", NULL, NULL, &status));
  REFUSED(ffpkls(f, NULL, "a", NULL, &status));
  REFUSED(ffukls(f, NULL, "a", NULL, &status));
  REFUSED(ffpkyc(f, "A", NULL, 1, NULL, &status));
  REFUSED(ffpkfm(f, "A", NULL, 1, NULL, &status));
  REFUSED(ffpky(f, TINT, "A", NULL, NULL, &status));
  REFUSED(ffuky(none, TINT, "A", &good, NULL, &status));
  REFUSED(ffprec(f, NULL, &status));
  REFUSED(ffpcom(f, NULL, &status));
  REFUSED(ffphis(none, "a", &status));
  REFUSED(ffmrec(f, 1, NULL, &status));
  REFUSED(ffirec(f, 1, NULL, &status));
  REFUSED(ffikey(f, NULL, &status));
  REFUSED(ffmcrd(f, NULL, "A", &status));
  REFUSED(ffmcrd(f, "SIMPLE", NULL, &status));
  REFUSED(ffmnam(f, "SIMPLE", NULL, &status));
  REFUSED(ffmnam(f, NULL, "A", &status));
  REFUSED(ffmcom(f, NULL, "A", &status));
  REFUSED(ffpunt(f, "SIMPLE", NULL, &status));
  REFUSED(ffdkey(f, NULL, &status));
  REFUSED(ffdstr(f, NULL, &status));
  REFUSED(ffpkns(f, "A", 1, 2, NULL, NULL, &status));
  REFUSED(ffpknj(f, NULL, 1, 2, NULL, NULL, &status));
  REFUSED(ffptdm(f, 1, 3, NULL, &status));
  REFUSED(ffcpky(none, f, 1, 2, text, &status));
  REFUSED(ffcpky(f, f, 1, 2, NULL, &status));
  REFUSED(ffpktp(f, NULL, &status));
  REFUSED(ffphps(f, 8, 0, NULL, &status)); /* has cards */
  REFUSED(ffphps(none, 8, 0, NULL, &status));
  REFUSED(ffphbn(none, 0, 0, NULL, NULL, NULL, NULL, 0, &status));
  REFUSED(ffmkky(NULL, text, NULL, text, &status));
  REFUSED(ffpkyj(f, "THIS KEYWORD IS SO LONG THAT NO CARD HAS ROOM FOR IT, NOT EVEN WITH HIERARCH", 1, NULL, &status));
  REFUSED(ffpkyd(f, "A", 1.0, 1000000, NULL, &status));
  REFUSED(ffpkyd(f, "A", 1.0, -1000000, NULL, &status));
  REFUSED(ffpkyg(f, "A", 1e300, 5, NULL, &status));
  if (ffpkyj(f, "A", 1, NULL, NULL) <= 0)
    failures++;
  check(f);
  ffclos(f, &good);
  ffinit(&f, "mem://", &good);
  REFUSED(ffphps(f, 8, 2, NULL, &status));
  REFUSED(ffphbn(f, 0, 2, NULL, NULL, NULL, NULL, 0, &status));
  REFUSED(ffphtb(f, 0, 0, 2, NULL, NULL, NULL, NULL, NULL, &status));
  good = 0;
  ffclos(f, &good);
  ffcmsg();
}

int main(void) {
  null_arguments();
  random_calls();
  printf("%d failures\n", failures);
  return failures != 0;
}
