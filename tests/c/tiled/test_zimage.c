/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading compressed images from files put together cell by cell: where tiles lie, in which of the forms they are,
 * which keyword or column says what, and what is wrong with the broken ones.
 */
#include <math.h>

#include "base/bytes.h"
#include "base/parallel.h"
#include "check.h"
#include "image_request.h"
#include "zimage_calls.h"
#include "zimage_file.h"

/* ---- encoding tiles ---- */

static void whole_image(rf_file *file) {
  int32_t out[FIVE_PIXELS];
  CHECK_OK(read_raw(file, RF_I32, out, FIVE_PIXELS), err);
  for (int i = 0; i < FIVE_PIXELS; i++)
    CHECK(out[i] == i);
}

static void sections(rf_file *file) {
  static const uint64_t list[] = {3, 0, 3, 2};
  static const rf_axis cases[][5] = {
      {{2, -1, 3, NULL}, {0, 1, 2, NULL}, {2, 1, 1, NULL}, {3, -2, 2, NULL}, {1, 1, 4, NULL}},
      {{0, 2, 2, NULL}, {1, 1, 1, NULL}, {0, 1, 3, NULL}, {0, 0, 4, list}, {0, 1, 5, NULL}},
      {{1, 1, 1, NULL}, {1, 1, 1, NULL}, {1, 1, 1, NULL}, {1, 1, 1, NULL}, {0, 0, 4, list}},
      {{0, 1, 3, NULL}, {0, 1, 2, NULL}, {0, 1, 3, NULL}, {0, 1, 4, NULL}, {4, -4, 2, NULL}},
  };
  static const int strides[] = {120, 60, 20, 5, 1};
  for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
    const rf_axis *axes = cases[c];
    size_t count = 1;
    int32_t out[FIVE_PIXELS];
    for (int a = 0; a < 5; a++)
      count *= (size_t)axes[a].count;
    CHECK_OK(
        rf_image_read(file, 1, PIXELS(.section = axes, .dtype = RF_I32, .data = out, .data_bytes = count * 4), &err),
        err);
    for (size_t i = 0; i < count; i++) {
      size_t rest = i;
      int expected = 0;
      for (int a = 4; a >= 0; a--) {
        size_t p = rest % (size_t)axes[a].count;
        rest /= (size_t)axes[a].count;
        expected += strides[a] * (int)(axes[a].indices != NULL ? (int64_t)axes[a].indices[p]
                                                               : axes[a].start + (int64_t)p * axes[a].step);
      }
      CHECK(out[i] == expected);
    }
  }
}

static void five_axes_with_edge_tiles(void) {
  for (int gzip = 0; gzip < 2; gzip++) {
    zfile z = five(gzip ? RF_Z_GZIP_2 : RF_Z_RICE_1);
    rf_file *file = opened(&z);
    uint64_t axes[5], limit, used;
    size_t naxis;
    CHECK_OK(rf_image_get_axes(file, 1, axes, 5, &naxis, &err), err);
    CHECK(naxis == 5 && axes[0] == 3 && axes[1] == 2 && axes[2] == 3 && axes[3] == 4 && axes[4] == 5);
    whole_image(file);
    CHECK_OK(rf_hdu_get_cache(file, 1, &limit, &used, &err), err);
    CHECK(used == 0); /* a whole read leaves the cache alone */
    sections(file);
    CHECK_OK(rf_hdu_get_cache(file, 1, &limit, &used, &err), err);
    CHECK(used > 0 && limit == (uint64_t)32 << 20);
    whole_image(file); /* with tiles from the cache */
    CHECK_OK(rf_hdu_set_cache(file, 1, 100, &err), err);
    sections(file);
    CHECK_OK(rf_hdu_get_cache(file, 1, &limit, &used, &err), err);
    CHECK(used <= 100 && limit == 100);
    CHECK_OK(rf_hdu_clear_cache(file, 1, &err), err);
    CHECK_OK(rf_hdu_get_cache(file, 1, &limit, &used, &err), err);
    CHECK(used == 0);
    closed(file);
  }
}

