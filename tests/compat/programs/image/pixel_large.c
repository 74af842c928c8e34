/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Images of several megabytes, read whole, by rows and in sections; and random sections of images with 1 to 4 axes.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../shared/mutate.h"

#define WIDTH 5000
#define HEIGHT 110
#define PIXELS (WIDTH * HEIGHT)

static unsigned long long sum_of(const void *values, size_t bytes) {
  const unsigned char *at = values;
  unsigned long long sum = 14695981039346656037ULL;
  for (size_t i = 0; i < bytes; i += 8) {
    unsigned long long word = 0;
    memcpy(&word, at + i, bytes - i < 8 ? bytes - i : 8);
    sum = (sum ^ word) * 1099511628211ULL;
    sum ^= sum >> 29;
  }
  return sum;
}

static void whole(fitsfile *f, double *room, char *flags) {
  static const struct {
    int code, size;
  } types[] = {{TBYTE, 1}, {TSHORT, 2}, {TUSHORT, 2}, {TINT, 4}, {TFLOAT, 4}, {TDOUBLE, 8}, {TLONGLONG, 8}};
  for (int t = 0; t < 7; t++) {
    double null = 0;
    int anynul = -1, status = 0;
    const float real = -7.5F;
    if (types[t].code == TFLOAT)
      memcpy(&null, &real, sizeof real);
    else if (types[t].code == TDOUBLE)
      null = -7.5;
    else
      *(char *)&null = 7;
    memset(room, 0, PIXELS * 8);
    fits_read_img(f, types[t].code, 1, PIXELS, NULL, room, &anynul, &status);
    printf("type %d: %d %d %llx\n", types[t].code, status, anynul, sum_of(room, (size_t)PIXELS * types[t].size));
    status = 0;
    fits_read_img(f, types[t].code, 11, PIXELS - 23, &null, room, &anynul, &status);
    printf("type %d, nulls: %d %d %llx\n", types[t].code, status, anynul,
           sum_of(room, (size_t)(PIXELS - 23) * types[t].size));
    status = 0;
    memset(flags, 3, PIXELS);
    memset(room, 0, PIXELS * 8);
    fits_read_imgnull(f, types[t].code, 1, PIXELS, room, flags, &anynul, &status);
    for (int i = 0; i < PIXELS; i++)
      if (flags[i])
        memset((char *)room + (size_t)i * types[t].size, 0, types[t].size);
    printf("type %d, flags: %d %d %llx %llx\n", types[t].code, status, anynul, sum_of(flags, PIXELS),
           sum_of(room, (size_t)PIXELS * types[t].size));
  }
}

static void parts(fitsfile *f, float *room) {
  for (int round = 0; round < 200; round++) {
    long blc[2], trc[2], inc[2] = {1 + random_below(4) * random_below(3), 1 + random_below(3)};
    int anynul, status = 0;
    blc[0] = 1 + random_below(WIDTH);
    trc[0] = round % 3 == 0 ? 1 + random_below(WIDTH) : blc[0] + random_below((unsigned)(WIDTH + 1 - blc[0]));
    blc[1] = 1 + random_below(HEIGHT);
    trc[1] = 1 + random_below(HEIGHT);
    memset(room, 0, PIXELS * sizeof *room);
    fits_read_subset(f, TFLOAT, blc, trc, inc, NULL, room, &anynul, &status);
    printf("section %d: %d %llx\n", round, status, sum_of(room, PIXELS * sizeof *room / 8));
  }
  for (int y = 0; y < HEIGHT; y += 7) {
    int anynul, status = 0;
    fits_read_img(f, TFLOAT, 1 + (LONGLONG)y * WIDTH, WIDTH, NULL, room, &anynul, &status);
    printf("row %d: %d %llx\n", y, status, sum_of(room, WIDTH * sizeof *room));
  }
}

static void large(int bitpix) {
  double *room = malloc(PIXELS * sizeof *room);
  char *flags = malloc(PIXELS);
  long axes[] = {WIDTH, HEIGHT};
  fitsfile *f;
  int status = 0;
  if (room == NULL || flags == NULL)
    exit(2);
  for (int i = 0; i < PIXELS; i++)
    room[i] = i % 1013 == 5 ? 100. : (double)(i * 37 % 60011) - 20000.;
  (void)remove("large.fits");
  fits_create_file(&f, "large.fits", &status);
  fits_create_img(f, bitpix, 2, axes, &status);
  if (bitpix > 0)
    fits_write_key_lng(f, "BLANK", 100, "", &status);
  fits_set_hdustruc(f, &status);
  fits_write_imgnull(f, TDOUBLE, 1, PIXELS, room, room + 5, &status);
  printf("written %d\n", status);
  whole(f, room, flags);
  fits_set_bscale(f, 0.5, 100., &status);
  whole(f, room, flags);
  parts(f, (float *)room);
  fits_close_file(f, &status);
  printf("closed %d\n", status);
  free(flags);
  free(room);
}

/* Sections of images with up to 4 axes, read in all directions and written. */
static void small(void) {
  int numbers[240], back[240];
  for (int i = 0; i < 240; i++)
    numbers[i] = i + 1;
  for (int naxis = 1; naxis <= 4; naxis++) {
    long axes[] = {5, 4, 3, 4};
    LONGLONG total = 1;
    fitsfile *f;
    int status = 0;
    char name[20];
    for (int i = 0; i < naxis; i++)
      total *= axes[i];
    (void)snprintf(name, sizeof name, "small%d.fits", naxis);
    fits_create_file(&f, name, &status);
    fits_create_img(f, 32, naxis, axes, &status);
    fits_write_img(f, TINT, 1, total, numbers, &status);
    printf("%d axes %d\n", naxis, status);
    for (int round = 0; round < 150; round++) {
      long blc[4], trc[4], inc[4], first[4], last[4];
      int anynul;
      for (int i = 0; i < naxis; i++) {
        blc[i] = random_below(2) ? 1 : 1 + random_below((unsigned)axes[i]);
        trc[i] = random_below(2) ? axes[i] : 1 + random_below((unsigned)axes[i]);
        inc[i] = random_below(2) ? 1 : 1 + random_below(3);
        first[i] = blc[i] < trc[i] ? blc[i] : trc[i];
        last[i] = blc[i] < trc[i] ? trc[i] : blc[i];
      }
      memset(back, 0, sizeof back);
      fits_read_subset(f, TINT, blc, trc, inc, NULL, back, &anynul, &status);
      printf("section %d: %d %llx", round, status, sum_of(back, sizeof back));
      if (round % 5 == 4) {
        fits_write_subset(f, TINT, first, last, numbers + random_below(100), &status);
        fits_read_img(f, TINT, 1, total, NULL, back, &anynul, &status);
        printf(" written: %d %llx", status, sum_of(back, sizeof back));
      }
      printf("\n");
    }
    fits_close_file(f, &status);
  }
}

int main(void) {
  large(16);
  large(-32);
  large(8);
  small();
  return 0;
}
