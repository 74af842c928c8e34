/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Required keywords of images and tables, TDIMn, cards behind the last one, CONTINUE in other places.
 */
#include <fitsio2.h>
#include <stdlib.h>
#include <string.h>

static FILE *out;
static long records;

static void card(const char *text) {
  fprintf(out, "%-80.80s", text);
  records++;
}

/* Writes END and data of `bytes` bytes. */
static void end(long bytes) {
  card("END");
  while (records % 36 != 0)
    card("");
  for (long i = 0; i < (bytes + 2879) / 2880 * 2880; i++)
    (void)fputc(0, out);
}

static void primary(void) {
  card("SIMPLE  =                    T");
  card("BITPIX  =                   16");
  card("NAXIS   =                    3");
  card("NAXIS1  =                   10");
  card("NAXIS2  =                    2");
  card("NAXIS3  =                    3");
  card("EXTEND  =                    T");
  card("A       = 'abc&'");
  card("CONTINUE 'one blank'");
  card("B       = 'abc&'");
  card("CONTINUE= 'equals'");
  card("C       = 'abc&'");
  card("CONTINUE   'three blanks' / c");
  card("D       = 'abc&'");
  card("CONTINUE");
  card("Z       = 'abc&'");
  card("CONTINUE  no quotes");
  card("F       = 'abc&'");
  card("CONTINUE  'no end");
  card("G       = 'abc&'");
  card("CONTINUE  'more&'");
  card("COMMENT between");
  card("CONTINUE  'end'");
  card("H       = 'abc&   '");
  card("CONTINUE  'blanks before'");
  card("I       = '&'");
  card("CONTINUE  '&'");
  card("CONTINUE  '&'");
  card("CONTINUE  'x'");
  card("J       = 12&");
  card("CONTINUE  '3'");
  card("K       = 'abc&'");
  end(120);
}

static void binary(void) {
  records = 0;
  card("XTENSION= 'BINTABLE'");
  card("BITPIX  =                    8");
  card("NAXIS   =                    2");
  card("NAXIS1  =                  184");
  card("NAXIS2  =                    2");
  card("PCOUNT  =                   16");
  card("GCOUNT  =                    1");
  card("TFIELDS =                    9");
  card("TTYPE1  = 'ONE     '");
  card("TFORM1  = '12J     '");
  card("TUNIT1  = 'm       '");
  card("TDIM1   = '(3,4)   '");
  card("TTYPE2  = 'TWO     '");
  card("TFORM2  = '24A6    '");
  card("TDIM2   = '(6,2,2) '");
  card("TFORM3  = '1PE(5)  '");
  card("TTYPE3  = 'THREE   '");
  card("TDIM3   = '(2,2)   '");
  card("TTYPE4  = 'FOUR    '");
  card("TFORM4  = '6D      '");
  card("TUNIT4  = 'Jy      '");
  card("TTYPE5  = 'FIVE    '");
  card("TFORM5  = '8I      '");
  card("TDIM5   = '(3,3)   '");
  card("TTYPE6  = 'SIX     '");
  card("TFORM6  = '16X     '");
  card("TDIM6   = '(4,4)   '");
  card("TTYPE7  = 'SEVEN   '");
  card("TFORM7  = '20A     '");
  card("TTYPE8  = 'EIGHT   '");
  card("TFORM8  = '8B      '");
  card("TDIM8   = '(2,bad) '");
  card("TTYPE9  = 'NINE    '");
  card("TFORM9  = '10B     '");
  card("TDIM9   = '( 2 , 5 )'");
  card("EXTNAME = 'BINARY  '");
  end(184 * 2 + 16);
}

static void ascii(void) {
  records = 0;
  card("XTENSION= 'TABLE   '");
  card("BITPIX  =                    8");
  card("NAXIS   =                    2");
  card("NAXIS1  =                   30");
  card("NAXIS2  =                    2");
  card("PCOUNT  =                    0");
  card("GCOUNT  =                    1");
  card("TFIELDS =                    3");
  card("TTYPE1  = 'ONE     '");
  card("TFORM1  = 'A10     '");
  card("TBCOL1  =                    1");
  card("TUNIT1  = 'm       '");
  card("TFORM2  = 'I5      '");
  card("TBCOL2  =                   12");
  card("TTYPE3  = 'THREE   '");
  card("TFORM3  = 'E10.3   '");
  card("TBCOL3  =                   18");
  card("TUNIT3  = 'Jy      '");
  card("EXTNAME = 'ASCII   '");
  end(60);
}

