/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files from ASCII templates.
 */
#include "group_show.h"

static const char *const templates[] = {
    "SIMPLE = T\nBITPIX = 32\nNAXIS = 2     / number of dimensions\nNAXIS1 = 10  / length of first axis\n"
    "NAXIS2 = 20  / length of second axis\nOBJECT = NGC 253 / name of observed object\n",
    "xtension = bintable\nnaxis2 = 40\nttype# = Name\ntform# = 10a\nttype# = Npoints\ntform# = j\nttype# = Rate\n"
    "tunit# = counts/s\ntform# = e\n",
    "ttype# = a\n",
    "xtension = bintable\nttype# = TIME\nttype# = RATE\ntform# = 1D\ntform# = 1E\n",
    "xtension = table\nnaxis2 = 3\nttype# = Name\ntform# = a10\nttype# = N\ntform# = i5\nttype# = R\ntform# = f10.3\n",
    "xtension = image\nbitpix = -32\nnaxis = 3\nnaxis1 = 4\nnaxis2 = 3\nnaxis3 = 2\nextname = 'pic'\nextver = 7\n",
    "# a comment\n\n  simple = t / yes\nbitpix = 16\nnaxis = 0\n        blank keyword\nCOMMENT some text / of it\n"
    "HISTORY = did it\nINTVAL 7 / integer\nRVAL  34.6   /     real\nEVAL=-12.45E-03  / exponent\nlval F / logical\n"
    "SVAL1 = 'Hello world'   /  string\nSVAL2  '123.5'  string\nsval3  123+  /  string\nCVAL = (1.5, 2) / complex\n"
    "NUL1 = \nNUL2 = / comment\nQUOTE = 'it''s' / q\nbig = 1234567890\nd = 1.5D10 / D\nx = 1e400\n   \n"
    "long_name_of_a_keyword = 5\nHIERARCH ESO det one = 3 / h\nt = T\nz = TRUE\nw = 0x10\nv = -0\nu = +5\n",
    "\\group\ngrpdescr = 'demo'\nxtension bintable\n# this bintable has 0 cols, 0 rows\n\\end\n",
    "\\group\ngrpname = 'outer'\nxtension = image\nbitpix = 8\nnaxis = 0\nextname = A\n\\group\ngrpname = inner\n"
    "xtension = bintable\nttype# = x\ntform# = j\n\\end\nxtension = image\nbitpix = 16\nnaxis = 1\nnaxis1 = 4\n\\end\n"
    "xtension = bintable\nextname = last\n",
    "\\group\nttype# = extra\ntform# = j\nttype# = more\ntform# = 3a\nxtension = bintable\n\\end\n",
    "simple = T\nbitpix = 8\nnaxis = 0\nLONGKEY = 'This is a long string value that is contin&'\n"
    "CONTINUE  'ued over 2 records' / comment field goes here\nLONG2 = 'one line that is much longer than the "
    "sixty-eight "
    "characters that fit into a card of a header'\n",
    "simple = T\nbitpix = 8\nnaxis = 0\n\\include inc1.tpl\nafter = 1\n",
    "\\include inc2.tpl\n",
    "\\include missing.tpl\n",
    "\\include\n",
    "\\INCLUDE self.tpl\n",
    "\\end\n",
    "\\group\n",
    "\\group\nxtension = bintable\n",
    "\\bad\n",
    "",
    "\n\n",
    "xtension = bintable\nsimple = T\n",
    "simple = T\nsimple = T\n",
    "xtension = nonsense\n",
    "xtension = image\n",
    "xtension = image\nnaxis = 2\nnaxis1 = 3\n",
    "xtension = image\nbitpix = 17\nnaxis = 0\n",
    "xtension = image\nbitpix = 16\nnaxis = -2\n",
    "xtension = image\nbitpix = 16\nnaxis = 2\nnaxis1 = 4\nnaxis2 = -4\n",
    "xtension = bintable\nttype1 = a\ntform1 = 1q9\n",
    "xtension = bintable\nttype1 = a\nttype3 = b\ntform1 = j\ntform3 = e\n",
    "xtension = bintable\nttype1 = n\ntform1 = j\ntform2 = 20a\npcount = 100\nnaxis2 = 5\nextname = noname\n",
    "xtension = bintable\ntfields = 2\nnaxis1 = 100\ntform1 = j\ntform2 = pe(5)\nttype1 = q\n",
    "xtension = 'BINTABLE' / table\nextname= 'x y z' / name\nttype1=a / c1\ntform1 = 1j / f1\ntunit1 = m / u1\nfoo = 1 "
    "/ k\n"
    "tscal1 = 2.0\ntzero1 = 1.0\ntdim1 = '(1)'\n",
    "simple = F\nbitpix = 8\nnaxis = 0\nextend = F\n",
    "bitpix = 8\nsimple = T\nnaxis = 0\n",
    "simple = T\nnaxis = 2\nbitpix = -64\nnaxis1 = 2\nnaxis2 = 2\nxtension = image\nbitpix = 8\nnaxis = 1\nnaxis1 = "
    "5\n",
    "xtension = bintable\nk# = 1\nk# = 2\nj# = 1\nk# = 3\nj# = 3\nl#m = 2\nttype# = a\n",
    "simple = T\nbitpix = 8\nnaxis = 0\nend\nafter = 1\n",
    "simple = T\nbitpix = 8\nnaxis = 0\nmail: = 1\n$x = 2\nok = 3\n",
    "simple = T\nbitpix = 8\nnaxis = 0\nstr = 'open\n",
    "simple = T\nbitpix = 8\nnaxis = 0\na = 1 b / c\nb = x y z / c\nc = 'a' 'b' / c\nd = (1) / c\ne = 1. / c\nf = "
    ".5\ng = 1e\n",
    "\\group\ngrpname = g1\n\\end\n\\group\ngrpname = g2\nxtension = image\nbitpix = 8\nnaxis = 0\n\\end\n",
    "simple = T\r\nbitpix = 8\r\nnaxis = 0\r\ncr = 5 / x\r\n",
    "simple = T\nbitpix\t=\t8\nnaxis = 0\ntab\t5\t/ tab\n",
};

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(name, "w");
  fputs(text, file);
  fclose(file);
}

