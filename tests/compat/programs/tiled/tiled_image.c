/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Whole images: compressing, decompressing, headers; arrays of HCOMPRESS.
 */
#include <fitsio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NX = 70, NY = 50, N = NX * NY };

static unsigned state = 3;
static double noise(void) {
  double sum = 0;
  for (int i = 0; i < 12; i++) {
    state = state * 1103515245u + 12345u;
    sum += (double)(state >> 22) / 1024.0;
  }
  return sum - 6;
}

static const int bitpix[] = {BYTE_IMG, SBYTE_IMG, SHORT_IMG, USHORT_IMG, LONG_IMG, ULONG_IMG, FLOAT_IMG, DOUBLE_IMG};

/* A file with images of all types. The reals have null pixels from the middle on. */
static void create(const char *name) {
  fitsfile *fptr;
  int status = 0;
  long axes[2] = {NX, NY};
  double *array = malloc(N * sizeof *array), null = -5;
  ffinit(&fptr, name, &status);
  for (int k = 0; k < 8; k++) {
    for (int i = 0; i < N; i++) {
      array[i] = (bitpix[k] == SBYTE_IMG ? 0 : 100) + noise() * 5;
      if (i / NX == 7)
        array[i] = 42;
      if (bitpix[k] < 0 && i > N / 2 && i % 97 == 0)
        array[i] = null;
    }
    ffcrim(fptr, bitpix[k], 2, axes, &status);
    ffpcom(fptr, "a comment", &status);
    ffpky(fptr, TSTRING, "OBJECT", "thing", "an object", &status);
    if (k == 2)
      ffpky(fptr, TSTRING, "EXTNAME", "NAMED", "a name", &status);
    if (bitpix[k] < 0)
      ffppn(fptr, TDOUBLE, 1, N, array, &null, &status);
    else
      ffppr(fptr, TDOUBLE, 1, N, array, &status);
  }
  ffclos(fptr, &status);
  printf("created %d\n", status);
  free(array);
}

static void show_headers(const char *name) {
  fitsfile *fptr;
  int status = 0, hdus = 0, cards, room;
  char card[FLEN_CARD];
  ffopen(&fptr, name, READONLY, &status);
  ffthdu(fptr, &hdus, &status);
  for (int h = 1; h <= hdus && status == 0; h++) {
    ffmahd(fptr, h, NULL, &status);
    ffghsp(fptr, &cards, &room, &status);
    for (int i = 1; i <= cards; i++) {
      ffgrec(fptr, i, card, &status);
      printf("%d|%s\n", h, card);
    }
  }
  if (fptr != NULL)
    ffclos(fptr, &status);
}

/* One way to compress, and back. */
static void round_trip(int number, int algorithm, long tile0, long tile1, float level, int method, float scale) {
  fitsfile *in, *out;
  int status = 0, own = 0;
  long tile[2] = {tile0, tile1};
  char name[40];
  snprintf(name, sizeof name, "c%d.fits", number);
  ffopen(&in, "in.fits", READONLY, &status);
  ffinit(&out, name, &status);
  for (int h = 1; h <= 8; h++) {
    if ((algorithm == NOCOMPRESS && (h <= 2 || h >= 7)) || (algorithm == PLIO_1 && (h == 2 || h >= 5)))
      continue;
    status = 0;
    ffmahd(in, h, NULL, &status);
    fits_set_compression_type(out, algorithm, &status);
    fits_set_tile_dim(out, 2, tile, &status);
    fits_set_quantize_level(out, level, &status);
    fits_set_quantize_method(out, method, &status);
    fits_set_dither_seed(out, number % 2 ? 7 : -1, &status);
    fits_set_hcomp_scale(out, scale, &status);
    fits_img_compress(in, out, &status);
    printf("%d.%d: %d %d\n", number, h, status, out->Fptr->request_compress_type);
    ffcmsg();
  }
  status = 0;
  ffclos(out, &status);
  ffclos(in, &status);
  show_headers(name);
  status = 0;
  ffopen(&in, name, READONLY, &status);
  snprintf(name, sizeof name, "d%d.fits", number);
  ffinit(&out, name, &status);
  int hdus = 0;
  ffthdu(in, &hdus, &status);
  for (int h = 2; h <= hdus; h++) {
    status = 0;
    ffmahd(in, h, NULL, &status);
    if (tile0 > 0 && in->Fptr->zbitpix < 0)
      continue; /* CFITSIO puts the pixels of such tiles in wrong places */
    if (scale != 0 && in->Fptr->zbitpix == 8)
      continue; /* and stops where lossy pixels leave the range */
    if (h % 2)
      fits_img_decompress(in, out, &status);
    else
      fits_decomp_img(in, out, &status);
    printf("back %d.%d: %d\n", number, h, status);
    ffcmsg();
  }
  ffclos(out, &own);
  ffclos(in, &own);
  show_headers(name);
}