static void images(void) {
  records = 0;
  card("XTENSION= 'IMAGE   '");
  card("BITPIX  =                  -32");
  card("NAXIS   =                    1");
  card("NAXIS1  =                    5");
  card("PCOUNT  =                    0");
  card("GCOUNT  =                    1");
  card("BSCALE  =                  2.5");
  end(20);
}

static fitsfile *f;

static void where(int status) {
  int position = -7, s = 0;
  ffghps(f, NULL, &position, &s);
  printf(" %d @%d\n", status, position);
}

static void image_header(int most) {
  int simple = -7, bitpix = -7, naxis = -7, extend = -7, status = 0;
  long naxes[10], pcount = -7, gcount = -7;
  LONGLONG large[10];
  for (int i = 0; i < 10; i++)
    naxes[i] = -7, large[i] = -7;
  ffghpr(f, most, &simple, &bitpix, &naxis, naxes, &pcount, &gcount, &extend, &status);
  printf("ghpr %d: %d %d %d [%ld %ld %ld %ld] %ld %ld %d", most, simple, bitpix, naxis, naxes[0], naxes[1], naxes[2],
         naxes[3], pcount, gcount, extend);
  where(status);
  status = 0;
  ffghprll(f, most, &simple, &bitpix, &naxis, large, &pcount, &gcount, &extend, &status);
  printf("ghprll %d: %d %d %d [%lld %lld %lld %lld] %ld %ld %d", most, simple, bitpix, naxis, large[0], large[1],
         large[2], large[3], pcount, gcount, extend);
  where(status);
  status = 0;
  ffghpr(f, most, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status);
  printf("none");
  where(status);
}

static void table_header(int most) {
  char names[10][100], forms[10][100], units[10][100], *name[10], *form[10], *unit[10], extname[100] = "?";
  long width = -7, rows = -7, starts[10], pcount = -7;
  LONGLONG lwidth = -7, lrows = -7, lstarts[10], lpcount = -7;
  int fields = -7, status = 0;
  for (int i = 0; i < 10; i++) {
    name[i] = strcpy(names[i], "?");
    form[i] = strcpy(forms[i], "?");
    unit[i] = strcpy(units[i], "?");
    starts[i] = -7, lstarts[i] = -7;
  }
  ffghtb(f, most, &width, &rows, &fields, name, starts, form, unit, extname, &status);
  printf("ghtb %d: %ld %ld %d [%s]", most, width, rows, fields, extname);
  for (int i = 0; i < 10; i++)
    printf(" [%s %ld %s %s]", name[i], starts[i], form[i], unit[i]);
  where(status);
  status = 0;
  ffghtbll(f, most, &lwidth, &lrows, &fields, name, lstarts, form, unit, extname, &status);
  printf("ghtbll %d: %lld %lld %d [%s]", most, lwidth, lrows, fields, extname);
  for (int i = 0; i < 10; i++)
    printf(" [%s %lld %s %s]", name[i], lstarts[i], form[i], unit[i]);
  where(status);
  status = 0;
  for (int i = 0; i < 10; i++) {
    (void)strcpy(names[i], "?");
    (void)strcpy(forms[i], "?");
    (void)strcpy(units[i], "?");
  }
  (void)strcpy(extname, "?");
  ffghbn(f, most, &rows, &fields, name, form, unit, extname, &pcount, &status);
  printf("ghbn %d: %ld %d [%s] %ld", most, rows, fields, extname, pcount);
  for (int i = 0; i < 10; i++)
    printf(" [%s %s %s]", name[i], form[i], unit[i]);
  where(status);
  status = 0;
  ffghbnll(f, most, &lrows, &fields, name, form, unit, extname, &lpcount, &status);
  printf("ghbnll %d: %lld %d [%s] %lld", most, lrows, fields, extname, lpcount);
  where(status);
  status = 0;
  ffghtb(f, most, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status);
  printf("none");
  where(status);
  status = 0;
  ffghbn(f, most, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status);
  printf("none");
  where(status);
}

