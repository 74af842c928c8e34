/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Pixels of every type of file read and written as every type of C: scaling, bounds, rounding, null values.
 *
 * Left out is what CFITSIO does without a check: doubles of 2^63 and 2^64 to integers of 64 bits, negative numbers read
 * as ULONGLONG, long and unsigned long written to smaller integers, unscaled bytes read as signed char with a check for
 * null values, null numbers that do not fit into BITPIX 32, and values of null pixels that only flags tell.
 */
#include <fitsio.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define VALUES 32

typedef struct {
  int code;
  int size;
  const char *name;
} type;

static const type types[] = {{TBYTE, 1, "b"},      {TSBYTE, 1, "sb"},      {TSHORT, 2, "i"}, {TUSHORT, 2, "ui"},
                             {TINT, 4, "k"},       {TUINT, 4, "uk"},       {TLONG, 8, "j"},  {TULONG, 8, "uj"},
                             {TLONGLONG, 8, "jj"}, {TULONGLONG, 8, "ujj"}, {TFLOAT, 4, "e"}, {TDOUBLE, 8, "d"}};
static const int bitpix[] = {8, 16, 32, 64, -32, -64};
static const int native[] = {0, 2, 4, 8, 10, 11}; /* index of the type of each bitpix */

static const double scales[][2] = {{1, 0},    {1, -128}, {1, 32768}, {1, 2147483648.}, {1, 9223372036854775808.},
                                   {2.5, -3}, {0.1, 0},  {-1, 0},    {1, 1},           {1e-300, 1e-3}};
#define SCALES ((int)(sizeof scales / sizeof *scales))

static const double numbers[VALUES] = {0,           -.3,          .5,        1.5,     -1.5, 2.5,      100,
                                       -128.48,     -129,         255.48,    255.5,   300,  32767.48, 32767.5,
                                       -32768.48,   -32769.5,     65535.4,   65535.5, 2e9,  -2e9,     2147483647.48,
                                       2147483648., -2147483649., 4e9,       5e9,     1e15, 1e-310,   1e38,
                                       NAN,         INFINITY,     -INFINITY, -0.};
static const LONGLONG integers[VALUES] = {0,
                                          1,
                                          -1,
                                          2,
                                          100,
                                          127,
                                          128,
                                          -128,
                                          -129,
                                          200,
                                          255,
                                          256,
                                          300,
                                          32767,
                                          32768,
                                          -32768,
                                          -32769,
                                          65535,
                                          65536,
                                          2147483647,
                                          2147483648LL,
                                          -2147483648LL,
                                          -2147483649LL,
                                          4294967295LL,
                                          4294967296LL,
                                          1LL << 52,
                                          -(1LL << 52),
                                          1LL << 62,
                                          -(1LL << 62),
                                          77,
                                          42,
                                          -42};

/* Fills in VALUES values of a type. */
static void fill(int t, void *values) {
  for (int i = 0; i < VALUES; i++) {
    if (types[t].code == TFLOAT)
      ((float *)values)[i] = (float)numbers[i];
    else if (types[t].code == TDOUBLE)
      ((double *)values)[i] = numbers[i];
    else
      memcpy((char *)values + i * types[t].size, &integers[i], (size_t)types[t].size);
  }
}

static void show(int t, const void *values, const char *flags) {
  for (int i = 0; i < VALUES; i++) {
    LONGLONG value = 0;
    if (flags != NULL && flags[i]) {
      printf(" null");
    } else if (types[t].code == TFLOAT) {
      float x = ((const float *)values)[i];
      printf(isnan(x) ? " nan" : " %.9g", x);
    } else if (types[t].code == TDOUBLE) {
      double x = ((const double *)values)[i];
      printf(isnan(x) ? " nan" : " %.17g", x);
    } else {
      memcpy(&value, (const char *)values + i * types[t].size, (size_t)types[t].size);
      printf(" %llx", value);
    }
  }
  printf("\n");
}

