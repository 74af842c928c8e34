/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reads all that files have through the CFITSIO layer: each HDU, its keywords, columns and pixels. Nothing is compared;
 * damaged files must end neither the process nor in a loop.
 *
 *   walk FILE...      a folder counts for the files in it
 */
#include <dirent.h>
#include <fitsio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SOME 1000    /* elements that are read at a time */
#define MOST_HDUS 40 /* of a file */
#define MOST_CARDS 900
#define MOST_COLUMNS 30
#define MAX_PIXELS 100000000 /* of a tile: larger ones are decoded, but take seconds for each call */

static void forget(int *status) {
  char message[FLEN_ERRMSG];
  *status = 0;
  while (ffgmsg(message) != 0)
    ;
}

static void read_keywords(fitsfile *f) {
  int status = 0, count = 0, room = 0, length = 0;
  char card[FLEN_CARD], key[FLEN_KEYWORD], value[FLEN_VALUE], comment[FLEN_COMMENT], *text = NULL;
  ffghsp(f, &count, &room, &status);
  for (int i = 0; i <= count + 1 && i < MOST_CARDS; i++) {
    double number = 0;
    forget(&status);
    ffgrec(f, i, card, &status);
    ffgkyn(f, i, key, value, comment, &status);
    ffgknm(card, key, &length, &status);
    ffpsvc(card, value, comment, &status);
    status = 0;
    ffgkyd(f, key, &number, comment, &status);
    status = 0;
    if (ffgkls(f, key, &text, comment, &status) <= 0)
      free(text);
    text = NULL;
  }
  status = 0;
  if (ffhdr2str(f, 0, NULL, 0, &text, &count, &status) <= 0)
    free(text);
  forget(&status);
}

static void read_image(fitsfile *f) {
  int status = 0, bitpix = 0, naxis = 0, any = 0;
  long axes[9] = {0}, first[9], last[9], step[9];
  double doubles[SOME], zero = 0;
  short shorts[SOME];
  char flags[SOME];
  ffgipr(f, 9, &bitpix, &naxis, axes, &status);
  if (status > 0 || naxis < 1 || naxis > 9)
    return forget(&status);
  LONGLONG pixels = 1, tile = 1;
  for (int i = 0; i < f->Fptr->zndim && i < MAX_COMPRESS_DIM && fits_is_compressed_image(f, &status); i++)
    tile = f->Fptr->tilesize[i] < MAX_PIXELS ? tile * f->Fptr->tilesize[i] : MAX_PIXELS + 1;
  if (tile > MAX_PIXELS)
    return;
  for (int i = 0; i < naxis; i++)
    pixels = axes[i] > 0 && pixels < 1000000000000 / axes[i] ? pixels * axes[i] : 0;
  LONGLONG places[] = {1, pixels / 2 + 1, pixels - SOME + 1, pixels + 1};
  for (int i = 0; i < 4; i++) {
    LONGLONG n = places[i] + SOME - 1 <= pixels || pixels > SOME ? SOME : pixels;
    forget(&status);
    ffgpv(f, TDOUBLE, places[i], n, &zero, doubles, &any, &status);
    status = 0;
    ffgpf(f, TSHORT, places[i], n, shorts, flags, &any, &status);
  }
  for (int i = 0; i < naxis; i++) {
    first[i] = 1;
    last[i] = axes[i] < 4 ? axes[i] : 4;
    step[i] = i == 0 ? 2 : 1;
    if (i > 3)
      last[i] = 1;
  }
  forget(&status);
  ffgsv(f, TDOUBLE, first, last, step, &zero, doubles, &any, &status);
  forget(&status);
}

static void read_column(fitsfile *f, int column, LONGLONG rows) {
  int status = 0, type = 0, width = 0, any = 0;
  LONGLONG repeat = 0, size = 0, length = 0, address = 0;
  double doubles[2 * SOME], zero = 0;
  char flags[2 * SOME], *text = NULL;
  ffgtclll(f, column, &type, &repeat, &size, &status);
  ffgcdw(f, column, &width, &status);
  LONGLONG places[] = {1, rows / 2 + 1, rows, rows + 1};
  for (int i = 0; i < 4; i++) {
    LONGLONG n = repeat > 0 && repeat < SOME ? repeat : SOME;
    forget(&status);
    ffgdesll(f, column, places[i], &length, &address, &status);
    if (type < 0)
      n = length > 0 && length < SOME ? length : SOME;
    status = 0;
    ffgcv(f, TDOUBLE, column, places[i], 1, n, &zero, doubles, &any, &status);
    status = 0;
    ffgcf(f, TINT, column, places[i], 1, n, doubles, flags, &any, &status);
    status = 0;
    ffgcv(f, TLOGICAL, column, places[i], 1, n, &zero, doubles, &any, &status);
    status = 0;
    ffgcv(f, TBIT, column, places[i], 1, n, &zero, doubles, &any, &status);
    LONGLONG room = (width > 0 ? width : 0) + (size > 0 ? size : 0) + (type < 0 ? length : 0);
    status = 0;
    if (room < 1000000 && room >= 0 && (text = malloc((size_t)room + 100)) != NULL)
      ffgcvs(f, column, places[i], 1, 1, "null", &text, &any, &status);
    free(text);
    text = NULL;
  }
  forget(&status);
}

static void read_table(fitsfile *f) {
  int status = 0, columns = 0;
  LONGLONG rows = 0;
  unsigned char bytes[SOME];
  ffgnrwll(f, &rows, &status);
  ffgncl(f, &columns, &status);
  if (status <= 0)
    for (int i = 0; i <= columns + 1 && i < MOST_COLUMNS; i++)
      read_column(f, i, rows);
  ffgtbb(f, 1, 1, SOME, bytes, &status);
  forget(&status);
}

static void read_file(const char *name) {
  fitsfile *f = NULL;
  int status = 0, type = 0, count = 0, data = 0, header = 0;
  ffdkopn(&f, name, READONLY, &status);
  printf("%s: %d\n", name, status);
  if (status > 0)
    return forget(&status);
  ffthdu(f, &count, &status);
  printf("  %d HDUs: %d\n", count, status);
  for (int i = 1; i <= MOST_HDUS; i++) {
    forget(&status);
    if (ffmahd(f, i, &type, &status) > 0)
      break;
    read_keywords(f);
    printf("  HDU %d of type %d\n", i, type);
    if (type == IMAGE_HDU || fits_is_compressed_image(f, &status))
      read_image(f);
    else
      read_table(f);
    forget(&status);
    ffvcks(f, &data, &header, &status);
  }
  forget(&status);
  ffclos(f, &status);
  forget(&status);
}

static bool is_folder(const char *name) {
  struct stat found;
  return stat(name, &found) == 0 && S_ISDIR(found.st_mode);
}

int main(int count, char **names) {
  (void)setvbuf(stdout, NULL, _IOLBF, 0);
  for (int i = 1; i < count; i++) {
    struct dirent *entry;
    char path[4096];
    DIR *folder = is_folder(names[i]) ? opendir(names[i]) : NULL;
    if (folder == NULL)
      read_file(names[i]);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
      (void)snprintf(path, sizeof path, "%s/%s", names[i], entry->d_name);
      if (!is_folder(path))
        read_file(path);
    }
    if (folder != NULL)
      (void)closedir(folder);
  }
  return 0;
}
