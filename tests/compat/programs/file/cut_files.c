/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files that end too early, or have bytes behind their last HDU; and what a card leaves in the memory of the caller.
 */
#include <stdio.h>
#include <string.h>

#include "fitsio.h"

#define SIZE 17280

static char whole[SIZE + 5760];

static void make(void) {
  fitsfile *f;
  int status = 0;
  char *names[] = {"A", "B"}, *forms[] = {"1J", "5A"};
  float pixels[900];
  long axes[] = {30, 30}, values[200];
  for (int i = 0; i < 900; i++)
    pixels[i] = (float)i + 1;
  for (int i = 0; i < 200; i++)
    values[i] = i + 1;
  ffinit(&f, "whole.fits", &status);
  ffcrim(f, FLOAT_IMG, 2, axes, &status);
  ffppr(f, TFLOAT, 1, 900, pixels, &status);
  ffcrtb(f, BINARY_TBL, 0, 2, names, forms, NULL, "T", &status);
  for (int i = 0; i < 28; i++)
    ffpcom(f, "text", &status);
  ffpcl(f, TLONG, 1, 1, 1, 200, values, &status);
  ffclos(f, &status);
  FILE *in = fopen("whole.fits", "rb");
  printf("made %d, %zu bytes\n", status, fread(whole, 1, sizeof whole, in));
  fclose(in);
}

static void copy(fitsfile *f) {
  fitsfile *to;
  int status = 0;
  ffinit(&to, "!copy.fits", &status);
  ffmahd(f, 1, NULL, &status);
  ffcopy(f, to, 0, &status);
  printf(" copy %d", status);
  if (status > 0) {
    ffclos(to, &status);
    FILE *in = fopen("copy.fits", "rb");
    fseek(in, 0, SEEK_END);
    printf(" of %ld bytes", ftell(in));
    fclose(in);
  } else {
    ffdelt(to, &status);
  }
}

/* Opens the first n bytes of the file, `more` bytes of a kind behind them. */
static void try_file(size_t n, char byte, size_t more) {
  fitsfile *f;
  int status = 0, type = 0, count = 0;
  FILE *out = fopen("cut.fits", "wb");
  memset(whole + n, byte, more);
  fwrite(whole, 1, n + more, out);
  fclose(out);
  ffopen(&f, "cut.fits", READONLY, &status);
  printf("%zu + %zu of %d: open %d", n, more, byte, status);
  if (status <= 0) {
    ffmahd(f, 2, &type, &status);
    printf(" table %d", status);
    if (status <= 0) {
      ffmahd(f, 3, &type, &status);
      printf(" end %d", status);
      status = 0;
      ffthdu(f, &count, &status);
      printf(" HDUs %d %d", count, status);
    }
    if (n < 5760)
      copy(f);
    status = 0;
    ffclos(f, &status);
  }
  printf("\n");
}

static void show(const char *name, const char memory[100]) {
  printf("%s ", name);
  for (int i = 0; i < 90; i++)
    putchar(memory[i] == '\0' ? '@' : memory[i]);
  printf("\n");
}

static void cards(void) {
  fitsfile *f;
  int status = 0;
  char memory[100], *include[] = {"EXT*"};
  ffopen(&f, "whole.fits[1]", READONLY, &status);
  for (int i = 1; i < 20; i++) {
    memset(memory, '#', sizeof memory);
    ffgrec(f, i, memory, &status);
    show("ffgrec", memory);
  }
  memset(memory, '#', sizeof memory);
  ffgcrd(f, "COMMENT", memory, &status);
  show("ffgcrd", memory);
  ffgrec(f, 0, NULL, &status);
  memset(memory, '#', sizeof memory);
  ffgnxk(f, include, 1, NULL, 0, memory, &status);
  show("ffgnxk", memory);
  ffclos(f, &status);
}

int main(void) {
  make();
  size_t ends[] = {2000, 2879, 2880, 3000, 5759, 5760, 5800, 8639, 8640, 9000, 11519, 11520, 12000};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    try_file(ends[i], 0, 0);
  char bytes[] = {0, 1, '\n', '\r', ' ', '!', 'X', '\x7f'};
  for (size_t i = 0; i < sizeof bytes; i++) {
    try_file(SIZE, bytes[i], 2880);
    try_file(SIZE, bytes[i], 1);
    try_file(SIZE, bytes[i], 100);
    try_file(SIZE, bytes[i], 3000);
  }
  cards();
  return 0;
}
