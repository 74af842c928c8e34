/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files that are created in memory which holds something already.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ffmbyt(fitsfile *fptr, LONGLONG bytepos, int err_mode, int *status);
int ffgbyt(fitsfile *fptr, LONGLONG nbytes, void *buffer, int *status);

static void create(size_t room, int byte) {
  fitsfile *fptr;
  int status = 0, hdus = 0, hdutype = 0, anynul = 0;
  size_t size = room;
  void *memory = room > 0 ? malloc(room) : NULL;
  long axes[2] = {30, 20};
  short pixels[600], back[600];
  for (int i = 0; i < 600; i++)
    pixels[i] = (short)i;
  if (memory != NULL)
    memset(memory, byte, room);
  ffimem(&fptr, &memory, &size, 2880, realloc, &status);
  ffcrim(fptr, SHORT_IMG, 2, axes, &status);
  ffppr(fptr, TSHORT, 1, 600, pixels, &status);
  printf("%zu %d: first %d", room, byte, status);
  ffcrim(fptr, SHORT_IMG, 2, axes, &status);
  ffppr(fptr, TSHORT, 1, 600, pixels, &status);
  printf(" second %d", status);
  ffmahd(fptr, 1, &hdutype, &status);
  ffgpv(fptr, TSHORT, 1, 600, NULL, back, &anynul, &status);
  printf(" back %d %d", status, back[599]);
  ffmahd(fptr, 2, &hdutype, &status);
  ffgpv(fptr, TSHORT, 1, 600, NULL, back, &anynul, &status);
  printf(" %d %d", status, back[599]);
  ffthdu(fptr, &hdus, &status);
  printf(" hdus %d %d", hdus, status);
  ffflsh(fptr, 0, &status);
  printf(" %lld", fptr->Fptr->filesize > 8640 ? 8640LL : fptr->Fptr->filesize);
  ffclos(fptr, &status);
  printf(" close %d\n", status);
  FILE *file = fopen(byte != 0 ? "a.fits" : "b.fits", "wb");
  fwrite(memory, 1, size < 8640 ? size : 8640, file);
  fclose(file);
  free(memory);
}

/* A table without a header, as astropy has it. */
static void bytes(void) {
  fitsfile *fptr;
  int status = 0;
  size_t size = 5760;
  char *memory = malloc(size), four[4];
  for (size_t i = 0; i < size; i++)
    memory[i] = (char)('a' + i % 26);
  void *pointer = memory;
  ffimem(&fptr, &pointer, &size, 0, realloc, &status);
  printf("%d %lld", status, fptr->Fptr->filesize);
  ffmbyt(fptr, 100, 0, &status);
  ffgbyt(fptr, 4, four, &status);
  printf(" %d %.4s\n", status, four);
  fptr->Fptr->datastart = 0;
  status = 1;
  ffclos(fptr, &status);
  free(pointer);
}

int main(void) {
  create(0, 0);
  create(2880, 0xAA);
  create(100000, 0xAA);
  create(100000, 0);
  create(8640, 'x');
  bytes();
  return 0;
}