/* From a store that is read by ranges, of which the plan says which ones. */
static void a_plan_says_what_is_read(void) {
  zfile z = five(RF_Z_RICE_1);
  fits_bytes fits = zfile_make(&z);
  rf_file *file;
  rf_range ranges[16];
  size_t count;
  uint64_t bytes, sum = 0;
  const rf_axis corner[5] = {{2, 1, 1, NULL}, {1, 1, 1, NULL}, {2, 1, 1, NULL}, {3, 1, 1, NULL}, {4, 1, 1, NULL}};
  int32_t out[FIVE_PIXELS];
  watched_load(&fits);
  CHECK_OK(rf_file_open("watched://z", RF_MODE_READ, NULL, &file, &err), err);
  CHECK_OK(plan_section(file, 1, corner, ranges, 16, &count, &bytes, &err), err);
  CHECK(count == 2 && ranges[0].length == 16 && ranges[1].length == z.cells[23][0].n); /* the last row and its cell */
  CHECK(bytes == ranges[0].length + ranges[1].length);
  watched.read_to = 0;
  CHECK_OK(rf_image_read(file, 1, PIXELS(.section = corner, .dtype = RF_I32, .data = out, .data_bytes = 4), &err), err);
  CHECK(out[0] == FIVE_PIXELS - 1);
  CHECK(watched.read_to == ranges[1].offset + ranges[1].length);
  CHECK_OK(plan_section(file, 1, NULL, ranges, 16, &count, &bytes, &err), err);
  for (size_t i = 0; i < count; i++)
    sum += ranges[i].length;
  CHECK(count == 1 && bytes == sum); /* all rows and all of the heap touch each other */
  whole_image(file);
  sections(file);
  closed(file);
  watched_free();
  fits_free(&fits);
}

static rf_status read_some(void *context, size_t i, unsigned worker, rf_error *error) {
  rf_file *file = context;
  int32_t out[20];
  (void)worker;
  const rf_axis row[5] = {{(int64_t)(i % 3), 1, 1, NULL},
                          {(int64_t)(i % 2), 1, 1, NULL},
                          {1, 1, 1, NULL},
                          {0, 1, 4, NULL},
                          {0, 1, 5, NULL}};
  RF_TRY(rf_image_read(file, 1, PIXELS(.section = row, .dtype = RF_I32, .data = out, .data_bytes = sizeof out), error));
  for (int k = 0; k < 20; k++)
    if (out[k] != (int)(i % 3) * 120 + (int)(i % 2) * 60 + 20 + k)
      return rf_fail(error, RF_ERR_CODEC, "pixel %d is %d", k, out[k]);
  if (i % 16 == 0)
    RF_TRY(rf_hdu_set_cache(file, 1, i * 10, error));
  return RF_OK;
}

static void many_threads_read_one_image(void) {
  zfile z = five(RF_Z_GZIP_2);
  rf_file *file = opened(&z);
  rf_error_clear(&err);
  CHECK_OK(rf_parallel(4, 200, read_some, file, &err), err);
  closed(file);
}

/* ---- forms of tiles ---- */

static void without_ztile_tiles_are_rows(void) {
  const long long axes[] = {4, 3};
  zfile z = {.codec = "GZIP_1",
             .bitpix = 16,
             .naxis = 2,
             .axes = axes,
             .columns = 1,
             .names = {"compressed_data"},
             .forms = {"1PB"},
             .rows = 3,
             .gap = 100};
  int16_t out[12];
  for (int t = 0; t < 3; t++) {
    int16_t row[4] = {(int16_t)t, (int16_t)(10 * t), -1, 300};
    z.cells[t][0] = encoded(t, RF_Z_GZIP_1, row, 4, 1, 2);
  }
  rf_file *file = opened(&z);
  CHECK_OK(read_raw(file, RF_I16, out, 12), err);
  for (int t = 0; t < 3; t++)
    CHECK(out[4 * t] == t && out[4 * t + 1] == 10 * t && out[4 * t + 2] == -1 && out[4 * t + 3] == 300);
  closed(file);
}

