/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Writing keywords at the end of a header: values of every type, names, comments, long strings.
 */
#include <fitsio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int status;
static int shown; /* cards of the header that were printed */
static char text[400];

/* Prints a status, the position in the header, and the cards that are new. */
static void show(fitsfile *f, const char *what) {
  int cards = 0, room = 0, here = 0, zero = 0, n = 0;
  char card[FLEN_CARD], message[FLEN_ERRMSG];
  fits_get_hdrspace(f, &cards, &room, &zero);
  fits_get_hdrpos(f, &n, &here, &zero);
  printf("%s: status %d, %d cards, room %d, position %d\n", what, status, cards, room, here);
  for (int i = shown + 1; i <= cards; i++) {
    zero = 0;
    ffgrec(f, i, card, &zero);
    printf("  %3d [%s]\n", i, card);
  }
  zero = 0;
  ffmaky(f, here, &zero);
  shown = cards;
  while (fits_read_errmsg(message))
    ;
  status = 0;
}

#define SHOW(call) ((void)(call), show(f, #call))

static const char *const names[] = {"A",
                                    "lower",
                                    "EIGHTLET",
                                    "NINELETTE",
                                    "HIERARCH ESO DET",
                                    "ESO DET CHIP1 ID",
                                    "hierarch eso det low",
                                    "TWO WORD",
                                    "BAD*KEY",
                                    "BAD KEY LONGER THAN EIGHT",
                                    "",
                                    " LEAD",
                                    "TRAIL  ",
                                    "A.B",
                                    "A-B_9",
                                    "TAB\tKEY",
                                    "\xe9t\xe9",
                                    "WITH=EQUAL",
                                    "W=EQ",
                                    "A KEYWORD NAME THAT IS LONG ENOUGH TO LEAVE LITTLE ROOM",
                                    "A KEYWORD NAME THAT IS LONG ENOUGH TO LEAVE ALMOST NO ROOM FOR A VALUE",
                                    "HIERARCH  TWO BLANKS",
                                    "HIERARCH",
                                    "HIERARCHY",
                                    "COMMENT",
                                    "CONTINUE",
                                    "ENDS"};
static const char *const comments[] = {NULL,
                                       "",
                                       "comment",
                                       "[unit] comment",
                                       "  two blanks before",
                                       "tab\tand \xe9",
                                       "a comment that is longer than the room that any card has for a comment of it"};
static const char *const strings[] = {
    "",
    "a",
    "eight ch",
    "nine char",
    "it's",
    "'",
    "''''''''''''''''''''''''''''''''''''''''",
    "trailing  ",
    "  leading",
    "slash / in it",
    "ampersand&",
    "&",
    "exactly eighteen..",
    "12345678901234567890123456789012345678901234567890123456789012345678",
    "123456789012345678901234567890123456789012345678901234567890123456789",
    "1234567890123456789012345678901234567890123456789012345678901234567&",
    "12345678901234567890123456789012345678901234567890123456789012345'78 and more text behind the quote",
    "a long string which needs several cards; it goes on, and on, and on, until there are some two hundred "
    "characters in it, with a quote ' and an ampersand & somewhere in the text, so that CONTINUE cards follow",
    "tab\tcontrol\x01 high\xe9"};
static const double numbers[] = {
    0,       1,   -1,  10,  0.1, 123456789, 1.0 / 3, 1e10,     1e15,      1e16, 1e20, 1e-5,  1e-4,  1e100, -2.5e-7,
    99999.5, 0.5, 1.5, 2.5, 1e7, 1234567,   1e-300,  9.999999, 0.0000999, -0.0, 3e38, 1e-40, 1e308, 65536, 12345.678};

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* Headers stay short: an image for each part. */
static void next_image(fitsfile *f) {
  ffcrim(f, 8, 0, NULL, &status);
  shown = 0;
}

