/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Readers of keywords: conversion of types, position, wild cards, long strings, headers as text.
 */
#include <fitsio2.h>
#include <stdlib.h>
#include <string.h>

static const char *const cards[] = {
    "SIMPLE  =                    T / file does conform to FITS standard",
    "BITPIX  =                    8 / number of bits per data pixel",
    "NAXIS   =                    0 / number of data axes",
    "EXTEND  =                    T / FITS dataset may contain extensions",
    "COMMENT first comment",
    "OBJECT  = 'NGC 1313'           / [name] of the object",
    "INT     =                   42 / [m] an integer",
    "NEGINT  =                  -42 / [km/s negative",
    "BIGINT  =  9223372036854775807 / the largest",
    "HUGEINT = 18446744073709551615 / the largest without sign",
    "TOOBIG  = 18446744073709551616 / larger",
    "FLOAT   =              1.5E+03 / a float",
    "DOUBLE  =       3.14159265D+00 / []a double",
    "DOTTED  =                42.75 / [] decimals",
    "BIGFLT  =               1.0E60 / out of range of a float",
    "SHORT1  =                40000 / out of range of a short",
    "BYTE1   =                  300 / out of range of a byte",
    "NEGFLT  =                -1.75 / negative",
    "LOGT    =                    T / true",
    "LOGF    =                    F / false",
    "COMPLEX = (1.5, -2.5)          / complex",
    "COMPLEX2= (1,2)                / complex of integers",
    "COMPLEX3= (1.5D3, 2E-2)",
    "BADCPLX = (1.5 2.5)            / no comma",
    "UNDEF   =                      / undefined",
    "UNDEF2  =",
    "NUMSTR  = '123     '           / a number in a string",
    "FLTSTR  = '12.5    '           / a float in a string",
    "TSTR    = 'T       '           / T in a string",
    "EMPTY   = ''                   / empty",
    "BLANKS  = '        '           / blanks",
    "QUOTE   = 'it''s'              / a quote",
    "NOQUOTE = 'no closing quote",
    "LONGSTR = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop'",
    "CONT1   = 'this is a long string &' / comment 1",
    "CONTINUE  'that goes on &' / comment 2",
    "CONTINUE  'and ends here' / comment 3",
    "CONT2   = 'ends with & but &'   / not continued",
    "CONT3   = 'one &'",
    "CONTINUE  ''",
    "CONT4   = 'one &'",
    "CONTINUE  '&'",
    "CONTINUE  'two  &'",
    "CONTINUE  'three   '",
    "CONT5   = 'one&'",
    "CONTINUE  7 / a number",
    "CONT6   = 'one'",
    "CONTINUE  'two'",
    "CONT7   = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmno&'",
    "CONTINUE  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmno&'",
    "CONTINUE  '12345' / last comment that has many characters in it so that it is long",
    "CONT8   = 'quote ''&'",
    "CONTINUE  ''' end'",
    "HIERARCH ESO TEL FOCU SCALE = 1.489 / (deg/m) Focus length",
    "HIERARCH ESO LONG NAME = 'a string' / comment",
    "HIERARCH ESO UNDEF =",
    "HIERARCH nothing here",
    "HIERARCH key = 5 / lower case",
    "DUP     =                    1 / first",
    "DUP     =                    2 / second",
    "NAXIS11 =                   11",
    "KEY1    =                    1 / one",
    "KEY2    =                    2 / two",
    "KEY4    =                    4 / four",
    "KEY10   =                   10 / ten",
    "KEY3    = 'three   '           / string",
    "KEY03   =                    3 / with a zero",
    "KEYX    =                    5 / no number",
    "KEY5    =                  5.5 / float",
    "KEY6    =                    T / logical",
    "KEY7    =                      / undefined",
    "key8    =                    8 / lower case",
    "TXT1    = 'text one'",
    "TXT2    = 'text two &'",
    "CONTINUE  'and on'",
    "TXT3    =                    5",
    "TXT5    = 'five    '",
    "TRIPLE  = 1234567890.12345678901234567 / integer and fraction",
    "TRIPLE2 = -12.75",
    "TRIPLE3 = 12",
    "NOSPACE ='no space'",
    "NOEQUAL   7",
    "LOWER   = 7.5d3",
    "JUNK    = 12abc",
    "HISTORY a history card",
    "HISTORY another one",
    "        a blank card",
    "COMMENT second comment",
    "",
    "WITH-D_S=                    9",
    "LAST    = 'last card'          / the end",
    "",
    "",
};