static void execute(size_t i, const char *text, int primary) {
  char name[40];
  fitsfile *f = NULL;
  printf("==== %zu %d\n%s----\n", i, primary, text);
  write_file("t.tpl", text);
  (void)snprintf(name, sizeof name, "t%zu%d.fits", i, primary);
  DO(ffinit(&f, name, &status));
  if (primary)
    DO(ffcrim(f, 8, 0, NULL, &status));
  int failed = fits_execute_template(f, (char *)"t.tpl", &status);
  did("execute", failed);
  if (!failed && f->Fptr->headend > 0) {
    printf("at %d\n", f->HDUposition);
    DO(ffrdef(f, &status));
    show_groups(f);
  }
  int closed = 0;
  (void)ffclos(f, &closed);
  if (failed || closed > 0)
    (void)remove(name);
}

/* New files from templates, which are texts or FITS files. */
static void create(void) {
  fitsfile *f = NULL;
  long naxes[2] = {3, 4}, values[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  char *ttype[] = {"A", "B"}, *tform[] = {"1J", "PE(3)"};
  DO(ffinit(&f, "model.fits", &status));
  DO(ffcrim(f, USHORT_IMG, 2, naxes, &status));
  DO(ffppr(f, TLONG, 1, 12, values, &status));
  DO(ffcrtb(f, BINARY_TBL, 0, 2, ttype, tform, NULL, "T", &status));
  DO(ffpcl(f, TLONG, 1, 1, 1, 5, values, &status));
  DO(ffclos(f, &status));
  const char *const names[] = {"inc2.tpl", "model.fits", "model.fits[1]"};
  for (int i = 0; i < 3; i++) {
    char name[40];
    (void)snprintf(name, sizeof name, "created%d.fits", i);
    DO(fftplt(&f, name, names[i], &status));
    printf("at %d\n", f->HDUposition);
    show_groups(f);
    DO(ffclos(f, &status));
  }
  DO(fftplt(&f, "fails.fits", "no-such.tpl", &status));
  int closed = 0;
  (void)ffclos(f, &closed);
  DO(fftplt(&f, "fails.fits", NULL, &status));
  (void)remove("fails.fits");
}

int main(void) {
  write_file("inc1.tpl", "inside = 1\n\\include inc3.tpl\ninside2 = 2\n");
  write_file("inc2.tpl", "xtension = bintable\nttype# = a\ntform# = j\nxtension = image\nbitpix = 8\nnaxis = 0\n");
  write_file("inc3.tpl", "deep = 3");
  write_file("self.tpl", "\\include self.tpl\n");
  for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
    execute(i, templates[i], 0);
    if (i < 10)
      execute(i, templates[i], 1);
  }
  fitsfile *f = NULL;
  DO(fits_execute_template(NULL, (char *)"t.tpl", &status));
  DO(ffinit(&f, "none.fits", &status));
  DO(fits_execute_template(f, NULL, &status));
  DO(fits_execute_template(f, (char *)"no-such.tpl", &status));
  int deleted = 0;
  (void)ffdelt(f, &deleted);
  create();
  return 0;
}
