/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names, values and comments of cards; classes of keywords.
 */
#include <fitsio.h>

#include "../shared/mutate.h"

static const char *const cards[] = {
    "SIMPLE  =                    T / file does conform to FITS standard",
    "BITPIX  =                  -32 / number of bits per data pixel",
    "OBJECT  = 'NGC 1313'           / name",
    "OBJECT  = 'it''s  '            / quote",
    "OBJECT  = '''',                / quote",
    "OBJECT  = 'no end",
    "OBJECT  = 'no end''            / comment",
    "OBJECT  = ''                   / empty",
    "OBJECT  =                      / undefined",
    "OBJECT  =",
    "OBJECT  = ",
    "OBJECT =  5",
    "OBJECT=5",
    "OBJECTLONGER= 5 / c",
    "OBJECTLONGER = 'a b' / c",
    "OBJECTLONGER 5 / c",
    "object  = 12 / c",
    "Ob ject = 12 / c",
    "A       = 1.5D+10comment",
    "A       = 1.5D+10 comment / more",
    "A       = (1.5,-2) / complex",
    "A       = (1.5,-2  / complex",
    "A       = (1.5 -2) / complex",
    "A       =   T",
    "A       =   T/c",
    "A       = 5/c",
    "A       = 5 /c",
    "A       = 5  c",
    "A       = abc def / c",
    "A       = 5 /",
    "A       = 5 /    ",
    "A       = / only comment",
    "A       =/ only comment",
    "A       ='x'",
    "A       =5",
    "COMMENT a comment with = in it",
    "COMMENT = 'a value?'",
    "HISTORY written",
    "        blank keyword",
    "        = 5",
    "END",
    "END     ",
    "END     = 5",
    "ENDING  = 5",
    "CONTINUE  'a continued string' / with comment",
    "CONTINUE  'unfinished",
    "CONTINUE  5",
    "CONTINUE",
    "CONTINUE= 'x'",
    "HIERARCH ESO TEL FOCU SCALE = 1.489 / (deg/m) Focus length",
    "HIERARCH ESO TEL FOCU SCALE= 1.489",
    "HIERARCH ESO TEL FOCU SCALE=1.489",
    "HIERARCH  ESO = 'a' / c",
    "HIERARCH ESO TEL",
    "HIERARCH = 5",
    "HIERARCH  = 5",
    "HIERARCH",
    "HIERARCH ESO INS = 'a = b' / c = d",
    "HIERARCH A / b = c",
    "",
    " ",
    "=",
    "= 5",
    " A = 5",
    "A = 5",
    "A=5",
    "ABCDEFGH= 5",
    "ABCDEFGHI= 5",
    "ABC-DEF_= 5",
    "ABC.DEF = 5",
    "ABC\tD   = 5",
    "ABC     = \t5 / tab",
    "A       = '12345678901234567890123456789012345678901234567890123456789012345678'",
    "A       = '1234567890123456789012345678901234567890123456789012345678901234567&'",
    "A       = '123456789012345678901234567890123456789012345678901234567890123456789",
    "A       = 12345678901234567890123456789012345678901234567890123456789012345678901",
    "A       =                                                                     5 / 1",
    "A       = 5   /  a comment that goes on and on and on and on and on and on up to here",
};