static FILE *out;

static void put_card(const char *card) {
  fprintf(out, "%-80.80s", card);
}

static void pad(long *n) {
  for (; *n % 36 != 0; ++*n)
    put_card("");
}

static void make(void) {
  long n = 0;
  out = fopen("keys.fits", "wb");
  for (; n < (long)(sizeof cards / sizeof *cards); n++)
    put_card(cards[n]);
  put_card("END");
  n++;
  pad(&n);
  (void)fclose(out);
}

static fitsfile *f;

static void where(int status) {
  int exist = -7, position = -7, s = 0;
  ffghps(f, &exist, &position, &s);
  printf(" %d @%d\n", status, position);
}

/* Tells whether a message of CFITSIO overruns its buffer if it is to convert this value. */
static int overrun(const char *key) {
  char value[100] = "";
  int status = 0, position = 0;
  ffghps(f, NULL, &position, &status);
  ffgkey(f, key, value, NULL, &status);
  ffmaky(f, position, &status);
  return strcmp(key, "TOOBIG") == 0 || strcmp(key, "HUGEINT") == 0 || strlen(value) > 40;
}

static void one(const char *key) {
  char value[1000] = "?", comment[1000] = "?", card[1000] = "?", *text = NULL;
  int l = -7, status = 0, length = -7;
  long j = -7;
  LONGLONG jj = -7;
  ULONGLONG u = 7;
  float e = -7, c[2] = {-7, -7};
  double d = -7, m[2] = {-7, -7};
  printf("== %s\n", key);
  ffgkey(f, key, value, comment, &status);
  printf("key [%s] [%s]", value, comment);
  where(status);
  status = 0;
  ffgkey(f, key, value, NULL, &status);
  ffgcrd(f, key, card, &status);
  printf("card [%s]", card);
  where(status);
  status = 0, (void)strcpy(value, "?"), (void)strcpy(comment, "?");
  ffgkys(f, key, value, comment, &status);
  printf("s [%s] [%s]", value, comment);
  where(status);
  status = 0, (void)strcpy(comment, "?");
  ffgkls(f, key, &text, comment, &status);
  printf("ls [%s] [%s]", text == NULL ? "none" : text, comment);
  where(status);
  status = 0;
  fffree(text, &status);
  status = 0;
  ffgksl(f, key, &length, &status);
  printf("sl %d", length);
  where(status);
  for (int first = 1; first <= 81; first += 40)
    for (int most = 0; most <= 200; most += 50) {
      status = 0, (void)strcpy(value, "?"), (void)strcpy(comment, "?"), length = -7;
      ffgsky(f, key, first, most, value, &length, comment, &status);
      printf("sky %d %d [%s] %d [%s] %d\n", first, most, value, length, comment, status);
    }
  status = 0;
  ffgkyl(f, key, &l, comment, &status);
  printf("l %d", l);
  where(status);
  status = 0;
  if (overrun(key))
    goto floats;
  ffgkyj(f, key, &j, comment, &status);
  printf("j %ld", j);
  where(status);
  status = 0;
  ffgkyjj(f, key, &jj, comment, &status);
  printf("jj %lld", jj);
  where(status);
  status = 0;
  ffgkyujj(f, key, &u, comment, &status);
  printf("ujj %llu", u);
  where(status);
floats:
  status = 0;
  if (overrun(key) && *key != 'T' && *key != 'H')
    return;
  ffgkye(f, key, &e, comment, &status);
  printf("e %.8g", e);
  where(status);
  status = 0;
  ffgkyd(f, key, &d, comment, &status);
  printf("d %.17g [%s]", d, comment);
  where(status);
  status = 0;
  ffgkyc(f, key, c, comment, &status);
  printf("c %.8g %.8g", c[0], c[1]);
  where(status);
  status = 0;
  ffgkym(f, key, m, comment, &status);
  printf("m %.17g %.17g", m[0], m[1]);
  where(status);
  status = 0, j = -7, d = -7;
  if (!overrun(key) && strncmp(key, "BIG", 3) != 0) {
    ffgkyt(f, key, &j, &d, comment, &status);
    printf("t %ld %.17g", j, d);
    where(status);
  }
  status = 0, (void)strcpy(value, "?");
  ffgunt(f, key, value, &status);
  printf("unit [%s]", value);
  where(status);
}