static void write_names(fitsfile *f) {
  for (int i = 0; i < N(names); i++) {
    printf("name %d\n", i);
    if (i % 6 == 0)
      next_image(f);
    SHOW(ffpkyj(f, names[i], 42, "comment", &status));
    SHOW(ffpkys(f, names[i], "text", "comment", &status));
    SHOW(ffpkys(f, names[i], "a string of forty characters, more or ..", "and a long comment of forty characters",
                &status));
    SHOW(ffpkyu(f, names[i], "comment", &status));
    if (strncmp(names[i], "HIERARCH ", 9) == 0 || i < 3) /* CFITSIO loses text of others */
      SHOW(ffpkls(f, names[i], strings[17], "comment", &status));
  }
  for (int length = 8; length < 75; length++) { /* longer ones overrun CFITSIO */
    memset(text, 'X', sizeof text);
    text[length] = '\0';
    if (length % 8 == 0)
      next_image(f);
    SHOW(ffpkyj(f, text, 42, "comment", &status));
    SHOW(ffpkyd(f, text, 1.0 / 3, 15, "comment", &status));
    SHOW(ffpkys(f, text, "text", "comment", &status));
    SHOW(ffpkys(f, text, "a string of thirty characters.", NULL, &status));
    if (length < 10 || length > 60) /* CFITSIO loses text */
      continue;
    memcpy(text, "HIERARCH ", 9);
    SHOW(ffpkls(f, text, strings[17], "comment", &status));
  }
}

static void write_strings(fitsfile *f) {
  for (int i = 0; i < N(strings); i++) {
    next_image(f);
    for (int j = 0; j < N(comments); j++) {
      printf("string %d comment %d\n", i, j);
      SHOW(ffpkys(f, "STRING", strings[i], comments[j], &status));
      if (i == 6 && j == 6) /* CFITSIO writes cards without an end */
        continue;
      SHOW(ffpkls(f, "LONGSTR", strings[i], comments[j], &status));
      SHOW(ffpkls(f, "HIERARCH A LONG NAME", strings[i], comments[j], &status));
    }
  }
  for (int length = 60; length < 300; length += length < 150 ? 1 : 7) {
    if (length % 10 == 0)
      next_image(f);
    for (int i = 0; i < length; i++)
      text[i] = "abc def ghi jkl/mno"[i % 19];
    text[length] = '\0';
    SHOW(ffpkls(f, "LENGTH", text, length % 3 ? "comment" : NULL, &status));
    SHOW(ffpkys(f, "LENGTH", text, length % 3 ? "comment" : NULL, &status));
    for (int i = length % 7; i < length; i += 9)
      text[i] = '\'';
    SHOW(ffpkls(f, "QUOTES", text, length % 2 ? "a comment" : NULL, &status));
  }
  for (int length = 0; length < 140; length += length < 80 ? 1 : 13) {
    if (length % 10 == 0)
      next_image(f);
    memset(text, 'c', sizeof text);
    text[length] = '\0';
    SHOW(ffpkls(f, "COMMENTS", "short", text, &status));
    SHOW(ffpkls(f, "COMMENTS", strings[17], text, &status));
  }
}

static void write_numbers(fitsfile *f) {
  for (int i = 0; i < N(numbers); i++) {
    next_image(f);
    for (int decimals = -20; decimals <= 20; decimals += i < 4 ? 1 : i < 12 ? 3 : 7) {
      double pair[2] = {numbers[i], -numbers[(i + 1) % N(numbers)]};
      float fpair[2] = {(float)pair[0], (float)pair[1]};
      printf("number %d decimals %d\n", i, decimals);
      if (isfinite(fpair[0])) /* CFITSIO writes "inf" */
        SHOW(ffpkyf(f, "F", fpair[0], decimals, "fixed", &status));
      SHOW(ffpkye(f, "E", fpair[0], decimals, "float", &status));
      if (fabs(pair[0]) < 1e40) /* CFITSIO cuts the digits of longer ones */
        SHOW(ffpkyg(f, "G", pair[0], decimals, "fixed", &status));
      SHOW(ffpkyd(f, "D", pair[0], decimals, NULL, &status));
      if (fabs(pair[0]) < 1e30 && fabs(pair[1]) < 1e30) {
        SHOW(ffpkyc(f, "C", fpair, decimals, "complex", &status));
        SHOW(ffpkym(f, "M", pair, decimals, "complex", &status));
        SHOW(ffpkfc(f, "FC", fpair, decimals, "complex", &status));
        SHOW(ffpkfm(f, "FM", pair, decimals, "complex", &status));
      }
    }
  }
  static const double odd[] = {INFINITY, -INFINITY, NAN};
  for (int i = 0; i < N(odd); i++) {
    double pair[2] = {1, odd[i]};
    float fpair[2] = {1, (float)odd[i]};
    SHOW(ffpkye(f, "E", fpair[1], 3, "float", &status));
    SHOW(ffpkyd(f, "D", odd[i], -3, NULL, &status));
    SHOW(ffpkyc(f, "C", fpair, 3, "complex", &status));
    SHOW(ffpkym(f, "M", pair, 3, "complex", &status));
  }
  for (int i = 0; i < N(comments); i++) {
    SHOW(ffpkyj(f, "J", 9223372036854775807LL, comments[i], &status));
    SHOW(ffpkyj(f, "J", -9223372036854775807LL - 1, comments[i], &status));
    SHOW(ffpkyuj(f, "UJ", 18446744073709551615ULL, comments[i], &status));
    SHOW(ffpkyl(f, "L", i, comments[i], &status));
    SHOW(ffpkyl(f, "L", -5, comments[i], &status));
    SHOW(ffpkyu(f, "U", comments[i], &status));
  }
  static const double fractions[] = {0, 0.1, 0.123456789012345678, 0.9999999999999999, 1, 1.5, -0.1, -1.5, 1e-20};
  for (int i = 0; i < N(fractions); i++)
    SHOW(ffpkyt(f, "T", i * 1000 - 1000, fractions[i], "time", &status));
}