static void tiles_longer_than_the_axis(void) {
  const long long axes[] = {4, 3}, tiles[] = {100, 1000};
  const int16_t pixels[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  zfile z = {.codec = "RICE_1",
             .bitpix = 16,
             .naxis = 2,
             .axes = axes,
             .tiles = tiles,
             .cards = "ZNAME2  = 'BLOCKSIZE'\nZVAL2   =                   32\n"
                      "ZNAME1  = 'BYTEPIX '\nZVAL1   =                    2",
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PB"},
             .rows = 1};
  int16_t out[12];
  rf_compression compression = {.size = sizeof compression};
  uint64_t tile[2], ntiles;
  z.cells[0][0] = encoded(0, RF_Z_RICE_1, pixels, 4, 3, 2);
  rf_file *file = opened(&z);
  CHECK_OK(read_raw(file, RF_I16, out, 12), err);
  CHECK(memcmp(out, pixels, sizeof out) == 0);
  CHECK_OK(rf_image_get_compression(file, 1, &compression, tile, 2, &ntiles, &err), err);
  CHECK(compression.type == RF_Z_RICE_1 && compression.tile_ndim == 2 && tile[0] == 1000 && tile[1] == 100);
  CHECK(ntiles == 1 && compression.blocksize == 32 && compression.heap_format == 'P' && !compression.quantize);
  closed(file);
}

/* FITS 10.4.2 leaves the width of gzipped integers to the writer. */
static void gzip_tiles_of_another_width(void) {
  const long long axes[] = {3, 4};
  const uint8_t narrow[3] = {0, 200, 255};
  const int16_t half[3] = {-5, 0, 32767};
  const int32_t full[3] = {INT32_MIN, 7, INT32_MAX};
  const int64_t wide[3] = {-1, 0, 2147483647};
  const int64_t too_wide[3] = {-1, 0, 2147483648};
  zfile z = {.codec = "GZIP_2",
             .bitpix = 32,
             .naxis = 2,
             .axes = axes,
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PB"},
             .rows = 4};
  int32_t out[12];
  z.cells[0][0] = encoded(0, RF_Z_GZIP_2, narrow, 3, 1, 1);
  z.cells[1][0] = encoded(1, RF_Z_GZIP_2, half, 3, 1, 2);
  z.cells[2][0] = encoded(2, RF_Z_GZIP_2, full, 3, 1, 4);
  z.cells[3][0] = encoded(3, RF_Z_GZIP_2, wide, 3, 1, 8);
  rf_file *file = opened(&z);
  CHECK_OK(read_raw(file, RF_I32, out, 12), err);
  CHECK(out[0] == 0 && out[1] == 200 && out[2] == 255 && out[3] == -5 && out[5] == 32767);
  CHECK(out[6] == INT32_MIN && out[8] == INT32_MAX && out[9] == -1 && out[11] == 2147483647);
  closed(file);
  z.cells[3][0] = encoded(3, RF_Z_GZIP_2, too_wide, 3, 1, 8);
  file = opened(&z);
  CHECK(read_raw(file, RF_I32, out, 12) == RF_ERR_CODEC);
  CHECK_STR(err.message, "<bytes>[1]: tile 3 (GZIP_2): pixel 2 is 2147483648, outside the range of 32 bits");
  closed(file);
}

/* Two of three readers read these 32768 too high. */
static void plio_of_unsigned_16_bit(void) {
  const long long axes[] = {4};
  const int32_t pixels[4] = {0, 1, 32768, 65535};
  zfile z = {.codec = "PLIO_1",
             .bitpix = 16,
             .naxis = 1,
             .axes = axes,
             .cards = "BZERO   =                32768\nBSCALE  =                    1",
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PI"},
             .rows = 1};
  uint16_t out[4];
  z.cells[0][0] = encoded(0, RF_Z_PLIO_1, pixels, 4, 1, 4);
  z.cells[0][0].n /= 2;
  rf_file *file = opened(&z);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_U16, .data = out, .data_bytes = sizeof out), &err), err);
  CHECK(out[0] == 0 && out[1] == 1 && out[2] == 32768 && out[3] == 65535);
  closed(file);
}

