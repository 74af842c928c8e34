/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Requests of compression: setting, getting, FZ keywords, sizes, remote settings.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

int imcomp_calc_max_elem(int comptype, int nx, int zbitpix, int blocksize);

static void show(fitsfile *fptr, const char *what, int status) {
  const FITSfile *f = fptr->Fptr;
  printf("%s: %d |", what, status);
  printf(" %d", f->request_compress_type);
  for (int i = 0; i < MAX_COMPRESS_DIM; i++)
    printf(" %ld", f->request_tilesize[i]);
  printf(" level %g method %d seed %d lossy %d huge %d scale %g smooth %d\n", (double)f->request_quantize_level,
         f->request_quantize_method, f->request_dither_seed, f->request_lossy_int_compress, f->request_huge_hdu,
         (double)f->request_hcomp_scale, f->request_hcomp_smooth);
}

#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    status = 0;                                                                                                        \
    call;                                                                                                              \
    show(fptr, #call, status);                                                                                         \
    ffcmsg();                                                                                                          \
  } while (0)

static void set_and_get(fitsfile *fptr) {
  static const int numbers[] = {-5, -2, -1, 0, 1, 2, 3, 11, 12, 16, 17, 21, 22, 31, 41, 51, 99, 10000, 10001};
  static const float reals[] = {0, 4, -3, 0.5F, 3, 100, 70000, 1e30F};
  long tile[8] = {3, 4, 5, -1, 0, 7, 8, 9}, got[8];
  int status, value = 77;
  float real = 77;
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    int n = numbers[i];
    TRY(fits_set_compression_type(fptr, n, &status));
    TRY(fits_get_compression_type(fptr, &value, &status));
    printf("%d\n", value);
    TRY(fits_set_noise_bits(fptr, n, &status));
    TRY(fits_get_noise_bits(fptr, &value, &status));
    printf("%d\n", value);
    TRY(fits_set_hcomp_smooth(fptr, n, &status));
    TRY(fits_get_hcomp_smooth(fptr, &value, &status));
    printf("%d\n", value);
    TRY(fits_set_quantize_method(fptr, n, &status));
    TRY(fits_set_quantize_dither(fptr, n, &status));
    TRY(fits_set_dither_seed(fptr, n, &status));
    TRY(fits_set_dither_offset(fptr, n, &status));
    TRY(fits_get_dither_seed(fptr, &value, &status));
    printf("%d\n", value);
    TRY(fits_set_lossy_int(fptr, n, &status));
    TRY(fits_set_huge_hdu(fptr, n, &status));
    TRY(fits_set_tile_dim(fptr, n, tile, &status));
    memset(got, 0, sizeof got);
    TRY(fits_get_tile_dim(fptr, n, got, &status));
    printf("%ld %ld %ld\n", got[0], got[1], got[5]);
  }
  for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) {
    TRY(fits_set_quantize_level(fptr, reals[i], &status));
    TRY(fits_get_quantize_level(fptr, &real, &status));
    TRY(fits_get_noise_bits(fptr, &value, &status));
    printf("%g %d\n", (double)real, value);
    TRY(fits_set_hcomp_scale(fptr, reals[i], &status));
    TRY(fits_get_hcomp_scale(fptr, &real, &status));
    printf("%g\n", (double)real);
  }
  status = 5;
  printf("%d\n", fits_set_compression_type(fptr, 11, &status));
}

static void preferences(fitsfile *from, fitsfile *fptr) {
  static const char *const cards[] = {"FZTILE  = '(1 2)'",
                                      "FZTILE  = '(3,4,5)'",
                                      "FZTILE  = ' ( 7 , 8 )'",
                                      "FZTILE  = '(-1,1)'",
                                      "FZTILE  = 'row'",
                                      "FZTILE  = 'Whole'",
                                      "FZTILE  = '(1,2'",
                                      "FZTILE  = 'junk'",
                                      "FZQMETHD= 'NO_DITHER'",
                                      "FZQMETHD= 'NONE'",
                                      "FZQMETHD= 'SUBTRACTIVE_DITHER_1'",
                                      "FZQMETHD= 'subtractive_dither_2'",
                                      "FZDTHRSD= 'CLOCK'",
                                      "FZDTHRSD= 'CHECKSUM'",
                                      "FZDTHRSD= '77'",
                                      "FZDTHRSD= 'junk'",
                                      "FZDTHRSD= '99999'",
                                      "FZDTHRSD= '0'",
                                      "FZDTHRSD= '-3'",
                                      "FZALGOR = 'HCOMPRESS_1'",
                                      "FZALGOR = 'HCOMPRESS'",
                                      "FZALGOR = 'gzip_1'",
                                      "FZALGOR = 'GZIP_2'",
                                      "FZALGOR = 'PLIO_1'",
                                      "FZALGOR = 'BZIP2_1'",
                                      "FZALGOR = 'none'",
                                      "FZALGOR = 'RICE_2'",
                                      "FZQVALUE=                  3.5",
                                      "FZHSCALE=                 -2.0",
                                      "FZINT2F =                    T",
                                      "FZALGOR = 'RICE_1'"};
  int status;
  for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++) {
    char keyword[9];
    snprintf(keyword, sizeof keyword, "%.8s", cards[i]);
    status = 0;
    ffprec(from, cards[i], &status);
    fits_set_compression_pref(from, fptr, &status);
    show(fptr, cards[i], status);
    status = 0;
    for (int k = 0; k < 8; k++)
      if (keyword[k] == ' ')
        keyword[k] = '\0';
    ffdkey(from, keyword, &status);
  }
  ffcmsg();
}

int main(void) {
  static const int types[] = {0, 11, 21, 22, 31, 41, 51, -1, 99}, bitpix[] = {8, 16, 32, 64, -32, -64},
                   lengths[] = {0, 1, 50, 1000, 100000};
  fitsfile *fptr, *from;
  long axes[2] = {50, 40};
  int status = 0;
  ffinit(&fptr, "tiled.fits", &status);
  show(fptr, "new", status);
  set_and_get(fptr);
  status = 0;
  ffinit(&from, "from.fits", &status);
  ffcrim(from, 16, 2, axes, &status);
  preferences(from, fptr);
  status = 0;
  printf("%d %d\n", fits_is_compressed_image(from, &status), status);
  ffclos(from, &status);
  fits_set_compression_type(fptr, 0, &status);
  ffcrim(fptr, 8, 0, NULL, &status);
  printf("%d\n", status);
  ffclos(fptr, &status);
  printf("%d\n", fits_is_reentrant());
  for (int i = 0; i < 9; i++)
    for (int j = 0; j < 6; j++)
      for (int k = 0; k < 5; k++)
        printf("%d ", imcomp_calc_max_elem(types[i], lengths[k], bitpix[j], k % 2 ? 16 : 32));
  status = 0;
  printf("\n%d", ffgtmo());
  for (int sec = -1; sec < 12; sec += 4) {
    status = 0;
    printf(" %d", ffstmo(sec, &status));
    printf(" %d", ffgtmo());
  }
  printf("\n");
  return 0;
}