static const char *const names[] = {
    "SIMPLE",    "BITPIX",   "NAXIS",    "NAXIS1",   "NAXIS12",   "NAXIS1A",  "NAXISA",    "NAXIS0",    "EXTEND",
    "BLOCKED",   "GROUPS",   "PCOUNT",   "GCOUNT",   "END",       "XTENSION", "TFIELDS",   "TTYPE1",    "TTYPE12",
    "TTYPE1A",   "TTYPE",    "TBCOL1",   "TBCOL",    "TFORM1",    "TFORM999", "TFORM9999", "THEAP",     "ZIMAGE",
    "ZCMPTYPE",  "ZNAME1",   "ZNAME",    "ZVAL1",    "ZTILE1",    "ZBITPIX",  "ZNAXIS",    "ZNAXIS1",   "ZSCALE",
    "ZZERO",     "ZBLANK",   "ZSIMPLE",  "ZTENSION", "ZEXTEND",   "ZBLOCKED", "ZPCOUNT",   "ZGCOUNT",   "ZQUANTIZ",
    "ZDITHER0",  "ZHECKSUM", "ZDATASUM", "ZTABLE",   "ZFORM1",    "ZCTYP1",   "ZTILELEN",  "ZTHEAP",    "ZMASKCMP",
    "ZTENSIONX", "BSCALE",   "BZERO",    "TSCAL1",   "TZERO1",    "TSCAL",    "BLANK",     "TNULL1",    "TNULL",
    "TDIM1",     "TDIM",     "TLMIN1",   "TLMAX1",   "TDMIN1",    "TDMAX1",   "DATAMIN",   "DATAMAX",   "TDMIN",
    "BUNIT",     "TUNIT1",   "TUNIT",    "TDISP1",   "TDISP",     "EXTNAME",  "EXTVER",    "EXTLEVEL",  "HDUNAME",
    "HDUVER",    "HDULEVEL", "CHECKSUM", "DATASUM",  "CTYPE1",    "CTYPE1A",  "CTYPE",     "CTYPEA",    "CUNIT1",
    "CUNIT1B",   "CRVAL1",   "CRVAL1Z",  "CRPIX1",   "CRPIX12A",  "CROTA1",   "CROTA2",    "CROTA",     "CDELT1",
    "CDELT1A",   "CD1_1",    "CD1_1A",   "CD1_12",   "CD",        "CD11_1",   "CD1_",      "CD1",       "PV1_1",
    "PV1_1A",    "PV",       "PC1_1",    "PC1_2A",   "PC001002",  "PS1_0",    "PS1_0B",    "LONPOLE",   "LONPOLEA",
    "LATPOLE",   "LATPOLEB", "WCSAXES",  "WCSAXESA", "WCSNAME",   "WCSNAMEA", "EQUINOX",   "EQUINOXA",  "EPOCH",
    "MJD-OBS",   "MJD-AVG",  "MJD-OBSA", "RADECSYS", "RADESYS",   "RADESYSA", "DATE-OBS",  "DATE-OBSA", "DATE",
    "DATE-AVG",  "DATE-END", "TCTYP1",   "TCTY1A",   "TCTYP",     "TCUNI1",   "TCUN1A",    "TCRVL1",    "TCRV1A",
    "TCRPX1",    "TCRP1A",   "TCD1_2",   "TCD1_2A",  "TC1_2A",    "TPV1_2",   "TP1_2A",    "TV1_2A",    "TCDLT1",
    "TCDE1A",    "TCROT1",   "1CTYP1",   "1CTY1A",   "12CTYP1",   "1CUNI1",   "1CUN1A",    "1CRVL1",    "1CRV1A",
    "1CRPX1",    "1CRP1A",   "12CD1",    "12CD1A",   "1PV1_1",    "1V1_1A",   "1PV1",      "1S1_1",     "11PC1",
    "11PC1A",    "1CDLT1",   "1CDE1A",   "1CROT1",   "TWCS1",     "TWCS1A",   "TLONP1",    "LONP1",     "LONP1A",
    "LATP1",     "EQUI1",    "EQUI1A",   "MJDOB1",   "MJDA1",     "RADE1A",   "DOBS1",     "DAVG1",     "OBSGEO-X",
    "SPECSYS",   "SPECSYSA", "RESTFRQ",  "RESTFRQA", "RESTWAV",   "VELREF",   "SSYSOBS",   "VELANGL",   "ZSOURCE",
    "VELOSYS",   "TIMESYS",  "MJDREF",   "MJDREFI",  "CNAME1",    "CNAME1A",  "CRDER1",    "CRDER1A",   "CSYER1",
    "CSYER1A",   "COMMENT",  "HISTORY",  "",         "CONTINUE",  "INHERIT",  "TELESCOP",  "INSTRUME",  "OBSERVER",
    "OBJECT",    "AUTHOR",   "REFERENC", "ORIGIN",   "TCOMM1",    "TRPOS1",   "PSCAL1",    "PZERO1",    "PTYPE1",
    "ZEROPOINT", "A",        "B",        "C",        "D",         "E",        "G",         "H",         "L",
    "M",         "N",        "P",        "R",        "S",         "T",        "X",         "Z",         "C1",
    "T1",        "Z1",       "1",        "11",       "1A",        "1C",       "1CTYP",     "CTYPE9",    "PLTRAH",
    "LTV1",      "FZALGOR",  "FZTILE",   "FZALG1",   "XTENSIONA",
};

