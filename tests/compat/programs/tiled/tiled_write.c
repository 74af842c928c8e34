/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images of all types and algorithms: creating, writing, reading.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NX = 60, NY = 45, NZ = 2, N = NX * NY * NZ };

static unsigned state = 1;
static double noise(void) {
  double sum = 0;
  for (int i = 0; i < 12; i++) {
    state = state * 1103515245u + 12345u;
    sum += (double)(state >> 22) / 1024.0;
  }
  return sum - 6;
}

static size_t size_of(int type) {
  return type == TBYTE || type == TSBYTE ? 1 : type == TSHORT || type == TUSHORT ? 2 : type == TDOUBLE ? 8 : 4;
}

static void put(void *array, int type, long i, double value) {
  switch (type) {
  case TBYTE:
    ((unsigned char *)array)[i] = (unsigned char)value;
    break;
  case TSBYTE:
    ((signed char *)array)[i] = (signed char)value;
    break;
  case TSHORT:
    ((short *)array)[i] = (short)value;
    break;
  case TUSHORT:
    ((unsigned short *)array)[i] = (unsigned short)value;
    break;
  case TINT:
    ((int *)array)[i] = (int)value;
    break;
  case TUINT:
    ((unsigned *)array)[i] = (unsigned)value;
    break;
  case TFLOAT:
    ((float *)array)[i] = (float)value;
    break;
  default:
    ((double *)array)[i] = value;
  }
}

/* CFITSIO stops at the first tile with an overflow: what the others hold then does not count. */
static unsigned long sum_of(const void *array, size_t n, int status) {
  const unsigned char *at = array;
  unsigned long sum = 5381;
  if (status != 0)
    return 0;
  for (size_t i = 0; i < n; i++)
    sum = sum * 33 + at[i];
  return sum;
}

/* What varies. */
enum { PLAIN, NULLS, TILES, PARTS, NO_DITHERING, DITHER_2, LOSSLESS, ABSOLUTE, CONSTANT, CHECKSUM, SCALED, HUGE, LAST };

static void *pixels(int type, int bitpix, int algorithm, int kind, void *null) {
  char *array = calloc(N, 8);
  memset(null, 0, 8);
  put(null, type, 0, bitpix == SBYTE_IMG ? -3 : 97);
  state = 7;
  for (long i = 0; i < N; i++) {
    double value = 100 + noise() * 6 + (double)(i % NX) * 0.3;
    if (bitpix == SBYTE_IMG)
      value -= 100;
    if (kind == DITHER_2 && i % 7 == 0)
      value = 0;
    if (kind == CONSTANT && i / NX % 3 == 1)
      value = 42;
    if (kind == HUGE && bitpix != BYTE_IMG && bitpix != SBYTE_IMG && bitpix > 0)
      value *= 200;
    if (algorithm == PLIO_1 && value < 0)
      value = 0;
    put(array, type, i, value);
    if (kind == NULLS && i % 13 == 0)
      memcpy(array + (size_t)i * size_of(type), null, size_of(type));
  }
  return array;
}

static void create(fitsfile *fptr, int algorithm, int bitpix, int kind, int *status) {
  long tile[3] = {20, 20, 1}, axes[3] = {NX, NY, NZ};
  fits_set_compression_type(fptr, algorithm, status);
  fits_set_dither_seed(fptr, kind == CHECKSUM ? -1 : 5, status);
  if (kind == TILES || kind == PARTS)
    fits_set_tile_dim(fptr, 3, tile, status);
  if (kind == NO_DITHERING)
    fits_set_quantize_method(fptr, NO_DITHER, status);
  if (kind == DITHER_2)
    fits_set_quantize_method(fptr, SUBTRACTIVE_DITHER_2, status);
  if (kind == LOSSLESS)
    fits_set_quantize_level(fptr, 0, status);
  if (kind == ABSOLUTE)
    fits_set_quantize_level(fptr, -0.3F, status);
  if (kind == SCALED) {
    fits_set_hcomp_scale(fptr, 2, status);
    fits_set_hcomp_smooth(fptr, 1, status);
  }
  if (kind == HUGE)
    fits_set_huge_hdu(fptr, 1, status);
  ffcrim(fptr, bitpix, 3, axes, status);
  if (kind == NULLS && bitpix > 0) {
    int blank = bitpix == BYTE_IMG || bitpix == SBYTE_IMG ? 200 : -99;
    ffpky(fptr, TINT, "BLANK", &blank, "null", status);
  }
}

static void fill(fitsfile *fptr, int type, int kind, char *array, void *null, int *status) {
  long first[3] = {15, 10, 1}, last[3] = {44, 35, 2};
  if (kind == NULLS) {
    ffppn(fptr, type, 1, N, array, null, status);
  } else if (kind == PARTS) {
    ffpss(fptr, type, first, last, array, status);
    first[0] = 1, last[0] = NX, first[1] = 12, last[1] = 22;
    ffpss(fptr, type, first, last, array + 8 * size_of(type), status);
    ffppr(fptr, type, 777, 1500, array, status);
  } else {
    ffppr(fptr, type, 1, N, array, status);
  }
}