static void typed(const char *key) {
  static const int types[] = {TSTRING,     TBYTE,    TSBYTE,    TSHORT,     TUSHORT, TINT,    TUINT,
                              TLONG,       TULONG,   TLONGLONG, TULONGLONG, TFLOAT,  TDOUBLE, TCOMPLEX,
                              TDBLCOMPLEX, TLOGICAL, TBIT,      0,          -1,      99};
  printf("== %s\n", key);
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    union {
      unsigned char bytes[300];
      double d;
    } value;
    char comment[100] = "?";
    int status = 0;
    if (overrun(key) && types[i] != TSTRING)
      continue;
    memset(value.bytes, 0x11, sizeof value.bytes);
    ffgky(f, types[i], key, value.bytes, comment, &status);
    printf("%d:", types[i]);
    for (int k = 0; k < (types[i] == TSTRING ? (int)strlen((char *)value.bytes) : 17); k++)
      printf(" %02x", value.bytes[k]);
    printf(" [%s] %d\n", comment, status);
    status = 0;
    ffgky(f, types[i], key, value.bytes, NULL, &status);
    printf("%d\n", status);
  }
}

static void walk(void) {
  int exist = -7, more = -7, status = 0;
  ffghsp(f, &exist, &more, &status);
  printf("space %d %d %d\n", exist, more, status);
  ffghsp(f, NULL, NULL, &status);
  for (int n = -1; n <= exist + 4; n++) {
    char card[200] = "?", name[200] = "?", value[200] = "?", comment[200] = "?";
    status = 0;
    ffgrec(f, n, card, &status);
    printf("%d [%s]", n, status > 0 ? "" : card);
    where(status);
    status = 0;
    if (n > 0) {
      ffgkyn(f, n, name, value, comment, &status);
      printf("   [%s] [%s] [%s]", name, value, comment);
      where(status);
      status = 0;
      ffgkyn(f, n, name, value, NULL, &status);
    }
  }
  for (int n = -2; n <= exist + 4; n += 7) {
    status = 0;
    ffmaky(f, n, &status);
    printf("to %d", n);
    where(status);
    status = 0;
    ffmrky(f, 3, &status);
    printf("by 3");
    where(status);
    status = 0;
    ffmrky(f, -5, &status);
    printf("by -5");
    where(status);
  }
  status = 0;
  ffmaky(f, 1, &status);
  for (int i = 0; i < 100; i++) {
    char card[200] = "?";
    status = 0;
    ffgnky(f, card, &status);
    printf("next [%s]", card);
    where(status);
  }
}

static void wild(void) {
  static const char *const patterns[] = {
      "KEY*",
      "KEY?",
      "KEY#",
      "*EY1",
      "CONT*",
      "*",
      "?",
      "COMMENT",
      "HISTORY",
      "",
      "COMM*",
      "NOTHERE*",
      "ESO*",
      "E*",
      "KEY8",
      "key1",
      " OBJECT",
      "OBJECT ",
      "OBJECT  X",
      "HIERARCH ESO TEL FOCU SCALE",
      "HIERARCH",
      "CONTINUE",
      "END",
      "OBJECTNAMETHATISLONG",
      "ESO TEL FOCU SCALE",
      "eso tel focu scale",
      "KEY",
      "key",
      "SIMPLE",
      "LAST",
      "hierarch key",
      "nothing here",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ"};
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    char card[200];
    int status = 0;
    ffgrec(f, 0, card, &status);
    for (int k = 0; k < 6; k++) {
      status = 0;
      (void)strcpy(card, "?");
      ffgcrd(f, patterns[i], card, &status);
      printf("%s: [%s]", patterns[i], card);
      where(status);
    }
  }
  static const char *const texts[] = {
      "CONT",
      "string",
      "ESO",
      "nothing at all",
      "",
      "END",
      "= 5",
      "COMMENT",
      "LAST",
      "SIMPLE",
      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char card[200];
    int status = 0;
    ffgrec(f, 40, card, &status);
    for (int k = 0; k < 6; k++) {
      status = 0;
      (void)strcpy(card, "?");
      ffgstr(f, texts[i], card, &status);
      printf("%s: [%s]", texts[i], card);
      where(status);
    }
  }
}

