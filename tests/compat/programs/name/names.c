/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extended file names: their parts, the location of an HDU, a binning. No file is opened that exists.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

#include "names_list.h"

static const char *const locations[] = {
    "",
    "1",
    " 2 ",
    "0",
    "-1",
    "+1",
    "99999",
    "100000",
    "12345678901",
    "1.5",
    "1x",
    "x1",
    "3 4",
    "P",
    "p",
    "PRIMARY",
    "primary",
    " Primary ",
    "prim",
    "P,1",
    "PRIMARY,2",
    "EVENTS",
    "EVENTS,2",
    "EVENTS, 2",
    "EVENTS ,2",
    "EVENTS,2,b",
    "EVENTS,2,BINTABLE",
    "EVENTS,2,TABLE",
    "EVENTS,2,t",
    "EVENTS,2,A",
    "EVENTS,2,ASCII",
    "EVENTS,2,I",
    "EVENTS,2,IMAGE",
    "EVENTS,2,x",
    "EVENTS,b",
    "EVENTS,IMAGE",
    "EVENTS,2, b",
    "EVENTS,2,b,3",
    "EVENTS,-1",
    "EVENTS,1.5",
    "EVENTS,2x",
    "EVENTS 2",
    "MY EVENTS,3",
    " EVENTS",
    "EVENTS ",
    "EVENTS,",
    "EVENTS,,b",
    ",2",
    "'EVENTS'",
    "'MY, EXT',2",
    "\"EVENTS\"",
    "#1",
    "*GTI*",
    "EV?NT*,2",
    "3; images(17)",
    "3; images (17)",
    "3;images(exposure > 100)",
    "3;images",
    "3;images(",
    "3;images()",
    "3;(17)",
    "3;images(17",
    "3;images(17) ",
    "EVENTS;x(1)",
    "EVENTS,2;x(1)",
    "EVENTS,2,b;x(1)",
    "P;x(1)",
    "1;#3(1)",
    ";x(1)",
    "1;x y(1)",
    "\t1",
    "1,2",
    "1 b",
};

static const char *const bins[] = {
    "bin",
    "bin X",
    "bin X,Y",
    "binb X",
    "bini X",
    "binj X",
    "binr X",
    "bind X",
    "binx X",
    "bin (X,Y)=1:512:2",
    "bin (X,Y) = 5",
    "bin (X,Y)",
    "bin x = :512:2",
    "bin x = 1::2",
    "bin x = 1:512",
    "bin x = 1:",
    "bin x = :512",
    "bin x = 2",
    "bin x=2",
    "bin 4",
    "bin 4.5",
    "bin = 4",
    "bin =4",
    "bin 1:10:2",
    "bini detx, dety",
    "bin (detx, dety)=16; /exposure",
    "bin time=TSTART:TSTOP:0.1",
    "bin pha, time=8000.:8100.:0.1",
    "bin #4=1:512",
    "bin x,y,z,t",
    "bin x,y,z,t,u",
    "bin (x,y,z,t)",
    "bin (x,y,z,t,u)=2",
    "bin x;2",
    "bin x; 2.5",
    "bin x;/2.5",
    "bin x ; w",
    "bin x;/w",
    "bin x; / w",
    "bin x;",
    "bin x=1:2:3;w",
    "bin x=1:2:3:4",
    "bin x=a:b:c",
    "bin x=-1:-2:-3",
    "bin x=1e3:1d4:.5",
    "bin x=1:2,y=3:4",
    "bin x=1:2 , y=3:4",
    "bin x=1:2 y=3:4",
    "bin x,",
    "bin ,x",
    "bin x,,y",
    "bin x=",
    "bin =",
    "bin x=,y",
    "bin x=:",
    "bin x=::",
    "bin x=::3",
    "bin x=3,y=4,z=5,t=6",
    "bin (x)",
    "bin (x)=2",
    "bin (x",
    "bin x=TSTART:10",
    "BIN x",
    "bin  x",
    "bin x=0x10",
    "bin x=1:2:0",
    "bin @nofile.txt",
    "bin (x,y)=1:2:3,z",
    "bin 4;w",
    "bin 4,5",
    "bin 1:2,3:4",
    "bin x-y",
    "bin x=1:2:3 ;w",
    "bin x=#A:B",
};

static char url[4 * FLEN_FILENAME];