static void show_state(const fitsfile *fptr) {
  const FITSfile *f = fptr->Fptr;
  printf(
      " [%d %ld %ld %ld %g %d %d %d '%s' %d %d %ld %ld %ld %ld %ld | %d %d %d %d %d %d | %g %g %g %d | %d %d %g %d]\n",
      f->compress_type, f->tilesize[0], f->tilesize[1], f->tilesize[2], (double)f->quantize_level, f->quantize_method,
      f->dither_seed, f->compressimg, f->zcmptype, f->zbitpix, f->zndim, f->znaxis[0], f->znaxis[1], f->znaxis[2],
      f->maxtilelen, f->maxelem, f->cn_compressed, f->cn_uncompressed, f->cn_gzip_data, f->cn_zscale, f->cn_zzero,
      f->cn_zblank, f->cn_bscale, f->cn_bzero, f->cn_actual_bzero, f->zblank, f->rice_blocksize, f->rice_bytepix,
      (double)f->hcomp_scale, f->hcomp_smooth);
}

static void read_back(const char *name, int bitpix) {
  static const int types[] = {TFLOAT, TDOUBLE, TINT, TLONG, TSHORT, TUSHORT, TUINT, TBYTE};
  fitsfile *fptr;
  int status = 0, anynul = 0;
  long first[3] = {7, 5, 1}, last[3] = {55, 41, 2}, step[3] = {3, 2, 1};
  char *array = calloc(N, 8);
  fits_open_image(&fptr, name, READONLY, &status);
  printf("open %d", status);
  if (status == 0)
    show_state(fptr);
  for (int i = 0; i < (bitpix > 0 ? 8 : 2) && status == 0; i++) {
    char null[8];
    memset(null, 0, sizeof null);
    put(null, types[i] == TLONG ? TINT : types[i], 0, 77);
    memset(array, 0, N * 8);
    ffgpv(fptr, types[i], 1, N, null, array, &anynul, &status);
    printf("all %d: %d %d %lu\n", types[i], status, anynul, sum_of(array, N * 8, status));
    status = status == NUM_OVERFLOW || status < 0 ? 0 : status;
    memset(array, 0, N * 8);
    ffgsv(fptr, types[i], first, last, step, null, array, &anynul, &status);
    printf("section: %d %lu\n", status < 0 ? NUM_OVERFLOW : status, sum_of(array, N * 8, status));
    status = status == NUM_OVERFLOW || status < 0 ? 0 : status;
    memset(array, 0, N * 8);
    for (long row = 1; row <= NY && status == 0; row++)
      ffgpv(fptr, types[i], (row - 1) * NX + 1, NX, null, array + row * NX * 8, &anynul, &status);
    printf("rows: %d %lu\n", status < 0 ? NUM_OVERFLOW : status, sum_of(array, N * 8, status));
    status = status == NUM_OVERFLOW || status < 0 ? 0 : status;
  }
  free(array);
  if (fptr != NULL)
    ffclos(fptr, &status);
  ffcmsg();
}

int main(void) {
  static const int algorithms[] = {RICE_1, GZIP_1, GZIP_2, PLIO_1, HCOMPRESS_1};
  static const struct {
    int bitpix, type;
  } kinds[] = {{BYTE_IMG, TBYTE},    {SBYTE_IMG, TSBYTE}, {SHORT_IMG, TSHORT}, {USHORT_IMG, TUSHORT},
               {LONG_IMG, TINT},     {ULONG_IMG, TUINT},  {FLOAT_IMG, TFLOAT}, {DOUBLE_IMG, TDOUBLE},
               {DOUBLE_IMG, TFLOAT}, {SHORT_IMG, TINT},   {LONG_IMG, TLONG},   {LONGLONG_IMG, TLONGLONG}};
  for (int a = 0; a < 5; a++)
    for (int k = 0; k < 12; k++)
      for (int kind = 0; kind < LAST; kind++) {
        int bitpix = kinds[k].bitpix, type = kinds[k].type, status = 0;
        char null[8], name[40];
        fitsfile *fptr;
        if (algorithms[a] == PLIO_1 && (kind == NULLS || k > 4 || bitpix == USHORT_IMG))
          continue; /* CFITSIO overruns memory */
        if (algorithms[a] == HCOMPRESS_1 && bitpix < 0 && kind == DITHER_2)
          continue; /* it prints a warning */
        if (k == 8 && (kind == LOSSLESS || kind == CONSTANT))
          continue; /* it stores floats in an image of doubles */
        if (bitpix == SBYTE_IMG && kind == PARTS)
          continue; /* the same pixels, but other gaps in the heap */
        if (k > 8 && kind != PLAIN)
          continue;
        void *array = pixels(type, bitpix, algorithms[a], kind, null);
        snprintf(name, sizeof name, "z%d_%d_%d.fits", algorithms[a], k, kind);
        ffinit(&fptr, name, &status);
        create(fptr, algorithms[a], bitpix, kind, &status);
        printf("%s: create %d", name, status);
        fill(fptr, type, kind, array, null, &status);
        printf(" write %d", status);
        int own = 0;
        ffclos(fptr, status > 0 ? &own : &status);
        printf(" close %d\n", status);
        if (status == 0)
          read_back(name, bitpix);
        else
          remove(name);
        ffcmsg();
        free(array);
      }
  return 0;
}
