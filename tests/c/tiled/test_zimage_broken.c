/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Compressed images with broken headers, tiles or ends: the library must refuse them and read the tiles that are whole.
 */
#include "check.h"
#include "image_request.h"
#include "zimage_calls.h"
#include "zimage_file.h"

/* ---- broken ones ---- */

static void refused(const zfile *z, rf_status status, const char *message) {
  rf_file *file = opened(z);
  int32_t out[4];
  rf_image_info info = {.size = sizeof info};
  CHECK(rf_image_get_info(file, 1, &info, &err) == status);
  CHECK(read_raw(file, z->bitpix < 0 ? RF_F32 : RF_I32, out, 4) == status);
  CHECK_STR(err.message, message);
  closed(file);
}

static void headers_that_cannot_be(void) {
  zfile z = small(NULL);
  z.codec = "BZIP2_1";
  refused(&z, RF_ERR_UNSUPPORTED,
          "<bytes>[1]: ZCMPTYPE = 'BZIP2_1', where RICE_1, GZIP_1, GZIP_2, PLIO_1, HCOMPRESS_1 or NOCOMPRESS is "
          "expected");
  z = small(NULL);
  z.rows = 1;
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: the table has NAXIS2 = 1 rows, and ZNAXISn and ZTILEn make 2 tiles");
  z.rows = 3;
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: the table has NAXIS2 = 3 rows, and ZNAXISn and ZTILEn make 2 tiles");
  z = small("ZNAME1  = 'BLOCKSIZE'\nZVAL1   =                    0");
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: ZVAL1 = 0, where the 1 or more of BLOCKSIZE is expected");
  z = small("ZTILE1  =                    0");
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: ZTILE1 = 0, where 1 or more is expected");
  z = small(NULL);
  z.bitpix = 24;
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: ZBITPIX = 24, where 8, 16, 32, 64, -32 or -64 is expected");
  z = small(NULL);
  z.axes = (const long long[]){2, INT64_MAX};
  refused(&z, RF_ERR_FORMAT, "<bytes>[1]: the size of the image by ZBITPIX and ZNAXISn is beyond 63 bits");
}

/* cfitsio used such a seed as an index. */
static void seeds_outside_of_the_random_numbers(void) {
  static const char *const seeds[] = {"0", "10001", "-1", "2147483647", "1.5"};
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
    char cards[400], message[200];
    snprintf(cards, sizeof cards, "ZQUANTIZ= 'SUBTRACTIVE_DITHER_1'\nZSCALE  =                  1.0\nZDITHER0= %20s",
             seeds[i]);
    snprintf(message, sizeof message, "<bytes>[1]: ZDITHER0 = %s, where 1 to 10000 is expected", seeds[i]);
    zfile z = small(cards);
    z.bitpix = -32;
    refused(&z, RF_ERR_FORMAT, message);
  }
}

/* As fpack -d writes it. */
static void a_seed_of_0_where_nothing_is_compressed(void) {
  static const uint8_t one[8] = {0x3F, 0x80, 0, 0, 0xBF, 0x80, 0, 0};
  zfile z = small("ZQUANTIZ= 'SUBTRACTIVE_DITHER_1'\nZDITHER0=                    0");
  float out[4];
  z.codec = "NOCOMPRESS";
  z.bitpix = -32;
  z.columns = 3;
  z.names[1] = "ZSCALE";
  z.forms[1] = "1D";
  z.names[2] = "UNCOMPRESSED_DATA";
  z.forms[2] = "1QE";
  for (int t = 0; t < 2; t++) {
    z.cells[t][0].n = 0;
    z.cells[t][2] = (zcell){.bytes = one, .n = 2};
  }
  rf_file *file = opened(&z);
  CHECK_OK(read_raw(file, RF_F32, out, 4), err);
  CHECK(out[0] == 1.0F && out[1] == -1.0F && out[2] == 1.0F && out[3] == -1.0F);
  closed(file);
}