static void show_name(const char *text) {
  static const char *const labels[] = {"type", "file", "output", "hdu", "rows", "bin", "columns", "pixels", "compress"};
  char parts[9][FLEN_FILENAME];
  int status = 0, number = -7, exists = -7;
  memset(parts, 0, sizeof parts);
  (void)snprintf(url, sizeof url, "%s", text);
  ffifile2(url, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8], &status);
  printf("%s: %d", text, status);
  for (int i = 0; i < 9 && status == 0; i++)
    if (parts[i][0] != '\0')
      printf(" %s{%s}", labels[i], parts[i]);
  status = 0;
  parts[0][0] = '\0';
  fits_parse_rootname(url, parts[0], &status);
  printf(" root %d {%s}", status, parts[0]);
  status = 0;
  fits_parse_extnum(url, &number, &status);
  printf(" number %d %d", status, status == 0 ? number : 0);
  status = 0;
  fits_file_exists(url, &exists, &status);
  printf(" exists %d %d\n", status, exists);
  fits_clear_errmsg();
}

static void show_older(const char *text) {
  char parts[8][FLEN_FILENAME];
  int status = 0;
  (void)snprintf(url, sizeof url, "%s", text);
  fits_parse_input_url(url, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], &status);
  for (int i = 0; i < 7; i++)
    printf("{%s}", parts[i]);
  fits_parse_input_filename(url, NULL, parts[1], NULL, parts[3], parts[4], NULL, parts[6], parts[7], &status);
  printf(" %d {%s}\n", status, parts[7]);
  printf("%d\n", ffifile2(url, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &status));
}

static void show_location(const char *text) {
  char name[FLEN_VALUE] = "", column[FLEN_VALUE] = "", row[FLEN_FILENAME] = "";
  int status = 0, number = 0, version = 0, type = 0;
  (void)snprintf(url, sizeof url, "%s", text);
  ffexts(url, &number, name, &version, &type, column, row, &status);
  printf("%s: %d", text, status);
  if (status == 0)
    printf(" %d {%s} %d %d {%s} {%s}", number, name, version, type, column, row);
  printf("\n");
  fits_clear_errmsg();
}

static void show_bin(const char *text) {
  int status = 0, type = 0, n = 0, reciprocal = -1;
  double low[4] = {0}, high[4] = {0}, size[4] = {0}, weight = 0;
  char column[4][FLEN_VALUE], minimum[4][FLEN_VALUE], maximum[4][FLEN_VALUE], bin[4][FLEN_VALUE], by[FLEN_VALUE];
  (void)snprintf(url, sizeof url, "%s", text);
  ffbins(url, &type, &n, column, low, high, size, minimum, maximum, bin, &weight, by, &reciprocal, &status);
  printf("%s: %d", text, status);
  if (status == 0) {
    printf(" %d %d %g{%s} %d", type, n, weight, by, reciprocal);
    for (int i = 0; i < n; i++)
      printf(" {%s} %g:%g:%g {%s}{%s}{%s}", column[i], low[i], high[i], size[i], minimum[i], maximum[i], bin[i]);
  }
  printf("\n");
  fits_clear_errmsg();
  if (strncmp(text, "bin ", 4) != 0 || strchr(text, '(') != NULL || strchr(text, '@') != NULL)
    return;
  char *p = url;
  status = 0;
  (void)snprintf(url, sizeof url, "%s", text + 4);
  for (int i = 0; i < 2; i++) {
    int result = ffbinr(&p, column[0], &low[0], &high[0], &size[0], minimum[0], maximum[0], bin[0], &status);
    printf("  %d {%s} {%s} %g:%g:%g {%s}{%s}{%s}\n", result, p, column[0], low[0], high[0], size[0], minimum[0],
           maximum[0], bin[0]);
  }
}

static void show_import(const char *text) {
  char *content = NULL, name[] = "import.txt";
  int status = 0;
  FILE *file = text == NULL ? NULL : fopen(name, "w");
  if (file != NULL) {
    fputs(text, file);
    fclose(file);
  }
  if (text == NULL)
    (void)remove(name);
  ffimport_file(name, &content, &status);
  printf("import %d {%s}\n", status, status == 0 ? content : "");
  if (status == 0)
    fits_free_memory(content, &status);
}

int main(void) {
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    show_name(names[i]);
  show_older("http://a/b.fits(c)[1][col x][y>2][bin x]");
  show_older("a.fits[1][pix x]");
  for (size_t i = 0; i < sizeof locations / sizeof *locations; i++)
    show_location(locations[i]);
  for (size_t i = 0; i < sizeof bins / sizeof *bins; i++)
    show_bin(bins[i]);
  show_import("");
  show_import("a\n");
  show_import("a");
  show_import("// c\na, \n//d\n  b\n\n e //f\n");
  show_import("x\r\ny\tz\n");
  show_import(NULL);
  /* lengths */
  for (int n = FLEN_FILENAME - 2; n <= FLEN_FILENAME; n++) {
    char parts[FLEN_FILENAME];
    int status = 0;
    memset(url, 'x', (size_t)n);
    url[n] = '\0';
    fits_parse_input_url(url, NULL, parts, NULL, NULL, NULL, NULL, NULL, &status);
    printf("%d: %d\n", n, status);
  }
  return 0;
}