static void tiles_that_were_not_compressed_normally(void) {
  const long long axes[] = {2, 4};
  const float gzipped[2] = {1.5F, -2.5F}, raw[2] = {3.5F, 0.0F};
  const int32_t steps[2] = {10, 20};
  uint8_t raw_bytes[8];
  zfile z = {.codec = "RICE_1",
             .bitpix = -32,
             .naxis = 2,
             .axes = axes,
             .cards = "ZQUANTIZ= 'NO_DITHER'",
             .columns = 5,
             .names = {"COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA", "ZSCALE", "ZZERO"},
             .forms = {"1PB", "1PB", "1PE", "1D", "1D"},
             .rows = 4};
  float out[8];
  rf_swap_copy(raw_bytes, raw, 2, 4);
  z.cells[0][0] = encoded(0, RF_Z_RICE_1, steps, 2, 1, 4);
  z.cells[0][3].real = 0.5;
  z.cells[0][4].real = 1.0;
  z.cells[1][1] = encoded(1, RF_Z_GZIP_1, gzipped, 2, 1, 4);
  z.cells[2][2] = (zcell){.bytes = raw_bytes, .n = 2};
  rf_file *file = opened(&z); /* nothing at all was written of the last tile */
  CHECK_OK(read_raw(file, RF_F32, out, 8), err);
  CHECK(out[0] == 6.0F && out[1] == 11.0F && out[2] == 1.5F && out[3] == -2.5F && out[4] == 3.5F && out[5] == 0.0F);
  CHECK(out[6] == 0.0F && out[7] == 0.0F);
  closed(file);
}

static void scale_and_zero_as_keywords(void) {
  const long long axes[] = {3};
  const int32_t steps[3] = {10, -7, 20};
  zfile z = {.codec = "GZIP_1",
             .bitpix = -64,
             .naxis = 1,
             .axes = axes,
             .cards = "ZSCALE  =                 0.25\nZZERO   =                100.0\nZBLANK  =                   -7",
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PB"},
             .rows = 1};
  double out[3];
  uint8_t mask[3];
  z.cells[0][0] = encoded(0, RF_Z_GZIP_1, steps, 3, 1, 4);
  rf_file *file = opened(&z);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_F64, .data = out, .data_bytes = sizeof out, .mask = mask), &err),
           err);
  CHECK(out[0] == 102.5 && isnan(out[1]) && out[2] == 105.0);
  CHECK(mask[0] == 0 && mask[1] == 1 && mask[2] == 0);
  closed(file);
}

static void zblank_as_a_column(void) {
  const long long axes[] = {2, 2};
  const int32_t first[2] = {5, 6}, second[2] = {5, 6};
  zfile z = {.codec = "RICE_1",
             .bitpix = -32,
             .naxis = 2,
             .axes = axes,
             .cards = "ZBLANK  =                  999",
             .columns = 4,
             .names = {"COMPRESSED_DATA", "ZSCALE", "ZZERO", "ZBLANK"},
             .forms = {"1PB", "1D", "1D", "1J"},
             .rows = 2};
  float out[4];
  z.cells[0][0] = encoded(0, RF_Z_RICE_1, first, 2, 1, 4);
  z.cells[1][0] = encoded(1, RF_Z_RICE_1, second, 2, 1, 4);
  z.cells[0][1].real = z.cells[1][1].real = 1.0;
  z.cells[0][3].number = 5;
  z.cells[1][3].number = 6;
  rf_file *file = opened(&z);
  CHECK_OK(read_raw(file, RF_F32, out, 4), err);
  CHECK(isnan(out[0]) && out[1] == 6.0F && out[2] == 5.0F && isnan(out[3]));
  closed(file);
}