/* What is refused, and where a decompressed image goes. */
static void places(void) {
  long axes[2] = {5, 4};
  for (int v = 0; v < 6; v++) {
    fitsfile *in, *out;
    int status = 0, own = 0;
    char name[40];
    snprintf(name, sizeof name, "p%d.fits", v);
    ffopen(&in, "c1.fits", READONLY, &status);
    ffmahd(in, v == 5 ? 4 : 2, NULL, &status);
    ffinit(&out, name, &status);
    if (v == 1 || v == 2 || v == 3)
      ffcrim(out, BYTE_IMG, v == 2 ? 2 : 0, axes, &status);
    if (v == 3)
      ffcrim(out, SHORT_IMG, 2, axes, &status);
    if (v == 4)
      ffmahd(in, 1, NULL, &status);
    fits_img_decompress(in, out, &status);
    printf("place %d: %d\n", v, status);
    ffclos(out, status > 0 ? &own : &status);
    ffclos(in, &own);
    ffcmsg();
    if (v != 4)
      show_headers(name);
    else
      remove(name);
  }
}

static void refused(void) {
  fitsfile *in, *out;
  int status = 0;
  char *ttype[] = {"A"}, *tform[] = {"1J"};
  ffinit(&in, "r.fits", &status);
  ffcrim(in, SHORT_IMG, 0, NULL, &status);
  ffcrtb(in, BINARY_TBL, 0, 1, ttype, tform, NULL, "T", &status);
  for (int h = 1; h <= 2; h++) {
    ffinit(&out, "mem://", &status);
    ffmahd(in, h, NULL, &status);
    fits_img_compress(in, out, &status);
    printf("refused %d", status);
    status = 0;
    fits_img_decompress(in, out, &status);
    printf(" %d", status);
    status = 0;
    fits_img_decompress_header(in, out, &status);
    printf(" %d", status);
    status = 0;
    fits_decomp_img(in, out, &status);
    printf(" %d\n", status);
    status = 0;
    ffclos(out, &status);
    status = 0;
    ffcmsg();
  }
  ffclos(in, &status);
}

static void arrays(void) {
  int a[60], b[60], status = 0, nx = 0, ny = 0, scale = 0;
  long bytes = 2000;
  unsigned char stream[2000] = {0};
  for (int s = 0; s < 10; s += 3) {
    for (int i = 0; i < 60; i++)
      a[i] = i * i % 97;
    bytes = sizeof stream;
    printf("%d", fits_hcompress(a, 6, 10, s, (char *)stream, &bytes, &status));
    printf(" %ld:", bytes);
    for (long i = 0; i < bytes; i++)
      printf("%02x", stream[i]);
    printf("\n%d", fits_hdecompress(stream, s > 3, b, &nx, &ny, &scale, &status));
    printf(" %d %d %d:", nx, ny, scale);
    for (int i = 0; i < 60; i++)
      printf(" %d", b[i]);
    printf("\n");
  }
}

int main(void) {
  create("in.fits");
  round_trip(1, RICE_1, 0, 0, 4, SUBTRACTIVE_DITHER_1, 0);
  round_trip(2, RICE_1, 0, 0, -0.5F, SUBTRACTIVE_DITHER_2, 0);
  round_trip(3, GZIP_1, 33, 17, 8, NO_DITHER, 0);
  round_trip(4, GZIP_2, 0, 0, 0, SUBTRACTIVE_DITHER_1, 0);
  round_trip(5, HCOMPRESS_1, 0, 0, 4, SUBTRACTIVE_DITHER_1, 0);
  round_trip(6, HCOMPRESS_1, -1, -1, 4, SUBTRACTIVE_DITHER_1, 2);
  round_trip(7, PLIO_1, 0, 0, 4, SUBTRACTIVE_DITHER_1, 0);
  round_trip(8, NOCOMPRESS, 0, 0, 4, SUBTRACTIVE_DITHER_1, 0);
  places();
  refused();
  arrays();
  return 0;
}
