/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Templates that are changed at random places. Fails if what a template leaves is no file of FITS.
 */
#include <stdlib.h>
#include <string.h>

#include "../shared/expect.h"
#include "../shared/mutate.h"

#define MOST 2000

static const char *const seeds[] = {
    "simple = T\nbitpix = 16\nnaxis = 2\nnaxis1 = 3 / c\nnaxis2 = 4\nk# = 1\nk# = 2.5\ns = 'it''s' / q\nHIERARCH a b = "
    "1\n",
    "xtension = bintable\nnaxis2 = 4\nttype# = Name\ntform# = 10a\nttype# = N\ntform# = pe(5)\ntunit# = m\nextname = "
    "A\n",
    "xtension = table\nnaxis2 = 3\nttype# = Name\ntform# = a10\nttype# = R\ntform# = f10.3\nextname = 'b c'\nextver = "
    "3\n",
    "\\group outer\nxtension = image\nbitpix = 8\nnaxis = 0\nextname = A\n\\group\ngrpname = inner\nttype# = x\ntform# "
    "= j\n"
    "xtension = bintable\nttype# = x\ntform# = j\n\\end\nxtension = image\nbitpix = -32\nnaxis = 1\nnaxis1 = "
    "4\n\\end\n",
    "simple = T\nbitpix = 8\nnaxis = 0\nLONGKEY = 'This is a long string value that is contin&'\nCONTINUE  'ued' / "
    "here\n"
    "COMMENT text\n        blank\nHISTORY\nc = (1.5,2)\nn =\n\\include more.tpl\nend\nafter = 1\n",
};

static const char alphabet[] = "aAtT =='/\\#\n\n\t .(),-+*&\"\x80xE";

static void write_file(const char *name, const char *text) {
  FILE *file = fopen(name, "wb");
  if (file == NULL)
    exit(2);
  (void)fputs(text, file);
  (void)fclose(file);
}

/* Executes a template, closes the file, and reads it. */
static void execute(const char *text) {
  fitsfile *f = NULL;
  int count = 0, type = 0, cards = 0, more = 0;
  write_file("mutated.tpl", text);
  IS(ffinit(&f, "!mutated.fits", &status), 0);
  int made = fits_execute_template(f, (char *)"mutated.tpl", &status);
  status = 0;
  made = ffclos(f, &status) + made;
  status = 0;
  ffcmsg();
  if (made > 0)
    return;
  if (ffopen(&f, "mutated.fits", READONLY, &status) > 0) {
    printf("not opened: %d\n%s\n", status, text);
    failures++;
    status = 0;
    return;
  }
  IS(ffthdu(f, &count, &status), 0);
  for (int i = 1; i <= count; i++) {
    IS(ffmahd(f, i, &type, &status), 0);
    IS(ffghsp(f, &cards, &more, &status), 0);
  }
  IS(ffclos(f, &status), 0);
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1500;
  char text[MOST + 1];
  write_file("more.tpl", "inside = 1\n\\include more2.tpl\nxtension = image\nbitpix = 8\nnaxis = 0\n");
  write_file("more2.tpl", "deep = 'x'");
  for (int i = 0; i < rounds; i++) {
    (void)snprintf(text, sizeof text, "%s%s", seeds[(unsigned)i % 5], i % 11 == 0 ? seeds[1 + (unsigned)i % 3] : "");
    if (i >= 10)
      for (unsigned k = 1 + random_below(4); k > 0; k--)
        mutate(text, MOST, alphabet);
    execute(text);
  }
  /* groups in groups, a line that is very long, a file that is no text */
  char *deep = malloc(200000);
  if (deep == NULL)
    return 2;
  *deep = '\0';
  for (int i = 0; i < 2000; i++)
    memcpy(deep + 7 * i, "\\group\n", 8);
  execute(deep);
  memset(deep, 'k', 199999);
  deep[199999] = '\0';
  execute(deep);
  memcpy(deep, "simple = T\nbitpix = 8\nnaxis = 0\nlong = ", 39);
  execute(deep);
  free(deep);
  return failures > 0;
}