static void blank_of_integers_is_a_mask(void) {
  const long long axes[] = {3};
  const int16_t pixels[3] = {5, -9, 6};
  zfile z = {.codec = "RICE_1",
             .bitpix = 16,
             .naxis = 1,
             .axes = axes,
             .cards = "ZNAME1  = 'BYTEPIX '\nZVAL1   =                    2\nBLANK   =                   -9\n"
                      "BSCALE  =                  2.0\nBZERO   =                  1.0",
             .columns = 1,
             .names = {"COMPRESSED_DATA"},
             .forms = {"1PB"},
             .rows = 1};
  float out[3];
  uint8_t mask[3];
  rf_image_info info = {.size = sizeof info};
  z.cells[0][0] = encoded(0, RF_Z_RICE_1, pixels, 3, 1, 2);
  rf_file *file = opened(&z);
  CHECK_OK(rf_image_get_info(file, 1, &info, &err), err);
  CHECK(info.dtype == RF_F64 && info.stored == RF_I16 && info.has_blank && info.blank == -9 && info.count == 3);
  CHECK_OK(rf_image_read(file, 1, PIXELS(.dtype = RF_F32, .data = out, .data_bytes = sizeof out, .mask = mask), &err),
           err);
  CHECK(out[0] == 11.0F && out[2] == 13.0F && mask[0] == 0 && mask[1] == 1 && mask[2] == 0);
  CHECK(rf_image_check(file, 1,
                       PIXELS(.dtype = RF_F64, .data = (double[]){1e9}, .data_bytes = 1 * rf_dtype_bytes(RF_F64, 0)),
                       &err) == RF_ERR_RANGE);
  closed(file);
}

/* ---- headers ---- */

static int64_t integer_of(rf_header *header, const char *keyword) {
  rf_value value;
  return rf_header_get(header, keyword, &value, NULL) == RF_OK && value.kind == RF_VALUE_INTEGER ? value.integer : -999;
}

static bool has(const rf_header *header, const char *keyword) {
  size_t index;
  return rf_header_find(header, keyword, 0, &index, NULL) == RF_OK;
}

