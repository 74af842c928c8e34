/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extended file names: their parts. What CFITSIO makes of the same names is compared in tests/compat/programs/name.
 */
#include "check.h"
#include "rustfits.h"

static rf_error err;

static rf_name name_of(const char *text, rf_status expected) {
  rf_name name = {.size = sizeof name};
  CHECK(rf_name_parse(text, &name, &err) == expected);
  CHECK(name.size == sizeof name);
  return name;
}

static void test_a_name_has_parts(void) {
  rf_name name =
      name_of("ftp://h/a.fits.gz(out.fits)[EVENTS,2][col X;Y][X > 3][bin X,Y][pix X+1][compress R 5]", RF_OK);
  CHECK_STR(name.type, "ftp://");
  CHECK_STR(name.file, "h/a.fits.gz");
  CHECK_STR(name.output, "out.fits");
  CHECK_STR(name.hdu, "EVENTS,2");
  CHECK_STR(name.columns, "col X;Y");
  CHECK_STR(name.rows, "X > 3");
  CHECK_STR(name.bin, "bin X,Y");
  CHECK_STR(name.pixels, "pix X+1");
  CHECK_STR(name.compress, "compress R 5");
  CHECK(name.typed == 1);
}

static void test_a_plain_name_has_one_part(void) {
  rf_name name = name_of("a b.fits", RF_OK);
  CHECK_STR(name.type, "file://");
  CHECK_STR(name.file, "a b.fits");
  CHECK_STR(name.hdu, "");
  CHECK_STR(name_of("a.fits+3", RF_OK).hdu, "3");
  CHECK_STR(name_of("a.fits[2:3,*]", RF_OK).rows, "2:3,*");
}

static void test_text_that_is_no_name(void) {
  char text[2500];
  CHECK_STR(name_of("a.fits[1", RF_ERR_ARGUMENT).file, "a.fits");
  CHECK(strstr(err.message, "]") != NULL);
  name_of("a.fits[1]x", RF_ERR_ARGUMENT);
  name_of("a.fits(b", RF_ERR_ARGUMENT);
  memset(text, 'x', sizeof text);
  text[sizeof text - 1] = '\0';
  name_of(text, RF_ERR_ARGUMENT);
}

static void test_a_smaller_struct_of_an_older_caller(void) {
  rf_name name = {.size = offsetof(rf_name, hdu)};
  CHECK_OK(rf_name_parse("a.fits[7]", &name, &err), err);
  CHECK_STR(name.file, "a.fits");
  CHECK_STR(name.hdu, "");
  name.size = 0;
  CHECK(rf_name_parse("a.fits", &name, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse(NULL, &name, NULL) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse("a.fits", NULL, NULL) == RF_ERR_ARGUMENT);
}

static void test_a_new_name(void) {
  rf_name_new name = {.size = sizeof name};
  CHECK_OK(rf_name_parse_new("!a.fits.gz(t.tpl)[compress G]", &name, &err), err);
  CHECK(name.clobber == 1);
  CHECK_STR(name.type, "compressoutfile://");
  CHECK_STR(name.file, "a.fits.gz");
  CHECK_STR(name.template_file, "t.tpl");
  CHECK_STR(name.compress, "compress G");
  CHECK(rf_name_parse_new("a[b", &name, &err) == RF_ERR_ARGUMENT);
}

static void test_a_location(void) {
  rf_name_location where = {.size = sizeof where};
  CHECK_OK(rf_name_parse_location("3;IMAGES(X > 1)", &where, &err), err);
  CHECK(where.number == 3 && where.kind == RF_NAME_ANY);
  CHECK_STR(where.column, "IMAGES");
  CHECK_STR(where.row, "X > 1");
  CHECK_OK(rf_name_parse_location("EVENTS,2,b", &where, &err), err);
  CHECK(where.version == 2 && where.kind == RF_NAME_BINARY_TABLE);
  CHECK_STR(where.name, "EVENTS");
  CHECK(rf_name_parse_location("123456789", &where, &err) == RF_ERR_ARGUMENT);
}

static void test_a_section(void) {
  const int64_t lengths[3] = {10, 20, 30};
  rf_name_range r[3];
  CHECK_OK(rf_name_parse_section("2:5, -*:3", 3, lengths, r, &err), err);
  CHECK(r[0].start == 2 && r[0].end == 5 && r[0].step == 1);
  CHECK(r[1].start == 20 && r[1].end == 1 && r[1].step == 3);
  CHECK(r[2].start == 1 && r[2].end == 30 && r[2].step == 1);
  CHECK(rf_name_parse_section("2:11", 3, lengths, r, &err) == RF_ERR_RANGE);
  CHECK(rf_name_parse_section("99999999999999999999:1", 3, lengths, r, &err) == RF_ERR_RANGE);
  CHECK(rf_name_parse_section("x", 3, lengths, r, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse_section("*", 0, lengths, r, &err) == RF_ERR_ARGUMENT);
}

static void test_a_compression(void) {
  rf_name_compression c = {.size = sizeof c};
  CHECK_OK(rf_name_parse_compression("compress HS 100,50; q -1e-4 s 2.5", &c, &err), err);
  CHECK(c.type == RF_Z_HCOMPRESS_1 && c.smooth == 1 && c.tile_ndim == 2 && c.tile[0] == 100 && c.tile[1] == 50);
  CHECK(c.has_level == 1 && c.level == -1e-4 && c.dither == RF_DITHER_1);
  CHECK(c.has_scale == 1 && c.scale == 2.5);
  CHECK_OK(rf_name_parse_compression("compress", &c, &err), err);
  CHECK(c.type == RF_Z_RICE_1 && c.tile_ndim == 0 && c.has_level == 0);
  CHECK_OK(rf_name_parse_compression("compress G; qz", &c, &err), err); /* without a number: lossless */
  CHECK(c.type == RF_Z_GZIP_1 && c.has_level == 1 && c.level == 0 && c.dither == RF_DITHER_2);
  CHECK(rf_name_parse_compression("compress R; x 3", &c, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse_compression("compress R; q 4 x", &c, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse_compression("compress R; q 1.2.3", &c, &err) == RF_ERR_ARGUMENT);
  CHECK(rf_name_parse_compression("col x", &c, &err) == RF_ERR_ARGUMENT);
}

int main(void) {
  RUN(test_a_name_has_parts);
  RUN(test_a_plain_name_has_one_part);
  RUN(test_text_that_is_no_name);
  RUN(test_a_smaller_struct_of_an_older_caller);
  RUN(test_a_new_name);
  RUN(test_a_location);
  RUN(test_a_section);
  RUN(test_a_compression);
  return check_report();
}
