/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Creating files by extended names, and copying images to cells and back.
 */
#include <fitsio.h>
#include <stdio.h>
#include <string.h>

static void show_cards(fitsfile *fptr) {
  int status = 0, count = 0;
  char card[FLEN_CARD];
  fits_get_hdrspace(fptr, &count, NULL, &status);
  for (int i = 1; i <= count; i++)
    if (fits_read_record(fptr, i, card, &status) == 0)
      printf("  %s\n", card);
}

static void create(const char *name) {
  fitsfile *fptr = NULL;
  int status = 0, hdus = 0, type = 0;
  long naxes[2] = {20, 10}, tile[6] = {0};
  char given[FLEN_FILENAME] = "", url[20] = "";
  short pixels[200];
  float level = 0;
  for (int i = 0; i < 200; i++)
    pixels[i] = (short)i;
  fits_create_file(&fptr, name, &status);
  printf("%s: %d", name, status);
  if (status == 0) {
    fits_file_name(fptr, given, &status);
    fits_get_num_hdus(fptr, &hdus, &status);
    fits_url_type(fptr, url, &status);
    fits_get_compression_type(fptr, &type, &status);
    fits_get_tile_dim(fptr, 6, tile, &status);
    fits_get_quantize_level(fptr, &level, &status);
    printf(" {%s} %s %d hdus, compression %d tile %ld %ld, %d", given, url, hdus, type, tile[0], tile[1], status);
    if (hdus == 0) {
      fits_create_img(fptr, SHORT_IMG, 2, naxes, &status);
      fits_write_img(fptr, TSHORT, 1, 200, pixels, &status);
    }
    fits_close_file(fptr, &status);
    printf(" closed %d", status);
  }
  printf("\n");
  fits_clear_errmsg();
}

static void from_model(void) {
  fitsfile *fptr = NULL;
  int status = 0, hdus = 0;
  fits_open_file(&fptr, "model2.fits", READONLY, &status);
  fits_get_num_hdus(fptr, &hdus, &status);
  for (int i = 1; i <= hdus; i++) {
    fits_movabs_hdu(fptr, i, NULL, &status);
    show_cards(fptr);
  }
  fits_close_file(fptr, &status);
  printf("model %d\n", status);
}

static void make_model(void) {
  fitsfile *fptr = NULL;
  int status = 0;
  long naxes[2] = {4, 3};
  float pixels[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  char *ttype[] = {"X", "P"}, *tform[] = {"3J", "1PE"};
  fits_create_file(&fptr, "model.fits", &status);
  fits_create_img(fptr, FLOAT_IMG, 2, naxes, &status);
  fits_write_img(fptr, TFLOAT, 1, 12, pixels, &status);
  fits_write_key_str(fptr, "CTYPE1", "RA---TAN", NULL, &status);
  fits_write_key_dbl(fptr, "CRVAL1", 5.5, 6, NULL, &status);
  fits_write_key_dbl(fptr, "CD1_2", 0.5, 6, NULL, &status);
  fits_write_key_str(fptr, "CTYPE1B", "ALT", NULL, &status);
  fits_write_key_str(fptr, "BUNIT", "Jy", "unit", &status);
  fits_write_key_str(fptr, "OBJECT", "thing", NULL, &status);
  fits_write_key_lng(fptr, "BLANK", -9, NULL, &status);
  fits_write_key_dbl(fptr, "BSCALE", 2, 5, NULL, &status);
  fits_write_key_str(fptr, "EXTNAME", "first", NULL, &status);
  fits_write_key_lng(fptr, "EXTVER", 4, NULL, &status);
  fits_write_chksum(fptr, &status);
  fits_create_tbl(fptr, BINARY_TBL, 2, 2, ttype, tform, NULL, "TAB", &status);
  fits_write_col(fptr, TFLOAT, 1, 1, 1, 6, pixels, &status);
  fits_write_col(fptr, TFLOAT, 2, 1, 1, 5, pixels, &status);
  fits_write_col(fptr, TFLOAT, 2, 2, 1, 3, pixels, &status);
  fits_close_file(fptr, &status);
  printf("made %d\n", status);
}

static void cells(void) {
  for (int flag = 0; flag < 3; flag++) {
    fitsfile *in = NULL, *out = NULL;
    int status = 0;
    long rows = 0;
    char name[20], column[] = "PIC", other[] = "X";
    (void)snprintf(name, sizeof name, "!cells%d.fits", flag);
    fits_open_file(&in, "model.fits", READONLY, &status);
    fits_create_file(&out, name, &status);
    fits_create_tbl(out, BINARY_TBL, 0, 0, NULL, NULL, NULL, "TAB", &status);
    printf("image2cell %d", fits_copy_image2cell(in, out, column, 2, flag, &status));
    printf(" %d", fits_copy_image2cell(in, out, column, 1, 0, &status));
    printf(" %d\n", fits_copy_image2cell(in, out, column, 4, 0, &status));
    fits_get_num_rows(out, &rows, &status);
    printf("rows %ld %d\n", rows, status);
    show_cards(out);
    fits_movabs_hdu(in, 2, NULL, &status);
    printf("of a table %d\n", fits_copy_image2cell(in, out, column, 4, 0, &status));
    status = 0;
    printf("cell2image %d", fits_copy_cell2image(in, out, other, 2, &status));
    show_cards(out);
    printf("row 3 %d", fits_copy_cell2image(in, out, other, 3, &status));
    status = 0;
    printf(" no column %d\n", fits_copy_cell2image(in, out, column, 3, &status));
    status = 0;
    status = 0;
    fits_close_file(out, &status);
    fits_close_file(in, &status);
    printf("closed %d\n", status);
    fits_clear_errmsg();
  }
}

static void sections(void) {
  static const char *const texts[] = {"1:2,1:2", "*,-*", "4:1:2,*", "2:3", "*:3,*:2"};
  fitsfile *in = NULL, *out = NULL;
  int status = 0;
  fits_open_file(&in, "model.fits", READONLY, &status);
  fits_create_file(&out, "!sections.fits", &status);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char text[32];
    status = 0;
    (void)snprintf(text, sizeof text, "%s", texts[i]);
    printf("section %s: %d\n", text, fits_copy_image_section(in, out, text, &status));
    fits_clear_errmsg();
  }
  status = 0;
  fits_close_file(out, &status);
  fits_close_file(in, &status);
  printf("closed %d\n", status);
}

int main(void) {
  static const char *const names[] = {"a.fits",
                                      "a.fits",
                                      "!a.fits",
                                      "  b.fits",
                                      "!c.fits[compress]",
                                      "d.fits[compress G 5,5]",
                                      "e.fits[compress R 10]",
                                      "f.fits[compress P 20,5]",
                                      "g.fits[1]",
                                      "i.fits[compress R 1,2;3]",
                                      "mem://",
                                      "mem://x",
                                      "file://j.fits",
                                      "file://!j.fits",
                                      "k.fits+1",
                                      "nodir/l.fits",
                                      "model2.fits(model.fits)",
                                      "!",
                                      "q.fits[compress",
                                      "q.fits(x"};
  make_model();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    create(names[i]);
  from_model();
  cells();
  sections();
  (void)remove("g.fits");
  (void)remove("i.fits");
  return 0;
}