static void the_header_of_the_image(void) {
  zfile z =
      small("EXTNAME = 'COMPRESSED_IMAGE'\nOBJECT  = 'M31     '           / what\nZPCOUNT =                    0\n"
            "ZHECKSUM= 'abc     '\nCHECKSUM= 'xyz     '\nZNAME1  = 'BLOCKSIZE'\nZVAL1   =                   32");
  rf_file *file = opened(&z);
  rf_header *plain = NULL, *raw = NULL;
  rf_value value;
  rf_hdu_info info = {.size = sizeof info};
  CHECK_OK(rf_hdu_get_logical_header(file, 1, &plain, &err), err);
  CHECK(memcmp(rf_header_get_cards(plain), "XTENSION= 'IMAGE   '", 20) == 0);
  CHECK(integer_of(plain, "BITPIX") == 32 && integer_of(plain, "NAXIS") == 2 && integer_of(plain, "NAXIS1") == 2);
  CHECK(integer_of(plain, "PCOUNT") == 0 && integer_of(plain, "GCOUNT") == 1);
  CHECK(!has(plain, "TFIELDS") && !has(plain, "TTYPE1") && !has(plain, "ZIMAGE") && !has(plain, "ZVAL1"));
  CHECK(!has(plain, "EXTNAME") && !has(plain, "ZHECKSUM"));
  CHECK_OK(rf_header_get(plain, "CHECKSUM", &value, &err), err);
  CHECK_STR(value.text, "abc");
  CHECK_OK(rf_hdu_get_info(file, 1, &info, &err), err);
  CHECK(info.kind == RF_HDU_COMPRESSED_IMAGE && info.has_data);

  rf_value name = {.kind = RF_VALUE_STRING, .text = "M33", .text_length = 3};
  CHECK_OK(rf_header_set(plain, "OBJECT", &name, NULL, &err), err);
  CHECK_OK(rf_header_add(plain, "HISTORY", "edited", &err), err);
  CHECK_OK(rf_hdu_set_logical_header(file, 1, plain, &err), err);
  rf_header_free(plain);
  CHECK_OK(rf_hdu_get_header(file, 1, &raw, &err), err);
  CHECK_OK(rf_header_get(raw, "OBJECT", &value, &err), err);
  CHECK_STR(value.text, "M33");
  CHECK(has(raw, "HISTORY") && has(raw, "ZHECKSUM") && integer_of(raw, "ZVAL1") == 32 && has(raw, "EXTNAME"));
  CHECK_OK(rf_header_get(raw, "CHECKSUM", &value, &err), err);
  CHECK_STR(value.text, "xyz");
  rf_header_free(raw);

  CHECK_OK(rf_hdu_get_logical_header(file, 1, &plain, &err), err);
  rf_value bitpix = {.kind = RF_VALUE_INTEGER, .integer = 16};
  CHECK_OK(rf_header_set(plain, "BITPIX", &bitpix, NULL, &err), err);
  CHECK(rf_hdu_set_logical_header(file, 1, plain, &err) == RF_ERR_PROTECTED);
  rf_header_free(plain);
  int32_t out[4];
  CHECK_OK(read_raw(file, RF_I32, out, 4), err);
  CHECK(out[0] == 1 && out[3] == 2);
  closed(file);
}

static void the_header_of_a_primary_image(void) {
  zfile z = small("ZSIMPLE =                    T / it is\nZEXTEND =                    T");
  rf_file *file = opened(&z);
  rf_header *plain = NULL;
  CHECK_OK(rf_hdu_get_logical_header(file, 1, &plain, &err), err);
  CHECK(memcmp(rf_header_get_cards(plain), "SIMPLE  =                    T / it is", 38) == 0);
  CHECK(memcmp(rf_header_get_cards(plain) + 5 * 80, "EXTEND  =                    T", 30) == 0);
  CHECK(!has(plain, "XTENSION") && !has(plain, "PCOUNT"));
  rf_header_free(plain);
  closed(file);
}

static void an_image_without_pixels(void) {
  const long long axes[] = {4, 0};
  zfile z = small(NULL);
  z.axes = axes;
  z.rows = 0;
  rf_file *file = opened(&z);
  rf_hdu_info info = {.size = sizeof info};
  size_t count = 9;
  uint64_t bytes = 9;
  CHECK_OK(rf_hdu_get_info(file, 1, &info, &err), err);
  CHECK(!info.has_data);
  CHECK_OK(read_raw(file, RF_I32, NULL, 0), err);
  CHECK_OK(plan_section(file, 1, NULL, NULL, 0, &count, &bytes, &err), err);
  CHECK(count == 0 && bytes == 0);
  closed(file);
}

int main(void) {
  RUN(five_axes_with_edge_tiles);
  RUN(a_plan_says_what_is_read);
  RUN(many_threads_read_one_image);
  RUN(without_ztile_tiles_are_rows);
  RUN(tiles_longer_than_the_axis);
  RUN(gzip_tiles_of_another_width);
  RUN(plio_of_unsigned_16_bit);
  RUN(tiles_that_were_not_compressed_normally);
  RUN(scale_and_zero_as_keywords);
  RUN(zblank_as_a_column);
  RUN(blank_of_integers_is_a_mask);
  RUN(the_header_of_the_image);
  RUN(the_header_of_a_primary_image);
  RUN(an_image_without_pixels);
  return check_report();
}