static void write_types(fitsfile *f) {
  static const int types[] = {TSTRING,   TLOGICAL,   TBYTE,  TSBYTE,  TUSHORT,  TSHORT,      TUINT, TINT, TULONG, TLONG,
                              TLONGLONG, TULONGLONG, TFLOAT, TDOUBLE, TCOMPLEX, TDBLCOMPLEX, TBIT,  0,    99,     -41};
  for (int i = 0; i < N(types); i++) {
    union {
      char c[100];
      double d[2];
      float e[2];
      long long j;
    } value;
    memset(&value, 0xff, sizeof value);
    if (types[i] == TSTRING)
      (void)snprintf(value.c, sizeof value, "%s", "string");
    if (types[i] == TFLOAT || types[i] == TCOMPLEX)
      value.e[0] = 1.0F / 3, value.e[1] = 1e10F;
    if (types[i] == TDOUBLE || types[i] == TDBLCOMPLEX)
      value.d[0] = 1.0 / 3, value.d[1] = 1e10;
    printf("type %d\n", types[i]);
    SHOW(ffpky(f, types[i], "TYPE", &value, "comment", &status));
    if (types[i] != TSTRING && types[i] != TFLOAT && types[i] != TCOMPLEX && types[i] != TDOUBLE &&
        types[i] != TDBLCOMPLEX) {
      value.j = 0x4142434445464748;
      SHOW(ffpky(f, types[i], "TYPE", &value, NULL, &status));
    }
  }
  SHOW(ffpky(f, TSTRING, "LONGTYPE", (void *)strings[17], "comment", &status));
}

static void write_arrays(fitsfile *f) {
  char *str[] = {"one", "two's", "", "a string of twenty c"};
  char *comm[] = {"first", "second", "third", "fourth"};
  char *same[] = {"all&", "x", "x", "x"};
  char *amp[] = {"&", "x", "x", "x"};
  int l[] = {0, 1, 2, -1};
  long j[] = {0, 1, -5, 2147483648L};
  LONGLONG jj[] = {0, 1, -5, 2147483648LL};
  float e[] = {0, 1, -5.5F, 1e10F};
  double d[] = {0, 1, -5.5, 1e10};
  char **all[] = {comm, same, amp, NULL};
  for (int i = 0; i < N(all); i++) {
    SHOW(ffpkns(f, "NS", 1, 4, str, all[i], &status));
    SHOW(ffpknl(f, "NL", 99, 4, l, all[i], &status));
    SHOW(ffpknj(f, "NJ", 1, 4, j, all[i], &status));
    SHOW(ffpknjj(f, "NJJ", 1, 4, jj, all[i], &status));
    SHOW(ffpknf(f, "NF", 1, 4, e, 3, all[i], &status));
    SHOW(ffpkne(f, "NE", 1, 4, e, 3, all[i], &status));
    SHOW(ffpkng(f, "NG", 1, 4, d, 3, all[i], &status));
    SHOW(ffpknd(f, "ND", 1, 4, d, -3, all[i], &status));
  }
  SHOW(ffpknj(f, "LONGROOT", 1, 4, j, comm, &status));
  SHOW(ffpknj(f, "SEVENLE", 8, 4, j, comm, &status));
  SHOW(ffpknj(f, "BAD*", 8, 4, j, comm, &status));
  SHOW(ffpknj(f, "NJ", 0, 2, j, comm, &status));
  SHOW(ffpknj(f, "NJ", -1, 2, j, comm, &status));
  SHOW(ffpknj(f, "NJ", 1, 0, j, comm, &status));
  SHOW(ffpknj(f, "NJ", 1, -1, j, comm, &status));
  SHOW(ffpknj(f, "NJ ", 1, 1, j, comm, &status));
  SHOW(ffpknj(f, "nj", 1, 1, j, comm, &status));
  str[3] = (char *)strings[17];
  SHOW(ffpkns(f, "NS", 1, 4, str, comm, &status));
}