static int is_left_out(int b, int t, int s, int nullcheck, int writing) {
  const int code = types[t].code;
  const double zero = scales[s][1];
  if (code == TULONGLONG && !writing) /* the bounds are those of LONGLONG, or none */
    return b < 4;
  if ((code == TLONGLONG || code == TLONG) && !writing)
    return zero == 9223372036854775808. && b != 3;
  if (code == TSBYTE && b == 0 && s == 0 && nullcheck)
    return 1;
  return writing && ((bitpix[b] == 32 && (code == TLONG || code == TULONG) && s == 0) ||
                     (bitpix[b] == 64 && code == TULONG && s == 0));
}

static void read_all(fitsfile *fptr, int b, int s, int has_blank) {
  double room[VALUES], null_room[1];
  char flags[VALUES];
  for (int t = 0; t < 12; t++) {
    for (int nullcheck = 0; nullcheck < 3; nullcheck++) {
      int status = 0, anynul = 7;
      if (is_left_out(b, t, s, nullcheck, 0))
        continue;
      memset(room, 0x11, sizeof room);
      memset(flags, 9, sizeof flags);
      memset(null_room, 0, sizeof null_room);
      const float real = 99.F;
      *(char *)null_room = 99;
      if (types[t].code == TFLOAT)
        memcpy(null_room, &real, sizeof real);
      if (types[t].code == TDOUBLE)
        *null_room = 99.;
      if (nullcheck == 2)
        fits_read_imgnull(fptr, types[t].code, 1, VALUES, room, flags, &anynul, &status);
      else
        fits_read_img(fptr, types[t].code, 1, VALUES, nullcheck ? null_room : NULL, room, &anynul, &status);
      printf("%d as %s, scale %d, blank %d, check %d: %d %d:", bitpix[b], types[t].name, s, has_blank, nullcheck,
             status, anynul);
      show(t, room, nullcheck == 2 ? flags : NULL);
    }
  }
}

/* Writes values of each type with each scaling, and prints what the file has then. */
static void write_all(fitsfile *fptr, int b, int s, int has_blank) {
  double room[VALUES], stored[VALUES], null_room[1];
  for (int t = 0; t < 12; t++) {
    for (int nullcheck = 0; nullcheck < 2; nullcheck++) {
      int status = 0, other = 0;
      if (is_left_out(b, t, s, nullcheck, 1))
        continue;
      memset(stored, 0, sizeof stored);
      fits_set_bscale(fptr, 1., 0., &other);
      fits_write_img(fptr, types[native[b]].code, 1, VALUES, stored, &other);
      fits_set_bscale(fptr, scales[s][0], scales[s][1], &other);
      fill(t, room);
      memcpy(null_room, (char *)room + 4 * types[t].size, (size_t)types[t].size);
      if (nullcheck)
        fits_write_imgnull(fptr, types[t].code, 1, VALUES, room, null_room, &status);
      else
        fits_write_img(fptr, types[t].code, 1, VALUES, room, &status);
      fits_set_bscale(fptr, 1., 0., &other);
      fits_read_img(fptr, types[native[b]].code, 1, VALUES, NULL, stored, NULL, &other);
      printf("%s to %d, scale %d, blank %d, check %d: %d %d:", types[t].name, bitpix[b], s, has_blank, nullcheck,
             status, other);
      show(native[b], stored, NULL);
    }
  }
}

int main(void) {
  long axes[] = {VALUES};
  for (int b = 0; b < 6; b++) {
    double room[VALUES];
    fitsfile *fptr;
    char name[20];
    int status = 0;
    (void)snprintf(name, sizeof name, "pixels%d.fits", b);
    fits_create_file(&fptr, name, &status);
    fits_create_img(fptr, bitpix[b], 1, axes, &status);
    for (int blank = 0; blank < 2; blank++) {
      for (int s = 0; s < SCALES; s++) {
        fill(native[b], room);
        fits_set_bscale(fptr, 1., 0., &status);
        fits_write_img(fptr, types[native[b]].code, 1, VALUES, room, &status);
        fits_set_bscale(fptr, scales[s][0], scales[s][1], &status);
        if (blank && bitpix[b] > 0)
          fits_set_imgnull(fptr, 100, &status);
        printf("status %d\n", status);
        read_all(fptr, b, s, blank);
        write_all(fptr, b, s, blank);
      }
    }
    fits_close_file(fptr, &status);
    printf("closed %d\n", status);
  }
  return 0;
}