static void dimensions(void) {
  static const char *const texts[] = {
      "(3,4)", "(12)",   "(3,4",    "3,4)",      "(3,4)x", " (3,4)",  "( 3, 4 )",         "(3;4)", "()",
      "",      "(3,,4)", "(3.5,2)", "(1,2,3,2)", "(2,6) ", "(99,99)", "(1,1,1,1,1,1,12)", "(abc)", "(3 4)"};
  for (int column = -1; column <= 10; column++)
    for (int most = 0; most <= 4; most += 2) {
      int naxis = -7, status = 0;
      long naxes[10];
      LONGLONG large[10];
      for (int i = 0; i < 10; i++)
        naxes[i] = -7, large[i] = -7;
      ffgtdm(f, column, most, &naxis, naxes, &status);
      printf("tdim %d %d: %d [%ld %ld %ld %ld]", column, most, naxis, naxes[0], naxes[1], naxes[2], naxes[3]);
      where(status);
      status = 0, naxis = -7;
      ffgtdmll(f, column, most, &naxis, large, &status);
      printf("tdimll %d %d: %d [%lld %lld %lld %lld]", column, most, naxis, large[0], large[1], large[2], large[3]);
      where(status);
    }
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    for (int column = 0; column <= 5; column++)
      for (int most = 1; most <= 5; most += 4) {
        int naxis = -7, status = 0;
        long naxes[10];
        char text[100];
        LONGLONG large[10];
        for (int k = 0; k < 10; k++)
          naxes[k] = -7, large[k] = -7;
        (void)strcpy(text, texts[i]);
        ffdtdm(f, text, column, most, &naxis, naxes, &status);
        printf("[%s] %d %d: %d [%ld %ld %ld %ld] %d\n", texts[i], column, most, naxis, naxes[0], naxes[1], naxes[2],
               naxes[3], status);
        status = 0, naxis = -7;
        ffdtdmll(f, text, column, most, &naxis, large, &status);
        printf("[%s] %d %d: %d [%lld %lld %lld %lld] %d\n", texts[i], column, most, naxis, large[0], large[1], large[2],
               large[3], status);
      }
}

static void strings(void) {
  static const char *const names[] = {"A", "B", "C", "D", "Z", "F", "G", "H", "I", "J", "K"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char *text = NULL, comment[100] = "?", value[200] = "?";
    int status = 0, length = -7;
    ffgkls(f, names[i], &text, comment, &status);
    printf("%s [%s] [%s]", names[i], text == NULL ? "none" : text, comment);
    where(status);
    status = 0;
    fffree(text, &status);
    ffgksl(f, names[i], &length, &status);
    printf("%d", length);
    where(status);
    status = 0;
    ffgsky(f, names[i], 2, 5, value, &length, comment, &status);
    printf("[%s] %d [%s]", value, length, comment);
    where(status);
  }
}

int main(void) {
  int status = 0, exist = -7, more = -7;
  out = fopen("tables.fits", "wb");
  primary();
  binary();
  ascii();
  images();
  (void)fclose(out);
  if (fits_open_diskfile(&f, "tables.fits", READONLY, &status) > 0)
    return status;
  for (int hdu = 1; hdu <= 4; hdu++) {
    char text[100] = "?";
    status = 0;
    fits_movabs_hdu(f, hdu, NULL, &status);
    printf("HDU %d", hdu);
    where(status);
    for (int most = -3; most <= 9; most += 3) {
      image_header(most);
      table_header(most);
    }
    dimensions();
    fits_get_hdrspace(f, &exist, &more, &status);
    printf("%d %d", exist, more);
    where(status);
    for (int n = exist; n <= exist + more + 3; n++) {
      status = 0;
      (void)strcpy(text, "?");
      fits_read_record(f, n, text, &status);
      printf("%d [%s]", n, text);
      where(status);
    }
    if (hdu == 1)
      strings();
  }
  status = 0;
  fits_close_file(f, &status);
  return status;
}