static void write_records(fitsfile *f) {
  static const char *const cards[] = {
      "RECORD  = 1",
      "record  = 1",
      "",
      " ",
      "FREE TEXT",
      "COMMENT text of a comment",
      "RECORD  = 12345678901234567890123456789012345678901234567890123456789012345678901234567890 too long",
      "RECORD  = 'tab\t'",
      "RECORD  = 'high\xe9'",
      "bad*key = 3",
      "RECORD= 3",
      "hierarch a b c = 3",
      "END of it",
      "CONTINUE  'text'",
      "TRAIL   =                    1 / trailing blanks             "};
  for (int i = 0; i < N(cards); i++)
    SHOW(ffprec(f, cards[i], &status));
  for (int length = 0; length < 300; length += length % 71 == 0 ? 1 : 14) {
    for (int i = 0; i < length; i++)
      text[i] = "abc def ghi jkl/mno"[i % 19];
    text[length] = '\0';
    SHOW(ffpcom(f, text, &status));
    SHOW(ffphis(f, text, &status));
  }
  SHOW(ffpcom(f, "tab\tand high \xe9", &status));
  SHOW(ffphis(f, "tab\tand high \xe9", &status));
  SHOW(ffplsw(f, &status));
  SHOW(ffplsw(f, &status));
}

static void write_units(fitsfile *f) {
  static const char *const units[] = {"km/s", "", "m", "a unit of a length that leaves no room for the comment at all",
                                      "[x]"};
  SHOW(ffpkyj(f, "VALUE", 1, "old comment", &status));
  SHOW(ffpkyj(f, "NOCOMM", 1, NULL, &status));
  for (int i = 0; i < N(units); i++) {
    SHOW(ffpunt(f, "VALUE", units[i], &status));
    shown -= 2;
    SHOW(ffpunt(f, "NOCOMM", units[i], &status));
    shown -= 2;
  }
  SHOW(ffpunt(f, "ABSENT", "m", &status));
  SHOW(ffpkys(f, "STRING1", "text's", "[m] of a string", &status));
  SHOW(ffpunt(f, "STRING1", "km", &status));
  shown--;
  SHOW((void)0);
}

static void write_tdim(fitsfile *f) {
  char *ttype[] = {"A", "B", "C"}, *tform[] = {"12J", "24A", "5E"};
  long axes[] = {3, 2, 2};
  LONGLONG big[] = {4, 6, 1};
  ffcrtb(f, BINARY_TBL, 2, 3, ttype, tform, NULL, "TABLE", &status);
  shown = 0;
  SHOW((void)0);
  SHOW(ffptdm(f, 1, 3, axes, &status));
  SHOW(ffptdmll(f, 2, 2, big, &status));
}

int main(void) {
  fitsfile *f;
  ffinit(&f, "keys.fits", &status);
  ffcrim(f, 16, 0, NULL, &status);
  show(f, "primary");
  write_types(f);
  write_records(f);
  write_strings(f);
  write_names(f);
  write_numbers(f);
  next_image(f);
  write_arrays(f);
  write_units(f);
  write_tdim(f);
  ffclos(f, &status);
  printf("closed %d\n", status);
  status = 0;
  ffdkopn(&f, "keys.fits", READONLY, &status);
  show(f, "opened");
  status = 5;
  SHOW(ffpkyj(f, "A", 1, "status above 0", &status));
  ffclos(f, &status);
  return 0;
}
