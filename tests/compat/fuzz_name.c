/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of files of the CFITSIO layer. The first byte chooses: the functions that take names apart, opening a file with
 * filters, or reading a region file. A name with an output in parentheses is not opened: it writes files.
 */
#include <fitsio.h>
#include <region.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[64];

static void remove_folder(void) {
  char path[96];
  (void)snprintf(path, sizeof path, "%s/f.fits", folder);
  (void)remove(path);
  (void)snprintf(path, sizeof path, "%s/f.reg", folder);
  (void)remove(path);
  (void)rmdir(folder);
}

/* Makes the file that the names open: an image, a table, an image. */
static void make_file(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  long naxes[2] = {7, 5};
  short pixels[35];
  char path[96];
  char *ttype[] = {"X", "Y", "NAME", "IMG", "P"}, *tform[] = {"1J", "1E", "4A", "6I", "1PE"};
  (void)snprintf(folder, sizeof folder, "/tmp/fuzz_name_XXXXXX");
  if (mkdtemp(folder) == NULL)
    abort();
  (void)atexit(remove_folder);
  (void)snprintf(path, sizeof path, "%s/f.fits", folder);
  for (int i = 0; i < 35; i++)
    pixels[i] = (short)i;
  fits_create_file(&fptr, path, &status);
  fits_create_img(fptr, SHORT_IMG, 2, naxes, &status);
  fits_write_img(fptr, TSHORT, 1, 35, pixels, &status);
  fits_create_tbl(fptr, BINARY_TBL, 5, 5, ttype, tform, NULL, "EVENTS", &status);
  fits_write_key_str(fptr, "TDIM4", "(3,2)", NULL, &status);
  fits_set_hdustruc(fptr, &status);
  for (int r = 1; r <= 5; r++) {
    fits_write_col(fptr, TSHORT, 1, r, 1, 1, pixels + r, &status);
    fits_write_col(fptr, TSHORT, 2, r, 1, 1, pixels + 2 * r, &status);
    fits_write_col(fptr, TSHORT, 4, r, 1, 6, pixels + r, &status);
    fits_write_col(fptr, TSHORT, 5, r, 1, r, pixels, &status);
  }
  fits_create_img(fptr, SHORT_IMG, 2, naxes, &status);
  fits_write_img(fptr, TSHORT, 1, 35, pixels, &status);
  fits_close_file(fptr, &status);
  if (status != 0)
    abort();
}

static void take_apart(char *text) {
  static char parts[9][FLEN_FILENAME];
  char name[4][FLEN_VALUE], low[4][FLEN_VALUE], high[4][FLEN_VALUE], size[4][FLEN_VALUE], weight[FLEN_VALUE], *p = text;
  double a[4] = {0}, b[4] = {0}, c[4] = {0}, w;
  int status = 0, number, version, type, count, reciprocal;
  ffifile2(text, parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7], parts[8], &status);
  status = 0;
  fits_parse_rootname(text, parts[0], &status);
  status = 0;
  ffexts(text, &number, name[0], &version, &type, name[1], parts[1], &status);
  status = 0;
  ffbins(text, &type, &count, name, a, b, c, low, high, size, &w, weight, &reciprocal, &status);
  status = 0;
  memset(name, 0, sizeof name);
  memset(low, 0, sizeof low);
  memset(high, 0, sizeof high);
  memset(size, 0, sizeof size);
  for (int i = 0; i < 4 && status == 0 && *p != '\0'; i++)
    ffbinr(&p, name[0], a, b, c, low[0], high[0], size[0], &status);
}

static void open_name(const char *text) {
  static char name[8192], output[FLEN_FILENAME], type[32];
  fitsfile *fptr = NULL;
  int status = 0;
  (void)snprintf(name, sizeof name, "%s/f.fits%s", folder, text);
  if (fits_parse_input_url(name, type, NULL, output, NULL, NULL, NULL, NULL, &status) > 0 || output[0] != '\0' ||
      strcmp(type, "file://") != 0)
    return;
  fits_open_file(&fptr, name, READONLY, &status);
  if (fptr == NULL)
    return;
  status = 0;
  fits_close_file(fptr, &status);
}

static void read_region(const char *text, size_t n) {
  char path[96];
  SAORegion *region = NULL;
  WCSdata wcs;
  int status = 0;
  memset(&wcs, 0, sizeof wcs);
  (void)snprintf(path, sizeof path, "%s/f.reg", folder);
  FILE *file = fopen(path, "wb");
  if (file == NULL)
    abort();
  (void)fwrite(text, 1, n, file);
  fclose(file);
  if (fits_read_ascii_region(path, &wcs, &region, &status) > 0)
    return;
  for (int i = 0; i < 9; i++)
    (void)fits_in_region(i * 1.5, 20 - i, region);
  fits_free_region(region);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char text[6000];
  if (folder[0] == '\0')
    make_file();
  if (size < 1 || size > sizeof text)
    return 0;
  memcpy(text, data + 1, size - 1);
  text[size - 1] = '\0';
  if (data[0] % 3 == 0)
    take_apart(text);
  else if (data[0] % 3 == 1)
    open_name(text);
  else
    read_region(text, size - 1);
  fits_clear_errmsg();
  return 0;
}