static void lists(void) {
  char *included[] = {"KEY*", "DUP", "CONT?"}, *excluded[] = {"KEY1*", "*2"}, *all[] = {"*"},
       *comments[] = {"COMMENT", "HISTORY", ""}, *lower[] = {"key*", "eso*"};
  struct {
    char **in;
    int n;
    char **ex;
    int x;
  } cases[] = {{included, 3, excluded, 2}, {included, 3, NULL, 0}, {all, 1, excluded, 2}, {comments, 3, NULL, 0},
               {lower, 2, NULL, 0},        {all, 1, all, 1},       {NULL, 0, NULL, 0},    {all, 1, comments, 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int status = 0;
    char card[200];
    ffgrec(f, 0, card, &status);
    for (int k = 0; k < 100 && status == 0; k++) {
      (void)strcpy(card, "?");
      ffgnxk(f, cases[i].in, cases[i].n, cases[i].ex, cases[i].x, card, &status);
      printf("list %zu: [%s]", i, card);
      where(status);
    }
  }
}

static void indexed(void) {
  static const char *const roots[] = {"KEY", "key", "TXT", "NOT", "NAXIS", "KEYXXXXX", "KEYXXXXXX", "", "ESO"};
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    for (int start = -1; start <= 3; start++)
      for (int most = 0; most <= 12; most += 4) {
        char text[12][200], *places[12];
        int l[12], found = -7, status = 0;
        long j[12];
        LONGLONG jj[12];
        float e[12];
        double d[12];
        for (int k = 0; k < 12; k++) {
          (void)strcpy(text[k], "?");
          places[k] = text[k];
          l[k] = -7, j[k] = -7, jj[k] = -7, e[k] = -7, d[k] = -7;
        }
        printf("%s %d %d:", roots[i], start, most);
        ffgkns(f, roots[i], start, most, places, &found, &status);
        printf(" s %d", found);
        for (int k = 0; k < 12; k++)
          printf(" [%s]", text[k]);
        where(status);
        status = 0, found = -7;
        ffgknl(f, roots[i], start, most, l, &found, &status);
        printf(" l %d", found);
        for (int k = 0; k < 12; k++)
          printf(" %d", l[k]);
        where(status);
        status = 0, found = -7;
        ffgknj(f, roots[i], start, most, j, &found, &status);
        printf(" j %d", found);
        for (int k = 0; k < 12; k++)
          printf(" %ld", j[k]);
        where(status);
        status = 0, found = -7;
        ffgknjj(f, roots[i], start, most, jj, &found, &status);
        printf(" jj %d", found);
        for (int k = 0; k < 12; k++)
          printf(" %lld", jj[k]);
        where(status);
        status = 0, found = -7;
        ffgkne(f, roots[i], start, most, e, &found, &status);
        printf(" e %d", found);
        for (int k = 0; k < 12; k++)
          printf(" %g", e[k]);
        where(status);
        status = 0, found = -7;
        ffgknd(f, roots[i], start, most, d, &found, &status);
        printf(" d %d", found);
        for (int k = 0; k < 12; k++)
          printf(" %g", d[k]);
        where(status);
      }
}

static void as_text(void) {
  char *excluded[] = {"KEY*", "ESO *", "CONT*", "OBJECT"}, *text = NULL;
  int n = -7, status = 0;
  for (int comments = 0; comments <= 1; comments++)
    for (int x = 0; x <= 4; x++) {
      ffhdr2str(f, comments, x > 0 ? excluded : NULL, x, &text, &n, &status);
      printf("%d %d: %d %zu %d\n%s\n", comments, x, n, text == NULL ? 0 : strlen(text), status,
             text == NULL ? "" : text);
      fffree(text, &status);
      text = NULL;
      ffcnvthdr2str(f, comments, x > 0 ? excluded : NULL, x, &text, &n, &status);
      printf("%d %zu %d\n", n, text == NULL ? 0 : strlen(text), status);
      fffree(text, &status);
      text = NULL;
    }
  ffh2st(f, &text, &status);
  printf("%zu %d\n%s\n", text == NULL ? 0 : strlen(text), status, text == NULL ? "" : text);
  fffree(text, &status);
  printf("null at %d %d\n", ffnchk(f, &status), status);
}

int main(void) {
  int status = 0;
  make();
  if (fits_open_diskfile(&f, "keys.fits", READONLY, &status) > 0)
    return status;
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
    char name[100], card[100];
    int length, s = 0;
    (void)snprintf(card, sizeof card, "%s", cards[i]);
    ffgknm(card, name, &length, &s);
    one(name);
    typed(name);
  }
  one("NOTHERE");
  typed("NOTHERE");
  walk();
  wild();
  lists();
  indexed();
  as_text();
  ffclos(f, &status);
  return status;
}