/* Takes the descriptor of tile 1 (the second row) to another place. */
static rf_file *with_descriptor(uint32_t length, uint32_t offset) {
  zfile z = small(NULL);
  fits_bytes fits = zfile_make(&z);
  rf_file *file;
  zfile_big(fits.bytes + 2 * 2880 + 8, length, 4);
  zfile_big(fits.bytes + 2 * 2880 + 12, offset, 4);
  CHECK_OK(fits_open(&fits, &file, &err), err);
  fits_free(&fits);
  return file;
}

static void a_broken_tile_breaks_nothing_else(void) {
  const rf_axis first[2] = {{0, 1, 1, NULL}, {0, 1, 2, NULL}};
  int32_t out[4];
  rf_file *file = with_descriptor(5, 4000000000u);
  CHECK(read_raw(file, RF_I32, out, 4) == RF_ERR_FORMAT);
  CHECK(strstr(err.message, "tile 1 (RICE_1): the descriptor of column COMPRESSED_DATA says 5 elements (form B) at "
                            "offset 4000000000 of the heap") != NULL);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.section = first, .dtype = RF_I32, .data = out, .data_bytes = 8), &err), err);
  CHECK(out[0] == 1 && out[1] == 2);
  closed(file);
  file = with_descriptor(1, 0);
  CHECK(read_raw(file, RF_I32, out, 4) == RF_ERR_CODEC);
  CHECK(strstr(err.message, "<bytes>[1]: tile 1 (RICE_1): ") != NULL);
  closed(file);
}

/* A header may promise what it likes: memory is for what the bytes can hold, and for what is read. */
static void a_tiny_stream_of_a_huge_tile_reserves_nothing(void) {
  const long long axes[] = {3000000000, 100000};
  const rf_axis corner[2] = {{0, 1, 1, NULL}, {0, 1, 1, NULL}};
  static const struct {
    const char *codec;
    rf_status status;
  } cases[] = {{"RICE_1", RF_ERR_CODEC},
               {"GZIP_1", RF_ERR_CODEC},
               {"PLIO_1", RF_ERR_CODEC},
               {"HCOMPRESS_1", RF_ERR_LIMIT},
               {"NOCOMPRESS", RF_ERR_CODEC}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    zfile z = small(NULL);
    int32_t out[1];
    z.codec = cases[i].codec;
    z.axes = z.tiles = axes;
    z.rows = 1;
    rf_file *file = opened(&z);
    CHECK(rf_image_read(file, 1, PIXELS(.section = corner, .dtype = RF_I32, .data = out, .data_bytes = sizeof out),
                        &err) == cases[i].status);
    CHECK(strstr(err.message, "tile 0 (") != NULL);
    closed(file);
  }
}

static void a_file_that_ends_early(void) {
  zfile z = five(RF_Z_GZIP_2);
  fits_bytes fits = zfile_make(&z);
  rf_file *file;
  int32_t out[FIVE_PIXELS];
  const rf_axis first[5] = {{0, 1, 1, NULL}, {0, 1, 1, NULL}, {0, 1, 1, NULL}, {0, 1, 1, NULL}, {0, 1, 2, NULL}};
  fits.size = 2 * 2880 + 500;
  watched_load(&fits);
  CHECK_OK(rf_file_open("watched://z", RF_MODE_READ, NULL, &file, &err), err);
  CHECK(read_raw(file, RF_I32, out, FIVE_PIXELS) == RF_ERR_TRUNCATED);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.section = first, .dtype = RF_I32, .data = out, .data_bytes = 8), &err), err);
  CHECK(out[0] == 0 && out[1] == 1);
  closed(file);
  watched_free();
  fits_free(&fits);
}

int main(void) {
  RUN(headers_that_cannot_be);
  RUN(seeds_outside_of_the_random_numbers);
  RUN(a_seed_of_0_where_nothing_is_compressed);
  RUN(a_broken_tile_breaks_nothing_else);
  RUN(a_tiny_stream_of_a_huge_tile_reserves_nothing);
  RUN(a_file_that_ends_early);
  return check_report();
}