static void show(char *card) {
  char name[200], value[200], comment[200];
  int length = -1, status = 0;
  (void)strcpy(name, "?");
  fits_get_keyname(card, name, &length, &status);
  printf("[%s]\n name [%s] %d %d", card, name, length, status);
  status = 0;
  (void)strcpy(value, "?");
  (void)strcpy(comment, "?");
  fits_parse_value(card, value, comment, &status);
  printf(" value [%s] [%s] %d", value, comment, status);
  status = 0;
  fits_parse_value(card, value, NULL, &status);
  printf(" %d", status);
  status = 0;
  fits_test_record(card, &status);
  printf(" record %d class %d", status, fits_get_keyclass(card));
  status = 0;
  fits_test_keyword(name, &status);
  printf(" keyword %d\n", status);
}

static void classes(void) {
  static const char *const comments[] = {
      "COMMENT   FITS (Flexible Image Transport System) format is defined in 'Astronomy",
      "COMMENT   and Astrophysics', volume 376, page 359; bibcode: 2001A&A...376..359H",
      "COMMENT   FITS (Flexible Image Transport System) format defined in Astronomy and",
      "COMMENT   Astrophysics Supplement Series v44/p363, v44/p371, v73/p359, v73/p365.",
      "COMMENT   Contact the NASA Science Office of Standards and Technology for the",
      "COMMENT   FITS Definition document #100 and other FITS information.",
      "COMMENT   FITS",
      "COMMENT   FITS (Flexible Image Transport System)",
      "COMMENT FITS (Flexible Image Transport System) format is defined in 'Astronomy",
      "XTENSION= 'IMAGE   '",
      "XTENSION= 'BINTABLE'",
      "HIERARCH CTYPE1 = 5",
      "EXTNAME = 'COMPRESSED_IMAGE'   / name",
      "EXTNAME = 'COMPRESSED_IMAGES'",
      "EXTNAME =  'COMPRESSED_IMAGE'",
      "TFORM1  = 'x'",
      "TFORM1 A= 'x'",
      "TFORM1",
      "tform1  = 'x'",
  };
  for (size_t i = 0; i < sizeof comments / sizeof *comments; i++)
    printf("class %d [%s]\n", fits_get_keyclass((char *)comments[i]), comments[i]);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char card[100];
    (void)snprintf(card, sizeof card, "%-8s= 'x'", names[i]);
    printf("class %d %s", fits_get_keyclass(card), names[i]);
    (void)snprintf(card, sizeof card, "%-8s=                    5", names[i]);
    printf(" %d", fits_get_keyclass(card));
    (void)snprintf(card, sizeof card, "%s", names[i]);
    printf(" %d\n", fits_get_keyclass(card));
  }
  for (int i = 0; i < 20000; i++) {
    char name[100], card[100];
    (void)snprintf(name, sizeof name, "%s", names[random_below(sizeof names / sizeof *names)]);
    mutate(name, 8, "12A_C0");
    (void)snprintf(card, sizeof card, "%-8s= 'x'", name);
    printf("%s %d\n", name, fits_get_keyclass(card));
  }
}

static void make(const char *root, int number) {
  char name[200] = "?";
  int status = 0;
  fits_make_keyn(root, number, name, &status);
  printf("[%s] %d: [%s] %d", root, number, name, status);
  status = 0;
  (void)strcpy(name, "?");
  fits_make_nkey(number, root, name, &status);
  printf(" [%s] %d\n", name, status);
}

int main(void) {
  static const char *const roots[] = {"NAXIS",    "TTYPE",     "TTYPE ", " A",       "",        "ABCDEFG",
                                      "ABCDEFGH", "ABCDEFGHI", "a",      "ABCDEF  ", "NAXIS  1"};
  static const int numbers[] = {1, 0, -1, 12, 999, 1000, 2147483647};
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
      make(roots[i], numbers[j]);
  for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
    char card[100];
    (void)snprintf(card, sizeof card, "%s", cards[i]);
    show(card);
    (void)snprintf(card, 81, "%-80s", cards[i]);
    show(card);
  }
  for (int i = 0; i < 20000; i++) {
    char card[100];
    (void)snprintf(card, 81, "%s", cards[random_below(sizeof cards / sizeof *cards)]);
    mutate(card, 80, "'=/ &AH1(.\"D\t\177-");
    show(card);
  }
  classes();
  return 0;
}
